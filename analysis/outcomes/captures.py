"""Reading from the database what statements were read from, many statements at a time."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from analysis.outcomes.found import FoundCapture
from db import models
from db.rows import among, table_of

CAPTURES, LINKS = table_of(models.Capture), table_of(models.StatementCapture)


def captures_of(session: Session, statements: Collection[int]) -> dict[int, list[FoundCapture]]:
    """Statement id -> the captures that it was read from, oldest first."""
    query = select(LINKS.c.statement_id, LINKS.c.capture_id, LINKS.c.position).where(
        among(LINKS.c.statement_id, statements)
    )
    links = session.execute(query).all()
    places, heads = _heads(session, {capture for _, capture, _ in links})
    found: defaultdict[int, list[FoundCapture]] = defaultdict(list)
    for statement, capture, position in links:
        kind, source, sha256, retrieved_at, file_id, file_sha256 = heads[capture]
        found[statement].append(
            FoundCapture(capture, kind, source, sha256, retrieved_at, position, file_id, file_sha256)
        )
    for captures in found.values():
        if len(captures) > 1:
            captures.sort(key=lambda one: places[one.id])
    return found


def _heads(session: Session, captures: Collection[int]) -> tuple[dict[int, int], dict[int, Any]]:
    """Capture -> its place in time among these, and what is known of it: many statements share one."""
    whole = CAPTURES.alias()
    capture = CAPTURES.c
    query = (
        select(
            *(capture.id, capture.kind, capture.source, capture.sha256, capture.retrieved_at),
            *(whole.c.id, whole.c.sha256),
        )
        .outerjoin(whole, whole.c.id == capture.part_of)
        .where(among(capture.id, captures))
        .order_by(capture.retrieved_at, capture.id)
    )
    rows = session.execute(query).all()
    return {row[0]: place for place, row in enumerate(rows)}, {row[0]: row[1:] for row in rows}
