"""Figures over candidates equal those of SciPy and statsmodels where these have them, and refuse the rest."""

from math import exp, inf, isnan, lgamma, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.meta_analysis import effectsize_smd
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from analysis.statistics import (
    Clusters,
    Family,
    Member,
    Part,
    Suppressed,
    cliffs_delta,
    clusters_of,
    figure,
    hedges_g,
    mean,
    mean_difference,
    median,
    median_difference,
    none_seen,
    paired_difference,
    permutation_p,
    pooled_mean,
    rate,
    rate_ratio,
    risk_difference,
    risk_ratio,
    share,
    sign_flip_p,
    superiority,
    wilson,
)
from analysis.statistics.aligned import aligned
from analysis.statistics.bootstrap import resampled
from analysis.statistics.intervals import Estimate, ratio
from analysis.statistics.permutation import permutation_ps
from analysis.statistics.replicates import FEW, resample
from analysis.statistics.students_t import t_quantile

Floats = NDArray[np.float64]

EXACT = 1e-9
MANY = 20_000
NOISE = 0.03
"""Two bootstraps of 20,000 draws: the ends of 95 % intervals differ by chance by about 1 % of their width
(standard error of the quantile: sqrt(0.025 * 0.975 / 20,000) / density, twice), at most by some three times
that."""

counts = st.integers(0, 60)
levels = st.sampled_from([0.8, 0.9, 0.95, 0.99])
grades = st.lists(st.integers(-4, 4).map(float), min_size=2, max_size=30)
probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=40)


def once(values: Floats) -> Clusters:
    """Clusters of one statement each."""
    return Clusters(values, np.ones(len(values)))


def drawn(seed: int, count: int) -> Floats:
    """Skewed numbers."""
    found: Floats = np.random.default_rng(seed).gamma(2.0, 1.0, count) - 2
    return found


def ends(estimate: Estimate | None) -> tuple[float, float]:
    assert estimate is not None
    return estimate.low, estimate.high


# Equal to the reference libraries.


@given(counts, st.integers(1, 60), levels)
def test_wilsons_interval_is_that_of_statsmodels(some: int, more: int, level: float) -> None:
    found = wilson(some, some + more, level=level)
    assert ends(found) == pytest.approx(
        proportion_confint(some, some + more, alpha=1 - level, method="wilson"), abs=EXACT
    )


@given(st.floats(0.001, 0.999), st.floats(0.5, 1e6))
def test_quantiles_of_t_are_those_of_scipy(probability: float, freedom: float) -> None:
    wanted = float(stats.t.ppf(probability, freedom))
    assert t_quantile(probability, freedom) == pytest.approx(wanted, rel=EXACT, abs=EXACT)


def test_with_infinite_freedom_t_is_the_normal_distribution() -> None:
    assert t_quantile(0.975, inf) == pytest.approx(stats.norm.ppf(0.975), abs=EXACT)


@pytest.mark.parametrize(("probability", "freedom"), [(0.0, 5.0), (1.0, 5.0), (0.5, 0.0), (0.5, -1.0)])
def test_no_quantile_of_t_is_made_up(probability: float, freedom: float) -> None:
    with pytest.raises(ValueError, match="no quantile"):
        t_quantile(probability, freedom)


@given(probabilities)
def test_adjusted_p_values_are_those_of_statsmodels_and_scipy(values: list[float]) -> None:
    family = Family("all comparisons of a table", tuple(Member(str(i), p) for i, p in enumerate(values)))
    found = list(family.adjusted().values())
    assert found == pytest.approx(list(multipletests(values, method="fdr_bh")[1]), abs=EXACT)
    assert found == pytest.approx(list(stats.false_discovery_control(values, method="bh")), abs=EXACT)


@given(grades, grades)
def test_cliffs_delta_is_what_mann_whitneys_u_says(first: list[float], second: list[float]) -> None:
    found = cliffs_delta(np.array(first), np.array(second))
    assert found is not None
    wanted = 2 * stats.mannwhitneyu(first, second).statistic / (len(first) * len(second)) - 1
    assert found.value == pytest.approx(wanted, abs=EXACT)
    assert superiority(found).value == pytest.approx((1 + wanted) / 2, abs=EXACT)
    assert -1 <= found.low <= found.value <= found.high <= 1


