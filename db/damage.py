"""Damage that a database shows by itself: its file, references, search index, and how values are written."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    Engine,
    ForeignKeyConstraint,
    String,
    Table,
    TypeDecorator,
    and_,
    exists,
    or_,
    select,
    text,
    type_coerce,
)
from sqlmodel import SQLModel

from db import models as _tables  # noqa: F401 - makes the tables known
from db.errors import DamagedDatabase
from db.migrate import locking
from db.search.index import INDEX

Found = tuple[str, str, str]
"""Table, row, what is wrong with it."""

MOST = 1_000
"""Findings of one query."""

HELD = 2_000


def damage_of_file(connection: Connection, *, quick: bool = False) -> Iterator[Found]:
    """What SQLite says of its file, page by page; a server keeps its own files."""
    if connection.dialect.name != "sqlite":
        return
    check = "quick_check" if quick else "integrity_check"
    for (said,) in connection.exec_driver_sql(f"PRAGMA {check}"):
        if said != "ok":
            yield "file", "", " ".join(str(said).split())


def loose_references(connection: Connection) -> Iterator[Found]:
    """Rows that refer to rows that are not there."""
    for table in SQLModel.metadata.sorted_tables:
        for key in sorted(table.foreign_key_constraints, key=lambda one: str(one.name)):
            yield from _loose(connection, table, key)


def _loose(connection: Connection, table: Table, key: ForeignKeyConstraint) -> Iterator[Found]:
    parent = key.referred_table.alias("parent")
    pairs = [(one.parent, parent.c[one.column.name]) for one in key.elements]
    lost = ~exists().where(*(child == there for child, there in pairs)).correlate(table)
    query = select(*table.primary_key.columns, pairs[0][0].label("wanted"))
    named = and_(*(child.is_not(None) for child, _ in pairs))
    for row in connection.execute(query.where(named, lost).limit(MOST)):
        *own, wanted = row
        yield table.name, _key(own), f"refers to {key.referred_table.name} {wanted}, which is not there"


def damage_of_index(engine: Engine) -> list[Found]:
    """Where the search index of an SQLite archive does not agree with the statements.

    SQLite's own check asks for the write lock. Raises BusyDatabase's cause, OperationalError, without it.
    """
    if engine.dialect.name != "sqlite":
        return []
    found = []
    with locking(engine).begin() as connection:
        for said, query in _MISFITS.items():
            found += [("statement", str(number), said) for (number,) in connection.execute(query)]
        try:
            connection.execute(_CHECK)
        except DamagedDatabase:
            found.append((INDEX, "", "the search index does not agree with the texts"))
    return found


_MISFITS = {
    "is not in the search index": text(
        f"SELECT id FROM statement EXCEPT SELECT id FROM {INDEX}_docsize LIMIT {MOST}"  # noqa: S608 - constants of ours
    ),
    "is in the search index and not in the archive": text(
        f"SELECT id FROM {INDEX}_docsize EXCEPT SELECT id FROM statement LIMIT {MOST}"  # noqa: S608 - constants of ours
    ),
}
_CHECK = text(f"INSERT INTO {INDEX} ({INDEX}, rank) VALUES ('integrity-check', 1)")  # noqa: S608 - a constant of ours


def misspelt(connection: Connection, name: str) -> Iterator[Found]:
    """Rows of an SQLite table with a time or JSON that reads as one and is written as none of ours.

    A reader would not notice: it takes `2024-07-05!12:00` for the time with a blank.
    """
    table = SQLModel.metadata.tables[name]
    loose = [column for column in table.columns if _is_loose(column)]
    if connection.dialect.name != "sqlite" or not loose:
        return
    raw = [type_coerce(column, String).label(column.name) for column in loose]
    keys = list(table.primary_key.columns)
    last: Sequence[Any] | None = None
    while True:
        query = select(*keys, *raw).order_by(*keys).limit(HELD)
        rows = connection.execute(query if last is None else query.where(_behind(keys, last))).all()
        for row in rows:
            for column, said in zip(loose, row[len(keys) :], strict=True):
                if said is not None and not _is_ours(column, said):
                    yield (
                        name,
                        _key(row[: len(keys)]),
                        f"its {column.name} is not written as the archive writes it",
                    )
        if len(rows) < HELD:
            return
        last = rows[-1][: len(keys)]


def _behind(keys: list[Column[Any]], last: Sequence[Any]) -> Any:
    """Rows whose key comes after another."""
    return or_(
        *(
            and_(
                *(key == value for key, value in zip(keys[:place], last[:place], strict=True)),
                keys[place] > last[place],
            )
            for place in range(len(keys))
        )
    )


def _is_loose(column: Column[Any]) -> bool:
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    return isinstance(kind, DateTime | JSON)


def _is_ours(column: Column[Any], said: Any) -> bool:
    try:
        if isinstance(column.type, JSON):
            return json.dumps(json.loads(said)) == str(said)
        return datetime.fromisoformat(said).strftime("%Y-%m-%d %H:%M:%S.%f") == str(said)
    except (TypeError, ValueError):
        return False


def _key(values: Sequence[Any]) -> str:
    return "/".join(map(str, values))
