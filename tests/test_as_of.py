"""An archive as it was: only what was known then, whichever database holds it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import example_archive as example
import pytest
import timed_archive as timed
from hypothesis import given, settings
from hypothesis import strategies as st
from postgresql_server import new_database, postgresql_server
from sqlalchemy import Engine, select, text
from sqlmodel import Session, SQLModel, col
from timed_archive import on, rows, soon

import db
from archive.contract import Moment, Post, Version
from archive.ingest import keep_records
from db import models
from db.as_of import RULES, archive_as_of
from db.as_of.rules import SOURCE, as_of
from db.search import found_by, parse_query

MODELS: dict[str, type[SQLModel]] = {
    mapper.local_table.name: mapper.class_  # type: ignore[attr-defined]
    for mapper in SQLModel._sa_registry.mappers
}
DOCS = Path(__file__).parent.parent / "docs" / "as-of.md"
LEFT_OUT = {"log_entry", "schedule", "budget", "spending"}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An archive with a history, which nothing changes."""
    engine = db.open_database(str(tmp_path_factory.mktemp("as-of") / "archive.db"), create=True)
    timed.fill(engine)
    yield engine
    engine.dispose()


@contextmanager
def then(source: Engine, when: datetime) -> Iterator[Callable[[type[SQLModel]], list[dict[str, Any]]]]:
    """The rows of a table as they were."""
    with archive_as_of(source, when) as engine:
        yield lambda model: rows(engine, model)


def ids(found: list[dict[str, Any]]) -> list[Any]:
    return [row["id"] for row in found]


def test_every_table_has_a_rule() -> None:
    assert set(RULES) == set(SQLModel.metadata.tables)


def test_the_documentation_says_every_rule() -> None:
    said = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", DOCS.read_text(), re.MULTILINE))
    assert said == {table: rule.said for table, rule in RULES.items()}


def test_as_of_now_is_everything_but_what_is_left_out_by_rule(source: Engine) -> None:
    """Results without a time are known 30 days after the polls, which are long past in the example."""
    with archive_as_of(source, models.now()) as engine:
        for name, model in MODELS.items():
            expected = [] if name in LEFT_OUT else rows(source, model)
            for row in expected if name == "capture" else []:
                row["body"] = None
            assert rows(engine, model) == expected, name


def test_every_reference_leads_to_a_row(source: Engine) -> None:
    for day in range(1, 16):
        with archive_as_of(source, on(day)) as engine, engine.connect() as connection:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


def test_statements_are_those_first_seen_by_then(source: Engine) -> None:
    with then(source, on(6)) as table:
        assert ids(table(models.Statement)) == [1, 2]
        assert [row["statement_id"] for row in table(models.StatementCapture)] == [1, 2]
    with then(source, on(6) - timedelta(microseconds=1)) as table:
        assert ids(table(models.Statement)) == [1]


@settings(max_examples=5)
@given(hours=st.lists(st.integers(-48, 400), min_size=2, max_size=4).map(sorted))
def test_the_number_of_statements_never_falls(source: Engine, hours: list[int]) -> None:
    counts = []
    for hour in hours:
        with then(source, on(5) + timedelta(hours=hour)) as table:
            counts.append(len(table(models.Statement)))
    assert counts == sorted(counts)


def test_an_edited_statement_has_the_text_that_was_known(source: Engine) -> None:
    with then(source, on(7)) as table:
        edited = table(models.Statement)[1]
        assert edited["text"] == "Before the edit."
        assert edited["text_sha256"] == sha256(b"Before the edit.").hexdigest()
        assert (edited["text_seen_at"], edited["edited_at"]) == (None, None)
        assert [row["statement_id"] for row in table(models.StatementVersion)] == [1]
    with then(source, on(8)) as table:
        assert table(models.Statement)[1]["text"] == "Reading the count sheets again."
        assert [row["statement_id"] for row in table(models.StatementVersion)] == [1, 2]


TEXTS = st.lists(st.sampled_from("ABCDEF"), min_size=1, max_size=5, unique=True).flatmap(
    lambda texts: st.sampled_from([texts, [*texts, texts[0]]])
)
"""The author may go back to the first text at the end."""


@settings(max_examples=20)
@given(texts=TEXTS, edits_are_dated=st.booleans(), shown=st.booleans())
def test_texts_of_each_time_are_those_that_stood_in_the_archive_then(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], edits_are_dated: bool, shown: bool
) -> None:
    """The archive's own way of keeping edits, looked at after each of them and again from the end."""
    engine = db.open_database(str(tmp_path_factory.mktemp("edits") / "archive.db"), create=True)
    stood = []
    for step, words in enumerate(texts):
        seen = on(5, step)
        with db.writing(engine) as session:
            capture = models.Capture(
                kind="page", source="s", media_type="x", retrieved_at=seen, sha256=words, size=1
            )
            session.add(capture)
            session.flush()
            edited = Moment(on(4, step)) if edits_are_dated and step else None
            versions = _earlier_texts(step) if shown and step % 2 else ()
            known = Post(
                platform="x",
                post_id="1",
                text=words,
                position="1",
                published=Moment(on(4)),
                edited=edited,
                versions=versions,
            )
            keep_records(session, capture.id or 0, [known], seen_at=seen, live=True)
        stood.append((seen, *_texts(engine)))
    for seen, statement, versions in stood:
        assert _texts(engine, seen + timedelta(minutes=1)) == (statement, versions)
    engine.dispose()


