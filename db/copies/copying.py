"""Moving the rows: by keyset batches, each with its mark in one transaction; then the proof."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Integer, Table, delete, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, SQLModel

from db import models as _tables  # noqa: F401 - makes the tables known
from db.bulk import put_rows
from db.copies.marks import Mark, begin, end, forget_mark, is_begun, mark_of, set_mark
from db.copies.rows import Rows, Sum, batches_of, count_of, key_of, names_of, sum_of
from db.engine import open_database, writing
from db.errors import ArchiveDatabaseError, BusyDatabase, CopyDiffers, SourceChanged
from db.search import fill_index
from db.snapshot import reading_one_moment

Told = Callable[[int, int], None]
"""Is told (rows done, all): each row counts when it is copied, and when it is read back."""


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """One table that is the same on both sides."""

    name: str
    rows: int
    digest: str
    """Sum of the SHA-256 of all rows, modulo 2^256, as hexadecimal digits (docs/copying.md)."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied."""

    tables: tuple[CopiedTable, ...]
    changed: tuple[str, ...]
    """Tables of the source that others have changed since they were read: the copy is as it was before."""

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.rows for table in self.tables)


def open_target(address: str) -> Engine:
    """The database that is copied into: new, empty, or an unfinished copy. Raises as `open_database`."""
    return open_database(address, create=True, unfinished=True)


def copy_archive(source: Engine, target: Engine, told: Told | None = None) -> Copied:
    """Copy all rows of an archive into `target` (`open_target`), and prove that they are the same there.

    The source is only read, as it is at one moment. Run again after an interruption it goes on where it was.
    Raises ArchiveDatabaseError where the target holds anything else or takes a row as little as the source
    gives one; SourceChanged where what was copied before an interruption is no longer so in the source;
    CopyDiffers where the target does not hold what was read.
    """
    if source.url == target.url:
        raise ArchiveDatabaseError(f"{_name(source)} cannot be copied into itself")
    tables = SQLModel.metadata.sorted_tables
    _begin(target, tables)
    with reading_one_moment(source) as session:
        found = session.connection()
        counts = {table.name: count_of(found, table) for table in tables}
        progress = _Progress(2 * sum(counts.values()), told)
        sums = {table.name: _copy_table(found, target, table, progress) for table in tables}
    lost = [name for name, one in sums.items() if one.rows != counts[name]]
    _check(target, tables, sums, lost, progress)
    changed = _changed(source, tables, sums)
    _finish(target, tables)
    shown = tuple(CopiedTable(name, one.rows, one.shown) for name, one in sums.items())
    return Copied(shown, tuple(changed))


class _Progress:
    """Rows done of all."""

    def __init__(self, total: int, told: Told | None) -> None:
        self._done, self._total, self._told = 0, total, told

    def more(self, rows: int) -> None:
        self._done += rows
        if self._told is not None:
            self._told(min(self._done, self._total), self._total)


def _begin(target: Engine, tables: Sequence[Table]) -> None:
    """Mark the target, unless it is marked. Raises ArchiveDatabaseError where it is an archive of its own."""
    with writing(target, logged=False) as session:
        connection = session.connection()
        if is_begun(connection):
            return
        filled = [table.name for table in tables if count_of(connection, table)]
        if filled:
            raise ArchiveDatabaseError(
                f"{_name(target)} is not empty (it has rows of {', '.join(filled)}): name a new database"
            )
        begin(connection)


def _copy_table(source: Connection, target: Engine, table: Table, progress: _Progress) -> Sum:
    """Copy what is not copied yet of a table; the sum of all its rows as they were read."""
    mark = _known_mark(source, target, table, progress)
    for rows in batches_of(source, table, after=mark.position if mark else None):
        sum_so_far = (mark.sum if mark else Sum()).plus(rows)
        moved = Mark(key_of(table, rows[-1]), sum_so_far)
        _put(target, table, rows, moved, mark)
        mark = moved
        progress.more(len(rows))
    return mark.sum if mark else Sum()


