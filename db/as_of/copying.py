"""Making a temporary archive of what was known at a time, from an SQLite file or from a server."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, Engine, MetaData, Table, event, insert
from sqlmodel import Session, SQLModel

from db.as_of.coverage import clip_coverage
from db.as_of.results import hide_results
from db.as_of.rules import SOURCE, as_of
from db.as_of.times import past
from db.engine import open_database, writing
from db.models import now
from db.search import fill_index
from db.snapshot import reading_one_moment

BATCH = 5_000
"""Rows that are held at once where they come from a server."""

Told = Callable[[int, int], None]
"""Is told (tables done, all)."""


@contextmanager
def archive_as_of(engine: Engine, when: datetime, told: Told | None = None) -> Iterator[Engine]:
    """A temporary SQLite archive that holds only what the archive knew at `when` (aware); removed at the end.

    The source is only read, as it is at one moment. What counts as known when stands in `db.as_of.RULES`
    and docs/as-of.md. The files lie where the system keeps temporary ones (TMPDIR).

    Raises WrongTime (a ValueError) for a time ahead or without a zone, FullDisk where there is no room.
    """
    then = past(when, now=now())
    with tempfile.TemporaryDirectory(prefix="hustings-as-of-") as folder:
        path = Path(folder) / "archive.db"
        _make(engine, path, then, told or (lambda done, total: None))
        rebuilt = open_database(str(path))
        try:
            yield rebuilt
        finally:
            rebuilt.dispose()


def _make(source: Engine, path: Path, when: datetime, told: Told) -> None:
    made = open_database(str(path), create=True)
    made.dispose()  # its connections were opened without what follows
    event.listen(made, "connect", _hurry)
    file = _file_of(source)
    try:
        if file is None:
            with reading_one_moment(source) as session, writing(made, logged=False) as target:
                _fill(target, _streaming(session), when, told, _carry)
        else:
            event.listen(made, "connect", _attaching(file))
            with writing(made, logged=False) as target:
                _fill(target, target.connection(), when, told, _copy)
    finally:
        made.dispose()


def _file_of(engine: Engine) -> str | None:
    """The file of an SQLite archive that another connection can read; None for memory and servers."""
    name = engine.url.database
    if engine.dialect.name != "sqlite" or name in (None, "", ":memory:") or str(name).startswith("file:"):
        return None
    return str(Path(str(name)).absolute())


def _hurry(dbapi_connection: Any, _record: Any) -> None:
    """A file that nobody has seen yet has nothing to lose: no journal, no waiting for the disk."""
    with closing(dbapi_connection.cursor()) as cursor:
        cursor.execute("PRAGMA journal_mode = OFF")
        cursor.execute("PRAGMA synchronous = OFF")


def _attaching(file: str) -> Callable[[Any, Any], None]:
    def attach(dbapi_connection: Any, _record: Any) -> None:
        with closing(dbapi_connection.cursor()) as cursor:
            cursor.execute(f"ATTACH DATABASE ? AS {SOURCE}", [file])

    return attach


def _streaming(session: Session) -> Connection:
    """A connection whose tables of `SOURCE` are its own, and whose rows come in batches."""
    return session.connection(
        execution_options={"schema_translate_map": {SOURCE: None}, "yield_per": BATCH, "stream_results": True}
    )


Move = Callable[[Session, Connection, Table, datetime], None]


def _fill(target: Session, source: Connection, when: datetime, told: Told, move: Move) -> None:
    """All tables in the order of their references; then what takes more than a query to tell."""
    tables = SQLModel.metadata.sorted_tables
    for done, table in enumerate(tables):
        told(done, len(tables))
        move(target, source, table, when)
    clip_coverage(target, source, when)
    hide_results(target, source, when)
    fill_index(target)
    told(len(tables), len(tables))


def _copy(target: Session, _source: Connection, table: Table, when: datetime) -> None:
    """Rows of a file that is attached: they never leave SQLite."""
    names = [column.name for column in table.columns]
    target.execute(insert(table).from_select(names, as_of(table.name, when), include_defaults=False))


def _carry(target: Session, source: Connection, table: Table, when: datetime) -> None:
    """Rows from another database, a batch at a time."""
    putting = insert(_with_nulls(table)).execution_options(render_nulls=True)
    for rows in source.execute(as_of(table.name, when)).mappings().partitions():
        target.execute(putting, [dict(row) for row in rows])


def _with_nulls(table: Table) -> Table:
    """The table as one into which nothing goes as NULL, in JSON columns too."""
    copy = table.to_metadata(MetaData())
    for column in copy.columns:
        if isinstance(column.type, JSON):
            column.type = JSON(none_as_null=True)
    return copy
