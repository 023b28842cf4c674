"""Trains the model of the scorer `linear`, and reports what it reaches over five folds.

    python benchmarks/fit_linear.py NEWSMTSC_TRAIN.jsonl CARDIFF.csv hutto_ICWSM_2014.tar.gz --out MODEL.npz

The third file holds VADER's own ground truth (MIT; in the source release of vaderSentiment on PyPI, under
additional_resources/): its texts give word vectors and valences. Targets of one article and of identical
sentences stay in one fold. Every fold's model is written, read and asked as the shipped one is.
Needs scikit-learn and SciPy (`pip install --group train`).
"""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import accuracy
import labelled
import linear_file
import numpy as np
import reliability
import word_vectors
from accuracy import Judged
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from analysis.contract import Span
from analysis.sentiment.linear.answering import answer
from analysis.sentiment.linear.induced import induced_evidence
from analysis.sentiment.linear.model import LABELS, Model, read_model
from analysis.sentiment.linear.traits import ZONES, Traits, traits_of_text, traits_toward
from analysis.sentiment.linear.view import seen
from analysis.sentiment.words import Word

FOLDS = 5
COMMON = 3
"""Times that a word must stand in small letters to count as an ordinary one."""
RAREST = 2
"""Targets in which a feature must be to be known."""
STRENGTH = 0.03
"""C of the regression toward targets: how far it may follow the data."""
STRENGTH_WHOLE = 0.2
ZONE_SCALE, TEXT_SCALE, INDUCED_SCALE = 0.1, 0.1, 0.5
"""How much the word vectors and valences may say, beside features that are there or not."""
PART_VALUES = {"c": 0.5, "cf": 0.3}
"""How much a part of a word may say, beside a word."""
KEPT = 80_000
"""Features by name in the file."""
CURVE_STRENGTH = 1.0

Floats = NDArray[np.float64]


class TooFewLabels(ValueError):
    """A label is missing where one fold is left out."""


@dataclass(frozen=True, slots=True)
class Case:
    """A target or a text: what a model is told, and what coders said."""

    traits: Traits
    label: int
    fold: int
    is_single: bool = True


@dataclass(frozen=True, slots=True)
class Lexis:
    """What is known of words before any label is looked at."""

    common: frozenset[str]
    vectors: Mapping[str, Floats]
    valences: Mapping[str, float]

    @property
    def dimensions(self) -> int:
        """Of the vectors."""
        return len(next(iter(self.vectors.values())))


@dataclass(frozen=True, slots=True)
class Layer:
    """A fitted layer, before it is made small."""

    grams: Mapping[str, Floats]
    """Name -> (3,)"""
    evidence: Mapping[str, Floats]
    zones: Mapping[str, Floats]
    """Zone -> (dimensions, 3)"""
    bias: Floats


def lexis_of(
    texts: Sequence[labelled.Text], rated: Sequence[tuple[str, float]], preparer: labelled.Preparer
) -> Lexis:
    """Common words, vectors and valences."""
    small = Counter(
        word.key
        for text in texts
        for words in _sentences(text)
        for word in words
        if not word.is_name and word.surface.islower()
    )
    common = frozenset(word for word, n in small.items() if n >= COMMON)
    ratings = [(_documents(preparer.prepared(text), common), rating) for text, rating in rated]
    documents = [_documents(text, common) for text in texts]
    return Lexis(
        common=common,
        vectors=word_vectors.vectors_of([*documents, *(document for document, _ in ratings)]),
        valences=word_vectors.valences_of(ratings),
    )


def _sentences(text: labelled.Text) -> list[Sequence[Word]]:
    return [sentence.words for sentence in text.opened().sentences]


def _documents(text: labelled.Text, common: frozenset[str]) -> list[str]:
    return [word.text for words in _sentences(text) for word in seen(words, common.__contains__)]


def evidence_of(case: Case, lexis: Lexis) -> dict[str, float]:
    """What the rules see, and the induced valences, as the scorer will add them."""
    known = {
        zone: [lexis.valences.get(word.text, 0.0) for word in words if word.text in lexis.vectors]
        for zone, words in case.traits.zones.items()
    }
    return {**case.traits.evidence, **induced_evidence(known)}


