"""Times as sources write them: aware, with the precision that they state, never guessed."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from archive.contract import Moment, UnreadableSource
from db.words import Precision

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MINUTE = re.compile(r"\d{4}-?\d{2}-?\d{2}[T ]\d{2}:?\d{2}(?:Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
_CLASSIC_X = "%a %b %d %H:%M:%S %z %Y"
"""The form of X's API v1.1: `Fri Jul 05 03:12:00 +0000 2024`."""

_DURATION = re.compile(r"(?P<number>\d{1,6}(?:\.\d{1,3})?)\s*(?P<unit>[smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
LONGEST_DURATION = timedelta(days=36_525)
"""A hundred years: what is counted from now stays within the calendar."""

_CLOCK = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})")


class WrongTime(ValueError):
    """A text that is no time, or one that its zone does not decide."""


class ZoneMissing(WrongTime):
    """A time without a zone, where the user has given none."""


def zone_for(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises UnreadableSource where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError) as error:
        raise UnreadableSource(
            f"{name!r} is no time zone: give an IANA name such as Europe/London"
        ) from error


def in_zone(local: datetime, zone: ZoneInfo) -> datetime:
    """A local time as UTC.

    Raises WrongTime for a time that the zone skips (clocks forward) or has twice (clocks back):
    either would be a guess.
    """
    first, second = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    if first.utcoffset() != second.utcoffset():
        exists = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local
        why = "happens twice" if exists else "does not exist"
        raise WrongTime(f"{local:%Y-%m-%d %H:%M} {why} in {zone.key}: give it with its offset")
    return _to_utc(first)


def parse_moment(text: str, zone: ZoneInfo | None = None) -> Moment:
    """A time from ISO 8601, from RFC 2822 or from X's classic form; a bare date is a day.

    Raises ZoneMissing for a time without a zone when `zone` is None, WrongTime for anything else.
    """
    text = text.strip()
    try:
        if _DAY.fullmatch(text):
            return Moment(datetime.fromisoformat(text).replace(tzinfo=UTC), Precision.DAY)
        parsed = _parse(text)
    except (ValueError, TypeError, OverflowError) as error:
        raise WrongTime(f"{text[:60]!r} is not a time") from error
    precision = Precision.MINUTE if _MINUTE.fullmatch(text) else Precision.SECOND
    if parsed.tzinfo is not None:
        return Moment(_to_utc(parsed), precision)
    if zone is None:
        raise ZoneMissing(f"{text!r} has no time zone")
    return Moment(in_zone(parsed, zone), precision)


def _parse(text: str) -> datetime:
    if text[:1].isdigit():
        return datetime.fromisoformat(text)
    if "," in text:
        return parsedate_to_datetime(text)
    return datetime.strptime(text, _CLASSIC_X)  # noqa: DTZ007 - the form holds %z


def _to_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise WrongTime(f"{moment} lies outside the calendar") from error


def duration(text: str) -> timedelta:
    """A length of time: `90s`, `15m`, `2h`, `1d`, `1w`. Raises UnreadableSource."""
    found = _DURATION.fullmatch(text.strip().lower())
    if found is None:
        raise UnreadableSource(f"{text[:60]!r} is not a length of time: write 90s, 15m, 2h, 1d or 1w")
    length = timedelta(seconds=float(found["number"]) * _SECONDS[found["unit"]])
    if length > LONGEST_DURATION:
        raise UnreadableSource(f"{text!r} is longer than a hundred years")
    return length


def next_moment(text: str, *, now: datetime) -> datetime:
    """A time to come: `06:00` (UTC, today or tomorrow), a length of time from now, or an ISO time.

    Raises UnreadableSource for anything else, and for what is past.
    """
    clock = _CLOCK.fullmatch(text.strip())
    if clock and int(clock["hour"]) < 24 and int(clock["minute"]) < 60:
        today = now.astimezone(UTC).replace(
            hour=int(clock["hour"]), minute=int(clock["minute"]), second=0, microsecond=0
        )
        return today if today > now else today + timedelta(days=1)
    if _DURATION.fullmatch(text.strip().lower()):
        return now + duration(text)
    try:
        at = parse_moment(text, ZoneInfo("UTC")).at
    except WrongTime as error:
        raise UnreadableSource(
            f"{text[:60]!r} is not a time to come: write 06:00, 8h or an ISO time"
        ) from error
    if at <= now:
        raise UnreadableSource(f"{text!r} is past")
    return at
