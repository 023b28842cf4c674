"""Reading statements from the database with their findings, and linking them to outcomes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from analysis.contract import Reading
from analysis.outcomes.ballot import Candidacy, Contest, margin_to_threshold
from analysis.outcomes.ballots import find_contests, find_elections
from analysis.outcomes.found import FoundCapture, FoundStatement, Outcome
from analysis.outcomes.readings import readings_of
from analysis.outcomes.timing import Moment, Window, minutes_from_declaration, moment_of, phase_of
from db import models

BATCH = 1_000
"""Statements that are read at a time: memory stays flat, and so does the number of queries."""

Standings = Mapping[str, Sequence[tuple[Contest, Candidacy, int | None]]]
"""Person id -> where they stand or stood, each with the votes to the threshold."""

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
    standings = standings_of(contests)
    everything = election is None and contest is None
    wanted = None if everything else _persons_asked_for(election, contest)
    bounds = None if everything else _bounds(contests, window)
    for statement in _statements(session, wanted=wanted, person=person, bounds=bounds, method=method):
        outcomes = outcomes_of(statement, standings, window, with_undated=not everything)
        for outcome in outcomes:
            yield replace(statement, outcome=outcome)
        if everything and not outcomes:
            yield statement


def statements_in(
    session: Session, contests: Sequence[Contest], *, window: Window, method: str | None = None
) -> dict[str, list[FoundStatement]]:
    """Contest id -> the statements that belong to it and those without a time, in time order.

    The contests are of one election. Time order: undated first, then by time, then as stored.
    """
    standings = standings_of(contests)
    found: dict[str, list[FoundStatement]] = {contest.id: [] for contest in contests}
    persons = persons_of(contests)
    for statement in _statements(session, wanted=persons, bounds=_bounds(contests, window), method=method):
        for outcome in outcomes_of(statement, standings, window, with_undated=True):
            found[outcome.contest.id].append(replace(statement, outcome=outcome))
    for statements in found.values():
        statements.sort(key=_time_order)
    return found


def _time_order(statement: FoundStatement) -> tuple[bool, float, int]:
    published = statement.published
    return published is not None, published.at.timestamp() if published else 0.0, statement.id


def standings_of(contests: Sequence[Contest]) -> Standings:
    """Where everybody stands, with the votes to the threshold reckoned once."""
    found: defaultdict[str, list[tuple[Contest, Candidacy, int | None]]] = defaultdict(list)
    for contest in contests:
        for candidacy in contest.candidacies:
            standing = (contest, candidacy, margin_to_threshold(candidacy, contest))
            found[candidacy.person_id].append(standing)
    return found


def outcomes_of(
    statement: FoundStatement, standings: Standings, window: Window, *, with_undated: bool
) -> list[Outcome]:
    """The outcome in each contest that a statement belongs to."""
    published = statement.published
    return [
        _outcome(published, contest, candidacy, margin)
        for contest, candidacy, margin in standings.get(statement.person_id or "", ())
        if (
            with_undated
            if published is None
            else window.holds(published.day_in(contest.zone), contest.election.polling_date)
        )
    ]


def _outcome(published: Moment | None, contest: Contest, candidacy: Candidacy, margin: int | None) -> Outcome:
    return Outcome(
        contest=contest,
        candidacy=candidacy,
        elected=candidacy.elected,
        margin_votes=margin,
        minutes_from_declaration=minutes_from_declaration(published, contest.declared),
        phase=phase_of(published, contest.clock),
    )


def _bounds(contests: Sequence[Contest], window: Window) -> Bounds | None:
    ends = [window.bounds(contest.election.polling_date) for contest in contests]
    return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else None


def _persons_asked_for(election: str | None, contest: str | None) -> Select[str]:
    """The ids of everybody who stands in the contest, else in the election, as a query."""
    query = select(col(models.Candidacy.person_id))
    if contest is not None:
        return query.where(col(models.Candidacy.contest_id) == contest)
    return query.join(models.Contest, col(models.Contest.id) == col(models.Candidacy.contest_id)).where(
        col(models.Contest.election_id) == election
    )


def persons_of(contests: Sequence[Contest]) -> Select[str]:
    """The ids of everybody who stands in one of the contests, as a query."""
    ids = [contest.id for contest in contests]
    return select(col(models.Candidacy.person_id)).where(col(models.Candidacy.contest_id).in_(ids))


_AUTHOR = func.coalesce(models.Statement.person_id, models.Account.person_id)
"""Who made a statement: the author, or else the owner of the account that it was read from."""


def counts_of(session: Session, persons: Select[str]) -> dict[str, int]:
    """Person id -> all their statements in the archive, whenever made."""
    query = (
        select(_AUTHOR.label("by"), func.count().label("total"))
        .select_from(models.Statement)
        .outerjoin(models.Account, col(models.Account.id) == col(models.Statement.account_id))
        .where(_is_by(persons))
        .group_by(_AUTHOR)
    )
    return {row.by: row.total for row in session.execute(query)}


def _is_by(persons: Select[str]) -> Any:
    """The condition that one of the persons made a statement, in a form that both indexes serve."""
    accounts = select(col(models.Account.id)).where(col(models.Account.person_id).in_(persons))
    statement = models.Statement
    return or_(
        col(statement.person_id).in_(persons),
        and_(col(statement.person_id).is_(None), col(statement.account_id).in_(accounts)),
    )


def _statements(
    session: Session,
    *,
    wanted: Select[str] | None,
    bounds: Bounds | None,
    method: str | None,
    person: str | None = None,
) -> Iterator[FoundStatement]:
    query: Select[Any] = _statement_query(wanted, bounds, person).execution_options(yield_per=BATCH)
    for rows in session.execute(query).partitions():
        ids = [row.id for row in rows]
        readings = readings_of(session, ids, method=method)
        captures = _captures(session, ids)
        for row in rows:
            yield _found(row, readings.get(row.id), tuple(captures.get(row.id, ())))


def _statement_query(wanted: Select[str] | None, bounds: Bounds | None, person: str | None) -> Select[Any]:
    statement = models.Statement
    columns = models.Statement.__table__.columns  # type: ignore[attr-defined]
    query: Select[Any] = (
        select(*columns, _AUTHOR.label("by"), col(models.Person.name).label("by_name"))
        .outerjoin(models.Account, col(models.Account.id) == col(statement.account_id))
        .outerjoin(models.Person, col(models.Person.id) == _AUTHOR)
        .order_by(col(statement.id))
    )
    if wanted is not None:
        query = query.where(_is_by(wanted))
    if person is not None:
        query = query.where(_is_by(select(col(models.Person.id)).where(col(models.Person.id) == person)))
    if bounds is not None:
        published = col(statement.published_at)
        query = query.where(or_(published.between(*bounds), published.is_(None)))
    return query


def _captures(session: Session, statements: Sequence[int]) -> dict[int, list[FoundCapture]]:
    capture, link = models.Capture, models.StatementCapture
    whole: Any = aliased(capture)
    query: Select[Any] = (
        select(
            *(col(link.statement_id), col(link.position), col(capture.id), col(capture.kind)),
            *(col(capture.source), col(capture.sha256), col(capture.retrieved_at)),
            *(whole.id.label("file_id"), whole.sha256.label("file_sha256")),
        )
        .join(capture, col(capture.id) == col(link.capture_id))
        .outerjoin(whole, whole.id == col(capture.part_of))
        .where(col(link.statement_id).in_(statements))
        .order_by(col(capture.retrieved_at), col(capture.id))
    )
    found: defaultdict[int, list[FoundCapture]] = defaultdict(list)
    for row in session.execute(query):
        found[row.statement_id].append(
            FoundCapture(
                id=row.id,
                kind=row.kind,
                source=row.source,
                sha256=row.sha256,
                retrieved_at=row.retrieved_at,
                position=row.position,
                file_id=row.file_id,
                file_sha256=row.file_sha256,
            )
        )
    return found


def _found(row: Row[Any], reading: Reading | None, captures: tuple[FoundCapture, ...]) -> FoundStatement:
    return FoundStatement(
        id=row.id,
        platform=row.platform,
        post_id=row.post_id,
        person_id=row.by,
        author=row.by_name or row.attribution_text,
        text=row.text,
        published=moment_of(row.published_at, row.published_precision),
        channel=row.channel,
        url=row.url,
        lang=row.lang,
        reply_to=row.reply_to,
        quoted=row.quoted,
        repost_of=row.repost_of,
        addressee=row.addressee,
        cue=row.cue,
        captures=captures,
        reading=reading,
        outcome=None,
        account_id=row.account_id,
    )
