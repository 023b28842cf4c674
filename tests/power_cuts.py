"""What a disk holds after a power cut, and an observer who notes what was acknowledged until then."""

import hashlib
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, event

from db.engine import _make_engine, database_url

STEP = 4096


def state(path: Path) -> str:
    """A digest of every row of every table, as a process that opens the file now would read them."""
    with closing(sqlite3.connect(path)) as connection:
        return state_read_by(connection)


def state_read_by(connection: sqlite3.Connection) -> str:
    digest = hashlib.sha256()
    connection.execute("BEGIN")
    tables = "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name"
    for name, made in connection.execute(tables).fetchall():
        digest.update(repr((name, made)).encode())
        for row in connection.execute(f'SELECT * FROM "{name}"'):
            digest.update(repr(row).encode())
    connection.execute("COMMIT")
    return digest.hexdigest()


@dataclass(frozen=True)
class Stage:
    """What went on between two times that the log was taken over into the file."""

    file: bytes
    """At its start, and to its end."""
    log: bytes
    """At its end."""
    acknowledged: tuple[tuple[int, str], ...]
    """Bytes of the log, and the state that was acknowledged with them."""

    def at(self, size: int) -> str:
        """What was acknowledged when the log had that many bytes."""
        return [found for known, found in self.acknowledged if known <= size][-1]


@dataclass
class Observer:
    """Notes after each commit how long the log is by then, and what can be read."""

    path: Path
    acknowledged: list[tuple[int, str]] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    """Those that are over."""
    _file: bytes | None = None

    def __enter__(self) -> "Observer":
        self._reader = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self._reader.execute("PRAGMA journal_mode = WAL")
        self._reader.execute("PRAGMA wal_autocheckpoint = 0")
        self.note()
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    @property
    def log(self) -> Path:
        return self.path.with_name(self.path.name + "-wal")

    def watch(self, engine: Engine) -> Engine:
        """Note whenever a connection comes back; no log is taken over into the file meanwhile."""
        event.listen(engine, "connect", self._keep_the_log)
        event.listen(engine, "checkin", lambda connection, record: self.note())
        event.listen(engine, "begin", lambda connection: self.note())
        return engine

    def note(self) -> None:
        found = state_read_by(self._reader)
        if self._file is None:
            self._file = self.path.read_bytes()
        if not self.acknowledged or self.acknowledged[-1][1] != found:
            self.acknowledged.append((self.log.stat().st_size if self.log.exists() else 0, found))

    def at(self, size: int) -> str:
        """What was acknowledged when the log had that many bytes."""
        return [found for known, found in self.acknowledged if known <= size][-1]

    def end_stage(self) -> None:
        """All that was noted since the last one; call it before the log is taken over, and at the end."""
        self.note()
        assert self._file is not None  # noted
        assert self.path.read_bytes() == self._file  # all of it lies in the log
        self.stages.append(Stage(self._file, self.log.read_bytes(), tuple(self.acknowledged)))
        self._file = None
        self.acknowledged.clear()

    def _keep_the_log(self, connection: sqlite3.Connection, _record: object) -> None:
        def begins(query: str) -> None:
            if query.startswith("PRAGMA wal_checkpoint"):
                self.end_stage()

        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.set_trace_callback(begins)


def archive_at(path: Path) -> Engine:
    """The archive's engine with all its settings, of which no connection is open yet."""
    return _make_engine(database_url(str(path)), 30)


def cut(folder: Path, file: bytes, log: bytes) -> Path:
    """What a disk holds after the cut."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path = folder / "archive.db"
    path.write_bytes(file)
    (folder / "archive.db-wal").write_bytes(log)
    return path