def zone_sums(case: Case, lexis: Lexis, zone: str) -> Floats:
    """(dimensions,): the vectors of a zone's words, added up and divided by the root of their number."""
    found = [lexis.vectors[word.text] for word in case.traits.zones[zone] if word.text in lexis.vectors]
    if not found:
        return np.zeros(lexis.dimensions)
    total: Floats = np.sum(found, axis=0) / np.sqrt(len(found))
    return total


def fitted(cases: Sequence[Case], lexis: Lexis, *, strength: float, scale: float, is_balanced: bool) -> Layer:
    """A logistic regression over named features, evidence and zones."""
    labels = np.array([case.label for case in cases])
    grams, gram_names, gram_scales = _gram_matrix(cases, labels)
    evidence, evidence_names, evidence_scales = _evidence_matrix(cases, lexis)
    zones, zone_means, zone_scales = _zone_matrix(cases, lexis, scale)
    regression = LogisticRegression(
        C=strength, max_iter=400, tol=1e-3, class_weight="balanced" if is_balanced else None
    )
    regression.fit(sparse.hstack([grams, evidence, sparse.csr_matrix(zones)]).tocsr(), labels)
    weights = regression.coef_.T - regression.coef_.mean(axis=0)[:, None]
    first, second = len(gram_names), len(gram_names) + len(evidence_names)
    by_zone = weights[second:] * zone_scales[:, None]
    bias = regression.intercept_ - regression.intercept_.mean() - zone_means @ by_zone
    size = lexis.dimensions
    return Layer(
        grams=dict(zip(gram_names, weights[:first] * gram_scales[:, None], strict=True)),
        evidence=dict(zip(evidence_names, weights[first:second] * evidence_scales[:, None], strict=True)),
        zones={zone: by_zone[i * size : (i + 1) * size] for i, zone in enumerate(cases[0].traits.zones)},
        bias=bias,
    )


def _gram_matrix(cases: Sequence[Case], labels: Floats) -> tuple[Any, list[str], Floats]:
    """Features by name, each scaled by how differently it falls on the labels (Wang and Manning 2012)."""
    counts = Counter(name for case in cases for name in case.traits.grams)
    names = sorted(name for name, n in counts.items() if n >= RAREST)
    columns = {name: i for i, name in enumerate(names)}
    places = [
        (row, columns[name])
        for row, case in enumerate(cases)
        for name in case.traits.grams
        if name in columns
    ]
    if not places:
        return sparse.csr_matrix((len(cases), 0)), [], np.zeros(0)
    rows, cols = zip(*places, strict=True)
    matrix = sparse.csr_matrix((np.ones(len(places)), (rows, cols)), shape=(len(cases), len(names)))
    scales = _contrast(matrix, labels)
    scales *= np.array([PART_VALUES.get(name.split(" ", 1)[0], 1.0) for name in names])
    return matrix @ sparse.diags(scales), names, scales


def _contrast(matrix: Any, labels: Floats) -> Floats:
    """The largest log ratio of a feature's share in one label and in the others."""
    scales = np.zeros(matrix.shape[1])
    for label in range(len(LABELS)):
        here = np.asarray(matrix[labels == label].sum(axis=0)).ravel() + 1
        there = np.asarray(matrix[labels != label].sum(axis=0)).ravel() + 1
        scales = np.maximum(scales, np.abs(np.log((here / here.sum()) / (there / there.sum()))))
    return scales


def _evidence_matrix(cases: Sequence[Case], lexis: Lexis) -> tuple[Any, list[str], Floats]:
    rows = [evidence_of(case, lexis) for case in cases]
    counts = Counter(name for row in rows for name, value in row.items() if value)
    names = sorted(name for name, n in counts.items() if n > RAREST)
    table = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    scales = np.array(
        [
            INDUCED_SCALE / (table[:, i].std() + 1e-9) if name.startswith("induced") else 1.0
            for i, name in enumerate(names)
        ]
    )
    return sparse.csr_matrix(table * scales), names, scales


