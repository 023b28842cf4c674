"""Resampling of clusters: statements of one author are drawn together or not at all."""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.statistics.intervals import Interval

Floats = NDArray[np.float64]

DRAWS = 2_000
"""How often a bootstrap draws."""

LEAST_DEFINED = 0.5
"""Part of the draws in which a figure must be defined for an interval to be given."""


def cluster_sums(rows: Floats, clusters: Sequence[Hashable] | None) -> Floats:
    """Rows (units x columns) added up within each cluster, in the order of first appearance."""
    if clusters is None:
        return rows
    numbers: dict[Hashable, int] = {}
    places = np.array([numbers.setdefault(one, len(numbers)) for one in clusters], dtype=np.intp)
    sums = np.zeros((len(numbers), rows.shape[1]))
    np.add.at(sums, places, rows)
    return sums


def resampled(sums: Floats, *, draws: int, seed: int) -> Floats:
    """Column sums (draws x columns) of so many resamples of the clusters, with replacement.

    The cluster bootstrap (Davison & Hinkley 1997, Bootstrap Methods, 3.8; Cameron, Gelbach & Miller
    2008, Rev. Econ. Stat. 90:414): as many clusters as there are, each as a whole.
    """
    count = len(sums)
    random = np.random.default_rng(seed)
    found: Floats = random.multinomial(count, np.full(count, 1 / count), size=draws) @ sums
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
