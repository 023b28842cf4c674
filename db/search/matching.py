"""Which statements a query finds: as a condition on statements, or as their ranks to join with."""

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlmodel import Session, col

from db.models import Statement
from db.search.index import INDEX
from db.search.query import Query
from db.search.rendering import as_fts5, as_tsquery

WORDS = (
    "to_tsvector('simple', regexp_replace(regexp_replace(normalize(left(statement.text, 100000), NFD),"
    " '[\\u0300-\\u036f]', '', 'g'), '[\\u0001-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u00a9"
    "\\u00ab-\\u00b1\\u00b4\\u00b6-\\u00b8\\u00bb\\u00bf\\u00d7\\u00f7\\u2000-\\u206f\\u3000-\\u3003]+',"
    " ' ', 'g'))"
)
"""PostgreSQL: the words of a text by its index (migration 0007 has the same, to the letter).

Accents and marks are taken out first, so that words are cut as SQLite's index cuts them. What follows
the first 100,000 characters is not indexed: a document of the server holds 1 MB.
"""


COMMON = 2_000
"""Statements that are quickly sorted. Of more, the newest are found by walking through time."""
NEWEST = 2_000
"""So many of the newest statements are looked through first."""
SCATTERED = 20
"""Where their numbers lie in a range so many times as long, all statements are looked through at once."""


def found_by(session: Session, query: Query) -> ColumnElement[bool]:
    """The condition that a query finds a statement, in the form that gives the newest ones soonest.

    Raises BadQuery for what this database cannot look for.
    """
    if not _is_sqlite(session):
        return literal_column(WORDS).op("@@")(_wanted(query))
    found = _in_index(query)
    # A sum is no key: SQLite then keeps the ids found as a set and walks the index of times.
    return (col(Statement.id) + 0 if _is_common(session, query) else col(Statement.id)).in_(found)


def newest_found_by(session: Session, query: Query) -> ColumnElement[bool] | None:
    """The condition that a query finds a statement that is among the NEWEST; None where to ask of all
    would be as quick.

    The index is in the order of the numbers of statements, which is mostly that of time: of a word that
    stands everywhere a short stretch is read and not hundreds of thousands of places. Raises BadQuery.
    """
    if not _is_sqlite(session):
        return None
    by_time = select(col(Statement.id), col(Statement.published_at)).order_by(
        col(Statement.published_at).desc()
    )
    newest = by_time.limit(NEWEST).subquery()
    bounds = select(
        func.min(newest.c.id),
        func.max(newest.c.id),
        func.min(newest.c.published_at),
        func.count(newest.c.published_at),
    )
    first, last, oldest, dated = session.execute(bounds).one()
    if dated < NEWEST or last - first > SCATTERED * NEWEST:
        return None
    stretch = _in_index(query).where(column("rowid").between(first, last))
    return and_(col(Statement.published_at) > oldest, col(Statement.id).in_(stretch))


def ranked(session: Session, query: Query) -> Subquery:
    """`statement_id` and `rank` of all that a query finds; the best have the lowest.

    Raises BadQuery for what this database cannot look for.
    """
    if _is_sqlite(session):
        return _in_index(query).add_columns(column("rank")).subquery("ranked")
    words: ColumnElement[str] = literal_column(WORDS)
    wanted = _wanted(query)
    return (
        select(col(Statement.id).label("statement_id"), (-func.ts_rank_cd(words, wanted)).label("rank"))
        .where(words.op("@@")(wanted))
        .subquery("ranked")
    )


def _is_common(session: Session, query: Query) -> bool:
    some = _in_index(query).limit(COMMON).subquery()
    found: int = session.execute(select(func.count()).select_from(some)).scalar_one()
    return found >= COMMON


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _in_index(query: Query) -> Select[tuple[int]]:
    index = table(INDEX, column("rowid"))
    condition = text(f"{INDEX} MATCH :words").bindparams(words=as_fts5(query))
    return select(index.c.rowid.label("statement_id")).where(condition)


def _wanted(query: Query) -> ColumnElement[str]:
    return func.to_tsquery("simple", as_tsquery(query))