def _known_mark(source: Connection, target: Engine, table: Table, progress: _Progress) -> Mark | None:
    """How far a table was copied before; None where it is to be copied from its beginning.

    Raises SourceChanged where the source no longer has the rows that were copied, and others refer to them.
    """
    with Session(target) as session:
        mark = mark_of(session.connection(), table.name)
    if mark is None:
        return None
    if sum_of(source, table, until=mark.position) == mark.sum:
        progress.more(mark.sum.rows)
        return mark
    if _is_referred_to(table):
        raise SourceChanged(
            f"{table.name} of the source has changed since the copy {_name(target)} was begun:"
            " remove the copy and begin anew"
        )
    with writing(target, logged=False) as session:
        session.execute(delete(table))
        forget_mark(session.connection(), table.name)
    return None


def _is_referred_to(table: Table) -> bool:
    """Whether rows of any table, or of this one, refer to its rows."""
    tables = SQLModel.metadata.sorted_tables
    return any(key.column.table is table for other in tables for key in other.foreign_keys)


def _put(target: Engine, table: Table, rows: Rows, mark: Mark, before: Mark | None) -> None:
    """One batch and its mark, both or neither."""
    names = names_of(table)
    if target.dialect.name == "postgresql":
        _refuse_nul(table, names, rows)
    try:
        with writing(target, logged=False) as session:
            put_rows(session, table, names, rows)
            fill_index(session)
            if not set_mark(session.connection(), table.name, mark, before=before):
                raise BusyDatabase(f"another process copies into {_name(target)}: let it end")
    except DatabaseError as error:
        first, last = key_of(table, rows[0]), key_of(table, rows[-1])
        said = str(error.orig).strip().splitlines()[0]
        raise ArchiveDatabaseError(
            f"{_name(target)} does not take {table.name} {_shown(first)} to {_shown(last)}: {said}"
        ) from error


def _refuse_nul(table: Table, names: Sequence[str], rows: Rows) -> None:
    """No text of PostgreSQL holds a NUL: say which row has one."""
    for row in rows:
        for name, value in zip(names, row, strict=True):
            if isinstance(value, str) and "\0" in value:
                where = f"{table.name} {_shown(key_of(table, row))}, column {name}"
                raise ArchiveDatabaseError(f"{where}: a NUL character, which no text of PostgreSQL can hold")


def _check(
    target: Engine, tables: Sequence[Table], sums: dict[str, Sum], lost: Sequence[str], progress: _Progress
) -> None:
    """Read the copy back. Raises CopyDiffers, which names the tables."""
    with reading_one_moment(target) as session:
        connection = session.connection()
        wrong = [
            table.name
            for table in tables
            if table.name in lost or sum_of(connection, table, told=progress.more) != sums[table.name]
        ]
    if wrong:
        raise CopyDiffers(
            f"{_name(target)} does not hold what was read of {', '.join(wrong)}: remove it and copy again"
        )


def _changed(source: Engine, tables: Sequence[Table], sums: dict[str, Sum]) -> list[str]:
    """Tables that are no longer as they were read."""
    with reading_one_moment(source) as session:
        connection = session.connection()
        return [table.name for table in tables if sum_of(connection, table) != sums[table.name]]


def _finish(target: Engine, tables: Sequence[Table]) -> None:
    """Let new rows get numbers behind those that were copied, and take the mark away."""
    with writing(target, logged=False) as session:
        connection = session.connection()
        if target.dialect.name == "postgresql":
            for table in tables:
                _set_sequence(connection, table)
            connection.exec_driver_sql("ANALYZE")
        end(connection)


def _set_sequence(connection: Connection, table: Table) -> None:
    column = table.autoincrement_column
    if column is None or not isinstance(column.type, Integer):
        return
    # Names of tables and columns are our own, never a user's.
    found = f'SELECT max("{column.name}") AS highest FROM "{table.name}"'  # noqa: S608 - names of the schema
    connection.execute(
        text(
            f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', '{column.name}'), highest)"  # noqa: S608 - names of the schema
            f" FROM ({found}) AS found WHERE highest IS NOT NULL"
            f" AND pg_get_serial_sequence('\"{table.name}\"', '{column.name}') IS NOT NULL"
        )
    )


def _name(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _shown(key: Sequence[object]) -> str:
    return ":".join(map(str, key))
