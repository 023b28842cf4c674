"""Links between cross-posts kept up to date: what is new is added, what no longer holds is taken away."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select
from sqlmodel import Session, col

from analysis.cross_posts.near import METHOD, Written, find_pairs
from db.batches import batches
from db.engine import writing
from db.models import Account, CrossPost, Statement
from db.plain import aware
from db.rows import stored_time
from db.words import Channel, Precision

AT_ONCE = 2_000
"""Statements read at a time."""

Links = dict[tuple[int, int], float]
"""Numbers of two statements, the lower first -> how alike they are."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one run found."""

    statements: int = 0
    """Statements looked at: those with a known author and time."""
    persons: int = 0
    links: int = 0
    added: int = 0
    removed: int = 0

    def __str__(self) -> str:
        return (
            f"looked at {self.statements:,} statements of {self.persons:,} persons: {self.links:,} links"
            f" ({self.added:,} new, {self.removed:,} gone)"
        )


def link_cross_posts(engine: Engine, *, progress: Callable[[int, int], None] | None = None) -> Tally:
    """Find the cross-posts of all persons, and keep the links up to date. Safe to repeat and to interrupt.

    All is reckoned anew, which takes seconds; of the rows, only those that differ are written, in one
    transaction, so that a link keeps the time at which it was found.
    """
    statements = persons = 0
    found: Links = {}
    with Session(engine) as session:
        total = session.execute(select(func.count()).select_from(Statement).where(*_WANTED)).scalar_one()
        for texts in _by_person(session):
            statements, persons = statements + len(texts), persons + 1
            if len({one.platform for one in texts}) > 1:
                found |= {(pair.id, pair.other): pair.similarity for pair in find_pairs(texts)}
            if progress:
                progress(statements, total)
    with writing(engine) as session:
        added, removed = _keep(session, found)
    return Tally(statements, persons, len(found), added, removed)


_WANTED = (
    col(Statement.published_at).is_not(None),
    col(Statement.repost_of).is_(None),
    # What an article quotes is no post of its own.
    col(Statement.channel) == Channel.SOCIAL,
    col(Statement.platform) != "news",
)


def _by_person(session: Session) -> Iterator[list[Written]]:
    """The texts of one person after the other."""
    person = func.coalesce(col(Statement.person_id), col(Account.person_id))
    query = (
        select(
            person,
            *(col(Statement.id), col(Statement.platform), col(Statement.text)),
            stored_time(col(Statement.published_at)),
            col(Statement.published_precision),
        )
        .outerjoin(Account, col(Account.id) == col(Statement.account_id))
        .where(*_WANTED, person.is_not(None))
        .order_by(person)
    )
    rows = session.execute(query.execution_options(yield_per=AT_ONCE))
    for _, some in groupby(rows, key=lambda row: row[0]):
        yield [_written(*row[1:]) for row in some]


def _written(number: int, platform: str, text: str, at: Any, precision: str) -> Written:
    published = aware(at)
    assert published is not None  # asked for
    return Written(number, platform, text, published, precision != Precision.DAY)


def _keep(session: Session, found: Links) -> tuple[int, int]:
    """Write what differs; how many links were added, and how many taken away."""
    there = {
        (row.statement_id, row.other_id): (row.id, row.similarity, row.method)
        for row in session.execute(
            select(
                *(col(CrossPost.id), col(CrossPost.statement_id), col(CrossPost.other_id)),
                *(col(CrossPost.similarity), col(CrossPost.method)),
            )
        )
    }
    wrong = [row[0] for pair, row in there.items() if (found.get(pair), METHOD) != row[1:]]
    for ids in batches(wrong):
        session.execute(delete(CrossPost).where(col(CrossPost.id).in_(ids)))
    new = [
        {"statement_id": pair[0], "other_id": pair[1], "similarity": likeness, "method": METHOD}
        for pair, likeness in found.items()
        if pair not in there or there[pair][1:] != (likeness, METHOD)
    ]
    if new:
        session.execute(insert(CrossPost), new)
    return sum(pair not in there for pair in found), sum(pair not in found for pair in there)
