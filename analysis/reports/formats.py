"""Flat rows as CSV and as objects of JSON: a row is formatted by itself, so that rows can be streamed."""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from analysis.reports.columns import TABLES, names_of
from analysis.reports.rows import Row
from analysis.spreadsheets.cells import csv_cell, plain

MOST_SHOWN = 500
"""Rows that an HTML table shows; the data files hold all."""


class _Echo:
    """Hands a line back instead of keeping it: `csv.writer` returns what its file's `write` returns."""

    def write(self, line: str) -> str:
        return line


_CSV = csv.writer(_Echo(), quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")

_AS_THEY_ARE = frozenset({str, int, type(None)})
"""Types of cells that the writer can be given: nearly all."""

_CELLS: dict[type, Callable[[Any], str | int | float]] = {
    datetime: plain,
    float: lambda value: round(value, 6),
    bool: lambda value: "true" if value else "false",
    tuple: lambda value: "; ".join(map(str, value)) if value else "",  # most are empty
}
"""What the other usual ones become, as `csv_cell` of `plain` says where nothing in them is suspect."""

_PIECES = {str: '"%s"', int: "%d", float: "%r", type(None): '""%.0s', bool: '"%s"'}
"""What the writer makes of a cell: of nothing a text without signs."""

_SUSPECT = re.compile(r"\"[=+\-@\t\r']")
"""What a line may hold that a spreadsheet might calculate."""


@dataclass(frozen=True, slots=True)
class _Form:
    """How lines are made of rows whose cells have the same types, one by one."""

    pattern: str
    converted: tuple[tuple[int, Callable[[Any], str | int | float]], ...]
    """Place of a cell -> what makes it one of the usual types."""
    quotes: int
    """In a line whose texts hold none."""


def _cell(value: Any) -> str | int | float:
    return csv_cell(plain(value))


def _line(values: Sequence[Any]) -> str:
    """A line of CSV. A large report has ten million cells: they are looked at one by one, and given to the
    writer, only where a first look at the line says so.
    """
    form = _form_of(tuple(map(type, values)))
    cells = [*values]
    for place, convert in form.converted:
        cells[place] = convert(cells[place])
    line = form.pattern % tuple(cells)
    if line.count('"') != form.quotes or "\x00" in line or _SUSPECT.search(line):
        return str(_CSV.writerow(map(_cell, values)))
    return line


@lru_cache(maxsize=4096)
def _form_of(types: tuple[type, ...]) -> _Form:
    # Times, lists and words of a fixed choice become texts; numbers of a library stay bare.
    pieces = [_PIECES.get(one, "%s" if issubclass(one, int | float) else '"%s"') for one in types]
    converted = [
        (place, _CELLS.get(one, _cell))
        for place, one in enumerate(types)
        if one not in _AS_THEY_ARE and not issubclass(one, StrEnum)  # which is its text
    ]
    pattern = ",".join(pieces) + "\n"
    return _Form(pattern, tuple(converted), pattern.count('"'))


@cache
def _values_of(columns: tuple[str, ...]) -> Callable[[Row], tuple[Any, ...]]:
    return attrgetter(*columns)


def csv_line(row: Row) -> str:
    """A row as a line of CSV: texts in quotes, numbers bare."""
    return _line(_values_of(names_of(type(row)))(row))


@cache
def csv_header(table: str) -> str:
    """The first line of a table's file."""
    return _line(names_of(TABLES[table]))


def csv_text(table: str, rows: Iterable[Row]) -> str:
    """A table as CSV, with its header."""
    return csv_header(table) + "".join(map(csv_line, rows))


def as_object(row: Row) -> dict[str, Any]:
    """A row as JSON holds it."""
    return {column: plain(getattr(row, column)) for column in names_of(type(row))}


def write_lines(folder: Path, table: str, lines: Iterable[str]) -> None:
    """Write a table's file from lines of CSV, in UTF-8 whatever they hold."""
    with (folder / f"{table}.csv").open("w", encoding="utf-8", errors="replace", newline="") as stream:
        stream.write(csv_header(table))
        stream.writelines(lines)


def write_table(folder: Path, table: str, rows: Iterable[Row]) -> None:
    """Write a table's file."""
    write_lines(folder, table, map(csv_line, rows))
