"""What YouTube means when it does not give what was asked for: its reasons as a table."""

from datetime import datetime, time, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from archive.contract import BudgetSpent, CollectingError, Response, SourceRefused, UnreadablePage
from archive.contract.web import HTTP_OK

KEY = "HUSTINGS_YOUTUBE_KEY"
NOT_MODIFIED = 304
_WORDS = 200
"""Characters of YouTube's own words in a message."""

PACIFIC = ZoneInfo("America/Los_Angeles")
"""Where the quota's day ends at midnight (developers.google.com/youtube/v3, `Quota`)."""


class Means(Enum):
    """What a reason asks us to do."""

    BUDGET = auto()
    """Nothing more is served to this key until the day ends."""
    ACCESS = auto()
    """The key is not good enough."""
    PASSING = auto()
    """Another try helps."""
    TOKEN = auto()
    """The page token is no longer known."""
    UNSEEN = auto()
    """The list or its channel may not be seen, or is gone."""
    MISSING = auto()
    """There is no such list."""


REASONS: dict[str, Means] = {
    # error.errors[0].reason, or the reason among error.details. What is not here, such as `forbidden`,
    # concerns what was asked for, and no other channel.
    "quotaExceeded": Means.BUDGET,
    "dailyLimitExceeded": Means.BUDGET,
    "rateLimitExceeded": Means.PASSING,
    "userRateLimitExceeded": Means.PASSING,
    "RATE_LIMIT_EXCEEDED": Means.PASSING,
    "transient": Means.PASSING,
    "backendError": Means.PASSING,
    "accessNotConfigured": Means.ACCESS,
    "SERVICE_DISABLED": Means.ACCESS,
    "keyInvalid": Means.ACCESS,
    "keyExpired": Means.ACCESS,
    "API_KEY_INVALID": Means.ACCESS,
    "API_KEY_SERVICE_BLOCKED": Means.ACCESS,
    "ipRefererBlocked": Means.ACCESS,
    "authError": Means.ACCESS,
    "invalidPageToken": Means.TOKEN,
    "playlistNotFound": Means.MISSING,
    "playlistItemsNotAccessible": Means.UNSEEN,
    "channelClosed": Means.UNSEEN,
    "channelSuspended": Means.UNSEEN,
    "channelNotFound": Means.UNSEEN,
}
MAY_PASS = (400, 403)
"""Statuses with which YouTube also says that another try helps."""
_NOBODY = 401
"""Whoever asked is not known: it concerns the key whatever the reason."""


def reasons_in(response: Response) -> tuple[str, ...]:
    """The reasons of an answer, the most telling first; none where its body is no error of YouTube's."""
    error = _error(response)
    found: list[object] = []
    for name in ("details", "errors"):
        listed = error.get(name)
        found += (
            [one.get("reason") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        )
    return tuple(one[:_WORDS] for one in found if isinstance(one, str))


def meaning_of(response: Response) -> Means | None:
    """What an answer asks us to do; None where its reasons are not in the table.

    Of several reasons the first in the order of Means counts: an error for a used up quota also
    comes with the general `RATE_LIMIT_EXCEEDED`.
    """
    found = {REASONS[one] for one in reasons_in(response) if one in REASONS}
    return next((meaning for meaning in Means if meaning in found), None)


def is_final(response: Response) -> bool:
    """Whether no other try helps, although the status may mean that one does."""
    if response.status in MAY_PASS:
        return meaning_of(response) is not Means.PASSING
    return meaning_of(response) is Means.BUDGET


def refuse(response: Response) -> None:
    """Raise what stops the whole source: BudgetSpent, or SourceRefused where it concerns the key.

    Nothing for any other answer.
    """
    if response.status in (HTTP_OK, NOT_MODIFIED):
        return
    meaning = meaning_of(response)
    if meaning is Means.BUDGET:
        until = next_midnight(response.retrieved_at)
        raise BudgetSpent(f"YouTube: the quota of {KEY} is used up for today ({words_of(response)})", until)
    if meaning is Means.ACCESS or response.status == _NOBODY:
        raise SourceRefused(
            f"YouTube does not serve this key ({words_of(response)}): set {KEY} to one of a project in which "
            "the YouTube Data API v3 is enabled"
        )


def refusal(response: Response, subject: str) -> CollectingError:
    """The error for an answer that nothing else explains."""
    return CollectingError(f"{subject}: YouTube answers {response.status} ({words_of(response)})")


def words_of(response: Response) -> str:
    """YouTube's own words for what went wrong, in one line."""
    message = _error(response).get("message")
    reasons = reasons_in(response)
    said = message if isinstance(message, str) else response.media_type
    return " ".join(f"{reasons[0]}: {said}".split() if reasons else said.split())[:_WORDS]


def next_midnight(now: datetime) -> datetime:
    """When the quota's next day begins."""
    day = now.astimezone(PACIFIC).date() + timedelta(days=1)
    return datetime.combine(day, time(), PACIFIC).astimezone(now.tzinfo)


def _error(response: Response) -> dict[str, object]:
    try:
        said = response.json()
    except UnreadablePage:
        return {}
    error = said.get("error") if isinstance(said, dict) else None
    return error if isinstance(error, dict) else {}
