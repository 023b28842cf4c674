"""Reading statements from the database with their findings, and linking them to outcomes."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import Session

from analysis.contract import Reading
from analysis.outcomes.ballot import Candidacy, Contest, margin_to_threshold
from analysis.outcomes.ballots import find_contests, find_elections
from analysis.outcomes.captures import captures_of
from analysis.outcomes.fates import Fate, fates_of
from analysis.outcomes.found import FoundCapture, FoundStatement, Outcome
from analysis.outcomes.readings import readings_of
from analysis.outcomes.timing import (
    Clock,
    Moment,
    Window,
    minutes_from_declaration,
    moment_of,
    phase_of,
)
from db import models
from db.plain import aware
from db.rows import among, stored_time, table_of

BATCH = 1_000
"""Statements that are read at a time: memory stays flat, and so does the number of queries."""


@dataclass(frozen=True, slots=True)
class Stand:
    """One person's standing in one contest, with what each of their statements is compared with."""

    contest: Contest
    candidacy: Candidacy
    margin: int | None
    """Votes to the threshold."""
    zone: ZoneInfo
    clock: Clock
    first_day: date
    last_day: date
    """Ends of the window, both within it."""

    def holds(self, published: Moment) -> bool:
        """Whether a statement of that time belongs to the contest."""
        return self.first_day <= published.day_in(self.zone) <= self.last_day


Standings = Mapping[str, Sequence[Stand]]
"""Person id -> where they stand or stood."""

Bounds = tuple[datetime, datetime]


def statements_with_findings(
    session: Session,
    *,
    election: str | None = None,
    contest: str | None = None,
    person: str | None = None,
    method: str | None = None,
    window: Window | None = None,
) -> Iterator[FoundStatement]:
    """Statements in the order in which they were stored, each with its findings and its outcome.

    A statement belongs to every contest of its author whose window holds it, and comes once for each.
    Without `election` and `contest`, those that belong to none come too, once, with outcome None;
    with either, those without a time come for each contest of their author. `method` names a
    reading's method; None takes the newest reading of each statement. The default window is `Window()`.

    Raises UnknownElection, UnknownContest.
    """
    window = window or Window()
    elections = find_elections(session, election=election, contest=contest)
    contests = [found for one in elections for found in find_contests(session, one, contest=contest)]
    standings = standings_of(contests, window)
    everything = election is None and contest is None
    wanted = None if everything else _persons_asked_for(election, contest)
    bounds = None if everything else bounds_of(contests, window)
    for one in _statements(session, wanted=wanted, person=person, bounds=bounds, method=method):
        outcomes = outcomes_of(one.person_id, one.published, standings, with_undated=not everything)
        for outcome in outcomes:
            yield one.facing(outcome)
        if everything and not outcomes:
            yield one.facing(None)


def statements_of(
    session: Session, ids: Sequence[int], *, method: str | None = None
) -> dict[int, FoundStatement]:
    """Statement id -> the statement with its findings, without an outcome, for at most BATCH ids."""
    query = _statement_query(None, None, None).where(among(STATEMENTS.c.id, ids))
    read = _read(session, session.execute(query).all(), method)
    return {one.id: one.facing(None) for one in read}


def statements_in(
    session: Session,
    contests: Sequence[Contest],
    *,
    window: Window,
    method: str | None = None,
    persons: Collection[str] | None = None,
) -> dict[str, list[FoundStatement]]:
    """Contest id -> the statements that belong to it and those without a time, in time order.

    The contests are of one election. `persons`: of these alone (None: of everybody who stands there).
    Time order: undated first, then by time, then as stored.
    """
    standings = standings_of(contests, window)
    found: dict[str, list[FoundStatement]] = {contest.id: [] for contest in contests}
    wanted = persons_of(contests) if persons is None else ids_of(persons)
    for one in _statements(session, wanted=wanted, bounds=bounds_of(contests, window), method=method):
        for outcome in outcomes_of(one.person_id, one.published, standings, with_undated=True):
            found[outcome.contest.id].append(one.facing(outcome))
    for statements in found.values():
        statements.sort(key=_time_order)
    return found


def _time_order(statement: FoundStatement) -> tuple[bool, float, int]:
    published = statement.published
    return published is not None, published.at.timestamp() if published else 0.0, statement.id


def standings_of(contests: Sequence[Contest], window: Window) -> Standings:
    """Where everybody stands, with what is the same for all of a person's statements reckoned once."""
    found: defaultdict[str, list[Stand]] = defaultdict(list)
    for contest in contests:
        zone, clock, polls = contest.zone, contest.clock, contest.election.polling_date
        first, last = window.first_day(polls), window.last_day(polls)
        for one in contest.candidacies:
            margin = margin_to_threshold(one, contest)
            found[one.person_id].append(Stand(contest, one, margin, zone, clock, first, last))
    return found


def outcomes_of(
    person: str | None, published: Moment | None, standings: Standings, *, with_undated: bool
) -> list[Outcome]:
    """The outcome in each contest that a statement of a person belongs to."""
    return [
        Outcome(
            contest=stand.contest,
            candidacy=stand.candidacy,
            elected=stand.candidacy.elected,
            margin_votes=stand.margin,
            minutes_from_declaration=minutes_from_declaration(published, stand.clock.declared),
            phase=phase_of(published, stand.clock),
        )
        for stand in standings.get(person or "", ())
        if (with_undated if published is None else stand.holds(published))
    ]


def bounds_of(contests: Sequence[Contest], window: Window) -> Bounds | None:
    """Times outside which no statement belongs to any of the contests; None without contests."""
    ends = [window.bounds(contest.election.polling_date) for contest in contests]
    return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else None


