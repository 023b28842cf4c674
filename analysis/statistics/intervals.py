"""Intervals for shares, and for sums and ratios of estimates that have intervals."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import copysign, inf, sqrt
from statistics import NormalDist
from typing import NamedTuple

LEVEL = 0.95
"""How often an interval should hold the truth, where nothing else is said."""


class Interval(NamedTuple):
    """Two ends, both included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and its interval."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> "Estimate":
        """The estimate of so many times the number; a negative factor turns the interval round."""
        ends = sorted((self.low * factor, self.high * factor))
        return Estimate(self.value * factor, *ends)

    def within(self, low: float, high: float) -> "Estimate":
        """The same, where the number is known to lie between two others."""
        return Estimate(
            *(min(max(one, low), high) for one in (self.value, self.low, self.high)),
        )


def wilson(
    successes: float, trials: float, *, level: float = LEVEL, population: float | None = None
) -> Estimate | None:
    """A share with Wilson's score interval (Wilson 1927, JASA 22:209); None without trials.

    `population`: how many the trials were drawn from without replacement: the trials count for more by
    the finite population correction (N - 1)/(N - n), as in Cochran 1977 (Sampling Techniques, 3.2); a
    share of all of them is exact.
    """
    if trials <= 0:
        return None
    share = successes / trials
    if population is not None:
        if trials >= population:
            return Estimate(share, share, share)
        trials *= (population - 1) / (population - trials)
    return score_limits(share, trials, normal_for(level))


def normal_for(level: float) -> float:
    """By how many standard errors a normal interval of this level reaches to either side."""
    return NormalDist().inv_cdf((1 + level) / 2)


def score_limits(share: float, trials: float, quantile: float) -> Estimate:
    """Wilson's limits of a share of so many trials, so many standard errors to either side."""
    squared = quantile**2
    middle = (share + squared / (2 * trials)) / (1 + squared / trials)
    half = sqrt(squared / trials * (share * (1 - share) + squared / (4 * trials))) / (1 + squared / trials)
    low = 0.0 if share == 0 else max(0.0, middle - half)
    high = 1.0 if share == 1 else min(1.0, middle + half)
    return Estimate(share, low, high)


def total(parts: Iterable[Estimate]) -> Estimate:
    """The sum of independent estimates (MOVER; Zou, Huang & Zhang 2009, Comput. Stat. Data Anal. 53:1080).

    Each side is the root of the squared distances of the parts' limits: an error that was seen nowhere
    still widens the interval by what may have been missed, which a normal interval would not.
    """
    listed = list(parts)
    value = sum(part.value for part in listed)
    below = sqrt(sum((part.value - part.low) ** 2 for part in listed))
    above = sqrt(sum((part.high - part.value) ** 2 for part in listed))
    return Estimate(value, value - below, value + above)


def difference(first: Estimate, second: Estimate, correlation: float) -> Estimate:
    """First minus second, where both come from the same statements (Newcombe 1998, Stat. Med. 17:2635,
    method 10): `correlation` is that of the two estimates."""
    value = first.value - second.value
    a, b = first.value - first.low, second.high - second.value
    c, d = first.high - first.value, second.value - second.low
    below = sqrt(max(0.0, a * a - 2 * correlation * a * b + b * b))
    above = sqrt(max(0.0, c * c - 2 * correlation * c * d + d * d))
    return Estimate(value, value - below, value + above)


def fraction(part: Estimate, rest: Estimate) -> Estimate | None:
    """The share of `part` in `part` and `rest`; None where both are 0.

    The interval is that of their ratio (MOVER-R; Donner & Zou 2012, Stat. Methods Med. Res. 21:347),
    turned into a share. Neither can be negative.
    """
    if part.value <= 0 and rest.value <= 0:
        return None
    if part.value <= 0:
        low, high = _ratio_limits(part, rest)
        return Estimate(0.0, low / (1 + low), _as_share(high))
    low, high = _ratio_limits(rest, part)
    value = part.value / (part.value + rest.value)
    return Estimate(value, 1 - _as_share(high), 1 / (1 + low))


def ratio(first: Estimate, second: Estimate) -> Estimate | None:
    """First divided by second, of independent estimates that cannot be negative (MOVER-R, as in `fraction`).

    None where the second is 0. The upper limit is infinite where the second may be 0.
    """
    if second.value <= 0:
        return None
    return Estimate(first.value / second.value, *_ratio_limits(first, second))


def _as_share(ratio: float) -> float:
    return 1.0 if ratio == inf else ratio / (1 + ratio)


def _ratio_limits(top: Estimate, bottom: Estimate) -> Interval:
    """Limits of top / bottom, both at least 0, `bottom.value` above 0."""
    product = top.value * bottom.value
    low = _ratio_limit(product, max(0.0, top.low), top.value, bottom.high, bottom.value, -1)
    high = _ratio_limit(product, top.high, top.value, max(0.0, bottom.low), bottom.value, +1)
    return Interval(max(0.0, low), high)


def _ratio_limit(product: float, t: float, top: float, b: float, bottom: float, side: int) -> float:
    """One limit: t of the top and b of the bottom are the limits that lie on its side."""
    if b == 0:
        return inf
    if t == 0:
        return 0.0
    below = b * (2 * bottom - b)
    if abs(below) < 1e-300:  # b is twice the bottom: the limit of the formula there
        return t * (2 * top - t) / (2 * product) if product else inf
    root = sqrt(max(0.0, product * product - t * b * (2 * top - t) * (2 * bottom - b)))
    return (product + copysign(root, side)) / below
