"""Whose account is whose: accounts of a roster found or created, and given their owner."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from archive.account_reviews import denied_owners
from archive.ballots.rows import AccountRow
from archive.batches import batches
from archive.changes import fill
from archive.erasure.tombstones import Of, Stones
from archive.handles import KnownAccounts
from archive.platforms import FEED, WrongAccount, account_row
from db.errors import Refusal
from db.models import Account, Person, Schedule, Statement, now

FORGOTTEN = "it was forgotten (hustings forget, retain), and is not stored again"

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=366)
"""Of the intervals at which an account may be collected."""


class AccountRefused(Refusal):
    """An account cannot be given to a person; the message says why."""


@dataclass(frozen=True, slots=True)
class AccountsTally:
    """What became of the accounts of a file."""

    created: int
    changed: int
    """Others that got an owner, an immutable id or a handle."""
    refused: Mapping[AccountRow, str]
    """Accounts that have no owner from the file, and why: others claim them, too."""
    new: frozenset[AccountRow]
    """The rows that first named an account that was not there."""

    @property
    def shared(self) -> tuple[str, ...]:
        """The accounts that several persons claim, each with the reason, once."""
        return tuple(dict.fromkeys(f"{shown(row)}: {why}" for row, why in self.refused.items()))


def shown(row: AccountRow) -> str:
    """A row's account for a message."""
    return f"{row.platform} {row.handle or row.platform_id}"


def add_account(
    session: Session,
    person_id: str,
    platform: str,
    handle: str | None,
    *,
    platform_id: str | None = None,
    url: str | None = None,
    source: str | None = None,
) -> Account:
    """Find or create an account and give it its owner; safe to repeat.

    `handle` may be the address of the account's page; with the platform's immutable id it may be None.

    Raises AccountRefused where there is no such person, the handle has not the platform's shape, or the
    account is somebody else's.
    """
    if session.get(Person, person_id) is None:
        raise AccountRefused(f"there is no person {person_id} in the archive")
    try:
        named = account_row(platform, handle and handle.strip().removeprefix("@"), platform_id=platform_id)
    except WrongAccount as error:
        raise AccountRefused(str(error)) from error
    row = replace(named, url=url or named.url)
    if _forgotten(session, [row]):
        raise AccountRefused(f"{shown(row)}: {FORGOTTEN}")
    accounts = _Owning(session, [row])
    account = accounts.keep(row)
    if account.person_id not in (None, person_id):
        raise AccountRefused(f"{shown(row)} belongs to {account.person_id}, not to {person_id}")
    if denied_owners(session, [account.id]).get(account.id or 0) == person_id:
        raise AccountRefused(f"{shown(row)}: {_denied(person_id)} (hustings review owner says otherwise)")
    accounts.give(account, person_id, source)
    accounts.store()
    return account


def collect_every(session: Session, account_id: int, interval: timedelta) -> None:
    """Let an account be collected at its own interval. Raises AccountRefused for one that is no use."""
    if not SHORTEST <= interval <= LONGEST:
        raise AccountRefused(f"an interval lies between {SHORTEST} and {LONGEST.days} days, not {interval}")
    schedule = session.get(Schedule, account_id) or Schedule(account_id=account_id)
    schedule.every_seconds = int(interval.total_seconds())
    if schedule.due_at is not None:
        schedule.due_at = min(schedule.due_at, now() + interval)
    session.add(schedule)


def keep_accounts(session: Session, owners: Mapping[AccountRow, set[str]], source: str) -> AccountsTally:
    """Store the accounts of a file with their owners (person ids).

    An account that several persons claim, now or before, is nobody's word alone: it keeps the owner
    that it has, or none, and is told in the tally.
    """
    barred = _forgotten(session, owners)
    owners = {row: claimants for row, claimants in owners.items() if row not in barred}
    accounts = _Owning(session, owners)
    kept = {row: accounts.keep(row) for row in owners}
    claims: defaultdict[int, set[str]] = defaultdict(set)
    for row, account in kept.items():
        claims[id(account)] |= owners[row]
    denied = denied_owners(session, (account.id for account in kept.values()))
    refused = dict.fromkeys(barred, FORGOTTEN)
    for row, account in kept.items():
        claimants = claims[id(account)]
        if len(claimants) > 1:
            refused[row] = f"claimed by {len(claimants)} persons"
        elif account.person_id not in (None, *claimants):
            refused[row] = f"already the account of {account.person_id}"
        elif denied.get(account.id or 0) in claimants:
            refused[row] = _denied(next(iter(claimants)))
        else:
            accounts.give(account, next(iter(claimants)), source)
    accounts.store()
    return AccountsTally(accounts.created, accounts.changed, refused, frozenset(accounts.new_rows))


def _forgotten(session: Session, rows: Iterable[AccountRow]) -> list[AccountRow]:
    """The accounts that were forgotten: they are not to come again."""
    stones = Stones(session)
    return [row for row in rows if row.platform_id and stones.has(Of.ACCOUNT, row.platform, row.platform_id)]


def _denied(person_id: str) -> str:
    return f"a reviewer says that it is not the account of {person_id}"


class _Owning:
    """The accounts of some rows while they are created, completed and given away."""

    def __init__(self, session: Session, rows: Collection[AccountRow]) -> None:
        self._session = session
        ids = (row.platform_id for row in rows if row.platform_id)
        self._known = KnownAccounts(session, (row.handle for row in rows if row.handle), ids)
        self._new: list[Account] = []
        self.new_rows: list[AccountRow] = []
        self._changed: list[Account] = []
        self._given: list[Account] = []

    def _find(self, row: AccountRow) -> Account | None:
        """The account of a row. A handle under another immutable id is another account."""
        with_id = self._known.with_id(row.platform, row.platform_id)
        if with_id is not None:
            return with_id
        if row.handle is None:
            return None
        called = self._known.called_now(row.platform, row.handle)
        fitting = [one for one in called if row.platform_id is None or one.platform_id is None]
        return fitting[0] if fitting else None

    def keep(self, row: AccountRow) -> Account:
        """The account of a row, created or completed with what the row adds."""
        account = self._find(row)
        if account is None:
            home = row.handle if row.platform == FEED else None
            account = Account(platform=row.platform, platform_id=row.platform_id, url=row.url, home=home)
            self._new.append(self._known.add(account))
            self.new_rows.append(row)
        elif row.platform_id is not None and account.platform_id is None:
            self._known.identify(account, row.platform_id)
            self._changed.append(account)
        if row.handle is not None and self._known.call(account, row.handle):
            self._changed.append(account)
        if fill(account, url=row.url):
            self._changed.append(account)
        return account

    def give(self, account: Account, person_id: str, source: str | None) -> None:
        """Make the person the owner of an account that has none."""
        if account.person_id is None:
            account.person_id, account.owner_source = person_id, source
            self._given.append(account)
            self._changed.append(account)

    def store(self) -> None:
        """Write the accounts; the new owners are the authors of what their accounts published."""
        self._known.store()
        owner = select(Account.person_id).where(col(Account.id) == col(Statement.account_id))
        for accounts in batches(account.id for account in self._given):
            self._session.execute(
                update(Statement)
                .where(col(Statement.account_id).in_(accounts), col(Statement.person_id).is_(None))
                .values(person_id=owner.scalar_subquery())
            )
        self._given.clear()

    @property
    def created(self) -> int:
        """How many are new."""
        return len(self._new)

    @property
    def changed(self) -> int:
        """How many others got an owner, an immutable id or a handle. Asked once they are stored."""
        return len({account.id for account in self._changed} - {account.id for account in self._new})
