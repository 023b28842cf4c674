"""Accounts: found or created by platform and handle, and given their owner."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import Session, col, select

from archive.ballots.rows import AccountRow
from archive.batches import batches
from archive.changes import fill
from db.errors import Refusal
from db.models import Account, AccountHandle, Person, Statement


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


def handle_key(handle: str) -> str:
    """A handle as it is compared: case-folded, without the leading @."""
    return handle.strip().removeprefix("@").casefold()


def find_account(
    session: Session, platform: str, handle: str, *, platform_id: str | None = None
) -> Account | None:
    """The account with that immutable id, else the one that goes by that handle now."""
    return _Accounts(session, [AccountRow(platform, handle, platform_id)]).find(
        AccountRow(platform, handle, platform_id)
    )


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
    row = AccountRow(platform.strip().lower(), handle, platform_id, url)
    accounts = _Accounts(session, [row])
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
    accounts = _Accounts(session, owners)
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
    tally = AccountsTally(accounts.created, accounts.changed, tuple(dict.fromkeys(shared)))
    accounts.store()
    return tally


class _Accounts:
    """The accounts with the ids or handles of some rows; new ones are added to the session."""

    def __init__(self, session: Session, rows: Iterable[AccountRow]) -> None:
        self._session = session
        self._by_id: dict[tuple[str, str], Account] = {}
        self._by_handle: defaultdict[tuple[str, str], list[Account]] = defaultdict(list)
        self._handles: list[tuple[Account, str]] = []
        self._new: set[int] = set()
        self._changed: set[int] = set()
        for account, key in self._stored(list(rows)):
            self._note(account, key)

    def _stored(self, rows: list[AccountRow]) -> Iterator[tuple[Account, str]]:
        keys = sorted({handle_key(row.handle) for row in rows})
        ids = sorted({row.platform_id for row in rows if row.platform_id})
        query = select(Account, AccountHandle.handle_key).join(AccountHandle)
        for batch in batches(keys):
            chosen = col(AccountHandle.handle_key).in_(batch) & col(AccountHandle.valid_to).is_(None)
            yield from self._session.exec(query.where(chosen))
        for batch in batches(ids):
            yield from self._session.exec(query.where(col(Account.platform_id).in_(batch)))

    def _note(self, account: Account, key: str) -> None:
        if not self._has_handle(account, key):
            self._by_handle[account.platform, key].append(account)
        if account.platform_id is not None:
            self._by_id[account.platform, account.platform_id] = account

    def find(self, row: AccountRow) -> Account | None:
        """The account of a row. A handle under another immutable id is another account."""
        if row.platform_id is not None and (row.platform, row.platform_id) in self._by_id:
            return self._by_id[row.platform, row.platform_id]
        found = self._by_handle.get((row.platform, handle_key(row.handle)), [])
        fitting = (None, row.platform_id) if row.platform_id else {account.platform_id for account in found}
        return next((account for account in found if account.platform_id in fitting), None)

    def keep(self, row: AccountRow) -> Account:
        """The account of a row, created or completed with what the row adds."""
        account, key = self.find(row), handle_key(row.handle)
        if account is None:
            account = Account(platform=row.platform, platform_id=row.platform_id, url=row.url)
            self._session.add(account)
            self._new.add(id(account))
        elif fill(account, platform_id=row.platform_id):
            self._changed.add(id(account))
        if not self._has_handle(account, key):
            self._handles.append((account, row.handle.strip().removeprefix("@")))
        self._note(account, key)
        return account

    def _has_handle(self, account: Account, key: str) -> bool:
        return any(known is account for known in self._by_handle.get((account.platform, key), []))

    def give(self, account: Account, person_id: str, source: str | None) -> None:
        """Make the person the owner of an account that has none, and the author of its statements."""
        if account.person_id is None:
            account.person_id, account.owner_source = person_id, source
            self._changed.add(id(account))
            self._session.flush()
            self._session.execute(
                update(Statement)
                .where(col(Statement.account_id) == account.id, col(Statement.person_id).is_(None))
                .values(person_id=person_id)
            )

    def store(self) -> None:
        """Write the accounts, then the handles, which need the accounts' ids."""
        self._session.flush()
        for account, handle in self._handles:
            self._session.add(
                AccountHandle(account_id=account.id, handle=handle, handle_key=handle_key(handle))  # type: ignore[arg-type]
            )
        self._session.flush()
        self._handles.clear()

    @property
    def created(self) -> int:
        """How many are new."""
        return len(self._new)

    @property
    def changed(self) -> int:
        """How many others got an owner, an immutable id or a handle."""
        return len((self._changed | {id(account) for account, _ in self._handles}) - self._new)