STATEMENTS, ACCOUNTS, PERSONS = (table_of(one) for one in (models.Statement, models.Account, models.Person))
CANDIDACIES, CONTESTS = table_of(models.Candidacy), table_of(models.Contest)


def _persons_asked_for(election: str | None, contest: str | None) -> Select[Any]:
    """The ids of everybody who stands in the contest, else in the election, as a query."""
    if contest is not None:
        return select(CANDIDACIES.c.person_id).where(CANDIDACIES.c.contest_id == contest)
    return everybody_in(election)


def everybody_in(election: str | None) -> Select[Any]:
    """The ids of everybody who stands in an election, as a query."""
    return (
        select(CANDIDACIES.c.person_id)
        .join(CONTESTS, CONTESTS.c.id == CANDIDACIES.c.contest_id)
        .where(CONTESTS.c.election_id == election)
    )


def ids_of(persons: Collection[str]) -> Select[Any]:
    """The ids of these persons, as a query."""
    return select(PERSONS.c.id).where(PERSONS.c.id.in_(persons))


def persons_of(contests: Sequence[Contest]) -> Select[Any]:
    """The ids of everybody who stands in one of the contests, as a query."""
    ids = [contest.id for contest in contests]
    return select(CANDIDACIES.c.person_id).where(CANDIDACIES.c.contest_id.in_(ids))


AUTHOR = func.coalesce(STATEMENTS.c.person_id, ACCOUNTS.c.person_id)
"""Who made a statement: the author, or else the owner of the account that it was read from."""


def counts_of(session: Session, persons: Select[Any]) -> dict[str, int]:
    """Person id -> all their statements in the archive, whenever made."""
    query = (
        select(AUTHOR, func.count())
        .select_from(STATEMENTS)
        .outerjoin(ACCOUNTS, ACCOUNTS.c.id == STATEMENTS.c.account_id)
        .where(is_by(persons))
        .group_by(AUTHOR)
    )
    return {by: total for by, total in session.execute(query)}  # noqa: C416 - rows are no pairs to mypy


def is_by(persons: Select[Any]) -> ColumnElement[bool]:
    """The condition that one of the persons made a statement, in a form that both indexes serve."""
    accounts = select(ACCOUNTS.c.id).where(ACCOUNTS.c.person_id.in_(persons))
    return or_(
        STATEMENTS.c.person_id.in_(persons),
        and_(STATEMENTS.c.person_id.is_(None), STATEMENTS.c.account_id.in_(accounts)),
    )


class _Read(NamedTuple):
    """A statement as it was read, before it is seen from a contest. The first fields are those of its row."""

    id: int
    platform: str
    post_id: str
    person_id: str | None
    author: str | None
    text: str
    published: Moment | None
    channel: str
    url: str | None
    lang: str | None
    reply_to: str | None
    quoted: str | None
    repost_of: str | None
    addressee: str | None
    cue: str | None
    captures: tuple[FoundCapture, ...]
    reading: Reading | None
    account_id: int | None
    fate: Fate | None

    def facing(self, outcome: Outcome | None) -> FoundStatement:
        """The statement seen from one contest, or from none."""
        return FoundStatement(*self[:-2], outcome, *self[-2:])


def _statements(
    session: Session,
    *,
    wanted: Select[Any] | None,
    bounds: Bounds | None,
    method: str | None,
    person: str | None = None,
) -> Iterator[_Read]:
    query = _statement_query(wanted, bounds, person).execution_options(yield_per=BATCH)
    with session.execute(query) as found:  # whoever stops early leaves a cursor on a server
        for rows in found.partitions():
            yield from _read(session, rows, method)


def _read(session: Session, rows: Sequence[Sequence[Any]], method: str | None) -> Iterator[_Read]:
    """Rows of `_statement_query` with what was found in them, and where they were read from."""
    ids = [row[0] for row in rows]
    readings = readings_of(session, ids, method=method)
    captures, fates = captures_of(session, ids), fates_of(session, ids)
    for row in rows:
        statement: int = row[0]
        at, precision, account = row[6:9]
        published = moment_of(aware(at), precision)
        found = tuple(captures.get(statement, ())), readings.get(statement), account, fates.get(statement)
        yield _Read._make((*row[:6], published, *row[9:], *found))


def _statement_query(wanted: Select[Any] | None, bounds: Bounds | None, person: str | None) -> Select[Any]:
    """Statements in the order in which they were stored, as `_statements` unpacks them."""
    one = STATEMENTS.c
    author = func.coalesce(func.nullif(PERSONS.c.name, ""), one.attribution_text)
    query: Select[Any] = (
        select(
            *(one.id, one.platform, one.post_id, AUTHOR, author),
            *(one.text, stored_time(one.published_at), one.published_precision, one.account_id),
            *(one.channel, one.url, one.lang, one.reply_to, one.quoted, one.repost_of, one.addressee),
            one.cue,
        )
        .select_from(STATEMENTS)
        .outerjoin(ACCOUNTS, ACCOUNTS.c.id == one.account_id)
        .outerjoin(PERSONS, PERSONS.c.id == AUTHOR)
        .order_by(one.id)
    )
    if wanted is not None:
        query = query.where(is_by(wanted))
    if person is not None:
        query = query.where(is_by(select(PERSONS.c.id).where(PERSONS.c.id == person)))
    return query if bounds is None else query.where(is_within(bounds))


def is_within(bounds: Bounds) -> ColumnElement[bool]:
    """The condition that a statement was made between two times, or that its time is not known.

    In a form that no index on times serves: who made it leads to far fewer rows.
    """
    return func.coalesce(STATEMENTS.c.published_at, bounds[0]).between(*bounds)
