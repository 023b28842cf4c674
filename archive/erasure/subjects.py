"""What is to be forgotten, found: statements, accounts with all that they published, persons with theirs."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from archive.batches import batches
from archive.selection import find_accounts
from db.errors import Refusal
from db.models import Account, Person, Statement, StatementAlias

NUMBER = re.compile(r"\d{1,18}")


class NothingToForget(Refusal):
    """The archive has no such statement, account or person; the message says which."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """Numbers of the rows that are forgotten."""

    statements: frozenset[int] = field(default_factory=frozenset)
    """Also those that only repeat one of the others: they have no words of their author's own."""
    accounts: frozenset[int] = field(default_factory=frozenset)
    persons: frozenset[str] = field(default_factory=frozenset)
    """Of whom nothing is kept, also no fact of what was forgotten before."""


def find_subjects(
    session: Session,
    *,
    statements: Sequence[str] = (),
    accounts: Sequence[str] = (),
    persons: Sequence[str] = (),
) -> Subjects:
    """What a user names: statements by number or `platform:id`, accounts as all commands take them, persons.

    Raises NothingToForget, NoSuchAccount.
    """
    found = {_statement(session, one.strip()) for one in statements}
    theirs = {_id(one) for one in find_accounts(session, accounts)} if accounts else set()
    for person in persons:
        theirs |= _accounts_of(session, person)
        found |= _numbers(session, col(Statement.person_id) == person)
    return replace(whole(session, found, theirs), persons=frozenset(persons))


def whole(session: Session, statements: Collection[int], accounts: Collection[int] = ()) -> Subjects:
    """Statements and accounts with all that the accounts published, and what repeats it word for word."""
    found = set(statements)
    for ids in batches(sorted(accounts)):
        found |= _numbers(session, col(Statement.account_id).in_(ids))
    return Subjects(frozenset(found | _repeating(session, found)), frozenset(accounts))


def _repeating(session: Session, statements: Collection[int]) -> set[int]:
    found: set[int] = set()
    for platform, ids in _ids_by_platform(session, statements).items():
        for some in batches(sorted(ids)):
            repeats = (col(Statement.platform) == platform) & col(Statement.repost_of).in_(some)
            found |= _numbers(session, repeats)
    return found


def ids_of(session: Session, statements: Collection[int]) -> set[tuple[str, str]]:
    """Platform and every id by which a platform shows these statements."""
    found: set[tuple[str, str]] = set()
    for some in batches(sorted(statements)):
        found.update(
            session.exec(select(Statement.platform, Statement.post_id).where(col(Statement.id).in_(some)))
        )
        others = select(StatementAlias.platform, StatementAlias.post_id)
        found.update(session.exec(others.where(col(StatementAlias.statement_id).in_(some))))
    return found


def _ids_by_platform(session: Session, statements: Collection[int]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for platform, post_id in ids_of(session, statements):
        found.setdefault(platform, set()).add(post_id)
    return found


def _statement(session: Session, text: str) -> int:
    platform, _, post_id = text.partition(":")
    wanted = (col(Statement.platform) == platform) & (col(Statement.post_id) == post_id)
    if NUMBER.fullmatch(text):
        wanted = wanted | (col(Statement.id) == int(text))
    found = session.exec(select(Statement.id).where(wanted)).first()
    if found is None:
        alias = select(StatementAlias.statement_id).where(StatementAlias.platform == platform)
        found = session.exec(alias.where(StatementAlias.post_id == post_id)).first()
    if found is None:
        raise NothingToForget(
            f"the archive has no statement {text[:80]!r}: give its number, or platform:id (such as x:1234)"
        )
    return found


def _accounts_of(session: Session, person: str) -> set[int]:
    if session.get(Person, person) is None:
        raise NothingToForget(f"the archive has no person {person[:80]!r}: give the id, such as dc:143")
    return {_id(one) for one in session.exec(select(Account).where(Account.person_id == person))}


def _numbers(session: Session, condition: ColumnElement[bool]) -> set[int]:
    return {one for one in session.exec(select(Statement.id).where(condition)).all() if one is not None}


def _id(account: Account) -> int:
    assert account.id is not None  # stored
    return account.id
