"""Edit chains: a post whose every version has its own id is one statement, under the first of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, delete, update
from sqlmodel import Session, SQLModel, col, select

from archive.batches import batches
from archive.claims import kind_in
from archive.contract import Post
from archive.edits import Told
from archive.integrity.log import log_rewritten, observations_of
from archive.meeting import Origin, meet_columns
from archive.versions import meet_texts
from db.models import (
    Account,
    CodeSampleItem,
    Contradiction,
    CrossPost,
    HandCode,
    Kind,
    KindTarget,
    Observation,
    QuotationLink,
    Rating,
    Reading,
    Statement,
    StatementAlias,
    StatementCapture,
    StatementVersion,
    Target,
)

JOINED_BY_HAND = frozenset(
    {
        *("statement_version", "statement_capture", "code_sample_item", "hand_code", "reading"),
        *("contradiction", "cross_post", "quotation_link"),
    }
)
"""Tables where rows of both statements may stand for the same thing."""


def join_chains(session: Session, posts: Sequence[Post], source: Origin) -> list[Post]:
    """The posts under the first ids of their chains. What stands there under later ids is joined.

    A post that was known by a later id is a version: its time is that of an edit.
    """
    if not any(post.also_ids for post in posts) and not _has_aliases(session):
        return list(posts)
    first = _first_ids(session, posts)
    for post in posts:
        if post.also_ids:
            _join(session, post.platform, first[post.key], post, source)
    return [_under(first.get(post.key, post.post_id), post) for post in posts]


def _has_aliases(session: Session) -> bool:
    """Whether any statement of the archive has another id than its own."""
    return session.exec(select(StatementAlias.post_id).limit(1)).first() is not None


def keep_aliases(session: Session, posts: Sequence[Post], ids: dict[tuple[str, str], int]) -> None:
    """Note the other ids of posts, whose statements are stored now."""
    if not any(post.also_ids for post in posts):
        return
    taken = _stored(session, [(post.platform, other) for post in posts for other in post.also_ids])
    for post in posts:
        for other in post.also_ids:
            key = (post.platform, other)
            if other != post.post_id and key not in taken and session.get(StatementAlias, key) is None:
                statement_id = ids[post.key]
                session.add(StatementAlias(platform=post.platform, post_id=other, statement_id=statement_id))
    session.flush()


def _stored(session: Session, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of these ids those under which statements stand: somebody else's, or they would have been joined."""
    found: set[tuple[str, str]] = set()
    for platform in {platform for platform, _ in keys}:
        for some in batches(sorted({one for of, one in keys if of == platform})):
            query = select(Statement.post_id).where(
                Statement.platform == platform, col(Statement.post_id).in_(some)
            )
            found |= {(platform, one) for one in session.exec(query)}
    return found


def _first_ids(session: Session, posts: Sequence[Post]) -> dict[tuple[str, str], str]:
    """Platform and id of a post -> the first id of its chain, as far as posts or the archive tell it.

    What the archive was told of a post does not count for one whose author has another immutable id: who
    writes a file could else make somebody's post a version of another's.
    """
    authors = {post.key: post.author_platform_id for post in posts}
    first: dict[tuple[str, str], str] = {}
    for platform in {post.platform for post in posts}:
        ids = {one for post in posts if post.platform == platform for one in (post.post_id, *post.also_ids)}
        for some in batches(sorted(ids)):
            query = (
                select(StatementAlias.post_id, Statement.post_id, Account.platform_id)
                .join(Statement, col(Statement.id) == col(StatementAlias.statement_id))
                .outerjoin(Account, col(Account.id) == col(Statement.account_id))
                .where(StatementAlias.platform == platform, col(StatementAlias.post_id).in_(some))
            )
            first |= {
                (platform, other): own
                for other, own, owner in session.exec(query)
                if (author := authors.get((platform, other))) is None or owner in (None, author)
            }
    for post in posts:
        if post.also_ids:
            own = first.get(post.key, post.post_id)
            first |= {(post.platform, one): own for one in (post.post_id, *post.also_ids) if one != own}
            first[post.key] = own
    return first


