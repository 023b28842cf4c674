"""What became of statements after they were published: edits, and what rechecks saw of them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from db import models
from db.plain import aware
from db.rows import among, stored_time, table_of
from db.words import CaptureKind, State

STATEMENTS, VERSIONS = table_of(models.Statement), table_of(models.StatementVersion)
SEEN, LINKS, CAPTURES = (
    table_of(one) for one in (models.Observation, models.StatementCapture, models.Capture)
)


@dataclass(frozen=True, slots=True)
class EarlierText:
    """A text that a statement had before."""

    text: str
    published_at: datetime | None
    """None: its source does not say."""
    seen_at: datetime
    """When we first saw it."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """That a platform shows a statement no longer, or only to some."""

    state: str
    """`missing`, `deleted`, ...: the last that was observed."""
    observed_at: datetime
    missed_at: datetime | None
    """When a check first missed it, where that led to this state."""
    last_seen_at: datetime | None
    """When the platform last showed it to us; None: its page was never collected."""
    capture_id: int | None
    """The answer that says so."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one statement."""

    earlier: tuple[EarlierText, ...] = ()
    """Oldest first."""
    edited_at: datetime | None = None
    """When the present text was published, where the platform says so."""
    text_seen_at: datetime | None = None
    """When we first saw the present text, where it replaced another."""
    unseen: Unseen | None = None


def fates_of(session: Session, statements: Collection[int]) -> dict[int, Fate]:
    """Statement id -> what became of it, of those that were edited, or that a recheck did not see."""
    earlier, unseen = _earlier(session, statements), _unseen(session, statements)
    one = STATEMENTS.c
    edited = earlier.keys()
    query = select(one.id, stored_time(one.edited_at), stored_time(one.text_seen_at)).where(
        among(one.id, edited)
    )
    times = (
        {number: (aware(at), aware(seen)) for number, at, seen in session.execute(query)} if edited else {}
    )
    return {
        number: Fate(tuple(earlier.get(number, ())), *times.get(number, (None, None)), unseen.get(number))
        for number in edited | unseen.keys()
    }


def _earlier(session: Session, statements: Collection[int]) -> dict[int, list[EarlierText]]:
    row = VERSIONS.c
    query = (
        select(row.statement_id, row.text, row.published_at, row.seen_at)
        .where(among(row.statement_id, statements))
        .order_by(row.statement_id, row.number)
    )
    found: defaultdict[int, list[EarlierText]] = defaultdict(list)
    for number, text, published_at, seen_at in session.execute(query):
        found[number].append(EarlierText(text, published_at, seen_at))
    return dict(found)


def _unseen(session: Session, statements: Collection[int]) -> dict[int, Unseen]:
    row = SEEN.c
    query = (
        select(row.statement_id, row.state, row.observed_at, row.capture_id)
        .where(among(row.statement_id, statements))
        .order_by(row.observed_at, row.id)
    )
    last: dict[int, tuple[str, datetime, int | None]] = {}
    missed: dict[int, datetime] = {}
    for number, state, at, capture in session.execute(query):
        if state == State.MISSING:
            missed[number] = at
        elif state != State.DELETED:
            missed.pop(number, None)
        last[number] = state, at, capture
    gone = {number: found for number, found in last.items() if found[0] != State.ACTIVE}
    seen = _last_seen(session, gone.keys()) if gone else {}
    return {
        number: Unseen(state, at, missed.get(number), seen.get(number), capture)
        for number, (state, at, capture) in gone.items()
    }


def _last_seen(session: Session, statements: Collection[int]) -> dict[int, datetime]:
    """When the platform itself last showed statements: by a recheck, or by a page that holds them."""
    one = STATEMENTS.c
    query = (
        select(one.id, stored_time(one.shown_at), stored_time(func.max(CAPTURES.c.retrieved_at)))
        .select_from(STATEMENTS)
        .outerjoin(LINKS, LINKS.c.statement_id == one.id)
        .outerjoin(CAPTURES, (CAPTURES.c.id == LINKS.c.capture_id) & (CAPTURES.c.kind == CaptureKind.PAGE))
        .where(among(one.id, statements))
        .group_by(one.id, one.shown_at)
    )
    found = {}
    for number, shown_at, retrieved_at in session.execute(query):
        times = [at for at in (aware(shown_at), aware(retrieved_at)) if at is not None]
        if times:
            found[number] = max(times)
    return found
