"""What coded statements of a sample stand for: the frame that it was drawn from, by strata and findings."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from analysis.contract import KindName
from analysis.evaluation.codes import CodedStatement
from analysis.evaluation.frame import FrameStatement, extent_of, frame_of
from analysis.evaluation.strata import strata_of
from analysis.statistics import Stratum, counts_of
from db.models import CodeSample
from db.words import SampleDesign


@dataclass(frozen=True, slots=True)
class Base:
    """A sample's frame as one method has read it."""

    statements: Mapping[int, FrameStatement]
    """By id, with what the method found."""
    strata: Mapping[int, str]
    """Statement -> stratum, by what the sample was drawn by."""
    drawn_from: int
    """Statements of the frame when the sample was drawn."""

    @property
    def note(self) -> str | None:
        """What the reader of a figure must know, where the frame is not what it was."""
        if len(self.statements) == self.drawn_from:
            return None
        return (
            f"the sample was drawn from {self.drawn_from:,} statements; the archive holds"
            f" {len(self.statements):,} of that scope and time now that the method has read: the figures are"
            " of these"
        )


def is_by_chance(design: str) -> bool:
    """Whether chance draws a sample of this design, so that it can speak for more than itself."""
    return design != SampleDesign.UNCERTAIN_FIRST


def base_of(session: Session, sample: CodeSample, method: str) -> Base | None:
    """The frame of a sample as `method` has read it; None where the readings are gone.

    Only statements count that were in the archive when the sample was drawn.
    """
    extent, design = extent_of(sample.frame), SampleDesign(sample.design)
    drawn_by = sample.method or method
    if design is SampleDesign.RANDOM and extent.kind is None:
        drawn_by = method
    frame = frame_of(session, drawn_by, extent, seen_until=sample.drawn_at)
    if not frame.statements:
        return None
    strata = dict(zip((one.id for one in frame.statements), strata_of(frame.statements, design), strict=True))
    read = frame.statements
    if drawn_by != method:
        read = frame_of(session, method, replace(extent, kind=None), seen_until=sample.drawn_at).statements
    statements = {one.id: one for one in read if one.id in strata}
    if not statements:
        return None
    return Base(
        statements=statements,
        strata={statement: strata[statement] for statement in statements},
        drawn_from=sum(sample.strata.values()),
    )


def strata_for(base: Base, coded: Mapping[int, bool], kind: KindName) -> list[Stratum]:
    """The strata of a frame for one kind. `coded`: statement -> whether coders say that it is of the kind."""
    return strata_by(base, coded, kind, lambda _: "")[""]


def strata_by(
    base: Base, coded: Mapping[int, bool], kind: KindName, group_of: Callable[[FrameStatement], str]
) -> dict[str, list[Stratum]]:
    """Group -> the frame's strata, asked about the group's statements only (a domain)."""
    sizes, coded_in = Counter(base.strata.values()), Counter(base.strata[one] for one in coded)
    members: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    pairs: defaultdict[tuple[str, str], list[tuple[bool, bool]]] = defaultdict(list)
    for statement_id, stratum in base.strata.items():
        statement = base.statements[statement_id]
        place = (group_of(statement), stratum)
        members[place] += 1
        found[place] += kind in statement.kinds
        if statement_id in coded:
            pairs[place].append((coded[statement_id], kind in statement.kinds))
    return {
        group: [
            Stratum(
                size=size,
                found=found[group, stratum],
                coded=coded_in[stratum],
                counts=counts_of(pairs[group, stratum]),
                members=members[group, stratum],
            )
            for stratum, size in sorted(sizes.items())
        ]
        for group in sorted({group for group, _ in members})
    }


def answers_about(coded: Sequence[CodedStatement], kind: KindName) -> dict[int, bool]:
    """Statement -> whether coders say that it is of the kind, where they decide it."""
    return {one.statement_id: kind in one.kinds for one in coded if kind in one.judged}
