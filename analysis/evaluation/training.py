"""Trains a layer over the rules of kinds on a user's own codes, and keeps what is better on unseen ones."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from analysis.contract import KindName
from analysis.evaluation.codes import CodedStatement
from analysis.evaluation.examples import Example, groups_of, read_examples
from analysis.evaluation.fitting import Bench, TrainingRefused, folds_of
from analysis.evaluation.verdicts import Short, Verdict, figures_of, lacking
from analysis.kinds.layer.model import Head, read_layer, written
from analysis.kinds.layer.telling import VOICES
from analysis.kinds.layer.traits import KINDS
from analysis.reader import FindsKinds, Reader
from analysis.statistics import LEVEL, counts_of, f1_interval
from analysis.statistics.paired import f1_difference
from db.batches import batches
from db.models import HandCode


@dataclass(frozen=True, slots=True)
class Plan:
    """How a layer is trained."""

    folds: int = 5
    min_positive: int = 20
    """Statements of a kind that must be coded, and as many that are coded as not of it."""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of one training."""

    read: int
    """Coded statements that could be read."""
    unread: int
    """Coded statements in other languages, or without text."""
    verdicts: tuple[Verdict, ...]
    short: tuple[Short, ...]
    content: bytes | None
    """The file; None where no kind is better."""


def train(
    coded: Iterable[CodedStatement],
    reader_with: Callable[[FindsKinds], Reader],
    plan: Plan,
    *,
    about: Mapping[str, object],
    progress: Callable[[int, int], None] | None = None,
) -> Trained:
    """Train a head for each kind with enough codes, and put into a file those that are better.

    `reader_with` makes the reader that reads the statements, `about` is what the file says of its origin.
    The same codes and plan give the same bytes. Raises TrainingRefused where no kind has enough codes.
    """
    examples, unread = read_examples(coded, reader_with)
    groups = groups_of(examples)
    ready, short = _with_enough(examples, groups, plan)
    if not ready:
        raise TrainingRefused(f"nothing to train: {'; '.join(lacking(short))}")
    bench = Bench([one.traits for one in examples], groups)
    verdicts, heads = [], []
    for number, kind in enumerate(ready):
        if progress:
            progress(number, len(ready))
        verdict = judged(bench, examples, groups, kind, plan)
        verdicts.append(verdict)
        if verdict.is_better:
            heads.append(bench.head(kind, _coded(examples, kind), plan.seed))
    content = written(heads, _about(about, plan, examples, verdicts)) if heads else None
    return Trained(len(examples), unread, tuple(verdicts), tuple(short), content)


def judged(
    bench: Bench, examples: Sequence[Example], groups: Sequence[int], kind: KindName, plan: Plan
) -> Verdict:
    """The rules alone and with a layer, on folds that the layer was not trained on.

    Each fold's layer is written, read and asked as the one in a file is; setting, curve and threshold are
    chosen within its training folds.
    """
    coded = _coded(examples, kind)
    clusters = [groups[row] for row in coded]
    truth = list(coded.values())
    folds = dict(zip(coded, folds_of(clusters, truth, plan.folds, plan.seed), strict=True))
    by_layer: dict[int, bool] = {}
    for fold in range(plan.folds):
        head = bench.head(kind, {row: coded[row] for row in coded if folds[row] != fold}, plan.seed)
        by_layer |= _answers(head, {row: examples[row] for row in coded if folds[row] == fold})
    rules = [kind in examples[row].found for row in coded]
    layer = [by_layer[row] for row in coded]
    return Verdict(
        kind=kind,
        n=len(coded),
        positive=sum(truth),
        authors=len(set(clusters)),
        rules=counts_of(zip(truth, rules, strict=True)),
        rules_f1=f1_interval(list(zip(truth, rules, strict=True)), clusters, seed=plan.seed),
        layer=counts_of(zip(truth, layer, strict=True)),
        layer_f1=f1_interval(list(zip(truth, layer, strict=True)), clusters, seed=plan.seed),
        gain=f1_difference(truth, rules, layer, clusters, seed=plan.seed),
    )


def _answers(head: Head, examples: Mapping[int, Example]) -> dict[int, bool]:
    layer = read_layer(written([head], VOICES), "a fold")
    threshold = layer.thresholds[head.kind]
    return {row: layer.chances(one.traits)[head.kind] >= threshold for row, one in examples.items()}


def _coded(examples: Sequence[Example], kind: KindName) -> dict[int, bool]:
    """Number of each statement of which coders said whether it is of a kind -> whether it is."""
    return {row: kind in one.kinds for row, one in enumerate(examples) if kind in one.judged}


def _with_enough(
    examples: Sequence[Example], groups: Sequence[int], plan: Plan
) -> tuple[list[KindName], list[Short]]:
    """Kinds of which enough is coded, and the others of which something is, with what they lack."""
    ready: list[KindName] = []
    short: list[Short] = []
    for kind in KINDS:
        coded = _coded(examples, kind)
        positive, authors = sum(coded.values()), len({groups[row] for row in coded})
        if min(positive, len(coded) - positive) >= plan.min_positive and authors >= plan.folds:
            ready.append(kind)
        else:
            lacks = (positive, len(coded) - positive, authors)
            short.append(Short(kind, *lacks, wanted=plan.min_positive, authors_wanted=plan.folds))
    return ready, short


def newest_code(session: Session, coded: Sequence[CodedStatement]) -> str | None:
    """The day (UTC) of the newest code of these statements, such as 2024-07-05."""
    days = [
        session.exec(
            select(func.max(HandCode.coded_at)).where(
                col(HandCode.statement_id).in_([one.statement_id for one in some])
            )
        ).one()
        for some in batches(coded)
    ]
    return max((day.date().isoformat() for day in days if day), default=None)


def _about(
    origin: Mapping[str, object], plan: Plan, examples: Sequence[Example], verdicts: Sequence[Verdict]
) -> dict[str, object]:
    """What a file says of itself."""
    return {
        **origin,
        **VOICES,
        "statements": len(examples),
        "authors": len({one.author for one in examples}),
        "coded": dict(Counter(kind for one in examples for kind in sorted(one.kinds))),
        "folds": plan.folds,
        "seed": plan.seed,
        "level": LEVEL,
        "figures": {one.kind: figures_of(one) for one in verdicts},
    }
