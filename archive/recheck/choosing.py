"""Which statements are asked for again, account by account, the most urgent first."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session, col

from archive.batches import batches
from archive.contract import Collector, KnownPost, Rechecks
from archive.endings import Wanted
from archive.recheck.deciding import APART
from archive.recheck.rhythm import interval, is_due
from archive.selection import find_accounts
from db.models import (
    Account,
    AccountHandle,
    Candidacy,
    Contest,
    Election,
    Observation,
    Statement,
    StatementAlias,
)
from db.plain import aware
from db.rows import among, stored_time, table_of
from db.words import State

AT_ONCE = 5_000
"""Rows that are read at a time."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a user wants to be rechecked."""

    accounts: tuple[str, ...] = ()
    platform: str | None = None
    due: bool = False
    """Only statements whose time has come."""
    apart: timedelta = APART
    """Least time between the two checks that prove a deletion."""
    budget: int | None = None
    """Requests at most."""

    def __str__(self) -> str:
        words = ["recheck", *(["--due"] if self.due else [])]
        words += [f"--account {one}" for one in self.accounts]
        words += [f"--platform {self.platform}"] if self.platform else []
        words += [f"--budget {self.budget}"] if self.budget is not None else []
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Errand:
    """One account, and the statements of it that are to be asked for, the most urgent first."""

    wanted: Wanted
    statements: tuple[int, ...]


class Urgency(NamedTuple):
    """The lower, the earlier."""

    every: timedelta
    """Zero where a second check would prove a deletion."""
    checked: float
    """Seconds since 1970 of the last check; 0: never."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be done, and what cannot be."""

    errands: tuple[Errand, ...]
    not_rechecked: Mapping[str, int]
    """Platform without a way to ask again -> its accounts."""


def choose(session: Session, collectors: Mapping[str, Collector], wish: Wish, *, now: datetime) -> Choice:
    """The errands of a wish. Raises what find_accounts raises."""
    found = find_accounts(session, wish.accounts, wish.platform)
    able = {one.id: one for one in found if one.id is not None and _is_able(collectors, one.platform)}
    not_rechecked: defaultdict[str, int] = defaultdict(int)
    for account in found:
        if account.id not in able:
            not_rechecked[account.platform] += 1
    chosen: defaultdict[int, list[tuple[Urgency, int]]] = defaultdict(list)
    for account_id, statement_id, urgency in _candidates(session, wish, now):
        if account_id in able:
            chosen[account_id].append((urgency, statement_id))
    first = sorted(chosen, key=lambda account_id: (min(chosen[account_id]), account_id))
    names = _names(session, able)
    errands = (
        Errand(
            Wanted(account_id, able[account_id].platform, names[account_id]),
            tuple(statement_id for _, statement_id in sorted(chosen[account_id])),
        )
        for account_id in first
    )
    return Choice(tuple(errands), dict(not_rechecked))


def _is_able(collectors: Mapping[str, Collector], platform: str) -> bool:
    return platform in collectors and isinstance(collectors[platform], Rechecks)


def _names(session: Session, accounts: Mapping[int, Account]) -> dict[int, str]:
    """Accounts for people, as identities.label_of calls them, by one query for all."""
    query = select(col(AccountHandle.account_id), col(AccountHandle.handle))
    handles = session.execute(
        query.where(col(AccountHandle.valid_to).is_(None)).order_by(col(AccountHandle.id))
    )
    called = {account_id: f"@{handle}" for account_id, handle in handles}
    return {
        number: f"{one.platform} {called.get(number) or one.platform_id or f'account {number}'}"
        for number, one in accounts.items()
    }


