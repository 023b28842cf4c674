"""Texts that a statement had before: none is lost when another one comes."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from archive.claims import kind_in
from archive.contract import Post, Version
from archive.edits import Told, settle
from archive.precedence import SourceKind
from archive.spelling import Compared, compare
from db.models import Capture, Statement, StatementCapture, StatementVersion
from db.words import CaptureKind


def digest_of(text: str) -> str:
    """SHA-256 of a text's UTF-8, hexadecimal: tells one version of a statement from another."""
    return hashlib.sha256(text.encode()).hexdigest()


def told_by(post: Post, kind: SourceKind, seen_at: datetime) -> list[Told]:
    """The texts that a source gives a post, the present one last."""
    edited = post.edited.at if post.edited else None
    live = kind is SourceKind.PLATFORM
    present = Told(
        post.text,
        kind,
        seen_at,
        seen_at if live else _no_later(edited, seen_at),
        edited_at=edited,
        is_cut=post.is_cut,
    )
    return [*(_version_told(one, post, kind, seen_at) for one in post.versions), present]


def _version_told(one: Version, post: Post, kind: SourceKind, seen_at: datetime) -> Told:
    at, seen_at = one.published.at if one.published else None, one.seen or seen_at
    if at is not None and post.published is not None and at == post.published.at:
        return Told(one.text, kind, seen_at, is_first=True)
    return Told(one.text, kind, seen_at, at, edited_at=at)


def meet_texts(
    session: Session, statement: Statement, told: Sequence[Told], *, is_repost: bool = False
) -> bool:
    """Bring the texts that a source gives into a known statement; whether there is an edit among them."""
    known = _known(session, statement)
    settled = known
    for one in told:
        settled = settle(settled, one, is_repost=is_repost)
    if settled == known and compare(settled[-1].text, statement.text) is not Compared.OTHER:
        return False
    return _keep(session, statement, settled, told[-1])


def keep_versions(
    session: Session, statement: Statement, versions: Sequence[Version], kind: SourceKind, seen_at: datetime
) -> None:
    """Store earlier texts that a source tells by themselves, each once; the present text stays."""
    known = {row.text_sha256 for row in _versions(session, statement)} | {statement.text_sha256}
    for version in versions:
        if (digest := digest_of(version.text)) not in known:
            known.add(digest)
            published = version.published.at if version.published else None
            _row(session, statement, Told(version.text, kind, version.seen or seen_at), published)
    _number(session, statement)


def _known(session: Session, statement: Statement) -> list[Told]:
    """A statement's texts, each once, with what is known of when they were shown."""
    shown, first = _sightings(session, statement)
    kind, seen = kind_in(statement.sources, "text"), statement.text_seen_at or statement.first_seen_at
    served = shown.get(None, seen) if kind is SourceKind.PLATFORM else None
    present = Told(
        statement.text,
        kind,
        first.get(None, seen),
        _latest(served, _no_later(statement.edited_at, seen)),
        edited_at=statement.edited_at,
        is_cut=statement.is_cut,
    )
    found: list[Told] = []
    for version in _versions(session, statement):
        earlier = _earlier(statement, version, shown.get(version.text_sha256))
        if compare(earlier.text, present.text) is Compared.SAME:
            # The author went back to it, maybe in bytes that had been served, and kept, before.
            back = statement.text_seen_at if kind is SourceKind.PLATFORM else None
            present = replace(
                present,
                seen_at=min(present.seen_at, earlier.seen_at),
                shown_at=_latest(present.shown_at, earlier.shown_at, back),
            )
        else:
            found.append(earlier)
    return [*found, present]


def _earlier(statement: Statement, version: StatementVersion, shown: datetime | None) -> Told:
    kind = SourceKind(version.source or kind_in(statement.sources, "*"))
    is_first = version.published_at is not None and version.published_at == statement.published_at
    edited = None if is_first else version.published_at
    served = shown if kind is SourceKind.PLATFORM else None
    return Told(version.text, kind, version.seen_at, _latest(served, edited), edited, is_first)


def _sightings(
    session: Session, statement: Statement
) -> tuple[dict[str | None, datetime], dict[str | None, datetime]]:
    """Digest of a text (None: the present one) -> when a platform's page had it last, any source first."""
    query = (
        select(StatementCapture.text_sha256, Capture.retrieved_at, Capture.kind)
        .join(Capture)
        .where(StatementCapture.statement_id == statement.id)
    )
    shown: dict[str | None, datetime] = {}
    first: dict[str | None, datetime] = {}
    for digest, at, kind in session.exec(query):
        first[digest] = min(first.get(digest, at), at)
        if kind == CaptureKind.PAGE:
            shown[digest] = max(shown.get(digest, at), at)
    return shown, first


def _keep(session: Session, statement: Statement, settled: Sequence[Told], told: Told) -> bool:
    """Store the texts as they are settled; whether the author is known to have changed it."""
    assert statement.id is not None  # stored
    *earlier, present = settled
    rows = _versions(session, statement)
    how = compare(present.text, statement.text)
    if how is Compared.OTHER and any(compare(statement.text, one.text) is Compared.SAME for one in earlier):
        rows = _keep_as_version(session, statement, rows)
    added = _keep_earlier(session, statement, rows, settled)
    _keep_present(session, statement, present, how, told)
    return how is Compared.OTHER or added


