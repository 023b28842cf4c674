"""What every file is asked before it is read: is it text, is it UTF-8, how is it cut into pages."""

import codecs
import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from archive.contract import Page, Reject, UnreadableSource
from archive.sniffing import find_magic

PAGE_BYTES = 1 << 20
"""Plain bytes after which a page is cut at the next record's end."""

RECORD_BYTES = 1 << 20
"""The longest record that is read; a longer one is kept, and quarantined."""


def check_text(path: Path) -> str:
    """The SHA-256 of a file that is UTF-8 text throughout.

    Raises UnreadableSource naming the file, and the line of the first byte that is not UTF-8.
    """
    digest, decoder, line = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")(), 1
    try:
        with path.open("rb") as file:
            while block := file.read(PAGE_BYTES):
                if line == 1 and (what := find_magic(block)):
                    raise UnreadableSource(f"{path} is {what}")
                digest.update(block)
                try:
                    decoder.decode(block)
                except UnicodeDecodeError as error:
                    line += error.object[: error.start].count(b"\n")
                    raise UnreadableSource(
                        f"{path}: line {line} is not UTF-8: save the file as UTF-8"
                    ) from error
                line += block.count(b"\n")
    except OSError as error:
        raise UnreadableSource(f"{path}: {error.strerror or error}") from error
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise UnreadableSource(f"{path}: line {line} is not UTF-8: the file is cut off") from error
    return digest.hexdigest()


class Cut(Enum):
    """What a run of bytes is to its record."""

    WHOLE = "whole"
    FIRST_PIECE = "first piece of an oversized record"
    FURTHER_PIECE = "further piece"


def lines_of(path: Path) -> Iterator[tuple[bytes, Cut]]:
    """The file's lines with their ends; a line beyond RECORD_BYTES comes in pieces."""
    inside = False
    with path.open("rb") as file:
        while line := file.readline(RECORD_BYTES):
            ended = line.endswith(b"\n")
            if inside:
                yield line, Cut.FURTHER_PIECE
            else:
                yield line, Cut.WHOLE if ended or len(line) < RECORD_BYTES else Cut.FIRST_PIECE
            inside = not ended


def cut_pages(path: Path, media_type: str, records: Iterable[tuple[bytes, Cut]]) -> Iterator[Page]:
    """Pages of whole records, each oversized one (or piece of one) on a page of its own."""
    found_at, line = datetime.now(UTC), 1
    for number, (body, cut) in enumerate(_joined(records)):
        yield Page(
            source=path.name,
            body=body,
            media_type=media_type,
            retrieved_at=found_at,
            number=number,
            first_line=line,
            oversized=cut is not Cut.WHOLE,
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