@pytest.mark.parametrize("seed", range(20))
def test_cliffs_variance_is_that_of_all_pairs(seed: int) -> None:
    """Cliff 1993, equation 11, with the whole matrix of pairs; values in steps, so that many are tied."""
    first, second = np.round(drawn(seed, 14)), np.round(drawn(seed + 100, 9) + 1)
    m, n = len(first), len(second)
    pairs = np.sign(first[:, None] - second[None, :])
    d = float(pairs.mean())
    rows, columns = ((pairs.mean(axis=axis) - d) ** 2 for axis in (1, 0))
    variance = (n * n * rows.sum() + m * m * columns.sum() - ((pairs - d) ** 2).sum()) / (
        m * n * (m - 1) * (n - 1)
    )
    z = float(stats.norm.ppf(0.975))
    squared = z * z * max(float(variance), (1 - d * d) / (m * n - 1))
    half = sqrt(squared * ((1 - d * d) ** 2 + squared))
    wanted = [max(-1.0, min(1.0, (d - d**3 + side * half) / (1 - d * d + squared))) for side in (-1, 1)]
    assert list(ends(cliffs_delta(first, second))) == pytest.approx(wanted, abs=EXACT)


@pytest.mark.parametrize("seed", range(20))
def test_hedges_g_is_that_of_statsmodels_but_for_its_rounded_factor(seed: int) -> None:
    first, second = drawn(seed, 8 + seed), drawn(seed + 100, 5 + 2 * seed)
    m, n = len(first), len(second)
    given, _ = effectsize_smd(first.mean(), first.std(ddof=1), m, second.mean(), second.std(ddof=1), n)
    freedom = m + n - 2
    exact = exp(lgamma(freedom / 2) - lgamma((freedom - 1) / 2)) / sqrt(freedom / 2)
    value = given / (1 - 3 / (4 * (m + n) - 9)) * exact
    half = float(stats.norm.ppf(0.975)) * sqrt((m + n) / (m * n) + value**2 / (2 * (m + n)))
    found = hedges_g(first, second)
    assert found is not None
    assert found.value == pytest.approx(value, abs=EXACT)
    assert ends(found) == pytest.approx((value - half, value + half), abs=EXACT)


@given(st.integers(1, 60), counts, st.integers(1, 60), counts, levels)
def test_risk_ratios_and_differences_are_those_of_statsmodels(
    a: int, b: int, c: int, d: int, level: float
) -> None:
    """Its own settings: `log` for ratios, `newcomb` for differences."""
    first, second = Part(a, a + b), Part(c, c + d)
    given = (first.some, first.of, second.some, second.of)
    wanted = confint_proportions_2indep(*given, compare="diff", method="newcomb", alpha=1 - level)
    found = risk_difference(first, second, level=level)
    assert found is not None
    assert found.value == pytest.approx(a / (a + b) - c / (c + d), abs=EXACT)
    assert ends(found) == pytest.approx(wanted, abs=EXACT)
    quotient = risk_ratio(first, second, level=level)
    assert quotient is not None
    if b or d:  # where both are all of it, statsmodels divides by 0
        wanted = confint_proportions_2indep(*given, compare="ratio", method="log", alpha=1 - level)
        assert ends(quotient) == pytest.approx(wanted, rel=EXACT)


@pytest.mark.parametrize("seed", range(3))
def test_percentile_intervals_are_those_of_scipys_bootstrap(seed: int) -> None:
    values = drawn(seed, 40)
    wanted = stats.bootstrap(
        (values,), np.median, n_resamples=MANY, method="percentile", rng=np.random.default_rng(7)
    ).confidence_interval
    width = wanted.high - wanted.low
    assert ends(median(once(values), draws=MANY)) == pytest.approx(
        (wanted.low, wanted.high), abs=NOISE * width
    )


def _t(values: Floats, axis: int, middle: float) -> Floats:
    spread = values.std(axis=axis, ddof=1) / sqrt(values.shape[axis])
    found: Floats = (values.mean(axis=axis) - middle) / spread
    return found


@pytest.mark.parametrize("seed", range(3))
def test_studentised_intervals_follow_from_scipys_bootstrap_of_t(seed: int) -> None:
    """SciPy has no bootstrap-t; the distribution of t that it draws gives the same ends."""
    values = drawn(seed, 40)
    middle, error = float(values.mean()), float(values.std(ddof=1)) / sqrt(len(values))
    result = stats.bootstrap(
        (values,),
        lambda some, axis: _t(some, axis, middle),
        n_resamples=MANY,
        method="percentile",
        rng=np.random.default_rng(7),
    )
    below, above = np.quantile(result.bootstrap_distribution, [0.025, 0.975])
    wanted = (middle - above * error, middle - below * error)
    found = mean(once(values), draws=MANY)
    assert found is not None
    assert found.value == pytest.approx(middle, abs=EXACT)
    assert ends(found) == pytest.approx(wanted, abs=NOISE * (wanted[1] - wanted[0]))


