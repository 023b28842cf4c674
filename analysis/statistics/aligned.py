"""Several measures of the same clusters side by side, groups cut out of them, and all their figures."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.statistics.bootstrap import DRAWS, Floats, Seed, cluster_sums
from analysis.statistics.clusters import Clusters
from analysis.statistics.permutation import PERMUTATIONS, permutation_ps
from analysis.statistics.replicates import Replicates, resample

Pair = tuple[float, float]
"""The sum of a measure and the count behind it (of a rate: events and days)."""


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """Sums and counts of each measure (rows x measures). A count of 0: the row says nothing there."""

    ids: tuple[Hashable, ...]
    """The cluster of each row."""
    names: tuple[Hashable, ...]
    """The measures."""
    sums: Floats
    counts: Floats
    _columns: dict[Hashable, Clusters] = field(default_factory=dict, repr=False)
    """Measures that were asked for: tables ask for each several times."""

    def part(self, rows: Sequence[int]) -> "Aligned":
        """Some rows alone; those of one cluster are added up."""
        ids, places = [self.ids[row] for row in rows], np.array(rows, dtype=np.intp)
        sums, counts = self.sums[places], self.counts[places]
        if len(set(ids)) < len(ids):
            sums, counts = cluster_sums(sums, ids), cluster_sums(counts, ids)
        return Aligned(tuple(dict.fromkeys(ids)), self.names, sums, counts)

    def column(self, name: Hashable) -> Clusters:
        """One measure, of the clusters that say something there."""
        if name not in self._columns:
            at = self.names.index(name)
            self._columns[name] = Clusters(self.sums[:, at], self.counts[:, at])
        return self._columns[name]

    def shared(self, first: Hashable, other: Hashable) -> tuple[Clusters, Clusters]:
        """Two measures, of the clusters that say something in both, in one order."""
        one, two = self.names.index(first), self.names.index(other)
        both = (self.counts[:, one] > 0) & (self.counts[:, two] > 0)
        sides = [Clusters(self.sums[both, at], self.counts[both, at]) for at in (one, two)]
        return sides[0], sides[1]

    def changes(self, pairs: Mapping[Hashable, tuple[Hashable, Hashable]]) -> "Aligned":
        """Name -> (before, after) as measures of their own: the change of a cluster's mean, in clusters that
        say something in both."""
        before, after = (
            self.chosen([pair[side] for pair in pairs.values()]).means_or_nan() for side in (0, 1)
        )
        moved = after - before
        here = ~np.isnan(moved)
        return Aligned(self.ids, tuple(pairs), np.where(here, moved, 0.0), here.astype(np.float64))

    def each_once(self) -> "Aligned":
        """The same, where every cluster counts as one statement: its mean."""
        means = self.means_or_nan()
        here = ~np.isnan(means)
        return Aligned(self.ids, self.names, np.where(here, means, 0.0), here.astype(np.float64))

    def named(self, names: Sequence[Hashable]) -> "Aligned":
        """The same measures under other names."""
        return Aligned(self.ids, tuple(names), self.sums, self.counts)

    def beside(self, other: "Aligned") -> "Aligned":
        """The measures of both, of the same clusters."""
        if self.ids != other.ids:
            raise ValueError("measures stand beside each other for the same clusters alone")
        sums, counts = np.hstack([self.sums, other.sums]), np.hstack([self.counts, other.counts])
        return Aligned(self.ids, (*self.names, *other.names), sums, counts)

    def replicates(self, *, draws: int = DRAWS, seed: Seed = 0) -> dict[Hashable, Replicates | None]:
        """Each measure's ratio of sums and counts with its draws (see `replicates.resample`)."""
        return dict(zip(self.names, resample(self.sums, self.counts, draws=draws, seed=seed), strict=True))

    def p_values(
        self, other: "Aligned", *, draws: int = PERMUTATIONS, seed: Seed = 0
    ) -> dict[Hashable, float | None]:
        """Of each measure: p of the difference between the clusters' means here and in `other`."""
        found = permutation_ps(self.means_or_nan(), other.means_or_nan(), draws=draws, seed=seed)
        return dict(zip(self.names, found, strict=True))

    def means_or_nan(self) -> Floats:
        """The clusters' means (rows x measures); nan where a row says nothing."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = self.sums / self.counts
        return np.where(self.counts > 0, found, np.nan)

    def chosen(self, names: Sequence[Hashable]) -> "Aligned":
        """Some measures alone."""
        places = [self.names.index(name) for name in names]
        return Aligned(self.ids, tuple(names), self.sums[:, places], self.counts[:, places])


def aligned(ids: Sequence[Hashable], columns: Mapping[Hashable, Sequence[Pair]]) -> Aligned:
    """From each measure's sums and counts, a pair a row, in the order of `ids`."""
    pairs = np.array([list(column) for column in columns.values()], dtype=np.float64)
    pairs = pairs.reshape(len(columns), len(ids), 2)
    return Aligned(tuple(ids), tuple(columns), pairs[:, :, 0].T.copy(), pairs[:, :, 1].T.copy())


def aligned_cells(
    ids: Sequence[Hashable], names: Sequence[Hashable], cells: Iterable[tuple[int, Hashable, float, float]]
) -> Aligned:
    """The same from single cells: row, measure, sum and count. What is not given is 0, and says nothing."""
    places = {name: place for place, name in enumerate(names)}
    flat = (value for row, name, top, bottom in cells for value in (row, places[name], top, bottom))
    values = np.fromiter(flat, dtype=np.float64).reshape(-1, 4)
    at = values[:, 0].astype(np.intp), values[:, 1].astype(np.intp)
    sums, counts = (np.zeros((len(ids), len(names))) for _ in range(2))
    sums[at], counts[at] = values[:, 2], values[:, 3]
    return Aligned(tuple(ids), tuple(names), sums, counts)
