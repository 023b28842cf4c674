"""What is written after a check: the tables are whole, and nothing states a deletion too soon."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.contract import BudgetSpent
from archive.platforms import BY_NAME
from archive.recheck.deciding import (
    APART,
    Alive,
    Check,
    Earlier,
    History,
    Said,
    Sighting,
    Strength,
    TooClose,
    Written,
    apart_of,
    decide,
    history_of,
    written_for,
)
from archive.recheck.proof import NOTHING, _proofs, proof_of
from archive.recheck.rationing import Ration
from archive.recheck.rhythm import beats, interval, is_due
from archive.recheck.tables import rows_of
from db.words import State

NOON = datetime(2031, 5, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Answer:
    """One answer at a time."""

    hours: float
    """After the one before."""
    seen: State | None
    """None: no answer at all."""
    account: Alive
    proof: Strength


STATES = [State.ACTIVE, State.NOT_FOUND, State.NOT_FOUND, State.PROTECTED, State.AGE_GATED, None]
answers = st.builds(
    Answer,
    hours=st.floats(min_value=0, max_value=13),
    seen=st.sampled_from(STATES),
    account=st.sampled_from([Alive.ALIVE, Alive.ALIVE, *Alive]),
    proof=st.sampled_from([Strength.FIRM, *Strength]),
)


@given(st.lists(answers, max_size=14))
def test_a_deletion_is_never_stated_without_two_independent_healthy_checks(given_: list[Answer]) -> None:
    now, hidden_at = NOON, None
    written: list[Sighting] = []
    firm: list[datetime] = []  # firm absences since anything spoke against one
    for one in given_:
        now += timedelta(hours=one.hours)
        if one.seen is None:
            continue
        if one.account is Alive.HIDDEN:
            hidden_at = now
            firm.clear()
        state = decide(history_of(written, hidden_at), Check(one.seen, one.account, one.proof, now))
        if one.seen is not State.NOT_FOUND:
            firm.clear()
        elif (one.account, one.proof) == (Alive.ALIVE, Strength.FIRM):
            firm.append(now)
        if state is State.DELETED:
            assert (one.seen, one.account, one.proof) == (State.NOT_FOUND, Alive.ALIVE, Strength.FIRM)
            assert firm
            assert now - firm[0] >= APART
        if state is not None:
            written.append(Sighting(state, now))


@given(st.lists(answers, max_size=10), st.floats(min_value=6, max_value=200))
def test_whatever_came_before_two_healthy_checks_state_a_true_deletion(
    before: list[Answer], apart: float
) -> None:
    now, hidden_at = NOON, None
    written: list[Sighting] = []
    gone = [Answer(hours, State.NOT_FOUND, Alive.ALIVE, Strength.FIRM) for hours in (1, apart)]
    for one in [*before, *gone]:
        now += timedelta(hours=one.hours)
        if one.seen is None:
            continue
        hidden_at = now if one.account is Alive.HIDDEN else hidden_at
        state = decide(history_of(written, hidden_at), Check(one.seen, one.account, one.proof, now))
        written += [Sighting(state, now)] if state is not None else []
    assert written[-1].state is State.DELETED


def test_every_case_has_a_row_and_deleted_stands_in_one_alone() -> None:
    cases = list(product(Said, Alive, Strength, Earlier))
    written = {case: written_for(*case) for case in cases}
    stated = [case for case, what in written.items() if what is Written.DELETED]
    assert stated == [(Said.GONE, Alive.ALIVE, Strength.FIRM, Earlier.RIPE)]
    assert [case for case in cases if case[0] is not Said.GONE and written[case] is not Written.SEEN] == []


@pytest.mark.parametrize("table", ["decisions.tsv", "proof.tsv", "rhythm.tsv"])
def test_each_row_of_a_table_says_why(table: str) -> None:
    assert all(list(row.values())[-1] for row in rows_of(table))


def test_what_was_written_before_is_not_written_again() -> None:
    seen = Check(State.PROTECTED, Alive.HIDDEN, Strength.FIRM, NOON)
    assert decide(History(State.PROTECTED), seen) is None
    assert decide(History(), seen) is State.PROTECTED
    assert decide(History(), Check(State.ACTIVE, Alive.UNKNOWN, Strength.WEAK, NOON)) is None


def test_a_plug_in_that_the_table_does_not_name_proves_nothing() -> None:
    assert proof_of("somewhere") is NOTHING
    assert NOTHING.strength(witness=True) is Strength.WEAK
    assert proof_of("x").strength(witness=False) is Strength.WEAK
    assert proof_of("x").strength(witness=True) is Strength.FIRM
    assert {row["platform"] for row in rows_of("proof.tsv")} <= set(BY_NAME)


def test_checks_less_than_an_hour_apart_are_refused() -> None:
    assert apart_of("90m") == timedelta(minutes=90)
    with pytest.raises(TooClose, match="59m"):
        apart_of("59m")


@pytest.mark.parametrize(
    ("published", "now", "every"),
    [
        # hours from the declaration; minutes
        (-30, -13, 1440),
        (-30, -11, 60),
        (-30, -1, 15),
        (1, 5.9, 15),
        (1, 6, 60),
        (1, 24, 1440),
        (1, 192, 10080),
        (-24 * 8, 1, 10080),
        (-24 * 7, 1, 15),
        (24 * 6, 24 * 6 + 1, 1440),
    ],
)
def test_statements_near_the_declaration_are_asked_for_more_often_round_it(
    published: float, now: float, every: int
) -> None:
    at = interval(NOON + published * HOUR, [NOON], now=NOON + now * HOUR)
    assert at == timedelta(minutes=every)


def test_the_most_urgent_contest_of_an_author_counts() -> None:
    other = NOON - timedelta(days=3)
    assert interval(NOON, [other, NOON], now=NOON) == timedelta(minutes=15)
    assert interval(None, [NOON], now=NOON) == beats()[-1].every
    assert interval(NOON, [], now=NOON) == beats()[-1].every


def test_a_second_check_is_due_when_it_would_prove_a_deletion_and_once() -> None:
    week, missed = timedelta(days=7), NOON
    assert not is_due(missed, missed, week, now=NOON + 5 * HOUR)
    assert is_due(missed, missed, week, now=NOON + 6 * HOUR)
    assert not is_due(NOON + 7 * HOUR, missed, week, now=NOON + 8 * HOUR)
    assert is_due(None, None, week, now=NOON)
    assert is_due(NOON + 2 * HOUR, None, week, now=NOON), "a clock that went wrong"


WEEKLY = {"near": "", "from": "", "until": "", "every": "10080", "why": "all others"}


@pytest.mark.parametrize("wrong", [{"near": "yes"}, {"from": "-2"}, {"until": "6"}])
def test_a_rhythm_whose_last_row_does_not_fit_every_statement_is_refused(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]
) -> None:
    monkeypatch.setattr("archive.recheck.rhythm.rows_of", lambda name: [{**WEEKLY, **wrong}])
    with pytest.raises(ValueError, match="the last row must fit every statement"):
        beats.__wrapped__()

    monkeypatch.setattr("archive.recheck.rhythm.rows_of", lambda name: [WEEKLY])
    assert beats.__wrapped__()[0].every == timedelta(days=7)


@pytest.mark.parametrize("wrong", [{"proves": "much"}, {"witness": "maybe"}])
def test_a_table_of_proofs_with_a_word_that_means_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]
) -> None:
    row = {"platform": "x", "proves": "deletion", "witness": "yes", **wrong}
    monkeypatch.setattr("archive.recheck.proof.rows_of", lambda name: [row])

    with pytest.raises(ValueError, match=r"proof\.tsv: x: proves deletion or nothing"):
        _proofs.__wrapped__()


def test_a_post_is_missed_since_the_first_of_the_checks_that_missed_it() -> None:
    missed = [Sighting(State.MISSING, NOON + hours * HOUR) for hours in (0, 7)]

    assert history_of(missed).missing_since == NOON
    assert history_of(missed, NOON - HOUR).missing_since == NOON
    assert history_of(missed, NOON + HOUR).missing_since == NOON + 7 * HOUR
    for hours in (7, 8):
        assert history_of(missed, NOON + hours * HOUR).missing_since is None


def test_a_run_makes_as_many_requests_as_it_may_and_counts_them() -> None:
    two, any_number = Ration(2), Ration()
    for _ in range(2):
        assert not two.is_spent
        two.take()
        any_number.take()

    assert (two.is_spent, any_number.is_spent) == (True, False)
    with pytest.raises(BudgetSpent, match="--budget 2: no request is left"):
        two.take()
    assert (two.used, any_number.used) == (2, 2)
