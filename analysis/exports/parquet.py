"""Tables as Parquet with typed columns: the one door to pyarrow."""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from analysis.exports.errors import MissingLibrary
from analysis.exports.hiding import Shape
from analysis.exports.rows import Row
from analysis.exports.tables import Column
from analysis.exports.units import Unit

GROUP = 10_000
"""Rows that are held until they are written as one group."""


class ParquetFile:
    """A table as Parquet: times in UTC, lists as lists, texts as texts, packed with zstd.

    Raises MissingLibrary where pyarrow is not installed.
    """

    def __init__(self, path: Path, shape: Shape) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ModuleNotFoundError as error:
            raise MissingLibrary(
                "Parquet needs pyarrow: pip install 'hustings[parquet]', or choose csv or jsonl"
            ) from error
        self._arrow = pyarrow
        self._shape = shape
        self._schema = pyarrow.schema([_field(pyarrow, column) for column in shape.columns])
        self._writer = pyarrow.parquet.ParquetWriter(path, self._schema, compression="zstd")
        self._held: list[Any] = []

    def write(self, rows: Iterable[Row]) -> int:
        """Take rows; returns how many."""
        before = len(self._held)
        self._held += map(self._shape.values, rows)
        taken = len(self._held) - before
        if len(self._held) >= GROUP:
            self._write_group()
        return taken

    def _write_group(self) -> None:
        columns = list(zip(*self._held, strict=True)) if self._held else [()] * len(self._shape.columns)
        arrays = [
            self._arrow.array([_clean(value) for value in values], type=field.type)
            for values, field in zip(columns, self._schema, strict=True)
        ]
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))
        self._held.clear()

    def __enter__(self) -> Self:
        """The file, open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what is held, unless an error broke off; close the file in any case."""
        if kind is None and self._held:
            self._write_group()
        self._writer.close()


def _clean(value: Any) -> Any:
    """A text that UTF-8 can hold; every other value as it is."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode() if not value.isascii() else value
    return list(value) if isinstance(value, tuple) else value


def _field(arrow: Any, column: Column) -> Any:
    units = {
        Unit.TEXT: arrow.string(),
        Unit.TEXTS: arrow.list_(arrow.string()),
        Unit.WHOLE: arrow.int64(),
        Unit.NUMBER: arrow.float64(),
        Unit.TRUTH: arrow.bool_(),
        Unit.DAY: arrow.date32(),
        Unit.TIME: arrow.timestamp("us", tz="UTC"),
    }
    return arrow.field(
        column.name,
        units[column.unit],
        nullable=not column.required,
        metadata={"description": column.meaning},
    )
