"""When an entry was published, as far as its feed says it in a way that can be relied on."""

import re
from datetime import UTC, datetime, timedelta
from time import struct_time
from zoneinfo import ZoneInfo

from archive.contract import Moment
from archive.times import WrongTime, ZoneMissing, parse_moment
from db.words import Precision

_ZONE = re.compile(r"(?:Z|UTC?|GMT|[ECMP][SD]T|[+-]\d{2}:?\d{2})$", re.IGNORECASE)
UTC_ZONE = ZoneInfo("UTC")
_WHOLE_DAY = 8
"""Characters of the shortest date that states a day."""
LONGEST = 100
"""Characters of a date."""

_EMPTY = re.compile(r"-0001\b|\b0000-00-00")
NO_DATES = frozenset({datetime(1970, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)})
"""What software writes where it has no date."""
EARLY = timedelta(days=1)
"""So far ahead of us a clock may be; what is dated later was not published then."""


def moment_of(written: str, read: struct_time | None, *, seen: datetime) -> Moment | None:
    """A date as the feed has it, and as the feed parser reads it (UTC; it takes a missing zone for that).

    A time without a zone is known to the day that it states, no better. None for what is no date, for the
    dates of software that has none, and for days to come: such an entry has no date that can be relied on.
    """
    written = written.strip()
    sound = 0 < len(written) <= LONGEST and not _EMPTY.search(written)
    found = _parsed(written, read) if sound else None
    if found is None or found.at in NO_DATES or found.at > seen + EARLY:
        return None
    return found


def _parsed(written: str, read: struct_time | None) -> Moment | None:
    try:
        return parse_moment(written)
    except ZoneMissing:
        return _day(parse_moment(written, UTC_ZONE).at)
    except WrongTime:
        pass
    if read is None or len(written) < _WHOLE_DAY:
        return None
    try:
        at = datetime(*read[:6], tzinfo=UTC)
    except ValueError:
        return None
    return Moment(at) if _ZONE.search(written) else _day(at)


def _day(at: datetime) -> Moment:
    return Moment(at.replace(hour=0, minute=0, second=0, microsecond=0), Precision.DAY)
