"""How long to wait before a request: what servers say of their limits, and our own, as pure rules.

Answer             Says                                   The next request
429, 503           Retry-After                            then; a day at most
other passing      Retry-After                            then; a day at most
429, 503           nothing remains (or not said), reset   at the reset; the window at most
429                something remains: another limit       after 1 s
429                nothing usable, or a reset long past   after 60 s
429 again          whatever it says                       not before 60, 120, 240 ... 900 s
any                nothing remains                        at the reset; the window at most
any                something remains                      at our own pace

The window is what `RateLimit-Policy: N;w=S` says; else that of the collector's policy (a minute at least);
else a day. A reset is corrected by the server's own clock (`Date`), and a second is added to it, as both are
cut to whole seconds. Nothing is negative.

Our own limit is kept whatever the server says: at most `requests` in any `seconds`, however they are cut.
A quarter may be sent at once, the others evenly spread (the generic cell rate algorithm of ITU-T I.371,
counted as requests since they began to come without a pause, so that two numbers are all that is stored).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from archive.contract import Policy
from archive.web.resets import parse_count, parse_seconds, server_time
from archive.web.standing import Standing, Wait

DAY = 86_400.0
SHORTEST_WINDOW = 60.0
ROUNDING = 1.0
OTHER_LIMIT = 1.0
UNSAID = 60.0
LONGEST_UNSAID = 900.0

MOST = 1_000_000_000
"""No limit is larger; what a column holds."""

TOO_MANY = 429
UNAVAILABLE = 503

NAMES = {
    "limit": ("ratelimit-limit", "x-ratelimit-limit", "x-rate-limit-limit"),
    "remaining": ("ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining"),
    "reset": ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset"),
}
"""What we read -> the headers that say it: IETF drafts and Bluesky, Mastodon and forks, X."""

SERVER_ASKS = "the server asks to wait"
SERVER_LIMIT = "the server's limit is used up"
OUR_LIMIT = "our own limit for this server"
OUR_PACE = "our own pace for this server"

_WINDOW = re.compile(r";\s*w=([0-9]{1,9})")
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one answer says of limits; times in seconds from now, as they were written."""

    limit: int | None = None
    remaining: int | None = None
    reset: float | None = None
    window: float | None = None
    retry_after: float | None = None

    @property
    def used_up(self) -> bool:
        """Whether what remains, as far as that is said, is nothing."""
        return not self.remaining


def hear(headers: Mapping[str, str], now: datetime) -> Heard:
    """What the headers (names in lower case) of an answer that came `now` say."""
    theirs = server_time(headers, now)
    reset, retry_after = _first(headers, "reset"), headers.get("retry-after", "")
    window = _WINDOW.search(headers.get("ratelimit-policy", ""))
    return Heard(
        limit=_count(headers, "limit"),
        remaining=_count(headers, "remaining"),
        reset=parse_seconds(reset, theirs),
        window=float(window[1]) if window else None,
        retry_after=parse_seconds(retry_after, theirs),
    )


def window_of(heard: Heard, policy: Policy | None) -> float:
    """Seconds beyond which no reset is believed."""
    if heard.window:
        return min(heard.window, DAY)
    return min(max(policy.seconds, SHORTEST_WINDOW), DAY) if policy else DAY


def learned(
    standing: Standing,
    heard: Heard,
    now: datetime,
    *,
    policy: Policy | None = None,
    refused: int = 0,
    status: int = 200,
    passing: bool = False,
) -> Standing:
    """The standing after an answer. `refused` counts 429s in a row, with this one; `passing`: trouble.

    What another process was told to wait for stays.
    """
    wait = _asked_to_wait(heard, window_of(heard, policy), status, refused) if passing else None
    told = standing.not_before if wait is None else max(now + wait, standing.not_before or now)
    if heard.remaining is None:
        return replace(standing, not_before=told)
    return replace(
        standing,
        allowed=heard.limit if heard.limit is not None else standing.allowed,
        remaining=heard.remaining,
        resets_at=_reset(standing, heard, now, policy),
        not_before=told,
    )


def earliest(standing: Standing, policy: Policy | None, now: datetime) -> Wait | None:
    """What the next request has to wait for, the longest of all; None: it may be sent now."""
    waits = [*_theirs(standing, now), *(_ours(standing, policy, now) if policy else ())]
    return max((wait for wait in waits if wait.until > now), key=lambda wait: wait.until, default=None)