@pytest.mark.parametrize("seed", range(3))
def test_p_values_are_those_of_scipys_permutation_test(seed: int) -> None:
    """Of 8 and 7 candidates SciPy goes through all 6,435 divisions; ours are drawn: +- 4 standard errors."""
    first, second = drawn(seed, 8), drawn(seed + 50, 7) + 0.8 * seed

    def welch(x: Floats, y: Floats, axis: int) -> Floats:
        spread = x.var(axis=axis, ddof=1) / x.shape[axis] + y.var(axis=axis, ddof=1) / y.shape[axis]
        found: Floats = np.abs(x.mean(axis=axis) - y.mean(axis=axis)) / np.sqrt(spread)
        return found

    wanted = stats.permutation_test(
        (first, second), welch, vectorized=True, alternative="greater", n_resamples=np.inf
    ).pvalue
    found = permutation_p(first, second, draws=MANY)
    assert found == pytest.approx(wanted, abs=4 * sqrt(wanted * (1 - wanted) / MANY) + 2 / MANY)


def test_p_of_changes_is_that_of_all_signs() -> None:
    changes = drawn(5, 10) + 0.7
    wanted = stats.permutation_test(
        (changes,),
        lambda some, axis: np.abs(some.sum(axis=axis)),
        permutation_type="samples",
        vectorized=True,
        alternative="greater",
        n_resamples=np.inf,
    ).pvalue
    assert sign_flip_p(changes, draws=MANY) == pytest.approx(wanted, abs=4 * sqrt(wanted / MANY))


# What clusters are.


def test_posts_of_one_candidate_are_one_cluster() -> None:
    clusters = clusters_of([1.0, 0.0, 0.5, -1.0], ["a", "b", "a", "c"])
    assert list(clusters.sums) == [1.5, 0.0, -1.0]
    assert list(clusters.counts) == [2, 1, 1]
    assert clusters.pooled == 0.125
    found = mean(clusters)
    assert found is not None
    assert found.value == pytest.approx((0.75 + 0.0 - 1.0) / 3)


def test_saying_the_same_more_often_makes_no_interval_narrower() -> None:
    """A hundred copies of each statement: no candidate more, so nothing more is known."""
    values = drawn(1, 12)
    few, many = once(values), Clusters(100 * values, np.full(12, 100.0))
    for figure_of in (mean, median):
        assert ends(figure_of(few)) == pytest.approx(ends(figure_of(many)))


def test_a_cluster_that_says_nothing_is_dropped() -> None:
    clusters = Clusters(np.array([1.0, 0.0, 2.0]), np.array([2.0, 0.0, 2.0]))
    assert clusters.n == 2
    assert list(clusters.means) == [0.5, 1.0]


@pytest.mark.parametrize(
    ("sums", "counts_of_them"),
    [([1.0], [1.0, 2.0]), ([1.0], [-1.0]), ([inf], [1.0]), ([1.0], [float("nan")])],
)
def test_what_are_no_sums_and_counts_is_refused(sums: list[float], counts_of_them: list[float]) -> None:
    with pytest.raises(ValueError, match="count"):
        Clusters(np.array(sums), np.array(counts_of_them))
    with pytest.raises(ValueError, match="id"):
        clusters_of([1.0, 2.0], ["a"])


# Figures.


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=2, max_size=40))
def test_every_interval_holds_its_estimate(pairs: list[tuple[int, int]]) -> None:
    some = np.array([min(pair) for pair in pairs], dtype=float)
    clusters = Clusters(some, np.array([max(1, *pair) for pair in pairs], dtype=float))
    found = [mean(clusters, draws=200), median(clusters, draws=200), share(clusters), pooled_mean(clusters)]
    found += [rate(clusters, draws=200), cliffs_delta(clusters.means, some)]
    for one in found:
        if one is not None:
            assert one.low <= one.value <= one.high
    assert found[2] is not None
    assert 0 <= found[2].low <= found[2].high <= 1


def test_the_same_seed_gives_the_same_figures_and_another_does_not() -> None:
    clusters = once(drawn(2, 30))
    assert mean(clusters, seed=4) == mean(clusters, seed=4)
    assert mean(clusters, seed=4) != mean(clusters, seed=5)


