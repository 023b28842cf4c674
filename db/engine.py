"""Opening a database: the right one, with the right settings, brought up to date."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, inspect
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlmodel import Session, create_engine

from db.errors import (
    ArchiveDatabaseError,
    BusyDatabase,
    DamagedDatabase,
    ForeignDatabase,
    FullDisk,
    NoDatabase,
    ReadOnlyDatabase,
    UnfinishedCopy,
)
from db.files import make_private
from db.log import log_new
from db.migrate import WRITES, bring_up_to_date, is_empty, locking
from db.revisions import COPY_MARKS

BUSY_SECONDS = 30
"""How long a connection waits for another process's write."""

BUSY = "hustings_busy_seconds"
"""Name of the option of an engine that says how long it waits, where the driver does not know."""

WRITE_LOCK = 0x4855_5354_494E_4753
"""Key of the one lock by which writers of a PostgreSQL archive take turns: `HUSTINGS` in ASCII."""

SQLITE_MAGIC = b"SQLite format 3\x00"

LEAST_ROOM = 1 << 20
"""Bytes on a disk below which an I/O error is taken for want of room."""

NO_ROOM = ("disk is full", "No space left", "Disk quota exceeded")
"""How SQLite and PostgreSQL (errors 53100 and those that the system words) say that nothing more fits."""


def database_url(address: str) -> URL:
    """A database's URL from what a user gives: a URL, or the path of an SQLite file."""
    if "://" not in address:
        return URL.create("sqlite", database=address)
    try:
        return make_url(address)
    except ArgumentError as error:
        raise ArchiveDatabaseError(f"{address!r} is not a database address") from error


def is_new(address: str) -> bool:
    """Whether opening `address` with `create` would make a file that does not exist."""
    path = sqlite_path(database_url(address))
    return path is not None and not path.exists()


def open_database(
    address: str, *, create: bool = False, busy_seconds: float | None = None, unfinished: bool = False
) -> Engine:
    """Open the archive at `address` (a path or an SQLAlchemy URL), migrated to this release.

    With `create`, an SQLite file that does not exist (or is empty) becomes a new archive; an empty
    PostgreSQL database likewise. An older archive is copied beside itself first (SQLite), then
    brought up to date in one transaction. A database that is refused keeps every byte. `unfinished`: also
    one that is being copied into.

    A new SQLite file is its owner's alone (0600), as are its log and its copies.

    Raises NoDatabase, ForeignDatabase, DamagedDatabase, NewerDatabase, ReadOnlyDatabase, UnfinishedCopy,
    BusyDatabase, FullDisk.
    """
    url = database_url(address)
    path = sqlite_path(url)
    if path is not None:
        _check_file(path, create=create)
    engine = _make_engine(url, BUSY_SECONDS if busy_seconds is None else busy_seconds)
    with ExitStack() as undo:
        undo.callback(engine.dispose)
        try:
            _make_ready(engine, path, create=create, unfinished=unfinished)
        except DatabaseError as error:
            raise explained(error, url) from error
        undo.pop_all()
    return engine


def _make_ready(engine: Engine, path: Path | None, *, create: bool, unfinished: bool) -> None:
    with engine.connect() as connection:
        if not create and is_empty(connection):
            raise NoDatabase(f"{_shown(engine.url)} is empty: create an archive with `hustings init`")
        if not unfinished and inspect(connection).has_table(COPY_MARKS):
            raise UnfinishedCopy(
                f"{_shown(engine.url)} is an unfinished copy: run `hustings copy` again, or remove it"
            )
    bring_up_to_date(engine, path)
    if path is not None:
        _keep_log(engine)


@contextmanager
def writing(engine: Engine, *, logged: bool = True) -> Iterator[Session]:
    """A session in one transaction that holds the write lock from its start; committed at the end.

    Captures and observations that are new get their entries in the log (`db.log`), unless not `logged`: of a
    copy that brings its own log, or needs none.

    Raises BusyDatabase where another process keeps the lock for longer than BUSY_SECONDS, FullDisk where
    there is no room.
    """
    try:
        with (
            locking(engine).begin() as connection,
            Session(connection, expire_on_commit=False) as session,
        ):
            yield session
            session.flush()
            if logged:
                log_new(session.connection())
    except OperationalError as error:
        raise explained(error, engine.url) from error


@contextmanager
def claiming(engine: Engine) -> Iterator[Session]:
    """A session in one transaction that locks rows and waits for nobody; committed at the end.

    On PostgreSQL it takes no turn among the writers: select rows `with_for_update(skip_locked=True)`, and
    write to those alone. SQLite locks no rows: there it is `writing`.
    """
    if engine.dialect.name != "postgresql":
        with writing(engine) as session:
            yield session
        return
    try:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session
    except OperationalError as error:
        raise explained(error, engine.url) from error


@contextmanager
def explaining(engine: Engine) -> Iterator[None]:
    """Say in our words what a driver complains of. Raises BusyDatabase, FullDisk, ReadOnlyDatabase."""
    try:
        yield
    except DatabaseError as error:
        raise explained(error, engine.url) from error