def counted(standing: Standing, policy: Policy | None, now: datetime) -> Standing:
    """The standing with one more request, sent `now`."""
    over = standing.resets_at is None or standing.resets_at <= now
    began, sent = _run(standing, policy, now) if policy else (None, 0)
    return replace(
        standing,
        remaining=None if over or standing.remaining is None else max(standing.remaining - 1, 0),
        resets_at=None if over else standing.resets_at,
        window_began_at=began,
        sent=sent,
        last_sent_at=now,
    )


def _first(headers: Mapping[str, str], what: str) -> str:
    return next((headers[name] for name in NAMES[what] if name in headers), "")


def _count(headers: Mapping[str, str], what: str) -> int | None:
    found = parse_count(_first(headers, what))
    return None if found is None else min(found, MOST)


def _bounded(seconds: float, most: float) -> timedelta:
    return timedelta(seconds=min(max(seconds, 0.0), most))


def _asked_to_wait(heard: Heard, window: float, status: int, refused: int) -> timedelta | None:
    """What an answer with passing trouble asks for, by the table above; None: it does not say."""
    if status != TOO_MANY:
        return _said(heard, window) if status == UNAVAILABLE else _retry_after(heard)
    said = _said(heard, window)
    if said is None:
        said = _bounded(OTHER_LIMIT if heard.remaining and refused < 2 else _doubled(refused), DAY)
    return said if refused < 2 else max(said, _bounded(_doubled(refused - 1), LONGEST_UNSAID))


def _doubled(refused: int) -> float:
    return float(min(UNSAID * 2 ** min(max(refused - 1, 0), 10), LONGEST_UNSAID))


def _retry_after(heard: Heard) -> timedelta | None:
    if heard.retry_after is None or heard.retry_after <= 0:
        return None
    return _bounded(heard.retry_after, DAY)


def _said(heard: Heard, window: float) -> timedelta | None:
    """Retry-After, else the reset of a limit that is used up; None where neither lies ahead."""
    if (after := _retry_after(heard)) is not None:
        return after
    if heard.reset is None or not heard.used_up or heard.reset + ROUNDING <= 0:
        return None
    return _bounded(heard.reset + ROUNDING, window)


def _reset(standing: Standing, heard: Heard, now: datetime, policy: Policy | None) -> datetime:
    """When what remains is no longer true."""
    window = window_of(heard, policy)
    if heard.reset is not None:
        return now + _bounded(heard.reset + ROUNDING, window)
    if standing.resets_at is not None and standing.resets_at > now:
        return min(standing.resets_at, now + timedelta(seconds=window))
    known = heard.window or policy
    return now + timedelta(seconds=window if known else SHORTEST_WINDOW)


def _theirs(standing: Standing, now: datetime) -> Iterator[Wait]:
    """What the server asks for. More than a day ahead: written by a clock that was set back since."""
    day = now + timedelta(seconds=DAY)
    if standing.not_before is not None and standing.not_before <= day:
        yield Wait(standing.not_before, SERVER_ASKS)
    if standing.remaining == 0 and standing.resets_at is not None and standing.resets_at <= day:
        yield Wait(standing.resets_at, SERVER_LIMIT)


def _ours(standing: Standing, policy: Policy, now: datetime) -> Iterator[Wait]:
    """What our own policy asks for, never more than its window (or its least distance) ahead."""
    began, last = standing.window_began_at, standing.last_sent_at
    longest = now + timedelta(seconds=max(policy.seconds, policy.apart))
    if last is None or last > longest:
        return
    yield Wait(min(last + timedelta(seconds=policy.apart), longest), OUR_PACE)
    if began is not None:
        ahead = _share(policy, standing.sent - _burst(policy) + 1)
        yield Wait(min(began + ahead, longest), OUR_LIMIT)


def _run(standing: Standing, policy: Policy, now: datetime) -> tuple[datetime, int]:
    """Since when requests come without a pause, and how many, with the one that is sent now."""
    began, last = standing.window_began_at, standing.last_sent_at
    pause = began is None or began + _share(policy, standing.sent) <= now
    back = last is not None and last > now + timedelta(seconds=max(policy.seconds, policy.apart))
    return (now, 1) if began is None or pause or back else (began, standing.sent + 1)


def _burst(policy: Policy) -> int:
    """Requests that may be sent at once."""
    return max(1, policy.requests // 4)


def _share(policy: Policy, count: int) -> timedelta:
    """The time that `count` requests take when they are evenly spread beside the burst.

    In whole microseconds, rounded up, so that `requests - burst + 1` of them take exactly the window.
    """
    window = timedelta(seconds=policy.seconds) // _MICROSECOND
    spread = policy.requests - _burst(policy) + 1
    return -(-count * window // spread) * _MICROSECOND
