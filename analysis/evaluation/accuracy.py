"""How right each method is on this archive, against what people say of the same statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from analysis.contract import RESULT_KINDS, KindName
from analysis.evaluation.codes import MAJORITY, CodedStatement, coded_statements, sample_for
from analysis.evaluation.vocabulary import CONCESSION_STRENGTH, scope_code
from analysis.evaluation.weighing import answers_about, base_of, is_by_chance, strata_for
from analysis.statistics import (
    Counts,
    Estimate,
    confusion_of,
    counts_of,
    f1_interval,
    weighted_accuracy,
)
from db.batches import batches
from db.models import CodeSample, CodeSampleItem, HandCode, Kind, Reading, Statement
from db.words import SampleDesign

NOT_FOUND = "not found"
"""In a confusion: the method did not find the kind."""
NOT_SAID = "not said"
"""The method found the kind, but not this of it."""

NO_SAMPLE = (
    "not weighted: the coded statements were not drawn as one sample by chance, so the figures hold for them"
    " alone"
)
NOT_BY_CHANCE = (
    "not weighted: the sample holds the statements about which the method was least sure, so the figures"
    " hold for them alone"
)


@dataclass(frozen=True, slots=True)
class KindAccuracy:
    """How right one method is about one kind."""

    method: str
    """Of whole readings, with its version."""
    kind: KindName
    counts: Counts
    """Of the statements coded and read by the method, not weighted."""
    precision: Estimate | None
    """Of what was found, the share that is right; None where nothing was found."""
    recall: Estimate | None
    """Of what there is, the share that was found; None where there is nothing."""
    f1: Estimate | None
    weighted: bool
    """Whether every statement counts for as many as it stands for in the frame."""

    @property
    def n(self) -> int:
        """Statements compared."""
        return self.counts.n


@dataclass(frozen=True, slots=True)
class Confusion:
    """What was found of a detail (strength, scope) where coders say that the kind is there."""

    method: str
    code: str
    counts: Mapping[tuple[str, str], int]
    """(Said by the coders, found) -> statements."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How right one method is on this archive."""

    method: str
    reference: str
    sample: str | None
    """None: all hand-coded statements, however they were chosen."""
    design: str | None
    kinds: tuple[KindAccuracy, ...]
    """A row for every kind about which something is known."""
    confusions: tuple[Confusion, ...]
    unread: int
    """Coded statements that the method has not read in their present text, or cannot read."""
    notes: tuple[str, ...]
    """What a reader must know of the figures, a sentence each."""

    def of(self, kind: KindName) -> KindAccuracy | None:
        """The row of one kind; None where nothing is known about it."""
        return next((one for one in self.kinds if one.kind is kind), None)


def accuracy_of(
    session: Session,
    method: str,
    *,
    sample: str | None = None,
    reference: str = MAJORITY,
    seed: int = 0,
) -> Measured | None:
    """How right `method` (of whole readings) is, kind by kind; None where no hand code can tell.

    `sample` None: the sample drawn by chance of which most is coded, else all coded statements together.
    What people reviewed is not counted: the method is measured as it found. Intervals are Wilson's, and
    for F1 a bootstrap over authors; of stratified samples all figures are weighted
    (`statistics.weighted_accuracy`). Raises UnknownSample, and CodingRefused for an unknown coder.
    """
    name = sample if sample is not None else best_sample(session)
    drawn = sample_for(session, name) if name is not None else None
    coded = list(coded_statements(session, sample=name, reference=reference))
    if not coded:
        return None
    found = _found(session, method, [one.statement_id for one in coded])
    read = [one for one in coded if one.statement_id in found]
    kinds, notes = _kinds(session, method, drawn, read, found, seed)
    return Measured(
        method=method,
        reference=reference,
        sample=name,
        design=drawn.design if drawn else None,
        kinds=kinds,
        confusions=_confusions(method, read, found),
        unread=len(coded) - len(read),
        notes=notes,
    )


def best_sample(session: Session) -> str | None:
    """The sample drawn by chance of which most statements are coded; of equals the newest."""
    query = (
        select(CodeSample.name, CodeSample.design, func.count(func.distinct(HandCode.statement_id)))
        .join(CodeSampleItem, col(CodeSampleItem.sample_id) == col(CodeSample.id))
        .join(HandCode, col(HandCode.statement_id) == col(CodeSampleItem.statement_id))
        .group_by(col(CodeSample.id), CodeSample.name, CodeSample.design, col(CodeSample.drawn_at))
        .order_by(col(CodeSample.drawn_at).desc(), CodeSample.name)
    )
    found = [(count, name) for name, design, count in session.exec(query) if is_by_chance(design)]
    return max(found, key=lambda one: one[0])[1] if found else None


class Detail(NamedTuple):
    """What a method says of a kind beside that it is there."""

    strength: str | None
    scope: str | None


Details = Mapping[KindName, Detail]
"""Kind found -> what is said of it."""