def test_one_candidate_or_alike_candidates_have_no_interval() -> None:
    alone, alike = once(np.array([0.3])), once(np.full(9, 0.1))
    for one in (alone, alike):
        assert mean(one) is None
        assert rate(one) is None
    assert median(alone) is None
    assert share(alone) is None
    assert pooled_mean(alone) is None
    assert permutation_p(alone.means, alike.means) is None
    assert permutation_p(alike.means, alike.means) is None
    assert sign_flip_p(np.zeros(5)) is None
    assert hedges_g(alike.means, alike.means) is None
    assert cliffs_delta(alone.means, alike.means) is None
    assert mean_difference(alone, once(drawn(1, 9))) is None
    assert median_difference(alone, once(drawn(1, 9))) is None


def test_a_share_of_none_takes_candidates_for_trials_not_posts() -> None:
    found = share(Clusters(np.zeros(20), np.full(20, 500.0)))
    assert found is not None
    assert found.value == found.low == 0
    plain = wilson(0, 20)
    assert plain is not None
    assert plain.high < found.high < plain.high * 1.2, "t of 19 is a little wider than the normal"


def test_a_share_of_independent_posts_is_about_wilsons() -> None:
    """One statement a candidate: the effective number is that of the statements, less one."""
    values = np.array([1.0] * 30 + [0.0] * 170)
    found, plain = share(once(values)), wilson(30, 200)
    assert plain is not None
    assert ends(found) == pytest.approx(ends(plain), abs=0.002)


def test_differences_turn_round_with_their_sides() -> None:
    first, second = once(drawn(3, 25)), once(drawn(4, 18) + 1)
    for difference in (mean_difference, median_difference):
        one, other = difference(first, second, draws=MANY), difference(second, first, draws=MANY)
        assert one is not None
        assert other is not None
        assert one.value == pytest.approx(-other.value)
        assert ends(one) == pytest.approx((-other.high, -other.low), abs=NOISE * (one.high - one.low))


def test_a_group_beside_itself_has_a_difference_of_zero_within_a_wide_interval() -> None:
    """The two samples must not share their draws: the same ones would cancel out."""
    group = once(drawn(3, 25))
    one, difference = mean(group, draws=MANY), mean_difference(group, group, draws=MANY)
    assert one is not None
    assert difference is not None
    assert difference.value == 0
    assert difference.high - difference.low > 1.2 * (one.high - one.low)


def test_what_candidates_have_in_common_with_themselves_leaves_the_paired_difference() -> None:
    own = 10 * drawn(6, 30)
    before, after = once(own), once(own + drawn(7, 30) / 10 + 0.3)
    paired, apart = paired_difference(before, after), mean_difference(after, before)
    assert paired is not None
    assert apart is not None
    assert paired.value == pytest.approx(apart.value)
    assert paired.high - paired.low < 0.1 * (apart.high - apart.low)
    with pytest.raises(ValueError, match="same ones"):
        paired_difference(before, once(own[:9]))


def test_a_rate_is_events_by_days_and_two_rates_have_a_ratio() -> None:
    chance = np.random.default_rng(1)
    slow = Clusters(chance.poisson(20, 40).astype(float), np.full(40, 40.0))
    fast = Clusters(chance.poisson(20, 40).astype(float), np.full(40, 10.0))
    one, times = rate(slow), rate_ratio(fast, slow)
    assert one is not None
    assert times is not None
    assert one.value == slow.sums.sum() / 1600
    assert 0.45 < one.low < one.high < 0.55
    assert 3.4 < times.low < times.value < 4 < times.high < 4.6


def test_no_event_has_no_rate_but_an_upper_limit() -> None:
    quiet = Clusters(np.zeros(9), np.full(9, 10.0))
    assert rate(quiet) is None
    assert rate_ratio(quiet, quiet) is None
    found = none_seen(90.0)
    assert found is not None
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(stats.chi2.ppf(0.975, 2) / 2 / 90)
    assert none_seen(0.0) is None


@given(st.integers(1, 9), st.integers(1, 9), st.integers(10, 60), st.integers(10, 60))
def test_a_ratio_of_estimates_turns_round_with_its_sides(a: int, b: int, m: int, n: int) -> None:
    one, other = wilson(a, m), wilson(b, n)
    assert one is not None
    assert other is not None
    found, turned = ratio(one, other), ratio(other, one)
    assert found is not None
    assert turned is not None
    assert found.low <= found.value <= found.high
    assert ends(found) == pytest.approx((1 / turned.high, 1 / turned.low))
    assert ratio(one, Estimate(0.0, 0.0, 0.1)) is None


# Many columns at once.


