"""Archives that tests open by the path of a file, kept as databases of a PostgreSQL server in its place.

With HUSTINGS_TEST_DB (the address of an empty database of a server) each path stands for a database of its
own, copied from one that is migrated once. Tests that open no archive are deselected (`archive_reach`); those
that are about files themselves are skipped, each with its reason (`LEFT_OUT`).
`python tests/on_postgresql.py` starts a server and runs the suite so.
"""

import os
import re
import shutil
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

import pytest
from archive_reach import all_sources, opens_archives
from sqlalchemy import Engine, Integer, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool
from sqlmodel import Session, SQLModel

import db.engine
from db import models as _tables  # noqa: F401 - makes the tables known
from db.errors import NoDatabase
from db.migrate import locking

SETTING = "HUSTINGS_TEST_DB"
TEMPLATE = "hustings_template"
NAME = re.compile(r"hustings_test_[0-9a-f]{20}")
NUMBERED = re.compile(r"INSERT INTO (\w+) \(id[,)]")
COUNTED = frozenset(
    name
    for name, table in SQLModel.metadata.tables.items()
    if "id" in table.columns and isinstance(table.columns["id"].type, Integer)
)
"""Tables whose rows are numbered."""
LEFT_OUT = Path(__file__).parent / "left_out_on_postgresql.toml"


class Archives:
    """The databases of one server that stand for files, made when a test first creates an archive."""

    here: ClassVar["Archives | None"] = None
    """Those of this process, while archives lie on a server."""

    def __init__(self, server: str) -> None:
        self._url = make_url(server)
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._made: dict[str, Path] = {}
        self._called: dict[str, str] = {}
        self._making = Lock()
        self._opened: dict[str, list[Engine]] = defaultdict(list)
        self._as_before = db.engine.database_url
        self._ready = db.engine._make_ready

    def url_for(self, address: str) -> URL:
        """In place of `database_url`: that of the database which stands for a file."""
        url = self._as_before(address)
        if not url.drivername.startswith("sqlite") or url.database in (None, "", ":memory:"):
            return url
        if NAME.fullmatch(str(url.database)):  # tests give on what an engine calls its database
            return self._url.set(database=url.database)
        path = Path(str(url.database)).absolute()
        if path.parent.name.startswith("hustings-as-of-"):  # a file of the program's own, for a moment
            return url
        name = f"hustings_test_{sha256(str(path).encode()).hexdigest()[:20]}"
        self._made[name], self._called[name] = path, str(url.database)
        return self._url.set(database=name)

    def make_ready(self, engine: Engine, path: Path | None, *, create: bool, unfinished: bool) -> None:
        """In place of `_make_ready`: a new archive is a copy of the template."""
        name = str(engine.url.database)
        self._opened[name].append(engine)
        event.listen(engine, "before_cursor_execute", _without_nul, retval=True)
        if engine.dialect.name == "postgresql":
            event.listen(engine, "after_cursor_execute", _count_on)
        with self._making:
            if NAME.fullmatch(name) and not self._has(name):
                if not create:
                    raise NoDatabase(f"there is no database at {self._called.get(name)}: create one")
                self._create(name, TEMPLATE)
        self._ready(engine, path, create=create, unfinished=unfinished)

    def copy(self, source: Path, target: Path) -> None:
        """Make the database of `target` one like that of `source`, which nobody may have open."""
        name, other = (str(self.url_for(str(path)).database) for path in (source, target))
        self._forget(other)
        for engine in self._opened.pop(name, ()):
            engine.dispose()
        self._create(other, name)

    def drop(self, folder: Path | None = None) -> None:
        """Remove the databases of all files, or of those in `folder`."""
        for name, path in list(self._made.items()):
            if folder is None or path.is_relative_to(folder):
                self._forget(name)
                del self._made[name]

    def close(self) -> None:
        self.drop()
        self._admin.dispose()

    def _create(self, name: str, template: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))

    def _forget(self, name: str) -> None:
        for engine in self._opened.pop(name, ()):  # commands leave them to the end of the process
            engine.dispose()
        with self._admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))

    def _has(self, name: str) -> bool:
        query = text("SELECT 1 FROM pg_database WHERE datname = :name")
        with self._admin.connect() as connection:
            return connection.execute(query, {"name": name}).first() is not None


def address_of(archive: str | Path | None) -> str:
    """What a process of its own is told to open: the path, or the database that stands for it."""
    url = db.engine.database_url(str(archive))
    is_file = url.drivername.startswith("sqlite")
    return str(archive) if is_file else url.render_as_string(hide_password=False)


