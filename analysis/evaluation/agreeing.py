"""How far the coders of this archive agree, code by code, and where they do not."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlmodel import Session, col, select

from analysis.contract import statement_key
from analysis.evaluation.codes import authors_of, sample_for
from analysis.evaluation.vocabulary import COMPARED
from analysis.statistics import alpha, alpha_interval, observed_agreement
from db.batches import batches
from db.models import CodeSample, CodeSampleItem, HandCode, Statement


class Mark(StrEnum):
    """What an alpha allows (Krippendorff 2004, Content Analysis, 241)."""

    FIRM = "firm"
    TENTATIVE = "tentative"
    NOT_RELIABLE = "not reliable"
    UNDEFINED = "undefined"


FIRM, TENTATIVE = 0.8, 0.667

FEW_UNITS, FEW_VALUES = 30, 10
"""Below so many units, or where its rarest value was given less often, an alpha says little (our own
convention)."""


class Place(NamedTuple):
    """One text that was coded."""

    statement_id: int
    text_sha256: str


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """How far coders agree about one code."""

    code: str
    units: int
    """Texts that at least two coded."""
    coders: int
    values: str
    """How often each value was given there, such as `no 180, yes 20`."""
    agreement: float | None
    """Share of pairs of coders that say the same, 0..1."""
    alpha: float | None
    """Krippendorff's alpha, nominal; None where nothing varies."""
    low: float | None
    high: float | None
    """Of its bootstrap interval, authors drawn as a whole."""
    mark: Mark
    few: bool
    """Whether too few were coded for the mark to say much."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One code of one statement about which coders differ."""

    statement: str
    text: str
    code: str
    values: tuple[tuple[str, str], ...]
    """Coder and value."""


Given = dict[str, dict[Place, dict[str, str]]]
"""Code -> text -> coder -> value."""


def mark_of(found: float | None) -> Mark:
    """What an alpha allows."""
    if found is None:
        return Mark.UNDEFINED
    if found >= FIRM:
        return Mark.FIRM
    return Mark.TENTATIVE if found >= TENTATIVE else Mark.NOT_RELIABLE


def agreement_of(session: Session, sample: str | None = None, *, seed: int = 0) -> list[AgreementRow]:
    """A row for every code that somebody gave. `sample` None: all statements. Raises UnknownSample.

    Codes of texts that were edited since count, too, where two coded the same text.
    """
    drawn = sample_for(session, sample) if sample is not None else None
    given = _given(session, drawn)
    statements = sorted({place.statement_id for places in given.values() for place in places})
    clusters: dict[int, str] = {}
    for batch in batches(statements):
        clusters |= authors_of(session, batch)
    return [_row(code, given[code], clusters, seed) for code in COMPARED if code in given]


def disagreements(session: Session, sample: str | None = None) -> Iterator[Disagreement]:
    """Every code of every statement about which its coders differ, by code. Raises UnknownSample."""
    drawn = sample_for(session, sample) if sample is not None else None
    given = _given(session, drawn)
    for code in COMPARED:
        for place, values in sorted(given.get(code, {}).items()):
            if len(set(values.values())) > 1:
                statement = session.get(Statement, place.statement_id)
                assert statement is not None  # a foreign key says so
                key = statement_key(statement.platform, statement.post_id)
                yield Disagreement(key, statement.text, code, tuple(sorted(values.items())))


def _given(session: Session, sample: CodeSample | None) -> Given:
    query = select(HandCode).where(col(HandCode.code).in_(COMPARED)).order_by(col(HandCode.id))
    if sample is not None:
        query = query.join(
            CodeSampleItem, col(CodeSampleItem.statement_id) == col(HandCode.statement_id)
        ).where(CodeSampleItem.sample_id == sample.id)
    found: Given = {}
    for row in session.exec(query):
        place = Place(row.statement_id, row.text_sha256)
        found.setdefault(row.code, {}).setdefault(place, {})[row.coder] = row.value
    return found


def _row(code: str, given: dict[Place, dict[str, str]], authors: dict[int, str], seed: int) -> AgreementRow:
    shared = {place: values for place, values in given.items() if len(values) > 1}
    units = [list(values.values()) for values in shared.values()]
    found = alpha(units)
    counts = Counter(value for unit in units for value in unit)
    clusters = [authors[place.statement_id] for place in shared]
    interval = alpha_interval(units, clusters=clusters, seed=seed)
    return AgreementRow(
        code=code,
        units=len(units),
        coders=len({coder for values in shared.values() for coder in values}),
        values=", ".join(f"{value} {count}" for value, count in sorted(counts.items())),
        agreement=observed_agreement(units),
        alpha=found,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        mark=mark_of(found),
        few=len(units) < FEW_UNITS or min(counts.values(), default=0) < FEW_VALUES,
    )
