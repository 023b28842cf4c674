"""Samples for hand coding: drawn by chance that can be repeated, with known probabilities."""

from collections import Counter
from collections.abc import Sequence

import coded_archive as archive
import example_archive as example
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from analysis.contract import KindName
from analysis.evaluation.drawing import Plan, draw_sample, thresholds
from analysis.evaluation.errors import CodingRefused
from analysis.evaluation.frame import Extent, FrameStatement, frame_of
from analysis.evaluation.strata import (
    EVERYTHING,
    NOTHING_FOUND,
    Allocation,
    allocated,
    drawn_from,
    strata_of,
)
from analysis.outcomes import Phase, UnknownElection
from db.models import CodeSample, CodeSampleItem
from db.words import SampleDesign

sizes_of_strata = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(1, 400), min_size=1)


def statement(number: int, *kinds: str, confidence: float = 0.7) -> FrameStatement:
    return FrameStatement(
        id=number,
        key=f"x:{number}",
        text_sha256="",
        kinds={KindName(kind): confidence for kind in kinds},
        phase=Phase.UNKNOWN,
        elected=None,
        party=None,
        in_contest=True,
    )


MANY = [statement(number, *(["thanks"] if number % 4 == 0 else [])) for number in range(400)]


def ids(statements: Sequence[FrameStatement], design: SampleDesign, wanted: int, seed: int) -> list[int]:
    drawn, _ = drawn_from(statements, design, wanted=wanted, seed=seed)
    return [one.statement.id for one in drawn]


@pytest.mark.parametrize("design", [SampleDesign.RANDOM, SampleDesign.BY_KIND, SampleDesign.BY_CONFIDENCE])
def test_the_same_seed_draws_the_same_sample_in_whatever_order_rows_are_stored(design: SampleDesign) -> None:
    first = ids(MANY, design, 50, seed=7)
    assert first == ids(MANY[::-1], design, 50, seed=7)
    assert set(first) != set(ids(MANY, design, 50, seed=8))
    assert len(set(first)) == 50


def test_every_statement_is_drawn_about_equally_often() -> None:
    few = MANY[:40]
    times = Counter(one for seed in range(1_000) for one in ids(few, SampleDesign.RANDOM, 10, seed))
    assert set(times) == {one.id for one in few}
    assert 190 < min(times.values()) < max(times.values()) < 310, "250 expected, standard deviation 14"


def test_a_larger_sample_by_the_same_seed_holds_the_smaller_one() -> None:
    assert set(ids(MANY, SampleDesign.RANDOM, 20, 3)) < set(ids(MANY, SampleDesign.RANDOM, 60, 3))


@given(sizes_of_strata, st.integers(1, 600), st.sampled_from(Allocation))
def test_strata_give_no_more_than_they_have_and_together_what_is_wanted(
    sizes: dict[str, int], wanted: int, how: Allocation
) -> None:
    given_out = allocated(sizes, wanted, how)
    assert sum(given_out.values()) == min(wanted, sum(sizes.values()))
    assert all(0 <= given_out[stratum] <= size for stratum, size in sizes.items())


@given(sizes_of_strata, st.integers(1, 600))
def test_equal_allocation_takes_less_only_of_what_is_used_up(sizes: dict[str, int], wanted: int) -> None:
    given_out = allocated(sizes, wanted, Allocation.EQUAL)
    left = [given_out[stratum] for stratum, size in sizes.items() if given_out[stratum] < size]
    assert not left or max(given_out.values()) - min(left) <= 1


def test_proportional_allocation_goes_by_size_but_shows_every_stratum() -> None:
    assert allocated({"large": 900, "small": 100}, 100, Allocation.PROPORTIONAL) == {"large": 90, "small": 10}
    assert allocated({"large": 9_998, "tiny": 2}, 100, Allocation.PROPORTIONAL)["tiny"] == 2


def test_a_statement_of_several_kinds_falls_into_the_rarest_ones_stratum() -> None:
    statements = [statement(1, "thanks", "victory"), statement(2, "thanks"), statement(3)]
    assert strata_of(statements, SampleDesign.BY_KIND) == ["victory", "thanks", NOTHING_FOUND]


def test_uncertain_first_begins_nearest_to_the_threshold_and_knows_no_probability() -> None:
    threshold = thresholds()[KindName.VICTORY]
    surest, least, more = (
        statement(number, "victory", confidence=confidence)
        for number, confidence in enumerate((0.99, threshold + 0.01, threshold + 0.1))
    )
    drawn, sizes = drawn_from(
        [surest, least, more, statement(9)],
        SampleDesign.UNCERTAIN_FIRST,
        wanted=2,
        seed=1,
        thresholds=thresholds(),
    )
    assert [one.statement for one in drawn] == [least, more]
    assert [one.probability for one in drawn] == [None, None]
    assert sizes == {EVERYTHING: 3}, "in the fourth nothing was found: it has no confidence"


