"""One cell read as what it should be, or an error that names its row and column."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from archive.ballots.sheet import Record
from archive.contract import Moment, UnreadableSource
from archive.times import WrongTime, in_zone, zone_for
from db.words import Precision

Word = TypeVar("Word", bound=StrEnum)

YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}

EXAMPLE_TIME = datetime(2019, 12, 13, 4, 20, tzinfo=UTC)
"""Shown, in the pattern asked for, beside a time that cannot be read."""

LARGEST_COUNT = 10**12
"""Far above any electorate; keeps a slipped key out of the totals."""

_INTEGER = re.compile(r"[0-9]{1,18}")
_DAY = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"(?P<minute>[12][0-9]{3}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2})(?P<second>:[0-9]{2})?"
    r"(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?"
)


def text(record: Record, column: str) -> str | None:
    """The cell's text; None where it is empty or the file lacks the column."""
    return record.cells.get(column) or None


def needed(record: Record, column: str) -> str:
    """The cell's text, which must be there."""
    found = text(record, column)
    if found is None:
        raise record.wrong(column, "is empty")
    return found


def count(record: Record, column: str) -> int | None:
    """A whole number of 0 or more."""
    found = text(record, column)
    if found is None:
        return None
    if found.startswith("-") and _INTEGER.fullmatch(found[1:]):
        raise record.wrong(column, f"{found} is negative")
    if not _INTEGER.fullmatch(found):
        raise record.wrong(column, f"{found!r} is not a whole number (digits only)")
    if int(found) > LARGEST_COUNT:
        raise record.wrong(column, f"{found} is more than any electorate")
    return int(found)


def fraction(record: Record, column: str, *, low: int) -> Decimal | None:
    """A fraction between `low` (0 or -1) and 1."""
    found = text(record, column)
    if found is None:
        return None
    try:
        value = Decimal(found)
    except InvalidOperation as error:
        raise record.wrong(column, f"{found!r} is not a number") from error
    if not value.is_finite() or not low <= value <= 1:
        raise record.wrong(column, f"{found} is not a fraction between {low} and 1 (write 34.1 % as 0.341)")
    return value


def yes_no(record: Record, column: str) -> bool | None:
    """Yes or no; None where the cell is empty."""
    found = text(record, column)
    if found is None:
        return None
    if found.lower() not in YES_NO:
        raise record.wrong(column, f"{found!r} is neither yes nor no")
    return YES_NO[found.lower()]


def word(record: Record, column: str, words: type[Word]) -> Word | None:
    """One of a fixed list of words."""
    found = text(record, column)
    if found is None:
        return None
    try:
        return words(found.lower())
    except ValueError as error:
        raise record.wrong(column, f"{found!r} is not one of: {', '.join(words)}") from error


def day(record: Record, column: str) -> date:
    """A date as YYYY-MM-DD, which must be there."""
    found = needed(record, column)
    try:
        if _DAY.fullmatch(found):
            return date.fromisoformat(found)
    except ValueError:
        pass  # such as 2019-02-30: the same message as for another shape
    raise record.wrong(column, f"{found!r} is not a date such as 2019-02-23")


def zone(record: Record, column: str) -> ZoneInfo | None:
    """An IANA time zone."""
    found = text(record, column)
    if found is None:
        return None
    try:
        return zone_for(found)
    except UnreadableSource as error:
        raise record.wrong(column, str(error)) from error


def iso_moment(record: Record, column: str, zone: ZoneInfo | None) -> Moment | None:
    """A local time such as `2019-02-27 04:37` (seconds and an offset allowed) or only its day."""
    found = text(record, column)
    if found is None:
        return None
    if _DAY.fullmatch(found):
        return Moment(datetime.combine(day(record, column), time(), UTC), Precision.DAY)
    shape = _TIME.fullmatch(found)
    if shape is None:
        raise record.wrong(column, f"{found!r} is not a time such as 2019-02-27 04:37")
    try:
        local = datetime.fromisoformat(found)
    except ValueError as error:
        raise record.wrong(column, f"{found!r} is no time of the calendar and clock") from error
    precision = Precision.SECOND if shape["second"] else Precision.MINUTE
    return Moment(_in_utc(record, column, local, zone), precision)


def clock_moment(record: Record, column: str, pattern: str, zone: ZoneInfo) -> Moment | None:
    """A local time to the minute in a `strptime` pattern."""
    found = text(record, column)
    if found is None:
        return None
    try:
        local = datetime.strptime(found, pattern)  # noqa: DTZ007  (the zone follows)
    except ValueError as error:
        raise record.wrong(column, f"{found!r} is not a time such as {EXAMPLE_TIME:{pattern}}") from error
    return Moment(_in_utc(record, column, local, zone), Precision.MINUTE)


def _in_utc(record: Record, column: str, local: datetime, zone: ZoneInfo | None) -> datetime:
    """The instant of a local time; what the zone does not decide is an error."""
    if zone is None:
        if local.tzinfo is None:
            raise record.wrong(column, "a time without a zone: add the column time_zone or give --timezone")
        return local.astimezone(UTC)
    if local.tzinfo is not None:
        return _agreeing(record, column, local, zone)
    try:
        return in_zone(local, zone)
    except WrongTime as error:
        raise record.wrong(column, str(error)) from error


def _agreeing(record: Record, column: str, local: datetime, zone: ZoneInfo) -> datetime:
    if local.astimezone(zone).utcoffset() != local.utcoffset():
        raise record.wrong(column, f"{local} does not have the offset of {zone.key} at that time")
    return local.astimezone(UTC)
