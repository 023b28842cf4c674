"""Reading from the database what the ledger proves of persons' accounts, many persons at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlmodel import Session, col

from analysis.outcomes.coverage import AccountGap, AccountLedger, StreamLedger
from db import models
from db.words import CaptureKind, CoverageStatus


def ledgers_of(session: Session, persons: Select[str]) -> dict[str, tuple[AccountLedger, ...]]:
    """Person id -> what was read of each account that is known as theirs."""
    accounts = _accounts(session, persons)
    ids = select(col(models.Account.id)).where(col(models.Account.person_id).in_(persons))
    handles, states = handles_of(session, ids), _states(session, ids)
    streams, errors = _streams(session, ids), _errors(session, ids)
    unparsed = _unparsed(session, accounts, handles)
    found: defaultdict[str, list[AccountLedger]] = defaultdict(list)
    for row in accounts:
        state, state_at = states.get(row.id, (None, None))
        found[row.person_id].append(
            AccountLedger(
                account_id=row.id,
                person_id=row.person_id,
                platform=row.platform,
                handle=handles.get(row.id) or row.platform_id,
                streams=streams.get(row.id, ()),
                state=state,
                state_at=state_at,
                error=errors.get(row.id),
                unparsed=tuple(unparsed.get(row.id, ())),
            )
        )
    return {person: tuple(ledgers) for person, ledgers in found.items()}


def _accounts(session: Session, persons: Select[str]) -> Sequence[Row[Any]]:
    account = models.Account
    query = (
        select(col(account.id), col(account.person_id), col(account.platform), col(account.platform_id))
        .where(col(account.person_id).in_(persons))
        .order_by(col(account.platform), col(account.id))
    )
    return session.execute(query).all()


def handles_of(session: Session, accounts: Select[Any] | Collection[int]) -> dict[int, str]:
    """Account id -> its newest handle."""
    handle = models.AccountHandle
    query = (
        select(col(handle.account_id), col(handle.handle))
        .where(col(handle.account_id).in_(accounts))
        .order_by(col(handle.valid_to).is_(None), col(handle.valid_to), col(handle.id))
    )
    return dict(session.execute(query).all())


def _states(session: Session, accounts: Select[Any]) -> dict[int, tuple[str, datetime]]:
    seen = models.Observation
    query = (
        select(col(seen.account_id), col(seen.state), col(seen.observed_at))
        .where(col(seen.account_id).in_(accounts))
        .order_by(col(seen.observed_at), col(seen.id))
    )
    return {account: (state, at) for account, state, at in session.execute(query)}


def _errors(session: Session, accounts: Select[Any]) -> dict[int, str]:
    schedule = models.Schedule
    query = select(col(schedule.account_id), col(schedule.error)).where(
        col(schedule.account_id).in_(accounts), col(schedule.error).is_not(None)
    )
    return dict(session.execute(query).all())


def _streams(session: Session, accounts: Select[Any]) -> dict[int, tuple[StreamLedger, ...]]:
    row = models.Coverage
    query = (
        select(
            *(col(row.account_id), col(row.stream), col(row.status), col(row.since), col(row.until)),
            *(col(row.low), col(row.reason)),
        )
        .where(col(row.account_id).in_(accounts))
        .order_by(col(row.account_id), col(row.stream), col(row.id))
    )
    rows: defaultdict[int, defaultdict[str, list[Row[Any]]]] = defaultdict(lambda: defaultdict(list))
    for found in session.execute(query):
        rows[found.account_id][found.stream].append(found)
    return {
        account: tuple(_stream(stream, there) for stream, there in streams.items())
        for account, streams in rows.items()
    }


def _stream(name: str, rows: Sequence[Row[Any]]) -> StreamLedger:
    """A stream's rows as one value. Rows of a round that reads all again take nothing from what is proven."""
    complete = next((row for row in rows if row.status == CoverageStatus.COMPLETE), None)
    return StreamLedger(
        stream=name,
        complete=complete is not None,
        since=complete.since if complete is not None else None,
        until=complete.until if complete is not None else None,
        gaps=tuple(
            AccountGap(row.since, row.until, row.reason or "posts may be missing")
            for row in rows
            if row.status == CoverageStatus.SUSPECTED
        ),
    )


def _unparsed(
    session: Session, accounts: Sequence[Row[Any]], handles: Mapping[int, str]
) -> dict[int, list[datetime]]:
    """Account id -> when each page was served that holds a record of it which could not be read.

    A page belongs to the accounts of the statements that were read from it; one from which none was read,
    to the account that its collector was told, by the platform's id or the handle.
    """
    quarantine, capture = models.Quarantine, models.Capture
    query = (
        select(col(capture.id), col(capture.retrieved_at), col(capture.options))
        .join(quarantine, col(quarantine.capture_id) == col(capture.id))
        .where(col(quarantine.resolved_at).is_(None), col(capture.kind) == CaptureKind.PAGE)
    )
    rows = session.execute(query).all()
    if not rows:
        return {}
    owners = _owners(session)
    named = _named(accounts, handles)
    found: defaultdict[int, list[datetime]] = defaultdict(list)
    for row in rows:
        told = {str(value).lstrip("@").casefold() for value in (row.options or {}).values()}
        for account in owners.get(row.id) or {one for name in told for one in named.get(name, ())}:
            found[account].append(row.retrieved_at)
    return found


def _owners(session: Session) -> dict[int, set[int]]:
    """Capture with unread records -> accounts of the statements that were read from it."""
    quarantine, link, statement = models.Quarantine, models.StatementCapture, models.Statement
    query = (
        select(col(quarantine.capture_id), col(statement.account_id))
        .join(link, col(link.capture_id) == col(quarantine.capture_id))
        .join(statement, col(statement.id) == col(link.statement_id))
        .where(col(quarantine.resolved_at).is_(None), col(statement.account_id).is_not(None))
        .distinct()
    )
    found: defaultdict[int, set[int]] = defaultdict(set)
    for capture, account in session.execute(query):
        found[capture].add(account)
    return found


def _named(accounts: Iterable[Row[Any]], handles: Mapping[int, str]) -> dict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for row in accounts:
        for name in {row.platform_id, handles.get(row.id)} - {None}:
            found[str(name).lstrip("@").casefold()].append(row.id)
    return found