def _under(first: str, post: Post) -> Post:
    """A post under the first id of its chain."""
    if first == post.post_id:
        return post
    if post.also_ids:
        return replace(post, post_id=first)
    return replace(post, post_id=first, edited=post.edited or post.published, published=None)


def _join(session: Session, platform: str, first: str, post: Post, source: Origin) -> None:
    """Make one statement of those that stand under any id of a chain."""
    ids = [first, *(one for one in (post.post_id, *post.also_ids) if one != first)]
    query = (
        select(Statement, Account.platform_id)
        .outerjoin(Account, col(Account.id) == col(Statement.account_id))
        .where(Statement.platform == platform, col(Statement.post_id).in_(ids))
    )
    author = post.author_platform_id
    found = {
        one.post_id: one
        for one, owner in session.exec(query)
        if None in (author, owner) or owner == author  # else it is somebody else's
    }
    there = [found[one] for one in ids if one in found]
    if not there:
        return
    keep, *drops = there
    if keep.post_id != first:
        _rename(session, keep, first)
    for drop in drops:
        if _may_be_one(keep, drop):
            join_statements(session, keep, drop, source)


def _may_be_one(one: Statement, other: Statement) -> bool:
    """Whether nothing says that they have different authors."""
    return all(
        None in (mine, theirs) or mine == theirs
        for mine, theirs in ((one.account_id, other.account_id), (one.person_id, other.person_id))
    )


def _rename(session: Session, statement: Statement, first: str) -> None:
    """Give a statement that was stored under a later id the first one: its time was that of an edit."""
    statement.post_id = first
    statement.edited_at = statement.edited_at or statement.published_at
    statement.published_at = statement.published_precision = None
    session.add(statement)
    session.flush()


def join_statements(session: Session, keep: Statement, drop: Statement, source: Origin) -> None:
    """Give everything of `drop`, a later version of the same post, to `keep`, and remove `drop`."""
    assert keep.id is not None  # stored
    assert drop.id is not None
    told = _texts_of(session, drop)
    said = {name: getattr(drop, name) for name in Statement.model_fields}
    said |= {"published_at": None, "published_precision": None}
    before = keep.text_sha256
    for kind in dict.fromkeys(kind_in(drop.sources, name) for name in said):
        of_kind = {name: value for name, value in said.items() if kind_in(drop.sources, name) is kind}
        meet_columns(session, keep, of_kind, replace(source, kind=kind))
    _name_texts(session, drop)
    meet_texts(session, keep, told, is_repost=keep.repost_of is not None)
    keep.first_seen_at = min(keep.first_seen_at, drop.first_seen_at)
    session.add(keep)
    session.flush()
    _move_captures(session, keep, drop)
    _move_codes(session, keep.id, drop.id)
    _move_readings(session, keep, drop.id, changed=keep.text_sha256 != before)
    _move_contradictions(session, keep.id, drop.id)
    observed = observations_of(session, col(Observation.statement_id), drop.id)
    for column in _statement_columns():
        session.execute(update(column.table).where(column == drop.id).values({column.name: keep.id}))
    log_rewritten(session, observed, "observation")
    session.delete(drop)
    session.flush()


def _texts_of(session: Session, statement: Statement) -> list[Told]:
    """The texts of a statement that was stored under a later id."""
    query = select(StatementVersion).where(StatementVersion.statement_id == statement.id)
    kind = kind_in(statement.sources, "text")
    earlier = [
        Told(one.text, kind_in({"text": one.source or kind}, "text"), one.seen_at, one.published_at)
        for one in session.exec(query)
    ]
    edited = statement.edited_at or statement.published_at
    seen = statement.text_seen_at or statement.first_seen_at
    return [*earlier, Told(statement.text, kind, seen, _capped(edited, seen), edited_at=edited)]


def _capped(at: datetime | None, seen: datetime) -> datetime | None:
    return min(at, seen) if at is not None else None