def _candidates(session: Session, wish: Wish, now: datetime) -> Iterator[tuple[int, int, Urgency]]:
    """Account, statement and urgency; one query over all statements, whose texts are not read."""
    declared, missing = _declarations(session), _missing(session)
    one, account = table_of(Statement).c, table_of(Account).c
    query = (
        select(
            *(one.id, one.account_id, func.coalesce(one.person_id, account.person_id)),
            *(stored_time(one.published_at), stored_time(one.rechecked_at)),
        )
        .select_from(table_of(Statement).join(table_of(Account), account.id == one.account_id))
        .execution_options(yield_per=AT_ONCE)
    )
    for statement_id, account_id, person, published, checked_at in session.execute(query):
        checked, since = aware(checked_at), missing.get(statement_id)
        every = interval(aware(published), declared.get(person, ()), now=now)
        if wish.due and not is_due(checked, since, every, now=now, apart=wish.apart):
            continue
        second = since is not None and now >= since + wish.apart
        urgency = Urgency(timedelta() if second else every, checked.timestamp() if checked else 0.0)
        yield account_id, statement_id, urgency


def _declarations(session: Session) -> dict[str, tuple[datetime, ...]]:
    """Person -> when the contests in which they stand were declared; not yet: when their polls close."""
    query = (
        select(col(Candidacy.person_id), col(Contest.declared_at), col(Election.polls_close_at))
        .join(Contest, col(Contest.id) == col(Candidacy.contest_id))
        .join(Election, col(Election.id) == col(Contest.election_id))
    )
    found: defaultdict[str, set[datetime]] = defaultdict(set)
    for person, declared_at, polls_close_at in session.execute(query):
        at = declared_at or polls_close_at
        if at is not None:
            found[person].add(at)
    return {person: tuple(sorted(times)) for person, times in found.items()}


def _missing(session: Session) -> dict[int, datetime]:
    """Statements that a first check missed, and when: those of which nothing else was seen since."""
    seen = Observation
    suspects = select(col(seen.statement_id)).where(col(seen.state) == State.MISSING)
    query = (
        select(col(seen.statement_id), col(seen.state), col(seen.observed_at))
        .where(col(seen.statement_id).in_(suspects))
        .order_by(col(seen.observed_at), col(seen.id))
    )
    found: dict[int, datetime] = {}
    for statement_id, state, at in session.execute(query):
        if state == State.MISSING:
            found[statement_id] = at
        else:
            found.pop(statement_id, None)
    return found


def known_posts(session: Session, statement_ids: Sequence[int]) -> dict[int, KnownPost]:
    """Statement -> how it is asked for, in the order given."""
    rows: dict[int, KnownPost] = {}
    newest = _newest_ids(session, statement_ids)
    one = table_of(Statement).c
    for ids in batches(statement_ids):
        query = select(one.id, one.post_id, one.url, stored_time(one.edited_at)).where(among(one.id, ids))
        for number, post_id, url, edited_at in session.execute(query):
            rows[number] = KnownPost(post_id, url, newest.get(number), aware(edited_at))
    return {number: rows[number] for number in statement_ids if number in rows}


def _newest_ids(session: Session, statement_ids: Sequence[int]) -> dict[int, str]:
    """Statement -> the highest of its other ids, where each edit has one: they are numbers then."""
    found: dict[int, str] = {}
    for ids in batches(statement_ids):
        query = select(col(StatementAlias.statement_id), col(StatementAlias.post_id))
        for number, post_id in session.execute(query.where(col(StatementAlias.statement_id).in_(ids))):
            if post_id.isdecimal() and int(post_id) > int(found.get(number, "0")):
                found[number] = post_id
    return found


def find_witness(session: Session, account_id: int, but: Sequence[str]) -> KnownPost | None:
    """The account's newest other statement that is not known to be gone."""
    gone = select(col(Observation.statement_id)).where(
        col(Observation.statement_id).is_not(None),
        col(Observation.state).in_((State.MISSING, State.DELETED, State.NOT_FOUND)),
    )
    query = (
        select(col(Statement.id))
        .where(
            col(Statement.account_id) == account_id,
            col(Statement.post_id).not_in(but),
            col(Statement.id).not_in(gone),
            col(Statement.repost_of).is_(None),
        )
        .order_by(col(Statement.published_at).desc(), col(Statement.id).desc())
        .limit(1)
    )
    number = session.execute(query).scalar()
    return known_posts(session, [number])[number] if number is not None else None
