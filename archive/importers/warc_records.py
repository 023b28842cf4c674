"""The records of a WARC file, as the layout of ISO 28500 (WARC 1.1) has them.

warcio reads the same layout, and writes to stderr, takes a record that is cut short for whole, and holds a
line of any length; here a damaged file must be refused, in bounded memory, and every byte be accounted for.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

RECORD_BYTES = 16 << 20
"""The longest block that is held; answers of APIs are far smaller, films are not."""
HEAD_BYTES = 1 << 16
PIECE_BYTES = 1 << 20
MOST_BLANK = 16
"""Blank lines after a block: two by the standard, one or three by some writers."""

_VERSION = re.compile(rb"WARC/[01]\.\d{1,2}[ \t]*\r?\n")
_LENGTH = re.compile(r"\d{1,15}")


class WrongWarc(ValueError):
    """This is no WARC file, or a damaged one; the message says where."""


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """One record."""

    place: int
    """Its first byte, counted from where reading began."""
    fields: Mapping[str, str]
    """Names in lower case; of two with the same name the first counts."""
    block: bytes
    """What it holds; of an oversized record its beginning."""

    @property
    def kind(self) -> str:
        return self.fields.get("warc-type", "").lower()

    @property
    def target(self) -> str:
        """The address; some versions of wget put it in angle brackets."""
        return self.fields.get("warc-target-uri", "").removeprefix("<").removesuffix(">")


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of a file, together all of them."""

    written: bytes
    record: WarcRecord | None
    """None: the further bytes of an oversized record."""
    oversized: bool = False


def read_pieces(file: BinaryIO) -> Iterator[Piece]:
    """The file record by record; the blank lines after one belong to it. Raises WrongWarc."""
    stream = _Stream(file)
    while True:
        place, head = stream.place, stream.line()
        if not head:
            return
        if not _VERSION.fullmatch(head):
            raise WrongWarc(f"byte {place:,}: no record begins here but {head[:40]!r}")
        rest, fields = _fields(stream)
        length = _length(fields, place)
        if length <= RECORD_BYTES:
            block = stream.take(length)
            yield Piece(head + rest + block + stream.blank_lines(), WarcRecord(place, fields, block))
            continue
        block = stream.take(PIECE_BYTES)
        yield Piece(head + rest + block, WarcRecord(place, fields, block), oversized=True)
        for start in range(PIECE_BYTES, length, PIECE_BYTES):
            more = stream.take(min(PIECE_BYTES, length - start))
            ends = stream.blank_lines() if start + PIECE_BYTES >= length else b""
            yield Piece(more + ends, None, oversized=True)


def read_beginning(file: BinaryIO) -> WarcRecord:
    """The first record, with as much of its block as is there. Raises WrongWarc."""
    stream = _Stream(file)
    head = stream.line()
    if not _VERSION.fullmatch(head):
        raise WrongWarc(f"no record begins here but {head[:40]!r}")
    _, fields = _fields(stream)
    return WarcRecord(0, fields, file.read(PIECE_BYTES))


class _Stream:
    """Reads on, and knows where it is; one line can be given back."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._back = b""
        self.place = 0

    def line(self) -> bytes:
        """The next line with its end; empty at the end of the file. Raises WrongWarc for an endless one."""
        line = self._back or self._file.readline(HEAD_BYTES)
        self._back = b""
        if len(line) == HEAD_BYTES:
            raise WrongWarc(
                f"byte {self.place:,}: a line longer than {HEAD_BYTES:,} bytes where a record begins"
            )
        self.place += len(line)
        return line

    def take(self, size: int) -> bytes:
        """That many bytes. Raises WrongWarc where there are fewer."""
        taken = self._file.read(size)
        if len(taken) < size:
            raise WrongWarc(f"byte {self.place + len(taken):,}: the file ends within a record")
        self.place += size
        return taken

    def blank_lines(self) -> bytes:
        """The blank lines that follow."""
        lines = []
        while (line := self.line()) and not line.strip():
            lines.append(line)
            if len(lines) > MOST_BLANK:
                raise WrongWarc(f"byte {self.place:,}: blank lines where a record should begin")
        self.place -= len(line)
        self._back = line
        return b"".join(lines)


def _fields(stream: _Stream) -> tuple[bytes, dict[str, str]]:
    """The bytes of the fields with the blank line after them, and the fields."""
    place, written, fields, last = stream.place, b"", dict[str, str](), ""
    while (line := stream.line()).strip():
        written += line
        if len(written) > HEAD_BYTES:
            raise WrongWarc(f"byte {place:,}: a record with more than {HEAD_BYTES:,} bytes of fields")
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text[:1] in " \t" and last:
            fields[last] += f" {text.strip()}"
            continue
        name, colon, value = text.partition(":")
        if not colon:
            raise WrongWarc(f"byte {place:,}: no field of a record but {line[:40]!r}")
        last = name.strip().lower()
        fields.setdefault(last, value.strip())
    if not line:
        raise WrongWarc(f"byte {stream.place:,}: the file ends within a record")
    return written + line, fields


def _length(fields: Mapping[str, str], place: int) -> int:
    stated = fields.get("content-length", "")
    if not stated.isascii() or not _LENGTH.fullmatch(stated):
        raise WrongWarc(f"byte {place:,}: a record without a Content-Length")
    return int(stated)
