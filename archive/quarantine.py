"""Records that could not be read: listed, counted by reason, cut out of what was kept."""

import base64
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, case, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from archive.captures import page_of
from archive.importers.csv_rows import csv_rows
from archive.precedence import stem_of
from db.models import Account, Capture, Contradiction, Quarantine, Statement, StatementCapture

LINE = "line "
"""How the place of a record in a file of lines begins."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are asked for; None: all."""

    file: str | None = None
    """A part of the file's name or the page's address."""
    reason: str | None = None
    """A part of the reason."""
    platform: str | None = None
    """Of pages: that their collector reads; of files: as the user named it."""
    reader: str | None = None
    """With or without its version."""
    resolved: bool = False
    """Also those that were read since."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record that could not be read."""

    id: int
    capture_id: int
    file: str
    position: str
    reason: str
    excerpt: str | None
    reader: str | None
    found_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something that a source says of a statement and another one, which goes before it, does not."""

    statement: str
    """`platform:post id`."""
    field: str
    kept: str | None
    said: str
    file: str
    """What was read when it came to light."""
    found_at: datetime


def find_entries(session: Session, wanted: Wanted) -> Iterator[Entry]:
    """The rows that are asked for, oldest first."""
    whole = aliased(Capture)
    reader = func.coalesce(whole.reader, Capture.reader)
    query: Any = (
        select(Quarantine, Capture.source, reader)
        .join(Capture, col(Capture.id) == col(Quarantine.capture_id))
        .outerjoin(whole, col(whole.id) == col(Capture.part_of))
        .where(*_conditions(wanted, reader, whole))
        .order_by(col(Quarantine.id))
    )
    with session.exec(query.execution_options(yield_per=1000)) as rows:
        for row, source, read_by in rows:
            if wanted.reader is None or wanted.reader in (read_by, stem_of(read_by or "")):
                yield Entry(
                    id=row.id,
                    capture_id=row.capture_id,
                    file=source,
                    position=row.position,
                    reason=row.reason,
                    excerpt=row.excerpt,
                    reader=read_by,
                    found_at=row.found_at,
                    resolved_at=row.resolved_at,
                    resolved_by=row.resolved_by,
                )


def _conditions(wanted: Wanted, reader: Any, whole: Any) -> Iterator[ColumnElement[bool]]:
    if not wanted.resolved:
        yield col(Quarantine.resolved_at).is_(None)
    if wanted.file is not None:
        yield col(Capture.source).contains(wanted.file, autoescape=True)
    if wanted.reason is not None:
        yield col(Quarantine.reason).icontains(wanted.reason, autoescape=True)
    if wanted.platform is not None:
        named = whole.options["platform"].as_string() == wanted.platform
        statements = (
            select(StatementCapture.capture_id).join(Statement).where(Statement.platform == wanted.platform)
        )
        yield (
            named
            | reader.startswith(f"{wanted.platform}-", autoescape=True)
            | col(Quarantine.capture_id).in_(statements)
        )


def count_by_reason(entries: Sequence[Entry]) -> dict[str, int]:
    """Reason -> rows, most first."""
    counts: dict[str, int] = {}
    for entry in entries:
        counts[entry.reason] = counts.get(entry.reason, 0) + 1
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def record_of(session: Session, entry: Entry) -> dict[str, Any]:
    """An entry as plain values, with the raw record where it can be cut out of the kept bytes."""
    raw = raw_record(session, entry)
    said: dict[str, Any] = {
        "file": entry.file,
        "position": entry.position,
        "reason": entry.reason,
        "excerpt": entry.excerpt,
        "reader": entry.reader,
        "capture_id": entry.capture_id,
        "found_at": entry.found_at.isoformat(),
        "resolved_at": entry.resolved_at.isoformat() if entry.resolved_at else None,
        "resolved_by": entry.resolved_by,
        "raw": None,
    }
    try:
        return {**said, "raw": raw.decode("utf-8") if raw is not None else None}
    except UnicodeDecodeError:
        assert raw is not None  # it was decoded
        return {**said, "raw_base64": base64.b64encode(raw).decode("ascii")}


def raw_record(session: Session, entry: Entry) -> bytes | None:
    """The bytes of the record as they were found; None where its place does not tell them.

    Raises ValueError where the kept bytes are damaged.
    """
    if not entry.position.startswith(LINE) or not entry.position.removeprefix(LINE).isdigit():
        return None
    page = page_of(session.get_one(Capture, entry.capture_id))
    skipped = int(entry.position.removeprefix(LINE)) - page.first_line
    if page.oversized:
        return None
    lines = list(islice(io.BytesIO(page.body), max(0, skipped), None))
    if not lines or skipped < 0:
        return None
    if stem_of(entry.reader or "") == "csv":
        delimiter = _delimiter(session, entry.capture_id)
        return next(csv_rows(lines, delimiter)).body
    return lines[0]


def _delimiter(session: Session, capture_id: int) -> str:
    part = session.get_one(Capture, capture_id)
    options = session.get_one(Capture, part.part_of or capture_id).options or {}
    return str(options.get("delimiter", ","))


def find_disagreements(session: Session) -> list[Disagreement]:
    """What sources say of statements that did not become theirs, and what is kept instead."""
    handle = case((col(Account.platform_id).is_not(None), Account.platform_id), else_=Account.display_name)
    query = (
        select(Contradiction, Statement, Capture.source, handle)
        .join(Statement, col(Statement.id) == col(Contradiction.statement_id))
        .join(Capture, col(Capture.id) == col(Contradiction.capture_id))
        .outerjoin(Account, col(Account.id) == col(Statement.account_id))
        .order_by(col(Contradiction.id))
    )
    return [
        Disagreement(
            statement=f"{statement.platform}:{statement.post_id}",
            field=row.field,
            kept=_kept(statement, row.field, account),
            said=row.said,
            file=source,
            found_at=row.found_at,
        )
        for row, statement, source, account in session.exec(query)
    ]


def _kept(statement: Statement, field: str, account: str | None) -> str | None:
    if field == "published_at":
        return statement.published_at.isoformat() if statement.published_at else None
    return statement.person_id or account or statement.attribution_text