def test_a_method_with_lower_thresholds_is_unsure_of_its_own_lowest_confidences() -> None:
    low, middle = (statement(number, "victory", confidence=sure) for number, sure in enumerate((0.2, 0.5)))
    drawn, _ = drawn_from(
        [middle, low], SampleDesign.UNCERTAIN_FIRST, wanted=1, seed=1, thresholds={KindName.VICTORY: 0.5}
    )
    assert [one.statement for one in drawn] == [low]


def test_the_frame_holds_what_was_read_and_counts_the_rest(engine: Engine) -> None:
    example.fill(engine)
    with Session(engine) as session:
        frame = frame_of(session, example.METHOD, Extent())
    assert len(frame.statements) == 4
    assert (frame.unread, frame.unscored, frame.reposts) == (4, 1, 1)
    victory = frame.statements[0]
    assert set(victory.kinds) == {KindName.VICTORY, KindName.THANKS}
    assert (victory.elected, victory.party, victory.phase) == (True, "Harbour Party", Phase.AFTER_DECLARATION)


def test_a_text_that_was_edited_is_not_in_the_frame_until_it_is_read_again(engine: Engine) -> None:
    archive.filled(engine)
    with Session(engine) as session:
        before = frame_of(session, archive.METHOD, Extent())
    archive.edit(engine, before.statements[0].id, "Another text.")
    with Session(engine) as session:
        after = frame_of(session, archive.METHOD, Extent())
    assert len(after.statements) == len(before.statements) - 1
    assert after.unread == before.unread + 1


def test_a_scope_keeps_to_its_contest_and_days(engine: Engine) -> None:
    archive.filled(engine)
    with Session(engine) as session:
        frames = {
            name: frame_of(session, archive.METHOD, scope)
            for name, scope in {
                "all": Extent(),
                "contest": Extent(contest=example.HARBOUR),
                "elsewhere": Extent(contest=example.HILL),
                "too early": Extent(election=example.ELECTION, after=0),
                "kind": Extent(kind=KindName.CONCESSION),
            }.items()
        }
        with pytest.raises(UnknownElection, match="nope"):
            frame_of(session, archive.METHOD, Extent(election="nope"))
    counts = {name: len(frame.statements) for name, frame in frames.items()}
    assert counts == {"all": 60, "contest": 60, "elsewhere": 0, "too early": 0, "kind": 6}


def plan(name: str, design: SampleDesign = SampleDesign.BY_KIND, wanted: int = 20, seed: int = 4) -> Plan:
    return Plan(name, design, wanted, seed, archive.METHOD)


def items_of(engine: Engine, name: str) -> list[CodeSampleItem]:
    with Session(engine) as session:
        query = (
            select(CodeSampleItem)
            .join(CodeSample, col(CodeSample.id) == col(CodeSampleItem.sample_id))
            .where(CodeSample.name == name)
            .order_by(col(CodeSampleItem.position))
        )
        return list(session.exec(query))


def test_a_sample_is_stored_with_the_probability_of_every_statement(engine: Engine) -> None:
    archive.filled(engine)
    tally = draw_sample(engine, plan("first"))
    items = items_of(engine, "first")
    assert [one.position for one in items] == list(range(1, 21))
    strata = Counter(one.stratum for one in items)
    assert tally.strata == {
        "accusation": (strata["accusation"], 6),
        "concession": (strata["concession"], 6),
        NOTHING_FOUND: (strata[NOTHING_FOUND], 36),
        "thanks": (strata["thanks"], 12),
    }
    for one in items:
        drawn, size = tally.strata[one.stratum]
        assert one.probability == drawn / size
    assert sorted(strata.values()) == [5, 5, 5, 5]


def test_drawing_again_in_the_same_way_changes_nothing_even_where_the_archive_grew(engine: Engine) -> None:
    archive.filled(engine)
    draw_sample(engine, plan("first"))
    before = items_of(engine, "first")
    archive.add_read(engine, [(f"Later statement {one}.", {}) for one in range(30)], first=9_000)
    tally = draw_sample(engine, plan("first"))
    assert not tally.is_new
    assert len(tally.frame.statements) == 60, "what came later was not there to be drawn"
    assert items_of(engine, "first") == before


def test_the_same_seed_gives_the_same_sample_under_another_name(engine: Engine) -> None:
    archive.filled(engine)
    for name in ("first", "second"):
        draw_sample(engine, plan(name))
    first, second = ([one.statement_id for one in items_of(engine, name)] for name in ("first", "second"))
    assert first == second


@pytest.mark.parametrize(
    "other",
    [plan("first", seed=5), plan("first", SampleDesign.RANDOM), plan("first", wanted=21)],
    ids=["seed", "design", "size"],
)
def test_a_name_that_is_taken_by_another_sample_is_refused(engine: Engine, other: Plan) -> None:
    archive.filled(engine)
    draw_sample(engine, plan("first"))
    with pytest.raises(CodingRefused, match="another --name"):
        draw_sample(engine, other)


def test_nothing_is_drawn_from_nothing(engine: Engine) -> None:
    example.fill(engine)
    with pytest.raises(CodingRefused, match="nothing to draw from"):
        draw_sample(engine, plan("first"))
