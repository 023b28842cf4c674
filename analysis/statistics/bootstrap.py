"""Resampling of clusters: statements of one author are drawn together or not at all."""

from collections.abc import Hashable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.statistics.intervals import Interval

Floats = NDArray[np.float64]
Seed = int | Sequence[int]
"""Where chance starts: the same seed gives the same figures; two samples need two."""

DRAWS = 2_000
"""How often a bootstrap draws."""

LEAST_DEFINED = 0.5
"""Part of the draws in which a figure must be defined for an interval to be given."""

AT_ONCE = 200_000
"""Numbers drawn in one go: bounds the memory."""


def cluster_sums(rows: Floats, clusters: Sequence[Hashable] | None) -> Floats:
    """Rows (units x columns) added up within each cluster, in the order of first appearance."""
    if clusters is None:
        return rows
    numbers: dict[Hashable, int] = {}
    places = np.array([numbers.setdefault(one, len(numbers)) for one in clusters], dtype=np.intp)
    sums = np.zeros((len(numbers), rows.shape[1]))
    np.add.at(sums, places, rows)
    return sums


def drawn_places(count: int, *, draws: int, seed: Seed) -> Iterator[NDArray[np.int64]]:
    """Places 0 to count - 1 drawn with replacement (some draws x count), until `draws` rows are given."""
    random = np.random.default_rng(seed)
    step = max(1, AT_ONCE // max(1, count))
    for start in range(0, draws, step):
        yield random.integers(0, count, size=(min(step, draws - start), count))


def resampled(sums: Floats, *, draws: int, seed: Seed) -> Floats:
    """Column sums (draws x columns) of so many resamples of the clusters, with replacement.

    The cluster bootstrap (Davison & Hinkley 1997, Bootstrap Methods, 3.8; Cameron, Gelbach & Miller
    2008, Rev. Econ. Stat. 90:414): as many clusters as there are, each as a whole.
    """
    count, found, done = len(sums), np.empty((draws, sums.shape[1])), 0
    for places in drawn_places(count, draws=draws, seed=seed):
        rows = len(places)
        flat = (places + count * np.arange(rows)[:, None]).ravel()
        times = np.bincount(flat, minlength=rows * count).reshape(rows, count)
        found[done : done + rows] = times.astype(np.float64) @ sums
        done += rows
    return found


def percentile_interval(replicates: Floats, level: float) -> Interval | None:
    """The percentile interval (Efron & Tibshirani 1993, 13.3); undefined replicates (nan) are left out.

    None where fewer than half are defined.
    """
    defined = replicates[~np.isnan(replicates)]
    if len(defined) == 0 or len(defined) < LEAST_DEFINED * len(replicates):
        return None
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))
