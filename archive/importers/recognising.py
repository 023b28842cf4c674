"""What a file is, by its content; its name decides only where the content does not."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from archive.contract import Source, Unrecognised
from archive.importers.csv_rows import csv_rows, header_in
from archive.importers.files import RECORD_BYTES, is_utf8
from archive.importers.json_cutting import BLOCK, ESCAPED, find_array
from archive.importers.json_records import is_record, parse_object
from archive.importers.layouts import WrongRecord

FIRST_BYTES = 4096
"""Bytes by which it is told whether a file is text at all."""

LINES = 20
"""Lines that are looked at."""


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file."""

    body: bytes
    name: str
    """Its plain name."""
    whole: bool
    """Whether it is all of the file."""

    @property
    def ending(self) -> str:
        """The ending of its name, such as `.csv`."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def start(self) -> bytes:
        """The body from its first visible byte."""
        return self.body.removeprefix(b"\xef\xbb\xbf").lstrip()

    @property
    def lines(self) -> list[bytes]:
        """Its first whole lines that are not blank."""
        lines = self.body.removeprefix(b"\xef\xbb\xbf").split(b"\n", LINES + 1)
        kept = lines if self.whole and len(lines) <= LINES else lines[:-1]
        return [line for line in kept if line.strip()]


Recognise = Callable[[Head], bool]


def by_bytes(recognises: Callable[[bytes], bool]) -> Recognise:
    """For an importer that tells its files by their first bytes."""
    return lambda head: recognises(head.body)


def head_of(source: Source) -> Head:
    """The beginning of a file: little of what is no text, up to a record's length of what may be."""
    with source.open() as file:
        body = file.read(FIRST_BYTES)
        whole = len(body) < FIRST_BYTES
        if not whole and b"\0" not in body:
            body += file.read(RECORD_BYTES)
            whole = len(body) < FIRST_BYTES + RECORD_BYTES
    if not body:
        raise Unrecognised(f"{source.name} is empty")
    return Head(body, source.plain_name, whole)


def is_ndjson(head: Head) -> bool:
    """A JSON object a line; one that is alone is rather a document if it only holds an array of records."""
    if not head.start.startswith(b"{"):
        return False
    lines = head.lines
    found = [entry for line in lines if (entry := _object(line)) is not None]
    if 2 * len(found) <= len(lines) or not found:
        return not lines and find_array(_text(head)) is None and not head.whole
    if len(lines) > 1:
        return True
    return find_array(_text(head)) is None or is_record(found[0])


def is_json(head: Head) -> bool:
    """A JSON document: an array, an object over several lines, or either behind a script's `name =`."""
    if head.start.startswith(b"{"):
        return not is_ndjson(head) and head.start[1:].lstrip().startswith((b'"', b"}"))
    found = find_array(_text(head))
    if found is None:
        return False
    behind = _text(head)[found.end :].lstrip()
    return behind[:1] in ("{", "]") or head.ending in (".json", ".js")


def is_csv(head: Head) -> bool:
    """Rows of as many fields as the first one, which names them."""
    lines = head.lines
    if not lines or head.start.startswith((b"{", b"[", b"<")) or not is_utf8(lines[0]):
        return False
    header, delimiter, wrong = header_in(lines[0])
    if wrong or len(header) < 2 or not all(header) or len(set(header)) < len(header):
        return False
    if head.ending in (".csv", ".tsv"):
        return True
    rows = list(csv_rows((line + b"\n" for line in lines[1:]), delimiter))
    even = sum(len(row.fields) == len(header) for row in rows)
    return even > 0 and 10 * even >= 8 * len(rows)


def is_article(head: Head) -> bool:
    """A web page."""
    return head.start[:9].lower().startswith((b"<!doctype", b"<html"))


def _text(head: Head) -> str:
    return head.body[:BLOCK].decode("utf-8", ESCAPED)


def _object(line: bytes) -> dict[str, object] | None:
    try:
        _, entry = parse_object(line)
    except WrongRecord:
        return None
    return entry if isinstance(entry, dict) else None
