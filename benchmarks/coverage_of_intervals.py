"""How often intervals over candidates hold the truth: clusters of unequal size, few and many, alike and not.

    python benchmarks/coverage_of_intervals.py [--trials 1000] [--only mean]

Sizes are Pareto-distributed (shape 1.2: most candidates post a few times, some hundreds of times, at most
1,000). `alike` is the intra-cluster correlation. Prints the tables of docs/statistics.md.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from analysis.statistics import Clusters, Estimate, median, permutation_p, pooled_mean, share, sign_flip_p
from analysis.statistics.bootstrap import percentile_interval
from analysis.statistics.replicates import Replicates, difference_of, interval, log_interval, resample

Floats = NDArray[np.float64]
Truth = float

LEVELS = (0.90, 0.95)
COUNTS = (6, 12, 30, 100)
ALIKE = (0.0, 0.2, 0.6)
DRAWS = 1_000
MOST_POSTS = 1_000
PARETO = 1.2
RARE = 0.1
OFTEN = 0.3
HARDLY_EVER = 0.02
A_DAY = 0.5


def sizes(count: int, chance: np.random.Generator) -> Floats:
    """How many statements each candidate made."""
    found: Floats = np.ceil(np.minimum(4 * chance.pareto(PARETO, count) + 0.01, MOST_POSTS))
    return found


def scores(count: int, alike: float, chance: np.random.Generator, *, skewed: bool) -> Clusters:
    """Sums of statements' scores with mean 0 and variance 1, normal or exponential."""
    made = sizes(count, chance)
    if skewed:
        own, rest = chance.exponential(1, count) - 1, chance.gamma(made, 1) - made
    else:
        own, rest = chance.normal(size=count), np.sqrt(made) * chance.normal(size=count)
    return Clusters(made * own * np.sqrt(alike) + rest * np.sqrt(1 - alike), made)


def kinds(count: int, alike: float, chance: np.random.Generator, probability: float) -> Clusters:
    """Statements of a kind, by candidates who use it more or less often (beta-binomial)."""
    made = sizes(count, chance)
    own: Floats = np.full(count, probability)
    if alike:
        spread = (1 - alike) / alike
        own = chance.beta(probability * spread, (1 - probability) * spread, count)
    return Clusters(chance.binomial(made.astype(int), own).astype(np.float64), made)


def days(count: int, spread: float, chance: np.random.Generator) -> Clusters:
    """Statements in 42 days or part of them, by candidates whose rates are log-normal."""
    covered = np.where(chance.random(count) < 0.8, 42.0, chance.uniform(2, 42, count))
    rates = A_DAY * np.exp(spread * chance.normal(size=count) - spread**2 / 2)
    return Clusters(chance.poisson(rates * covered).astype(np.float64), covered)


def replicates(clusters: Clusters, seed: int) -> Replicates | None:
    """Draws of the ratio of sums and counts."""
    return resample(clusters.sums[:, None], clusters.counts[:, None], draws=DRAWS, seed=seed)[0]


def percentile(drawn: Replicates | None, level: float) -> Estimate | None:
    """The interval that does not studentise, for comparison."""
    found = percentile_interval(drawn.values, level) if drawn else None
    return Estimate(drawn.value, *found) if drawn and found else None


Trial = tuple[Truth, Callable[[float], Estimate | None]]
Figure = Callable[[int, float, np.random.Generator], Trial]


def _mean(skewed: bool) -> Figure:
    def trial(count: int, alike: float, chance: np.random.Generator) -> Trial:
        drawn = replicates(scores(count, alike, chance, skewed=skewed).each_once(), _seed(chance))
        return 0.0, lambda level: interval(drawn, level=level)

    return trial


def _percentile(count: int, alike: float, chance: np.random.Generator) -> Trial:
    drawn = replicates(scores(count, alike, chance, skewed=True).each_once(), _seed(chance))
    return 0.0, lambda level: percentile(drawn, level)


def _pooled(count: int, alike: float, chance: np.random.Generator) -> Trial:
    clusters = scores(count, alike, chance, skewed=True)
    return 0.0, lambda level: pooled_mean(clusters, level=level)


def _pooled_percentile(count: int, alike: float, chance: np.random.Generator) -> Trial:
    drawn = replicates(scores(count, alike, chance, skewed=True), _seed(chance))
    return 0.0, lambda level: percentile(drawn, level)


def _difference(count: int, alike: float, chance: np.random.Generator) -> Trial:
    """Of skewed scores, the second group twice as large."""
    pair = [
        replicates(scores(number, alike, chance, skewed=True).each_once(), _seed(chance))
        for number in (count, 2 * count)
    ]
    return 0.0, lambda level: difference_of(pair[0], pair[1], level=level)