def _keep_as_version(
    session: Session, statement: Statement, rows: list[StatementVersion]
) -> list[StatementVersion]:
    """Before another text becomes the present one."""
    if any(compare(row.text, statement.text) is Compared.SAME for row in rows):
        return rows
    published = statement.published_at if statement.text_seen_at is None else statement.edited_at
    present = Told(
        statement.text,
        kind_in(statement.sources, "text"),
        statement.text_seen_at or statement.first_seen_at,
    )
    return [*rows, _row(session, statement, present, statement.edited_at or published)]


def _keep_earlier(
    session: Session, statement: Statement, rows: Sequence[StatementVersion], settled: Sequence[Told]
) -> bool:
    """One row for each earlier text; whether one came that was not known."""
    *earlier, present = settled
    rest, added = list(rows), False
    for one in earlier:
        row = next((row for row in rest if compare(row.text, one.text) is not Compared.OTHER), None)
        if row is None:
            row, added = _row(session, statement, one, None), True
        else:
            rest.remove(row)
        _spell(session, statement, row, one)
    for row in rest:  # a text that the author went back to keeps its row; one that was cut short goes
        if compare(row.text, present.text) is not Compared.SAME:
            session.delete(row)
    session.flush()
    _number(session, statement)
    return added


def _keep_present(session: Session, statement: Statement, present: Told, how: Compared, told: Told) -> None:
    digest = digest_of(present.text)
    if how is not Compared.SAME:
        _name_links(session, statement, None, statement.text_sha256)
        _name_links(session, statement, digest, None)
    if how is Compared.OTHER:
        new = compare(present.text, told.text) is Compared.SAME
        statement.text_seen_at = told.seen_at if new else present.seen_at
    elif how is Compared.WHOLE and statement.text_seen_at is not None:
        statement.text_seen_at = present.seen_at
    statement.text, statement.text_sha256, statement.is_cut = present.text, digest, present.is_cut
    served = told.kind is SourceKind.PLATFORM and kind_in(statement.sources, "text") is SourceKind.PLATFORM
    if how is not Compared.SAME or not served:
        # A platform that dates the same words later tells of another edit, such as of a picture.
        statement.edited_at = present.edited_at
    if kind_in(statement.sources, "text") is not present.kind:
        statement.sources = {**statement.sources, "text": str(present.kind)}
    session.add(statement)
    session.flush()


def _spell(session: Session, statement: Statement, row: StatementVersion, told: Told) -> None:
    digest, seen = digest_of(told.text), told.seen_at
    if compare(row.text, told.text) is Compared.SAME:
        seen = min(row.seen_at, seen)
        if row.text_sha256 != digest:
            _name_links(session, statement, row.text_sha256, digest)
    row.text, row.text_sha256 = told.text, digest
    row.source, row.seen_at = str(told.kind), seen
    first = statement.published_at if told.is_first else row.published_at
    row.published_at = told.edited_at or first
    session.add(row)


def _name_links(session: Session, statement: Statement, before: str | None, after: str | None) -> None:
    """Say of the places where one text was read that another spelling of it, or the present text, was."""
    link = StatementCapture
    digest = col(link.text_sha256)
    same = digest.is_(None) if before is None else digest == before
    session.execute(
        update(link).where(col(link.statement_id) == statement.id, same).values(text_sha256=after)
    )


def _versions(session: Session, statement: Statement) -> list[StatementVersion]:
    query = select(StatementVersion).where(StatementVersion.statement_id == statement.id)
    return list(session.exec(query.order_by(col(StatementVersion.number))))


def _row(session: Session, statement: Statement, told: Told, published: datetime | None) -> StatementVersion:
    """A new version, behind the others."""
    assert statement.id is not None  # stored
    row = StatementVersion(
        statement_id=statement.id,
        number=len(_versions(session, statement)) + 1,
        text=told.text,
        text_sha256=digest_of(told.text),
        published_at=published,
        seen_at=told.seen_at,
        source=str(told.kind),
    )
    session.add(row)
    session.flush()
    return row


def _number(session: Session, statement: Statement) -> None:
    """Versions count from 1, oldest first. Numbers are unique: all are first moved out of the way."""
    rows = _versions(session, statement)
    in_order = sorted(rows, key=lambda one: (one.published_at or one.seen_at, one.seen_at, one.number))
    if [row.number for row in in_order] == list(range(1, len(rows) + 1)):
        return
    for place, row in enumerate(in_order, start=1):
        row.number = -place
        session.add(row)
    session.flush()
    for row in in_order:
        row.number = -row.number
        session.add(row)
    session.flush()


def _no_later(at: datetime | None, seen_at: datetime) -> datetime | None:
    """A time that a source states, which cannot lie behind the one at which we read it."""
    return min(at, seen_at) if at is not None else None


def _latest(*times: datetime | None) -> datetime | None:
    return max((at for at in times if at is not None), default=None)
