"""No result counts as known before it was declared."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import example_archive as example
import pytest
from sqlalchemy import Engine, update
from sqlmodel import SQLModel
from timed_archive import rows

import db
from db import models
from db.as_of import archive_as_of
from db.as_of.results import DECLARATION, FIGURES, TOTALS

TICK = timedelta(microseconds=1)
DAY = datetime(2023, 5, 5, tzinfo=UTC)


@pytest.fixture
def source(engine: Engine) -> Engine:
    example.fill(engine)
    return engine


def contest(engine: Engine, when: datetime, contest_id: str = example.HARBOUR) -> dict[str, Any]:
    """A contest as it was, with the figures of its candidacies."""
    with archive_as_of(engine, when) as then:
        (found,) = [row for row in rows(then, models.Contest) if row["id"] == contest_id]
        stands = [row for row in rows(then, models.Candidacy) if row["contest_id"] == contest_id]
        found["figures"] = [tuple(row[name] for name in FIGURES) for row in stands]
        return found


def change(engine: Engine, model: type[SQLModel], **values: object) -> None:
    with db.writing(engine) as session:
        session.execute(update(model).values(values))


def add(engine: Engine, *new: SQLModel) -> None:
    with db.writing(engine) as session:
        session.add_all(new)


def test_nothing_is_known_until_the_declaration(source: Engine) -> None:
    before = contest(source, example.DECLARED - TICK)
    assert [before[name] for name in (*TOTALS, *DECLARATION)] == [None] * 10
    assert before["totals_checked"] is False
    assert before["figures"] == [(None,) * len(FIGURES)] * 4
    assert (before["electorate"], before["all_candidates_listed"]) == (6_000, True)


def test_everything_is_known_from_the_declaration_on(source: Engine) -> None:
    at = contest(source, example.DECLARED)
    assert (at["valid_votes"], at["majority"], at["result_summary"]) == (3_000, None, "HP hold")
    assert (at["declared_at"], at["totals_checked"]) == (example.DECLARED, True)
    assert at["figures"][0] == (1_500, 0.5, -0.394, True, "source")


def test_candidacies_and_what_the_ballot_says_of_them_stay(source: Engine) -> None:
    with archive_as_of(source, example.DECLARED - TICK) as then:
        for ours, theirs in zip(rows(then, models.Candidacy), rows(source, models.Candidacy), strict=True):
            assert {k: v for k, v in ours.items() if k not in FIGURES} == {
                k: v for k, v in theirs.items() if k not in FIGURES
            }


@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("Europe/London", datetime(2023, 5, 5, 22, 59, 59, 999_999, UTC)),
        ("Pacific/Kiritimati", datetime(2023, 5, 5, 9, 59, 59, 999_999, UTC)),
        ("Pacific/Honolulu", datetime(2023, 5, 6, 9, 59, 59, 999_999, UTC)),
    ],
)
def test_a_day_counts_from_its_end_in_the_contests_zone(source: Engine, zone: str, end: datetime) -> None:
    change(source, models.Contest, declared_at=DAY, declared_precision="day", declared_zone=zone)
    assert contest(source, end - TICK)["declared_at"] is None
    assert contest(source, end)["declared_at"] == DAY


def test_a_result_without_a_time_counts_from_the_import_of_its_file(source: Engine) -> None:
    imported = datetime(2023, 5, 20, tzinfo=UTC)
    change(source, models.Contest, result_source="hill.csv")
    change(source, models.Capture, source="hill.csv", retrieved_at=imported)
    assert contest(source, imported - TICK, example.HILL)["figures"][0][0] is None
    assert contest(source, imported, example.HILL)["figures"][0][0] == 900


def test_a_file_of_that_name_from_before_the_polls_held_no_result(source: Engine) -> None:
    change(source, models.Contest, result_source="hill.csv")
    change(source, models.Capture, source="hill.csv", retrieved_at=example.POLLS_CLOSE)
    assert contest(source, example.POLLS_CLOSE + timedelta(days=29), example.HILL)["figures"][0][0] is None


def test_a_result_without_any_time_counts_thirty_days_after_the_polls(source: Engine) -> None:
    known = example.POLLS_CLOSE + timedelta(days=30)
    assert contest(source, known - TICK, example.HILL)["figures"][0][0] is None
    assert contest(source, known, example.HILL)["figures"][0][0] == 900


def test_figures_that_a_later_recount_replaced_are_not_those_of_then(source: Engine) -> None:
    recount = example.after(600)
    add(
        source,
        models.ResultEvent(
            contest_id=example.HARBOUR, stage="recount", happened_at=recount, precision="minute"
        ),
    )
    change(source, models.Contest, result_stage="recount")
    between = contest(source, recount - TICK)
    assert (between["declared_at"], between["result_stage"]) == (example.DECLARED, "declared")
    assert (between["valid_votes"], between["totals_checked"]) == (None, False)
    assert between["figures"] == [(None,) * len(FIGURES)] * 4
    after = contest(source, recount)
    assert (after["result_stage"], after["figures"][0][0]) == ("recount", 1_500)


def test_a_later_certificate_takes_nothing_from_the_declaration(source: Engine) -> None:
    add(
        source,
        models.ResultEvent(
            contest_id=example.HARBOUR, stage="certified", happened_at=DAY, precision="day", source="x"
        ),
    )
    change(source, models.Contest, result_stage="certified")
    early = contest(source, example.DECLARED)
    assert (early["result_stage"], early["figures"][0][0]) == ("declared", 1_500)


def test_stages_count_from_when_they_were_reached(source: Engine) -> None:
    projected = example.DECLARED - timedelta(hours=3)
    for stage, at, precision in (("projected", projected, "minute"), ("certified", DAY, "day")):
        add(
            source,
            models.ResultEvent(contest_id=example.HARBOUR, stage=stage, happened_at=at, precision=precision),
        )
    end_of_day = datetime(2023, 5, 5, 22, 59, 59, 999_999, UTC)
    for when, expected in (
        (projected - TICK, []),
        (projected, ["projected"]),
        (end_of_day - TICK, ["projected"]),
        (end_of_day, ["projected", "certified"]),
    ):
        with archive_as_of(source, when) as then:
            assert [row["stage"] for row in rows(then, models.ResultEvent)] == expected


def test_results_of_parties_count_from_when_they_were_clear(source: Engine) -> None:
    new_york_day_end = datetime(2019, 5, 4, 3, 59, 59, 999_999, UTC)
    add(
        source,
        models.PartyResult(
            election_id=example.ELECTION, party_id="x:hp", won=True, declared_at=example.after(5)
        ),
        models.PartyResult(
            election_id=example.EARLIER,
            party_id="x:hp",
            won=True,
            declared_at=datetime.combine(date(2019, 5, 3), datetime.min.time(), UTC),
            declared_precision="day",
        ),
        models.PartyResult(election_id=example.EARLIER, party_id="x:oa", won=False),
    )
    for when, expected in (
        (new_york_day_end - TICK, []),
        (new_york_day_end, [2]),
        (datetime(2019, 6, 5, tzinfo=UTC), [2, 3]),
        (example.after(5) - TICK, [2, 3]),
        (example.after(5), [1, 2, 3]),
    ):
        with archive_as_of(source, when) as then:
            assert [row["id"] for row in rows(then, models.PartyResult)] == expected
