"""A search as SQL: the ids of all that may fit, in order. What SQL cannot say exactly it leaves wider."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlmodel import Session, col

from analysis.outcomes.statements import BATCH
from analysis.search.asking import Order, Result, Search, is_printed, is_written
from db.models import Account, Candidacy, Contest, Kind, Rating, Reading, Review, Statement, Target
from db.search import found_by, newest_found_by, parse_query, ranked

GROWTH = 4
"""How much larger each batch is than the last: once a filter left some out, it may leave out many."""


def ids_that_may_fit(session: Session, search: Search, method: str | None) -> Iterator[Sequence[int]]:
    """Batches of statement ids, the first hits first.

    Raises BadQuery.
    """
    some = select(col(Statement.id)).where(*_conditions(search, method))
    given = 0
    for query in _queries(session, search, some):
        for batch in _batches(session, query.offset(given), min(search.limit, BATCH)):
            yield batch
            given += len(batch)


def _batches(session: Session, query: Select[Any], size: int) -> Iterator[Sequence[int]]:
    query = query.execution_options(yield_per=BATCH)
    with session.execute(query).scalars() as result:  # a server keeps a cursor open that nobody closes
        while batch := result.fetchmany(size):
            yield batch
            size = min(GROWTH * size, BATCH)


def _queries(session: Session, search: Search, query: Select[Any]) -> Iterator[Select[Any]]:
    """The query for all that may fit, in order; before it one for the first, where that is quicker."""
    newest = (col(Statement.published_at).desc().nulls_last(), col(Statement.id).desc())
    if not search.query:
        yield query.order_by(*newest)
        return
    words = parse_query(search.query)
    if search.order is Order.NEWEST:
        if (among_newest := newest_found_by(session, words)) is not None:
            yield query.where(among_newest).order_by(*newest)
        yield query.where(found_by(session, words)).order_by(*newest)
        return
    found = ranked(session, words)
    yield query.join(found, found.c.statement_id == col(Statement.id)).order_by(found.c.rank, *newest)


def _conditions(search: Search, method: str | None) -> Iterator[ColumnElement[bool]]:
    if search.platform:
        yield col(Statement.platform) == search.platform
    if search.person:
        yield or_(_by(search.person_ids), is_written(search.person))
    if search.of_contests:
        yield _by(_candidates(search))
    yield from _days(search)
    if search.of_findings:
        yield or_(_is_found(search, method), exists().where(col(Review.statement_id) == col(Statement.id)))


def _by(persons: Select[Any] | Collection[str]) -> ColumnElement[bool]:
    """That one of the persons made the statement, or owns the account of one without an author."""
    accounts = select(col(Account.id)).where(col(Account.person_id).in_(persons))
    return or_(
        col(Statement.person_id).in_(persons),
        and_(col(Statement.person_id).is_(None), col(Statement.account_id).in_(accounts)),
    )


def _candidates(search: Search) -> Select[Any]:
    query = select(col(Candidacy.person_id))
    if search.election:
        query = query.join(Contest, col(Contest.id) == col(Candidacy.contest_id)).where(
            col(Contest.election_id) == search.election
        )
    if search.contest:
        query = query.where(col(Candidacy.contest_id) == search.contest)
    if search.party:
        query = query.where(or_(col(Candidacy.party_id).in_(search.party_ids), is_printed(search.party)))
    if search.outcome:
        query = query.where(col(Candidacy.elected).is_(search.outcome is Result.ELECTED))
    return query


def _days(search: Search) -> Iterator[ColumnElement[bool]]:
    """Bounds that hold in every zone: a day wider on both sides."""
    day = timedelta(days=1)
    if search.since:
        yield col(Statement.published_at) >= datetime.combine(search.since, time(), UTC) - day
    if search.until:
        yield col(Statement.published_at) < datetime.combine(search.until, time(), UTC) + 2 * day


def _is_found(search: Search, method: str | None) -> ColumnElement[bool]:
    """That a reading of the statement has the kind, a target, the label: each for itself."""
    reading = select(col(Reading.statement_id))
    if method is not None:
        reading = reading.where(col(Reading.method) == method)
    wanted = []
    if search.kind:
        wanted.append(reading.join(Kind).where(col(Kind.kind) == search.kind))
    if search.target:
        ids = or_(col(Target.person_id) == search.target, col(Target.party_id) == search.target)
        named = col(Target.who).icontains(search.target, autoescape=True)
        # Databases fold other letters than ASCII each in their way: then all are looked at.
        wanted.append(reading.join(Target).where(or_(ids, named) if search.target.isascii() else True))  # type: ignore[arg-type]
    if search.label:
        wanted.append(
            reading.join(Rating, col(Rating.reading_id) == col(Reading.id)).where(
                col(Rating.target_id).is_not(None), col(Rating.label) == search.label
            )
        )
    return and_(*(col(Statement.id).in_(one) for one in wanted))