def sqlite_path(url: URL) -> Path | None:
    """The file of an SQLite URL; None for memory and for servers."""
    if not url.drivername.startswith("sqlite") or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def _check_file(path: Path, *, create: bool) -> None:
    """Refuse a file that is missing or not writable before anything touches it; make one that is wanted.

    An archive is never opened here but by SQLite: a process that closes a file loses all locks that it has
    on it, and another process could take away the log of a connection that is still in use.
    """
    if not path.exists():
        if not create:
            raise NoDatabase(
                f"there is no database at {path}: create one with `hustings init`, or name it with --db"
            )
        if not path.parent.is_dir():
            raise NoDatabase(f"there is no folder {path.parent} to create {path.name} in")
        make_private(path)
        return
    if not path.is_file():
        raise ForeignDatabase(f"{path} is not a file")
    # The superuser may write anything: take a file without a write bit at its word all the same.
    if not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK):
        raise ReadOnlyDatabase(f"{path} is read-only: make it writable, or work on a copy")


def _make_engine(url: URL, busy_seconds: float) -> Engine:
    try:
        if not url.drivername.startswith("sqlite"):
            engine = create_engine(url, execution_options={BUSY: busy_seconds})
            event.listen(engine, "begin", _lock)
            return engine
        engine = create_engine(url, connect_args={"timeout": busy_seconds, "check_same_thread": False})
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise ArchiveDatabaseError(
            f"no driver for {url.drivername}: an archive lies in SQLite or, with "
            "`pip install 'hustings[postgresql]'`, at postgresql+psycopg://..."
        ) from error
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _tell_damage)
    return engine


def _settle(dbapi_connection: sqlite3.Connection, _record: Any) -> None:
    """Take transactions from the driver, which would commit before DDL; then our settings."""
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")  # NORMAL may lose the last commits to a power cut
    cursor.close()


def _keep_log(engine: Engine) -> None:
    """Let readers read while one process writes. Written into the file: so only once it is known as ours."""
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA journal_mode = WAL")


def _begin(connection: Connection) -> None:
    writes = WRITES in connection.get_execution_options()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _lock(connection: Connection) -> None:
    """Where a transaction is to write, wait for its turn: PostgreSQL lets many write at once."""
    if WRITES in connection.get_execution_options() and connection.dialect.name == "postgresql":
        wait_for_locks(connection, within_transaction=True)
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")


def wait_for_locks(connection: Connection, *, within_transaction: bool) -> None:
    """From here on wait for others' locks on a server only for as long as its engine was told to."""
    seconds = connection.get_execution_options().get(BUSY, BUSY_SECONDS)
    setting = f"{int(seconds * 1000)}ms", within_transaction
    connection.exec_driver_sql("SELECT set_config('lock_timeout', %s, %s)", setting)


def _is_full(url: URL) -> bool:
    """Whether the disk has no room: SQLite calls it an I/O error where its smaller files cannot grow."""
    path = sqlite_path(url)
    return path is not None and shutil.disk_usage(path.absolute().parent).free < LEAST_ROOM


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _tell_damage(context: ExceptionContext) -> ArchiveDatabaseError | None:
    """What is raised in place of the driver's error: whatever was read, a damaged file is said to be one."""
    error, engine = context.original_exception, context.engine
    return _damage(error, engine.url) if engine is not None and isinstance(error, sqlite3.Error) else None


def _damage(error: sqlite3.Error, url: URL) -> ArchiveDatabaseError | None:
    """What SQLite says of a file that it cannot read as one of its own; None where it says something else."""
    code, path = getattr(error, "sqlite_errorcode", 0), sqlite_path(url)
    if code & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return None
    if path is not None and not _looks_like_sqlite(path):
        return ForeignDatabase(f"{path} is not a Hustings database (nor any SQLite file)")
    return DamagedDatabase(
        f"{_shown(url)} is damaged ({error}): keep it as it is, with its -wal file, and "
        "`hustings restore` your last backup under another name"
    )


def _looks_like_sqlite(path: Path) -> bool:
    """Whether the file begins as SQLite's do, or with the zeros that a failing disk leaves of one."""
    with path.open("rb") as file:
        return file.read(len(SQLITE_MAGIC)) in (SQLITE_MAGIC, bytes(len(SQLITE_MAGIC)))


def explained(error: DatabaseError | sqlite3.Error, url: URL) -> ArchiveDatabaseError:
    """A driver's complaint as one of ours, without secrets."""
    original = error.orig if isinstance(error, DatabaseError) else error
    if isinstance(original, sqlite3.Error) and (found := _damage(original, url)):
        return found
    said = str(original).strip().splitlines()[0]
    if any(word in said for word in ("locked", "busy", "lock timeout")):
        return BusyDatabase(f"{_shown(url)} is in use by another process: try again later")
    if "readonly" in said or "read-only" in said:
        return ReadOnlyDatabase(f"{_shown(url)} is read-only: make it writable, or work on a copy")
    if any(word in said for word in NO_ROOM) or ("disk I/O error" in said and _is_full(url)):
        return FullDisk(f"{_shown(url)}: the disk is full: make room, then run the same command again")
    return ArchiveDatabaseError(f"{_shown(url)}: {said}")
