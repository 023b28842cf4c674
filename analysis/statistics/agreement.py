"""How far coders agree beyond chance: Krippendorff's alpha for any number of coders, and Cohen's kappa.

A unit is the values that its coders gave; None where one gave none. Who gave which makes no difference.
"""

from collections.abc import Hashable, Sequence
from typing import Literal

import numpy as np

from analysis.statistics.bootstrap import DRAWS, Floats, cluster_sums, percentile_interval, resampled
from analysis.statistics.intervals import LEVEL, Interval

Value = str | int | float
Unit = Sequence[Value | None]
Metric = Literal["nominal", "ordinal", "interval"]


def alpha(units: Sequence[Unit], metric: Metric = "nominal") -> float | None:
    """Krippendorff's alpha: 1 minus observed by expected disagreement; None where nothing varies.

    After Krippendorff 2011, Computing Krippendorff's Alpha-Reliability (and Content Analysis, 2004,
    ch. 11). Units with fewer than two values do not count. For `ordinal` and `interval` values are
    numbers; ordinal ones need only be in order.
    """
    values, pairs = _pairs(units)
    if not values:
        return None
    found = float(_alphas(pairs.sum(axis=0, keepdims=True), values, metric)[0])
    return None if np.isnan(found) else found


def alpha_interval(
    units: Sequence[Unit],
    metric: Metric = "nominal",
    *,
    clusters: Sequence[Hashable] | None = None,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = 0,
) -> Interval | None:
    """Percentile bootstrap interval of alpha over units (Zapf et al. 2016, BMC Med. Res. Methodol. 16:93).

    `clusters`: a cluster a unit, such as its author: units of one are drawn together. Resamples without
    variation have no alpha and are left out; None where that is every second one, and below two clusters.
    """
    values, pairs = _pairs(units)
    pairable = [sum(one is not None for one in unit) >= 2 for unit in units]
    kept = None if clusters is None else [one for one, does in zip(clusters, pairable, strict=True) if does]
    sums = cluster_sums(pairs, kept)
    if len(sums) < 2:
        return None
    return percentile_interval(_alphas(resampled(sums, draws=draws, seed=seed), values, metric), level)


def observed_agreement(units: Sequence[Unit]) -> float | None:
    """The share of pairs of coders that gave the same value; of two coders: per cent agreement / 100.

    A unit with m values counts m times, as in alpha. None without a unit that two coded.
    """
    values, pairs = _pairs(units)
    if not values:
        return None
    matrix = pairs.sum(axis=0).reshape(len(values), len(values))
    return float(np.trace(matrix) / matrix.sum())


def cohen_kappa(pairs: Sequence[tuple[Value, Value]]) -> float | None:
    """Cohen's kappa of two coders (Cohen 1960, Educ. Psychol. Meas. 20:37); None where nothing varies."""
    if not pairs:
        return None
    values = sorted({value for pair in pairs for value in pair}, key=str)
    numbers = {value: number for number, value in enumerate(values)}
    table = np.zeros((len(values), len(values)))
    for one, other in pairs:
        table[numbers[one], numbers[other]] += 1
    table /= len(pairs)
    expected = float(table.sum(axis=1) @ table.sum(axis=0))
    return None if expected == 1 else (float(np.trace(table)) - expected) / (1 - expected)


def _pairs(units: Sequence[Unit]) -> tuple[list[Value], Floats]:
    """The values in order, and of each pairable unit its coincidences (units x values²).

    A unit of m values adds the ordered pairs of them, each 1 / (m - 1).
    """
    given = [[value for value in unit if value is not None] for unit in units]
    given = [unit for unit in given if len(unit) >= 2]
    values = _ordered({value for unit in given for value in unit})
    numbers = {value: number for number, value in enumerate(values)}
    counts = np.zeros((len(given), len(values)))
    for row, unit in enumerate(given):
        for value in unit:
            counts[row, numbers[value]] += 1
    sizes = counts.sum(axis=1)[:, None, None]
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(len(values))
    return values, (pairs / (sizes - 1)).reshape(len(given), len(values) ** 2)


def _ordered(values: set[Value]) -> list[Value]:
    numbers = [value for value in values if not isinstance(value, str)]
    words = [value for value in values if isinstance(value, str)]
    return [*sorted(numbers), *sorted(words)]


def _alphas(pairs: Floats, values: Sequence[Value], metric: Metric) -> Floats:
    """Alpha of each row of coincidences (rows x values²); nan where expected disagreement is 0."""
    size = len(values)
    matrices = pairs.reshape(-1, size, size)
    margins = matrices.sum(axis=2)
    distances = _distances(margins, values, metric)
    observed = (matrices * distances).sum(axis=(1, 2))
    expected = (margins[:, :, None] * margins[:, None, :] * distances).sum(axis=(1, 2))
    varies = (margins > 0).sum(axis=1) > 1
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = 1 - (margins.sum(axis=1) - 1) * observed / expected
    return np.where(varies, found, np.nan)


def _distances(margins: Floats, values: Sequence[Value], metric: Metric) -> Floats:
    """Squared distances of values (rows x values x values, or one for all rows)."""
    if metric == "nominal":
        return 1 - np.eye(len(values))[None]
    if metric == "interval":
        line = np.array([float(value) for value in values])
        squared: Floats = (line[:, None] - line[None, :])[None] ** 2
        return squared
    # Ordinal: all values between two, and half of each of the two themselves.
    upto = margins.cumsum(axis=1) - margins / 2
    ranks: Floats = (upto[:, :, None] - upto[:, None, :]) ** 2
    return ranks
