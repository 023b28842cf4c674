"""How often a statement is asked for again: rhythm.tsv, by its author's declarations. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from archive.recheck.deciding import APART
from archive.recheck.tables import rows_of

NEAR = timedelta(days=7)
"""Between a statement and a declaration, within which the one is said to be near the other."""

SLACK = timedelta(minutes=1)
"""By which a check may come early: cron's minutes are not ours."""


@dataclass(frozen=True, slots=True)
class Beat:
    """One row of the table."""

    near: bool
    begins: timedelta | None
    """From the declaration on; None: open."""
    ends: timedelta | None
    every: timedelta

    def fits(self, since: timedelta) -> bool:
        """Whether so long after a declaration (negative: before it) the row counts."""
        return (self.begins is None or since >= self.begins) and (self.ends is None or since < self.ends)


@cache
def beats() -> tuple[Beat, ...]:
    """The table. Raises ValueError for what is no number, or where its last row does not fit all."""
    found = tuple(
        Beat(
            near=row["near"] == "yes",
            begins=timedelta(hours=float(row["from"])) if row["from"] else None,
            ends=timedelta(hours=float(row["until"])) if row["until"] else None,
            every=timedelta(minutes=float(row["every"])),
        )
        for row in rows_of("rhythm.tsv")
    )
    last = found[-1]
    if last.near or last.begins is not None or last.ends is not None:
        raise ValueError("rhythm.tsv: the last row must fit every statement")
    return found


def interval(published: datetime | None, declared: Sequence[datetime], *, now: datetime) -> timedelta:
    """Between two checks of a statement now: the shortest that any of its author's contests asks for."""
    near = [at for at in declared if published is not None and abs(published - at) <= NEAR]
    fitting = [next(one for one in beats() if one.fits(now - at)).every for at in near]
    return min(fitting, default=beats()[-1].every)


def is_due(
    checked: datetime | None,
    missing: datetime | None,
    every: timedelta,
    *,
    now: datetime,
    apart: timedelta = APART,
) -> bool:
    """Whether a check is due. `checked`: the last one; `missing`: when a first check missed it, which asks
    for a second one `apart` later."""
    if checked is None or checked > now + SLACK:  # a clock went wrong
        return True
    due = checked + every
    if missing is not None and checked < missing + apart:
        return now >= min(due, missing + apart)
    return now + SLACK >= due
