"""What is covered: per account and stream, since when, with which gaps, and when we last knew."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from archive.batches import batches
from archive.coverage import load_states
from archive.intervals import Interval, StreamState
from archive.schedules import AHEAD, is_held, schedules_of
from db.models import Account, AccountHandle, Observation, Schedule, Statement
from db.words import SHOWING


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


def cover_accounts(
    session: Session,
    accounts: Sequence[Account],
    *,
    now: datetime,
    collectable: Collection[str],
    max_age: timedelta | None = None,
) -> list[AccountCoverage]:
    """The coverage of each account. `collectable`: platforms that have a collector."""
    ids = [account.id for account in accounts if account.id is not None]
    schedules, handles = schedules_of(session, ids), _handles(session, ids)
    states, streams, counts = _states(session, ids), load_states(session, ids), _counts(session, ids)
    found = []
    for account in accounts:
        assert account.id is not None  # stored
        schedule = schedules.get(account.id) or Schedule(account_id=account.id)
        state = states.get(account.id)
        looked_at = account.checked_at if state is not None and state not in SHOWING else None
        told = [time for time in (schedule.succeeded_at, looked_at) if time is not None]
        known_at = max((time for time in told if time <= now + AHEAD), default=None)
        can = account.platform in collectable
        found.append(
            AccountCoverage(
                account_id=account.id,
                platform=account.platform,
                handle=handles.get(account.id) or account.home or account.platform_id,
                person_id=account.person_id,
                collectable=can,
                state=state,
                statements=counts.get(account.id, 0),
                streams=tuple(_stream(name, known) for name, known in streams.get(account.id, {}).items()),
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
        )
    return found


def _stream(name: str, state: StreamState) -> StreamCoverage:
    complete = state.complete
    since = complete.since if complete is not None else None
    hidden = [gap.until for gap in state.suspected if gap.low is None and gap.since is None and gap.until]
    return StreamCoverage(
        stream=name,
        complete=complete is not None,
        since=max([*hidden, *([since] if since else [])], default=None),
        until=complete.until if complete is not None else None,
        unread=state.pending is not None,
        gaps=tuple(_gap(one) for one in state.suspected),
    )


def _gap(interval: Interval) -> Gap:
    return Gap(interval.since, interval.until, interval.reason or "unknown")


def _handles(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The handle that each account has now."""
    found: dict[int, str] = {}
    query = select(AccountHandle).where(col(AccountHandle.valid_to).is_(None)).order_by(col(AccountHandle.id))
    for batch in batches(ids):
        rows = session.exec(query.where(col(AccountHandle.account_id).in_(batch)))
        found.update({row.account_id: row.handle for row in rows})
    return found


def _states(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The state in which each account was last seen."""
    found: dict[int, str] = {}
    for batch in batches(ids):
        query = select(Observation).where(col(Observation.account_id).in_(batch))
        for row in session.exec(query.order_by(col(Observation.observed_at), col(Observation.id))):
            assert row.account_id is not None  # asked for
            found[row.account_id] = row.state
    return found


def _counts(session: Session, ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for batch in batches(ids):
        query = (
            select(Statement.account_id, func.count())
            .where(col(Statement.account_id).in_(batch))
            .group_by(col(Statement.account_id))
        )
        found.update({account_id: count for account_id, count in session.exec(query) if account_id})
    return found
