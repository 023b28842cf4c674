"""Sheets as XLSX, with lists to choose from; needs the extra hustings[xlsx]."""

import io
import struct
import warnings
from collections.abc import Iterator, Mapping, Sequence
from lzma import LZMAError
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile
from zlib import error as zlib_error

from analysis.spreadsheets.errors import SheetRefused, SpreadsheetRefused
from analysis.spreadsheets.sheets import sheet_cell

SHEET = "codes"
"""The worksheet that is filled in and read."""

MOST_BYTES = 512 << 20
"""Bytes of a workbook's parts, unpacked, as the file says itself; zipfile reads no more than that of each."""

CROOKED = (
    *(BadZipFile, zlib_error, LZMAError, OSError, struct.error, EOFError, RuntimeError),
    *(LookupError, SyntaxError, ValueError, TypeError, AttributeError),
)
"""What reading a file that only says that it is a workbook comes to. XML that is wrong, or that has entities
of its own, is a SyntaxError; a ZIP that asks for a password, or is packed as none, is a RuntimeError; damaged
bzip2 is an OSError."""

WIDTHS = {"text": 70, "note": 30, "author_is": 28, "date": 18}
USUAL_WIDTH = 13


def _openpyxl() -> Any:
    try:
        import openpyxl
    except ImportError as error:
        raise SpreadsheetRefused(
            "XLSX needs the package openpyxl: `pip install 'hustings[xlsx]'`, or use a .csv file"
        ) from error
    return openpyxl


def xlsx_bytes(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    choices: Mapping[str, Sequence[str]],
    explained: Sequence[tuple[str, str]],
) -> bytes:
    """A workbook: the sheet, with a list to choose from in every column of `choices`, and an explanation.

    Raises SpreadsheetRefused where openpyxl is not installed.
    """
    openpyxl = _openpyxl()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append(list(columns))
    for row in rows:
        sheet.append([sheet_cell(cell) for cell in row])
    _lay_out(openpyxl, sheet, columns)
    for name, values in choices.items():
        _offer(openpyxl, sheet, columns.index(name) + 1, values, len(rows) + 1)
    second = book.create_sheet("what to fill in")
    for line in explained:
        second.append(list(line))
    second.column_dimensions["A"].width = 24
    second.column_dimensions["B"].width = 100
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _lay_out(openpyxl: Any, sheet: Any, columns: Sequence[str]) -> None:
    """A header that stays, columns wide enough, texts that wrap and are texts, not dates or numbers."""
    styles, letter_of = openpyxl.styles, openpyxl.utils.get_column_letter
    for number, name in enumerate(columns, start=1):
        sheet.cell(row=1, column=number).font = styles.Font(bold=True)
        sheet.column_dimensions[letter_of(number)].width = WIDTHS.get(name, USUAL_WIDTH)
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            cell.number_format = "@"
            cell.alignment = styles.Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"


def _offer(openpyxl: Any, sheet: Any, column: int, values: Sequence[str], last_row: int) -> None:
    validation = openpyxl.worksheet.datavalidation.DataValidation(
        type="list", formula1=f'"{",".join(values)}"', allow_blank=True, showErrorMessage=True
    )
    validation.error = f"one of: {', '.join(values)}; or leave it empty"
    letter = openpyxl.utils.get_column_letter(column)
    validation.add(f"{letter}2:{letter}{max(2, last_row)}")
    sheet.add_data_validation(validation)


def read_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of the sheet `codes`, else of the first one.

    Raises SheetRefused for what is no workbook, SpreadsheetRefused without openpyxl, and OSError.
    """
    openpyxl = _openpyxl()
    content = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", UserWarning
        )  # what of a workbook openpyxl does not keep: we only read
        try:
            yield from _rows(openpyxl, path, content)
        except (*CROOKED, openpyxl.utils.exceptions.InvalidFileException) as error:
            raise SheetRefused([f"{path.name} is no XLSX workbook"]) from error


def _rows(openpyxl: Any, path: Path, content: bytes) -> Iterator[tuple[int, list[str]]]:
    with ZipFile(io.BytesIO(content)) as parts:
        if sum(part.file_size for part in parts.infolist()) > MOST_BYTES:
            raise SheetRefused([f"{path.name} unpacks to more than {MOST_BYTES:,} bytes: refused"])
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        yield number, [_shown(cell) for cell in cells]
    book.close()


def _shown(cell: object) -> str:
    """A cell as text: a spreadsheet makes TRUE of a yes and 1.0 of a 1."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
