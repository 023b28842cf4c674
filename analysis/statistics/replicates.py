"""Many ratios of sums at once, resampled by clusters, and the studentised intervals that follow.

A mean over candidates is such a ratio (of their means and of ones), a rate is one (of events and of
days). All columns of one sample share their draws, so that a whole table costs about what one figure does.
"""

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from analysis.statistics.bootstrap import DRAWS, Floats, Seed, percentile_interval, resampled
from analysis.statistics.intervals import LEVEL, Estimate

FEW = 100
"""Clusters in a column below which it has draws of its own.

In shared draws the number of clusters that say something in a column varies; among many that is nothing.
"""

NOTHING = 1e-12
"""A standard error is none below this part of the values: what is left of equal numbers by rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """One ratio, its standard error over clusters, and both again in each draw."""

    value: float
    error: float
    n: int
    """Clusters behind it."""
    values: Floats
    errors: Floats

    @property
    def has_spread(self) -> bool:
        """Whether an interval can be told: there are two clusters that differ."""
        return self.n >= 2 and self.error > 0


def resample(
    tops: Floats, bottoms: Floats, *, draws: int = DRAWS, seed: Seed = 0
) -> tuple[Replicates | None, ...]:
    """Of each column the ratio of the sums of `tops` and `bottoms` (both clusters x columns).

    A cluster with a bottom of 0 says nothing in that column. None: no cluster does. The standard error is
    that of a ratio by linearisation (Cochran 1977, Sampling Techniques, 6.4), with n / (n - 1).
    """
    tops = np.where(bottoms > 0, tops, 0.0)
    present = (bottoms > 0).sum(axis=0)
    found: list[Replicates | None] = [None] * tops.shape[1]
    many = [column for column, count in enumerate(present) if count >= FEW]
    if many:
        shared = _resampled(tops[:, many], bottoms[:, many], draws, seed)
        for column, one in zip(many, shared, strict=True):
            found[column] = one
    for column, count in enumerate(present):
        if 0 < count < FEW:
            here = bottoms[:, column] > 0
            top, bottom = (side[here, column][:, None] for side in (tops, bottoms))
            found[column] = _resampled(top, bottom, draws, seed)[0]
    return tuple(found)


def _resampled(tops: Floats, bottoms: Floats, draws: int, seed: Seed) -> list[Replicates]:
    """As above. Ratios are taken from their own middle, which keeps small spreads exact."""
    middles = tops.sum(axis=0) / bottoms.sum(axis=0)
    rests = tops - middles * bottoms
    moments = np.hstack([rests, bottoms, rests**2, rests * bottoms, bottoms**2])
    counts = (bottoms > 0).sum(axis=0)
    scale = np.abs(tops).sum(axis=0) / bottoms.sum(axis=0)
    _, errors = _ratios(moments.sum(axis=0)[None, :], counts)
    drawn, drawn_errors = _ratios(resampled(moments, draws=draws, seed=seed), counts)
    return [
        Replicates(
            value=float(middles[k]),
            error=float(errors[0, k]) if errors[0, k] > NOTHING * scale[k] else 0.0,
            n=int(counts[k]),
            values=middles[k] + drawn[:, k],
            errors=drawn_errors[:, k],
        )
        for k in range(len(middles))
    ]


def _ratios(moments: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Ratios and their standard errors from sums of a, b, aa, ab, bb (draws x 5 blocks of columns)."""
    a, b, aa, ab, bb = np.hsplit(moments, 5)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios: Floats = a / b
        squares = np.maximum(aa - 2 * ratios * ab + ratios**2 * bb, 0) * (counts / (counts - 1))
        errors: Floats = np.sqrt(squares) / b
    return ratios, errors


def interval(one: Replicates | None, *, level: float = LEVEL) -> Estimate | None:
    """The studentised interval, or bootstrap-t (Efron & Tibshirani 1993, 12.5; Hall 1988, Ann. Stat. 16:927).

    None for fewer than two clusters, or where all of them are alike.
    """
    if one is None or not one.has_spread:
        return None
    return _studentised(one.value, one.error, one.values, one.errors, level)


def log_interval(one: Replicates | None, *, level: float = LEVEL) -> Estimate | None:
    """The same on the scale of logarithms, for what is above 0: rates. None also for a value of 0."""
    if one is None or not one.has_spread or one.value <= 0:
        return None
    values, errors = _logs(one)
    return _exp(_studentised(log(one.value), one.error / one.value, values, errors, level))


def difference_of(
    first: Replicates | None, second: Replicates | None, *, level: float = LEVEL
) -> Estimate | None:
    """First minus second, of two samples whose draws have different seeds, studentised as by Welch.

    None where one of them has fewer than two clusters, or neither varies.
    """
    if not _comparable(first, second):
        return None
    assert first is not None
    assert second is not None
    return _studentised(
        first.value - second.value,
        sqrt(first.error**2 + second.error**2),
        first.values - second.values,
        np.sqrt(first.errors**2 + second.errors**2),
        level,
    )


def ratio_of(first: Replicates | None, second: Replicates | None, *, level: float = LEVEL) -> Estimate | None:
    """First divided by second, on the scale of logarithms; None as above, or where one is not above 0."""
    if not _comparable(first, second):
        return None
    assert first is not None
    assert second is not None
    if first.value <= 0 or second.value <= 0:
        return None
    (tops, top_errors), (bottoms, bottom_errors) = _logs(first), _logs(second)
    error = sqrt((first.error / first.value) ** 2 + (second.error / second.value) ** 2)
    values, errors = tops - bottoms, np.sqrt(top_errors**2 + bottom_errors**2)
    return _exp(_studentised(log(first.value / second.value), error, values, errors, level))


def _comparable(first: Replicates | None, second: Replicates | None) -> bool:
    if first is None or second is None or min(first.n, second.n) < 2:
        return False
    return first.error > 0 or second.error > 0


def _logs(one: Replicates) -> tuple[Floats, Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(one.values), one.errors / one.values


def _exp(estimate: Estimate | None) -> Estimate | None:
    if estimate is None:
        return None
    return Estimate(*(exp(min(one, 700.0)) for one in (estimate.value, estimate.low, estimate.high)))


def _studentised(value: float, error: float, values: Floats, errors: Floats, level: float) -> Estimate | None:
    with np.errstate(divide="ignore", invalid="ignore"):
        distances = (values - value) / errors
    found = percentile_interval(np.where(np.isfinite(distances), distances, np.nan), level)
    if found is None:
        return None
    below, above = found
    # With very few clusters the middle of the draws may lie to one side: the value stays inside.
    low, high = min(value, value - above * error), max(value, value - below * error)
    return Estimate(value, low, high)
