"""Making one account of two, in every table that speaks of accounts."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Column, update
from sqlmodel import Session, SQLModel, col, select

from archive.changes import fill
from archive.handle_history import handles_of
from archive.integrity.log import log_rewritten, observations_of
from db.models import Account, AccountHandle, Coverage, Observation, Schedule, Statement

JOINED_BY_HAND = frozenset({"account_handle", "coverage", "schedule"})
"""Tables where rows of both accounts may stand for the same thing."""


def merge_accounts(session: Session, keep: Account, drop: Account, *, at: datetime) -> None:
    """Give everything of `drop` to `keep`, and remove `drop`.

    What `keep` knows stays: its handles, its owner, its coverage of a stream (that of `drop` claims
    nothing then), its schedule. Raises ValueError where the two have different owners or immutable ids.
    """
    if drop.platform_id is not None or drop.platform != keep.platform:
        raise ValueError(f"account {drop.id} has an identity of its own")
    if not may_share_owner(keep, drop):
        raise ValueError(f"accounts {keep.id} and {drop.id} have different owners")
    session.flush()
    _join_handles(session, keep, drop)
    _join_coverage(session, keep, drop)
    _join_schedules(session, keep, drop, at)
    observed = observations_of(session, col(Observation.account_id), drop.id)
    for column in _account_columns():
        moved = update(column.table).where(column == drop.id).values({column.name: keep.id})
        session.execute(moved)
    log_rewritten(session, observed, "observation")
    if keep.person_id is None and drop.person_id is not None:
        keep.person_id, keep.owner_source = drop.person_id, drop.owner_source
    fill(keep, display_name=drop.display_name, url=drop.url, home=drop.home, moved_to=drop.moved_to)
    session.add(keep)
    session.delete(drop)
    session.flush()
    _name_author(session, keep)


def may_share_owner(one: Account, other: Account) -> bool:
    """Whether two accounts are not said to be of different persons."""
    return None in (one.person_id, other.person_id) or one.person_id == other.person_id


def _account_columns() -> Iterator[Column[int]]:
    """Every other column that holds an account's number."""
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in JOINED_BY_HAND:
            for column in table.columns:
                if any(key.target_fullname == "account.id" for key in column.foreign_keys):
                    yield column


def _join_handles(session: Session, keep: Account, drop: Account) -> None:
    there = {row.handle_key for row in handles_of(session, keep)}
    for row in handles_of(session, drop):
        if row.handle_key in there:
            session.delete(row)
        else:
            _move(session, row, keep)
    session.flush()


def _move(session: Session, row: AccountHandle | Coverage, keep: Account) -> None:
    assert keep.id is not None  # it is stored
    row.account_id = keep.id
    session.add(row)


def _join_coverage(session: Session, keep: Account, drop: Account) -> None:
    streams = set(session.exec(select(Coverage.stream).where(Coverage.account_id == keep.id)))
    for row in session.exec(select(Coverage).where(Coverage.account_id == drop.id)):
        if row.stream in streams:
            session.delete(row)
        else:
            _move(session, row, keep)
    session.flush()


def _join_schedules(session: Session, keep: Account, drop: Account, at: datetime) -> None:
    """One schedule; whoever collects `drop` just now goes on with `keep`, unless another collects that."""
    theirs, ours = session.get(Schedule, drop.id), session.get(Schedule, keep.id)
    if theirs is None:
        return
    if ours is None:
        session.add(Schedule(**{**theirs.model_dump(), "account_id": keep.id}))
    else:
        fill(ours, every_seconds=theirs.every_seconds)
        if ours.holder is None or ours.held_until is None or ours.held_until <= at:
            ours.holder, ours.held_until = theirs.holder, theirs.held_until
        session.add(ours)
    session.delete(theirs)
    session.flush()


def _name_author(session: Session, account: Account) -> None:
    """The owner is the author of what the account published."""
    session.execute(
        update(Statement)
        .where(col(Statement.account_id) == account.id, col(Statement.person_id).is_(None))
        .values(person_id=account.person_id)
    )
