"""What is known of each account, as frozen rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from archive.batches import batches
from db.models import Account, AccountHandle, Observation, Person, Schedule


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """One account."""

    id: int
    platform: str
    handle: str | None
    """The one that it goes by now."""
    platform_id: str | None
    """The platform's immutable id, where it is known."""
    person: str | None
    """Id of its owner."""
    name: str | None
    """Name of its owner."""
    state: str | None
    """As it was seen last; None: never looked at."""
    checked_at: datetime | None
    """When the platform was last asked who and where it is."""
    succeeded_at: datetime | None
    """When it was last collected without a failure."""
    every_seconds: int | None
    """Between two rounds; None: as for all accounts."""


def list_accounts(session: Session, accounts: Sequence[Account]) -> list[ListedAccount]:
    """What is known of these accounts, in their order."""
    numbers = [account.id for account in accounts if account.id is not None]
    handles, states = _handles(session, numbers), _states(session, numbers)
    schedules, names = _schedules(session, numbers), _names(session, accounts)
    listed = []
    for account in accounts:
        assert account.id is not None  # stored
        schedule = schedules.get(account.id)
        listed.append(
            ListedAccount(
                id=account.id,
                platform=account.platform,
                handle=handles.get(account.id),
                platform_id=account.platform_id,
                person=account.person_id,
                name=names.get(account.person_id or ""),
                state=states.get(account.id),
                checked_at=account.checked_at,
                succeeded_at=schedule.succeeded_at if schedule else None,
                every_seconds=schedule.every_seconds if schedule else None,
            )
        )
    return listed


def accounts_of(session: Session, person_id: str, accounts: Sequence[Account]) -> list[Account]:
    """Those of these accounts whose owner the person is."""
    return [account for account in accounts if account.person_id == person_id]


def _handles(session: Session, numbers: Sequence[int]) -> dict[int, str]:
    """The open handle of each account: of several the one that was noted last."""
    found: dict[int, str] = {}
    for some in batches(numbers):
        query = select(AccountHandle.account_id, AccountHandle.handle).order_by(col(AccountHandle.id))
        query = query.where(col(AccountHandle.account_id).in_(some), col(AccountHandle.valid_to).is_(None))
        found.update(dict(session.exec(query).all()))
    return found


def _states(session: Session, numbers: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in batches(numbers):
        newest = (
            select(func.max(Observation.id))
            .where(col(Observation.account_id).in_(some))
            .group_by(col(Observation.account_id))
        )
        query = select(Observation.account_id, Observation.state).where(col(Observation.id).in_(newest))
        found.update({number: state for number, state in session.exec(query) if number is not None})
    return found


def _schedules(session: Session, numbers: Sequence[int]) -> dict[int, Schedule]:
    found: dict[int, Schedule] = {}
    for some in batches(numbers):
        rows = session.exec(select(Schedule).where(col(Schedule.account_id).in_(some)))
        found.update({row.account_id: row for row in rows})
    return found


def _names(session: Session, accounts: Sequence[Account]) -> dict[str, str]:
    persons = sorted({account.person_id for account in accounts if account.person_id})
    found: dict[str, str] = {}
    for some in batches(persons):
        query = select(Person.id, Person.name).where(col(Person.id).in_(some))
        found.update(dict(session.exec(query).all()))
    return found