def _zone_matrix(cases: Sequence[Case], lexis: Lexis, scale: float) -> tuple[Floats, Floats, Floats]:
    table = np.array(
        [np.concatenate([zone_sums(case, lexis, zone) for zone in case.traits.zones]) for case in cases]
    )
    means, scales = table.mean(axis=0), scale / (table.std(axis=0) + 1e-9)
    return (table - means) * scales, means, scales


def model_of(
    toward: Sequence[Case],
    whole: Sequence[Case],
    lexis: Lexis,
    curves: linear_file.Curves,
    origin: Mapping[str, object],
) -> bytes:
    """The file of a model that is trained on these cases."""
    layer = fitted(toward, lexis, strength=STRENGTH, scale=ZONE_SCALE, is_balanced=False)
    text = fitted(whole, lexis, strength=STRENGTH_WHOLE, scale=TEXT_SCALE, is_balanced=True)
    grams = sorted(layer.grams, key=lambda name: -float(np.abs(layer.grams[name]).max()))[:KEPT]
    zones = {**layer.zones, **text.zones}
    words = sorted(lexis.vectors)
    vectors = np.stack(
        [np.stack([lexis.vectors[word] for word in words]) @ zones[zone] for zone in ZONES], axis=1
    )
    return linear_file.written(
        grams={name: layer.grams[name] for name in grams},
        words=words,
        common=[word in lexis.common for word in words],
        valences=[lexis.valences.get(word, 0.0) for word in words],
        vectors=vectors,
        toward=(layer.evidence, layer.bias),
        whole=(text.evidence, text.bias),
        curves=curves,
        origin=origin,
    )


def asked(model: Model, cases: Sequence[Case], *, is_whole: bool = False) -> list[tuple[Judged, float]]:
    """What a model answers to each case, and its trained probability of the answer."""
    found = []
    for case in cases:
        given = answer(model, case.traits, model.whole if is_whole else model.toward).verdict
        label = LABELS.index(given.label)
        judged = Judged(case.label, label, given.confidence, case.fold, case.is_single)
        found.append((judged, given.chances[label]))
    return found


def curve_of(answers: Sequence[tuple[Judged, float]]) -> linear_file.CurveNumbers:
    """How often an answer is right, by its log odds: a regression a label (Platt 1999)."""
    base, slope = [], []
    for label in range(len(LABELS)):
        mine = [(judged, chance) for judged, chance in answers if judged.given == label]
        odds = np.array([[np.log(chance / (1 - min(chance, 1 - 1e-6)))] for _, chance in mine])
        right = [judged.is_right for judged, _ in mine]
        if len(set(right)) < 2:
            base.append(0.0)
            slope.append(1.0)
            continue
        line = LogisticRegression(C=CURVE_STRENGTH).fit(odds, right)
        base.append(float(line.intercept_[0]))
        slope.append(float(line.coef_[0, 0]))
    return {"base": base, "slope": slope}


def calibrated(answers: Sequence[tuple[Judged, float]]) -> list[Judged]:
    """Every answer with the confidence of curves that were fitted on the other folds."""
    found = []
    for fold in sorted({judged.fold for judged, _ in answers}):
        curve = linear_file.curve(curve_of([pair for pair in answers if pair[0].fold != fold]))
        for judged, chance in answers:
            if judged.fold == fold:
                sure = curve.confidence(judged.given, chance)
                found.append(Judged(judged.gold, judged.given, sure, fold, judged.is_single))
    return found


