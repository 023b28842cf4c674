"""Opening an archive: the right file, the right settings, all or nothing."""

import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, insert, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlmodel import Session, SQLModel, col, create_engine, select

import db
from db.engine import explained
from db.errors import ArchiveDatabaseError, FullDisk
from db.migrate import bring_up_to_date, scripts
from db.models import Account, Candidacy, Election, Observation, Party
from db.revisions import VERSION_TABLE, revisions
from db.search import is_of_models


def an_election() -> Election:
    return Election(id="test.2024-05-02", name="Test", polling_date=date(2024, 5, 2), time_zone="UTC")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    engine = db.open_database(str(path), create=True)
    yield engine
    engine.dispose()


def create(path: Path) -> None:
    db.open_database(str(path), create=True).dispose()


def run_sql(path: Path, *commands: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for command in commands:
            connection.execute(command)


def tables_of(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def revision_at(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        (revision,) = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()
    return str(revision)


def create_at(path: Path, revision: str) -> None:
    """An archive as an older release left it, with one party in it."""
    engine = create_engine(f"sqlite:///{path}")
    bring_up_to_date(engine, path, to=revision)
    engine.dispose()
    run_sql(path, "INSERT INTO party (id, name) VALUES ('test:1', 'Alpha')")


# ---- what is opened, and what is refused ----------------------------------------------------------


def test_an_archive_is_created_only_when_asked(path: Path) -> None:
    with pytest.raises(db.NoDatabase, match="hustings init"):
        db.open_database(str(path))
    assert not path.exists()

    create(path)
    db.open_database(str(path)).dispose()


def test_no_archive_is_created_in_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(db.NoDatabase, match="no folder"):
        db.open_database(str(tmp_path / "nowhere" / "archive.db"), create=True)
    assert list(tmp_path.iterdir()) == []


def test_the_names_of_the_migrations_tell_the_revisions_that_they_make() -> None:
    assert list(reversed(revisions())) == [entry.revision for entry in scripts().walk_revisions()]


def test_an_empty_file_becomes_an_archive_only_when_asked(path: Path) -> None:
    path.touch()

    with pytest.raises(db.NoDatabase, match="is empty"):
        db.open_database(str(path))
    assert path.read_bytes() == b""

    create(path)
    assert revision_at(path) == scripts().get_current_head()


def a_text(path: Path) -> None:
    path.write_text("name,votes\nAda Alpha,3\n")


def a_foreign_database(path: Path) -> None:
    run_sql(path, "CREATE TABLE recipes (name TEXT)", "INSERT INTO recipes VALUES ('soup')")


def a_damaged_database(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)


def a_later_archive(path: Path) -> None:
    create(path)
    run_sql(path, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")


def a_read_only_archive(path: Path) -> None:
    create(path)
    path.chmod(0o444)


REFUSED: list[tuple[Callable[[Path], None], type[db.ArchiveDatabaseError], str]] = [
    (a_text, db.ForeignDatabase, "not a Hustings database"),
    (a_foreign_database, db.ForeignDatabase, "holds other tables"),
    (a_damaged_database, db.ArchiveDatabaseError, "archive.db"),
    (a_later_archive, db.NewerDatabase, "later release .* 9999"),
    (a_read_only_archive, db.ReadOnlyDatabase, "read-only"),
]


@pytest.mark.parametrize("ask_to_create", [False, True])
@pytest.mark.parametrize(("make", "error", "says"), REFUSED)
def test_a_file_that_cannot_be_used_is_refused_and_keeps_every_byte(
    make: Callable[[Path], None],
    error: type[db.ArchiveDatabaseError],
    says: str,
    ask_to_create: bool,
    path: Path,
) -> None:
    make(path)
    before = path.read_bytes()

    with pytest.raises(error, match=says):
        db.open_database(str(path), create=ask_to_create)

    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("ask_to_create", [False, True])
def test_a_folder_is_refused(ask_to_create: bool, tmp_path: Path) -> None:
    with pytest.raises(db.ForeignDatabase, match="not a file"):
        db.open_database(str(tmp_path), create=ask_to_create)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("://", "not a database address"),
        ("mongodb://ann:secret@localhost/archive", "no driver for mongodb"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused_without_showing_a_password(address: str, says: str) -> None:
    with pytest.raises(db.ArchiveDatabaseError, match=says) as refused:
        db.open_database(address)
    assert "secret" not in str(refused.value)


def test_a_path_may_hold_characters_that_a_url_may_not(tmp_path: Path) -> None:
    path = tmp_path / "50% of what? #1.db"
    create(path)
    assert "election" in tables_of(path)


def test_an_archive_in_memory_needs_no_file() -> None:
    engine = db.open_database(":memory:", create=True)
    assert inspect(engine).has_table("statement")
    engine.dispose()


# ---- schema ---------------------------------------------------------------------------------------


def test_the_migrations_make_exactly_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"version_table": VERSION_TABLE, "compare_type": True, "include_object": is_of_models},
        )
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_migrations_hold_the_checks_of_the_models(engine: Engine) -> None:
    """Alembic's comparison does not look at CHECK constraints."""
    inspector = inspect(engine)
    for table in SQLModel.metadata.sorted_tables:
        made = {check["name"]: check["sqltext"] for check in inspector.get_check_constraints(table.name)}
        wanted = {
            str(constraint.name): str(constraint.sqltext)
            for constraint in table.constraints
            if isinstance(constraint, CheckConstraint)
        }
        if engine.dialect.name == "postgresql":  # it says the same in other words, but for those in quotes
            assert _quoted(made) == _quoted(wanted)
            continue
        assert made == wanted


def _quoted(checks: Mapping[Any, str]) -> dict[Any, list[str]]:
    return {name: re.findall("'.*?'", check) for name, check in checks.items()}


def test_opening_again_changes_nothing(path: Path) -> None:
    create(path)
    before = path.read_bytes()

    create(path)

    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_an_older_archive_is_copied_beside_itself_and_brought_up_to_date(path: Path) -> None:
    create_at(path, "0001")
    older = tables_of(path)

    engine = db.open_database(str(path))

    with Session(engine) as session:
        assert session.exec(select(Party.name)).all() == ["Alpha"]
    engine.dispose()
    copy = path.with_name("archive.db.before-upgrade-from-0001")
    assert revision_at(path) == scripts().get_current_head()
    assert (revision_at(copy), tables_of(copy)) == ("0001", older)
    assert {file.name for file in path.parent.iterdir()} == {path.name, copy.name}


def test_the_copy_holds_what_still_lies_in_the_log(path: Path) -> None:
    create_at(path, "0001")
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        with other:
            other.execute("INSERT INTO party (id, name) VALUES ('test:2', 'Beta')")
        db.open_database(str(path)).dispose()

    copy = path.with_name("archive.db.before-upgrade-from-0001")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM party").fetchone() == (2,)


def test_a_migration_that_fails_leaves_nothing_behind(path: Path) -> None:
    """The last table of 0003 is in the way, so that 0002 and most of 0003 have run when it fails."""
    create_at(path, "0001")
    run_sql(path, "CREATE TABLE rating (id INTEGER)")
    before = tables_of(path)
    content = path.read_bytes()

    with pytest.raises(db.ArchiveDatabaseError, match="rating already exists"):
        db.open_database(str(path))

    assert (revision_at(path), tables_of(path)) == ("0001", before)
    assert path.read_bytes() == content
    assert path.with_name("archive.db.before-upgrade-from-0001").exists()


def test_a_copy_that_was_broken_off_is_not_in_the_way(path: Path) -> None:
    create_at(path, "0001")
    path.with_name("archive.db.before-upgrade-from-0001.partial").write_bytes(b"half")

    db.open_database(str(path)).dispose()

    assert revision_at(path.with_name("archive.db.before-upgrade-from-0001")) == "0001"


def test_two_who_create_the_same_archive_at_once_both_get_it(path: Path) -> None:
    barrier, failures = threading.Barrier(2), []

    def open_together() -> None:
        barrier.wait()
        try:
            create(path)
        except db.ArchiveDatabaseError as error:
            failures.append(error)

    threads = [threading.Thread(target=open_together) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert revision_at(path) == scripts().get_current_head()


# ---- rows -----------------------------------------------------------------------------------------


def test_rows_that_refer_to_nothing_are_refused(engine: Engine) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), db.writing(engine) as session:
        session.add(Candidacy(contest_id="no such contest", person_id="nobody"))


def test_words_outside_the_fixed_lists_are_refused(engine: Engine) -> None:
    with db.writing(engine) as session:
        session.add(Account(id=1, platform="x"))
    with pytest.raises(IntegrityError, match="ck_observation_state"), db.writing(engine) as session:
        session.add(Observation(account_id=1, state="gone fishing"))


def test_naive_times_are_refused(engine: Engine) -> None:
    with pytest.raises((StatementError, ValueError)), db.writing(engine) as session:
        session.add(Account(platform="x", added_at=datetime(2024, 5, 2, 12)))  # noqa: DTZ001


def test_naive_times_are_refused_in_bulk_too(engine: Engine) -> None:
    rows = [{"platform": "x", "added_at": datetime(2024, 5, 2, 12)}]  # noqa: DTZ001
    with pytest.raises((StatementError, ValueError)), db.writing(engine) as session:
        session.connection().execute(insert(Account), rows)


def test_times_come_back_aware_and_in_utc(engine: Engine) -> None:
    told = datetime.fromisoformat("2024-05-03T05:07:00+01:00")
    with db.writing(engine) as session:
        session.add(Account(platform="x", added_at=told))

    with Session(engine) as session:
        (kept,) = session.exec(select(Account.added_at)).all()
    assert (kept, kept.tzinfo) == (told, UTC)


# ---- writing --------------------------------------------------------------------------------------


def test_what_is_written_is_kept_at_the_end(engine: Engine) -> None:
    with db.writing(engine) as session:
        session.add(an_election())

    with Session(engine) as session:
        assert session.exec(select(col(Election.id))).all() == ["test.2024-05-02"]


def test_an_error_while_writing_leaves_nothing(engine: Engine) -> None:
    def write_and_fail() -> None:
        with db.writing(engine) as session:
            session.add(an_election())
            session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        write_and_fail()

    with Session(engine) as session:
        assert session.exec(select(Election)).all() == []


def test_a_second_writer_is_told_to_try_later(engine: Engine, path: Path) -> None:
    impatient = db.open_database(str(path), busy_seconds=0.05)
    with (
        db.writing(engine),
        pytest.raises(db.BusyDatabase, match="try again later"),
        db.writing(impatient),
    ):
        pytest.fail("two writers at once")
    with db.writing(impatient) as session:
        session.add(an_election())
    impatient.dispose()


def test_readers_read_while_another_writes(engine: Engine, path: Path) -> None:
    reader = db.open_database(str(path), busy_seconds=0.05)
    with db.writing(engine) as session:
        session.add(an_election())
        session.flush()
        with Session(reader) as reading:
            assert reading.exec(select(Election)).all() == []
    reader.dispose()


def test_an_archive_that_stays_locked_while_it_is_brought_up_to_date_is_busy(path: Path) -> None:
    create_at(path, "0001")
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(db.BusyDatabase):
            db.open_database(str(path), busy_seconds=0.05)
        other.rollback()
    assert revision_at(path) == "0001"


def test_every_connection_has_our_settings(engine: Engine) -> None:
    with engine.connect() as connection:
        found = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("foreign_keys", "journal_mode", "synchronous")
        ]
    assert found == [1, "wal", 2]


def test_what_was_written_can_be_used_after_the_session(engine: Engine) -> None:
    election = an_election()
    with db.writing(engine) as session:
        session.add(election)
    assert election.name == "Test"


def test_an_archive_still_opens_after_it_was_moved(path: Path, tmp_path: Path) -> None:
    create(path)
    moved = shutil.copy(path, tmp_path / "copy.db")
    db.open_database(str(moved)).dispose()


def test_an_io_error_is_called_a_full_disk_only_where_there_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite says `disk I/O error` where its shared memory cannot grow."""
    error = OperationalError("SELECT 1", {}, sqlite3.OperationalError("disk I/O error"))
    url = make_url(f"sqlite:///{tmp_path}/archive.db")
    assert type(explained(error, url)) is ArchiveDatabaseError
    monkeypatch.setattr("db.engine.LEAST_ROOM", 1 << 60)
    assert isinstance(explained(error, url), FullDisk)


def test_every_view_can_be_read_after_all_migrations(tmp_path: Path) -> None:
    engine = db.open_database(str(tmp_path / "archive.db"), create=True)
    with engine.connect() as connection:
        views = inspect(connection).get_view_names()
        assert views
        for name in views:
            connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()
    engine.dispose()
