"""How right a method is against a reference: precision, recall, F1 and confusion."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.statistics.bootstrap import DRAWS, cluster_sums, percentile_interval, resampled
from analysis.statistics.intervals import LEVEL, Estimate, Interval, wilson


@dataclass(frozen=True, slots=True)
class Counts:
    """Statements by what the reference says and what the method found."""

    both: int
    """True positives."""
    found_only: int
    """False positives."""
    missed: int
    """False negatives."""
    neither: int
    """True negatives."""

    @property
    def n(self) -> int:
        """All statements compared."""
        return self.both + self.found_only + self.missed + self.neither

    def precision(self, level: float = LEVEL) -> Estimate | None:
        """Of what was found, the share that is right, with Wilson's interval; None: nothing was found."""
        return wilson(self.both, self.both + self.found_only, level=level)

    def recall(self, level: float = LEVEL) -> Estimate | None:
        """Of what there is, the share that was found, with Wilson's interval; None: there is nothing."""
        return wilson(self.both, self.both + self.missed, level=level)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both (van Rijsbergen 1979, ch. 7); None: nothing is there or was found."""
        below = 2 * self.both + self.found_only + self.missed
        return 2 * self.both / below if below else None


def counts_of(pairs: Iterable[tuple[bool, bool]]) -> Counts:
    """Counts of (what the reference says, what was found)."""
    listed = list(pairs)
    return Counts(
        both=listed.count((True, True)),
        found_only=listed.count((False, True)),
        missed=listed.count((True, False)),
        neither=listed.count((False, False)),
    )


def f1_interval(
    pairs: Sequence[tuple[bool, bool]],
    clusters: Sequence[Hashable] | None = None,
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = 0,
) -> Interval | None:
    """Percentile bootstrap interval of F1, clusters (such as authors) drawn as a whole.

    None below two clusters, and where most resamples hold nothing of the kind.
    """
    rows = np.array([(t and f, t != f) for t, f in pairs], dtype=np.float64).reshape(-1, 2)
    sums = cluster_sums(rows, clusters)
    if len(sums) < 2:
        return None
    both, wrong = resampled(sums, draws=draws, seed=seed).T
    with np.errstate(invalid="ignore"):
        return percentile_interval(2 * both / (2 * both + wrong), level)


def confusion_of(pairs: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
    """How often each (value by the reference, value found) stands together, by value."""
    found: dict[tuple[str, str], int] = {}
    for pair in pairs:
        found[pair] = found.get(pair, 0) + 1
    return dict(sorted(found.items()))
