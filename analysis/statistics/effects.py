"""How large a difference is: effect sizes of candidates' figures and of plain counts, with intervals."""

from dataclasses import dataclass
from math import exp, lgamma, log, sqrt

import numpy as np

from analysis.statistics.bootstrap import Floats
from analysis.statistics.intervals import LEVEL, Estimate, difference, normal_for, wilson


def hedges_g(first: Floats, second: Floats, *, level: float = LEVEL) -> Estimate | None:
    """Standardised difference of means, first less second, without the bias of small samples.

    Values are candidates' means, one each. Hedges 1981 (J. Educ. Stat. 6:107) with the exact factor; the
    interval is the large-sample one (Hedges & Olkin 1985, ch. 5). None below two values, or where all are
    alike within both groups.
    """
    m, n = len(first), len(second)
    if min(m, n) < 2:
        return None
    freedom = m + n - 2
    spread = sqrt(((m - 1) * float(first.var(ddof=1)) + (n - 1) * float(second.var(ddof=1))) / freedom)
    if spread == 0:
        return None
    factor = exp(lgamma(freedom / 2) - lgamma((freedom - 1) / 2)) / sqrt(freedom / 2)
    value = factor * float(first.mean() - second.mean()) / spread
    half = normal_for(level) * sqrt((m + n) / (m * n) + value**2 / (2 * (m + n)))
    return Estimate(value, value - half, value + half)


def cliffs_delta(first: Floats, second: Floats, *, level: float = LEVEL) -> Estimate | None:
    """How much oftener a value of the first is above one of the second than below it, -1 to +1.

    Cliff 1993 (Psychol. Bull. 114:494): over all pairs; the interval is the asymmetric one of Feng & Cliff
    2004 (J. Mod. Appl. Stat. Methods 3:322), and Wilson's where no pair speaks against the rest. None
    below two values.
    """
    m, n = len(first), len(second)
    if min(m, n) < 2:
        return None
    rows, columns = _dominance(first, second), -_dominance(second, first)
    value = float(rows.mean())
    if abs(value) == 1:
        return _one_sided(value, min(m, n), level)
    across = m * n - _tied_pairs(first, second) - m * n * value**2
    variance = (
        n**2 * float(((rows - value) ** 2).sum()) + m**2 * float(((columns - value) ** 2).sum()) - across
    ) / (m * n * (m - 1) * (n - 1))
    variance = max(variance, (1 - value**2) / (m * n - 1))
    squared = normal_for(level) ** 2 * variance
    half = sqrt(squared) * sqrt((1 - value**2) ** 2 + squared)
    below = 1 - value**2 + squared
    ends = [max(-1.0, min(1.0, (value - value**3 + side * half) / below)) for side in (-1, 1)]
    return Estimate(value, *ends)


def superiority(delta: Estimate) -> Estimate:
    """Cliff's delta as a probability: that one of the first is above one of the second, ties halved.

    The common-language effect size (Vargha & Delaney 2000, J. Educ. Behav. Stat. 25:101).
    """
    return Estimate(*((1 + one) / 2 for one in (delta.value, delta.low, delta.high)))


@dataclass(frozen=True, slots=True)
class Part:
    """How many of how many are so."""

    some: int
    of: int

    def __post_init__(self) -> None:
        """Refuse more than all."""
        if not 0 <= self.some <= self.of:
            raise ValueError(f"{self.some} of {self.of} is no part")


def risk_difference(first: Part, second: Part, *, level: float = LEVEL) -> Estimate | None:
    """The share of one group less that of another, of independent cases such as candidacies.

    Newcombe's hybrid score interval (1998, Stat. Med. 17:873, method 10). None for an empty group.
    """
    shares = [wilson(one.some, one.of, level=level) for one in (first, second)]
    if shares[0] is None or shares[1] is None:
        return None
    return difference(shares[0], shares[1], 0.0)


def risk_ratio(first: Part, second: Part, *, level: float = LEVEL) -> Estimate | None:
    """The share of one group divided by that of another, of independent cases.

    The interval is normal on logarithms (Katz et al. 1978, Biometrics 34:469). None where a group is empty
    or none of it is so.
    """
    if not first.some or not second.some:
        return None
    value = first.some / first.of / (second.some / second.of)
    error = sqrt(sum(1 / one.some - 1 / one.of for one in (first, second)))
    half = normal_for(level) * error
    return Estimate(value, exp(log(value) - half), exp(log(value) + half))


def _dominance(values: Floats, others: Floats) -> Floats:
    """Of each value: the part of the others below it, less the part above it."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, values, side="left")
    above = len(ordered) - np.searchsorted(ordered, values, side="right")
    found: Floats = (below - above) / len(ordered)
    return found


def _tied_pairs(values: Floats, others: Floats) -> float:
    ordered = np.sort(others)
    upto = np.searchsorted(ordered, values, side="right")
    return float((upto - np.searchsorted(ordered, values, side="left")).sum())


def _one_sided(value: float, fewer: int, level: float) -> Estimate:
    """Every pair says the same: Wilson's limit of a share of 1, as a delta."""
    squared = normal_for(level) ** 2
    limit = (fewer - squared) / (fewer + squared)
    return Estimate(value, limit if value > 0 else -1.0, 1.0 if value > 0 else -limit)
