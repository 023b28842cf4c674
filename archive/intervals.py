"""What is known of a stream, and how far a served page reaches: the values that the ledger decides on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from archive.contract import Served
from archive.falling import falling
from db.words import CoverageStatus


@dataclass(frozen=True, slots=True)
class Interval:
    """A row of the ledger in flight: see db.models.Coverage."""

    status: CoverageStatus
    low: str | None = None
    high: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    cursor: str | None = None
    goal: str | None = None
    seen: int = 0
    marks: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class StreamState:
    """All that is known of a stream."""

    complete: Interval | None = None
    pending: Interval | None = None
    relisting: Interval | None = None
    """What a full round was reading."""
    suspected: tuple[Interval, ...] = ()
    validators: Mapping[str, str] = field(default_factory=dict)

    def errand(self, *, full: bool) -> Interval | None:
        """What such a round left unfinished."""
        return self.relisting if full else self.pending


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one served page reaches."""

    positions: tuple[str, ...]
    cursor: str | None
    end: bool
    unchanged: bool
    validators: Mapping[str, str]
    at: datetime
    """When it was served."""
    oldest: datetime | None = None
    """When the earliest of its posts was published, of those that stand in the order of their times."""
    joining: frozenset[str] = frozenset()
    """Positions by which a window may join what is known: those of items in their order."""
    repeated: bool = False
    """Its cursor was used before in this round."""

    @property
    def stuck(self) -> bool:
        """There is no way to go on although the end is not reached."""
        return not self.end and not self.unchanged and (self.repeated or self.cursor is None)


@dataclass(frozen=True, slots=True)
class Taken:
    """The state after a page, and whether the stretch is read."""

    state: StreamState
    closed: bool
    gap: Interval | None = None
    """What may be missing, where this page showed it."""


def reach_of(served: Served, times: Sequence[datetime | None], *, repeated: bool) -> Reach:
    """What the ledger needs of a served page. `times`: when its posts were published, in its order.

    A pinned post, or one that says that it is old, stands where its time does not belong: it proves nothing
    of the time before it, and that it is known joins nothing. That takes an order: two posts have none.
    """
    in_order = falling(times)
    joining = served.positions
    if len(in_order) > 1 and len(times) == len(served.positions):
        joining = tuple(
            position
            for place, (position, time) in enumerate(zip(served.positions, times, strict=True))
            if time is None or place in in_order
        )
    return Reach(
        positions=served.positions,
        cursor=served.cursor,
        end=served.end,
        unchanged=served.unchanged,
        validators=served.validators,
        at=served.page.retrieved_at,
        oldest=times[in_order[-1]] if len(in_order) > 1 else None,
        joining=frozenset(joining),
        repeated=repeated,
    )
