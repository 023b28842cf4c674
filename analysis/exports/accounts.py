"""Accounts and what is known of their streams, as rows."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from analysis.exports import rows
from analysis.exports.marks import Marks
from db import models

AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Known:
    """What statements need to know of an account."""

    key: str
    person_id: str | None


def known_accounts(session: Session) -> dict[int, Known]:
    """Account id -> its key and owner."""
    account = models.Account
    query = select(
        *(col(account.id), col(account.platform), col(account.platform_id), col(account.person_id))
    )
    return {
        row.id: Known(account_key(row.id, row.platform, row.platform_id), row.person_id)
        for row in session.execute(query)
    }


def account_key(number: int, platform: str, platform_id: str | None) -> str:
    """What an account is known by outside: the platform's own id, else its number in this archive."""
    return f"{platform}:{platform_id}" if platform_id is not None else f"{platform}:local-{number}"


def account_rows(session: Session, wanted: Marks | None) -> Iterator[rows.Account | None]:
    """One row an account that is wanted (None: all); None for each other one."""
    handles, states = _handles(session), _states(session)
    for one in session.scalars(select(models.Account).order_by(col(models.Account.id))):
        number = one.id or 0
        yield _account(one, number, handles, states) if wanted is None or number in wanted else None


def _account(
    one: models.Account, number: int, handles: Mapping[int, str], states: Mapping[int, str]
) -> rows.Account:
    return rows.Account(
        account=account_key(number, one.platform, one.platform_id),
        platform=one.platform,
        person_id=one.person_id,
        owner_source=one.owner_source,
        handle=handles.get(number),
        display_name=one.display_name,
        url=one.url,
        state=states.get(number),
        checked_at=one.checked_at,
    )


def _handles(session: Session) -> dict[int, str]:
    """Account id -> its newest handle: one that is open, else the one that ended last."""
    handle = models.AccountHandle
    query = select(col(handle.account_id), col(handle.handle)).order_by(
        *(col(handle.valid_to).is_(None), col(handle.valid_to), col(handle.valid_from).is_not(None)),
        *(col(handle.valid_from), col(handle.id)),
    )
    return {row.account_id: row.handle for row in session.execute(query)}


def _states(session: Session) -> dict[int, str]:
    """Account id -> the state in which it was last seen."""
    seen = models.Observation
    query = (
        select(col(seen.account_id), col(seen.state))
        .where(col(seen.account_id).is_not(None))
        .order_by(col(seen.observed_at), col(seen.id))
    )
    return {row.account_id: row.state for row in session.execute(query)}


def coverage_rows(
    session: Session, accounts: Mapping[int, Known], wanted: Marks | None
) -> Iterator[rows.Coverage | None]:
    """One row an interval of an account that is wanted (None: all); None for each other one."""
    numbers: Counter[tuple[int, str]] = Counter()
    query = select(models.Coverage).order_by(
        *(col(models.Coverage.account_id), col(models.Coverage.stream), col(models.Coverage.id))
    )
    for one in session.scalars(query.execution_options(yield_per=AT_ONCE)):
        if wanted is not None and one.account_id not in wanted:
            yield None
            continue
        numbers[one.account_id, one.stream] += 1
        yield rows.Coverage(
            account=accounts[one.account_id].key,
            stream=one.stream,
            number=numbers[one.account_id, one.stream],
            status=one.status,
            since=one.since,
            until=one.until,
            reason=one.reason,
            updated_at=one.updated_at,
        )


def capture_rows(session: Session, wanted: Marks | None) -> Iterator[rows.Capture | None]:
    """One row a capture that is wanted (None: all), without its bytes; None for each other one."""
    capture = models.Capture
    query: Any = select(
        *(col(capture.id), col(capture.kind), col(capture.source), col(capture.media_type)),
        *(col(capture.retrieved_at), col(capture.sha256), col(capture.size), col(capture.part_of)),
        *(col(capture.number), col(capture.reader)),
    ).order_by(col(capture.id))
    for row in session.execute(query.execution_options(yield_per=AT_ONCE)):
        yield rows.Capture(*row) if wanted is None or row.id in wanted else None
