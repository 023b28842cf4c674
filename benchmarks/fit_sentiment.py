"""Fits the thresholds and the confidence of `vader` and `vader-target`; reports macro-F1 over five folds.

    python benchmarks/fit_sentiment.py NEWSMTSC_TRAIN.jsonl CARDIFF_MPS.csv

Prints the sections of analysis/sentiment/tables/weights.toml. Identical sentences stay in one fold.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import exp
from pathlib import Path
from statistics import mean, stdev

import accuracy
import labelled
from accuracy import Judged

from analysis.contract import Span
from analysis.sentiment import vader
from analysis.sentiment.scope import SentenceReader
from analysis.sentiment.tables import weights
from analysis.sentiment.tone import Tone
from analysis.sentiment.toward import tone_toward
from analysis.sentiment.whole import tone_of_text
from analysis.sentiment.words import masked
from analysis.text import normalise

FOLDS = 5
RIDGE = 2.0
LABELS = range(3)
"""Places in `labelled.LABELS`."""
LOWER = (-0.4, -0.3, -0.25, -0.2, -0.15, -0.1, -0.07, -0.05, -0.03, -0.01)
UPPER = (0.01, 0.03, 0.05, 0.07, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4)
Limits = tuple[float, float]
Coefficients = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Item:
    """One hand-coded text or target, read."""

    fold: int
    gold: int
    tone: Tone
    is_single: bool = True


def read_spans(path: Path) -> Iterator[Item]:
    """Every target of a NewsMTSC file."""
    for item in labelled.read_targets(path, labelled.with_names_shown):
        text = item.text.text
        span = Span(*text.from_original(*item.span))
        tone = tone_toward(SentenceReader(masked(text.text, [])), span)
        yield Item(_fold(text.original), item.label, tone, item.is_single)


def read_posts(path: Path, tone_of: Callable[[str], Tone]) -> Iterator[Item]:
    """Every labelled post of a Cardiff file."""
    for post in labelled.read_posts(path, labelled.with_names_shown):
        text = post.text.text.original
        yield Item(_fold(text), post.label, tone_of(text))


def _fold(text: str) -> int:
    return labelled.hash_of(text) % FOLDS


def target_tone(text: str) -> Tone:
    """The tone of a whole text by the rules."""
    return tone_of_text(SentenceReader(masked(normalise(text).text, [])))


def plain_tone(text: str) -> Tone:
    """The tone of a whole text by plain VADER."""
    return Tone(vader.compound(text), 0.0)


def label_of(tone: Tone, limits: Limits) -> int:
    """The label under given thresholds."""
    return 1 + (tone.score >= limits[1]) - (tone.score <= limits[0])


def scored(items: Sequence[Item], limits: Limits) -> float:
    """Macro-F1 of items under given thresholds."""
    return accuracy.macro_f1([Judged(item.gold, label_of(item.tone, limits), 0.0, 0) for item in items])


def fitted_limits(items: Sequence[Item]) -> Limits:
    """The thresholds of best macro-F1 on a grid."""
    return max(product(LOWER, UPPER), key=lambda limits: scored(items, limits))


def cross_validated(items: Sequence[Item]) -> list[float]:
    """Macro-F1 of each fold under the thresholds fitted on the others."""
    folds = range(FOLDS)
    return [
        scored(
            [item for item in items if item.fold == fold],
            fitted_limits([item for item in items if item.fold != fold]),
        )
        for fold in folds
    ]


def _features(tone: Tone) -> Coefficients:
    return 1.0, abs(tone.score), tone.conflict, float(tone.is_speaker)


def _logistic(features: Coefficients, fitted: Coefficients) -> float:
    """The curve of analysis.sentiment.calibration."""
    return 1 / (1 + exp(-sum(a * x for a, x in zip(fitted, features, strict=True))))


def fitted_confidence(items: Sequence[Item], limits: Limits, label: int) -> Coefficients:
    """Logistic regression of 'this label is right', by Newton's method with a small ridge."""
    mine = [
        (_features(item.tone), item.gold == label) for item in items if label_of(item.tone, limits) == label
    ]
    fitted = (0.0, 0.0, 0.0, 0.0)
    for _ in range(12):
        slope = [-RIDGE * a for a in fitted]
        curve = [[RIDGE * (i == k) for k in range(4)] for i in range(4)]
        for x, is_right in mine:
            p = _logistic(x, fitted)
            for i in range(4):
                slope[i] += (is_right - p) * x[i]
                for k in range(4):
                    curve[i][k] += p * (1 - p) * x[i] * x[k]
        a, b, c, d = (old + step for old, step in zip(fitted, _solved(curve, slope), strict=True))
        fitted = (a, b, c, d)
    return fitted


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gauss-Jordan elimination; the ridge keeps every pivot above zero."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i, pivot in enumerate(rows):
        pivot[:] = [value / pivot[i] for value in pivot]
        for row in rows:
            if row is not pivot:
                row[:] = [value - row[i] * top for value, top in zip(row, pivot, strict=True)]
    return [row[-1] for row in rows]


def calibration_error(items: Sequence[Item], limits: Limits) -> float:
    """Expected calibration error in ten equal bins, each fold judged by curves fitted on the others."""
    judged: list[Judged] = []
    for fold in range(FOLDS):
        rest = [item for item in items if item.fold != fold]
        curves = {label: fitted_confidence(rest, limits, label) for label in LABELS}
        for item in items:
            if item.fold == fold:
                given = label_of(item.tone, limits)
                sure = _logistic(_features(item.tone), curves[given])
                judged.append(Judged(item.gold, given, sure, fold))
    return accuracy.calibration_error(judged)


def report(name: str, items: Sequence[Item], limits: Limits) -> None:
    """Print what was measured, and the curves in the form of weights.toml."""
    folds = cross_validated(items)
    print(f"# {name}: n {len(items)}, five folds {mean(folds):.3f} (sd {stdev(folds):.3f})", end=" ")
    print(f"{min(folds):.3f}..{max(folds):.3f}; best limits {fitted_limits(items)}; at {limits}", end=" ")
    print(f"{scored(items, limits):.3f}; calibration error {calibration_error(items, limits):.3f}")
    for is_single in (True, False):
        part = [item for item in items if item.is_single == is_single]
        if 0 < len(part) < len(items):
            folds = cross_validated(part)
            print(f"#   {'single' if is_single else 'several'}: {scored(part, limits):.3f}", end=" ")
            print(f"(own limits, five folds {mean(folds):.3f}, sd {stdev(folds):.3f})")
    for label in LABELS:
        curve = fitted_confidence(items, limits, label)
        print(f'["confidence {name} {labelled.LABELS[label]}"]')
        for key, value in zip(("base", "strength", "conflict", "speaker"), curve, strict=True):
            print(f"{key} = {value:.2f}")
        print()


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("spans", type=Path)
    parser.add_argument("posts", type=Path)
    args = parser.parse_args()
    for name, items in (
        ("toward", list(read_spans(args.spans))),
        ("whole", list(read_posts(args.posts, target_tone))),
        ("vader", list(read_posts(args.posts, plain_tone))),
    ):
        limits = weights(name)
        report(name, items, (limits["negative"], limits["positive"]))


if __name__ == "__main__":
    main()
