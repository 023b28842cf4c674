"""When a limit ends, in the many forms in which servers write it."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

EPOCH_FROM = 100_000_000
"""Numbers from here on are seconds since 1970 (March 1973), smaller ones seconds from now (IETF drafts)."""

OLDEST = 86_400
"""Seconds for which a cache is believed to have kept an answer."""

LONGEST = 64
"""Characters of a value that is read at all."""

_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]+)?")
_WHOLE = re.compile(r"[0-9]{1,20}")


def parse_time(value: str) -> datetime | None:
    """A time from ISO 8601 or an HTTP-date (RFC 9110, 5.6.7), aware; None where it is neither."""
    value = value.strip()
    if len(value) > LONGEST:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def parse_seconds(value: str, server_now: datetime) -> float | None:
    """Seconds from now, negative for the past: of epoch seconds, seconds from now, ISO 8601 or an HTTP-date.

    `server_now` is the present by the clock that wrote the value. None where it is none of these.
    """
    value = value.strip()
    if len(value) > LONGEST:
        return None
    if _NUMBER.fullmatch(value):
        number = float(value)
        return number if number < EPOCH_FROM else number - server_now.timestamp()
    at = parse_time(value)
    return None if at is None else (at - server_now).total_seconds()


def parse_count(value: str) -> int | None:
    """The whole number with which a value begins (`100, 100;w=60`); None where there is none."""
    found = _WHOLE.fullmatch(re.split(r"[,;]", value[:LONGEST], maxsplit=1)[0].strip())
    return int(found[0]) if found else None


def server_time(headers: Mapping[str, str], now: datetime) -> datetime:
    """The present by the server's clock: `Date` and, where a cache answers, `Age`; else our own."""
    said = parse_time(headers.get("date", ""))
    if said is None:
        return now
    age = parse_count(headers.get("age", "")) or 0
    return said + timedelta(seconds=min(age, OLDEST))
