"""When a statement was made, seen from polling day and from the declaration. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from db.words import Precision

Key = TypeVar("Key")

EXACT = frozenset({Precision.SECOND, Precision.MINUTE})
"""Precisions from which minutes can be counted."""


class Phase(StrEnum):
    """Where a statement lies between the vote and the result."""

    BEFORE_POLLS_CLOSE = "before_polls_close"
    BETWEEN = "between"  # the polls have closed, the result is not declared
    AFTER_DECLARATION = "after_declaration"
    UNKNOWN = "unknown"  # the times that would decide it are missing or not exact enough


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, and how exactly it is known. For `day`: midnight UTC of the day as its source gives it."""

    at: datetime
    precision: str

    @property
    def is_exact(self) -> bool:
        """Whether minutes can be counted from it."""
        return self.precision in EXACT

    def day_in(self, zone: ZoneInfo) -> date:
        """The calendar day in `zone`; a day stays the day that its source gave."""
        return (self.at.astimezone(zone) if self.is_exact else self.at.astimezone(UTC)).date()


def moment_of(at: datetime | None, precision: str | None) -> Moment | None:
    """A stored time, to the second where nothing else is said of it; None without one."""
    return None if at is None else Moment(at, precision or Precision.SECOND)


@dataclass(frozen=True, slots=True)
class Window:
    """Which statements belong to a contest: those made within these spans of polling day, ends included.

    Whole days of the contest's calendar count, so that the hour of a statement never decides.
    """

    before: timedelta = timedelta(days=42)
    after: timedelta = timedelta(days=14)

    def first_day(self, polls: date) -> date:
        """The first day that belongs to a contest of that polling day."""
        return polls - self.before

    def last_day(self, polls: date) -> date:
        """The last day that belongs to it."""
        return polls + self.after

    def holds(self, day: date, polls: date) -> bool:
        """Whether a statement of `day` belongs to a contest of that polling day."""
        return self.first_day(polls) <= day <= self.last_day(polls)

    def bounds(self, polls: date) -> tuple[datetime, datetime]:
        """Times (UTC) outside which no statement can belong, whatever the contest's zone: for a query."""
        midnight = datetime(polls.year, polls.month, polls.day, tzinfo=UTC)
        return midnight - self.before - timedelta(days=1), midnight + self.after + timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Clock:
    """The times of one contest against which its statements are read."""

    polls: date
    zone: ZoneInfo
    polls_close: datetime | None = None
    declared: Moment | None = None


def minutes_from_declaration(published: Moment | None, declared: Moment | None) -> int | None:
    """Whole minutes from the declaration to the statement, rounded down: negative before it.

    None unless both are known to the minute: a day is no time to count from.
    """
    if published is None or declared is None or not (published.is_exact and declared.is_exact):
        return None
    return (published.at - declared.at) // timedelta(minutes=1)


def phase_of(published: Moment | None, clock: Clock) -> Phase:
    """Where a statement lies. Where a time is known to the day only, the same day decides nothing.

    Without a closing time the polls count as open before polling day and as closed after it.
    """
    if published is None:
        return Phase.UNKNOWN
    if clock.declared is not None and is_before(clock.declared, published, clock.zone):
        return Phase.AFTER_DECLARATION
    if _polls_are_open(published, clock):
        return Phase.BEFORE_POLLS_CLOSE
    if clock.declared is not None and _polls_have_closed(published, clock):
        return Phase.BETWEEN if is_before(published, clock.declared, clock.zone) else Phase.UNKNOWN
    return Phase.UNKNOWN


def is_before(first: Moment, second: Moment, zone: ZoneInfo) -> bool:
    """Whether `first` certainly comes before (or, to the second, with) `second`."""
    if first.is_exact and second.is_exact:
        return first.at <= second.at
    return first.day_in(zone) < second.day_in(zone)


def _polls_are_open(published: Moment, clock: Clock) -> bool:
    day = published.day_in(clock.zone)
    if published.is_exact and clock.polls_close is not None:
        return published.at < clock.polls_close
    return day < clock.polls


def _polls_have_closed(published: Moment, clock: Clock) -> bool:
    day = published.day_in(clock.zone)
    if published.is_exact and clock.polls_close is not None:
        return published.at >= clock.polls_close
    return day > clock.polls


def first_after(minutes: Iterable[tuple[Key, int | None]]) -> Key | None:
    """The key of the first statement at or after the declaration; the earlier of equals as given."""
    after = [(count, key) for key, count in minutes if count is not None and count >= 0]
    return min(after, key=lambda pair: pair[0])[1] if after else None
