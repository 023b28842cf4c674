"""Backup and restore of an archive in an SQLite file: a verified copy, whole or not there at all."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from db.engine import database_url, explained, sqlite_path
from db.errors import (
    ArchiveDatabaseError,
    BusyDatabase,
    DamagedDatabase,
    ForeignDatabase,
    NewerDatabase,
    NoDatabase,
)
from db.files import PRIVATE, flush, flush_names, make_private
from db.revisions import VERSION_TABLE, revisions

PAGES = 2_000
"""Pages that are copied in one step (8 MB); between two of them Ctrl-C is heard."""

LOGS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file, and would take for the log of a file that is put there."""

SERVER = (
    "an archive in PostgreSQL is kept by the server's own tools: "
    "`pg_dump --format=custom --file=FILE DATABASE` and `pg_restore`"
)

Told = Callable[[int, int], None]
"""Is told (pages done, all of them)."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was compared with what it was made from."""

    file: Path
    size: int
    """Bytes."""
    rows: int
    """Rows of all tables; each table has as many as in the original."""
    schema: str
    """Revision of the schema, such as `0008`."""


def back_up(address: str, target: Path, told: Told = lambda done, total: None) -> Copy:
    """Copy the archive to `target`, which must not exist, as it is at one moment, whatever others write.

    The copy has the permissions of the archive. An archive of another release is copied as it is.
    Raises ArchiveDatabaseError for PostgreSQL, NoDatabase, ForeignDatabase, DamagedDatabase, FullDisk.
    """
    source = _file_at(address)
    if not source.exists():
        raise NoDatabase(f"there is no database at {source}: nothing was backed up")
    if not source.is_file():
        raise ForeignDatabase(f"{source} is not a file")
    return _copy(source, target, mode=source.stat().st_mode & 0o777, told=told)


def restore(source: Path, address: str, told: Told = lambda done, total: None) -> Copy:
    """Copy a backup to `address`, where no archive may be. The copy is its owner's alone.

    Raises NewerDatabase for a later release's backup, DamagedDatabase, and as `back_up`.
    """
    target = _file_at(address)
    if not source.is_file():
        raise NoDatabase(f"there is no backup at {source}")
    with _reading(source) as connection:
        if (revision := _revision(connection, source)) not in revisions():
            raise NewerDatabase(
                f"{source} was made by a later release (schema {revision}): upgrade hustings, then restore"
            )
    return _copy(source, target, mode=PRIVATE, told=told)


def _file_at(address: str) -> Path:
    url = database_url(address)
    if url.get_backend_name() == "postgresql":
        raise ArchiveDatabaseError(SERVER)
    path = sqlite_path(url)
    if path is None:
        raise ArchiveDatabaseError(f"{url.render_as_string()} is no file")
    return path


def _copy(source: Path, target: Path, *, mode: int, told: Told) -> Copy:
    _check_free(target)
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)  # of a run that was killed
    make_private(partial)
    made = partial.stat().st_ino
    try:
        with _reading(source) as reading:
            schema = _revision(reading, source)
            with _explaining(partial):
                rows = _fill(reading, partial, source, told)
        partial.chmod(mode)
        flush(partial)
        _put(partial, target, made)
    finally:
        if _is(partial, made):
            partial.unlink()
    return Copy(target, target.stat().st_size, rows, schema)


def _check_free(target: Path) -> None:
    """Refuse to write over anything, or beside a log that SQLite would take for the new file's."""
    if not target.parent.is_dir():
        raise NoDatabase(f"there is no folder {target.parent} to write {target.name} into")
    for log in ("", *LOGS):
        if os.path.lexists(beside := target.with_name(target.name + log)):
            raise ArchiveDatabaseError(
                f"{beside} is there already: nothing is overwritten; choose another name, or move it away "
                f"(with {target.name}-wal and {target.name}-shm, where they are)"
            )


@contextmanager
def _reading(source: Path) -> Iterator[sqlite3.Connection]:
    """A connection that sees one state until its end.

    It may write, so that it takes away again the log that it makes. Where nothing can be written, a file
    without a log is read by itself: SQLite is told that none will come.
    """
    asked = "mode=rw"
    if not (os.access(source, os.W_OK) and os.access(source.absolute().parent, os.W_OK)):
        is_alone = not any(source.with_name(source.name + log).exists() for log in LOGS)
        asked = "mode=ro&immutable=1" if is_alone else "mode=ro"
    address = f"file:{quote(str(source.absolute()))}?{asked}"
    with _explaining(source), closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")
        connection.execute(
            "SELECT count(*) FROM sqlite_master"
        ).fetchone()  # the state is that of the first read
        yield connection


@contextmanager
def _explaining(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise explained(error, database_url(str(file))) from error


def _revision(connection: sqlite3.Connection, file: Path) -> str:
    there = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
    if not connection.execute(there, [VERSION_TABLE]).fetchone()[0]:
        raise ForeignDatabase(f"{file} is not a Hustings database")
    row = connection.execute("SELECT version_num FROM hustings_schema").fetchone()
    if row is None:
        raise DamagedDatabase(f"{file} is damaged: it does not say which release made it")
    return str(row[0])


def _fill(reading: sqlite3.Connection, partial: Path, source: Path, told: Told) -> int:
    """Copy all pages, then compare; how many rows there are."""
    with closing(sqlite3.connect(partial, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode = OFF")  # a file that is not there yet has nothing to lose:
        copy.execute("PRAGMA synchronous = OFF")  # it is flushed as a whole before it gets its name
        reading.backup(copy, pages=PAGES, progress=lambda _, left, total: told(total - left, total), sleep=0)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, to be read from any medium
        _check(copy, source)
        return _compare(reading, copy, source)


def _check(copy: sqlite3.Connection, source: Path) -> None:
    found = [str(row[0]) for row in copy.execute("PRAGMA integrity_check(1)")]
    if found != ["ok"]:
        raise DamagedDatabase(
            f"{source} is damaged ({' '.join(found[0].split())}): no copy was made; take an earlier backup"
        )
    astray = copy.execute("PRAGMA foreign_key_check").fetchone()
    if astray is not None:
        table, row, parent, _ = astray
        raise DamagedDatabase(
            f"{source} is damaged: row {row} of {table} refers to a row of {parent} that is not there; "
            "no copy was made; take an earlier backup"
        )


def _compare(reading: sqlite3.Connection, copy: sqlite3.Connection, source: Path) -> int:
    total = 0
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL TABLE%'"
    for (table,) in reading.execute(tables).fetchall():
        named = table.replace('"', '""')
        count = f'SELECT count(*) FROM "{named}"'  # noqa: S608 - a name out of the file, quoted
        [there], [here] = reading.execute(count).fetchone(), copy.execute(count).fetchone()
        if there != here:
            raise DamagedDatabase(f"{source}: table {table} has {there:,} rows, its copy {here:,}: try again")
        total += here
    return total


def _is(path: Path, made: int) -> bool:
    return path.exists() and path.stat().st_ino == made


def _put(partial: Path, target: Path, made: int) -> None:
    """Give the file its name, unless something has it by now; `made` is the inode that was filled."""
    if not _is(partial, made):
        raise BusyDatabase(f"another process writes {target}: try again later")
    try:
        os.link(partial, target)  # which, other than a rename, overwrites nothing
    except FileExistsError as error:
        raise ArchiveDatabaseError(f"{target} is there already: choose another name") from error
    except OSError:  # a disk without hard links
        _check_free(target)
        partial.rename(target)
    flush_names(target.absolute().parent)
