"""What a server says of how long an answer stays as it is, and how to ask whether it did."""

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

LONGEST = 7 * 86_400
"""Seconds that are believed: nobody's feed is to be left alone for longer."""
_MAX_AGE = re.compile(r"(?:^|,)\s{0,9}max-age\s{0,9}=\s{0,9}\"?(\d{1,10})")
_NEVER = re.compile(r"(?:^|,)\s{0,9}no-(?:cache|store)\b")
_VALIDATORS = ("etag", "last-modified")
_ASKED_BY = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
_LONGEST_VALIDATOR = 1_000


def validators_of(headers: Mapping[str, str]) -> dict[str, str]:
    """`etag` and `last-modified`, where they can be sent back."""
    found = {name: headers.get(name, "").strip() for name in _VALIDATORS}
    return {name: value for name, value in found.items() if _is_sendable(value)}


def conditions(validators: Mapping[str, str]) -> dict[str, str]:
    """The headers of a request that wants only what is new."""
    return {_ASKED_BY[name]: value for name, value in validators.items() if name in _ASKED_BY}


def seconds_fresh(headers: Mapping[str, str], minutes: int | None = None) -> int | None:
    """For how long it is of no use to ask again: by Cache-Control, else Expires, else RSS's `ttl`.

    The length and not the time at which it ends: pages that say the same are kept once.
    """
    control = headers.get("cache-control", "").lower()
    if _NEVER.search(control):
        return None
    found = _MAX_AGE.search(control)
    seconds = int(found[1]) if found else _until_expiry(headers)
    if seconds is None and minutes is not None:
        seconds = minutes * 60
    return min(seconds, LONGEST) if seconds and seconds > 0 else None


def _until_expiry(headers: Mapping[str, str]) -> int | None:
    ends, begins = _time(headers.get("expires", "")), _time(headers.get("date", ""))
    return int((ends - begins).total_seconds()) if ends and begins else None


def _time(written: str) -> datetime | None:
    """An HTTP date; None for anything else, such as `0` or `-1`."""
    try:
        found = parsedate_to_datetime(written)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _is_sendable(value: str) -> bool:
    return bool(value) and len(value) <= _LONGEST_VALIDATOR and value.isascii() and value.isprintable()
