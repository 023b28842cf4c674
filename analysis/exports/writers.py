"""The formats of tables: CSV and JSON Lines here, Parquet behind its own door."""

import csv
import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from analysis.exports.hiding import Shape
from analysis.exports.parquet import ParquetFile
from analysis.exports.rows import Row
from analysis.exports.units import Unit
from analysis.spreadsheets.cells import csv_cell, plain


class TableFile(AbstractContextManager["TableFile"], Protocol):
    """A file that takes the rows of one table."""

    def write(self, rows: Iterable[Row]) -> int:
        """Write rows; returns how many."""
        ...


class TextFile:
    """A table as lines of text, in UTF-8 whatever the texts hold."""

    def __init__(self, path: Path, shape: Shape) -> None:
        self._stream = path.open("w", encoding="utf-8", errors="replace", newline="")
        self._shape = shape

    def __enter__(self) -> Self:
        """The file, open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._stream.close()


RISKY = tuple("=+-@\t\r'")
"""How texts begin that a spreadsheet might calculate, or that look guarded."""


def _text_cell(value: str | None) -> Any:
    """Most texts are their own cells: only the others take the long way."""
    if value is None:
        return ""
    return csv_cell(value) if value.startswith(RISKY) or "\x00" in value else value


CELLS: dict[Unit, Callable[[Any], Any]] = {
    Unit.TEXT: _text_cell,
    Unit.TEXTS: lambda value: csv_cell(plain(value)),
    Unit.WHOLE: lambda value: "" if value is None else value,
    Unit.NUMBER: lambda value: "" if value is None else plain(value),
    Unit.TRUTH: {None: "", True: "true", False: "false"}.__getitem__,
    Unit.DAY: lambda value: "" if value is None else plain(value),
    Unit.TIME: lambda value: "" if value is None else plain(value),
}
"""Unit -> what makes a cell of a value."""

CONVERTED = frozenset(Unit) - {Unit.TEXT, Unit.WHOLE, Unit.TRUTH}
"""Units whose values JSON cannot hold as they are."""


class CsvFile(TextFile):
    """Comma-separated values: texts in quotes, numbers bare, nothing that a spreadsheet would calculate."""

    def __init__(self, path: Path, shape: Shape) -> None:
        super().__init__(path, shape)
        self._writer = csv.writer(self._stream, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        self._writer.writerow(shape.names)

    def write(self, rows: Iterable[Row]) -> int:
        """Write rows; returns how many."""
        lines = list(map(self._shape.values, rows))
        cells = [
            list(map(CELLS[column.unit], values))
            for column, values in zip(self._shape.columns, zip(*lines, strict=True), strict=False)
        ]
        self._writer.writerows(zip(*cells, strict=True))
        return len(lines)


class JsonLinesFile(TextFile):
    """One JSON object a line, with every column."""

    def write(self, rows: Iterable[Row]) -> int:
        """Write rows; returns how many."""
        names = self._shape.names
        lines = list(map(self._shape.values, rows))
        values = [
            [plain(value) for value in some] if column.unit in CONVERTED else some
            for column, some in zip(self._shape.columns, zip(*lines, strict=True), strict=False)
        ]
        self._stream.writelines(
            JSON.encode(dict(zip(names, row, strict=True))) + "\n" for row in zip(*values, strict=True)
        )
        return len(lines)


JSON = json.JSONEncoder(ensure_ascii=False)

Opener = Callable[[Path, Shape], TableFile]

FORMATS: dict[str, Opener] = {"csv": CsvFile, "jsonl": JsonLinesFile, "parquet": ParquetFile}
"""Format, which is also the files' ending -> what writes a table in it."""
