"""The archive on a real PostgreSQL server: the same tables, the same promises."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from postgresql_server import postgresql_server
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, select

import db
from db.migrate import VERSION_TABLE, bring_up_to_date, revision_of, scripts
from db.models import Account, Candidacy, Capture, Election, Round

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


@pytest.fixture
def address(server: str, request: pytest.FixtureRequest) -> str:
    """An empty database of this test's own."""
    name = f"archive_{abs(hash(request.node.nodeid)):x}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.rsplit("/", 1)[0] + f"/{name}"


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    engine = db.open_database(address, create=True)
    yield engine
    engine.dispose()


def test_an_archive_is_created_only_when_asked(address: str) -> None:
    with pytest.raises(db.NoDatabase, match="is empty") as refused:
        db.open_database(address)
    assert address not in str(refused.value), "the message shows the password"

    db.open_database(address, create=True).dispose()
    db.open_database(address).dispose()


def test_the_migrations_make_exactly_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, SQLModel.metadata) == []


def test_opening_again_changes_nothing(engine: Engine, address: str) -> None:
    with db.writing(engine) as session:
        session.add(Round(command="test", version="0"))

    again = db.open_database(address, create=True)

    with Session(again) as session:
        assert session.exec(select(Round.command)).all() == ["test"]
    again.dispose()


def test_rows_come_back_as_they_were_stored(engine: Engine) -> None:
    told = datetime.fromisoformat("2024-05-03T05:07:00+01:00")
    election = Election(
        id="test.2024-05-02",
        name="Zażółć 🗳️",
        polling_date=date(2024, 5, 2),
        time_zone="Europe/London",
        polls_close_at=told,
    )
    capture = Capture(
        kind="page",
        source="https://example.org/",
        media_type="application/json",
        retrieved_at=told,
        sha256="00",
        size=3,
        body=b"\x00\xff\x01",
        options={"columns": {"text": "body"}},
    )
    with db.writing(engine) as session:
        session.add_all([election, capture])

    with Session(engine) as session:
        kept, page = session.exec(select(Election)).one(), session.exec(select(Capture)).one()
    assert (kept.name, kept.polling_date) == ("Zażółć 🗳️", date(2024, 5, 2))
    assert kept.polls_close_at is not None
    assert (kept.polls_close_at, kept.polls_close_at.utcoffset()) == (told, UTC.utcoffset(None))
    assert (page.body, page.options) == (b"\x00\xff\x01", {"columns": {"text": "body"}})


def test_rows_that_refer_to_nothing_are_refused(engine: Engine) -> None:
    with pytest.raises(IntegrityError), db.writing(engine) as session:
        session.add(Candidacy(contest_id="no such contest", person_id="nobody"))


def test_an_error_while_writing_leaves_nothing(engine: Engine) -> None:
    def write_and_fail() -> None:
        with db.writing(engine) as session:
            session.add(Account(platform="x"))
            session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        write_and_fail()
    with Session(engine) as session:
        assert session.exec(select(Account)).all() == []


def test_an_older_archive_is_brought_up_to_date(address: str) -> None:
    older = create_engine(address)
    bring_up_to_date(older, None, to="0001")
    older.dispose()

    engine = db.open_database(address)

    with engine.connect() as connection:
        assert revision_of(connection) == scripts().get_current_head()
    engine.dispose()


def test_a_migration_that_fails_leaves_nothing_behind(address: str) -> None:
    older = create_engine(address)
    bring_up_to_date(older, None, to="0001")
    with older.begin() as connection:
        connection.execute(text("CREATE TABLE rating (id INTEGER)"))
    before = set(inspect(older).get_table_names())

    with pytest.raises(db.ArchiveDatabaseError, match="rating"):
        db.open_database(address)

    with older.connect() as connection:
        assert revision_of(connection) == "0001"
    assert set(inspect(older).get_table_names()) == before
    older.dispose()


def test_a_database_with_other_tables_is_refused(address: str) -> None:
    foreign = create_engine(address)
    with foreign.begin() as connection:
        connection.execute(text("CREATE TABLE recipes (name TEXT)"))

    with pytest.raises(db.ForeignDatabase, match="other tables"):
        db.open_database(address, create=True)

    assert inspect(foreign).get_table_names() == ["recipes"]
    foreign.dispose()
