"""Fits what a layer learns of one kind: a regularised logistic regression, its curve and its threshold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.contract import KindName
from analysis.kinds.layer.model import Head
from analysis.kinds.layer.traits import BUCKETS, NUMBERS, Traits
from db.errors import Refusal

INNER_FOLDS = 4
AUTHORS = 2
"""Groups of statements in which a word must stand to be learned: what one author alone says is the author."""
BIAS_SCALE = 3.0
"""How freely the intercept may move: liblinear holds it back, too."""
CURVE_STRENGTH = 1.0
THRESHOLDS = tuple(round(0.1 + 0.05 * step, 2) for step in range(15))
"""Calibrated probabilities that are tried as thresholds: 0.1 to 0.8."""

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]


class TrainingRefused(Refusal):
    """No layer can be trained; the message says what is missing."""


class Setting(NamedTuple):
    """How far a regression may follow the data, and how much words may say beside what the rules say."""

    strength: float
    words: float


SETTINGS = tuple(Setting(strength, words) for strength in (0.3, 1.0, 3.0) for words in (0.1, 0.3, 1.0))
"""What is tried; of equals the first."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A fitted regression, in the units of `Traits`."""

    bias: float
    numbers: Floats
    words: Floats
    """Of each word or pair that some statement holds."""


class _Tried(NamedTuple):
    """One setting on the inner folds: its curve, and the log odds of each row by that curve."""

    setting: Setting
    base: float
    slope: float
    odds: Floats


@dataclass(frozen=True, slots=True)
class _Part:
    """Some rows with the words that can be learned from them."""

    numbers: Floats
    known: Places
    """Columns of the words."""
    grams: Any
    """(rows, known), sparse."""
    wanted: Flags


class Bench:
    """Statements as rows of numbers, and the group of each. Raises TrainingRefused without scikit-learn."""

    def __init__(
        self, traits: Sequence[Traits], groups: Sequence[int], settings: Sequence[Setting] = SETTINGS
    ) -> None:
        self._sparse, self._regression = _libraries()
        self._settings = settings
        self._groups = np.array(groups, np.intp)
        self._numbers: Floats = np.array([one.numbers for one in traits], np.float64)
        rows = np.repeat(np.arange(len(traits)), [len(one.grams) for one in traits])
        buckets = np.array([bucket for one in traits for bucket in one.grams], np.intp)
        self._buckets, columns = np.unique(buckets, return_inverse=True)
        shape = (len(traits), len(self._buckets))
        self._grams = self._sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)

    def head(self, kind: KindName, coded: Mapping[int, bool], seed: int) -> Head:
        """What can be learned from these rows: number of a row -> whether it is of the kind.

        The setting with the least log loss is chosen on inner folds by group, and the curve and the
        threshold (the best F1, smoothed over its neighbours) are fitted to what was held out there.
        """
        rows, wanted = np.array(list(coded), np.intp), np.array(list(coded.values()), np.bool_)
        tried = [self._tried(*pair, wanted) for pair in self._held_out(rows, wanted, seed).items()]
        best = min(tried, key=lambda one: _log_loss(one.odds, wanted))
        weights = self._fitted(self._part(rows, wanted), best.setting)
        threshold = best_threshold(_share(best.odds), wanted)
        table = np.zeros(BUCKETS)
        table[self._buckets] = weights.words
        return Head(
            kind=kind,
            bias=weights.bias,
            numbers=weights.numbers,
            table=table,
            base=best.base,
            slope=best.slope,
            threshold=threshold,
            floor=threshold,
        )

    def _tried(self, setting: Setting, odds: Floats, wanted: Flags) -> _Tried:
        base, slope = self._curve(odds, wanted)
        return _Tried(setting, base, slope, base + slope * odds)

    def _held_out(self, rows: Places, wanted: Flags, seed: int) -> dict[Setting, Floats]:
        """By each setting: the log odds of each row by what was fitted on the other inner folds."""
        folds = np.array(folds_of(self._groups[rows].tolist(), wanted.tolist(), INNER_FOLDS, seed))
        odds = {setting: np.zeros(len(rows)) for setting in self._settings}
        for fold in range(INNER_FOLDS):
            mine = folds == fold
            part = self._part(rows[~mine], wanted[~mine])
            for setting in self._settings:
                weights = self._fitted(part, setting)
                words = self._grams[rows[mine]] @ weights.words
                odds[setting][mine] = weights.bias + self._numbers[rows[mine]] @ weights.numbers + words
        return odds

    def _part(self, rows: Places, wanted: Flags) -> _Part:
        groups = np.unique(self._groups[rows], return_inverse=True)[1]
        of_group = self._sparse.csr_matrix((np.ones(len(rows)), (groups, np.arange(len(rows)))))
        met = np.asarray(((of_group @ self._grams[rows]) > 0).sum(axis=0)).ravel()
        known = np.flatnonzero(met >= AUTHORS)
        return _Part(self._numbers[rows], known, self._grams[rows][:, known], wanted)

    def _fitted(self, part: _Part, setting: Setting) -> Weights:
        words = np.zeros(len(self._buckets))
        if len(set(part.wanted.tolist())) < 2:
            share = (part.wanted.sum() + 0.5) / (len(part.wanted) + 1)
            return Weights(float(np.log(share / (1 - share))), np.zeros(len(NUMBERS)), words)
        told = self._sparse.hstack([part.numbers, part.grams * setting.words]).tocsr()
        regression = self._regression(
            C=setting.strength, solver="liblinear", intercept_scaling=BIAS_SCALE, max_iter=1000
        )
        regression.fit(told, part.wanted)
        weights = regression.coef_[0]
        words[part.known] = weights[len(NUMBERS) :] * setting.words
        return Weights(float(regression.intercept_[0]), weights[: len(NUMBERS)], words)

    def _curve(self, odds: Floats, wanted: Flags) -> tuple[float, float]:
        """How often a statement is of the kind, by its log odds (Platt 1999): base and slope."""
        if len(set(wanted.tolist())) < 2:
            return 0.0, 1.0
        line = self._regression(C=CURVE_STRENGTH, solver="liblinear", intercept_scaling=BIAS_SCALE)
        line.fit(odds[:, None], wanted)
        return float(line.intercept_[0]), max(float(line.coef_[0, 0]), 0.0)


