"""Sheets that people fill in, as tables of text: written, and read again as they were written."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from analysis.spreadsheets.cells import guarded, unguarded
from analysis.spreadsheets.errors import SheetRefused, SpreadsheetRefused

UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML, and so XLSX, cannot hold."""

LONGEST = 32_000
"""Characters of a cell: spreadsheets hold 32,767."""

DELIMITERS = ",;\t"
"""What spreadsheets put between cells, by country."""

XLSX = ".xlsx"

CSV_ENCODING = "utf-8-sig"
"""With the byte order mark by which Excel knows UTF-8."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet, cells by column; where it stands, for messages."""

    where: str
    """File and row as a spreadsheet counts them."""
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that somebody filled in."""

    columns: tuple[str, ...]
    """In lower case."""
    lines: Iterator[Line]
    """To be read once."""


def storable(text: str) -> str:
    """A text without what some database or file cannot hold."""
    return UNSTORABLE.sub("\ufffd", text).encode("utf-8", "replace").decode()


def sheet_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula and that every file can hold."""
    clean = storable(text.replace("\r\n", "\n").replace("\r", "\n"))
    return guarded(clean if len(clean) <= LONGEST else f"{clean[:LONGEST]}…")


def write_csv(sink: TextIO, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a sheet as CSV; returns its rows. Open `sink` with newline="" and as `CSV_ENCODING`."""
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow([sheet_cell(name) for name in columns])
    written = 0
    for row in rows:
        writer.writerow([sheet_cell(cell) for cell in row])
        written += 1
    return written


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A sheet as CSV that Excel and LibreOffice open as it is."""
    stream = io.StringIO()
    write_csv(stream, columns, rows)
    return stream.getvalue().encode(CSV_ENCODING)


def read_sheet(path: Path) -> Sheet:
    """A sheet, CSV or XLSX by its name; empty rows are left out.

    Raises SheetRefused, with file and row, for what is no such sheet, also while the lines are read.
    """
    if path.suffix.lower() == XLSX:
        from analysis.spreadsheets.workbooks import read_rows

        rows = read_rows(path)
    else:
        rows = _csv_rows(path)
    header = next(rows, None)
    if header is None:
        raise SheetRefused([f"{path.name} is empty"])
    columns = _columns(path.name, header[1])
    return Sheet(tuple(columns), _lines(path.name, columns, rows))


def _lines(file: str, columns: Sequence[str], rows: Iterable[tuple[int, list[str]]]) -> Iterator[Line]:
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{file} row {number}"
        if any(cell.strip() for cell in cells[len(columns) :]):
            raise SheetRefused([f"{where} has more cells than the header has columns"])
        filled = [*cells, *[""] * (len(columns) - len(cells))]
        yield Line(
            where, {name: unguarded(storable(cell)) for name, cell in zip(columns, filled, strict=False)}
        )


def _columns(file: str, header: Sequence[str]) -> list[str]:
    columns = [name.strip().lower() for name in header]
    while columns and not columns[-1]:
        columns.pop()
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if "" in columns:
        raise SheetRefused([f"{file} row 1: column {columns.index('') + 1} has no name"])
    if twice:
        raise SheetRefused([f"{file} row 1: the column {', '.join(twice)} stands there twice"])
    return columns


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells. A cell may hold line breaks: rows are counted as a spreadsheet counts them."""
    try:
        text = path.read_bytes().decode(CSV_ENCODING)
    except UnicodeDecodeError as error:
        raise SheetRefused(
            [f"{path.name} is no UTF-8 text: save it as 'CSV UTF-8' (Excel) or with UTF-8 (LibreOffice)"]
        ) from error
    head = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from enumerate(reader, start=1)
    except csv.Error as error:
        raise SheetRefused([f"{path.name}: row {reader.line_num} is no CSV: {error}"]) from error


def check_name(path: Path) -> None:
    """Refuse a file whose name says neither CSV nor XLSX."""
    if path.suffix.lower() not in (".csv", XLSX):
        raise SpreadsheetRefused(f"{path.name}: name it .csv or .xlsx")
