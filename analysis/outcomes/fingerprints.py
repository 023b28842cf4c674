"""Whether what a contest's pages are made from changed: a short digest a contest, by a few queries.

Equal fingerprints of one contest mean equal pages (of one release, by one method, with the same options).
Counts, sums and newest times stand for the rows, so that what is changed by hand with SQL in a way that
moves none of them is not seen. Nor is what other people's names and handles do to the *reasons* of a
rating, which are read again with the roster of today: `roster_digest` tells that.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Table, case, func, select
from sqlmodel import Session

from analysis.outcomes.backing import FRESH, Period, period_of
from analysis.outcomes.ballot import Candidacy, Contest, Election
from analysis.outcomes.coverage import AccountBacking, AccountLedger, account_backing
from analysis.outcomes.covered_time import Interval, covered_time, span_of
from analysis.outcomes.facts import ElectionFacts
from analysis.outcomes.linking import Terms
from analysis.outcomes.statements import (
    ACCOUNTS,
    AUTHOR,
    STATEMENTS,
    Bounds,
    everybody_in,
    is_by,
    is_within,
)
from analysis.outcomes.timing import Window
from analysis.roster import load_roster
from db import models
from db.plain import aware
from db.rows import stored_time, table_of

FORM = 6
"""Raised where a fingerprint is made in another way: then all differ from the earlier ones."""

READINGS, REVIEWS = table_of(models.Reading), table_of(models.Review)
VERSIONS, LINKS = table_of(models.StatementVersion), table_of(models.StatementCapture)
SEEN, NAMES = table_of(models.Observation), table_of(models.PersonName)
IDENTIFIERS, FORGOTTEN = table_of(models.PersonIdentifier), table_of(models.Tombstone)

Value = TypeVar("Value")

Marks = Mapping[str, Sequence[tuple[Any, ...]]]
"""Person id -> the rows that count what the archive holds of theirs."""

Mark = tuple[str, ...]
"""Person id, what was counted, and what came out."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Of what marks are made."""

    election: str
    bounds: Bounds
    """Times between which statements belong to the election."""
    now: datetime
    method: str | None
    compared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a contest's pages are made from, as digests (hexadecimal)."""

    contest: str
    """Of the whole contest."""
    candidacies: Mapping[int, str]
    """Candidacy id -> of the one candidacy and the contest's ballot."""


def fingerprints_of(
    session: Session,
    facts: ElectionFacts,
    terms: Terms,
    *,
    compared: Collection[str] = (),
    contests: Collection[str] | None = None,
    marks: Callable[[], Marks] | None = None,
) -> dict[str, Fingerprint]:
    """Contest id -> the digests of everything that its pages are made from.

    `facts` are loaded anew for each run; `compared` are the reading's methods that stand beside
    `terms.method`; `contests` names those that are asked for (None: all). The clock (`terms.now`) counts
    only where it decides something: whether accounts were read until now, and what lies near a result to
    come. `marks`: gives `marks_of` the same, where they are made beside this (None: they are made here). They
    must not be newer than the statements from which pages are made afterwards.
    """
    told = FORM, facts.window, _sorted(facts.parties), replace(terms, now=_NEVER), sorted(compared)
    shared = _digest(repr(told))  # it names everybody: too long to be hashed for each contest
    begun = [
        _begun(shared, contest, facts, terms)
        for contest in facts.contests
        if contests is None or contest.id in contests
    ]
    found = marks() if marks else marks_of(session, asked_of(facts.election, facts.window, terms, compared))
    return {one.contest.id: one.fingerprint(found) for one in begun}


def roster_digest(session: Session) -> str:
    """A digest of everybody whom a statement can be linked to, with all names and handles.

    The reasons of a rating are found again with the roster of today: where this digest differs, those of
    any contest may. In whatever order a database hands them over: PostgreSQL's is another after an update.
    """
    roster = load_roster(session)
    people = (
        replace(one, other_names=_in_order(one.other_names), handles=_in_order(one.handles))
        for one in roster.candidates
    )
    parties = (replace(one, aliases=_in_order(one.aliases)) for one in roster.parties)
    return _digest(*(repr(sorted(map(repr, some))) for some in (roster.contests, people, parties)))


