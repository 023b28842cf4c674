"""Texts that a statement had before: none is lost when another one comes."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, select

from archive.contract import Post, Version
from db.models import Statement, StatementVersion


def digest_of(text: str) -> str:
    """SHA-256 of a text's UTF-8, hexadecimal: tells one version of a statement from another."""
    return hashlib.sha256(text.encode()).hexdigest()


def meet_again(session: Session, statement_id: int, post: Post, seen_at: datetime, *, live: bool) -> bool:
    """Take in a known post: another text becomes the statement's, the earlier one a version; whether it did.

    A text that is known as an earlier one stays that, unless the source is `live` and newer than what is
    known: then the author went back to it. A repost has no text of its own: the first one stays.
    """
    statement = session.get_one(Statement, statement_id)
    if post.versions:
        keep_versions(session, statement_id, post.versions, seen_at)
    digest = digest_of(post.text)
    if statement.text_sha256 == digest:
        return False
    if post.repost_of is not None and statement.text:
        return False
    if post.repost_of is None:
        newest = seen_at >= (statement.text_seen_at or statement.first_seen_at)
        if digest in _digests(session, statement_id) and not (live and newest):
            return False
        _keep_as_version(session, statement)
    statement.text, statement.text_sha256, statement.text_seen_at = post.text, digest, seen_at
    statement.edited_at = post.edited.at if post.edited else None
    session.add(statement)
    session.flush()
    return True


def keep_versions(
    session: Session, statement_id: int, versions: Sequence[Version], seen_at: datetime
) -> None:
    """Store earlier texts that the platform still shows, each once."""
    statement = session.get_one(Statement, statement_id)
    known = _digests(session, statement_id) | {statement.text_sha256}
    for version in versions:
        digest = digest_of(version.text)
        if digest not in known:
            known.add(digest)
            published = version.published.at if version.published else None
            _add(session, statement_id, version.text, digest, published, seen_at)


def _keep_as_version(session: Session, statement: Statement) -> None:
    assert statement.id is not None  # stored
    if statement.text_sha256 not in _digests(session, statement.id):
        _add(
            session,
            statement.id,
            statement.text,
            statement.text_sha256,
            statement.published_at if statement.text_seen_at is None else statement.edited_at,
            statement.text_seen_at or statement.first_seen_at,
        )


def _digests(session: Session, statement_id: int) -> set[str]:
    query = select(StatementVersion.text_sha256).where(StatementVersion.statement_id == statement_id)
    return set(session.exec(query))


def _add(
    session: Session, statement_id: int, text: str, digest: str, published: datetime | None, seen_at: datetime
) -> None:
    """Store a version in its place: versions count from 1, oldest first."""
    there = list(session.exec(select(StatementVersion).where(StatementVersion.statement_id == statement_id)))
    new = StatementVersion(
        statement_id=statement_id,
        number=len(there) + 1,
        text=text,
        text_sha256=digest,
        published_at=published,
        seen_at=seen_at,
    )
    in_order = sorted([*there, new], key=lambda one: (one.published_at or one.seen_at, one.number))
    # Numbers are unique: all are first moved out of the way.
    for place, version in enumerate(in_order, start=1):
        version.number = -place
        session.add(version)
    session.flush()
    for version in in_order:
        version.number = -version.number
        session.add(version)
    session.flush()