def cross_validated(
    toward: Sequence[Case], whole: Sequence[Case], lexis: Lexis
) -> tuple[list[tuple[Judged, float]], list[tuple[Judged, float]]]:
    """Answers to every case by the model of the other folds."""
    targets: list[tuple[Judged, float]] = []
    texts: list[tuple[Judged, float]] = []
    for fold in range(FOLDS):
        print(f"fold {fold + 1} of {FOLDS} ...", file=sys.stderr)
        content = model_of(
            [case for case in toward if case.fold != fold],
            [case for case in whole if case.fold != fold],
            lexis,
            linear_file.NO_CURVES,
            {},
        )
        model = read_model(content, f"fold {fold}", name=f"linear-fold-{fold}")
        targets += asked(model, [case for case in toward if case.fold == fold])
        texts += asked(model, [case for case in whole if case.fold == fold], is_whole=True)
    return targets, texts


def read_cases(
    targets: Sequence[labelled.CodedTarget], posts: Sequence[labelled.CodedPost], lexis: Lexis
) -> tuple[list[Case], list[Case]]:
    """What a model is told of every target and post."""
    folds = labelled.folds_of(targets, FOLDS)
    common = lexis.common.__contains__
    toward = [
        Case(
            traits_toward(item.text.opened(), Span(*item.text.text.from_original(*item.span)), common),
            item.label,
            fold,
            item.is_single,
        )
        for item, fold in zip(targets, folds, strict=True)
    ]
    whole = [
        Case(
            traits_of_text(post.text.opened(), common),
            post.label,
            labelled.hash_of(post.text.text.original) % FOLDS,
        )
        for post in posts
    ]
    return toward, whole


def read_all(target_file: Path, post_file: Path, rating_file: Path) -> tuple[list[Case], list[Case], Lexis]:
    """Targets, posts and words of three files, ready to be trained on.

    Raises OSError, TooLittleText, or TooFewLabels.
    """
    preparer = labelled.Preparer()
    targets = list(labelled.read_targets(target_file, preparer.prepared))
    posts = list(labelled.read_posts(post_file, preparer.prepared))
    found = [*(target.text for target in targets), *(post.text for post in posts)]
    texts = list({text.text.original: text for text in found}.values())
    lexis = lexis_of(texts, list(labelled.read_ratings(rating_file)), preparer)
    toward, whole = read_cases(targets, posts, lexis)
    for name, cases in (("targets", toward), ("posts", whole)):
        _check_labels(name, cases)
    return toward, whole, lexis


def _check_labels(name: str, cases: Sequence[Case]) -> None:
    """A regression over two labels would have no third column."""
    for fold in range(FOLDS):
        if len({case.label for case in cases if case.fold != fold}) < len(LABELS):
            raise TooFewLabels(f"too few {name}: every label must be in at least two of {FOLDS} folds")


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", type=Path)
    parser.add_argument("posts", type=Path)
    parser.add_argument("ratings", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--figure", type=Path, help="where to draw the reliability diagram (SVG)")
    args = parser.parse_args()
    try:
        toward, whole, lexis = read_all(args.targets, args.posts, args.ratings)
    except (OSError, word_vectors.TooLittleText, TooFewLabels) as error:
        parser.error(str(error))
    of_targets, of_posts = cross_validated(toward, whole, lexis)
    judged = {"toward targets": calibrated(of_targets), "whole posts": calibrated(of_posts)}
    report(*judged.values())
    if args.figure:
        args.figure.write_text(reliability.drawn("Reliability of linear", judged), encoding="utf-8")
    if args.out:
        curves = {"toward": curve_of(of_targets), "whole": curve_of(of_posts)}
        origin = linear_file.about_files(args.targets, args.posts, args.ratings)
        args.out.write_bytes(model_of(toward, whole, lexis, curves, origin))
        print(f"{args.out}: {args.out.stat().st_size:,} bytes")


def report(targets: Sequence[Judged], posts: Sequence[Judged]) -> None:
    """Print what was reached."""
    print(accuracy.report("targets", targets))
    print(accuracy.report("one target a sentence", [item for item in targets if item.is_single]))
    print(accuracy.report("several targets", [item for item in targets if not item.is_single]))
    print(accuracy.report("posts", posts))
    for name, items in (("targets", targets), ("posts", posts)):
        print(f"\n{name}\n\n{accuracy.confusion(items)}\n\n{accuracy.diagram(items)}")


if __name__ == "__main__":
    main()
