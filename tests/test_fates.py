"""What became of statements: read from the archive, as it was at a time, and shown without harm."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from html import unescape
from pathlib import Path

import example_archive as example
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_reading import Outline
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from analysis.outcomes.ballot import Contest
from analysis.outcomes.ballots import find_contests, find_elections
from analysis.outcomes.fates import EarlierText, Fate, Unseen, fates_of
from analysis.publishing import write_report
from analysis.publishing.fates import UNSEEN, both_texts, fate_line
from db import open_database, writing
from db.as_of import archive_as_of
from db.models import Capture, Observation, Statement, StatementVersion
from db.words import State

OLD, NEW = "We won Harbour ward by a mile!", "We won Harbour ward by a hair!"
MISSED, PROVEN = example.after(200), example.after(600)


@dataclass(frozen=True)
class Filled:
    """The example archive, with one statement edited and one deleted."""

    engine: Engine
    contest: Contest
    edited: int
    deleted: int
    captures: tuple[int, ...]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    engine = open_database(str(tmp_path_factory.mktemp("fates") / "archive.db"), create=True)
    example.fill(engine)
    with writing(engine) as session:
        edited = example.add_statement(session, "edited", "maren", NEW, example.after(2))
        deleted = example.add_statement(session, "deleted", "tobias", "It was stolen.", example.after(3))
        session.add(
            StatementVersion(
                statement_id=edited,
                number=1,
                text=OLD,
                text_sha256=sha256(OLD.encode()).hexdigest(),
                published_at=example.after(2),
                seen_at=example.after(4),
            )
        )
        times = {"edited_at": example.after(14), "text_seen_at": example.after(20)}
        _set(session, edited, first_seen_at=example.after(4), **times)
        _set(session, deleted, first_seen_at=example.after(4), shown_at=example.after(185))
        captures = tuple(
            _observe(session, deleted, state, at)
            for state, at in ((State.MISSING, MISSED), (State.DELETED, PROVEN))
        )
    with Session(engine) as session:
        [election] = find_elections(session, election=example.ELECTION)
        [contest] = find_contests(session, election, contest=example.HARBOUR)
    yield Filled(engine, contest, edited, deleted, captures)
    engine.dispose()


def _set(session: Session, number: int, **columns: datetime) -> None:
    session.execute(update(Statement).where(col(Statement.id) == number).values(**columns))


def _observe(session: Session, number: int, state: State, at: datetime) -> int:
    body = f"RecordNotFound {state}".encode()
    capture = Capture(
        kind="page",
        source="https://pds.example/xrpc/com.atproto.repo.getRecord",
        media_type="application/json",
        retrieved_at=at,
        sha256=sha256(body).hexdigest(),
        size=len(body),
        body=body,
    )
    session.add(capture)
    session.flush()
    assert capture.id is not None
    session.add(Observation(statement_id=number, observed_at=at, state=state, capture_id=capture.id))
    return capture.id


def test_edits_and_deletions_are_told_with_their_times_and_evidence(filled: Filled) -> None:
    with Session(filled.engine) as session:
        ids = [number for number in session.exec(select(Statement.id)) if number is not None]
        fates = fates_of(session, ids)

    assert set(fates) == {filled.edited, filled.deleted}
    [earlier] = fates[filled.edited].earlier
    assert (earlier.text, fates[filled.edited].edited_at) == (OLD, example.after(14))
    assert fates[filled.deleted].unseen == Unseen(
        "deleted", PROVEN, MISSED, example.after(185), filled.captures[1]
    )


@pytest.mark.parametrize(("minutes", "state"), [(190, None), (300, State.MISSING), (601, State.DELETED)])
def test_an_earlier_time_knows_only_what_was_seen_by_then(
    filled: Filled, minutes: int, state: State | None
) -> None:
    with archive_as_of(filled.engine, example.after(minutes)) as then, Session(then) as session:
        fate = fates_of(session, [filled.deleted]).get(filled.deleted)
        seen = fate.unseen.state if fate is not None and fate.unseen is not None else None
        assert seen == state
        text = session.exec(select(Statement.text).where(Statement.id == filled.edited)).one()
        assert text == NEW
    with archive_as_of(filled.engine, example.after(10)) as then, Session(then) as session:
        assert fates_of(session, [filled.edited, filled.deleted]) == {}
        text = session.exec(select(Statement.text).where(Statement.id == filled.edited)).one()
        assert text == OLD


def test_the_report_shows_what_became_of_a_statement_and_both_texts(filled: Filled, tmp_path: Path) -> None:
    write_report(filled.engine, tmp_path / "report", election=example.ELECTION)
    pages = [page.read_text(encoding="utf-8") for page in (tmp_path / "report").rglob("*.html")]
    text = " ".join(unescape(page) for page in pages)

    assert "<strong>edited</strong> 14 minutes after the declaration" in text
    assert "<strong>deleted</strong>, last seen 3 h 5 min after the declaration" in text
    assert f"capture {filled.captures[1]}" in text
    assert "by a <del>mile</del>!" in text
    assert "by a <ins>hair</ins>!" in text


def test_an_edit_that_the_platform_does_not_date_was_first_seen_at_a_time(filled: Filled) -> None:
    earlier = EarlierText(OLD, None, example.after(4))
    told = fate_line(Fate((earlier,), None, example.after(1)), filled.contest)
    assert "the present text was first seen 1 minute after the declaration" in told
    twice = fate_line(Fate((earlier, earlier), example.after(-90), None), filled.contest)
    assert "<strong>edited</strong> 2 times, last 1 h 30 min before the declaration" in twice


def test_every_state_of_a_statement_has_its_words(filled: Filled) -> None:
    assert set(UNSEEN) == {state.value for state in State} - {State.ACTIVE}
    for state in UNSEEN:
        unseen = Unseen(state, PROVEN, None, None, None)
        assert UNSEEN[state][0] in fate_line(Fate(unseen=unseen), filled.contest)
    assert fate_line(None, filled.contest) == both_texts(None, NEW, filled.contest) == ""


@given(st.text("<>&\"'/= adelins!\u202e\n", max_size=60), st.text("<>&\"'/= adelins!", max_size=60))
def test_no_text_makes_a_tag_among_what_was_changed(filled: Filled, old: str, new: str) -> None:
    fate = Fate((EarlierText(old, None, example.after(4)),), None, example.after(14))
    page = Outline(both_texts(fate, new, filled.contest))
    assert page.wrong == page.open == []
    assert {tag for tag, _ in page.tags} <= {"div", "p", "blockquote", "del", "ins"}
    assert {name for _, attrs in page.tags for name in attrs} <= {"class", "dir"}


def test_long_texts_are_cut_and_shown_without_marks(filled: Filled) -> None:
    fate = Fate((EarlierText("a " * 5_000, None, example.after(4)),), None, example.after(14))
    page = both_texts(fate, "b " * 5_000, filled.contest)
    assert page.count("7,000 characters more") == 2
    assert "<del>" not in page
    assert len(page) < 8_000


def test_times_stand_alone_where_nothing_was_declared(filled: Filled) -> None:
    contest = replace(filled.contest, declared=None)
    fate = Fate((EarlierText(OLD, None, example.after(4)),), example.after(14), None)
    assert "declaration" not in fate_line(fate, contest)
