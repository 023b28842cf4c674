"""What forgetting did to captures, for the archive's log: digests and ids, never a text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session

from db.models import CaptureChange


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One change of a capture."""

    kind: Literal["rewritten", "erased"]
    capture_id: int
    sha256_before: str
    sha256_after: str | None = None
    """Of what it holds now; None: it is gone."""
    erasure_id: int | None = None


def log_entries(session: Session, entries: Sequence[LogEntry]) -> None:
    """Write the changes down in the caller's transaction."""
    session.add_all(
        CaptureChange(
            capture_id=one.capture_id,
            sha256_before=one.sha256_before,
            sha256_after=one.sha256_after,
            erasure_id=one.erasure_id,
        )
        for one in entries
    )
    session.flush()
