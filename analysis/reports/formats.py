"""The formats of flat rows, in one table: a stream of rows goes in, a file comes out."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TextIO

from analysis.reports.columns import TABLES, names_of
from analysis.reports.rows import Row
from analysis.site import render_page
from analysis.spreadsheets.cells import csv_cell, plain

MOST_SHOWN = 500
"""Rows that an HTML table shows; the data files hold all."""


class _Echo:
    """Hands a line back instead of keeping it: `csv.writer` returns what its file's `write` returns."""

    def write(self, line: str) -> str:
        return line


_CSV = csv.writer(_Echo(), quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
_JSON = json.JSONEncoder(ensure_ascii=False)


def _csv_line(_: Sequence[str], values: Sequence[Any]) -> str:
    return str(_CSV.writerow([csv_cell(value) for value in values]))


@cache
def _csv_header(columns: tuple[str, ...]) -> str:
    return _csv_line(columns, columns)


def _json_line(columns: Sequence[str], values: Sequence[Any]) -> str:
    return _JSON.encode(dict(zip(columns, values, strict=True)))


LINES: dict[str, Callable[[Sequence[str], Sequence[Any]], str]] = {"csv": _csv_line, "json": _json_line}
"""Data format -> a row's line in it, from its columns and plain values."""


@dataclass(frozen=True, slots=True)
class FormattedRow:
    """A row with its line in every data format: made once for all files that hold the row."""

    row: Row
    lines: Mapping[str, str]


def formatted(row: Row) -> FormattedRow:
    """A row, ready for its files."""
    columns = names_of(type(row))
    values = [plain(getattr(row, column)) for column in columns]
    return FormattedRow(row, {form: line(columns, values) for form, line in LINES.items()})


def csv_text(table: str, rows: Iterable[Row]) -> str:
    """A table as CSV, with its header."""
    columns = names_of(TABLES[table])
    return _csv_header(columns) + "".join(formatted(row).lines["csv"] for row in rows)


def as_object(row: Row) -> dict[str, Any]:
    """A row as JSON holds it."""
    return {column: plain(getattr(row, column)) for column in names_of(type(row))}


class RowFile(Protocol):
    """A file that takes rows one after another."""

    def add(self, row: FormattedRow) -> None:
        """Write one row."""
        ...

    def finish(self) -> None:
        """Write what comes behind the last row."""
        ...


@dataclass(slots=True)
class CsvFile:
    """Comma-separated values: texts in quotes, numbers bare, UTF-8."""

    stream: TextIO
    columns: tuple[str, ...]

    def __post_init__(self) -> None:
        """Write the header."""
        self.stream.write(_csv_header(self.columns))

    def add(self, row: FormattedRow) -> None:
        """Write one row."""
        self.stream.write(row.lines["csv"])

    def finish(self) -> None:
        """Nothing comes behind the last row."""


@dataclass(slots=True)
class JsonFile:
    """A JSON array, one object a line."""

    stream: TextIO
    between: str = "[\n"

    def add(self, row: FormattedRow) -> None:
        """Write one row."""
        self.stream.write(self.between + row.lines["json"])
        self.between = ",\n"

    def finish(self) -> None:
        """Close the array."""
        self.stream.write("[]\n" if self.between == "[\n" else "\n]\n")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(slots=True)
class HtmlFile:
    """A page with one table, of the first `MOST_SHOWN` rows."""

    stream: TextIO
    columns: tuple[str, ...]
    page: Mapping[str, Any]
    """What the template `table.html` needs beside the rows."""
    rows: list[Row] = field(default_factory=list)
    total: int = 0

    def add(self, row: FormattedRow) -> None:
        """Keep one row for the page."""
        self.total += 1
        if len(self.rows) < MOST_SHOWN:
            self.rows.append(row.row)

    def finish(self) -> None:
        """Write the page."""
        values = [{column: getattr(row, column) for column in self.columns} for row in self.rows]
        numeric = {column for column in self.columns if any(_is_number(row[column]) for row in values)}
        context = {"columns": self.columns, "rows": values, "total": self.total, "numeric": numeric}
        self.stream.write(render_page("table", **context, **self.page))


Opener = Callable[[TextIO, tuple[str, ...], Mapping[str, Any]], RowFile]

FORMATS: dict[str, Opener] = {
    "csv": lambda stream, columns, _page: CsvFile(stream, columns),
    "json": lambda stream, _columns, _page: JsonFile(stream),
    "html": HtmlFile,
}
"""Format, which is also the file's ending -> what writes it. Another format is another line, a data
format one in LINES, too."""


class TableFiles:
    """The files of some tables in one folder, open until all rows are in.

    `pages`: table -> what its page needs, for those that are given as HTML too. `forms`: data formats.
    """

    def __init__(
        self,
        folder: Path,
        tables: Iterable[str],
        pages: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        forms: Iterable[str] = tuple(LINES),
    ) -> None:
        pages = pages or {}
        forms = tuple(forms)
        self._streams: list[TextIO] = []
        self._files: dict[str, list[RowFile]] = {
            table: [
                self._open(folder, table, form, pages.get(table, {}))
                for form in (*forms, *(("html",) if table in pages else ()))
            ]
            for table in tables
        }

    def _open(self, folder: Path, table: str, form: str, page: Mapping[str, Any]) -> RowFile:
        stream = (folder / f"{table}.{form}").open("w", encoding="utf-8", errors="replace", newline="")
        self._streams.append(stream)
        return FORMATS[form](stream, names_of(TABLES[table]), page)

    def add(self, table: str, rows: Iterable[FormattedRow]) -> None:
        """Write rows of one table in all its formats."""
        files = self._files[table]
        for row in rows:
            for file in files:
                file.add(row)

    def __enter__(self) -> Self:
        """The files, open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the files, unless an error broke them off; close them in any case."""
        if kind is None:
            for file in (one for files in self._files.values() for one in files):
                file.finish()
        for stream in self._streams:
            stream.close()
