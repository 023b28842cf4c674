"""Draws samples for hand coding, and keeps how each was drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine, insert
from sqlmodel import Session, select

from analysis.contract import KindName
from analysis.evaluation.errors import CodingRefused
from analysis.evaluation.frame import Extent, Frame, frame_of
from analysis.evaluation.strata import Allocation, Drawn, drawn_from
from analysis.kinds.tables import read_tables
from db.engine import writing
from db.models import CodeSample, CodeSampleItem, now
from db.words import SampleDesign


@dataclass(frozen=True, slots=True)
class Plan:
    """How a sample is to be drawn."""

    name: str
    design: SampleDesign
    wanted: int
    seed: int
    method: str
    """Whose findings stratify or order it: the method of whole readings."""
    extent: Extent = field(default_factory=Extent)
    allocation: Allocation = Allocation.EQUAL

    @property
    def stored(self) -> dict[str, object]:
        """What is kept of it beside the columns."""
        return {**self.extent.as_json(), "wanted": self.wanted, "allocation": str(self.allocation)}


@dataclass(frozen=True, slots=True)
class Tally:
    """What was drawn."""

    name: str
    drawn: int
    strata: Mapping[str, tuple[int, int]]
    """Stratum -> drawn, and statements in it."""
    frame: Frame
    is_new: bool
    """False: the sample was there already, drawn in the same way."""

    @property
    def left_empty(self) -> list[str]:
        """The strata from which nothing was drawn: what they hold stays unknown."""
        return [stratum for stratum, (drawn, _) in self.strata.items() if not drawn]


def draw_sample(engine: Engine, plan: Plan) -> Tally:
    """Draw a sample and keep it; one of that name that was drawn so is left as it is.

    Raises CodingRefused where nothing can be drawn, and where another sample has the name.
    """
    with Session(engine) as session:
        kept = session.exec(select(CodeSample).where(CodeSample.name == plan.name)).first()
        drawn_at = kept.drawn_at if kept else now()
        frame = frame_of(session, plan.method, plan.extent, seen_until=drawn_at)
        if kept is not None:
            _check_same(kept, plan)
            return _again(session, kept, frame)
    drawn, sizes = drawn_from(
        frame.statements,
        plan.design,
        wanted=plan.wanted,
        seed=plan.seed,
        allocation=plan.allocation,
        thresholds=thresholds(),
    )
    if not drawn:
        raise CodingRefused(f"there is nothing to draw from: {frame.left_out()}")
    with writing(engine) as session:
        sample = CodeSample(
            name=plan.name,
            design=plan.design,
            seed=plan.seed,
            method=plan.method,
            frame=plan.stored,
            strata=sizes,
            drawn_at=drawn_at,
        )
        session.add(sample)
        session.flush()
        session.execute(insert(CodeSampleItem), _items(sample.id or 0, drawn))
    return Tally(plan.name, len(drawn), _counted([one.stratum for one in drawn], sizes), frame, is_new=True)


def thresholds() -> dict[KindName, float]:
    """Kind -> the confidence from which the rules alone give it."""
    return {kind: row.threshold for kind, row in read_tables().kinds.items()}


def _items(sample_id: int, drawn: Sequence[Drawn]) -> list[dict[str, object]]:
    return [
        {
            "sample_id": sample_id,
            "statement_id": one.statement.id,
            "position": position,
            "stratum": one.stratum,
            "probability": one.probability,
        }
        for position, one in enumerate(drawn, start=1)
    ]


def _check_same(kept: CodeSample, plan: Plan) -> None:
    asked = (plan.design, plan.seed, plan.method, plan.stored)
    if (SampleDesign(kept.design), kept.seed, kept.method, kept.frame) != asked:
        raise CodingRefused(
            f"there is a sample {plan.name!r} already, drawn in another way ({kept.design}, seed {kept.seed},"
            f" {kept.drawn_at:%Y-%m-%d}): give the new one another --name"
        )


def _again(session: Session, kept: CodeSample, frame: Frame) -> Tally:
    query = select(CodeSampleItem.stratum).where(CodeSampleItem.sample_id == kept.id)
    strata = session.exec(query).all()
    return Tally(kept.name, len(strata), _counted(strata, kept.strata), frame, is_new=False)


def _counted(drawn: Sequence[str], sizes: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    return {stratum: (drawn.count(stratum), size) for stratum, size in sizes.items()}
