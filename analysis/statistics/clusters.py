"""Candidates as clusters of statements: of each its sum and its count, which is all that is needed."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.statistics.bootstrap import Floats, cluster_sums


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Of each cluster (such as a candidate) the sum of a measure and the number of statements behind it.

    For a rate: the number of events, and the days in which they were counted. Clusters whose count is 0
    say nothing and are dropped.
    """

    sums: Floats
    counts: Floats

    def __post_init__(self) -> None:
        """Refuse what are no sums and counts; drop empty clusters."""
        sums, counts = (np.asarray(one, dtype=np.float64) for one in (self.sums, self.counts))
        if sums.shape != counts.shape or sums.ndim != 1:
            raise ValueError("clusters need one sum and one count each")
        if (counts < 0).any() or not (np.isfinite(sums).all() and np.isfinite(counts).all()):
            raise ValueError("counts are finite and not negative, sums are finite")
        object.__setattr__(self, "sums", sums[counts > 0])
        object.__setattr__(self, "counts", counts[counts > 0])

    @property
    def n(self) -> int:
        """Clusters that hold something."""
        return len(self.counts)

    @property
    def units(self) -> float:
        """Statements in all (of a rate: days)."""
        return float(self.counts.sum())

    @property
    def means(self) -> Floats:
        """The mean of each cluster."""
        return self.sums / self.counts

    @property
    def pooled(self) -> float | None:
        """The mean over all statements, whoever made them; None without any."""
        return float(self.sums.sum() / self.counts.sum()) if self.n else None

    def each_once(self) -> "Clusters":
        """The same, where every cluster counts as one statement: its mean."""
        return Clusters(self.means, np.ones(self.n))


def clusters_of(values: Sequence[float], ids: Sequence[Hashable]) -> Clusters:
    """The clusters of statements: a value and the id of a cluster for each."""
    rows = np.array([(value, 1.0) for value in values], dtype=np.float64).reshape(-1, 2)
    if len(rows) != len(ids):
        raise ValueError("each value needs the id of its cluster")
    sums, counts = cluster_sums(rows, ids).T
    return Clusters(sums, counts)
