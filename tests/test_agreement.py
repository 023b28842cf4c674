"""Agreement of coders and accuracy of methods: the same figures as established packages give."""

import random

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import (
    cohen_kappa_score,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
)
from statsmodels.stats.proportion import proportion_confint

from analysis.statistics import (
    alpha,
    alpha_interval,
    cohen_kappa,
    confusion_of,
    counts_of,
    f1_interval,
    observed_agreement,
    wilson,
)
from analysis.statistics.agreement import Metric

EXACT = 1e-9
METRICS: tuple[Metric, ...] = ("nominal", "ordinal", "interval")

units_of_words = st.lists(st.lists(st.sampled_from(["yes", "no", "maybe", None]), min_size=3, max_size=3))


def drawn_units(seed: int) -> list[list[int | None]]:
    """Units by 2 to 5 coders of 2 to 6 values, who agree more often than chance, with gaps."""
    chance = random.Random(seed)
    coders, values = chance.randint(2, 5), chance.randint(2, 6)
    truth = [chance.randrange(values) for _ in range(chance.randint(4, 60))]
    gaps, faults = chance.choice([0.0, 0.2, 0.5]), chance.random()
    return [
        [
            None
            if chance.random() < gaps
            else chance.randrange(values)
            if chance.random() < faults
            else one * 3
            for _ in range(coders)
        ]
        for one in truth
    ]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("seed", range(60))
def test_alpha_is_that_of_the_package_krippendorff(metric: Metric, seed: int) -> None:
    units = drawn_units(seed)
    data = np.array([[np.nan if one is None else one for one in unit] for unit in units], dtype=float).T
    paired = {one for unit in units if sum(v is not None for v in unit) > 1 for one in unit} - {None}
    if len(paired) < 2:
        assert alpha(units, metric) is None
        return
    expected = krippendorff.alpha(reliability_data=data, level_of_measurement=metric)
    assert alpha(units, metric) == pytest.approx(expected, abs=EXACT)


def test_alpha_is_that_of_krippendorffs_own_example() -> None:
    """Krippendorff 2011, section C: four observers, twelve units, nominal 0.743, interval 0.849."""
    observers = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    units = list(zip(*observers, strict=True))
    found = {metric: alpha(units, metric) for metric in METRICS}
    assert found == pytest.approx({"nominal": 0.743, "ordinal": 0.815, "interval": 0.849}, abs=0.0006)


@pytest.mark.parametrize(
    "units",
    [
        [],
        [["yes", "yes"], ["yes", "yes"]],
        [["yes", None], [None, "no"]],
        [["yes", "yes"], ["no", None]],
    ],
    ids=["nothing", "one value", "nobody coded the same", "the other value has no pair"],
)
def test_without_variation_there_is_no_alpha(units: list[list[str | None]]) -> None:
    assert alpha(units) is None
    assert alpha_interval(units) is None


@given(units_of_words, st.randoms(use_true_random=False))
def test_alpha_does_not_depend_on_who_coded_nor_on_the_order(
    units: list[list[str | None]], chance: random.Random
) -> None:
    shuffled = [chance.sample(unit, len(unit)) for unit in chance.sample(units, len(units))]
    assert alpha(shuffled) == pytest.approx(alpha(units), abs=EXACT)


@given(units_of_words)
def test_alpha_does_not_depend_on_what_the_values_are_called(units: list[list[str | None]]) -> None:
    names = {"yes": "no", "no": "zeta", "maybe": "alpha", None: None}
    renamed = [[names[one] for one in unit] for unit in units]
    assert alpha(renamed) == pytest.approx(alpha(units), abs=EXACT)


@given(units_of_words)
def test_a_unit_that_one_coder_coded_changes_nothing(units: list[list[str | None]]) -> None:
    assert alpha([*units, ["yes", None, None]]) == alpha(units)


@given(units_of_words)
def test_alpha_is_one_exactly_where_all_agree(units: list[list[str | None]]) -> None:
    found = alpha(units)
    assume(found is not None)
    agree = all(len({*unit} - {None}) <= 1 for unit in units)
    assert found is not None
    assert (found == pytest.approx(1)) == agree
    assert (observed_agreement(units) == 1) == agree


def test_the_interval_of_alpha_is_the_same_for_the_same_seed_and_holds_alpha() -> None:
    units = drawn_units(8)
    found = alpha(units)
    interval = alpha_interval(units, seed=5)
    assert found is not None
    assert interval is not None
    assert interval == alpha_interval(units, seed=5) != alpha_interval(units, seed=6)
    assert interval.low < found < interval.high


def test_the_interval_of_alpha_holds_the_truth_about_as_often_as_it_says() -> None:
    """Two coders who each err in 10 % of cases on a balanced code: alpha = 1 - 0.18 / 0.5 = 0.64."""
    chance, held, trials = random.Random(3), 0, 200
    for _ in range(trials):
        truth = [chance.random() < 0.5 for _ in range(150)]
        units = [[int(one ^ (chance.random() < 0.1)) for _ in range(2)] for one in truth]
        interval = alpha_interval(units, draws=300)
        assert interval is not None
        held += interval.low <= 0.64 <= interval.high
    assert 0.88 * trials <= held <= 0.99 * trials


