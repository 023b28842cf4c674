"""Which stage a result had reached at a time: projected, declared, recounted, certified. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from analysis.outcomes.timing import Moment, is_before
from db.words import ResultStage


@dataclass(frozen=True, slots=True)
class StageEvent:
    """That a contest's result reached a stage."""

    stage: ResultStage
    at: Moment
    source: str | None = None


class Untimed(StrEnum):
    """Why a claim has neither minutes nor `premature`."""

    NO_DECLARED_TIME = "no_declared_time"
    UNDATED = "undated"
    DAY_ONLY = "day_only"
    OTHER_SCOPE = "other_scope"


UNTIMED_WORDS = {
    Untimed.NO_DECLARED_TIME: "no time of declaration is known",
    Untimed.UNDATED: "it is not known when the statement was made",
    Untimed.DAY_ONLY: "a time is known to the day only",
    Untimed.OTHER_SCOPE: "it speaks of a result that is not the candidate's",
}


def untimed_by(published: Moment | None, declared: Moment | None) -> Untimed | None:
    """Why no minutes can be counted between the two; None where they can."""
    if declared is None:
        return Untimed.NO_DECLARED_TIME
    if published is None:
        return Untimed.UNDATED
    return None if published.is_exact and declared.is_exact else Untimed.DAY_ONLY


def stage_at(published: Moment | None, stages: Sequence[StageEvent], zone: ZoneInfo) -> ResultStage | None:
    """The newest stage certainly reached at a time.

    None where none was, and where it cannot be told: some stage is known to the same day only.
    """
    if published is None:
        return None
    reached = [event for event in stages if is_before(event.at, published, zone)]
    ahead = [event for event in stages if event not in reached]
    if not reached or any(not is_before(published, event.at, zone) for event in ahead):
        return None
    return max(reached, key=_order).stage


def in_order(stages: Iterable[StageEvent]) -> tuple[StageEvent, ...]:
    """The stages by time; those of one time in the order in which results become final."""
    return tuple(sorted(stages, key=_order))


def change_after(published: Moment | None, stages: Sequence[StageEvent], zone: ZoneInfo) -> StageEvent | None:
    """The first recount (or correction) that certainly came after a time; None where none did."""
    if published is None:
        return None
    recounts = [event for event in in_order(stages) if event.stage is ResultStage.RECOUNT]
    return next((event for event in recounts if is_before(published, event.at, zone)), None)


def _order(event: StageEvent) -> tuple[datetime, int]:
    return event.at.at, _RANK[event.stage]


_RANK = {stage: rank for rank, stage in enumerate(ResultStage)}
