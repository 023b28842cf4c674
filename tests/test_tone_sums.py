"""Partial sums of candidates: the same however statements are divided, and enough for every figure."""

import json
import pickle
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.outcomes.timing import Phase
from analysis.reports.tone.observed import Candidate, Observation
from analysis.reports.tone.slots import HOUR_SLOTS, Times, covered_minutes, hour_slot, slots_of
from analysis.reports.tone.sums import CandidateTones, Cell, from_json, merged, tones_of

ANN = Candidate("north", "ann", "Orange", True, 0.04)
BOB = Candidate("north", "bob", "Violet", False, -0.04)
COVERED = {ANN: ((Phase.AFTER_DECLARATION.value, 600),), BOB: ()}

scores = st.none() | st.floats(-1, 1)
observations = st.builds(
    Observation,
    candidate=st.sampled_from([ANN, BOB]),
    phase=st.sampled_from(list(Phase)),
    minutes=st.none() | st.integers(-20_000, 20_000),
    sentiment=scores,
    toward_rivals=scores,
    toward_own_party=scores,
    kinds=st.none() | st.frozensets(st.sampled_from(["accusation", "thanks", "concession"])),
    in_covered_time=st.booleans(),
)


def said(candidate: Candidate = ANN, **changed: object) -> Observation:
    """A statement after the declaration."""
    given: dict[str, object] = {
        "candidate": candidate,
        "phase": Phase.AFTER_DECLARATION,
        "minutes": 30,
        "sentiment": 0.5,
        "toward_rivals": None,
        "toward_own_party": None,
        "kinds": frozenset({"thanks"}),
        "in_covered_time": True,
    }
    return Observation(**(given | changed))  # type: ignore[arg-type]


def test_a_statement_is_counted_in_its_phase_and_its_hours() -> None:
    ann, bob = tones_of([said()], COVERED)
    after, hour = Phase.AFTER_DECLARATION.value, "hours 0 to 1"
    assert bob.cells == ()
    assert set(ann.cells) == {
        Cell(after, "statements", 1, 0),
        Cell(after, "sentiment", 1, 500_000),
        Cell(after, "read", 1, 0),
        Cell(after, "thanks", 1, 0),
        Cell(after, "covered statements", 1, 0),
        Cell(after, "covered thanks", 1, 0),
        Cell(hour, "statements", 1, 0),
        Cell(hour, "sentiment", 1, 500_000),
        Cell(hour, "covered statements", 1, 0),
    }


def test_what_was_not_scored_or_read_is_no_zero() -> None:
    ann, _ = tones_of([said(sentiment=None, kinds=None, in_covered_time=False, minutes=None)], COVERED)
    assert ann.cells == (Cell(Phase.AFTER_DECLARATION.value, "statements", 1, 0),)


def test_what_lies_in_no_phase_for_certain_is_counted_in_none() -> None:
    ann, _ = tones_of([said(phase=Phase.UNKNOWN, minutes=None)], COVERED)
    assert ann.cells == ()


@given(st.lists(observations, max_size=30), st.integers(0, 30), st.randoms())
def test_sums_are_the_same_in_any_order_and_in_any_parts(
    some: list[Observation], cut: int, chance: object
) -> None:
    whole = tones_of(some, COVERED)
    mixed = list(some)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    parts = [*tones_of(mixed[:cut], COVERED), *tones_of(mixed[cut:], COVERED)]
    assert merged(parts) == merged(reversed(parts)) == whole


@pytest.mark.parametrize(
    "stored",
    [
        lambda one: from_json(json.loads(json.dumps(one.as_json()))),
        lambda one: pickle.loads(pickle.dumps(one)),
    ],
)
@given(st.lists(observations, max_size=10))
def test_sums_come_back_from_files_as_they_went(
    stored: Callable[[CandidateTones], CandidateTones], some: list[Observation]
) -> None:
    for one in tones_of(some, COVERED):
        assert stored(one) == one
        assert hash(stored(one)) == hash(one)


@pytest.mark.parametrize("damaged", [[], [1, 2, 3], [["a"], [], []], [["a", "b", "c", True, 0.1], [[1]], []]])
def test_a_damaged_file_of_sums_says_so(damaged: list[object]) -> None:
    with pytest.raises(ValueError, match="make them again"):
        from_json(damaged)


def test_two_candidates_are_not_added_up_nor_two_accounts_of_what_is_covered() -> None:
    with pytest.raises(ValueError, match="not the same candidacy"):
        CandidateTones(ANN).plus(CandidateTones(BOB))
    with pytest.raises(ValueError, match="ann: two different times"):
        CandidateTones(ANN, (), (("between", 5),)).plus(CandidateTones(ANN, (), (("between", 6),)))


def test_a_statement_of_nobody_who_counts_is_refused() -> None:
    with pytest.raises(ValueError, match="bob: not among the candidates"):
        tones_of([said(BOB)], {ANN: ()})


@pytest.mark.parametrize(
    ("minutes", "slot"),
    [
        (None, None),
        (-1, "hours -1 to 0"),
        (0, "hours 0 to 1"),
        (59, "hours 0 to 1"),
        (60, "hours 1 to 2"),
        (-60, "hours -1 to 0"),
        (-61, "hours -2 to -1"),
        (168 * 60 - 1, "hours 72 to 168"),
        (168 * 60, None),
        (-168 * 60, "hours -168 to -72"),
        (-168 * 60 - 1, None),
    ],
)
def test_hours_include_their_lower_end(minutes: int | None, slot: str | None) -> None:
    assert hour_slot(minutes) == slot
    assert slots_of(Phase.UNKNOWN, minutes) == ((slot,) if slot else ())


POLLS_CLOSE = datetime(2024, 7, 4, 21, tzinfo=UTC)
DECLARED = POLLS_CLOSE + timedelta(hours=6)
OPENS, CLOSES = POLLS_CLOSE - timedelta(days=10), DECLARED + timedelta(days=3)


def covered(*hours: Sequence[float], declared: datetime | None = DECLARED) -> dict[str, int]:
    """Minutes of each stretch; `hours` from polls close."""
    times = Times(OPENS, POLLS_CLOSE, declared, CLOSES)
    spans = [tuple(POLLS_CLOSE + timedelta(hours=one) for one in pair) for pair in hours]
    return dict(covered_minutes(times, [(since, until) for since, until in spans]))


def test_covered_time_is_divided_at_polls_close_and_at_the_declaration() -> None:
    found = covered((-1, 7))
    assert {slot: found[slot] for slot in ("before_polls_close", "between", "after_declaration")} == {
        "before_polls_close": 60,
        "between": 360,
        "after_declaration": 60,
    }
    assert found["hours 0 to 1"] == 60
    assert found["hours -6 to -3"] == 180
    assert "hours 1 to 2" not in found


def test_covered_time_with_a_gap_leaves_the_gap_out_and_the_window_ends_it() -> None:
    found = covered((0, 1), (2, 1000))
    assert found["between"] == 300
    assert found["after_declaration"] == 3 * 24 * 60
    assert "before_polls_close" not in found
    assert found["hours 48 to 72"] == 24 * 60
    assert "hours 72 to 168" not in found


def test_without_a_declared_time_only_what_came_before_the_polls_closed_can_be_told() -> None:
    assert covered((-2, 50), declared=None) == {"before_polls_close": 120}
    assert covered() == {}


def test_stretches_of_hours_cover_two_weeks_without_a_gap() -> None:
    assert len(HOUR_SLOTS) == 18
    found = {hour_slot(minute) for minute in range(-168 * 60, 168 * 60)}
    assert found == set(HOUR_SLOTS)