def _in_order(some: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(sorted(some, key=repr))


_NEVER = datetime.min.replace(tzinfo=UTC)


def _sorted(parties: Mapping[str, frozenset[str]]) -> list[tuple[str, list[str]]]:
    return sorted((person, sorted(ids)) for person, ids in parties.items())


def _hashed(parts: Iterable[str]) -> blake2b:
    found = blake2b(digest_size=16)
    for part in parts:
        _add(found, part)
    return found


def _add(found: blake2b, part: str) -> None:
    found.update(part.encode("utf-8", "surrogatepass"))
    found.update(b"\x00")


def _digest(*parts: str) -> str:
    return _hashed(parts).hexdigest()


@dataclass(frozen=True, slots=True)
class _Begun:
    """A contest's fingerprint without what the archive holds of its candidates: that may still be counted."""

    contest: Contest
    ballot: str
    candidacies: Sequence[tuple[Candidacy, blake2b]]

    def fingerprint(self, marks: Marks) -> Fingerprint:
        """Finish it."""
        found = {}
        for one, begun in self.candidacies:
            hashed = begun.copy()
            _add(hashed, repr(marks.get(one.person_id)))
            found[one.id] = hashed.hexdigest()
        return Fingerprint(_digest(self.ballot, *found.values()), found)


def _begun(shared: str, contest: Contest, facts: ElectionFacts, terms: Terms) -> _Begun:
    period = period_of(contest, facts.window, now=terms.now, near=terms.near)
    ballot = _digest(shared, repr(contest), *_moving(contest, terms, period))
    span = span_of(contest, facts.window)
    return _Begun(
        contest,
        ballot,
        [(one, _hashed((ballot, *_told_of(one, facts, period, span)))) for one in contest.candidacies],
    )


def _moving(contest: Contest, terms: Terms, period: Period) -> Iterator[str]:
    """The day on which the time near the result begins, while that moves with the clock."""
    if period.polls_close == terms.now - FRESH:
        yield repr(period.polls_close.astimezone(contest.zone).date())


def _told_of(one: Candidacy, facts: ElectionFacts, period: Period, span: Interval) -> Iterator[str]:
    person = one.person_id
    yield repr((one.id, facts.party_outcomes.get(one.party_id or ""), facts.others.get(person)))
    yield repr([_of_account(ledger, period) for ledger in facts.ledgers.get(person, ())])
    yield repr(covered_time(facts.ledgers.get(person, ()), *span))


def _of_account(ledger: AccountLedger, period: Period) -> tuple[Any, ...]:
    """What a page says of an account: why posts may be missing, not the times between which."""
    backing: AccountBacking = account_backing(ledger, period.polls_close, period.ends, 0)
    reasons = [gap.reason for gap in backing.gaps]
    late = sum(served_at >= period.polls_close for served_at in ledger.unparsed)
    return replace(backing, gaps=()), reasons, bool(ledger.streams), len(ledger.unparsed), late


# ---- what the archive holds of each person ----------------------------------------------------------


def asked_of(election: Election, window: Window, terms: Terms, compared: Collection[str]) -> Asked:
    """What `marks_of` must know of an election."""
    bounds = window.bounds(election.polling_date)
    return Asked(election.id, bounds, terms.now, terms.method, tuple(sorted(compared)))


def marks_of(session: Session, asked: Asked) -> Marks:
    """What the archive holds of each person, counted by a few queries."""
    return merged(count(session, asked) for count in COUNTS)


def merged(parts: Iterable[Iterable[Mark]]) -> Marks:
    """The marks of which each of COUNTS found some."""
    found: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for person, *mark in chain.from_iterable(parts):
        found[person].append(tuple(mark))
    return {person: sorted(rows) for person, rows in found.items()}


def _count_statements(session: Session, asked: Asked) -> list[Mark]:
    within = case((is_within(asked.bounds), 1), else_=0).label("within")
    written = _statements(asked.now - FRESH, within).where(is_by(everybody_in(asked.election)))
    return _counts(session, [("statements", written.group_by(AUTHOR, within))])


def _count_all_else(session: Session, asked: Asked) -> list[Mark]:
    return _counts(session, _queries(asked))


Counts = Callable[[Session, Asked], list[Mark]]

COUNTS: tuple[Counts, ...] = (_count_statements, _count_all_else)
"""What can be counted at the same time by several connections: about half of the work each."""


def _counts(session: Session, queries: Iterable[tuple[str, Select[Any]]]) -> list[Mark]:
    return [
        (person, name, *map(_word, counted))
        for name, query in queries
        for person, *counted in session.execute(query)
    ]


def _word(counted: object) -> str:
    """What was counted, in the same words whichever database counted it: SQLite's times have no zone."""
    return str(aware(counted) if isinstance(counted, datetime) else counted)


def _queries(asked: Asked) -> Iterator[tuple[str, Select[Any]]]:
    """Each counts one thing, person by person: the first column names whose."""
    everybody, bounds = everybody_in(asked.election), asked.bounds
    yield "versions", _counted(VERSIONS, VERSIONS.c.id, bounds)
    yield "captures", _counted(LINKS, LINKS.c.capture_id, bounds)
    yield "seen", _counted(SEEN, SEEN.c.id, bounds)
    yield "readings", _readings(asked.method, asked.compared, bounds)
    yield "reviews", _counted(REVIEWS, REVIEWS.c.id, bounds).add_columns(_fresh(REVIEWS))
    yield (
        "owners",
        select(ACCOUNTS.c.person_id, func.count(), func.sum(REVIEWS.c.id))
        .join(REVIEWS, REVIEWS.c.account_id == ACCOUNTS.c.id)
        .where(ACCOUNTS.c.person_id.in_(everybody))
        .group_by(ACCOUNTS.c.person_id),
    )
    yield (
        "forgotten",
        select(FORGOTTEN.c.person_id, func.count(), func.max(FORGOTTEN.c.observed_at))
        .where(FORGOTTEN.c.person_id.in_(everybody))
        .group_by(FORGOTTEN.c.person_id),
    )
    for name, table, word in (
        ("names", NAMES, NAMES.c.name),
        ("identifiers", IDENTIFIERS, IDENTIFIERS.c.value),
    ):
        yield (
            name,
            select(table.c.person_id, func.count(), func.sum(table.c.id), func.min(word), func.max(word))
            .where(table.c.person_id.in_(everybody))
            .group_by(table.c.person_id),
        )


def _statements(cutoff: datetime, within: Any) -> Select[Any]:
    """Of those outside the window a page tells the number; of those within (or undated) everything."""
    one = STATEMENTS.c
    late = case((one.published_at >= cutoff, 1), else_=0)
    details = (
        *(func.sum(one.id), func.sum(one.account_id), func.count(one.published_at), func.sum(late)),
        *(func.min(stored_time(one.published_at)), func.max(stored_time(one.published_at))),
        *map(
            func.max, map(stored_time, (one.first_seen_at, one.text_seen_at, one.edited_at, one.corrected_at))
        ),
    )
    return (
        select(AUTHOR, within, func.count(), *(case((within == 1, detail)) for detail in details))
        .select_from(STATEMENTS)
        .outerjoin(ACCOUNTS, ACCOUNTS.c.id == one.account_id)
    )


def _counted(table: Table, number: Any, bounds: Bounds) -> Select[Any]:
    """How many rows of a table belong to a person's statements, and the sum and the newest of a number.

    Of everybody in the archive: with nothing asked of the author, the table itself is read, in its order.
    """
    return (
        select(AUTHOR, func.count(), func.sum(number), func.max(number))
        .select_from(table)
        .join(STATEMENTS, STATEMENTS.c.id == table.c.statement_id)
        .outerjoin(ACCOUNTS, ACCOUNTS.c.id == STATEMENTS.c.account_id)
        .where(is_within(bounds))
        .group_by(AUTHOR)
    )


def _fresh(table: Table) -> ColumnElement[Any]:
    """How many rows are about the statement's present text."""
    return func.sum(case((table.c.text_sha256 == STATEMENTS.c.text_sha256, 1), else_=0))


def _readings(method: str | None, compared: Collection[str], bounds: Bounds) -> Select[Any]:
    """By each method that is shown; without a chosen one by all, since the newest of each is shown."""
    newest = func.max(stored_time(READINGS.c.read_at))
    query = _counted(READINGS, READINGS.c.id, bounds).add_columns(READINGS.c.method, newest, _fresh(READINGS))
    query = query.group_by(READINGS.c.method)
    return query if method is None else query.where(READINGS.c.method.in_({method, *compared}))
