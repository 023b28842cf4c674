"""Which handles an account had and has: opened and closed to the day, never removed."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from archive.handles import handle_key
from db.models import Account, AccountHandle


def handles_of(session: Session, account: Account) -> list[AccountHandle]:
    """All handles of an account, in the order in which they were noted."""
    query = select(AccountHandle).where(AccountHandle.account_id == account.id)
    return list(session.exec(query.order_by(col(AccountHandle.id))))


def open_handle(handles: Sequence[AccountHandle]) -> AccountHandle | None:
    """The handle that an account goes by: of several the one that was noted last."""
    return next((one for one in reversed(handles) if one.valid_to is None), None)


def bearers(session: Session, platform: str, handle: str) -> list[Account]:
    """The accounts that go by a handle now, oldest first."""
    query = (
        select(Account)
        .join(AccountHandle)
        .where(Account.platform == platform, AccountHandle.handle_key == handle_key(handle))
        .where(col(AccountHandle.valid_to).is_(None))
    )
    return list(session.exec(query.order_by(col(Account.id)).distinct()))


def close_handle(session: Session, account: Account, handle: str, *, on: date) -> None:
    """Note that an account goes by a handle no more; `on` is the last day on which it may have."""
    for row in handles_of(session, account):
        if row.handle_key == handle_key(handle) and row.valid_to is None:
            row.valid_to = on
            session.add(row)
    session.flush()


def take_handle(session: Session, account: Account, handle: str, *, on: date) -> tuple[str, ...]:
    """Note that an account goes by this handle and no other; the handles that it gave up for it.

    Raises ValueError where another account goes by it: that is to be settled before.
    """
    if any(other.id != account.id for other in bearers(session, account.platform, handle)):
        raise ValueError(f"{account.platform} {handle} is the handle of another account, too")
    key, spelled = handle_key(handle), handle.strip().removeprefix("@")
    rows = handles_of(session, account)
    given_up = [row for row in rows if row.valid_to is None and row.handle_key != key]
    for row in given_up:
        row.valid_to = on
    there = next((row for row in rows if row.handle_key == key and row.valid_to is None), None)
    if there is not None:
        there.handle = spelled
    else:
        _open(session, account, spelled, rows, on)
    session.add_all(rows)
    session.flush()
    return tuple(row.handle for row in given_up)


def _open(session: Session, account: Account, spelled: str, rows: list[AccountHandle], on: date) -> None:
    """A new row; a handle that came back on the day on which it was opened before goes on."""
    key = handle_key(spelled)
    since = on if rows or _had_by_another(session, account, key) else None
    same_day = next((row for row in rows if row.handle_key == key and row.valid_from == since), None)
    if same_day is not None:
        same_day.handle, same_day.valid_to = spelled, None
        return
    assert account.id is not None  # it is stored
    session.add(AccountHandle(account_id=account.id, handle=spelled, handle_key=key, valid_from=since))


def _had_by_another(session: Session, account: Account, key: str) -> bool:
    query = select(AccountHandle.id).join(Account).where(Account.platform == account.platform)
    query = query.where(AccountHandle.handle_key == key, Account.id != account.id)
    return session.exec(query).first() is not None
