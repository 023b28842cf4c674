"""Quotations in news articles and the archived posts that they repeat."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from archive.batches import batches
from archive.quotes.matching import METHOD, PostMatch, PostText, match_posts, post_text
from db.engine import writing
from db.models import QuotationLink, Statement, StatementVersion
from db.words import Channel

NEWS = "news"
"""The platform of what articles quote."""
DAYS_BEFORE = 30
"""A post is quoted within this many days, or hardly ever by its words alone."""
DAYS_BEHIND = 1
"""An article's day may be that of a zone in which the post was published a day later."""
QUOTABLE = (Channel.SOCIAL, Channel.UNKNOWN, Channel.STATEMENT)
"""What an article places in a speech or an interview was said there, not posted."""


@dataclass(frozen=True, slots=True)
class FoundLink:
    """One archived post that a quotation repeats."""

    quotation_id: int
    """The statement that an article quotes."""
    post_id: int
    """The statement that is the post."""
    score: float
    """0..1, shown beside the link."""
    method: str
    ambiguous: bool
    """Whether another post fits as well: then none of them is meant for certain."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What one run found."""

    links: int = 0
    added: int = 0
    removed: int = 0
    ambiguous: int = 0
    """Of the links: those where several posts fit as well."""

    def __str__(self) -> str:
        open_ = f", {self.ambiguous:,} of them open between several posts" if self.ambiguous else ""
        return (
            f"{self.links:,} links of quotations to posts{open_} ({self.added:,} new, {self.removed:,} gone)"
        )


@dataclass(frozen=True, slots=True)
class _Dated:
    at: datetime | None
    text: PostText


def link_quotes(session: Session, *, persons: Collection[str] | None = None) -> Iterator[FoundLink]:
    """Yield a link for every quotation that repeats a post of its speaker near the article's day.

    `persons` limits it to these speakers (person ids). Reads only; speakers in the order of their ids, one
    in memory at a time.
    """
    for person in _speakers(session, persons):
        posts = _posts(session, person)
        if not posts:
            continue
        query = select(Statement.id, Statement.text, Statement.published_at).where(
            Statement.platform == NEWS,
            Statement.person_id == person,
            col(Statement.channel).in_(QUOTABLE),
        )
        for quotation_id, text, day in session.exec(query.order_by(col(Statement.id))):
            found = match_posts(text, _near(posts, day))
            if found is not None and quotation_id is not None:
                yield from _links(quotation_id, found)


def keep_quote_links(engine: Engine) -> Linked:
    """Bring the links of all quotations up to date, in one transaction. Safe to repeat.

    What did not change keeps the time at which it was found.
    """
    with Session(engine) as session:
        found = {(one.quotation_id, one.post_id): one for one in link_quotes(session)}
    with writing(engine) as session:
        there = {(row.quotation_id, row.post_id): row for row in session.exec(select(QuotationLink))}
        stale = [key for key, row in there.items() if not _is_same(row, found.get(key))]
        for key in stale:
            session.delete(there[key])
        session.flush()
        new = [key for key in found if key not in there or key in stale]
        session.add_all(
            QuotationLink(
                quotation_id=one.quotation_id,
                post_id=one.post_id,
                score=one.score,
                is_ambiguous=one.ambiguous,
                method=one.method,
            )
            for one in (found[key] for key in new)
        )
    return Linked(
        links=len(found),
        added=len(found.keys() - there.keys()),
        removed=len(there.keys() - found.keys()),
        ambiguous=sum(one.ambiguous for one in found.values()),
    )


def _is_same(row: QuotationLink, found: FoundLink | None) -> bool:
    if found is None:
        return False
    return (row.score, row.is_ambiguous, row.method) == (found.score, found.ambiguous, found.method)


def _links(quotation_id: int, found: PostMatch) -> Iterator[FoundLink]:
    for post_id in found.rivals if found.id is None else (found.id,):
        yield FoundLink(quotation_id, post_id, found.score, METHOD, found.id is None)


def _speakers(session: Session, persons: Collection[str] | None) -> list[str]:
    query = select(Statement.person_id).where(
        Statement.platform == NEWS, col(Statement.person_id).is_not(None)
    )
    found = {person for person in session.exec(query.distinct()) if person is not None}
    return sorted(found if persons is None else found & set(persons))


def _posts(session: Session, person: str) -> list[_Dated]:
    """A person's own posts and their earlier texts; reposts have no words of the person's."""
    query = select(Statement.id, Statement.text, Statement.published_at).where(
        Statement.person_id == person,
        Statement.platform != NEWS,
        Statement.channel == Channel.SOCIAL,
        col(Statement.repost_of).is_(None),
    )
    rows = [row for row in session.exec(query.order_by(col(Statement.id))) if row[0] is not None]
    earlier = _versions(session, [id_ for id_, _, _ in rows if id_ is not None])
    return [
        _Dated(at, post_text(id_, words))
        for id_, text, at in rows
        if id_ is not None
        for words in (text, *earlier.get(id_, ()))
    ]


def _versions(session: Session, ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for batch in batches(ids):
        query = select(StatementVersion.statement_id, StatementVersion.text)
        for id_, text in session.exec(query.where(col(StatementVersion.statement_id).in_(batch))):
            found[id_].append(text)
    return found


def _near(posts: list[_Dated], day: datetime | None) -> list[PostText]:
    """The posts that an article of a day can quote; all where either day is unknown."""
    if day is None:
        return [post.text for post in posts]
    first, last = day - timedelta(days=DAYS_BEFORE), day + timedelta(days=1 + DAYS_BEHIND)
    return [post.text for post in posts if post.at is None or first <= post.at < last]
