"""Numbers, times and fixed words as a reader sees them."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from analysis.outcomes.ballot import MARGIN_BASES, TURNOUT_BASES, VOTES_CHECKS
from analysis.outcomes.candidacies import CONCESSION_WORDS
from analysis.outcomes.stages import UNTIMED_WORDS
from analysis.outcomes.timing import Moment, Window
from analysis.site.harmless import shown

MINUS = "−"

_NOT_IN_ADDRESSES = re.compile(r"[\x00-\x20\x7f]")

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

TONE_SIGNS = {
    "negative": MINUS,
    "neutral": "0",
    "positive": "+",
    "mixed": "±",
    "unclear": "?",
    "unscored": "·",
}
"""The sign that stands beside a tone, so that colour is never the only code."""

PHASES = {
    "before_polls_close": "before the polls closed",
    "between": "after the polls closed, before the declaration",
    "after_declaration": "after the declaration",
    "unknown": "before or after the declaration: not known",
}

CHANNELS = {
    "social": "on social media",
    "speech": "in a speech",
    "interview": "in an interview",
    "statement": "in a written statement",
    "unknown": "channel not stated by the source",
}

PLATFORMS = {"x": "X", "bluesky": "Bluesky", "mastodon": "Mastodon", "news": "quoted in the news"}

KINDS = {"result_report": "result report", "other": "other"}

SCOPES = {"own_contest": "own contest", "party": "the party's result", "other": "another contest"}

BASES = {
    "handle": "linked by a platform mention",
    "reply": "linked as the author replied to",
    "quoted": "linked as the author quoted",
    "addressee": "linked as the addressee whom the source names",
    "full_name": "linked by full name",
    "surname": "linked by surname, in this contest",
    "office": "linked by office on that date",
    "opponent": "linked as the only opponent",
    "own_side": "the author’s own side",
    "alias": "linked by a name of the party",
    "list": "known from a built-in list",
    "shape": "taken for a name by its shape",
    "ambiguous": "ambiguous: linked to nobody",
    "review": "linked by a person who reviewed it",
}

UNSCORED = {
    "not_analysed": "Not read yet by the method whose labels are shown.",
    "unsupported_language": "Not scored: no method here reads this language.",
    "no_text": "Not scored: there is no text to read.",
}

STATUSES = {
    "standing": "standing",
    "withdrawn": "stood down: not on the ballot",
    "disqualified": "disqualified: not on the ballot",
    "deceased": "died before the poll: not on the ballot",
}

COLLECTIONS = {
    "collected": "collected",
    "outside_window": "nothing from this contest’s window; statements from other times are archived",
    "nothing_kept": "collection was tried and nothing is kept: whether there was anything is not known",
    "not_collected": "not collected",
}
"""What was collected of a candidate. Never 'none': that would need proof that nothing was missed."""

CONCESSIONS = {status.value: words for status, words in CONCESSION_WORDS.items()}
"""Where a candidate stands to the loss."""

BACKINGS = {
    "complete": "complete",
    "partial": "not complete",
    "imported": "from files alone",
    "not_collected": "not collected",
}
"""How well `no concession found` is backed."""

CLAIM_VERBS = {
    "victory": "claims victory",
    "concession": "concedes",
    "refusal": "refuses the result",
}

REVIEWS = {
    "machine": "machine",
    "confirmed": "confirmed",
    "corrected": "corrected",
    "added": "added",
}
"""Whether a person has looked at a finding: `machine` where nobody has."""

UNTIMED = {reason.value: words for reason, words in UNTIMED_WORDS.items()}
"""Why a claim has no minutes."""

ELECTED_BASES = {"source": "as the source says", "most_votes": "by most votes"}

TABLES: Mapping[str, Mapping[str, str]] = {
    "TONE_SIGNS": TONE_SIGNS,
    "PHASES": PHASES,
    "CHANNELS": CHANNELS,
    "PLATFORMS": PLATFORMS,
    "KINDS": KINDS,
    "SCOPES": SCOPES,
    "BASES": BASES,
    "UNSCORED": UNSCORED,
    "STATUSES": STATUSES,
    "ELECTED_BASES": ELECTED_BASES,
    "MARGIN_BASES": MARGIN_BASES,
    "TURNOUT_BASES": TURNOUT_BASES,
    "VOTES_CHECKS": VOTES_CHECKS,
    "COLLECTIONS": COLLECTIONS,
    "CONCESSIONS": CONCESSIONS,
    "BACKINGS": BACKINGS,
    "CLAIM_VERBS": CLAIM_VERBS,
    "REVIEWS": REVIEWS,
    "UNTIMED": UNTIMED,
}
"""Fixed words by the names under which templates know them."""


def number(value: int) -> str:
    """15896 -> `15,896`; a true minus sign."""
    return f"{value:,}".replace("-", MINUS)


def percent(fraction: float, digits: int = 1) -> str:
    """0.341 -> `34.1%`."""
    return f"{100 * fraction:.{digits}f}%".replace("-", MINUS)


def points(fraction: float) -> str:
    """-0.394 -> `−39.4`: percentage points, always with a sign."""
    return _signed(100 * fraction, 1)


def score(value: float) -> str:
    """A sentiment: two digits, always with a sign."""
    return _signed(value, 2)


def _signed(value: float, digits: int) -> str:
    shown = f"{value:+.{digits}f}".replace("-", MINUS)
    return f"{0:.{digits}f}" if shown.strip(f"+{MINUS}0.") == "" else shown


def confidence(value: float) -> str:
    """0..1 with two digits."""
    return f"{value:.2f}"


def minutes(value: int) -> str:
    """76 -> `+76 min`."""
    return f"{MINUS if value < 0 else '+'}{abs(value):,} min"


def duration(value: int) -> str:
    """Minutes in words of two units: 76 -> `1 h 16 min`."""
    days, rest = divmod(abs(value), 1440)
    hours, left = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {left} min" if hours else f"{left} min"


def day(value: Any) -> str:
    """A date as `4 July 2024`."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


