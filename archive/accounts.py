"""Whose account is whose: accounts of a roster found or created, and given their owner."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import Session, col, select

from archive.ballots.rows import AccountRow
from archive.batches import batches
from archive.contract import platform_key
from archive.handles import KnownAccounts, handle_key
from db.errors import Refusal
from db.models import Account, Person, Statement


class AccountRefused(Refusal):
    """An account cannot be given to a person; the message says why."""


@dataclass(frozen=True, slots=True)
class AccountsTally:
    """What became of the accounts of a file."""

    created: int
    changed: int
    """Others that got an owner, an immutable id or a handle."""
    shared: tuple[str, ...]
    """Accounts that several persons claim, with the reason why they have no owner from the file."""


def add_account(
    session: Session,
    person_id: str,
    platform: str,
    handle: str,
    *,
    platform_id: str | None = None,
    url: str | None = None,
    source: str | None = None,
) -> Account:
    """Find or create an account and give it its owner; safe to repeat.

    Raises AccountRefused where there is no such person, the handle is empty, or the account is
    somebody else's.
    """
    if session.get(Person, person_id) is None:
        raise AccountRefused(f"there is no person {person_id} in the archive")
    if not handle_key(handle) or not platform.strip():
        raise AccountRefused("an account needs a platform and a handle")
    row = AccountRow(platform_key(platform), handle, platform_id, url)
    accounts = _Owning(session, [row])
    account = accounts.keep(row)
    if account.person_id not in (None, person_id):
        raise AccountRefused(f"{row.platform} {handle} belongs to {account.person_id}, not to {person_id}")
    accounts.give(account, person_id, source)
    accounts.store()
    return account


def keep_accounts(session: Session, owners: Mapping[AccountRow, set[str]], source: str) -> AccountsTally:
    """Store the accounts of a file with their owners (person ids).

    An account that several persons claim, now or before, is nobody's word alone: it keeps the owner
    that it has, or none, and is told in the tally.
    """
    accounts = _Owning(session, owners)
    claims: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row, persons in owners.items():
        claims[row.platform, handle_key(row.handle)] |= persons
    shared = []
    for row in owners:
        account = accounts.keep(row)
        claimants = claims[row.platform, handle_key(row.handle)]
        if len(claimants) > 1:
            shared.append(f"{row.platform} {row.handle}: claimed by {len(claimants)} persons")
        elif account.person_id not in (None, *claimants):
            shared.append(f"{row.platform} {row.handle}: already the account of {account.person_id}")
        else:
            accounts.give(account, next(iter(claimants)), source)
    accounts.store()
    return AccountsTally(accounts.created, accounts.changed, tuple(dict.fromkeys(shared)))


class _Owning:
    """The accounts of some rows while they are created, completed and given away."""

    def __init__(self, session: Session, rows: Collection[AccountRow]) -> None:
        self._session = session
        ids = (row.platform_id for row in rows if row.platform_id)
        self._known = KnownAccounts(session, (row.handle for row in rows), ids)
        self._new: list[Account] = []
        self._changed: list[Account] = []
        self._given: list[Account] = []

    def _find(self, row: AccountRow) -> Account | None:
        """The account of a row. A handle under another immutable id is another account."""
        with_id = self._known.with_id(row.platform, row.platform_id)
        if with_id is not None:
            return with_id
        called = self._known.called_now(row.platform, row.handle)
        fitting = [one for one in called if row.platform_id is None or one.platform_id is None]
        return fitting[0] if fitting else None

    def keep(self, row: AccountRow) -> Account:
        """The account of a row, created or completed with what the row adds."""
        account = self._find(row)
        if account is None:
            account = Account(platform=row.platform, platform_id=row.platform_id, url=row.url)
            self._new.append(self._known.add(account))
        elif row.platform_id is not None and account.platform_id is None:
            self._known.identify(account, row.platform_id)
            self._changed.append(account)
        if self._known.call(account, row.handle):
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