def _earlier_texts(step: int) -> tuple[Any, ...]:
    """A text that the platform shows as an earlier one, and that never was ours."""
    return (Version(text=f"hidden {step}", published=Moment(on(4) + timedelta(seconds=step))),)


def _texts(engine: Engine, when: datetime | None = None) -> tuple[Any, ...]:
    """The statement's own text with its times, and its earlier ones; `when` None: as the tables stand."""
    names = ("text", "text_sha256", "text_seen_at", "edited_at")
    own = engine.execution_options(schema_translate_map={SOURCE: None})
    with own.connect() as connection:
        found = []
        for model in (models.Statement, models.StatementVersion):
            table = SQLModel.metadata.tables[str(model.__tablename__)]
            query = select(table).order_by(table.c.id) if when is None else as_of(table.name, when)
            found.append([dict(row) for row in connection.execute(query).mappings()])
    versions = sorted((row["number"], row["text"], row["seen_at"]) for row in found[1])
    return [tuple(row[name] for name in names) for row in found[0]], versions


def test_a_reading_counts_from_when_it_was_made(source: Engine) -> None:
    made = datetime(2023, 6, 1, tzinfo=UTC)
    with then(source, made - timedelta(microseconds=1)) as table:
        assert table(models.Reading) == table(models.Target) == table(models.Rating) == []
        assert table(models.Kind) == table(models.KindTarget) == []
    with then(source, made) as table:
        for model in (models.Reading, models.Target, models.Rating, models.Kind, models.KindTarget):
            assert table(model) == rows(source, model) != []


def test_the_reading_of_an_earlier_text_keeps_its_hash(engine: Engine) -> None:
    timed.fill(engine)
    earlier = sha256(b"Before the edit.").hexdigest()
    with db.writing(engine) as session:
        reading = session.execute(select(models.Reading).where(col(models.Reading.statement_id) == 2))
        one = reading.scalars().one()
        one.read_at, one.text_sha256 = on(7), earlier
    with then(engine, on(9)) as table:
        assert [row["text_sha256"] for row in table(models.Reading)] == [earlier]
        assert table(models.Statement)[1]["text_sha256"] != earlier
    with then(engine, on(7)) as table:
        assert table(models.Statement)[1]["text_sha256"] == earlier, "then it was no stale one"


def test_a_deletion_is_known_from_when_it_was_seen(source: Engine) -> None:
    with then(source, on(7) - timedelta(microseconds=1)) as table:
        assert table(models.Observation) == []
    with then(source, on(7)) as table:
        assert [row["state"] for row in table(models.Observation)] == ["deleted"]


def test_accounts_count_from_when_they_were_added(source: Engine) -> None:
    with then(source, on(2) - timedelta(microseconds=1)) as table:
        assert table(models.Account) == table(models.AccountHandle) == table(models.Review) == []
    with then(source, on(3)) as table:
        assert ids(table(models.Account)) == [1, 2, 3, 4]
        assert [row["subject"] for row in table(models.Review)] == ["owner"]


def test_an_author_noted_a_moment_after_the_statement_is_known_with_it(engine: Engine) -> None:
    timed.fill(engine)
    with db.writing(engine) as session:
        session.get_one(models.Account, 2).added_at = soon(on(7))
        session.get_one(models.Account, 3).added_at = soon(on(7))
    with then(engine, on(7)) as table:
        assert ids(table(models.Account)) == [1, 2, 4], "the second wrote what was seen on the 7th"


def test_what_a_later_check_said_of_an_account_is_not_known(source: Engine) -> None:
    with then(source, on(8)) as table:
        assert [(row["moved_to"], row["checked_at"]) for row in table(models.Account)] == [(None, None)] * 4
    with then(source, on(9)) as table:
        assert table(models.Account)[1]["moved_to"] == "elsewhere"


def test_handles_are_those_of_the_day(source: Engine) -> None:
    with then(source, on(7, 23)) as table:
        assert [(row["handle"], row["valid_to"]) for row in table(models.AccountHandle)] == [("Old", None)]
    with then(source, on(8, 0)) as table:
        assert [row["handle"] for row in table(models.AccountHandle) if not row["valid_to"]] == ["New"]


