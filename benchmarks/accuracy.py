"""How right a method is: macro-F1 with its interval, confusion, calibration."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean, stdev

LABELS = ("negative", "neutral", "positive")
BINS = 10
ROUNDS = 400


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer beside what a coder said."""

    gold: int
    given: int
    confidence: float
    fold: int
    is_single: bool = True

    @property
    def is_right(self) -> bool:
        return self.gold == self.given


def macro_f1(items: Sequence[Judged]) -> float:
    """Mean F1 of the three labels."""
    both = Counter((item.gold, item.given) for item in items)
    gold = Counter(item.gold for item in items)
    given = Counter(item.given for item in items)
    return mean(2 * both[i, i] / max(gold[i] + given[i], 1) for i in range(len(LABELS)))


def interval(
    items: Sequence[Judged], figure: Callable[[Sequence[Judged]], float] = macro_f1
) -> tuple[float, float]:
    """95 % bootstrap interval over items, the same in every run."""
    draw = random.Random(1)
    values = sorted(figure(draw.choices(items, k=len(items))) for _ in range(ROUNDS))
    return values[int(0.025 * ROUNDS)], values[int(0.975 * ROUNDS)]


def surer_half(items: Sequence[Judged]) -> list[Judged]:
    """The half that the method is surer of; ties by lot."""
    mixed = list(items)
    random.Random(2).shuffle(mixed)
    return sorted(mixed, key=lambda item: -item.confidence)[: max(len(mixed) // 2, 1)]


def reliability(items: Sequence[Judged]) -> list[tuple[int, float, float]]:
    """(n, mean confidence, share right) of each of ten equal bins that holds any."""
    bins: list[list[Judged]] = [[] for _ in range(BINS)]
    for item in items:
        bins[min(int(item.confidence * BINS), BINS - 1)].append(item)
    return [
        (len(part), mean(item.confidence for item in part), mean(item.is_right for item in part))
        for part in bins
        if part
    ]


def calibration_error(items: Sequence[Judged]) -> float:
    """Expected calibration error: how far confidence lies from the share right, over ten equal bins."""
    return sum(n * abs(sure - right) for n, sure, right in reliability(items)) / len(items)


def by_fold(items: Sequence[Judged]) -> tuple[float, float]:
    """Mean and standard deviation of macro-F1 over the folds."""
    folds = sorted({item.fold for item in items})
    values = [macro_f1([item for item in items if item.fold == fold]) for fold in folds]
    return mean(values), stdev(values) if len(values) > 1 else 0.0


def report(name: str, items: Sequence[Judged]) -> str:
    """A line of figures."""
    low, high = interval(items)
    folds, spread = by_fold(items)
    return (
        f"{name}: n {len(items)}, macro-F1 {macro_f1(items):.3f} [{low:.3f}, {high:.3f}],"
        f" folds {folds:.3f} (sd {spread:.3f}), surer half {macro_f1(surer_half(items)):.3f},"
        f" calibration error {calibration_error(items):.3f}"
    )


def confusion(items: Sequence[Judged]) -> str:
    """A table in Markdown: coded down, given across."""
    both = Counter((item.gold, item.given) for item in items)
    rows = [f"| coded | {' | '.join(LABELS)} |", "|---|--:|--:|--:|"]
    rows += [
        f"| {label} | {' | '.join(f'{both[i, j]:,}' for j in range(len(LABELS)))} |"
        for i, label in enumerate(LABELS)
    ]
    return "\n".join(rows)


def diagram(items: Sequence[Judged]) -> str:
    """The reliability diagram as a table in Markdown."""
    rows = ["| n | mean confidence | share right |", "|--:|--:|--:|"]
    rows += [f"| {n:,} | {sure:.2f} | {right:.2f} |" for n, sure, right in reliability(items)]
    return "\n".join(rows)
