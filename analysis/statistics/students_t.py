"""Quantiles of Student's t, which the standard library does not have."""

from functools import lru_cache
from math import exp, lgamma, log
from statistics import NormalDist

LARGE = 1e4
"""Degrees of freedom from which the expansion round the normal quantile is exact to 1e-11."""

STEPS = 200
"""Halvings and terms at most; both end far earlier."""


def t_quantile(probability: float, freedom: float) -> float:
    """The value below which Student's t lies with this probability. Freedom: above 0, may be a fraction.

    The distribution is an incomplete beta function (Abramowitz & Stegun 1964, 26.7.1), turned round by
    halving; infinite freedom is the normal one. Raises ValueError for what is no
    probability or no degrees of freedom.
    """
    if not 0 < probability < 1 or not freedom > 0:
        raise ValueError(f"no quantile of t at {probability} with {freedom} degrees of freedom")
    if freedom >= LARGE:
        return _near_normal(NormalDist().inv_cdf(probability), freedom)
    if probability < 0.5:
        return -t_quantile(1 - probability, freedom)
    low, high = 0.0, 1.0
    while _is_too_low(high, probability, freedom):
        low, high = high, 2 * high
    for _ in range(STEPS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if _is_too_low(middle, probability, freedom) else (low, middle)
    return (low + high) / 2


def _near_normal(z: float, freedom: float) -> float:
    """Abramowitz & Stegun 1964, 26.7.5."""
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def _is_too_low(value: float, probability: float, freedom: float) -> bool:
    """Whether t lies below a value less often than that: by its middle part, or by its tail, as is exact."""
    squared = value * value
    if probability < 0.75:
        return _incomplete_beta(squared / (freedom + squared), 0.5, freedom / 2) / 2 < probability - 0.5
    return _incomplete_beta(freedom / (freedom + squared), freedom / 2, 0.5) / 2 > 1 - probability


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function (Abramowitz & Stegun 1964, 26.5.8, 26.5.2)."""
    if x <= 0 or x >= 1:
        return min(max(x, 0.0), 1.0)
    before = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    if x < (a + 1) / (a + b + 2):
        return before * _continued(x, a, b) / a
    return 1 - before * _continued(1 - x, b, a) / b


def _continued(x: float, a: float, b: float) -> float:
    """The continued fraction of the beta function, by Lentz's method (1976, Appl. Opt. 15:668)."""
    tiny = 1e-300
    top, bottom = 1.0, 1 / (1 - (a + b) * x / (a + 1) or tiny)
    whole = bottom
    for m in range(1, STEPS * 100):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            bottom = 1 / (1 + term * bottom or tiny)
            top = 1 + term / top or tiny
            whole *= top * bottom
        if abs(top * bottom - 1) < 1e-15:
            break
    return whole


@lru_cache(maxsize=4096)
def t_for(level: float, freedom: float) -> float:
    """By how many standard errors an interval of this level reaches to either side."""
    return t_quantile((1 + level) / 2, freedom)
