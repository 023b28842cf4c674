"""When accounts are due, and who collects them just now: two jobs never meet on one account."""

import random
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from archive.batches import batches
from archive.leases import AHEAD, LEASE, Holder, is_held
from db.engine import claiming, writing
from db.models import Schedule

EVERY = timedelta(hours=1)
"""Between two rounds of an account that has no interval of its own."""

FULL_EVERY = timedelta(days=7)
"""Between two rounds that read all again."""

JITTER = 0.1
"""Fraction by which an interval varies, so that accounts do not all come due at once."""

MOST_DOUBLED = 4
"""Intervals after which an account that fails again and again is asked for: an outage that lasted long must
not lead to a long silence once it is over."""


class LeaseLost(Exception):
    """Another process has taken the account: this one waited longer than its lease."""


def is_due(schedule: Schedule | None, *, now: datetime) -> bool:
    """Whether an account is to be collected; one that never was is.

    One that was tried in what is the future now is, too: no time can be believed that a wrong clock wrote.
    """
    if schedule is None or schedule.due_at is None:
        return True
    return schedule.due_at <= now or (schedule.tried_at is not None and schedule.tried_at > now + AHEAD)


def due_only(account_ids: Collection[int], schedules: Mapping[int, Schedule], *, now: datetime) -> list[int]:
    """Those whose time has come, the longest overdue first."""

    def urgency(account_id: int) -> tuple[bool, datetime]:
        schedule = schedules.get(account_id)
        due_at = schedule.due_at if schedule is not None else None
        return (due_at is not None, due_at or now)

    return sorted((one for one in account_ids if is_due(schedules.get(one), now=now)), key=urgency)


def interval_of(schedule: Schedule) -> timedelta:
    """How often an account is to be collected."""
    return timedelta(seconds=schedule.every_seconds) if schedule.every_seconds else EVERY


def put_off(session: Session, account_ids: Sequence[int], *, now: datetime, chance: random.Random) -> None:
    """Let accounts that were not asked for come due as if they had been."""
    known = schedules_of(session, account_ids)
    for account_id in account_ids:
        schedule = known.get(account_id) or Schedule(account_id=account_id)
        if is_due(schedule, now=now):
            schedule.due_at = next_due(interval_of(schedule), 0, now=now, chance=chance)
            session.add(schedule)


def full_is_due(schedule: Schedule | None, *, now: datetime) -> bool:
    """Whether all that the platform shows is to be read again. The first round reads all anyway."""
    return schedule is not None and schedule.full_at is not None and now - schedule.full_at >= FULL_EVERY


def next_due(every: timedelta, failures: int, *, now: datetime, chance: random.Random) -> datetime:
    """When an account is due again: after its interval, later after each failure in a row, with jitter."""
    pause = every * min(1 << min(failures, 10), MOST_DOUBLED)
    return now + pause * (1 + chance.uniform(-JITTER, JITTER))


def schedules_of(session: Session, account_ids: Sequence[int]) -> dict[int, Schedule]:
    """The schedules of those accounts that have one."""
    found: dict[int, Schedule] = {}
    for ids in batches(account_ids):
        rows = session.exec(select(Schedule).where(col(Schedule.account_id).in_(ids)))
        found.update({row.account_id: row for row in rows})
    return found


def take_lease(engine: Engine, account_id: int, holder: Holder, *, now: datetime) -> bool:
    """Whether the account is now ours. It is not while another live process holds it.

    On PostgreSQL nobody is waited for, not even a process that writes: who stores a page of the account has
    its row locked, and with it the account. Only a first round, which has no row yet, takes its turn.
    """
    query = select(Schedule).where(Schedule.account_id == account_id)
    with claiming(engine) as session:
        schedule = session.exec(query.with_for_update(skip_locked=True)).first()
        if schedule is not None:
            return _take(session, schedule, holder, now)
        if session.exec(query).first() is not None:
            return False
    with writing(engine) as session:
        schedule = session.exec(query.with_for_update()).first()
        return _take(session, schedule or Schedule(account_id=account_id), holder, now)


def _take(session: Session, schedule: Schedule, holder: Holder, now: datetime) -> bool:
    if _held_by_another(schedule, holder, now):
        return False
    schedule.holder, schedule.held_until, schedule.tried_at = str(holder), now + LEASE, now
    session.add(schedule)
    return True


def renew_lease(session: Session, account_id: int, holder: Holder, *, now: datetime) -> None:
    """Keep the account for another while, in the transaction of a page.

    Raises LeaseLost where another process has it: then nothing of this page may be stored.
    """
    schedule = session.get(Schedule, account_id, with_for_update=True, populate_existing=True)
    if schedule is None or schedule.holder != str(holder):
        raise LeaseLost(f"account {account_id} was taken over by {schedule and schedule.holder}")
    schedule.held_until = now + LEASE
    session.add(schedule)


def note_full(session: Session, account_id: int, *, at: datetime) -> None:
    """Write down that all was read again: in the transaction that proves it, so that it is not done twice."""
    schedule = session.get_one(Schedule, account_id)
    schedule.full_at = at
    session.add(schedule)


def _held_by_another(schedule: Schedule, holder: Holder, now: datetime) -> bool:
    return schedule.holder != str(holder) and is_held(schedule, now=now, seen_by=holder)
