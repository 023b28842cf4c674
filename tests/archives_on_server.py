"""Archives that tests open by the path of a file, kept as databases of a PostgreSQL server in its place.

With HUSTINGS_TEST_DB (the address of an empty database of a server) each path stands for a database of its
own, copied from one that is migrated once. Tests that are about files themselves are left out, each with its
reason (`LEFT_OUT`). `python tests/on_postgresql.py` starts a server and runs the suite so.
"""

import os
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url

import db.engine
from db.errors import NoDatabase

SETTING = "HUSTINGS_TEST_DB"
TEMPLATE = "hustings_template"
NAME = re.compile(r"hustings_test_[0-9a-f]{20}")
LEFT_OUT = Path(__file__).parent / "left_out_on_postgresql.toml"


class Archives:
    """The databases of one server that stand for files, made when a test first creates an archive."""

    def __init__(self, server: str) -> None:
        self._url = make_url(server)
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._made: dict[str, Path | None] = {}
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
        self._made.setdefault(name, path)
        return self._url.set(database=name)

    def make_ready(self, engine: Engine, path: Path | None, *, create: bool, unfinished: bool) -> None:
        """In place of `_make_ready`: a new archive is a copy of the template."""
        name = str(engine.url.database)
        self._opened[name].append(engine)
        event.listen(engine, "before_cursor_execute", _without_nul, retval=True)
        if NAME.fullmatch(name) and not self._has(name):
            if not create:
                raise NoDatabase(f"there is no database at {self._made.get(name)}: create one")
            with self._admin.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY"))
        self._ready(engine, path, create=create, unfinished=unfinished)

    def drop(self, folder: Path | None = None) -> None:
        """Remove the databases of all files, or of those in `folder`."""
        for name, path in list(self._made.items()):
            if folder is None or (path is not None and path.is_relative_to(folder)):
                for engine in self._opened.pop(name, ()):  # commands leave them to the end of the process
                    engine.dispose()
                with self._admin.connect() as connection:
                    connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                del self._made[name]

    def close(self) -> None:
        self.drop()
        self._admin.dispose()

    def _has(self, name: str) -> bool:
        query = text("SELECT 1 FROM pg_database WHERE datname = :name")
        with self._admin.connect() as connection:
            return connection.execute(query, {"name": name}).first() is not None


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
        yield archives
    archives.close()


def leave_out(items: list[pytest.Item]) -> None:
    """Skip, with its reason, each test that is about files and not about archives."""
    if not os.environ.get(SETTING):
        return
    reasons = left_out()
    for item in items:
        name = item.nodeid.rpartition("/")[2].partition("[")[0]
        reason = reasons.get(name) or reasons.get(name.partition("::")[0])
        if reason:
            item.add_marker(pytest.mark.skip(reason=f"not on PostgreSQL: {reason}"))


def left_out() -> dict[str, str]:
    """File, or `file::test`, -> why it cannot run on a server."""
    tables = tomllib.loads(LEFT_OUT.read_text(encoding="utf-8"))
    return {name: reason for reason, names in tables.items() for name in names["tests"]}
