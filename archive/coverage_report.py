"""What is covered: per account and stream, since when, with which gaps, and when we last knew.

It is read by plain SQL, a query a table: with thousands of accounts, rows of the models take seconds.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from archive.leases import AHEAD, is_held
from db.coverage_rows import coverage_rows
from db.plain import Query, moment_of, query_of
from db.words import SHOWING, CoverageStatus

if TYPE_CHECKING:
    from sqlmodel import Session

    from db.models import Account


@dataclass(frozen=True, slots=True)
class Gap:
    """Where posts may be missing, and why. A time that is None is open."""

    since: datetime | None
    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class StreamCoverage:
    """What is proven of one stream."""

    stream: str
    complete: bool
    """Everything from `since` to `until` was read, but for the gaps."""
    since: datetime | None
    """None: from the account's beginning."""
    until: datetime | None
    unread: bool
    """A round was interrupted: the next one goes on with the rest."""
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class AccountCoverage:
    """What is proven of one account."""

    account_id: int
    platform: str
    handle: str | None
    person_id: str | None
    collectable: bool
    """A collector reads this platform; otherwise its posts come by import alone."""
    state: str | None
    """As last seen; None: never looked at."""
    statements: int
    streams: tuple[StreamCoverage, ...]
    tried_at: datetime | None
    succeeded_at: datetime | None
    known_at: datetime | None
    """When we last knew what it published: the last success, or that the platform shows nothing, and why."""
    ahead_at: datetime | None
    """Of these times, the one that lies in the future: some clock is wrong, and it is no knowledge."""
    due_at: datetime | None
    failures: int
    error: str | None
    busy: bool
    """A process that is not known to be gone collects it just now."""
    stale: bool
    """A collector reads it, and nothing is known for longer than asked for."""

    @property
    def gaps(self) -> int:
        """How many places of all streams may miss posts."""
        return sum(len(stream.gaps) for stream in self.streams)

    def record(self) -> dict[str, Any]:
        """All of it by name; `dataclasses.asdict`, which copies each value, takes ten times as long."""
        streams = [
            {**_fields(stream), "gaps": [_fields(gap) for gap in stream.gaps]} for stream in self.streams
        ]
        return {**_fields(self), "streams": streams, "gaps": self.gaps}


def _fields(one: Gap | StreamCoverage | AccountCoverage) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the coverage."""

    now: datetime
    collectable: Collection[str]
    """Platforms that have a collector."""
    max_age: timedelta | None = None


COMPLETE, SUSPECTED = str(CoverageStatus.COMPLETE), str(CoverageStatus.SUSPECTED)


class _Account(NamedTuple):
    id: int
    platform: str
    platform_id: str | None
    home: str | None
    person_id: str | None
    checked_at: Any


class _Schedule(NamedTuple):
    due_at: datetime | None = None
    tried_at: datetime | None = None
    succeeded_at: datetime | None = None
    held_until: datetime | None = None
    failures: int = 0
    error: str | None = None
    holder: str | None = None


_Interval = tuple[str, bool, str | None, Any, Any, str | None]
"""Status, whether it reads the whole stream again, oldest position, since, until, reason."""


def cover_accounts(
    session: "Session",
    accounts: "Sequence[Account]",
    *,
    now: datetime,
    collectable: Collection[str],
    max_age: timedelta | None = None,
) -> list[AccountCoverage]:
    """The coverage of each account. `collectable`: platforms that have a collector."""
    ids = [account.id for account in accounts if account.id is not None]
    found = read_coverage(query_of(session), Asked(now, collectable, max_age), ids=ids)
    by_id = {one.account_id: one for one in found}
    return [by_id[number] for number in ids]


def read_coverage(query: Query, asked: Asked, *, ids: Collection[int] | None = None) -> list[AccountCoverage]:
    """The coverage of the accounts of these numbers (None: of all), by number."""
    rows = coverage_rows(query, ids)
    schedules, streams = _schedules(rows.schedules), _streams(rows.intervals)
    return [
        _covered(
            account,
            asked,
            handle=rows.handles.get(account.id) or account.home or account.platform_id,
            schedule=schedules.get(account.id) or _Schedule(),
            state=rows.states.get(account.id),
            streams=streams.get(account.id, ()),
            statements=rows.counts.get(account.id, 0),
        )
        for account in map(_Account._make, rows.accounts)
    ]


def _covered(
    account: _Account,
    asked: Asked,
    *,
    handle: str | None,
    schedule: _Schedule,
    state: str | None,
    streams: tuple[StreamCoverage, ...],
    statements: int,
) -> AccountCoverage:
    now, max_age = asked.now, asked.max_age
    looked_at = moment_of(account.checked_at) if state is not None and state not in SHOWING else None
    told = [time for time in (schedule.succeeded_at, looked_at) if time is not None]
    known_at = max((time for time in told if time <= now + AHEAD), default=None)
    can = account.platform in asked.collectable
    return AccountCoverage(
        account_id=account.id,
        platform=account.platform,
        handle=handle,
        person_id=account.person_id,
        collectable=can,
        state=state,
        statements=statements,
        streams=streams,
        tried_at=schedule.tried_at,
        succeeded_at=schedule.succeeded_at,
        known_at=known_at,
        ahead_at=max((time for time in told if time > now + AHEAD), default=None),
        due_at=schedule.due_at,
        failures=schedule.failures,
        error=schedule.error,
        busy=is_held(schedule, now=now),
        stale=can and max_age is not None and (known_at is None or now - known_at > max_age),
    )


def _schedules(rows: Iterable[Sequence[Any]]) -> dict[int, _Schedule]:
    return {
        number: _Schedule(
            moment_of(due_at), moment_of(tried_at), moment_of(succeeded_at), moment_of(held_until), *told
        )
        for number, due_at, tried_at, succeeded_at, held_until, *told in rows
    }


def _streams(rows: Iterable[Sequence[Any]]) -> dict[int, tuple[StreamCoverage, ...]]:
    """What is proven of the streams of each account, by name."""
    found: defaultdict[int, dict[str, list[_Interval]]] = defaultdict(dict)
    for account_id, stream, *interval in rows:
        found[account_id].setdefault(stream, []).append(tuple(interval))
    return {
        number: tuple(_stream(name, intervals) for name, intervals in streams.items())
        for number, streams in found.items()
    }


def _stream(name: str, intervals: Sequence[_Interval]) -> StreamCoverage:
    complete, unread, gaps, latest = False, False, [], []
    since: datetime | None = None
    until: datetime | None = None
    for status, full, low, begins, ends, reason in intervals:
        if status == SUSPECTED:
            gaps.append(Gap(moment_of(begins), moment_of(ends), reason or "unknown"))
            if low is None and begins is None and ends is not None:
                latest.append(gaps[-1].until)
        elif full:
            continue
        elif status == COMPLETE:
            complete, since, until = True, moment_of(begins), moment_of(ends)
        else:
            unread = True
    hidden = [time for time in (*latest, since) if time is not None]
    return StreamCoverage(name, complete, max(hidden, default=None), until, unread, tuple(gaps))
