"""How many statements are of a kind in the whole frame of a sample, beside what the method counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from analysis.contract import KindName
from analysis.evaluation.codes import MAJORITY, coded_statements, sample_for
from analysis.evaluation.errors import CodingRefused
from analysis.evaluation.frame import FrameStatement
from analysis.evaluation.weighing import Base, answers_about, base_of, is_by_chance, strata_by, strata_for
from analysis.statistics import Estimate, Stratum, corrected_share, hand_share, machine_share
from db.models import CodeSample


class By(StrEnum):
    """Into which groups a frame can be divided."""

    PARTY = "party"
    OUTCOME = "outcome"
    PHASE = "phase"


@dataclass(frozen=True, slots=True)
class CorrectedRow:
    """One group's count by the method, and corrected by what people coded."""

    group: str
    """`all`, or a party, outcome or phase."""
    statements: int
    coded: int
    machine: int
    """Statements in which the method found the kind."""
    machine_share: float
    hand: Estimate | None
    """The share by the hand codes alone; only of all statements together."""
    corrected: Estimate
    """The method's share, corrected."""

    @property
    def corrected_count(self) -> Estimate:
        """In statements."""
        return self.corrected.times(self.statements)


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a sample says of a kind."""

    sample: str
    kind: KindName
    method: str
    reference: str
    rows: tuple[CorrectedRow, ...]
    """All statements first, then the groups by size."""
    undecided: int
    """Coded statements about which the coders are divided: left out."""
    notes: tuple[str, ...]


ALL = "all"


def corrected(
    session: Session,
    sample: str,
    kind: KindName,
    *,
    method: str | None = None,
    reference: str = MAJORITY,
    by: By | None = None,
) -> Corrected:
    """The share of a kind in the frame of a sample, with intervals, as a whole and by groups.

    `method`: whose count is corrected; None: that by which the sample was drawn. Raises UnknownSample,
    and CodingRefused where the sample cannot tell: chance did not draw it, or a stratum was not coded.
    """
    drawn = sample_for(session, sample)
    used = method or drawn.method or ""
    base = _base(session, drawn, used)
    coded = list(coded_statements(session, sample=sample, reference=reference))
    decided = answers_about(coded, kind)
    answers = {statement: said for statement, said in decided.items() if statement in base.statements}
    _check_coded(drawn, base, answers, kind)
    strata = strata_for(base, answers, kind)
    rows = [_row(ALL, strata, hand=hand_share(strata))]
    if by is not None:
        groups = strata_by(base, answers, kind, _GROUPS[by])
        rows += sorted((_row(*group) for group in groups.items()), key=lambda row: -row.statements)
    return Corrected(
        sample=sample,
        kind=kind,
        method=used,
        reference=reference,
        rows=tuple(rows),
        undecided=len(coded) - len(decided),
        notes=tuple(filter(None, [base.note])),
    )


def _base(session: Session, drawn: CodeSample, method: str) -> Base:
    """What the sample stands for. Raises CodingRefused where it stands for nothing but itself."""
    if not is_by_chance(drawn.design):
        raise CodingRefused(
            f"the sample {drawn.name!r} holds the statements about which the method was least sure: chance"
            " did not draw them, so they say nothing of the others; draw one --by random or --by kind"
        )
    base = base_of(session, drawn, method)
    if base is None:
        raise CodingRefused(f"the readings by {drawn.method}, by which {drawn.name!r} was drawn, are gone")
    return base


def _check_coded(drawn: CodeSample, base: Base, answers: Mapping[int, bool], kind: KindName) -> None:
    """Refuse a stratum of which nothing is coded: nothing can be said of the whole then."""
    empty = sorted(set(base.strata.values()) - {base.strata[one] for one in answers})
    if empty:
        raise CodingRefused(
            f"of {drawn.name!r} nothing is coded yet for {kind} in: {', '.join(empty)};"
            " code some of each stratum"
        )


def _row(group: str, strata: list[Stratum], hand: Estimate | None = None) -> CorrectedRow:
    share, machine = corrected_share(strata), machine_share(strata)
    assert share is not None  # every stratum was coded, and a group has statements
    assert machine is not None
    return CorrectedRow(
        group=group,
        statements=sum(one.population for one in strata),
        coded=sum(one.counts.n for one in strata),
        machine=sum(one.found for one in strata),
        machine_share=machine,
        hand=hand,
        corrected=share,
    )


def _outcome(statement: FrameStatement) -> str:
    if not statement.in_contest:
        return "author stands nowhere"
    return {True: "elected", False: "not elected", None: "result unknown"}[statement.elected]


_GROUPS: Mapping[By, Callable[[FrameStatement], str]] = {
    By.PARTY: lambda one: one.party or ("no party" if one.in_contest else "author stands nowhere"),
    By.OUTCOME: _outcome,
    By.PHASE: lambda one: str(one.phase),
}
