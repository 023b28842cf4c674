"""Runs of what was forgotten taken out of every text that stays, column by column, by columns.tsv."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import JSON, Column, String, Table, delete, select, update
from sqlmodel import Session, SQLModel, col
from sqlmodel.sql.sqltypes import AutoString

from archive.erasure.deleting import delete_readings
from archive.erasure.runs import RUN, Runs
from archive.integrity.log import log_rewritten
from db import models as _tables  # noqa: F401 - makes the tables known
from db.models import Target

COLUMNS = "columns.tsv"
AT_ONCE = 5_000
LOGGED = frozenset({"capture", "observation"})
"""Tables whose rows have entries in the archive's log."""


class How(StrEnum):
    """What becomes of a text; columns.tsv says what each means."""

    EMPTY = "empty"
    WITHOUT = "without"
    ROW = "row"
    READING = "reading"
    KEPT = "kept"
    CODE = "code"


@cache
def rules() -> dict[str, How]:
    """`table.column` -> what becomes of it. Raises ValueError, naming the row, where the table is wrong."""
    text = files("archive.erasure").joinpath(COLUMNS).read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")][1:]
    found = {name: How(how) for name, how in rows}
    if len(found) != len(rows):
        raise ValueError(f"{COLUMNS}: a column stands there twice")
    return found


def texts_of(table: Table) -> list[Column[Any]]:
    """The columns of a table that may hold text."""
    return [one for one in table.columns if isinstance(one.type, (AutoString, String, JSON))]


def sweep(session: Session, runs: Runs) -> int:
    """Take the runs out of all texts that stay but kept ones; how many values or rows changed."""
    changed = 0
    for table in SQLModel.metadata.sorted_tables:
        for column in texts_of(table):
            act = ACTS.get(rules()[f"{table.name}.{column.name}"])
            if act is not None:
                changed += act(session, table, column, runs)
    return changed


def _found(session: Session, table: Table, column: Column[Any], runs: Runs) -> Iterator[tuple[Any, Any]]:
    """Key and value of the rows with a run, read in passing."""
    keys = list(table.primary_key.columns)
    query = select(*keys, column).where(column.is_not(None))
    found = []
    for row in session.execute(query.execution_options(yield_per=AT_ONCE)):
        value = row[-1]
        if any(runs.are_in_text(one) for one in _strings(value) if len(one) * 4 >= RUN):
            found.append((tuple(row[:-1]), value))
    yield from found


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _strings(one)


def _is_row(table: Table, key: Sequence[Any]) -> Any:
    columns = list(table.primary_key.columns)
    condition = columns[0] == key[0]
    for column, value in zip(columns[1:], key[1:], strict=True):
        condition &= column == value
    return condition


def _empty(session: Session, table: Table, column: Column[Any], runs: Runs) -> int:
    return _change(session, table, column, runs, lambda value: None)


def _without(session: Session, table: Table, column: Column[Any], runs: Runs) -> int:
    return _change(session, table, column, runs, lambda value: stripped(value, runs))


def _change(
    session: Session, table: Table, column: Column[Any], runs: Runs, change: Callable[[Any], Any]
) -> int:
    found = list(_found(session, table, column, runs))
    for key, value in found:
        session.execute(update(table).where(_is_row(table, key)).values({column.name: change(value)}))
    if table.name in LOGGED:
        log_rewritten(session, (key[0] for key, _ in found), table.name)
    return len(found)


def stripped(value: Any, runs: Runs) -> Any:
    """A value of JSON, or a text, without the runs."""
    if isinstance(value, str):
        body = runs.without(value.encode("utf-8", "surrogatepass"))
        return body.decode("utf-8", "ignore")
    if isinstance(value, list):
        return [stripped(one, runs) for one in value]
    if isinstance(value, dict):
        return {stripped(key, runs): stripped(one, runs) for key, one in value.items()}
    return value


def _row(session: Session, table: Table, column: Column[Any], runs: Runs) -> int:
    found = list(_found(session, table, column, runs))
    for key, _ in found:
        session.execute(delete(table).where(_is_row(table, key)))
    return len(found)


def _reading(session: Session, table: Table, column: Column[Any], runs: Runs) -> int:
    targets = [key[0] for key, _ in _found(session, table, column, runs)]
    query = select(col(Target.reading_id)).where(col(Target.id).in_(targets))
    return delete_readings(session, session.execute(query).scalars().all()) if targets else 0


Act = Callable[[Session, Table, "Column[Any]", Runs], int]
ACTS: dict[How, Act] = {
    How.EMPTY: _empty,
    How.WITHOUT: _without,
    How.ROW: _row,
    How.READING: _reading,
}
