"""Shares in a frame by a sample from it: right on average, and the intervals hold what they promise."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.statistics import (
    Estimate,
    Stratum,
    corrected_share,
    counts_of,
    hand_share,
    machine_share,
    weighted_accuracy,
    wilson,
)
from analysis.statistics.intervals import fraction, total

Pair = tuple[bool, bool]
"""Whether a statement is of the kind, and whether the method found it."""


def frame(chance: random.Random, size: int, share: float, recall: float, false: float) -> list[Pair]:
    """Statements of which a share is of the kind, by a method that misses some and is wrong on others."""
    there = [chance.random() < share for _ in range(size)]
    return [(one, chance.random() < (recall if one else false)) for one in there]


def drawn(chance: random.Random, pairs: Sequence[Pair], coded: int) -> Stratum:
    """A stratum of which so many were drawn and coded."""
    return Stratum(
        size=len(pairs),
        found=sum(found for _, found in pairs),
        coded=coded,
        counts=counts_of(chance.sample(pairs, coded)),
    )


def samples(seed: int, trials: int, *, by_kind: bool) -> Iterator[tuple[list[Stratum], list[Pair]]]:
    """Samples of 200 from a frame of 4,000 with 4 % of the kind, and a bad method.

    `by_kind`: half of them from what the method found, else simple random ones.
    """
    chance = random.Random(seed)
    pairs = frame(chance, 4_000, 0.04, 0.6, 0.04)
    for _ in range(trials):
        if by_kind:
            cells = [[one for one in pairs if one[1] is found] for found in (True, False)]
            yield [drawn(chance, cell, 100) for cell in cells], pairs
        else:
            yield [drawn(chance, pairs, 200)], pairs


def held(values: Sequence[tuple[Estimate | None, float]]) -> float:
    """How often an interval held the truth."""
    return sum(one is not None and one.low <= truth <= one.high for one, truth in values) / len(values)


TRIALS = 500


@pytest.mark.parametrize("by_kind", [False, True])
@pytest.mark.parametrize("share_of", [hand_share, corrected_share])
def test_the_interval_of_a_share_holds_the_truth_as_often_as_it_says(
    share_of: Callable[[list[Stratum]], Estimate | None], by_kind: bool
) -> None:
    found = [
        (share_of(strata), sum(there for there, _ in pairs) / len(pairs))
        for strata, pairs in samples(11, TRIALS, by_kind=by_kind)
    ]
    assert 0.93 <= held(found) <= 0.995


@pytest.mark.parametrize("by_kind", [False, True])
@pytest.mark.parametrize("share_of", [hand_share, corrected_share])
def test_a_share_is_right_on_average_however_wrong_the_method_is(
    share_of: Callable[[list[Stratum]], Estimate | None], by_kind: bool
) -> None:
    values, truth, machine = [], 0.0, 0.0
    for strata, pairs in samples(12, TRIALS, by_kind=by_kind):
        estimate = share_of(strata)
        assert estimate is not None
        values.append(estimate.value)
        truth = sum(there for there, _ in pairs) / len(pairs)
        machine = machine_share(strata) or 0.0
    mean = sum(values) / len(values)
    spread = (sum((one - mean) ** 2 for one in values) / len(values)) ** 0.5
    assert abs(mean - truth) < 4 * spread / TRIALS**0.5
    assert abs(machine - truth) > 0.005, "the method itself is wrong here"


def test_coding_what_the_method_found_makes_the_corrected_share_sharper() -> None:
    widths = {}
    for by_kind in (False, True):
        estimates = [corrected_share(strata) for strata, _ in samples(13, 60, by_kind=by_kind)]
        widths[by_kind] = sum(one.high - one.low for one in estimates if one)
    assert widths[True] < widths[False]


@pytest.mark.parametrize("measure", ["precision", "recall", "f1"])
def test_weighted_accuracy_holds_the_truth_as_often_as_it_says(measure: str) -> None:
    found = []
    for strata, pairs in samples(14, TRIALS, by_kind=True):
        accuracy, whole = weighted_accuracy(strata), counts_of(pairs)
        assert accuracy is not None
        truth = {
            "precision": whole.both / (whole.both + whole.found_only),
            "recall": whole.both / (whole.both + whole.missed),
            "f1": whole.f1 or 0.0,
        }
        found.append((getattr(accuracy, measure), truth[measure]))
    assert 0.92 <= held(found) <= 1.0


def test_recall_is_not_firm_where_much_that_was_not_found_stands_for_much() -> None:
    """40 of 40 found ones are right, none of 100 others was missed: of 10,000 others 200 may still be."""
    strata = [
        Stratum(size=40, found=40, coded=40, counts=counts_of([(True, True)] * 40)),
        Stratum(size=10_000, found=0, coded=100, counts=counts_of([(False, False)] * 100)),
    ]
    accuracy = weighted_accuracy(strata)
    assert accuracy is not None
    assert accuracy.precision is not None
    assert accuracy.precision.value == accuracy.precision.high == 1.0
    assert 0.9 < accuracy.precision.low < 0.93
    assert accuracy.recall is not None
    assert accuracy.recall.value == accuracy.recall.high == 1.0
    assert accuracy.recall.low < 0.2


def test_an_error_seen_nowhere_leaves_an_interval_all_the_same() -> None:
    strata = [Stratum(size=5_000, found=100, coded=200, counts=counts_of([(False, False)] * 200))]
    corrected = corrected_share(strata)
    assert corrected is not None
    assert corrected.value == 0.02
    assert corrected.low < 0.02 < corrected.high


def test_a_frame_that_was_coded_as_a_whole_leaves_no_doubt() -> None:
    pairs = frame(random.Random(4), 300, 0.3, 0.8, 0.1)
    whole = [Stratum(300, sum(found for _, found in pairs), 300, counts_of(pairs))]
    truth = sum(there for there, _ in pairs) / 300
    for estimate in (hand_share(whole), corrected_share(whole)):
        assert estimate is not None
        assert (estimate.value, estimate.low, estimate.high) == pytest.approx((truth, truth, truth))


def test_shares_of_domains_add_up_to_that_of_the_frame() -> None:
    chance = random.Random(5)
    pairs = [(*pair, chance.choice("ab")) for pair in frame(chance, 900, 0.2, 0.7, 0.05)]
    coded = chance.sample(pairs, 120)

    def part(of: str) -> Stratum:
        mine = [one for one in pairs if one[2] in of]
        labels = counts_of((there, found) for there, found, who in coded if who in of)
        return Stratum(900, sum(found for _, found, _ in mine), 120, labels, members=len(mine))

    whole, parts = corrected_share([part("ab")]), [corrected_share([part(who)]) for who in "ab"]
    sizes = Counter(who for _, _, who in pairs)
    assert whole is not None
    added = sum(one.value * sizes[who] for one, who in zip(parts, "ab", strict=True) if one)
    assert added / 900 == pytest.approx(whole.value)


def test_a_stratum_that_nobody_coded_gives_no_estimate() -> None:
    strata = [
        Stratum(100, 10, 20, counts_of([(True, True)] * 20)),
        Stratum(50, 0, 0, counts_of([])),
    ]
    assert hand_share(strata) is None
    assert corrected_share(strata) is None
    assert weighted_accuracy(strata) is None
    assert hand_share([]) is None
    assert machine_share([]) is None


counts = st.integers(0, 40)


@given(counts, counts, counts, counts, st.integers(0, 5_000))
def test_every_interval_holds_its_estimate(
    both: int, wrong: int, missed: int, neither: int, more: int
) -> None:
    pairs = [(True, True)] * both + [(False, True)] * wrong + [(True, False)] * missed
    pairs += [(False, False)] * neither
    stratum = Stratum(len(pairs) + more, both + wrong + more // 3, len(pairs), counts_of(pairs))
    accuracy = weighted_accuracy([stratum])
    shares = [hand_share([stratum]), corrected_share([stratum])]
    if accuracy is not None:
        shares += [accuracy.precision, accuracy.recall, accuracy.f1]
    for share in shares:
        if share is not None:
            assert -1e-12 <= share.low <= share.value + 1e-12
            assert share.value - 1e-12 <= share.high <= 1 + 1e-12


def test_a_sum_of_one_is_itself_and_a_fraction_needs_something() -> None:
    share = wilson(3, 20)
    assert share is not None
    summed = total([share])
    assert (summed.value, summed.low, summed.high) == pytest.approx((share.value, share.low, share.high))
    none = Estimate(0.0, 0.0, 0.1)
    assert fraction(none, none) is None
    only = fraction(none, Estimate(2.0, 1.0, 3.0))
    assert only is not None
    assert only.value == only.low == 0
    assert 0.03 < only.high < 0.1
