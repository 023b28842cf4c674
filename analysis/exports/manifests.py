"""What an export says of how it was made: versions, methods, filters, counts, the state of the database."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from analysis.exports.choosing import Choice
from analysis.exports.counting import Count
from analysis.exports.hiding import Hiding
from analysis.exports.places import MADE_BY, sha_of
from db import models
from db.migrate import revision_of
from db.release import release


@dataclass(frozen=True, slots=True)
class Made:
    """How an export was made."""

    form: str
    generated_at: datetime
    choice: Choice
    hiding: Hiding
    checkpoint: Mapping[str, Any]
    licence: str | None

    def as_json(self, counts: Sequence[Count], files: Iterable[Path]) -> dict[str, Any]:
        """For the manifest; `files` lie in one folder."""
        choice = self.choice
        return {
            "made_by": MADE_BY,
            "version": release(),
            "format": self.form,
            "generated_at": self.generated_at.isoformat(),
            "filters": _shown(choice.filters.as_json(), self.hiding),
            "hidden": list(self.hiding.modes),
            "with_texts": self.hiding.with_texts,
            "licence": self.licence,
            "methods": list(choice.methods),
            "who_whom_by": choice.chosen.method if choice.chosen else None,
            "database": dict(self.checkpoint),
            "tables": [count_as_json(one) for one in counts],
            "files": [
                {"path": file.name, "bytes": file.stat().st_size, "sha256": sha_of(file)}
                for file in sorted(files)
            ],
        }


def _shown(filters: dict[str, Any], hiding: Hiding) -> dict[str, Any]:
    """The filters; persons and contests by the pseudonyms that they have in the tables."""
    if hiding.key is None:
        return filters
    named = {one: hiding.pseudonym(one, filters[one]) for one in ("person", "contest") if one in filters}
    return filters | named


def count_as_json(count: Count) -> dict[str, Any]:
    """What became of the rows of a table, for programs."""
    return {
        "table": count.table,
        "in_database": count.in_database,
        "written": count.written,
        "left_out": dict(count.left_out),
        "added": dict(count.added),
    }


def write_json(path: Path, value: Any) -> None:
    """Write a document that people read, too."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8", errors="replace")


NEWEST = {
    "round": models.Round.id,
    "capture": models.Capture.id,
    "statement": models.Statement.id,
    "version": models.StatementVersion.id,
    "reading": models.Reading.id,
    "review": models.Review.id,
    "hand_code": models.HandCode.id,
}
"""What grows whenever the archive changes -> by which column."""


def checkpoint_of(session: Session) -> dict[str, Any]:
    """The state of the database that was read: its schema, and the newest of what is ever only added."""
    newest = {f"newest_{name}": session.scalar(select(func.max(column))) for name, column in NEWEST.items()}
    return {"schema": revision_of(session.connection()), **newest}