def test_columns_that_share_their_draws_are_as_wide_as_alone() -> None:
    """With 300 clusters, of which a third says nothing in the second column."""
    chance = np.random.default_rng(3)
    tops, bottoms = chance.normal(size=(300, 2)), np.ones((300, 2))
    bottoms[:100, 1] = 0
    shared = resample(tops, bottoms, draws=MANY, seed=1)
    alone = resample(tops[100:, 1:], bottoms[100:, 1:], draws=MANY, seed=2)[0]
    assert shared[1] is not None
    assert alone is not None
    assert shared[1].n == alone.n == 200 > FEW
    assert shared[1].value == pytest.approx(alone.value)
    assert shared[1].error == pytest.approx(alone.error)
    assert shared[1].values.std() == pytest.approx(alone.values.std(), rel=NOISE)


def test_a_column_without_anything_and_one_of_few_are_told_apart() -> None:
    bottoms = np.zeros((200, 2))
    bottoms[:7, 1] = 1
    nothing, few = resample(np.full((200, 2), 0.5), bottoms, draws=50)
    assert nothing is None
    assert few is not None
    assert (few.n, few.has_spread) == (7, False)


def test_shared_permutations_give_about_the_same_p_as_ones_own() -> None:
    chance = np.random.default_rng(9)
    first, second = chance.normal((0.0, 0.2, 0.5), size=(90, 3)), chance.normal(size=(160, 3))
    second[:40, 1] = np.nan
    together = permutation_ps(first, second, draws=MANY)
    for column, p in enumerate(together):
        other = second[~np.isnan(second[:, column]), column]
        alone = permutation_p(first[:, column], other, draws=MANY, seed=3)
        assert alone is not None
        assert p == pytest.approx(alone, abs=0.02)


def test_rows_of_one_person_are_one_cluster() -> None:
    table = aligned(["a", "b", "a"], {"x": [(1.0, 2.0), (3.0, 4.0), (5.0, 6.0)]})
    part = table.part([0, 1, 2])
    assert part.ids == ("a", "b")
    assert list(part.column("x").sums) == [6.0, 3.0]
    assert list(part.column("x").counts) == [8.0, 4.0]
    with pytest.raises(ValueError, match="same clusters"):
        part.beside(table)


def test_only_who_says_something_in_both_has_changed() -> None:
    table = aligned("abc", {"before": [(1, 2), (0, 0), (2, 2)], "after": [(3, 2), (1, 1), (0, 0)]})
    changes = table.changes({"change": ("before", "after")}).column("change")
    assert list(changes.means) == [1.0]
    after, before = table.shared("after", "before")
    assert (list(after.means), list(before.means)) == ([1.5], [0.5])


def test_resamples_hold_as_many_clusters_as_there_are() -> None:
    totals = resampled(np.ones((37, 1)), draws=300, seed=1)
    assert totals.shape == (300, 1)
    assert (totals == 37).all()


# Values that carry what belongs to a figure.


def test_few_posts_or_candidates_give_a_reason_and_no_figure() -> None:
    def never() -> Estimate:
        raise AssertionError("must not be asked")

    assert figure(9, 9, never).suppressed is Suppressed.FEW_POSTS
    assert figure(500, 4, never).suppressed is Suppressed.FEW_CANDIDATES
    assert figure(10, 5, lambda: None).suppressed is Suppressed.NO_SPREAD
    shown = figure(10, 5, lambda: Estimate(0.1, 0.0, 0.2))
    assert (shown.posts, shown.candidates, shown.suppressed) == (10, 5, None)
    assert shown.estimate == Estimate(0.1, 0.0, 0.2)


def test_a_comparison_that_could_not_be_made_counts_for_nothing() -> None:
    family = Family("two of three", (Member("a", 0.01), Member("b", None), Member("c", 0.5)))
    assert family.size == 2
    assert family.adjusted() == {"a": 0.02, "b": None, "c": 0.5}


def test_a_family_without_a_name_or_with_one_member_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a name"):
        Family(" ", ())
    with pytest.raises(ValueError, match="a table: two comparisons are called x"):
        Family("a table", (Member("x", 0.1), Member("x", 0.2)))
    with pytest.raises(ValueError, match="no p-value"):
        Member("x", 1.5)
    with pytest.raises(ValueError, match="no part"):
        Part(3, 2)


def test_a_part_of_nothing_has_no_risk() -> None:
    assert risk_difference(Part(0, 0), Part(1, 2)) is None
    assert risk_ratio(Part(0, 5), Part(1, 2)) is None
    assert not isnan(log((risk_ratio(Part(1, 5), Part(1, 2)) or Estimate(1, 1, 1)).value))
