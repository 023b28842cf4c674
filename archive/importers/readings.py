"""How values are read that a source writes in its own way: as plain text of ours."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from archive.times import WrongTime

ZONES: Mapping[str, str] = {
    "UTC": "+00:00",
    "UT": "+00:00",
    "GMT": "+00:00",
    "Z": "+00:00",
    "EST": "-05:00",
    "EDT": "-04:00",
    "CST": "-06:00",
    "CDT": "-05:00",
    "MST": "-07:00",
    "MDT": "-06:00",
    "PST": "-08:00",
    "PDT": "-07:00",
    "WET": "+00:00",
    "WEST": "+01:00",
    "CET": "+01:00",
    "CEST": "+02:00",
    "EET": "+02:00",
    "EEST": "+03:00",
}
"""Zones by their short names: those of RFC 2822 (4.3), and Europe's, which no other zone shares."""

AMBIGUOUS = frozenset({"AST", "BST", "IST", "MSK", "SST"})
"""Short names that several zones bear: what they mean must be said with --timezone."""

_ABBREVIATED = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}:\d{2}(?::\d{2})?)\s+([A-Z]{1,5})")
_EPOCH = re.compile(r"\d{1,12}(?:\.0+)?")
_FACEBOOK_KINDS = frozenset({"permalink", "photos", "posts", "reel", "videos", "watch"})
"""Steps of a path before the one that ends with a post's id."""
_FACEBOOK_ID = re.compile(r"(?:.*[-.])?(\d{5,25}|pfbid\w{10,120})")
_SHORTCODE = re.compile(r"/(?:[\w.]+/)?(?:p|reel|reels|tv)/([\w-]{5,60})/?")


LONGEST_ADDRESS = 2_000


class WrongValue(WrongTime):
    """A value that is not written as its source writes it."""


def seconds_since_1970(value: str) -> str:
    """`1604441405` as 2020-11-03T22:10:05+00:00."""
    if not _EPOCH.fullmatch(value.strip()):
        raise WrongValue(f"{value[:60]!r} is no number of seconds since 1970")
    try:
        return datetime.fromtimestamp(float(value), UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError) as error:
        raise WrongValue(f"{value[:60]!r} lies outside the calendar") from error


def abbreviated_zone(value: str) -> str:
    """`2020-11-03 22:10:05 EST` as 2020-11-03 22:10:05-05:00; without its zone where that is ambiguous."""
    found = _ABBREVIATED.fullmatch(value.strip())
    if found is None:
        return value
    day, clock, zone = found.groups()
    if zone in AMBIGUOUS:
        return f"{day} {clock.zfill(8) if clock.count(':') == 2 else clock.zfill(5)}"
    if zone not in ZONES:
        raise WrongValue(f"{value[:60]!r}: the zone {zone} is not known: write the time with its offset")
    return f"{day} {clock.zfill(8) if clock.count(':') == 2 else clock.zfill(5)}{ZONES[zone]}"


def facebook_post(value: str) -> str:
    """The id of the post that an address of Facebook leads to."""
    path, query = _split(value)
    for name in ("story_fbid", "fbid", "v"):
        if found := query.get(name):
            return found[0]
    *before, last = path.strip("/").split("/")
    matched = _FACEBOOK_ID.fullmatch(last)
    if matched and _FACEBOOK_KINDS.intersection(before):
        return matched[1]
    raise WrongValue(f"{value[:80]!r} is no address of a post on Facebook")


def instagram_code(value: str) -> str:
    """The shortcode of the post that an address of Instagram leads to."""
    matched = _SHORTCODE.fullmatch(_split(value)[0])
    if matched is None:
        raise WrongValue(f"{value[:80]!r} is no address of a post on Instagram")
    return matched[1]


def _split(address: str) -> tuple[str, dict[str, list[str]]]:
    if len(address) > LONGEST_ADDRESS:
        raise WrongValue(f"{address[:80]!r}... is no address")
    try:
        split = urlsplit(address.strip())
        return split.path, parse_qs(split.query, max_num_fields=50)
    except ValueError as error:  # brackets without an IPv6 address
        raise WrongValue(f"{address[:80]!r} is no address") from error


READINGS: Mapping[str, Callable[[str], str]] = {
    "abbreviated-zone": abbreviated_zone,
    "facebook-post": facebook_post,
    "instagram-code": instagram_code,
    "seconds-since-1970": seconds_since_1970,
}
"""By the names that are kept with a file. Each raises WrongValue with the reason."""
