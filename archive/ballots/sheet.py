"""A CSV file as rows of cells, or a clear refusal of what is not one."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.ballots.rows import Place
from archive.contract import UnreadableSource
from archive.sniffing import find_magic

MARKUP = (b"<!doctype", b"<html", b"<?xml", b"{", b"[")
"""First characters of web pages, XML and JSON."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its place and its cells by column, trimmed."""

    place: Place
    cells: Mapping[str, str]
    labels: Mapping[str, str]

    def wrong(self, column: str, message: str) -> UnreadableSource:
        """The error for a cell of this record."""
        return self.place.wrong(self.labels.get(column, column), message)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file's rows that are not blank, with their numbers."""

    file: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    body: bytes
    """The file, as it was."""

    @property
    def header(self) -> tuple[str, ...]:
        """The first row."""
        return self.rows[0][1]

    def headed(self) -> Iterator[Record]:
        """The records below a header row."""
        labels = {column: column for column in self.header}
        for number, row in self.rows[1:]:
            yield self._record(number, row, self.header, labels)

    def headless(self, columns: Sequence[str]) -> Iterator[Record]:
        """The records of a file without header, by the names of its columns."""
        labels = numbered(columns)
        for number, row in self.rows:
            yield self._record(number, row, columns[: len(row)], labels)

    def _record(
        self, number: int, row: tuple[str, ...], columns: Sequence[str], labels: Mapping[str, str]
    ) -> Record:
        if len(row) != len(columns):
            raise UnreadableSource(
                f"{self.file}, row {number}: {len(row)} cells, but the file has {len(columns)} columns"
            )
        return Record(Place(self.file, number), dict(zip(columns, row, strict=True)), labels)

    def need_columns(self, needed: Sequence[str]) -> None:
        """Raise UnreadableSource where the header lacks a column, or has one twice."""
        missing = [column for column in needed if column not in self.header]
        if missing:
            raise UnreadableSource(f"{self.file}, row 1: missing column {', '.join(missing)}")
        twice = sorted({column for column in self.header if self.header.count(column) > 1})
        if twice:
            raise UnreadableSource(f"{self.file}, row 1: column {', '.join(twice)} is there twice")


def numbered(columns: Sequence[str]) -> dict[str, str]:
    """How to speak of the columns of a file without header: `19 (Votes)`."""
    return {column: f"{number} ({column})" for number, column in enumerate(columns, start=1)}


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file in UTF-8 (a byte order mark is allowed).

    Raises UnreadableSource for a file that is missing, empty, no CSV, or in another encoding.
    """
    body = _bytes(path)
    text = _decoded(body, path.name)
    reader, rows = csv.reader(io.StringIO(text, newline=""), strict=True), []
    try:
        for number, row in enumerate(reader, start=1):
            rows.append((number, tuple(cell.strip() for cell in row)))
    except csv.Error as error:
        place = f"row {len(rows) + 1}, to line {reader.line_num}"
        raise UnreadableSource(f"{path.name}, {place}: not a CSV ({error})") from error
    kept = tuple((number, row) for number, row in rows if any(row))
    if not kept:
        raise UnreadableSource(f"{path.name} is empty")
    return Sheet(path.name, kept, body)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableSource(f"cannot read {path}: {error.strerror}") from error


def _decoded(body: bytes, file: str) -> str:
    if what := find_magic(body):
        raise UnreadableSource(f"{file} is not a CSV but {what}")
    if body.removeprefix(b"\xef\xbb\xbf").lstrip()[:9].lower().startswith(MARKUP):
        raise UnreadableSource(f"{file} is a web page, XML or JSON, not a CSV")
    zero = body.find(b"\x00")
    if zero >= 0:
        raise UnreadableSource(f"{file}, line {_line(body, zero)}: a NUL byte: this is not a CSV")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _line(body, error.start)
        raise UnreadableSource(
            f"{file}, line {line}: not UTF-8 (byte 0x{body[error.start]:02x}): save the file as UTF-8"
        ) from error


def _line(body: bytes, offset: int) -> int:
    return body.count(b"\n", 0, offset) + 1
