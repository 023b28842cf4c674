"""An archive with everything that an export can hold, and the tables of an export as rows."""

import csv
import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import example_archive as example
from sqlalchemy import Engine
from sqlmodel import Session, select

from analysis.exports import Export, Filters, Wish, write_export
from db import models, writing

NUMBER = "1922222222222222227"
"""An id that no floating-point number holds."""

LONG = "ü" * 10_000
NOON = datetime(2023, 6, 2, 12, 0, tzinfo=UTC)
HOSTILE = {
    NUMBER: '=HYPERLINK("http://example.org")\r\n"quoted", and\nnew lines',
    "2002": "+1 \u202eright to left\u202c \x00 NUL \x1b[31m",
    "2003": "@everyone '=already guarded",
    "2004": LONG,
    "2005": "'=1+1",
    "2006": "\u0000",
    "2007": "; parted ; by ;",
    "2008": "",
}


def fill(engine: Engine) -> None:
    """The example archive, hostile texts, an edit, a deletion, codes, reviews, a second method."""
    example.fill(engine)
    with writing(engine) as session:
        for post, text in HOSTILE.items():
            example.add_statement(session, post, "maren", text, NOON, quoted="@somebody", cue="said")
        session.flush()
        first = _statement(session, "1001")
        _edit(session, _statement(session, "2007"))
        session.add(
            models.Observation(
                statement_id=first.id, state="deleted", capture_id=2, detail="gone", observed_at=NOON
            )
        )
        session.add(models.Observation(account_id=2, state="active", observed_at=NOON))
        session.add(models.AccountHandle(account_id=2, handle="tobiasquill", handle_key="tobiasquill"))
        session.add_all(_codes(first))
        session.add_all(_reviews(first))
        example.add_reading(
            session, first.id or 0, [("Hollis", "Maren Hollis", "surname", -0.4)], method="reader-2"
        )


def _statement(session: Session, post: str) -> models.Statement:
    return session.exec(select(models.Statement).where(models.Statement.post_id == post)).one()


def _edit(session: Session, statement: models.Statement) -> None:
    """A reading of the earlier text stays behind: it is stale."""
    example.add_reading(session, statement.id or 0, [("parted", "parted", "surname", 0.1)])
    session.add(
        models.StatementVersion(
            statement_id=statement.id or 0,
            number=1,
            text=statement.text,
            text_sha256=statement.text_sha256,
            seen_at=statement.first_seen_at,
        )
    )
    statement.text = "Edited since."
    statement.text_sha256 = sha256(statement.text.encode()).hexdigest()
    session.add(statement)


def _codes(statement: models.Statement) -> list[models.HandCode]:
    return [
        models.HandCode(
            statement_id=statement.id or 0,
            coder="lena",
            code=code,
            value=value,
            text_sha256=statement.text_sha256,
        )
        for code, value in (("kind:accusation", "yes"), ("note", "a coder's own words"))
    ]


def _reviews(statement: models.Statement) -> list[models.Review]:
    """The surname is rejected as a target; a kind is added."""
    kind: dict[str, Any] = {
        "start": 0,
        "end": 6,
        "strength": None,
        "scope": None,
        "types": [],
        "incivility": False,
        "targets": [],
    }
    shared: dict[str, Any] = {
        "statement_id": statement.id,
        "text_sha256": statement.text_sha256,
        "reviewer": "jonas",
        "note": "a reviewer's own words",
        "reviewed_at": NOON,
    }
    return [
        models.Review(subject="target", place="0-6", verdict="rejected", **shared),
        models.Review(subject="kind", place="mobilisation", verdict="added", value=kind, **shared),
    ]


def exported(engine: Engine, out: Path, wish: Wish | None = None, filters: Filters | None = None) -> Export:
    """An export of an archive, dated."""
    return write_export(engine, out, wish=wish, filters=filters, generated_at=NOON)


def rows_of(folder: Path, table: str) -> list[dict[str, Any]]:
    """A table of an export as JSON Lines."""
    lines = (folder / f"{table}.jsonl").read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def cells_of(folder: Path, table: str) -> list[dict[str, str]]:
    """A table of an export as CSV."""
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
