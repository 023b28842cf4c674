"""When something counts as known, and the times that a user may ask for. Pure."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from db.errors import Refusal
from db.words import Precision

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.IGNORECASE | re.ASCII
)

ACCEPTED = "write a day such as 2024-07-05 (its end counts) or a time such as 2024-07-05T03:37:00+01:00"

LAST = time.max
"""What a day ends with: a day's end belongs to the day."""


class WrongTime(Refusal, ValueError):
    """A time for which an archive cannot be rebuilt; the message says what to give."""


def parse_as_of(text: str, zone: tzinfo = UTC) -> datetime:
    """A time from what a user writes, in UTC: a day means its last moment in `zone`, a time has its offset.

    Raises WrongTime for anything else, naming what is accepted.
    """
    written = text.strip()
    try:
        if _DAY.fullmatch(written):
            return end_of_day(date.fromisoformat(written), zone)
        if _TIME.fullmatch(written):
            return datetime.fromisoformat(written.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise WrongTime(f"{written[:60]!r} is not in the calendar: {ACCEPTED}") from error
    raise WrongTime(f"{written[:60]!r} is no time to rebuild from: {ACCEPTED}")


def past(when: datetime, *, now: datetime) -> datetime:
    """A time in UTC that is not ahead. Raises WrongTime for one that is, and for one without its zone."""
    if when.utcoffset() is None:
        raise WrongTime(f"{when} has no time zone: {ACCEPTED}")
    if when > now:
        raise WrongTime(
            f"{when:%Y-%m-%d %H:%M:%S %z} is in the future (it is {now:%Y-%m-%d %H:%M:%S %z} now): "
            "give a day before today (UTC), or a time of today that is past"
        )
    return when.astimezone(UTC)


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """The last moment (UTC) of a calendar day in a zone."""
    return datetime.combine(day, LAST, zone).astimezone(UTC)


def known_from(at: datetime, precision: str | None, zone: tzinfo) -> datetime:
    """From when on it is certain that something had happened (UTC).

    Where only the day is known (stored as its midnight UTC): from that day's end in `zone`.
    """
    if precision == Precision.DAY:
        return end_of_day(at.astimezone(UTC).date(), zone)
    return at.astimezone(UTC)


NOT_DATED = timedelta(days=30)
"""After polling day: when a result counts as known of which no time is known at all."""


def undated_known_from(polls_end: datetime, imported: list[datetime]) -> datetime:
    """From when on a result counts as known whose source gives no time.

    From the first import (times of the files that it came from) after the polls; without one, 30 days
    after polling day. A file of that name from before the polls held no result.
    """
    after = [at for at in imported if at > polls_end]
    return min(after, default=polls_end + NOT_DATED)
