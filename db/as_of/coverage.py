"""What was proven at a time of streams whose rows say what later rounds proved.

The ledger keeps one state a stream, the newest. A row that has not changed since stands as it is. Of one
that has, only this is certain: a round in which every account was read to its end, that had ended by then
and that read this account, proves it complete up to the round's start. Posts published before that and
first seen later show that even so something was missing: then it ends before the first of them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import Session, col
from sqlmodel import select as select_models

from db import models
from db.as_of.rules import NOW
from db.words import CaptureKind, CoverageStatus

NOT_KEPT = "what was proven by then is not known: the ledger keeps its newest state"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of an account's rounds up to a time."""

    read: bool = False
    """Some page of it was."""
    proven_until: datetime | None = None
    """Start of the last round that ended with nothing missing and read a page of it."""


@dataclass(frozen=True, slots=True)
class Then:
    """What a stretch of a stream comes to at a time."""

    status: CoverageStatus
    since: datetime | None = None
    until: datetime | None = None
    reason: str | None = None


def stretch_then(
    row: models.Coverage, asked: Asked, first_missed: datetime | None, when: datetime
) -> Then | None:
    """What a row that changed after `when` was at that time; None: nothing that can be told.

    `first_missed`: when the earliest post within it was published that was first seen after `when`.
    """
    if not asked.read:
        return None
    if row.status == CoverageStatus.SUSPECTED:
        if row.since is not None and row.since >= when:
            return None
        return Then(CoverageStatus.SUSPECTED, row.since, _earlier(row.until, when), row.reason)
    unknown = Then(CoverageStatus.PENDING, reason=NOT_KEPT)
    if row.status == CoverageStatus.PENDING or asked.proven_until is None:
        return unknown
    until = min(asked.proven_until, first_missed or asked.proven_until, row.until or asked.proven_until)
    if row.since is not None and until <= row.since:
        return unknown
    return Then(CoverageStatus.COMPLETE, row.since, until)


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)


def clip_coverage(session: Session, now: Connection, when: datetime) -> None:
    """Make the rebuilt archive's ledger say what was proven then. `now` reads the archive as it is."""
    row = models.Coverage
    changed = session.exec(select_models(row).where(col(row.updated_at) > when).order_by(col(row.id))).all()
    if not changed:
        return
    rounds, missed = _rounds_of_accounts(session), _first_missed(now, when)
    unread: set[tuple[int, str]] = set()
    # A stream has one complete row or none, and is then told by that one alone.
    for one in sorted(changed, key=lambda one: (one.full, one.status != CoverageStatus.COMPLETE)):
        then = stretch_then(one, rounds.get(one.account_id, Asked()), missed.get(one.id or 0), when)
        place = (one.account_id, one.stream)
        if then is None or (one.status == CoverageStatus.PENDING and place in unread):
            session.delete(one)
            continue
        if one.status != CoverageStatus.SUSPECTED:
            unread.add(place)
        _fill(one, then, when)
        session.add(one)
    session.flush()


def _fill(row: models.Coverage, then: Then, when: datetime) -> None:
    """Without the places at which a next round would go on: those are of today."""
    row.status, row.since, row.until, row.reason = then.status, then.since, then.until, then.reason
    row.full, row.low, row.high, row.cursor, row.goal, row.seen = False, None, None, None, None, 0
    row.marks, row.validators, row.updated_at, row.round_id = [], {}, when, None


def _rounds_of_accounts(session: Session) -> dict[int, Asked]:
    """Account id -> what the rounds that the rebuilt archive knows say of it."""
    statement, link = models.Statement, models.StatementCapture
    capture = models.Capture
    query = (
        select(col(statement.account_id), col(capture.round_id))
        .join(link, col(link.statement_id) == col(statement.id))
        .join(capture, col(capture.id) == col(link.capture_id))
        .where(col(capture.kind) == CaptureKind.PAGE, col(statement.account_id).is_not(None))
        .distinct()
    )
    begun, found = _clean_rounds(session), dict[int, Asked]()
    for account, round_id in session.execute(query):
        times = [at for at in (found.get(account, Asked()).proven_until, begun.get(round_id)) if at]
        found[account] = Asked(read=True, proven_until=max(times, default=None))
    return found


def _clean_rounds(session: Session) -> dict[int | None, datetime]:
    """Round -> its start, of those that had ended and in which nothing was missing of any account."""
    row = models.Round
    query = select(col(row.id), col(row.started_at), col(row.counts)).where(
        col(row.outcome) == "done", col(row.finished_at).is_not(None)
    )
    return {id_: at.astimezone(UTC) for id_, at, counts in session.execute(query) if _is_clean(counts)}


def _is_clean(counts: Mapping[str, Any]) -> bool:
    """Whether a round read every account to its end: none was put off, stopped, busy or not shown."""
    accounts: object = counts.get("accounts")
    ended: Collection[object] = accounts if isinstance(accounts, Mapping) else ()
    return set(ended) == {"done"} and not counts.get("gaps") and not counts.get("quarantined")


def _first_missed(now: Connection, when: datetime) -> dict[int, datetime]:
    """Coverage row -> when the first post within it was published that was first seen after `when`."""
    row, statement = NOW["coverage"].c, NOW["statement"].c
    query = (
        select(row.id, func.min(statement.published_at, type_=statement.published_at.type))
        .join_from(NOW["coverage"], NOW["statement"], statement.account_id == row.account_id)
        .where(row.status == CoverageStatus.COMPLETE, row.updated_at > when)
        .where(statement.first_seen_at > when, statement.published_at.is_not(None))
        .where(row.since.is_(None) | (statement.published_at >= row.since))
        .group_by(row.id)
    )
    return dict(now.execute(query).all())
