"""What statements mean beside the result."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import example_archive as example
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event
from sqlmodel import Session

from analysis.contract import Label, Unscored
from analysis.outcomes import (
    Candidacy,
    Clock,
    Contest,
    Election,
    FoundStatement,
    Moment,
    Phase,
    UnknownContest,
    UnknownElection,
    Window,
    margin_of,
    margin_to_threshold,
    minutes_from_declaration,
    phase_of,
    statements_with_findings,
    turnout_of,
    votes_check_of,
)
from analysis.outcomes.timing import first_after
from db import models, open_database, writing

LONDON = ZoneInfo("Europe/London")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path: Path = tmp_path_factory.mktemp("outcomes") / "archive.db"
    engine = open_database(str(path), create=True)
    example.fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(archive: Engine) -> Iterator[Session]:
    with Session(archive) as opened:
        yield opened


def at(text: str, precision: str = "second") -> Moment:
    moment = datetime.fromisoformat(text)
    return Moment(moment if moment.tzinfo else moment.replace(tzinfo=UTC), precision)


def contest(
    votes: list[int | None],
    *,
    elected: tuple[int, ...] = (0,),
    seats: int = 1,
    valid: int | None = None,
    invalid: int | None = None,
    electorate: int | None = None,
    listed: bool | None = True,
    checked: bool = False,
    majority: int | None = None,
) -> Contest:
    """A contest whose candidates have these votes; the numbered ones are elected."""
    election = Election("e", "Election", date(2024, 7, 4), "Europe/London", None, None, None)
    candidacies = tuple(
        Candidacy(
            id=number,
            contest_id="c",
            person_id=f"p:{number}",
            name=f"Candidate {number}",
            family_name=None,
            party_id=None,
            party=None,
            party_abbreviation=None,
            ballot_label=None,
            status="standing",
            votes=count,
            share=None,
            change=None,
            elected=number in elected,
            elected_basis="source",
            incumbent=None,
            source=None,
        )
        for number, count in enumerate(votes)
    )
    return Contest(
        id="c",
        name="Contest",
        election=election,
        seats=seats,
        area_id=None,
        region=None,
        electorate=electorate,
        valid_votes=valid,
        invalid_votes=invalid,
        stated_majority=majority,
        declared=None,
        declared_zone=None,
        declared_source=None,
        result_stage=None,
        result_source=None,
        result_summary=None,
        all_candidates_listed=listed,
        totals_checked=checked,
        candidacies=candidacies,
    )


@pytest.mark.parametrize(
    ("published", "declared", "minutes"),
    [
        ("2015-05-08T05:23:59+00:00", "2015-05-08T05:07+01:00", 76),  # summer time stands between them
        ("2017-06-09T04:43:01+00:00", "2017-06-09T04:21+01:00", 82),
        ("2019-12-13T05:01:30+00:00", "2019-12-13T04:20+00:00", 41),
        ("2019-02-27T07:07:40+00:00", "2019-02-27T04:37+01:00", 210),
        ("2019-02-27T09:02:28+00:00", "2019-02-27T04:37+01:00", 325),
        ("2024-07-05T03:00:00+00:00", "2024-07-05T03:00:00+00:00", 0),
        ("2024-07-05T02:59:59+00:00", "2024-07-05T03:00:00+00:00", -1),
    ],
)
def test_minutes_from_the_declaration_are_rounded_down(published: str, declared: str, minutes: int) -> None:
    assert minutes_from_declaration(at(published), at(declared, "minute")) == minutes


@given(st.integers(-10_000_000, 10_000_000))
def test_a_minute_holds_sixty_seconds_on_both_sides_of_the_declaration(seconds: int) -> None:
    declared = at("2024-07-05T03:00:00+00:00")
    published = Moment(declared.at + timedelta(seconds=seconds), "second")
    minutes = minutes_from_declaration(published, declared)
    assert minutes is not None
    assert minutes * 60 <= seconds < (minutes + 1) * 60


def test_a_day_is_no_time_to_count_minutes_from() -> None:
    exact, day = at("2024-07-05T03:00"), at("2024-07-05", "day")
    assert minutes_from_declaration(day, exact) is None
    assert minutes_from_declaration(exact, day) is None
    assert minutes_from_declaration(exact, None) is None
    assert minutes_from_declaration(None, exact) is None


@pytest.mark.parametrize(
    ("published", "precision", "phase"),
    [
        ("2023-05-04T20:59:59", "second", Phase.BEFORE_POLLS_CLOSE),
        ("2023-05-04T21:00:00", "second", Phase.BETWEEN),
        ("2023-05-05T03:36:59", "second", Phase.BETWEEN),
        ("2023-05-05T03:37:00", "second", Phase.AFTER_DECLARATION),
        ("2023-05-03", "day", Phase.BEFORE_POLLS_CLOSE),
        ("2023-05-04", "day", Phase.UNKNOWN),
        ("2023-05-05", "day", Phase.UNKNOWN),
        ("2023-05-06", "day", Phase.AFTER_DECLARATION),
    ],
)
def test_a_phase_is_named_only_where_the_times_decide_it(
    published: str, precision: str, phase: Phase
) -> None:
    close = datetime(2023, 5, 4, 21, tzinfo=UTC)
    clock = Clock(date(2023, 5, 4), LONDON, close, at("2023-05-05T03:37:00"))
    assert phase_of(at(published, precision), clock) is phase


def test_without_a_declaration_nothing_lies_behind_it() -> None:
    clock = Clock(date(2023, 5, 4), LONDON)
    assert phase_of(at("2023-05-03T10:00"), clock) is Phase.BEFORE_POLLS_CLOSE
    assert phase_of(at("2023-05-09T10:00"), clock) is Phase.UNKNOWN
    assert phase_of(None, clock) is Phase.UNKNOWN


def test_a_declaration_known_to_the_day_parts_days_only() -> None:
    clock = Clock(date(2023, 5, 4), LONDON, declared=at("2023-05-06", "day"))
    assert phase_of(at("2023-05-05T10:00"), clock) is Phase.BETWEEN
    assert phase_of(at("2023-05-06T10:00"), clock) is Phase.UNKNOWN
    assert phase_of(at("2023-05-07T10:00"), clock) is Phase.AFTER_DECLARATION


def test_the_window_counts_whole_days_of_the_contests_calendar() -> None:
    window, polls = Window(), date(2024, 7, 4)
    assert window.holds(date(2024, 5, 23), polls)
    assert not window.holds(date(2024, 5, 22), polls)
    assert window.holds(date(2024, 7, 18), polls)
    assert not window.holds(date(2024, 7, 19), polls)
    assert at("2024-07-18T23:30").day_in(LONDON) == date(2024, 7, 19)
    assert at("2024-07-18", "day").day_in(ZoneInfo("America/New_York")) == date(2024, 7, 18)


@given(
    st.integers(0, 366 * 86_400),
    st.sampled_from(["Pacific/Kiritimati", "Etc/GMT+12", "Europe/London", "Asia/Kathmandu"]),
)
def test_the_bounds_of_a_query_leave_out_nothing_that_the_window_holds(second: int, zone: str) -> None:
    window, polls = Window(), date(2024, 7, 4)
    published = Moment(datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=second), "second")
    low, high = window.bounds(polls)
    assert low <= published.at <= high or not window.holds(published.day_in(ZoneInfo(zone)), polls)


def test_the_first_after_the_declaration_is_the_nearest_that_is_not_before_it() -> None:
    assert first_after([("a", -3), ("b", None), ("c", 40), ("d", 12), ("e", 12)]) == "d"
    assert first_after([("a", -1), ("b", None)]) is None


def test_the_majority_is_first_minus_second() -> None:
    margin = margin_of(contest([15_896, 14_207, 900], valid=31_003, checked=True))
    assert margin is not None
    assert (margin.votes, margin.basis) == (1_689, "votes")
    assert margin.share == pytest.approx(1_689 / 31_003)


def test_a_majority_among_some_candidates_says_so() -> None:
    margin = margin_of(contest([15, 11], listed=False))
    assert margin is not None
    assert margin.basis == "listed"


def test_a_stated_majority_stands_where_no_votes_do() -> None:
    margin = margin_of(contest([None, None], majority=12))
    assert margin is not None
    assert (margin.votes, margin.basis) == (12, "source")
    assert margin_of(contest([None])) is None
    assert margin_of(contest([900])) is None


def test_several_seats_have_a_threshold_between_lowest_winner_and_highest_loser() -> None:
    both = contest([900, 800, 650, 10], elected=(0, 1), seats=2)
    margin = margin_of(both)
    assert margin is not None
    assert (margin.votes, margin.basis) == (150, "threshold")
    assert [margin_to_threshold(one, both) for one in both.candidacies] == [250, 150, -150, -790]
    assert margin_of(contest([9, 8], elected=(), seats=2)) is None


def test_one_seat_measures_everybody_against_the_best_of_the_others() -> None:
    tied = contest([50, 50, 20])
    assert [margin_to_threshold(one, tied) for one in tied.candidacies] == [0, 0, -30]
    assert margin_to_threshold(contest([5]).candidacies[0], contest([5])) is None


def test_turnout_says_what_was_divided() -> None:
    all_votes = turnout_of(contest([1], valid=3_000, invalid=60, electorate=6_000))
    valid_only = turnout_of(contest([1], valid=3_000, electorate=6_000))
    assert all_votes is not None
    assert valid_only is not None
    assert (all_votes.fraction, all_votes.basis) == (0.51, "all")
    assert (valid_only.fraction, valid_only.basis) == (0.5, "valid")
    assert turnout_of(contest([1], valid=3_000)) is None


@pytest.mark.parametrize(
    ("found", "check"),
    [
        (contest([2, 1], valid=3, checked=True), "checked"),
        (contest([2, 1], valid=9, listed=False), "some-listed"),
        (contest([2, 1]), "no-total"),
        (contest([None], valid=3), "no-votes"),
        (contest([2, 1], valid=3, listed=None), "unstated"),
        (contest([2, 1], valid=3), "unsummed"),
    ],
)
def test_unchecked_votes_say_why(found: Contest, check: str) -> None:
    assert votes_check_of(found) == check


def by_post(statements: Iterator[FoundStatement]) -> dict[str, FoundStatement]:
    return {statement.post_id: statement for statement in statements}


def test_a_contests_statements_come_with_findings_and_outcome(session: Session) -> None:
    found = by_post(statements_with_findings(session, contest=example.HARBOUR))

    won = found["1911111111111111113"]
    assert won.outcome is not None
    assert (won.outcome.elected, won.outcome.margin_votes) == (True, 300)
    assert won.outcome.minutes_from_declaration == 76
    assert won.outcome.phase is Phase.AFTER_DECLARATION
    assert won.reading is not None
    assert [kind.kind for kind in won.reading.kinds] == ["victory", "thanks"]
    assert [(one.target.who, one.sentiment and one.sentiment.label) for one in won.targets] == [
        ("Tobias Quill", Label.POSITIVE),
        ("Orchard Alliance", Label.NEGATIVE),
    ]
    assert won.reading.kinds[0].targets == (0, 1, 2)
    assert won.text[won.targets[0].target.start : won.targets[0].target.end] == "Tobias Quill"


def test_every_statement_names_the_bytes_that_it_was_read_from(session: Session) -> None:
    for found in statements_with_findings(session, contest=example.HARBOUR):
        (capture,) = found.captures
        assert (capture.kind, capture.sha256, capture.file_id, capture.file_sha256) == (
            "part",
            "a" * 64,
            1,
            "f" * 64,
        )
        assert capture.position == f"line {found.id + 1}"


def test_the_owner_of_an_account_is_the_author_of_its_statements(session: Session) -> None:
    attack = by_post(statements_with_findings(session, person="p:tobias"))["1001"]
    assert (attack.person_id, attack.author) == ("p:tobias", "Tobias Quill")


def test_the_window_decides_between_a_persons_contests(session: Session) -> None:
    everything = [one for one in statements_with_findings(session, person="p:maren") if one.outcome]
    contests = {one.post_id: one.outcome.contest.id for one in everything if one.outcome}
    assert contests["1008"] == example.EARLIER
    assert contests["1003"] == example.HARBOUR
    assert len(everything) == 3


def test_without_a_filter_statements_outside_every_window_come_too(session: Session) -> None:
    found = by_post(statements_with_findings(session))
    assert found["1009"].outcome is None
    assert found["1007"].outcome is None
    assert len(found) == 10


def test_undated_statements_come_with_their_authors_contest(session: Session) -> None:
    undated = by_post(statements_with_findings(session, election=example.ELECTION))["1007"]
    assert undated.published is None
    assert undated.outcome is not None
    assert undated.outcome.phase is Phase.UNKNOWN


def test_a_statement_that_no_method_can_score_keeps_its_reason(session: Session) -> None:
    foreign = by_post(statements_with_findings(session, contest=example.HARBOUR))["1006"]
    assert foreign.reading is not None
    assert foreign.reading.unscored is Unscored.UNSUPPORTED_LANGUAGE
    assert foreign.reading.sentiment is None


def test_the_newest_reading_counts_unless_a_method_is_named(engine: Engine) -> None:
    example.fill(engine)
    with writing(engine) as session:
        example.add_reading(
            session, 2, [], method="reader-2", read_at=datetime(2023, 7, 1, tzinfo=UTC), unscored="no_text"
        )
    with Session(engine) as session:
        newest = by_post(statements_with_findings(session, contest=example.HARBOUR))["1003"].reading
        named = by_post(statements_with_findings(session, method=example.METHOD))["1003"].reading
        unknown = by_post(statements_with_findings(session, method="nobody"))["1003"].reading
    assert newest is not None
    assert named is not None
    assert (newest.method, named.method, unknown) == ("reader-2", example.METHOD, None)


def test_a_reading_of_an_earlier_text_is_none(engine: Engine) -> None:
    example.fill(engine)
    with writing(engine) as session:
        row = session.get(models.Statement, 1)
        assert row is not None
        row.text, row.text_sha256 = "Edited.", "0" * 64
        session.add(row)
    with Session(engine) as session:
        found = by_post(statements_with_findings(session))["1911111111111111113"]
    assert found.reading is None
    assert found.targets == ()


def test_an_unknown_id_names_what_there_is(session: Session) -> None:
    with pytest.raises(UnknownElection, match=r"no election 'council\.2023'.*council\.westhaven\.2023-05-04"):
        list(statements_with_findings(session, election="council.2023"))
    with pytest.raises(UnknownContest, match=r"there is: council\.westhaven\.harbour"):
        list(statements_with_findings(session, contest="council.westhaven.harbor.2023-05-04"))
    with pytest.raises(UnknownContest, match="there is no contest"):
        list(statements_with_findings(session, election=example.EARLIER, contest=example.HARBOUR))


def test_an_empty_archive_has_no_statement_and_says_that_it_has_no_election(engine: Engine) -> None:
    with Session(engine) as session:
        assert list(statements_with_findings(session)) == []
        with pytest.raises(UnknownElection, match="holds none yet"):
            list(statements_with_findings(session, election="x"))


def test_the_number_of_queries_does_not_grow_with_the_statements(engine: Engine) -> None:
    example.fill(engine)
    few = _queries(engine)
    with writing(engine) as session:
        for number in range(60):
            added = example.add_statement(session, f"more-{number}", "maren", "More.", example.after(number))
            example.add_reading(session, added, [("More", "more", "shape", 0.1)])
    assert _queries(engine) == few


def _queries(engine: Engine) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        with Session(engine) as session:
            assert list(statements_with_findings(session, contest=example.HARBOUR))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)
