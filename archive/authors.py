"""Who wrote a post: its account, and the person behind it where the archive knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from archive.contract import Post
from archive.handles import KnownAccounts
from archive.speakers import Speakers
from db.models import Account


@dataclass(frozen=True, slots=True)
class Author:
    """The account and the person that a post is by, as far as known."""

    account_id: int | None
    person_id: str | None


def keep_authors(session: Session, posts: Sequence[Post], speakers: Speakers) -> list[Author]:
    """The author of each post. An account that is not known yet is added, without an owner."""
    handles = (post.author_handle for post in posts if post.author_handle)
    known = KnownAccounts(
        session, handles, (post.author_platform_id for post in posts if post.author_platform_id)
    )
    accounts = [_account(known, post) for post in posts]
    known.store()
    if any(_is_named_only(post) for post in posts):
        speakers.refresh(session)
    return [_author(post, account, speakers) for post, account in zip(posts, accounts, strict=True)]


def _author(post: Post, account: Account | None, speakers: Speakers) -> Author:
    if account is not None:
        return Author(account.id, post.author_person or account.person_id)
    named = speakers.find(post.author_name, _day(post)) if post.author_name else None
    return Author(None, post.author_person or named)


def _is_named_only(post: Post) -> bool:
    return bool(post.author_name) and not (post.author_handle or post.author_platform_id)


def _account(known: KnownAccounts, post: Post) -> Account | None:
    """The account of a post, added where it is not known; None where the source names none."""
    if not (post.author_handle or post.author_platform_id):
        return None
    account = _find(known, post)
    if account is None:
        account = known.add(
            Account(
                platform=post.platform, platform_id=post.author_platform_id, display_name=post.author_name
            )
        )
        if post.author_handle:
            known.call(account, post.author_handle)
    return account


def _find(known: KnownAccounts, post: Post) -> Account | None:
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


def _nobodys(accounts: Sequence[Account]) -> Account | None:
    """Of several accounts that went by one handle: the one that stands for not knowing which."""
    return next((one for one in accounts if one.platform_id is None and one.person_id is None), None)


def _day(post: Post) -> date | None:
    return post.published.at.date() if post.published else None
