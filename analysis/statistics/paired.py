"""Two methods on the same statements: by how much the one is better, with an interval."""

from collections.abc import Hashable, Sequence

import numpy as np

from analysis.statistics.accuracy import counts_of
from analysis.statistics.bootstrap import DRAWS, cluster_sums, percentile_interval, resampled
from analysis.statistics.intervals import LEVEL, Estimate


def f1_difference(
    wanted: Sequence[bool],
    first: Sequence[bool],
    second: Sequence[bool],
    clusters: Sequence[Hashable] | None = None,
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = 0,
) -> Estimate | None:
    """F1 of `second` less that of `first` against the same reference, with its percentile interval.

    The bootstrap is paired: each draw takes clusters (such as authors) as a whole, with what both methods
    found there (Efron & Tibshirani 1993, 8.4; Berg-Kirkpatrick, Burkett & Klein 2012, EMNLP, 995-1005).
    None where the difference or most of its replicates are not defined, and below two clusters.
    """
    before = counts_of(zip(wanted, first, strict=True)).f1
    after = counts_of(zip(wanted, second, strict=True)).f1
    rows = np.array(
        [(w and a, w != a, w and b, w != b) for w, a, b in zip(wanted, first, second, strict=True)],
        dtype=np.float64,
    ).reshape(-1, 4)
    sums = cluster_sums(rows, clusters)
    if before is None or after is None or len(sums) < 2:
        return None
    both, wrong, both_after, wrong_after = resampled(sums, draws=draws, seed=seed).T
    with np.errstate(invalid="ignore"):
        gain = 2 * both_after / (2 * both_after + wrong_after) - 2 * both / (2 * both + wrong)
    interval = percentile_interval(gain, level)
    return Estimate(after - before, *interval) if interval else None
