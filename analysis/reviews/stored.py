"""Decisions kept in the database, and read from it for many statements at a time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from analysis.reviews.decisions import Decision, KindValue, TargetValue
from db import models
from db.batches import batches
from db.rows import among
from db.words import ReviewSubject, ReviewVerdict

AT_ONCE = 5_000
"""Statements whose decisions are asked for in one query."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A decision about a statement, with the text that it is about."""

    statement_id: int
    text_sha256: str
    decision: Decision


def keep_decisions(session: Session, signed: Sequence[Signed]) -> None:
    """Store decisions beside the earlier ones: nothing is overwritten, the last one counts."""
    if signed:
        session.execute(insert(models.Review), [_row(one) for one in signed])


def decisions_on(session: Session, statements: Sequence[int]) -> dict[int, list[Decision]]:
    """Statement id -> the decisions about its present text, in the order in which they were made."""
    found: defaultdict[int, list[Decision]] = defaultdict(list)
    review = models.Review
    for some in batches(statements, AT_ONCE):
        query = (
            select(review)
            .join(models.Statement, col(models.Statement.id) == col(review.statement_id))
            .where(among(col(review.statement_id), some))
            .where(col(review.text_sha256) == col(models.Statement.text_sha256))
            .order_by(col(review.reviewed_at), col(review.id))
        )
        for row in session.exec(query):
            found[row.statement_id or 0].append(_decision(row))
    return dict(found)


def _row(one: Signed) -> Mapping[str, Any]:
    decision = one.decision
    return {
        "subject": decision.subject,
        "statement_id": one.statement_id,
        "text_sha256": one.text_sha256,
        "place": decision.place,
        "verdict": decision.verdict,
        "value": decision.value.as_json() if decision.value else {},
        "found": decision.found.as_json() if decision.found else {},
        "reviewer": decision.by,
        "note": decision.note,
        "reviewed_at": decision.at,
    }


def _decision(row: models.Review) -> Decision:
    subject = ReviewSubject(row.subject)
    return Decision(
        subject=subject,
        place=row.place,
        verdict=ReviewVerdict(row.verdict),
        value=_value(subject, row.value),
        by=row.reviewer,
        at=row.reviewed_at,
        note=row.note,
        found=_value(subject, row.found),
    )


def _value(subject: ReviewSubject, cells: Mapping[str, Any]) -> KindValue | TargetValue | None:
    if not cells:
        return None
    return KindValue.parse(cells) if subject is ReviewSubject.KIND else TargetValue.parse(cells)
