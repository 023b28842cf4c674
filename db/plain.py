"""Reading an archive by plain SQL: of a file by Python's own driver, so that an answer comes at once.

SQLAlchemy and the models take longer to load than many an answer takes to find.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from db.revisions import COPY_MARKS, VERSION_TABLE, revisions

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlmodel import Session

Query = Callable[[str], Iterable[Sequence[Any]]]
"""Runs one SELECT, in words that SQLite and PostgreSQL both know, and gives its rows."""

Found = TypeVar("Found")


def read_rows(address: str, read: Callable[[Query], Found]) -> Found:
    """What `read` makes of the archive's rows, all of them as they are at one moment.

    Raises as db.open_database does, which opens whatever is not simply a file of this release.
    """
    if (path := _plain_file(address)) is not None:
        # One that may not write would leave an empty log beside the file as it closes.
        place = f"{path.absolute().as_uri()}?mode=rw"
        # Opened in the other way, it is said in our words what is wrong.
        with suppress(sqlite3.Error), closing(sqlite3.connect(place, uri=True)) as connection:
            connection.isolation_level = None
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            if _is_of_this_release(connection):
                return read(connection.execute)
    return _read_opened(address, read)


def query_of(session: "Session") -> Query:
    """How to read what a session sees, with all that was done in it."""
    session.flush()
    return _query(session.connection())


def _query(connection: "Connection") -> Query:
    return lambda command: map(tuple, connection.exec_driver_sql(command))


def aware(at: datetime | None) -> datetime | None:
    """A stored time in UTC: SQLite keeps no zone, and means UTC."""
    if at is None:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def moment_of(value: Any) -> datetime | None:
    """A time in UTC from what a driver gives for it: SQLite keeps a text without a zone."""
    if isinstance(value, str):
        return datetime.fromisoformat(f"{value}+00:00")  # a tenth of the time of setting the zone afterwards
    return aware(value)


def _plain_file(address: str) -> Path | None:
    """The file at an address that is nothing but its path; None where it is another, or is refused."""
    path = Path(address)
    if "://" in address or not path.is_file():
        return None
    writable = path.stat().st_mode & 0o222 and os.access(path, os.W_OK)
    return path if writable else None


def _is_of_this_release(connection: sqlite3.Connection) -> bool:
    """Whether it is a whole archive that needs no migration."""
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if VERSION_TABLE not in names or COPY_MARKS in names:
        return False
    found = connection.execute("SELECT version_num FROM hustings_schema").fetchall()
    return found == [(revisions()[-1],)]


def _read_opened(address: str, read: Callable[[Query], Found]) -> Found:
    from db.engine import explaining, open_database

    engine = open_database(address)
    try:
        with explaining(engine), engine.connect() as connection:
            return read(_query(connection))
    finally:
        engine.dispose()