def copy_archive(source: Path, target: Path) -> Path:
    """Copy an archive that nobody has open, wherever it lies; the copy's path."""
    if Archives.here is not None:
        Archives.here.copy(source, target)
        return target
    return Path(shutil.copyfile(source, target))


@contextmanager
def held(archive: str | Path) -> Iterator[None]:
    """While this lasts, somebody else has the write lock of an archive."""
    engine = db.engine.open_database(str(archive))
    with locking(engine).begin():
        yield
    engine.dispose()


def injure(archive: str | Path, *queries: str, **values: object) -> None:
    """Change rows as somebody does who has the file or the server: past the program and its foreign keys."""
    engine = create_engine(db.engine.database_url(str(archive)), poolclass=NullPool)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        for query in queries:
            connection.execute(text(query), values)


def loose_references(session: Session) -> list[tuple[Any, ...]]:
    """Rows that refer to nothing; a server, which lets nobody switch its checks off, has none."""
    if session.get_bind().dialect.name == "postgresql":
        return []
    return [tuple(row) for row in session.connection().exec_driver_sql("PRAGMA foreign_key_check")]


def tables_in(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of an archive, also those of no model, with all its rows in an order of their own."""
    with engine.connect() as connection:
        return {
            name: sorted(map(tuple, connection.exec_driver_sql(f'SELECT * FROM "{name}"')), key=repr)
            for name in inspect(connection).get_table_names()
        }


def is_archive(address: str | Path) -> bool:
    """Whether an archive has been created at an address."""
    try:
        db.engine.open_database(str(address)).dispose()
    except NoDatabase:
        return False
    return True


def rows_in(address: str | Path, query: str) -> list[tuple[Any, ...]]:
    """What a query finds in the archive at an address, wherever that lies."""
    engine = db.engine.open_database(str(address))
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.exec_driver_sql(query)]
    engine.dispose()
    return found


def _without_nul(
    _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
) -> tuple[str, Any]:
    """Without NUL, which no text of PostgreSQL holds and the archive's own readers do not let in."""

    def clean(row: Any) -> Any:
        if isinstance(row, dict):
            return {name: clean(value) for name, value in row.items()}
        if isinstance(row, list | tuple):
            return type(row)(map(clean, row))
        return row.replace("\0", "") if isinstance(row, str) else row

    return statement, clean(parameters)


def _count_on(_connection: Any, cursor: Any, statement: str, *_others: object) -> None:
    """Where a test gives rows their numbers, let the next one be higher, as it is in SQLite."""
    numbered = NUMBERED.match(statement)
    if numbered and numbered[1] in COUNTED:
        cursor.connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{numbered[1]}', 'id'), max(id)) FROM {numbered[1]}"
        )


def make_template(server: str) -> None:
    """Make the migrated database that all others are copied from; once a server."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {TEMPLATE}"))
    admin.dispose()
    template = make_url(server).set(database=TEMPLATE).render_as_string(hide_password=False)
    db.engine.open_database(template, create=True).dispose()


@contextmanager
def archives_on_server() -> Iterator[Archives | None]:
    """While this lasts, archives lie on the server that HUSTINGS_TEST_DB names; without it, in files."""
    server = os.environ.get(SETTING)
    if not server:
        yield None
        return
    archives = Archives(server)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(db.engine, "database_url", archives.url_for)
        patched.setattr(db.engine, "_make_ready", archives.make_ready)
        patched.setattr(Archives, "here", archives)
        yield archives
    archives.close()


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests that open no archive; skip, with its reason, each that is about files alone."""
    if not os.environ.get(SETTING):
        return
    sources = all_sources()
    can_open = cache(lambda module: opens_archives(module, sources))
    opening: list[pytest.Item] = []
    others: list[pytest.Item] = []
    for item in items:
        opens = can_open(item.path.stem) or "engine" in _fixtures_of(item)
        (opening if opens else others).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = opening
    reasons = left_out()
    for item in items:
        name = item.nodeid.rpartition("/")[2].partition("[")[0]
        reason = reasons.get(name) or reasons.get(name.partition("::")[0])
        if reason:
            item.add_marker(pytest.mark.skip(reason=f"not on PostgreSQL: {reason}"))


def _fixtures_of(item: pytest.Item) -> Sequence[str]:
    return item.fixturenames if isinstance(item, pytest.Function) else ()


def left_out() -> dict[str, str]:
    """File, or `file::test`, -> why it cannot run on a server."""
    tables = tomllib.loads(LEFT_OUT.read_text(encoding="utf-8"))
    return {name: reason for reason, names in tables.items() for name in names["tests"]}
