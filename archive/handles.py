"""The accounts that a batch of rows or posts speaks of: known by immutable id or by handle, and added to."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from sqlmodel import Session, col, select

from archive.batches import batches
from db.models import Account, AccountHandle


def handle_key(handle: str) -> str:
    """A handle as it is compared: case-folded, without the leading @."""
    return handle.strip().removeprefix("@").casefold()


class Identified(Protocol):
    """An account, as far as it is told from others."""

    platform: str
    platform_id: str | None


One = TypeVar("One", bound=Identified)


@dataclass(frozen=True, slots=True)
class _Use(Generic[One]):
    """An account's use of a handle between two days (None: open)."""

    account: One
    since: date | None = None
    until: date | None = None

    def covers(self, day: date | None) -> bool:
        """Whether the handle was in use on a day; an unknown day may be any."""
        if day is None:
            return True
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class AccountBook(Generic[One]):
    """Accounts by immutable id, and by the handles that they have or had."""

    def __init__(self) -> None:
        self._by_id: dict[tuple[str, str], One] = {}
        self._uses: defaultdict[tuple[str, str], list[_Use[One]]] = defaultdict(list)

    def note_id(self, account: One) -> None:
        """Take an account in under its immutable id, where it has one."""
        if account.platform_id is not None:
            self._by_id[account.platform, account.platform_id] = account

    def note_use(self, account: One, key: str, since: date | None = None, until: date | None = None) -> None:
        """Take in that an account used a handle between two days (None: open)."""
        self._uses[account.platform, key].append(_Use(account, since, until))

    def with_id(self, platform: str, platform_id: str | None) -> One | None:
        """The account with that immutable id."""
        return self._by_id.get((platform, platform_id)) if platform_id is not None else None

    def called(self, platform: str, handle: str, on: date | None) -> list[One]:
        """The accounts that went by a handle on a day (None: ever), oldest first."""
        uses = self._uses.get((platform, handle_key(handle)), ())
        return [use.account for use in uses if use.covers(on)]

    def called_now(self, platform: str, handle: str) -> list[One]:
        """The accounts that go by a handle, oldest first."""
        uses = self._uses.get((platform, handle_key(handle)), ())
        return [use.account for use in uses if use.until is None]


class KnownAccounts(AccountBook[Account]):
    """Accounts by id and by handle, read in one go. New ones get their keys from `store`."""

    def __init__(self, session: Session, handles: Iterable[str], platform_ids: Iterable[str]) -> None:
        """Read every account that has, or had, one of these handles or has one of these ids."""
        super().__init__()
        self._session = session
        self._new_handles: list[tuple[Account, str]] = []
        self._read_handles(sorted({handle_key(handle) for handle in handles}))
        self._read_ids(sorted(set(platform_ids)))

    def _read_handles(self, keys: list[str]) -> None:
        query = select(Account, AccountHandle).join(AccountHandle).order_by(col(Account.id))
        for batch in batches(keys):
            for account, used in self._session.exec(query.where(col(AccountHandle.handle_key).in_(batch))):
                self.note_use(account, used.handle_key, used.valid_from, used.valid_to)
                self.note_id(account)

    def _read_ids(self, platform_ids: list[str]) -> None:
        for batch in batches(platform_ids):
            for account in self._session.exec(select(Account).where(col(Account.platform_id).in_(batch))):
                self.note_id(account)

    def add(self, account: Account) -> Account:
        """Take in a new account."""
        self._session.add(account)
        self.note_id(account)
        return account

    def identify(self, account: Account, platform_id: str) -> None:
        """Give its immutable id to an account that was known by handle until now."""
        account.platform_id = platform_id
        self.note_id(account)

    def call(self, account: Account, handle: str) -> bool:
        """Note that an account goes by a handle; whether that is new."""
        if any(known is account for known in self.called_now(account.platform, handle)):
            return False
        self._new_handles.append((account, handle.strip().removeprefix("@")))
        self.note_use(account, handle_key(handle))
        return True

    def store(self) -> None:
        """Write new accounts, then their handles, which need the accounts' keys."""
        self._session.flush()
        for account, handle in self._new_handles:
            assert account.id is not None  # given by the flush
            entry = AccountHandle(account_id=account.id, handle=handle, handle_key=handle_key(handle))
            self._session.add(entry)
        self._session.flush()
        self._new_handles.clear()
