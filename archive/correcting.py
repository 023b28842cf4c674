"""Kept bytes that are read in another way than before: that corrects our reading, and is no edit."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from archive.authors import Author
from archive.captures import reader_of
from archive.claims import kind_in
from archive.contract import Post
from archive.meeting import Origin, columns_of
from archive.precedence import How, rules, stem_of
from archive.spelling import Compared, compare
from archive.versions import digest_of
from db.models import Capture, Statement, StatementCapture, StatementVersion, now


def correct(session: Session, posts: Sequence[Post], authors: Sequence[Author], source: Origin) -> set[int]:
    """Give statements what the capture is read as now, where nothing else speaks for what it was read as.

    The numbers of the statements that were corrected. Other texts go the usual way of a further source.
    """
    query = (
        select(StatementCapture, Statement)
        .join(Statement, col(Statement.id) == col(StatementCapture.statement_id))
        .where(StatementCapture.capture_id == source.capture_id)
    )
    read = {(one.platform, one.post_id): (link, one) for link, one in session.exec(query)}
    corrected: set[int] = set()
    for post, author in zip(posts, authors, strict=True):
        if (found := read.get(post.key)) is None:
            continue
        link, statement = found
        others = _others(session, link, source)
        changed = not others.same_text and _correct_text(session, link, statement, post)
        if others.none:
            changed |= _correct_columns(statement, post, author, source)
        if changed:
            statement.corrected_at = now()
            session.add(statement)
            corrected.add(link.statement_id)
    session.flush()
    return corrected


@dataclass(frozen=True, slots=True)
class _Others:
    """What else a statement was read from."""

    none: bool
    """Whether there is nothing."""
    same_text: bool
    """Whether another reader found the same text in other bytes."""


def _others(session: Session, link: StatementCapture, source: Origin) -> _Others:
    query = (
        select(StatementCapture, Capture)
        .join(Capture, col(Capture.id) == col(StatementCapture.capture_id))
        .where(
            StatementCapture.statement_id == link.statement_id,
            StatementCapture.capture_id != link.capture_id,
        )
    )
    rows = session.exec(query).all()
    return _Others(
        none=not rows,
        same_text=any(
            other.text_sha256 == link.text_sha256
            and stem_of(reader_of(session, capture) or "") != source.stem
            for other, capture in rows
        ),
    )


def _correct_text(session: Session, link: StatementCapture, statement: Statement, post: Post) -> bool:
    digest = digest_of(post.text)
    if link.text_sha256 is None:
        if statement.text_sha256 == digest or _is_earlier(session, statement, post.text):
            return False
        statement.text, statement.text_sha256 = post.text, digest
        return True
    version = _version(session, link)
    if version is None or version.text_sha256 == digest:
        return False
    if compare(post.text, statement.text) is Compared.SAME or _is_earlier(
        session, statement, post.text, version
    ):
        return False
    version.text, version.text_sha256 = post.text, digest
    link.text_sha256 = digest
    session.add(version)
    return True


def _is_earlier(
    session: Session, statement: Statement, text: str, but: StatementVersion | None = None
) -> bool:
    query = select(StatementVersion).where(StatementVersion.statement_id == statement.id)
    return any(row is not but and compare(row.text, text) is Compared.SAME for row in session.exec(query))


def _version(session: Session, link: StatementCapture) -> StatementVersion | None:
    """The earlier text that was read there; of what an older release read, the one first seen there."""
    version = StatementVersion
    query = select(version).where(version.statement_id == link.statement_id)
    if link.text_sha256:
        return session.exec(query.where(version.text_sha256 == link.text_sha256)).first()
    at = session.get_one(Capture, link.capture_id).retrieved_at
    return session.exec(query.where(version.seen_at == at)).first()


def _correct_columns(statement: Statement, post: Post, author: Author, source: Origin) -> bool:
    """What no other capture says: the new reading goes for the old one."""
    said, changed = columns_of(post, author), False
    for column in (
        *(name for name, rule in rules().items() if rule.how is not How.WHOLE),
        "published_precision",
    ):
        value = said.get(column)
        named = "published_at" if column == "published_precision" else column
        if value is None or value == getattr(statement, column):
            continue
        if kind_in(statement.sources, named) is source.kind:
            setattr(statement, column, value)
            changed = True
    return changed
