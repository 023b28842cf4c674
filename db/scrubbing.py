"""Traces of rows that are gone, taken out of a database: index segments, free pages, the log, statistics."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from db.engine import explaining, wait_for_locks, writing
from db.errors import BusyDatabase
from db.search.index import rebuild_index


def scrub(engine: Engine) -> None:
    """Write the database anew without what was removed from it. Safe to repeat.

    SQLite: the search index is rebuilt (its segments keep words of texts that are gone), the file is
    vacuumed, the log emptied. It needs room for a copy of the file. PostgreSQL: every table is written anew
    with its statistics, which hold values of columns; the server's own log and backups are its owner's.

    Raises BusyDatabase where others read or write meanwhile, FullDisk.
    """
    with writing(engine) as session:
        rebuild_index(session)
    with explaining(engine):
        if engine.dialect.name == "sqlite":
            _scrub_file(engine)
        else:
            _scrub_server(engine)


def _scrub_file(engine: Engine) -> None:
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        try:
            cursor.execute("VACUUM")
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError as error:
            raise OperationalError("VACUUM", None, error) from error
    if busy:
        raise BusyDatabase(
            f"{engine.url.database} is being read by another process, so that its log cannot be emptied: "
            "run the same command again later"
        )


def _scrub_server(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        wait_for_locks(connection, within_transaction=False)
        try:
            for table in SQLModel.metadata.sorted_tables:
                connection.execute(text(f'VACUUM (FULL, ANALYZE) "{table.name}"'))  # a name of ours
        finally:
            connection.exec_driver_sql("RESET lock_timeout")


def copies_beside(engine: Engine) -> list[Path]:
    """Copies of an SQLite archive that upgrades left beside it: they hold what was in it then."""
    name = engine.url.database
    if engine.dialect.name != "sqlite" or name in (None, "", ":memory:"):
        return []
    path = Path(str(name))
    return sorted(
        one for one in path.parent.iterdir() if one.name.startswith(f"{path.name}.before-upgrade-from-")
    )