def _change(count: int, alike: float, chance: np.random.Generator) -> Trial:
    """The same candidates twice: half of what makes them differ stays."""
    first, second, stays = (scores(count, alike, chance, skewed=True).means for _ in range(3))
    moved = (second + stays) - (first + stays)
    drawn = replicates(Clusters(moved, np.ones(count)), _seed(chance))
    return 0.0, lambda level: interval(drawn, level=level)


def _median(count: int, alike: float, chance: np.random.Generator) -> Trial:
    clusters, seed = scores(count, alike, chance, skewed=False), _seed(chance)
    return 0.0, lambda level: median(clusters, level=level, draws=DRAWS, seed=seed)


def _share(probability: float) -> Figure:
    def trial(count: int, alike: float, chance: np.random.Generator) -> Trial:
        clusters = kinds(count, alike, chance, probability)
        return probability, lambda level: share(clusters, level=level)

    return trial


def _rate(count: int, spread: float, chance: np.random.Generator) -> Trial:
    drawn = replicates(days(count, spread, chance), _seed(chance))
    return A_DAY, lambda level: log_interval(drawn, level=level)


def _seed(chance: np.random.Generator) -> int:
    return int(chance.integers(2**31))


FIGURES: Mapping[str, tuple[Figure, tuple[float, ...]]] = {
    "mean, normal": (_mean(skewed=False), ALIKE),
    "mean, skewed": (_mean(skewed=True), ALIKE),
    "mean, skewed: percentile": (_percentile, ALIKE),
    "difference, skewed": (_difference, ALIKE),
    "change, skewed": (_change, ALIKE),
    "median, normal": (_median, ALIKE),
    "share of 30 %": (_share(OFTEN), ALIKE),
    "share of 10 %": (_share(RARE), ALIKE),
    "share of 2 %": (_share(HARDLY_EVER), ALIKE),
    "rate": (_rate, (0.5, 1.0, 1.5)),
    "over posts, skewed": (_pooled, ALIKE),
    "over posts, skewed: percentile": (_pooled_percentile, ALIKE),
}
"""Name -> how one trial is made, and how alike a candidate's statements are (a rate: the spread of
logarithms)."""


def coverage(
    name: str, count: int, alike: float, *, trials: int, levels: tuple[float, ...] = LEVELS, seed: int = 1
) -> dict[float, float]:
    """Level -> how often the interval held the truth. A trial without an interval counts for none."""
    figure, _ = FIGURES[name]
    chance = np.random.default_rng((seed, count, round(alike * 10)))
    held: dict[float, list[bool]] = {level: [] for level in levels}
    for _ in range(trials):
        truth, found = figure(count, alike, chance)
        for level in levels:
            estimate = found(level)
            if estimate is not None:
                held[level].append(estimate.low <= truth <= estimate.high)
    return {level: float(np.mean(some)) for level, some in held.items()}


def false_alarms(count: int, alike: float, *, trials: int, seed: int = 2) -> tuple[float, float]:
    """How often p is at most 0.05 without a difference: between groups that vary differently, and within."""
    chance = np.random.default_rng((seed, count, round(alike * 10)))
    between, within = [], []
    for _ in range(trials):
        one = scores(count, alike, chance, skewed=True).means
        other = 2 * scores(2 * count, alike, chance, skewed=True).means
        start = _seed(chance)
        between.append((permutation_p(one, other, draws=399, seed=start) or 1.0) <= 0.05)
        moved = scores(count, alike, chance, skewed=True).means - one
        within.append((sign_flip_p(moved, draws=399, seed=start) or 1.0) <= 0.05)
    return float(np.mean(between)), float(np.mean(within))


def lines(trials: int, only: str) -> Iterator[str]:
    """The tables in Markdown."""
    yield "| figure | alike | " + " | ".join(f"{count} candidates" for count in COUNTS) + " |"
    yield "|---|--:|" + "--:|" * len(COUNTS)
    for name, (_, alikes) in FIGURES.items():
        if only in name:
            for alike in alikes:
                cells = [coverage(name, count, alike, trials=trials) for count in COUNTS]
                shown = (" / ".join(f"{100 * cell[level]:.1f}" for level in LEVELS) for cell in cells)
                yield f"| {name} | {alike} | " + " | ".join(shown) + " |"
    if only:
        return
    yield ""
    yield "| p at most 0.05 | alike | " + " | ".join(f"{one} and {2 * one}" for one in COUNTS) + " |"
    yield "|---|--:|" + "--:|" * len(COUNTS)
    found = {alike: [false_alarms(count, alike, trials=trials) for count in COUNTS] for alike in ALIKE}
    for number, what in enumerate(("between groups", "changes of the first")):
        for alike, cells_of in found.items():
            yield f"| {what} | {alike} | " + " | ".join(f"{100 * one[number]:.1f}" for one in cells_of) + " |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--trials", type=int, default=1_000)
    parser.add_argument("--only", default="", help="figures with this in their name")
    given = parser.parse_args()
    for line in lines(given.trials, given.only):
        print(line, flush=True)


if __name__ == "__main__":
    main()
