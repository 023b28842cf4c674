"""A post that is known already: what one more source says of it is brought into its statement."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, delete, update
from sqlmodel import Session, col, select

from archive.authors import Author
from archive.captures import format_of, reader_of
from archive.claims import EVERYTHING, Named, kind_in, merge
from archive.contract import Post
from archive.edits import Told
from archive.handle_history import handles_of
from archive.identities import label_of
from archive.precedence import SourceKind, kind_of, stem_of
from archive.spelling import Compared, compare
from archive.versions import digest_of, meet_texts, told_by
from db.models import Account, Capture, Contradiction, Statement, StatementVersion


@dataclass(frozen=True, slots=True)
class Origin:
    """What posts are read from."""

    capture_id: int
    reader: str | None
    """Name and version of what read them."""
    kind: SourceKind
    seen_at: datetime

    @property
    def stem(self) -> str:
        """The reader without its version."""
        return stem_of(self.reader or "")


def source_of(
    session: Session, capture_id: int, seen_at: datetime, *, live: bool, reader: str | None = None
) -> Origin:
    """What a capture is to the posts that it holds; `reader` where another one than it names reads it."""
    capture = session.get_one(Capture, capture_id)
    named = reader or reader_of(session, capture)
    return Origin(capture_id, named, kind_of(format_of(session, capture) or named, live=live), seen_at)


def columns_of(post: Post, author: Author) -> dict[str, Any]:
    """What a post says of its statement's columns, but for its text."""
    return {
        "account_id": author.account_id,
        "person_id": author.person_id,
        "attribution_text": post.author_name,
        "published_at": post.published.at if post.published else None,
        "published_precision": post.published.precision if post.published else None,
        "channel": post.channel,
        "url": post.url,
        "lang": post.lang,
        "reply_to": post.reply_to,
        "reply_to_post": post.reply_to_post,
        "quoted": post.quoted,
        "quoted_post": post.quoted_post,
        "repost_of": post.repost_of,
        "addressee": post.addressee,
        "cue": post.cue,
    }


COMPARED = (
    *("id", "platform", "post_id", "text_sha256", "first_seen_at", "edited_at", "sources"),
    *("account_id", "person_id", "attribution_text", "published_at", "published_precision", "channel", "url"),
    *("lang", "reply_to", "reply_to_post", "quoted", "quoted_post", "repost_of", "addressee", "cue"),
)
"""The columns of a statement that tell whether a source says something new of it."""


def new_row(post: Post, author: Author, source: Origin) -> dict[str, Any]:
    """A new statement's columns."""
    return {
        "platform": post.platform,
        "post_id": post.post_id,
        **columns_of(post, author),
        "text": post.text,
        "text_sha256": digest_of(post.text),
        "first_seen_at": post.first_seen or source.seen_at,
        "text_seen_at": post.text_seen,
        "edited_at": post.edited.at if post.edited else None,
        "is_cut": post.is_cut,
        "sources": _all_from(source.kind),
    }


@cache
def _all_from(kind: SourceKind) -> dict[str, str]:
    """Where the columns of a new statement are from: one object for all, to be written and not changed."""
    return {EVERYTHING: str(kind)}


def says_nothing_new(known: Row[Any], post: Post, author: Author, source: Origin) -> bool:
    """Whether nothing is to be brought into a statement, of which `known` has the columns COMPARED.

    The usual case of what is read again: in doubt, False.
    """
    return _says_the_same(known, columns_of(post, author), source) and _is_old_news(
        known, post, told_by(post, source.kind, source.seen_at)
    )


def meet(session: Session, statement: Statement, post: Post, author: Author, source: Origin) -> bool:
    """Bring a known post into its statement; whether the source shows an edit that was not known."""
    meet_columns(session, statement, columns_of(post, author), source)
    told = told_by(post, source.kind, source.seen_at)
    if _is_old_news(statement, post, told):
        return False
    is_repost = statement.repost_of is not None
    edited = meet_texts(session, statement, told, is_repost=is_repost)
    _see_first(session, statement, told[-1])
    return edited