@lru_cache(maxsize=4096)  # a statement's is told on several pages
def moment(value: Moment, zone: ZoneInfo) -> str:
    """A time in `zone`, as exactly as it is known: a day stays a day."""
    if not value.is_exact:
        return f"{day(value.day_in(zone))} (day only)"
    local = value.at.astimezone(zone)
    clock = "%H:%M" if value.precision == "minute" else "%H:%M:%S"
    return f"{day(local)}, {local.strftime(clock)} {_zone_name(local, zone)}"


def _zone_name(local: datetime, zone: ZoneInfo) -> str:
    name = local.tzname() or ""
    return name if name.isalpha() else f"{zone.key} (UTC{name})"


def told(at: datetime, precision: str | None, zone: str) -> str:
    """A time of a row in the zone that the row names."""
    return moment(Moment(at, precision or "second"), ZoneInfo(zone))


def machine_time(value: Moment, zone: ZoneInfo) -> str:
    """For the `datetime` attribute: a date, or a local time with its offset."""
    if not value.is_exact:
        return value.day_in(zone).isoformat()
    return value.at.astimezone(zone).isoformat()


def utc(value: datetime) -> str:
    """A time of ours: `5 July 2024, 12:00 UTC`."""
    local = value.astimezone(UTC)
    return f"{day(local)}, {local:%H:%M} UTC"


def window(value: Window) -> str:
    """The window in words."""
    return f"from {value.before.days} days before polling day to {value.after.days} days after it"


def web_address(value: str | None) -> str | None:
    """The address if it may be a link: http or https with a host; None for everything else."""
    if value is None or _NOT_IN_ADDRESSES.search(value):
        return None
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return None
    return value if parts.scheme in ("http", "https") and host else None


def cell(value: Any) -> str:
    """A value of a flat row in a table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def truncated(value: str, most: int = 160) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(shown(value).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 statement`, `2 statements`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


FILTERS: Mapping[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        *(number, percent, points, score, confidence, minutes, duration, day, moment, told),
        *(machine_time, utc, window, web_address, cell, plural, truncated),
    )
}
"""The functions that templates may call, by name."""
