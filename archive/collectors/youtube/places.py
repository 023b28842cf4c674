"""Where videos stand in a channel's list, and when a walk down the list has met what is known."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from archive.collectors.youtube.videos import Entry, WrongRecord, added_at, video_id_of

ENOUGH = 50
"""Videos in a row below the goal that prove that it was passed, where the goal itself is listed no more."""


def position_of(entry: Entry) -> str:
    """When a video was added to the list, then its id: sorts as the list does. Raises WrongRecord."""
    return f"{added_at(entry):%Y-%m-%dT%H:%M:%S} {video_id_of(entry)}"


def positions_of(entries: Sequence[Any]) -> tuple[str, ...]:
    """The position of each record that has one, as the page lists them."""
    found: list[str] = []
    for entry in entries:
        try:
            found += [position_of(entry)] if isinstance(entry, dict) else []
        except WrongRecord:
            continue
    return tuple(found)


def falling(positions: Sequence[str]) -> tuple[str, ...]:
    """The longest row of positions that falls: what stands out of its place is left out."""
    before: dict[str, str | None] = {}  # position -> the one before it in the longest row that it ends
    ends: list[str] = []  # n-th: the lowest end of a rising row of n + 1, read from the page's foot
    for position in reversed(positions):
        place = bisect_left(ends, position)
        before[position] = ends[place - 1] if place else None
        ends[place : place + 1] = [position]
    row: list[str] = []
    at = ends[-1] if ends else None
    while at is not None:
        row.append(at)
        at = before[at]
    return tuple(row)


@dataclass(frozen=True, slots=True)
class Descent:
    """A walk down the list to what is known.

    That a video is older than the goal does not show that the goal was passed: one that became public late
    may stand anywhere. The goal itself does, or many older ones in a row where it is listed no more.
    """

    goal: str | None
    """The known position at which the walk may stop; None: the end of the list."""
    met: bool = False
    """The goal was seen in its place, and nothing newer below it."""
    below: int = 0
    """Videos older than the goal since the last newer one."""

    def past(self, positions: Sequence[str]) -> "Descent":
        """The walk after one more page."""
        goal = self.goal
        if goal is None:
            return self
        newer = max((place for place, one in enumerate(positions, start=1) if one > goal), default=0)
        older = sum(one < goal for one in positions[newer:])
        return Descent(
            goal,
            met=goal in falling(positions) or (self.met and not newer),
            below=older if newer else self.below + older,
        )

    def proven(self, positions: Sequence[str]) -> tuple[str, ...]:
        """Which of the last page's positions say how far the walk has come, newest first."""
        row = falling(positions)
        if self.goal is None or self.met or self.below >= ENOUGH:
            return row
        return tuple(one for one in row if one >= self.goal)