def test_captures_come_without_their_bytes(source: Engine) -> None:
    with then(source, on(5, 8)) as table:
        assert table(models.Capture) == table(models.Quarantine) == []
    with then(source, on(5, 9)) as table:
        found = table(models.Capture)
        assert [(row["id"], row["body"], row["sha256"][0]) for row in found] == [
            (1, None, "f"),
            (2, None, "a"),
        ]


def test_what_was_resolved_later_was_not_resolved_then(source: Engine) -> None:
    with then(source, on(8)) as table:
        assert [row["resolved_at"] for row in table(models.Quarantine)] == [None]
    with then(source, on(9)) as table:
        assert [row["resolved_at"] for row in table(models.Quarantine)] == [on(9)]


def test_a_round_that_still_ran_has_no_end(source: Engine) -> None:
    with then(source, on(5, 10)) as table:
        found = [(row["finished_at"], row["outcome"], row["counts"]) for row in table(models.Round)]
        assert found == [(None, None, {})]
    with then(source, on(9)) as table:
        assert [row["outcome"] for row in table(models.Round)] == ["done", None]


def test_codes_and_reviews_count_from_when_they_were_given(source: Engine) -> None:
    with then(source, on(11)) as table:
        assert [row["sample_id"] for row in table(models.HandCode)] == [None], "drawn only on the 12th"
        assert len(table(models.Review)) == 2
        assert table(models.CodeSample) == table(models.CodeSampleItem) == []
    with then(source, on(12)) as table:
        assert [row["sample_id"] for row in table(models.HandCode)] == [1]
        assert len(table(models.CodeSample)) == len(table(models.CodeSampleItem)) == 1
    with then(source, on(10)) as table:
        assert table(models.HandCode) == []


def test_the_roster_is_whole_at_any_time(source: Engine) -> None:
    with then(source, datetime(2001, 1, 1, tzinfo=UTC)) as table:
        for model in (models.Election, models.Contest, models.Candidacy, models.Person, models.Party):
            assert len(table(model)) == len(rows(source, model)) > 0


def test_the_texts_of_then_are_found_by_their_words(source: Engine) -> None:
    with archive_as_of(source, on(7)) as engine, Session(engine) as session:
        for words, expected in (("before edit", [2]), ("count sheets", [])):
            query = select(col(models.Statement.id)).where(found_by(session, parse_query(words)))
            assert session.execute(query).scalars().all() == expected


def test_it_is_an_archive_that_can_be_written(source: Engine) -> None:
    with archive_as_of(source, on(7)) as engine:
        with db.writing(engine) as session:
            session.get_one(models.Statement, 1).text = "Another."
        assert rows(engine, models.Statement)[0]["text"] == "Another."
    assert rows(source, models.Statement)[0]["text"] != "Another."


def test_it_is_gone_afterwards_whatever_happens(source: Engine) -> None:
    folders = []

    def fail() -> None:
        with archive_as_of(source, on(7)) as engine:
            folders.append(Path(str(engine.url.database)).parent)
            assert folders[0].is_dir()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not folders[0].exists()


def test_it_tells_how_far_it_is(source: Engine) -> None:
    told: list[tuple[int, int]] = []
    with archive_as_of(source, on(7), lambda done, total: told.append((done, total))):
        assert told == [(done, len(RULES)) for done in range(len(RULES) + 1)]


def test_a_time_ahead_is_refused(source: Engine) -> None:
    with (
        pytest.raises(ValueError, match=r"in the future.*give a day before today"),
        archive_as_of(source, models.now() + timedelta(minutes=1)),
    ):
        raise AssertionError("not reached")


def test_a_time_without_its_zone_is_refused(source: Engine) -> None:
    naive = datetime(2023, 5, 7)  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match="no time zone"), archive_as_of(source, naive):
        raise AssertionError("not reached")


def test_an_archive_in_memory_gives_the_same(source: Engine) -> None:
    """What is no file is carried over batch by batch, as from a server."""
    memory = db.open_database("sqlite://", create=True)
    timed.fill(memory)
    _same(source, memory)
    memory.dispose()


@pytest.mark.real
def test_a_server_gives_the_same(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(example, "HOSTILE", example.HOSTILE.replace("\x00", ""))
    timed.fill(engine)
    with postgresql_server() as server:
        theirs = db.open_database(new_database(server, "as of"), create=True)
        timed.fill(theirs)
        _same(engine, theirs)
        theirs.dispose()


def _same(one: Engine, other: Engine) -> None:
    for when in (on(1), on(4), on(6), on(7), on(9), on(12), datetime(2023, 7, 1, tzinfo=UTC)):
        with archive_as_of(one, when) as ours, archive_as_of(other, when) as theirs:
            for name, model in MODELS.items():
                assert rows(theirs, model) == rows(ours, model), (name, when)
