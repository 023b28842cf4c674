"""What the archive held when a report was made: enough to tell whether a copy of it is the same."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from db import models
from db.migrate import revision_of


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Counts and newest rows of an archive."""

    release: str | None
    """Of the database's tables."""
    statements: int
    newest_statement: int | None
    captures: int
    newest_capture: int | None
    newest_retrieved_at: datetime | None
    readings: int
    newest_read_at: datetime | None
    reviews: int
    newest_review: int | None

    def as_json(self) -> dict[str, str | int | None]:
        """Times as ISO 8601 in UTC."""
        return {
            name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
        }


def checkpoint_of(session: Session) -> Checkpoint:
    """Where an archive stands now."""
    statement, capture, reading, review = models.Statement, models.Capture, models.Reading, models.Review
    statements = session.exec(select(func.count(), func.max(col(statement.id))).select_from(statement)).one()
    captures = session.exec(
        select(func.count(), func.max(col(capture.id)), func.max(col(capture.retrieved_at))).select_from(
            capture
        )
    ).one()
    readings = session.exec(select(func.count(), func.max(col(reading.read_at))).select_from(reading)).one()
    reviews = session.exec(select(func.count(), func.max(col(review.id))).select_from(review)).one()
    return Checkpoint(
        release=revision_of(session.connection()),
        statements=statements[0],
        newest_statement=statements[1],
        captures=captures[0],
        newest_capture=captures[1],
        newest_retrieved_at=captures[2],
        readings=readings[0],
        newest_read_at=readings[1],
        reviews=reviews[0],
        newest_review=reviews[1],
    )
