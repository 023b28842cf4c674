"""Everything that the analysis stored, as rows that can be compared; and archives with something to read."""

from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, select

from db import writing
from db.models import Kind, KindTarget, Rating, Reading, Statement, Target

TEXTS = (
    "Labour betrayed this town and the Tories lied to us.",
    "We met at noon in the town hall.",
    "@kelby_watch Thank you to every voter, we won!",
    "Merci à toutes et à tous pour votre confiance, nous avons gagné cette élection.",
    "I concede. Congratulations to the Greens.",
)


def keep_statements(engine: Engine, count: int) -> None:
    """Store so many statements, no two of the same text."""
    with writing(engine) as session:
        session.add_all(
            Statement(platform="x", post_id=str(n), text=f"{TEXTS[n % 5]} {n}", text_sha256=f"{n:064}")
            for n in range(count)
        )


def found_rows(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of findings, ids included; but not when it was read."""
    with Session(engine) as session:
        return {
            table.__name__: sorted(
                (row.model_dump(exclude={"read_at"}) for row in session.exec(select(table))),
                key=lambda row: repr(row),
            )
            for table in (Reading, Target, Rating, Kind, KindTarget)
        }


REFERENCES = {"reading_id": "Reading", "target_id": "Target", "kind_id": "Kind"}


def renumbered(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The same with ids from 1 on, in their order: a server gives none again that a broken-off transaction
    had taken."""
    numbers = {
        table: {old: new for new, old in enumerate(sorted(one["id"] for one in some if "id" in one), start=1)}
        for table, some in rows.items()
    }

    def told(table: str, column: str, value: Any) -> Any:
        refers_to = table if column == "id" else REFERENCES.get(column)
        return value if refers_to is None or value is None else numbers[refers_to][value]

    return {
        table: sorted(
            ({column: told(table, column, value) for column, value in one.items()} for one in some), key=repr
        )
        for table, some in rows.items()
    }
