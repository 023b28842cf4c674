"""Means, medians, shares and rates over candidates, with intervals that know whose statements they are.

The unit is the cluster: each candidate counts once, however much it posts. Which interval goes with which
figure was decided by simulation (docs/statistics.md, benchmarks/coverage_of_intervals.py).
"""

from math import sqrt

import numpy as np

from analysis.statistics.bootstrap import DRAWS, Floats, Seed, drawn_places, percentile_interval
from analysis.statistics.clusters import Clusters
from analysis.statistics.intervals import LEVEL, Estimate, score_limits
from analysis.statistics.replicates import (
    Replicates,
    difference_of,
    interval,
    log_interval,
    ratio_of,
    resample,
)
from analysis.statistics.students_t import t_for


def mean(clusters: Clusters, *, level: float = LEVEL, draws: int = DRAWS, seed: Seed = 0) -> Estimate | None:
    """The mean of the clusters' means, with the studentised interval; None below two that differ."""
    return interval(_replicates(clusters.each_once(), draws, seed), level=level)


def mean_difference(
    first: Clusters, second: Clusters, *, level: float = LEVEL, draws: int = DRAWS, seed: int = 0
) -> Estimate | None:
    """The mean of one group of clusters less that of another; None where one has fewer than two."""
    pair = (_replicates(one.each_once(), draws, (seed, at)) for at, one in enumerate((first, second)))
    return difference_of(*pair, level=level)


def paired_difference(
    before: Clusters, after: Clusters, *, level: float = LEVEL, draws: int = DRAWS, seed: Seed = 0
) -> Estimate | None:
    """The mean change within clusters, after less before: the two hold the same clusters in one order."""
    if before.n != after.n:
        raise ValueError("paired clusters must be the same ones: leave out who is in one of them only")
    return mean(Clusters(after.means - before.means, np.ones(after.n)), level=level, draws=draws, seed=seed)


def rate(clusters: Clusters, *, level: float = LEVEL, draws: int = DRAWS, seed: Seed = 0) -> Estimate | None:
    """Events by days: the sum of events divided by the sum of days, studentised on logarithms.

    None without any event: see `none_seen`.
    """
    return log_interval(_replicates(clusters, draws, seed), level=level)


def rate_ratio(
    first: Clusters, second: Clusters, *, level: float = LEVEL, draws: int = DRAWS, seed: int = 0
) -> Estimate | None:
    """One rate divided by another; None where one of them is 0 or known of fewer than two clusters."""
    pair = (_replicates(one, draws, (seed, at)) for at, one in enumerate((first, second)))
    return ratio_of(*pair, level=level)


def share(clusters: Clusters, *, level: float = LEVEL) -> Estimate | None:
    """The mean of the clusters' shares (sums: how many of the counts are so), with Wilson's interval.

    The trials are as many as independent ones would have to be to vary as the clusters do (the effective
    sample size: Kish 1965, Survey Sampling, 8.2; for score intervals: Franco et al. 2019, J. Surv. Stat.
    Methodol. 7:334), at most all statements, and t stands for the normal quantile (Korn & Graubard 1998,
    Surv. Methodol. 24:193). A share of none or all takes the clusters for the trials. None below two.
    """
    if clusters.n < 2:
        return None
    shares = clusters.means
    middle = min(max(float(shares.mean()), 0.0), 1.0)
    variance = float(shares.var(ddof=1)) / clusters.n
    trials: float = clusters.n
    if variance > 0 and 0 < middle < 1:
        trials = min(middle * (1 - middle) / variance, clusters.units)
    return score_limits(middle, trials, t_for(level, clusters.n - 1))


def pooled_mean(clusters: Clusters, *, level: float = LEVEL) -> Estimate | None:
    """The mean over all statements, whoever made them: who posts most weighs most.

    Standard error by leaving out one cluster at a time (the jackknife: MacKinnon, Nielsen & Webb 2023, J.
    Appl. Econom. 38:671), with t on as many degrees of freedom as equal clusters would have (Kish's
    effective number, less one; Carter, Schnepel & Steigerwald 2017, Rev. Econ. Stat. 99:698). None where
    less than two clusters hold something.
    """
    value = clusters.pooled
    if value is None or clusters.n < 2:
        return None
    sums, counts = clusters.sums, clusters.counts
    without = (sums.sum() - sums) / (counts.sum() - counts)
    error = sqrt((clusters.n - 1) / clusters.n * float(((without - value) ** 2).sum()))
    freedom = max(1.0, float(counts.sum() ** 2 / (counts**2).sum()) - 1)
    half = t_for(level, freedom) * error
    return Estimate(value, value - half, value + half)


def median(
    clusters: Clusters, *, level: float = LEVEL, draws: int = DRAWS, seed: Seed = 0
) -> Estimate | None:
    """The median of the clusters' means, with its percentile interval; None below two clusters."""
    if clusters.n < 2:
        return None
    found = percentile_interval(_medians(clusters.means, draws, seed), level)
    return Estimate(float(np.median(clusters.means)), *found) if found else None


def median_difference(
    first: Clusters, second: Clusters, *, level: float = LEVEL, draws: int = DRAWS, seed: int = 0
) -> Estimate | None:
    """The median of one group less that of another; None where one has fewer than two clusters."""
    if min(first.n, second.n) < 2:
        return None
    tops, bottoms = (_medians(one.means, draws, (seed, at)) for at, one in enumerate((first, second)))
    found = percentile_interval(tops - bottoms, level)
    value = float(np.median(first.means) - np.median(second.means))
    return Estimate(value, *found) if found else None


def none_seen(days: float, *, level: float = LEVEL) -> Estimate | None:
    """A rate of no event in so many days: 0, up to where none would be seen in (1 - level) / 2 of cases.

    Garwood's limit for counts (1936, Biometrika 28:437), which takes events to be independent. None
    without days.
    """
    return Estimate(0.0, 0.0, -float(np.log((1 - level) / 2)) / days) if days > 0 else None


def _replicates(clusters: Clusters, draws: int, seed: Seed) -> Replicates | None:
    return resample(clusters.sums[:, None], clusters.counts[:, None], draws=draws, seed=seed)[0]


def _medians(values: Floats, draws: int, seed: Seed) -> Floats:
    some = (np.median(values[places], axis=1) for places in drawn_places(len(values), draws=draws, seed=seed))
    return np.concatenate(list(some))
