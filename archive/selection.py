"""Accounts as a user names them: `platform:handle`, an immutable id, a number, an address."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from sqlmodel import Session, col, select

from archive.contract import platform_key
from archive.handles import handle_key
from archive.platforms import BY_NAME, account_at
from db.errors import Refusal
from db.models import Account, AccountHandle

NEAR = 0.6
"""Least similarity of a known handle to be named in place of one that is not known."""

MOST_NAMED = 5
"""Accounts that a message names."""

LONGEST = 200
"""Characters of a wanted account that are compared: keeps odd input in bounded time."""

NUMBER = re.compile(r"[0-9]{1,18}")
"""Numbers of rows."""


class NoSuchAccount(Refusal):
    """The archive knows no such account; the message says which, and what is near."""


def find_accounts(session: Session, wanted: Sequence[str], platform: str | None = None) -> list[Account]:
    """The accounts that a user names, by number of the row; all (of the platform) where none is named.

    An account is named by `platform:handle` (an @ before the handle is allowed), `platform:id` with the
    platform's immutable id, the number of its row, or the address of its page. With `platform`, the
    handle alone is enough.

    Raises NoSuchAccount where the archive has no account of the platform, or does not know one of them.
    """
    key = platform_key(platform) if platform is not None else None
    if key is not None:
        _need_platform(session, key)
    if not wanted:
        query = select(Account) if key is None else select(Account).where(Account.platform == key)
        return list(session.exec(query.order_by(col(Account.id))))
    found = {text: _find(session, text.strip(), key) for text in wanted}
    unknown = [text for text, accounts in found.items() if not accounts]
    if unknown:
        raise NoSuchAccount("; ".join(_what_is_near(session, text.strip(), key) for text in unknown))
    unique = {account.id: account for accounts in found.values() for account in accounts}
    return [unique[number] for number in sorted(unique, key=lambda number: number or 0)]


def _need_platform(session: Session, platform: str) -> None:
    known = session.exec(select(Account.platform).distinct().order_by(Account.platform)).all()
    if platform not in known:
        there = f"there are accounts of {', '.join(known)}" if known else "there is no account at all"
        raise NoSuchAccount(f"the archive has no account of the platform {platform}: {there}")


def _find(session: Session, text: str, platform: str | None) -> list[Account]:
    """The accounts that a text names; several go by one handle where that is not settled yet."""
    if not text.isprintable():
        return []
    if NUMBER.fullmatch(text):
        account = session.get(Account, int(text))
        if account is not None and platform in (None, account.platform):
            return [account]
    place = _place(text, platform)
    if place is None:
        return []
    query = select(Account).where(Account.platform == place[0])
    by_id = session.exec(query.where(Account.platform_id == place[1])).all()
    return list(by_id) or _called(session, *place)


def _called(session: Session, platform: str, handle: str) -> list[Account]:
    query = select(Account).join(AccountHandle).where(Account.platform == platform)
    query = query.where(AccountHandle.handle_key == handle_key(handle), col(AccountHandle.valid_to).is_(None))
    return list(session.exec(query.distinct()))


def _place(text: str, platform: str | None) -> tuple[str, str] | None:
    """Platform, and handle or immutable id; None where the text names no platform and none is given."""
    named, _, rest = text.partition(":")
    if rest and not rest.startswith("//"):
        key = platform_key(named)
        if platform == key or (platform is None and not text.startswith("did:")):
            return key, rest
    if "://" in text and (row := account_at(text)) is not None and platform in (None, row.platform):
        return row.platform, str(row.handle or row.platform_id)
    return (platform, text) if platform is not None else None


def _what_is_near(session: Session, text: str, platform: str | None) -> str:
    """Why nothing was found, and what the user may have meant."""
    shown = repr(text if len(text) <= LONGEST else f"{text[:LONGEST]}...")
    place = _place(text, platform)
    if place is None or not text.isprintable():
        return f"{shown} names no account: write platform:handle (such as x:ada), or an account's number"
    had = _had(session, *place)
    if had:
        return f"no account is {shown} any more: see {', '.join(had)}"
    near = _near(session, *place)
    known = f": near are {', '.join(near)}" if near else ""
    if not near and place[0] not in BY_NAME:
        known = ": `hustings account list` shows those that there are"
    return f"the archive knows no account {shown}{known}"


def _had(session: Session, platform: str, handle: str) -> list[str]:
    """The accounts that went by a handle once."""
    query = select(AccountHandle).join(Account).where(Account.platform == platform)
    query = query.where(AccountHandle.handle_key == handle_key(handle)).order_by(col(AccountHandle.id))
    return [
        f"account {row.account_id} (until {row.valid_to})" for row in session.exec(query.limit(MOST_NAMED))
    ]


def _near(session: Session, platform: str, handle: str) -> list[str]:
    query = select(AccountHandle.handle_key).join(Account).where(Account.platform == platform)
    known = session.exec(query.where(col(AccountHandle.valid_to).is_(None)).distinct()).all()
    near = get_close_matches(handle_key(handle)[:LONGEST], known, MOST_NAMED, NEAR)
    return [f"{platform}:{key}" for key in near]