def test_statements_of_one_author_that_are_alike_widen_the_interval() -> None:
    units = [["yes", "yes"] if author % 2 else ["yes", "no"] for author in range(20) for _ in range(10)]
    authors = [author for author in range(20) for _ in range(10)]
    alone, together = alpha_interval(units), alpha_interval(units, clusters=authors)
    assert alone is not None
    assert together is not None
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_a_single_author_gives_no_interval() -> None:
    units = [["yes", "yes"], ["no", "yes"], ["no", "no"]]
    assert alpha_interval(units, clusters=["a", "a", "a"]) is None


@pytest.mark.parametrize("seed", range(30))
def test_per_cent_agreement_of_two_coders_is_the_share_of_units_alike(seed: int) -> None:
    chance = random.Random(seed)
    units = [[chance.choice("abc"), chance.choice("abc")] for _ in range(chance.randint(1, 30))]
    assert observed_agreement(units) == pytest.approx(sum(a == b for a, b in units) / len(units))


@pytest.mark.parametrize("seed", range(30))
def test_kappa_is_that_of_scikit_learn(seed: int) -> None:
    chance = random.Random(seed)
    pairs = [(chance.choice("abc"), chance.choice("abcd")) for _ in range(chance.randint(5, 80))]
    left, right = zip(*pairs, strict=True)
    assert cohen_kappa(pairs) == pytest.approx(cohen_kappa_score(left, right), abs=EXACT)


def test_there_is_no_kappa_without_variation() -> None:
    assert cohen_kappa([]) is None
    assert cohen_kappa([("a", "a"), ("a", "a")]) is None


def drawn_labels(seed: int) -> list[tuple[bool, bool]]:
    chance = random.Random(seed)
    there, found = chance.random(), chance.random()
    return [(chance.random() < there, chance.random() < found) for _ in range(chance.randint(1, 120))]


@pytest.mark.parametrize("seed", range(100))
def test_precision_recall_and_f1_are_those_of_scikit_learn(seed: int) -> None:
    pairs = drawn_labels(seed)
    truth, found = ([pair[side] for pair in pairs] for side in (0, 1))
    counts = counts_of(pairs)
    shares = (counts.precision(), counts.recall())
    ours = [*(None if share is None else share.value for share in shares), counts.f1]
    undefined = [sum(found) == 0, sum(truth) == 0, sum(truth) + sum(found) == 0]
    for mine, score, none in zip(ours, (precision_score, recall_score, f1_score), undefined, strict=True):
        if none:
            assert mine is None
        else:
            assert mine == pytest.approx(score(truth, found, zero_division=0.0), abs=EXACT)
    table = confusion_matrix(truth, found, labels=[False, True])
    assert [[counts.neither, counts.found_only], [counts.missed, counts.both]] == table.tolist()


@pytest.mark.parametrize("seed", range(30))
def test_the_confusion_of_values_is_that_of_scikit_learn(seed: int) -> None:
    chance = random.Random(seed)
    pairs = [(chance.choice("abc"), chance.choice("abc")) for _ in range(chance.randint(1, 90))]
    left, right = zip(*pairs, strict=True)
    table = confusion_matrix(left, right, labels=["a", "b", "c"])
    found = confusion_of(pairs)
    assert [[found.get((one, other), 0) for other in "abc"] for one in "abc"] == table.tolist()


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("seed", range(40))
def test_wilsons_interval_is_that_of_statsmodels(seed: int, level: float) -> None:
    chance = random.Random(seed)
    trials = chance.choice([1, 2, 10, 200, 90_000])
    successes = chance.choice([0, trials, chance.randint(0, trials)])
    share = wilson(successes, trials, level=level)
    assert share is not None
    expected = proportion_confint(successes, trials, alpha=1 - level, method="wilson")
    assert (share.low, share.high) == pytest.approx(expected, abs=EXACT)


def test_of_no_trials_there_is_no_share_and_of_all_it_is_exact() -> None:
    assert wilson(0, 0) is None
    whole = wilson(3, 40, population=40)
    assert whole is not None
    assert whole.low == whole.value == whole.high == 3 / 40


@given(st.integers(0, 50), st.integers(51, 10_000))
def test_a_sample_from_few_says_more_than_one_from_many(successes: int, population: int) -> None:
    few, many = wilson(successes, 50, population=population), wilson(successes, 50)
    assert few is not None
    assert many is not None
    assert many.low <= few.low <= few.value <= few.high <= many.high


def test_the_interval_of_f1_holds_it_and_clusters_widen_it() -> None:
    pairs = [(True, author % 3 != 0) for author in range(30) for _ in range(8)]
    authors = [author for author in range(30) for _ in range(8)]
    f1 = counts_of(pairs).f1
    alone, together = f1_interval(pairs), f1_interval(pairs, authors)
    assert f1 is not None
    assert alone is not None
    assert together is not None
    assert together.low < alone.low < f1 < alone.high < together.high


@pytest.mark.parametrize(
    ("pairs", "authors"),
    [
        ([], ""),
        ([(True, True)], "a"),
        ([(True, True)] * 3, "aaa"),
        ([(False, False)] * 4, "abcd"),
    ],
    ids=["nothing", "one", "one author", "nothing of the kind"],
)
def test_too_little_gives_no_interval_of_f1(pairs: list[tuple[bool, bool]], authors: str) -> None:
    assert f1_interval(pairs, authors) is None
