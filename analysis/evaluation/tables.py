"""Sheets as tables of text: what a spreadsheet would take for a formula is guarded, and unguarded at load."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.evaluation.errors import CodingRefused, SheetRefused

FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""How a cell begins that a spreadsheet would calculate, or that looks like one that was guarded (OWASP,
CSV injection)."""

UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML, and so XLSX, cannot hold."""

LONGEST = 32_000
"""Characters of a cell: spreadsheets hold 32,767."""

DELIMITERS = ",;\t"
"""What spreadsheets put between cells, by country."""

XLSX = ".xlsx"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet, cells by column; where it stands, for messages."""

    where: str
    """File and row as a spreadsheet counts them."""
    cells: dict[str, str]


def storable(text: str) -> str:
    """A text without what some database or file cannot hold."""
    return UNSTORABLE.sub("\ufffd", text).encode("utf-8", "replace").decode()


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula and that every file can hold."""
    clean = storable(cell.replace("\r\n", "\n").replace("\r", "\n"))
    if len(clean) > LONGEST:
        clean = f"{clean[:LONGEST]}…"
    return f"'{clean}" if FORMULA.match(clean) else clean


def unguarded(cell: str) -> str:
    """The cell without the apostrophe that guards it."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def csv_bytes(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A sheet as CSV that Excel and LibreOffice open as it is: UTF-8 with a byte order mark."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([guarded(name) for name in columns])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def read_lines(path: Path) -> Iterator[Line]:
    """The rows of a sheet, CSV or XLSX by its name; empty rows are left out.

    Raises SheetRefused, with file and row, for what is no such sheet.
    """
    if path.suffix.lower() == XLSX:
        from analysis.evaluation.workbooks import read_rows

        rows = read_rows(path)
    else:
        rows = _csv_rows(path)
    header = next(rows, None)
    if header is None:
        raise SheetRefused([f"{path.name} is empty"])
    columns = _columns(path.name, header[1])
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{path.name} row {number}"
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
        text = path.read_bytes().decode("utf-8-sig")
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
        raise CodingRefused(f"{path.name}: name it .csv or .xlsx")
