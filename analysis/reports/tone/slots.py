"""Into which stretches of time statements are counted: the three phases, and hours round the declaration."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from analysis.outcomes.timing import Phase

PHASES = (Phase.BEFORE_POLLS_CLOSE, Phase.BETWEEN, Phase.AFTER_DECLARATION)
"""Figures are given for these; what lies in none of them for certain is counted in none."""

HOURS = (-168, -72, -48, -24, -12, -6, -3, -2, -1, 0, 1, 2, 3, 6, 12, 24, 48, 72, 168)
"""Where hours from the declaration are divided: finer the nearer. The lower end is included."""

HOUR_SLOTS = tuple(f"hours {low} to {high}" for low, high in pairwise(HOURS))
"""Names of the stretches between two of these."""


def hour_slot(minutes: int | None) -> str | None:
    """The stretch in which a statement lies; None outside all, and without minutes."""
    if minutes is None or not HOURS[0] * 60 <= minutes < HOURS[-1] * 60:
        return None
    return HOUR_SLOTS[bisect_right(HOURS, minutes / 60) - 1]


def slots_of(phase: Phase, minutes: int | None) -> tuple[str, ...]:
    """The stretches that a statement is counted in: at most a phase, and one of hours."""
    hours = hour_slot(minutes)
    return (*((str(phase),) if phase in PHASES else ()), *((hours,) if hours else ()))


@dataclass(frozen=True, slots=True)
class Times:
    """The times (aware) by which a contest's stretches are laid out; None: not known to the minute."""

    opens: datetime
    """When the window opens in which statements belong to the contest."""
    polls_close: datetime | None
    declared: datetime | None
    closes: datetime
    """When it closes."""

    def bounds(self) -> Iterator[tuple[str, datetime, datetime]]:
        """Each stretch that has two known ends, within the window."""
        if self.polls_close is not None:
            yield Phase.BEFORE_POLLS_CLOSE, self.opens, self.polls_close
        if self.declared is None:
            return
        if self.polls_close is not None:
            yield Phase.BETWEEN, self.polls_close, self.declared
        yield Phase.AFTER_DECLARATION, self.declared, self.closes
        for name, (low, high) in zip(HOUR_SLOTS, pairwise(HOURS), strict=True):
            start, end = (self.declared + timedelta(hours=one) for one in (low, high))
            yield name, max(start, self.opens), min(end, self.closes)


def covered_minutes(
    times: Times, intervals: Iterable[tuple[datetime, datetime]]
) -> tuple[tuple[str, int], ...]:
    """Whole minutes of each stretch in which the archive is proven to hold all that was published.

    `intervals`: covered time of the candidate's accounts, all of them at once; they do not overlap. Empty
    for files and others that prove nothing.
    """
    covered = list(intervals)
    found = ((slot, _within(covered, start, end)) for slot, start, end in times.bounds())
    return tuple((slot, minutes) for slot, minutes in found if minutes > 0)


def _within(covered: list[tuple[datetime, datetime]], start: datetime, end: datetime) -> int:
    parts = (min(until, end) - max(since, start) for since, until in covered)
    return sum((part for part in parts if part > timedelta()), timedelta()) // timedelta(minutes=1)
