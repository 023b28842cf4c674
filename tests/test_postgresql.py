"""The archive on a real PostgreSQL server: the same tables, the same promises."""

import json
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from postgresql_server import new_database, postgresql_server
from sqlalchemy import Engine, create_engine, inspect, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, select

import archive
import db
from analysis import Reader, analyse, load_roster, scorer_for, statements_with_findings, write_report
from analysis.publishing import crew
from analysis.sentiment import DEFAULT_SCORER
from archive.accounts import add_account
from db.migrate import bring_up_to_date, revision_of, scripts
from db.models import (
    Account,
    Candidacy,
    Capture,
    Election,
    Person,
    Quarantine,
    Reading,
    Round,
    Statement,
    StatementVersion,
)
from db.revisions import VERSION_TABLE
from db.search import is_of_models

pytestmark = pytest.mark.real

DEMO = Path(archive.__file__).parent / "demo"
NOON = datetime(2024, 7, 6, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


@pytest.fixture
def address(server: str, request: pytest.FixtureRequest) -> str:
    return new_database(server, request.node.nodeid)


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
            connection,
            opts={"version_table": VERSION_TABLE, "compare_type": True, "include_object": is_of_models},
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


def test_who_stops_reading_statements_leaves_no_cursor_open(engine: Engine) -> None:
    with db.writing(engine) as session:
        session.add_all(
            Statement(platform="x", post_id=str(number), text="We won.", text_sha256="0")
            for number in range(3)
        )

    with Session(engine) as session:
        assert next(statements_with_findings(session)).key == "x:0"
        assert session.execute(text("SELECT name FROM pg_cursors")).all() == []


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


# ---- the main job ---------------------------------------------------------------------------------


def report_of(engine: Engine, out: Path) -> dict[str, bytes]:
    """Every file of the report that the main job makes of the demonstration, by its place."""
    archive.import_roster(engine, DEMO / "roster.csv")
    archive.import_results(engine, DEMO / "results.csv")
    for stored in (4, 0):
        [imported] = archive.import_statements(engine, DEMO / "statements.csv")
        assert (imported.tally.read, imported.tally.stored) == (4, stored)
    with db.writing(engine) as session:
        session.execute(update(Capture).values(retrieved_at=NOON))
        session.execute(update(Statement).values(first_seen_at=NOON))
        roster = load_roster(session)
    analyse(engine, Reader(roster, scorer_for(DEFAULT_SCORER)))
    with db.writing(engine) as session:
        session.execute(update(Reading).values(read_at=NOON))
    write_report(engine, out, generated_at=NOON)
    return {str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*") if file.is_file()}


def test_the_report_is_the_same_as_from_sqlite(engine: Engine, tmp_path: Path) -> None:
    other = db.open_database(str(tmp_path / "archive.db"), create=True)

    here, there = report_of(engine, tmp_path / "here"), report_of(other, tmp_path / "there")

    other.dispose()
    assert here.keys() == there.keys()
    assert [name for name in here if here[name] != there[name]] == []
    assert len(here) > 60


def test_a_report_is_kept_up_from_either_and_by_several_processes(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.publishing.writing.WORTH_WORKERS", 1)
    monkeypatch.setattr(crew, "WORTH_SHARING", 1)
    report_of(engine, tmp_path / "out")

    assert write_report(engine, tmp_path / "out", generated_at=NOON).contests_written == 0
    with db.writing(engine) as session:
        session.add(
            Statement(
                platform="news",
                post_id="new-1",
                person_id="dc:143",
                text="We won.",
                text_sha256=sha256(b"We won.").hexdigest(),
            )
        )
    assert write_report(engine, tmp_path / "out", generated_at=NOON, processes=2).contests_written == 1
    write_report(engine, tmp_path / "anew", generated_at=NOON, processes=2)

    found, anew = (
        {str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*") if file.is_file()}
        for out in (tmp_path / "out", tmp_path / "anew")
    )
    assert any(b"new-1" in content for content in found.values())
    history = [name for name in anew if name.startswith(("changes.", "feeds/"))]  # of which the new has none
    assert {name for name in anew if found[name] != anew[name]} <= set(history)
    assert found.keys() == anew.keys()


def test_a_real_roster_is_stored_again_without_a_change(engine: Engine) -> None:
    first = archive.import_roster(engine, DEMO / "roster.csv")
    again = archive.import_roster(engine, DEMO / "roster.csv")

    assert first.new_candidacies == first.candidacies > 0
    assert (again.new_candidacies, again.new_persons, again.new_accounts, again.changed) == (0, 0, 0, 0)


def ndjson(path: Path, *entries: Mapping[str, object]) -> Path:
    known = {"created_at": "2024-07-05T04:12:44Z", "platform": "x", "author_handle": "ada"}
    path.write_text("".join(json.dumps({**known, **entry}) + "\n" for entry in entries))
    return path


def test_what_a_database_cannot_store_is_quarantined_and_the_rest_is_stored(
    engine: Engine, tmp_path: Path
) -> None:
    path = ndjson(
        tmp_path / "posts.ndjson",
        {"id": "1", "text": "We won. \U0001f5f3\ufe0f"},
        {"id": "2", "text": "a\0b"},
        {"id": "3", "text": "b", "author_name": "Ada\0"},
        {"id": "4", "text": "half a pair \ud83d"},
        {"id": "5", "text": "late", "created_at": "9999-12-31T23:59:59Z"},
    )

    [imported] = archive.import_statements(engine, path)

    assert (imported.tally.stored, imported.tally.quarantined) == (3, 2)
    with Session(engine) as session:
        stored = session.exec(select(Statement).order_by(Statement.post_id)).all()
        assert [one.post_id for one in stored] == ["1", "4", "5"]
        assert {*session.exec(select(Quarantine.position))} == {"line 2", "line 3"}


def test_an_edit_keeps_the_earlier_text(engine: Engine, tmp_path: Path) -> None:
    for words in ("We won.", "We lost."):
        archive.import_statements(engine, ndjson(tmp_path / "a.ndjson", {"id": "1", "text": words}))

    with Session(engine) as session:
        assert session.exec(select(Statement.text)).all() == ["We lost."]
        assert session.exec(select(StatementVersion.text)).all() == ["We won."]


def test_a_new_owner_is_the_author_of_what_is_archived(engine: Engine, tmp_path: Path) -> None:
    archive.import_statements(engine, ndjson(tmp_path / "a.ndjson", {"id": "1", "text": "We won."}))
    with db.writing(engine) as session:
        session.add(Person(id="p:ada", name="Ada"))
        session.flush()
        add_account(session, "p:ada", "x", "@Ada")

    with Session(engine) as session:
        assert session.exec(select(Statement.person_id)).all() == ["p:ada"]


# ---- two at once ----------------------------------------------------------------------------------


def test_a_second_writer_waits_for_its_turn(engine: Engine, tmp_path: Path) -> None:
    """Both find the post unknown; without turns, the second would meet the first's row."""
    path = ndjson(tmp_path / "a.ndjson", *({"id": str(n), "text": f"Post {n}."} for n in range(4_000)))
    tallies = []

    def import_them() -> None:
        [imported] = archive.import_statements(engine, path)
        tallies.append(imported.tally)

    writers = [threading.Thread(target=import_them) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert sum(tally.stored for tally in tallies) == 4_000
    assert sum(tally.known for tally in tallies) == 8_000


def test_a_writer_whose_turn_does_not_come_is_told_to_try_later(engine: Engine, address: str) -> None:
    impatient = db.open_database(address, busy_seconds=0.05)
    with (
        db.writing(engine),
        pytest.raises(db.BusyDatabase, match="try again later"),
        db.writing(impatient),
    ):
        pytest.fail("two writers at once")
    with db.writing(impatient) as session:
        session.add(Account(platform="x"))
    impatient.dispose()


def test_readers_read_while_another_writes(engine: Engine) -> None:
    with db.writing(engine) as session:
        session.add(Account(platform="x"))
        session.flush()
        with Session(engine) as reading:
            assert reading.exec(select(Account)).all() == []
