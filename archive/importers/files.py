"""What every file is asked before it is read: is it whole, is it text, how is it cut into pages."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from itertools import islice
from typing import TypeVar

from archive.contract import Page, Reject, Source, UnreadableSource, Unrecognised
from archive.sniffing import find_magic

PAGE_BYTES = 1 << 20
"""Plain bytes after which a page is cut at the next record's end."""

RECORD_BYTES = 8 << 20
"""The longest record that is read; a longer one is kept, and quarantined. The page of an API's answer with
500 posts and all that they refer to has about five million bytes."""

LOOKED_AT = 100
"""Records that are looked at before a file is taken for what it says it is."""


LOOKED_AT_BYTES = 8 << 20
"""Bytes of records after which no more are looked at: they are all in memory then, decoded."""

R = TypeVar("R")


def first_of(records: Iterable[tuple[R, int]]) -> Iterator[R]:
    """The records that are looked at, of records with their sizes: at least one, where there is one."""
    size = 0
    for record, length in islice(records, LOOKED_AT):
        yield record
        size += length
        if size > LOOKED_AT_BYTES:
            return


@dataclass(frozen=True, slots=True)
class Digest:
    """A file's plain bytes in short."""

    sha256: str
    size: int


def read_through(source: Source) -> Digest:
    """Read a file to its end, so that what is cut off, damaged or a bomb is refused before it is stored.

    Raises UnreadableSource.
    """
    digest, size = hashlib.sha256(), 0
    with source.open() as file:
        try:
            while block := file.read(PAGE_BYTES):
                digest.update(block)
                size += len(block)
        except OSError as error:
            raise UnreadableSource(f"{source.name}: {error.strerror or error}") from error
    return Digest(digest.hexdigest(), size)


def check_text(source: Source, *, header: bool = False) -> None:
    """Look whether a file is UTF-8 text, by its first lines; `header`: the first of them is no record.

    Raises Unrecognised for what is no text, UnreadableSource where most lines are of another encoding. A
    single line that is not UTF-8 is that record's fault alone.
    """
    wrong: list[int] = []
    seen = 0
    for line, (body, cut) in enumerate(islice(lines_of(source), LOOKED_AT + header), start=1):
        if line == 1 and (what := find_magic(body)):
            raise Unrecognised(f"{source.name} is {what}")
        seen += bool(body.strip()) and not (header and line == 1)
        if cut is Cut.WHOLE and not is_utf8(body):
            wrong.append(line)
    if 2 * len(wrong) > seen or (header and 1 in wrong):
        raise UnreadableSource(f"{source.name}: line {wrong[0]} is not UTF-8: save the file as UTF-8")


def is_utf8(body: bytes) -> bool:
    """Whether bytes are UTF-8."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class Cut(Enum):
    """What a run of bytes is to its record."""

    WHOLE = "whole"
    ALONE = "on a page of its own, such as what stands before the first record"
    FIRST_PIECE = "first piece of an oversized record"
    FURTHER_PIECE = "further piece"


def lines_of(source: Source) -> Iterator[tuple[bytes, Cut]]:
    """The file's lines with their ends; a line beyond RECORD_BYTES comes in pieces."""
    inside = False
    with source.open() as file:
        while line := file.readline(RECORD_BYTES):
            ended = line.endswith(b"\n")
            if inside:
                yield line, Cut.FURTHER_PIECE
            else:
                yield line, Cut.WHOLE if ended or len(line) < RECORD_BYTES else Cut.FIRST_PIECE
            inside = not ended


def cut_pages(source: Source, media_type: str, records: Iterable[tuple[bytes, Cut]]) -> Iterator[Page]:
    """Pages of whole records, each oversized one (or piece of one) on a page of its own."""
    found_at, line = datetime.now(UTC), 1
    for number, (body, cut) in enumerate(_joined(records)):
        yield Page(
            source=source.name,
            body=body,
            media_type=media_type,
            retrieved_at=found_at,
            number=number,
            first_line=line,
            oversized=cut in (Cut.FIRST_PIECE, Cut.FURTHER_PIECE),
            continued=cut is Cut.FURTHER_PIECE,
        )
        line += body.count(b"\n")


def _joined(records: Iterable[tuple[bytes, Cut]]) -> Iterator[tuple[bytes, Cut]]:
    """Whole records joined to at most PAGE_BYTES; pieces of oversized ones as they come."""
    held: list[bytes] = []
    size = 0
    for body, cut in records:
        if held and (cut is not Cut.WHOLE or size + len(body) > PAGE_BYTES):
            yield b"".join(held), Cut.WHOLE
            held, size = [], 0
        if cut is not Cut.WHOLE:
            yield body, cut
        else:
            held.append(body)
            size += len(body)
    if held:
        yield b"".join(held), Cut.WHOLE


def oversized(page: Page) -> Iterator[Reject]:
    """The one rejection of an oversized record; nothing for its further pieces."""
    if not page.continued:
        yield Reject(
            position=f"line {page.first_line}",
            reason=f"the record is longer than {RECORD_BYTES:,} bytes",
            excerpt=excerpt(page.body),
        )


def excerpt(body: bytes, most: int = 120) -> str:
    """The first characters of a record, fit to be shown and stored."""
    shown = body[: most * 4].decode("utf-8", "replace")[:most]
    return "".join(c if c.isprintable() else "\ufffd" if c == "\0" else " " for c in shown)
