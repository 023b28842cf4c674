"""Rows that mean the same in every database: read in the order of their keys, counted and summed up."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    LargeBinary,
    Table,
    Text,
    and_,
    cast,
    func,
    select,
    tuple_,
)

BATCH = 5_000
"""Rows that are held at once."""

BATCH_WITH_BYTES = 100
"""The same where each may hold a whole page."""

MODULUS = 1 << 256

Key = tuple[Any, ...]
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows, and the sum of their SHA-256: the same in whatever order they come.

    It finds what was lost, doubled or changed by accident, not what somebody forged.
    """

    rows: int = 0
    digest: int = 0

    def plus(self, rows: Rows) -> "Sum":
        """With more rows."""
        added = sum(int.from_bytes(sha256(_spelled(row)).digest(), "big") for row in rows)
        return Sum(self.rows + len(rows), (self.digest + added) % MODULUS)

    @property
    def shown(self) -> str:
        """64 hexadecimal digits."""
        return f"{self.digest:064x}"


def names_of(table: Table) -> list[str]:
    """The columns of a table, in the order in which rows hold their values."""
    return [column.name for column in table.columns]


def key_of(table: Table, row: Sequence[Any]) -> Key:
    """What tells a row from all others."""
    names = names_of(table)
    return tuple(row[names.index(column.name)] for column in table.primary_key.columns)


def count_of(connection: Connection, table: Table) -> int:
    """How many rows the database itself says that there are."""
    number: int = connection.execute(select(func.count()).select_from(table)).scalar_one()
    return number


def batches_of(
    connection: Connection, table: Table, *, after: Key | None = None, until: Key | None = None
) -> Iterator[Rows]:
    """The rows with keys behind `after` and up to `until`, by key, a batch at a time; JSON as its text."""
    keys = list(table.primary_key.columns)
    holds_bytes = any(isinstance(column.type, LargeBinary) for column in table.columns)
    size = BATCH_WITH_BYTES if holds_bytes else BATCH
    columns = [
        cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column
        for column in table.columns
    ]
    while True:
        query = select(*columns).where(_between(keys, after, until)).order_by(*keys).limit(size)
        rows = connection.execute(query).all()
        if rows:
            yield rows
        if len(rows) < size:
            return
        after = key_of(table, rows[-1])


def sum_of(
    connection: Connection,
    table: Table,
    *,
    until: Key | None = None,
    told: Callable[[int], None] = lambda rows: None,
) -> Sum:
    """The sum of a table's rows, or of those with keys up to `until`. `told`: of each batch's rows."""
    total = Sum()
    for rows in batches_of(connection, table, until=until):
        total = total.plus(rows)
        told(len(rows))
    return total


def _between(keys: Sequence[ColumnElement[Any]], after: Key | None, until: Key | None) -> ColumnElement[bool]:
    one: ColumnElement[Any] = keys[0] if len(keys) == 1 else tuple_(*keys)

    def value(key: Key) -> Any:
        return key[0] if len(keys) == 1 else tuple_(*key)

    conditions = [] if after is None else [one > value(after)]
    if until is not None:
        conditions.append(one <= value(until))
    return and_(True, *conditions)


def _spelled(row: Sequence[Any]) -> bytes:
    """A row as JSON: times as ISO in UTC, bytes as their SHA-256, JSON as the text that is stored."""
    return _ENCODER.encode([value + 0.0 if isinstance(value, float) else value for value in row]).encode()


def _said(value: object) -> str:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return sha256(value).hexdigest()
        case _:
            raise TypeError(f"{type(value).__name__} in a row")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_said)
