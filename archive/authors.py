"""Who wrote a post: its account, and the person behind it where the archive knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm.util import identity_key
from sqlmodel import Session

from archive.contract import Post
from archive.handles import AccountBook, handle_key
from archive.speakers import Speakers
from db.models import Account, AccountHandle
from db.rows import among_texts, state_seen, table_of

_ACCOUNTS, _USES = table_of(Account).c, table_of(AccountHandle).c
_READ = (_ACCOUNTS.id, _ACCOUNTS.platform, _ACCOUNTS.platform_id, _ACCOUNTS.person_id)


@dataclass(frozen=True, slots=True)
class Author:
    """The account and the person that a post is by, as far as known."""

    account_id: int | None
    person_id: str | None


@dataclass(slots=True)
class _Known:
    """What is asked of an account that is known or was just added."""

    platform: str
    platform_id: str | None
    person_id: str | None
    id: int | None = None
    added: Account | None = None


class AuthorAccounts(AccountBook[_Known]):
    """The accounts of authors, read as posts ask for them, in transactions that hold the write lock."""

    def __init__(self, session: Session, *, lasting: bool = False) -> None:
        """`lasting`: for several transactions of one process, each of which asks `still` for it."""
        super().__init__()
        self._session = session
        self._seen = state_seen(session) if lasting else None
        self._by_number: dict[int, _Known] = {}
        self._asked: tuple[set[str], set[str]] = (set(), set())
        """The handles and the ids that were read."""
        self._new: list[tuple[_Known, str | None]] = []
        self._identified: list[dict[str, Any]] = []
        """Accounts whose immutable ids are to be written."""

    def still(self, session: Session) -> "AuthorAccounts":
        """The same in the next transaction, unless others may have changed an account: then empty."""
        seen = state_seen(session)
        if seen is None or seen != self._seen:
            return AuthorAccounts(session, lasting=True)
        self._session = session
        return self

    def read(self, posts: Sequence[Post]) -> None:
        """Read every account that has, or had, the handle of an author, or has the author's id."""
        keys = {handle_key(handle) for handle in {post.author_handle for post in posts} if handle}
        ids = {post.author_platform_id for post in posts if post.author_platform_id}
        known_keys, known_ids = self._asked
        if new := sorted(keys - known_keys):
            query = select(*_READ, _USES.handle_key, _USES.valid_from, _USES.valid_to).join_from(
                table_of(Account), table_of(AccountHandle)
            )
            query = query.where(among_texts(self._session, _USES.handle_key, new)).order_by(_ACCOUNTS.id)
            for *told, key, since, until in self._session.execute(query).all():
                self.note_use(self._known(*told), key, since, until)
        if new := sorted(ids - known_ids):
            query = select(*_READ).where(among_texts(self._session, _ACCOUNTS.platform_id, new))
            for one in self._session.execute(query).all():
                self._known(*one)
        known_keys |= keys
        known_ids |= ids

    def _known(self, number: int, platform: str, platform_id: str | None, person_id: str | None) -> _Known:
        known = self._by_number.get(number)
        if known is None:
            known = self._by_number[number] = _Known(platform, platform_id, person_id, number)
            self.note_id(known)
        return known

    def identify(self, known: _Known, platform_id: str) -> None:
        """Give its immutable id to an account that was known by handle until now."""
        known.platform_id = platform_id
        self.note_id(known)
        loaded = known.added or self._session.identity_map.get(identity_key(Account, known.id))
        if loaded is not None:
            loaded.platform_id = platform_id
        else:
            self._identified.append({"id": known.id, "platform_id": platform_id})

    def add(self, post: Post) -> _Known:
        """Take in a new account, the author of a post."""
        account = Account(
            platform=post.platform, platform_id=post.author_platform_id, display_name=post.author_name
        )
        self._session.add(account)
        known = _Known(account.platform, account.platform_id, None, added=account)
        self.note_id(known)
        self._new.append((known, post.author_handle))
        if post.author_handle:
            self.note_use(known, handle_key(post.author_handle))
        return known

    def store(self) -> None:
        """Write new accounts, then their handles, which need the accounts' keys."""
        self._session.flush()
        if self._identified:
            self._session.execute(update(Account), self._identified)
        for known, handle in self._new:
            assert known.added is not None
            assert known.added.id is not None  # given by the flush
            known.id, known.added = known.added.id, None
            self._by_number[known.id] = known
            if handle:
                plain = handle.strip().removeprefix("@")
                self._session.add(
                    AccountHandle(account_id=known.id, handle=plain, handle_key=handle_key(plain))
                )
        self._session.flush()
        self._new.clear()
        self._identified.clear()


def keep_authors(
    session: Session, posts: Sequence[Post], speakers: Speakers, known: AuthorAccounts | None = None
) -> list[Author]:
    """The author of each post. An account that is not known yet is added, without an owner.

    `known`: the accounts that earlier pages of the same transaction asked for.
    """
    known = known or AuthorAccounts(session)
    known.read(posts)
    accounts = [_account(known, post) for post in posts]
    known.store()
    if any(_is_named_only(post) for post in posts):
        speakers.refresh(session)
    return [_author(post, account, speakers) for post, account in zip(posts, accounts, strict=True)]


def _author(post: Post, account: _Known | None, speakers: Speakers) -> Author:
    if account is not None:
        return Author(account.id, post.author_person or account.person_id)
    named = speakers.find(post.author_name, _day(post)) if post.author_name else None
    return Author(None, post.author_person or named)


def _is_named_only(post: Post) -> bool:
    return bool(post.author_name) and not (post.author_handle or post.author_platform_id)


def _account(known: AuthorAccounts, post: Post) -> _Known | None:
    """The account of a post, added where it is not known; None where the source names none."""
    if not (post.author_handle or post.author_platform_id):
        return None
    account = _find(known, post)
    if account is None:
        account = known.add(post)
    return account


def _find(known: AuthorAccounts, post: Post) -> _Known | None:
    """By the platform's id; else by a handle valid on the post's day, of one account only."""
    account = known.with_id(post.platform, post.author_platform_id)
    if account is not None or not post.author_handle:
        return account
    called = known.called(post.platform, post.author_handle, _day(post))
    if post.author_platform_id is None:
        return called[0] if len(called) == 1 else _nobodys(called)
    waiting = [one for one in called if one.platform_id is None]
    if len(waiting) != 1:
        return None
    known.identify(waiting[0], post.author_platform_id)
    return waiting[0]


def _nobodys(accounts: Sequence[_Known]) -> _Known | None:
    """Of several accounts that went by one handle: the one that stands for not knowing which."""
    return next((one for one in accounts if one.platform_id is None and one.person_id is None), None)


def _day(post: Post) -> date | None:
    return post.published.at.date() if post.published else None
