"""Who wrote a post: its account, and the person behind it where the archive knows."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from archive.contract import Post
from archive.speakers import Speakers
from db.models import Account, AccountHandle


@dataclass(frozen=True, slots=True)
class Author:
    """The account and the person that a post is by, as far as known."""

    account_id: int | None
    person_id: str | None


class Authors:
    """Finds (or adds) accounts and persons for posts, remembering them for one batch."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._accounts: dict[tuple[str, str | None, str | None], Author] = {}
        self._speakers = Speakers(session)

    def author_of(self, post: Post) -> Author:
        """The author of a post. An account that is not known yet is added, without an owner."""
        if post.author_handle is None and post.author_platform_id is None:
            return Author(None, post.author_person or self._by_name(post))
        key = (post.platform, post.author_platform_id, (post.author_handle or "").casefold() or None)
        if key not in self._accounts:
            self._accounts[key] = self._account(post)
        author = self._accounts[key]
        return Author(author.account_id, post.author_person or author.person_id)

    def _by_name(self, post: Post) -> str | None:
        on = post.published.at.date() if post.published else None
        return self._speakers.find(post.author_name, on) if post.author_name else None

    def _account(self, post: Post) -> Author:
        account = self._find(post)
        if account is None:
            account = Account(platform=post.platform, platform_id=post.author_platform_id)
            account.display_name = post.author_name
            self._session.add(account)
            self._session.flush()
            if post.author_handle:
                handle = AccountHandle(
                    account_id=account.id or 0,
                    handle=post.author_handle,
                    handle_key=post.author_handle.casefold(),
                )
                self._session.add(handle)
                self._session.flush()
        return Author(account.id, account.person_id)

    def _find(self, post: Post) -> Account | None:
        """By the platform's id; else by a handle valid on the post's day, of one account only."""
        on_platform = select(Account).where(Account.platform == post.platform)
        if post.author_platform_id:
            account = self._session.exec(
                on_platform.where(Account.platform_id == post.author_platform_id)
            ).first()
            if account or not post.author_handle:
                return account
            on_platform = on_platform.where(col(Account.platform_id).is_(None))
        key = (post.author_handle or "").casefold()
        on = post.published.at.date() if post.published else None
        accounts = self._session.exec(
            on_platform.join(AccountHandle).where(AccountHandle.handle_key == key, *_valid(on))
        ).all()
        account = accounts[0] if len(accounts) == 1 else None
        if account and post.author_platform_id:
            account.platform_id = post.author_platform_id  # known by handle until now
            self._session.add(account)
        return account


def _valid(on: date | None) -> list[ColumnElement[bool]]:
    """Conditions that a handle was in use on a day (any day, where the day is unknown)."""
    if on is None:
        return []
    start, end = col(AccountHandle.valid_from), col(AccountHandle.valid_to)
    return [or_(start.is_(None), start <= on), or_(end.is_(None), end >= on)]