def folds_of(groups: Sequence[int], wanted: Sequence[bool], count: int, seed: int) -> list[int]:
    """The fold of each row. No group is parted; each fold gets about as much of the kind, and as many rows.

    The groups with most of the kind are dealt out first, each to the fold with least of it; then those
    without any, each to the smallest fold. Of equals chance decides.
    """
    names, numbers = np.unique(groups, return_inverse=True)
    of_kind = np.bincount(numbers, weights=wanted, minlength=len(names))
    sizes = np.bincount(numbers, minlength=len(names))
    shuffled = np.random.default_rng(seed).permutation(len(names))
    order = sorted(shuffled.tolist(), key=lambda group: (-of_kind[group], -sizes[group]))
    held = np.zeros((2, count))
    fold_of_group = np.zeros(len(names), np.intp)
    for group in order:
        of_it, rows = held
        first, second = (of_it, rows) if of_kind[group] else (rows, of_it)
        fold = int(np.lexsort((second, first))[0])
        held[:, fold] += of_kind[group], sizes[group]
        fold_of_group[group] = fold
    found: list[int] = fold_of_group[numbers].tolist()
    return found


def best_threshold(chances: Floats, wanted: Flags) -> float:
    """The threshold with the best F1, taken together with its neighbours; of equals the one nearest 0.5."""
    figures = np.array([_f1(chances >= threshold, wanted) for threshold in THRESHOLDS])
    padded = np.concatenate([figures[:1], figures, figures[-1:]])
    smooth = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
    return min(
        zip(THRESHOLDS, smooth, strict=True), key=lambda pair: (-round(pair[1], 2), abs(pair[0] - 0.5))
    )[0]


def _f1(found: Flags, wanted: Flags) -> float:
    below = int(found.sum()) + int(wanted.sum())
    return 2 * int((found & wanted).sum()) / below if below else 0.0


def _share(odds: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-np.clip(odds, -50, 50)))
    return found


def _log_loss(odds: Floats, wanted: Flags) -> float:
    """Rounded: what differs in the last digits only must not decide."""
    signed = np.where(wanted, odds, -odds)
    return round(float(np.logaddexp(0, -signed).mean()), 6)


def _libraries() -> tuple[Any, Any]:
    try:
        from scipy import sparse
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise TrainingRefused(
            f"training needs scikit-learn ({error.name} is not installed): pip install 'hustings[train]'"
        ) from error
    return sparse, LogisticRegression
