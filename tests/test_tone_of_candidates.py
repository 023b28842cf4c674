"""From a candidacy's statements and ledgers to its sums: who counts as a rival, and which time is proven."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcome_examples import statement
from sqlalchemy import Engine
from sqlmodel import Session
from tone_examples import (
    CLOSES,
    DECLARED,
    NOW,
    OPENS,
    POLLS_CLOSE,
    candidacy,
    contest,
    digests,
    facts,
    ledger,
    parts,
    said,
    target,
)

from analysis.outcomes import ElectionFacts, FoundStatement, Moment, Phase, Terms
from analysis.outcomes.coverage import AccountLedger
from analysis.outcomes.covered_time import covered_time
from analysis.outcomes.fingerprints import fingerprints_of
from analysis.publishing.digests import CandidacyDigest
from analysis.reports.tone.candidates import candidacy_tones, candidate_of, times_of
from analysis.reports.tone.counts import HourTone, hour_tones, spoken_of
from analysis.reports.tone.sums import MILLION, CandidateTones

ANN = candidacy(1, party="x:orange", elected=False, votes=400)
BOB = candidacy(2, party="x:violet", elected=True, votes=600)
COL = candidacy(3, party="x:orange", contest="dale", elected=True, votes=10)
HILL = contest(ANN, BOB)
DALE = contest(COL, id_="dale")
AFTER, BEFORE = Phase.AFTER_DECLARATION.value, Phase.BEFORE_POLLS_CLOSE.value

RIVAL = target("Bob", person="p:2")
RIVAL_PARTY = target("Violet", "party", party="x:violet")
OWN_PARTY = target("Orange", "party", party="x:orange")
COLLEAGUE = target("Col", person="p:3")
MYSELF = target("Ann", person="p:1")
OWN_SIDE = target("we", "party", party="x:orange", basis="own_side")
AMBIGUOUS = target("Jones", basis="ambiguous")
VOTERS = target("the voters", "voters")


def tones(
    *statements: FoundStatement, known: ElectionFacts | None = None, threshold: float = 0.0
) -> CandidateTones:
    """The sums of Ann, who lost."""
    known = known or facts([HILL, DALE])
    part = next(one for one in parts(HILL, statements, known, threshold) if one.candidacy == ANN)
    return candidacy_tones(part, known, threshold=threshold)


def cell(found: CandidateTones, measure: str, slot: str = AFTER) -> tuple[int, float] | None:
    """Statements of a measure, and their mean score."""
    cells = [one for one in found.cells if (one.slot, one.measure) == (slot, measure)]
    return (cells[0].statements, round(cells[0].total / MILLION / cells[0].statements, 6)) if cells else None


# ---- what a statement adds ---------------------------------------------------------------------------


def test_a_repost_is_no_observation() -> None:
    assert tones(said(HILL, ANN, 5, repost_of="x:9")).cells == ()


def test_a_label_less_sure_than_the_report_asks_for_counts_in_no_mean() -> None:
    sure, unsure = said(HILL, ANN, 5, 0.4, id_=1), said(HILL, ANN, 6, -0.8, id_=2, confidence=0.3)
    assert cell(tones(sure, unsure), "sentiment") == (2, -0.2)
    assert cell(tones(sure, unsure, threshold=0.5), "sentiment") == (1, 0.4)
    assert cell(tones(sure, unsure, threshold=0.5), "statements") == (2, 0)


@pytest.mark.parametrize("unread", [{"unscored": "unsupported_language"}, {"is_read": False}])
def test_what_nobody_can_read_has_no_sentiment_and_no_kinds(unread: dict[str, Any]) -> None:
    found = tones(said(HILL, ANN, 5, None, **unread))
    assert cell(found, "statements") == (1, 0)
    assert cell(found, "sentiment") is None
    assert cell(found, "read") is None


def test_a_rival_is_who_stands_in_the_contest_or_for_another_party() -> None:
    toward = [(RIVAL, -0.6), (RIVAL_PARTY, -0.2), (AMBIGUOUS, 0.9), (VOTERS, 0.9), (MYSELF, 0.9)]
    found = tones(said(HILL, ANN, 5, toward=toward))
    assert cell(found, "toward_rivals") == (1, -0.4)
    assert cell(found, "toward_own_party") is None


def test_the_own_party_is_itself_and_its_people_but_not_the_author_or_we() -> None:
    toward = [(OWN_PARTY, 0.8), (COLLEAGUE, 0.4), (MYSELF, -1.0), (OWN_SIDE, -1.0)]
    found = tones(said(HILL, ANN, 5, toward=toward))
    assert cell(found, "toward_own_party") == (1, 0.6)
    assert cell(found, "toward_rivals") is None


def test_a_rival_named_twice_counts_once_in_the_statement_s_mean() -> None:
    found = tones(said(HILL, ANN, 5, toward=[(RIVAL, -1.0), (RIVAL, -0.8), (RIVAL_PARTY, 0.1)]))
    assert cell(found, "toward_rivals") == (1, -0.4)


def test_a_colleague_in_the_same_contest_is_a_rival() -> None:
    colleague = candidacy(4, party="x:orange", elected=False, votes=1)
    where = contest(ANN, BOB, colleague)
    one = said(where, ANN, 5, toward=[(target("Dee", person="p:4"), -0.3)])
    known = facts([where])
    part = next(one for one in parts(where, [one], known) if one.candidacy == ANN)
    assert cell(candidacy_tones(part, known, threshold=0), "toward_rivals") == (1, -0.3)


def test_who_was_not_on_the_ballot_neither_won_nor_lost() -> None:
    gone = candidacy(5, elected=False, status="withdrawn")
    (part,) = parts(contest(gone), [], facts([contest(gone)]))
    assert candidate_of(part.outcome).elected is None


def test_an_undated_statement_is_in_no_phase() -> None:
    assert tones(said(HILL, ANN, None)).cells == ()


# ---- which time is proven ----------------------------------------------------------------------------


def test_files_prove_no_time_and_a_complete_account_all_of_the_window() -> None:
    assert tones(said(HILL, ANN, 5)).covered == ()
    covered = dict(tones(known=facts([HILL], ledger())).covered)
    assert covered[BEFORE] == (POLLS_CLOSE - OPENS) // timedelta(minutes=1)
    assert covered[Phase.BETWEEN.value] == (DECLARED - POLLS_CLOSE) // timedelta(minutes=1)
    assert covered[AFTER] == (CLOSES - DECLARED) // timedelta(minutes=1)


def test_only_statements_of_covered_accounts_made_in_covered_time_count_in_rates() -> None:
    known = facts([HILL], ledger(1, since=DECLARED, gaps=[(DECLARED, DECLARED + timedelta(hours=1))]))
    some = [
        said(HILL, ANN, -600, id_=1),  # before anything is proven
        said(HILL, ANN, 30, id_=2),  # in a gap
        said(HILL, ANN, 90, id_=3, kinds=["thanks"]),
        said(HILL, ANN, 91, id_=4, account=None, platform="news"),  # what others chose to quote
    ]
    found = tones(*some, known=known)
    assert cell(found, "statements") == (3, 0)
    assert cell(found, "covered statements") == (1, 0)
    assert cell(found, "covered thanks") == (1, 0)
    assert cell(found, "covered statements", BEFORE) is None
    assert dict(found.covered)[AFTER] == (CLOSES - DECLARED) // timedelta(minutes=1) - 60


def test_a_statement_of_a_day_counts_where_the_whole_day_is_covered() -> None:
    day = Moment(datetime(2023, 5, 6, tzinfo=UTC), "day")
    for since, counted in ((DECLARED, True), (datetime(2023, 5, 6, 9, tzinfo=UTC), False)):
        found = tones(statement(HILL, ANN, day, account=1), known=facts([HILL], ledger(since=since)))
        assert (cell(found, "covered statements") is not None) is counted


def covered(*ledgers: AccountLedger) -> tuple[tuple[datetime, datetime], ...]:
    return covered_time(ledgers, OPENS, CLOSES)


def test_all_accounts_must_be_covered_at_once() -> None:
    early, late = ledger(1, until=DECLARED), ledger(2, since=POLLS_CLOSE)
    assert covered(early, late) == ((POLLS_CLOSE, DECLARED),)
    assert covered(early, ledger(2, complete=False)) == ()
    assert covered() == ()


def test_a_suspended_account_and_one_read_until_nobody_knows_when_prove_nothing() -> None:
    assert covered(ledger(state="suspended")) == ()
    assert covered(ledger(until=None)) == ()


def test_a_record_that_could_not_be_read_may_be_of_any_time_before() -> None:
    assert covered(ledger(unparsed=(POLLS_CLOSE,))) == ((POLLS_CLOSE, CLOSES),)


def test_a_gap_with_an_open_end_takes_all_on_its_side() -> None:
    assert covered(ledger(gaps=[(None, POLLS_CLOSE)])) == ((POLLS_CLOSE, CLOSES),)
    assert covered(ledger(gaps=[(DECLARED, None)])) == ((OPENS, DECLARED),)


hours = st.integers(0, 200).map(lambda count: OPENS + timedelta(hours=count))
intervals = st.tuples(hours, hours).map(lambda pair: (min(pair), max(pair)))


@given(whole=intervals, gaps=st.lists(intervals, max_size=4), others=st.lists(intervals, max_size=3))
def test_an_hour_is_covered_if_every_account_holds_it_outside_its_gaps(
    whole: tuple[datetime, datetime],
    gaps: list[tuple[datetime, datetime]],
    others: list[tuple[datetime, datetime]],
) -> None:
    ledgers = [ledger(since=whole[0], until=whole[1], gaps=gaps)]
    ledgers += [ledger(number, since=one[0], until=one[1]) for number, one in enumerate(others, 2)]
    found = covered(*ledgers)
    assert list(found) == sorted(found)
    for count in range(200):
        at = OPENS + timedelta(hours=count, minutes=30)
        wanted = whole[0] <= at < whole[1] and not any(start <= at < end for start, end in gaps)
        wanted = wanted and all(start <= at < end for start, end in others)
        assert sum(start <= at < end for start, end in found) == wanted


def test_a_declaration_before_the_polls_close_ends_the_time_before() -> None:
    early = contest(ANN, BOB, declared=Moment(POLLS_CLOSE - timedelta(hours=2), "minute"))
    assert times_of(early, facts([early]).window).polls_close == POLLS_CLOSE - timedelta(hours=2)


def test_a_declaration_of_a_day_lays_out_no_hours() -> None:
    known = contest(ANN, BOB, declared=Moment(datetime(2023, 5, 5, tzinfo=UTC), "day"))
    assert times_of(known, facts([known]).window).declared is None


def test_time_that_becomes_proven_changes_the_fingerprint_of_a_candidacy(engine: Engine) -> None:
    """Long before the polls close, where nothing else on a page tells of it."""
    gap = (OPENS + timedelta(days=1), OPENS + timedelta(days=2))
    with Session(engine) as session:
        before, after = (
            fingerprints_of(session, facts([HILL], ledger(gaps=gaps)), Terms(NOW))["hill"].candidacies
            for gaps in ([gap], [])
        )
    assert before[ANN.id] != after[ANN.id]
    assert before[BOB.id] == after[BOB.id]


# ---- what charts count -------------------------------------------------------------------------------


def test_hours_count_own_statements_near_the_declaration_by_tone() -> None:
    some = [
        said(HILL, ANN, -1, -0.5, id_=1),
        said(HILL, ANN, 0, 0.5, id_=2),
        said(HILL, ANN, 59, 0.5, id_=3),
        said(HILL, ANN, 10, 0.5, id_=4, repost_of="x:9"),
        said(HILL, ANN, 48 * 60, 0.5, id_=5),
        said(HILL, ANN, 10, 0.5, id_=6, confidence=0.1),
    ]
    part = parts(HILL, some, facts([HILL]))[1]
    assert hour_tones(part, threshold=0.5) == (
        HourTone(-1, "negative", 1),
        HourTone(0, "positive", 2),
        HourTone(0, "unclear", 1),
    )


def test_who_is_spoken_of_is_counted_by_party_and_else_by_type() -> None:
    known = facts([HILL, DALE])
    some = [
        said(HILL, ANN, 5, toward=[(RIVAL, -0.6), (RIVAL_PARTY, -0.2), (MYSELF, 1.0)], id_=1),
        said(HILL, ANN, 6, toward=[(COLLEAGUE, None), (VOTERS, 0.9), (AMBIGUOUS, 0.1)], id_=2),
    ]
    part = parts(HILL, some, known)[1]
    rows = {one.target: one for one in spoken_of(part, known.parties, threshold=0)}
    assert set(rows) == {"x:violet", "x:orange", "type:voters", "type:person"}
    violet, orange = rows["x:violet"], rows["x:orange"]
    assert (violet.name, violet.statements, violet.rated, violet.total) == ("Violet", 1, 1, -400_000)
    assert (orange.name, orange.statements, orange.rated) == ("", 1, 0)


def test_a_digest_comes_back_from_json_as_it_was(tmp_path: Path) -> None:
    known = facts([HILL], ledger())
    for digest in digests(tmp_path, HILL, [said(HILL, ANN, 5, toward=[(RIVAL, -0.6)])], known):
        assert msgspec.json.decode(msgspec.json.encode(digest), type=CandidacyDigest) == digest
