"""The posts of one page into statements: new ones in bulk, known ones only where the page says more."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session, col

from archive.authors import Author
from archive.batches import batches
from archive.contract import Post
from archive.meeting import COMPARED, Origin, meet, new_row, place_of, says_nothing_new
from db.bulk import insert_rows
from db.models import Statement, StatementCapture
from db.rows import among, among_texts, table_of
from db.search import fill_index

Key = tuple[str, str]
"""Platform and id of a post."""

_STATEMENTS = table_of(Statement)
_LINKS = table_of(StatementCapture)


class PageOfPosts:
    """The posts of one page on their way into statements."""

    def __init__(self, session: Session, source: Origin) -> None:
        self._session, self._source = session, source
        self.ids: dict[Key, int] = {}
        """Platform and id -> the statement's number."""
        self._met: dict[Key, Statement] = {}
        """The statements into which something was to be brought."""
        self.stored = 0
        self.edited = 0

    def take_in(self, posts: Sequence[Post], authors: Sequence[Author]) -> None:
        """Store what is new, and bring what is known, or comes twice, into its statement."""
        known = _rows(self._session, posts)
        self.ids = {key: row.id for key, row in known.items()}
        new: dict[Key, tuple[Post, Author]] = {}
        again: list[tuple[Post, Author]] = []
        for post, author in zip(posts, authors, strict=True):
            key = post.key
            if key in known or key in new:
                again.append((post, author))
            else:
                new[key] = (post, author)
        if new:
            self.ids |= self._store([new_row(post, author, self._source) for post, author in new.values()])
        self.stored = len(new)
        told = {
            post.key
            for post, author in again
            if post.key in new or not says_nothing_new(known[post.key], post, author, self._source)
        }
        self._meet([one for one in new.values() if one[0].versions])
        self.edited = self._meet([one for one in again if one[0].key in told])

    def link(self, posts: Sequence[Post], *, again: bool) -> None:
        """Note once where statements were read from, and which text was; `again`: note that anew."""
        link, capture = StatementCapture, self._source.capture_id
        noted = set(
            self._session.scalars(select(col(link.statement_id)).where(col(link.capture_id) == capture))
        )
        rows: dict[int, dict[str, Any]] = {}
        for post in posts:
            number = self.ids[post.key]
            if number in noted:
                if again:
                    there = self._session.get_one(link, (number, capture))
                    there.text_sha256, there.read_by = self._place(post), self._source.reader
                    self._session.add(there)
            elif number not in rows:
                rows[number] = {
                    "statement_id": number,
                    "capture_id": capture,
                    "position": post.position,
                    "text_sha256": self._place(post),
                    "read_by": self._source.reader if again else None,
                }
        if rows:
            insert_rows(self._session, _LINKS, list(rows.values()))

    def _store(self, rows: list[dict[str, Any]]) -> dict[Key, int]:
        """Store new statements; their numbers, which are higher than all before."""
        self._session.flush()  # accounts, which they name
        table = _STATEMENTS.c
        last = self._session.execute(select(func.max(table.id))).scalar() or 0
        insert_rows(self._session, _STATEMENTS, rows)
        fill_index(self._session)
        stored = select(table.id, table.platform, table.post_id).where(table.id > last)
        return {
            (platform, post_id): number for number, platform, post_id in self._session.execute(stored).all()
        }

    def _meet(self, told: Sequence[tuple[Post, Author]]) -> int:
        """Bring posts into their statements; how many show an edit that was not known."""
        self._met |= _statements(self._session, (self.ids[post.key] for post, _ in told))
        return sum(
            meet(self._session, self._met[post.key], post, author, self._source) for post, author in told
        )

    def _place(self, post: Post) -> str | None:
        statement = self._met.get(post.key)
        return place_of(self._session, statement, post.text) if statement else None


def statements_of(session: Session, posts: Sequence[Post]) -> dict[Key, Statement]:
    """The statements that posts are, where they are stored."""
    return _statements(session, _numbers(session, posts).values())


def _rows(session: Session, posts: Sequence[Post]) -> dict[Key, Row[Any]]:
    """What is stored of posts, as far as it is compared."""
    return {(row.platform, row.post_id): row for row in _found(session, posts, COMPARED)}


def _numbers(session: Session, posts: Sequence[Post]) -> dict[Key, int]:
    """The numbers of the statements that posts are, where they are stored."""
    rows = _found(session, posts, ("id", "platform", "post_id"))
    return {(row.platform, row.post_id): row.id for row in rows}


def _found(session: Session, posts: Sequence[Post], columns: Iterable[str]) -> Iterable[Row[Any]]:
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for post in posts:
        ids[post.platform].append(post.post_id)
    table = _STATEMENTS.c
    for platform, of_platform in ids.items():
        query = select(*(table[name] for name in columns)).where(table.platform == platform)
        yield from session.execute(query.where(among_texts(session, table.post_id, {*of_platform}))).all()


def _statements(session: Session, numbers: Iterable[int]) -> dict[Key, Statement]:
    found: dict[Key, Statement] = {}
    for some in batches(dict.fromkeys(numbers)):
        rows = session.scalars(select(Statement).where(among(col(Statement.id), some)))
        found |= {(one.platform, one.post_id): one for one in rows}
    return found
