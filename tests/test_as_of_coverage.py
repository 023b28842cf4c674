"""Nothing counts as proven that was proven later."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import timed_archive as timed
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from timed_archive import on, rows

import db
from db import models
from db.as_of import archive_as_of
from db.as_of.coverage import NOT_KEPT, Asked, Then, stretch_then
from db.words import CoverageStatus

THEN = on(10)
DONE = {"accounts": {"done": 2}, "gaps": 0, "quarantined": 0}


def row(status: str = "complete", **values: Any) -> models.Coverage:
    return models.Coverage(account_id=1, stream="posts", status=status, updated_at=on(20), **values)


def test_a_round_that_ended_well_proves_the_stream_up_to_its_start() -> None:
    found = stretch_then(row(until=on(20)), Asked(True, on(9)), None, THEN)
    assert found == Then(CoverageStatus.COMPLETE, None, on(9))


def test_a_post_that_was_seen_later_ends_what_was_proven() -> None:
    found = stretch_then(row(until=on(20), since=on(2)), Asked(True, on(9)), on(4), THEN)
    assert found == Then(CoverageStatus.COMPLETE, on(2), on(4))


def test_without_such_a_round_nothing_is_proven() -> None:
    assert stretch_then(row(until=on(20)), Asked(True), None, THEN) == Then(
        CoverageStatus.PENDING, reason=NOT_KEPT
    )
    since_later = stretch_then(row(until=on(20), since=on(9)), Asked(True, on(9)), None, THEN)
    assert since_later == Then(CoverageStatus.PENDING, reason=NOT_KEPT)


def test_an_account_of_which_nothing_was_read_was_never_asked_for() -> None:
    for status in CoverageStatus:
        assert stretch_then(row(status), Asked(), None, THEN) is None


def test_a_gap_that_was_found_later_stays_as_far_as_it_reaches_back() -> None:
    asked = Asked(True, on(9))
    gap = stretch_then(row("suspected", since=on(3), until=on(20), reason="why"), asked, None, THEN)
    assert gap == Then(CoverageStatus.SUSPECTED, on(3), THEN, "why")
    assert stretch_then(row("suspected", since=on(10)), asked, None, THEN) is None


DAYS = st.integers(1, 28).map(on)
SOME = st.none() | DAYS


@given(st.sampled_from(CoverageStatus), SOME, SOME, SOME, SOME)
def test_nothing_is_ever_proven_beyond_the_time_itself(
    status: CoverageStatus,
    since: datetime | None,
    until: datetime | None,
    begun: datetime | None,
    missed: datetime | None,
) -> None:
    known = begun if begun is None or begun <= THEN else None
    found = stretch_then(row(status, since=since, until=until), Asked(True, known), missed, THEN)
    if found is not None and found.status is CoverageStatus.COMPLETE:
        assert found.until is not None
        assert found.until <= THEN
        assert status is CoverageStatus.COMPLETE
        assert until is None or found.until <= until


def collected(engine: Engine, **counts: Any) -> None:
    """Account 2 is collected on the 8th and 9th; its ledger was changed last on the 20th."""
    timed.fill(engine)
    with db.writing(engine) as session:
        told = session.get_one(models.Round, 2)
        told.started_at, told.finished_at, told.outcome = on(8), on(9), "done"
        told.counts = {**DONE, **counts}
        session.add(
            models.Capture(
                id=3,
                kind="page",
                source="p",
                media_type="j",
                retrieved_at=on(8),
                sha256="b",
                size=1,
                round_id=2,
            )
        )
        session.add(
            models.Coverage(
                account_id=2,
                stream="posts",
                status="complete",
                high="99",
                until=on(20),
                marks=["99"],
                round_id=2,
                updated_at=on(20),
            )
        )
        session.flush()
        session.add(models.StatementCapture(statement_id=3, capture_id=3, position="1"))


def ledger(engine: Engine, when: datetime, account: int = 2) -> list[tuple[Any, ...]]:
    with archive_as_of(engine, when) as then:
        return [
            (row["status"], row["until"], row["marks"], row["high"])
            for row in rows(then, models.Coverage)
            if row["account_id"] == account
        ]


def test_the_ledger_is_clipped_to_the_last_round_that_had_ended(engine: Engine) -> None:
    collected(engine)
    assert ledger(engine, on(10)) == [("complete", on(8), [], None)]
    assert ledger(engine, on(8, 13)) == [("pending", None, [], None)], "the round still ran"
    assert ledger(engine, on(7)) == [], "nothing had been read"
    assert ledger(engine, on(20)) == [("complete", on(20), ["99"], "99")]


@pytest.mark.parametrize(
    "counts",
    [
        {"accounts": {"done": 1, "stopped": 1}},
        {"accounts": {"done": 1, "unavailable": 1}},
        {"accounts": {}},
        {"accounts": None},
        {"gaps": 1},
        {"quarantined": 1},
    ],
)
def test_a_round_in_which_anything_was_missing_proves_nothing(engine: Engine, counts: dict[str, Any]) -> None:
    collected(engine, **counts)
    assert ledger(engine, on(10)) == [("pending", None, [], None)]


def test_an_earlier_post_that_came_later_is_missing_from_what_was_proven(engine: Engine) -> None:
    collected(engine)
    with db.writing(engine) as session:
        late = session.get_one(models.Statement, 5)
        late.account_id, late.published_at, late.first_seen_at = 2, on(8) - timedelta(hours=3), on(15)
    assert ledger(engine, on(10)) == [("complete", on(8) - timedelta(hours=3), [], None)]


def test_a_row_that_has_not_changed_since_stands_as_it_is(engine: Engine) -> None:
    collected(engine)
    assert ledger(engine, on(6), account=4) == [("complete", on(6), [], None)]
    assert ledger(engine, on(5), account=4) == []