def _found(session: Session, method: str, statements: Sequence[int]) -> dict[int, Details]:
    """Statement -> what the method found, of those that it has read and could; as found, not as reviewed."""
    found: defaultdict[int, dict[KindName, Detail]] = defaultdict(dict)
    for batch in batches(statements):
        readings = (
            select(Reading.statement_id, Kind.kind, Kind.strength, Kind.scope)
            .join(Statement, col(Statement.id) == col(Reading.statement_id))
            .outerjoin(Kind, col(Kind.reading_id) == col(Reading.id))
            .where(
                col(Reading.statement_id).in_(batch),
                Reading.method == method,
                Reading.text_sha256 == Statement.text_sha256,
                col(Reading.unscored).is_(None),
            )
            .order_by(col(Kind.confidence), col(Kind.id))  # the surest last: it is kept
        )
        for statement, kind, strength, scope in session.exec(readings):
            kinds = found[statement]
            if kind is not None:
                kinds[KindName(kind)] = Detail(strength, scope)
    return dict(found)


def _kinds(
    session: Session,
    method: str,
    drawn: CodeSample | None,
    read: Sequence[CodedStatement],
    found: Mapping[int, Details],
    seed: int,
) -> tuple[tuple[KindAccuracy, ...], tuple[str, ...]]:
    """A row a kind, and what must be said of them."""
    plain = {kind: _plain(method, kind, read, found, seed) for kind in _judged(read, found)}
    if drawn is None:
        return tuple(plain.values()), (NO_SAMPLE,)
    if not is_by_chance(drawn.design):
        return tuple(plain.values()), (NOT_BY_CHANCE,)
    if drawn.design == SampleDesign.RANDOM:
        return tuple(plain.values()), ()
    return _weighted(session, method, drawn, read, plain)


def _judged(read: Sequence[CodedStatement], found: Mapping[int, Details]) -> list[KindName]:
    """The kinds about which coders say something; `other`, which no rule gives, where the method has it."""
    has_other = any(KindName.OTHER in kinds for kinds in found.values())
    return [
        kind
        for kind in KindName
        if any(kind in one.judged for one in read) and (kind is not KindName.OTHER or has_other)
    ]


def _weighted(
    session: Session,
    method: str,
    drawn: CodeSample,
    read: Sequence[CodedStatement],
    plain: Mapping[KindName, KindAccuracy],
) -> tuple[tuple[KindAccuracy, ...], tuple[str, ...]]:
    """The rows by how many statements each coded one stands for, as far as that is known."""
    base = base_of(session, drawn, method)
    if base is None:
        return tuple(plain.values()), (
            f"not weighted: the readings by {drawn.method} by which the sample was drawn are gone",
        )
    notes = [f"weighted: a statement counts for as many as it stands for in its stratum ({drawn.design})"]
    in_frame = [one for one in read if one.statement_id in base.strata]
    rows = []
    for kind, row in plain.items():
        accuracy = weighted_accuracy(strata_for(base, answers_about(in_frame, kind), kind))
        if accuracy is None:
            notes.append(f"{kind} not weighted: of some strata nothing was coded")
            rows.append(row)
        else:
            right, there, both = accuracy.precision, accuracy.recall, accuracy.f1
            rows.append(replace(row, precision=right, recall=there, f1=both, weighted=True))
    return tuple(rows), tuple(filter(None, [*notes, base.note]))


def _plain(
    method: str, kind: KindName, read: Sequence[CodedStatement], found: Mapping[int, Details], seed: int
) -> KindAccuracy:
    about = [one for one in read if kind in one.judged]
    pairs = [(kind in one.kinds, kind in found[one.statement_id]) for one in about]
    counts = counts_of(pairs)
    f1 = _f1(pairs, [one.author for one in about], counts, seed)
    return KindAccuracy(method, kind, counts, counts.precision(), counts.recall(), f1, weighted=False)


def _f1(
    pairs: Sequence[tuple[bool, bool]], authors: Sequence[str], counts: Counts, seed: int
) -> Estimate | None:
    """F1 with the wider of two bootstrap intervals, over authors and over statements.

    Few authors give few different resamples: where all of a kind is by one of them, always the same.
    Without any interval nothing is known: 0 to 1.
    """
    if counts.f1 is None:
        return None
    found = [f1_interval(pairs, authors, seed=seed), f1_interval(pairs, seed=seed)]
    known = [one for one in found if one is not None]
    if not known:
        return Estimate(counts.f1, 0.0, 1.0)
    low, high = min(one.low for one in known), max(one.high for one in known)
    return Estimate(counts.f1, min(low, counts.f1), max(high, counts.f1))


def _confusions(
    method: str, read: Sequence[CodedStatement], found: Mapping[int, Details]
) -> tuple[Confusion, ...]:
    """Strength and scope, where coders decide them."""
    asked = [
        (CONCESSION_STRENGTH, KindName.CONCESSION, _strength),
        *((scope_code(kind), kind, _scope) for kind in RESULT_KINDS),
    ]
    confusions = []
    for code, kind, detail in asked:
        pairs = [
            (one.answers[code], detail(found[one.statement_id].get(kind)))
            for one in read
            if code in one.answers
        ]
        if pairs:
            confusions.append(Confusion(method, code, confusion_of(pairs)))
    return tuple(confusions)


def _strength(found: Detail | None) -> str:
    return NOT_FOUND if found is None else found.strength or NOT_SAID


def _scope(found: Detail | None) -> str:
    return NOT_FOUND if found is None else found.scope or NOT_SAID
