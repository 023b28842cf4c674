"""Every review of the archive as a row: who decided what, when, and whether it counts."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from analysis.contract import statement_key
from db import models
from db.words import ReviewVerdict


@dataclass(frozen=True, slots=True)
class MadeReview:
    """One review as it is listed."""

    at: datetime
    by: str
    of: str
    """The statement's platform and post id, or the account."""
    subject: str
    place: str
    verdict: str
    counts: str
    """`yes`; `replaced`: a later one was made; `stale`: the text was edited since; `withdrawn`."""
    note: str | None
    value: dict[str, Any]
    found: dict[str, Any]

    @property
    def is_stale(self) -> bool:
        """Whether somebody should look again."""
        return self.counts == "stale"

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def reviews_made(session: Session) -> list[MadeReview]:
    """All reviews in the order in which they were made."""
    review, statement = models.Review, models.Statement
    query = (
        select(review, statement.platform, statement.post_id, statement.text_sha256)
        .outerjoin(statement, col(statement.id) == col(review.statement_id))
        .order_by(col(review.reviewed_at), col(review.id))
    )
    rows = session.exec(query).all()
    last = {_subject_of(row): row.id for row, *_ in rows}
    return [
        MadeReview(
            at=row.reviewed_at,
            by=row.reviewer,
            of=statement_key(platform, post_id) if row.statement_id else f"account {row.account_id}",
            subject=row.subject,
            place=row.place,
            verdict=row.verdict,
            counts=_counts(row, sha256, is_last=last[_subject_of(row)] == row.id),
            note=row.note,
            value=row.value,
            found=row.found,
        )
        for row, platform, post_id, sha256 in rows
    ]


def _subject_of(row: models.Review) -> tuple[Any, ...]:
    return row.account_id, row.statement_id, row.subject, row.place, row.text_sha256


def _counts(row: models.Review, sha256: str | None, *, is_last: bool) -> str:
    if row.statement_id is not None and sha256 != row.text_sha256:
        return "stale"
    if not is_last:
        return "replaced"
    return "withdrawn" if row.verdict == ReviewVerdict.WITHDRAWN else "yes"