def meet_columns(session: Session, statement: Statement, said: dict[str, Any], source: Origin) -> None:
    """Bring what a source says beside the text into a statement, and note what it contradicts."""
    if _says_the_same(statement, said, source):
        return
    merged = merge(statement.model_dump(), statement.sources, said, source.kind, _naming(session))
    if "published_at" in merged.values:
        _redate_first(session, statement, merged.values["published_at"])
    for column, value in merged.values.items():
        setattr(statement, column, value)
    if merged.values or merged.sources != statement.sources:
        statement.sources = merged.sources
        session.add(statement)
    for field, counts in merged.accepted if merged.values else ():
        _withdraw(session, statement, field, counts)
    for field, vain in merged.contradictions:
        note_contradiction(session, statement, field, vain, source.capture_id)


def _says_the_same(statement: Statement | Row[Any], said: dict[str, Any], source: Origin) -> bool:
    """Whether nothing is to be merged: the usual case, which is fast."""
    if statement.sources != {EVERYTHING: str(source.kind)}:
        return False
    for column, value in said.items():
        if value is not None and value != getattr(statement, column):
            return False
    return True


def _redate_first(session: Session, statement: Statement, at: datetime) -> None:
    """The first text of an edited post was published when the post was."""
    session.execute(
        update(StatementVersion)
        .where(
            col(StatementVersion.statement_id) == statement.id,
            col(StatementVersion.published_at) == statement.published_at,
        )
        .values(published_at=at)
    )


def note_contradiction(
    session: Session, statement: Statement, field: str, said: str, capture_id: int
) -> None:
    """Note once what a source said that did not become the statement's."""
    assert statement.id is not None  # stored
    there = select(Contradiction.id).where(
        Contradiction.statement_id == statement.id,
        Contradiction.field == field,
        Contradiction.said == said,
    )
    if session.exec(there).first() is None:
        session.add(Contradiction(statement_id=statement.id, field=field, said=said, capture_id=capture_id))
        session.flush()


def _withdraw(session: Session, statement: Statement, field: str, said: str) -> None:
    """What counts now contradicts nothing any more."""
    session.execute(
        delete(Contradiction).where(
            col(Contradiction.statement_id) == statement.id,
            col(Contradiction.field) == field,
            col(Contradiction.said) == said,
        )
    )


def place_of(session: Session, statement: Statement, text: str) -> str | None:
    """How a link names the text that was read there: not at all where it is the present one."""
    if compare(text, statement.text) is Compared.SAME:
        return None
    query = select(StatementVersion).where(StatementVersion.statement_id == statement.id)
    for version in session.exec(query.order_by(col(StatementVersion.number))):
        if compare(text, version.text) is Compared.SAME:
            return version.text_sha256
    return digest_of(text)


def _is_old_news(statement: Statement | Row[Any], post: Post, told: Sequence[Told]) -> bool:
    """Whether the texts are known, and nothing new of when they were shown: the usual case, which is fast."""
    present = told[-1]
    if statement.text_sha256 != digest_of(post.text) or len(told) > 1:
        return False
    if present.seen_at < statement.first_seen_at or kind_in(statement.sources, "text") is not present.kind:
        return False
    # A platform that dates the same words later tells of another edit, such as of a picture.
    is_dated = present.edited_at not in (None, statement.edited_at)
    return present.kind is SourceKind.PLATFORM or not is_dated


def _see_first(session: Session, statement: Statement, told: Told) -> None:
    """Where a source saw the post before those that were read earlier: statements count from there."""
    if told.seen_at >= statement.first_seen_at:
        return
    if statement.text_seen_at is None and compare(told.text, statement.text) is Compared.OTHER:
        statement.text_seen_at = statement.first_seen_at
    statement.first_seen_at = told.seen_at
    session.add(statement)


def _naming(session: Session) -> Callable[[int], Named]:
    def named(account_id: int) -> Named:
        account = session.get_one(Account, account_id)
        handles = frozenset(row.handle_key for row in handles_of(session, account))
        by_id = f" (id {account.platform_id})" if account.platform_id else ""
        return Named(f"{label_of(session, account)}{by_id}", account.platform_id, handles)

    return named
