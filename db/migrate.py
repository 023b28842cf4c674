"""Bringing a database to this release's schema: all or nothing, after keeping a copy."""

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, column, inspect, select, table

from db.errors import ForeignDatabase, NewerDatabase
from db.files import flush, flush_names, make_private
from db.revisions import MIGRATIONS, VERSION_TABLE, revisions

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext, RevisionStep
    from alembic.script import ScriptDirectory

log = logging.getLogger(__name__)

WRITES = "hustings_writes"
"""Execution option of an engine whose transactions write."""


def scripts() -> "ScriptDirectory":
    """The migrations, which lie inside the package. Loads Alembic, which most commands do without."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def is_empty(connection: Connection) -> bool:
    """Whether the database holds no table at all."""
    return not inspect(connection).get_table_names()


def revision_of(connection: Connection) -> str | None:
    """The schema revision that the database is at; None where it has none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.execute(
        select(column("version_num")).select_from(table(VERSION_TABLE))
    ).scalar()
    return found


def locking(engine: Engine) -> Engine:
    """The same engine, whose transactions take the archive's write lock at their start, waiting for it.

    A transaction that reads first would fail at once where another process has written since.
    """
    return engine.execution_options(**{WRITES: True})


def bring_up_to_date(engine: Engine, path: Path | None, *, to: str = "head") -> None:
    """Migrate to revision `to` in one transaction; a file with an older schema is first copied beside itself.

    Raises ForeignDatabase for tables that are not ours, NewerDatabase for a later release's archive.
    """
    with engine.connect() as connection:
        revision, empty = revision_of(connection), is_empty(connection)
    if revision is None and not empty:
        raise ForeignDatabase(f"{_name(engine, path)} is not a Hustings database: it holds other tables")
    if revision is not None and revision not in revisions():
        raise NewerDatabase(
            f"{_name(engine, path)} was made by a later release (schema {revision}): upgrade hustings"
        )
    target = revisions()[-1] if to == "head" else to
    if revision == target:
        return
    if revision is not None and path is not None:
        _keep_copy(path, revision)
    with locking(engine).begin() as connection:
        _upgrade(connection, to)


def _upgrade(connection: Connection, to: str) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    script = scripts()

    def steps(revision: str | Sequence[str], _context: "MigrationContext") -> "list[RevisionStep]":
        return list(script._upgrade_revs(to, revision))  # type: ignore[arg-type]

    with EnvironmentContext(Config(), script, fn=steps, destination_rev=to) as environment:
        environment.configure(connection=connection, version_table=VERSION_TABLE)
        environment.run_migrations()


def _keep_copy(path: Path, revision: str) -> Path:
    """Copy an SQLite file (with what its log holds) to `NAME.before-upgrade-from-REVISION`."""
    copy = path.with_name(f"{path.name}.before-upgrade-from-{revision}")
    partial = copy.with_name(copy.name + ".partial")
    partial.unlink(missing_ok=True)
    make_private(partial)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(partial)) as target:
        source.backup(target)
    partial.chmod(path.stat().st_mode & 0o777)
    flush(partial)
    partial.replace(copy)
    flush_names(path.absolute().parent)
    log.info("kept a copy of %s as %s before bringing it up to date", path, copy)
    return copy


def _name(engine: Engine, path: Path | None) -> str:
    return str(path) if path is not None else engine.url.render_as_string(hide_password=True)