def _name_texts(session: Session, drop: Statement) -> None:
    """Its places say which text was read there: it may not be the present one of the other statement."""
    session.execute(
        update(StatementCapture)
        .where(col(StatementCapture.statement_id) == drop.id, col(StatementCapture.text_sha256).is_(None))
        .values(text_sha256=drop.text_sha256)
    )


def _move_captures(session: Session, keep: Statement, drop: Statement) -> None:
    link = StatementCapture
    there = set(session.exec(select(link.capture_id).where(link.statement_id == keep.id)))
    for row in session.exec(select(link).where(link.statement_id == drop.id)):
        if row.capture_id not in there:
            digest = None if row.text_sha256 == keep.text_sha256 else row.text_sha256
            session.add(link(**{**row.model_dump(), "statement_id": keep.id, "text_sha256": digest}))
        session.delete(row)
    session.execute(delete(StatementVersion).where(col(StatementVersion.statement_id) == drop.id))
    session.flush()


def _move_codes(session: Session, keep_id: int, drop_id: int) -> None:
    """Hand codes and places in samples; where both statements have one, that of the later coding stays."""
    items = {row.sample_id for row in _rows(session, CodeSampleItem, keep_id)}
    for item in _rows(session, CodeSampleItem, drop_id):
        if item.sample_id not in items:
            session.add(CodeSampleItem(**{**item.model_dump(), "statement_id": keep_id}))
        session.delete(item)
    codes = {(row.coder, row.code): row for row in _rows(session, HandCode, keep_id)}
    for code in _rows(session, HandCode, drop_id):
        rival = codes.get((code.coder, code.code))
        older = code if rival is not None and rival.coded_at >= code.coded_at else rival
        if older is not None:
            session.delete(older)
            session.flush()
        if older is not code:
            code.statement_id = keep_id
            session.add(code)
    session.flush()


def _move_readings(session: Session, keep: Statement, drop_id: int, *, changed: bool) -> None:
    """Of two readings by one method, the one of the present text stays; both can be made again."""
    assert keep.id is not None  # stored
    there = {row.method: row for row in _rows(session, Reading, keep.id)}
    for reading in _rows(session, Reading, drop_id):
        rival = there.get(reading.method)
        fits = changed and reading.text_sha256 == keep.text_sha256
        worse = reading if rival is not None and not fits else rival
        if worse is not None:
            _drop_reading(session, worse)
        if worse is not reading:
            reading.statement_id = keep.id
            session.add(reading)
    session.flush()


def _drop_reading(session: Session, reading: Reading) -> None:
    kinds = select(col(Kind.id)).where(col(Kind.reading_id) == reading.id)
    session.execute(delete(KindTarget).where(col(KindTarget.kind_id).in_(kinds)))
    for table in (Kind, Rating, Target):
        session.execute(delete(table).where(col(table.reading_id) == reading.id))
    session.delete(reading)
    session.flush()


def _move_contradictions(session: Session, keep_id: int, drop_id: int) -> None:
    there = {(row.field, row.said) for row in _rows(session, Contradiction, keep_id)}
    for row in _rows(session, Contradiction, drop_id):
        if (row.field, row.said) in there:
            session.delete(row)
        else:
            row.statement_id = keep_id
            session.add(row)
    # Cross-posts and quotations are found again by the next run of their command.
    of_drop = (col(CrossPost.statement_id) == drop_id) | (col(CrossPost.other_id) == drop_id)
    session.execute(delete(CrossPost).where(of_drop))
    of_drop = (col(QuotationLink.quotation_id) == drop_id) | (col(QuotationLink.post_id) == drop_id)
    session.execute(delete(QuotationLink).where(of_drop))
    session.flush()


def _rows(session: Session, table: Any, statement_id: int) -> list[Any]:
    return list(session.exec(select(table).where(table.statement_id == statement_id)))


def _statement_columns() -> Iterator[Column[int]]:
    """Every other column that holds a statement's number."""
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in JOINED_BY_HAND:
            for column in table.columns:
                if any(key.target_fullname == "statement.id" for key in column.foreign_keys):
                    yield column
