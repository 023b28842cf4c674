"""The example archive with its history: what came in on which day of May 2023, in every table."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import example_archive as example
from sqlalchemy import Engine, select, update
from sqlmodel import Session, SQLModel, col

import db
from db import models
from db.rows import table_of


def on(day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A time in May 2023."""
    return datetime(2023, 5, day, hour, minute, tzinfo=UTC)


def fill(engine: Engine) -> None:
    """Accounts came on the 2nd, statements from the 5th on, one each day; readings on June 1st."""
    example.fill(engine)
    with db.writing(engine) as session:
        _date(session)
        _rounds(session)
        session.flush()
        _edits(session)
        _people(session)
        _ledger(session)


def _date(session: Session) -> None:
    session.execute(update(models.Account).values(added_at=on(2)))
    session.execute(update(models.Capture).values(retrieved_at=on(5, 9)))
    statements = session.execute(select(col(models.Statement.id)).order_by(col(models.Statement.id)))
    for number, statement in enumerate(statements.scalars()):
        session.execute(
            update(models.Statement)
            .where(col(models.Statement.id) == statement)
            .values(first_seen_at=on(5 + number))
        )


def _rounds(session: Session) -> None:
    session.add_all(
        [
            models.Round(
                id=1,
                command="import",
                version="1",
                started_at=on(5, 8),
                finished_at=on(5, 13),
                outcome="done",
                counts={"stored": 1},
            ),
            models.Round(id=2, command="collect", version="1", started_at=on(9), finished_at=on(10)),
        ]
    )
    session.add(models.AccountHandle(account_id=1, handle="Old", handle_key="old", valid_to=date(2023, 5, 8)))
    session.add(
        models.AccountHandle(account_id=1, handle="New", handle_key="new", valid_from=date(2023, 5, 8))
    )
    session.get_one(models.Account, 2).moved_to = "elsewhere"
    session.get_one(models.Account, 2).checked_at = on(9)


def _edits(session: Session) -> None:
    """The second statement had another text until the 8th; the first was shown with an earlier one."""
    texts = {1: ("An earlier one.", on(5)), 2: ("Before the edit.", on(6))}
    for statement, (text, seen) in texts.items():
        session.add(
            models.StatementVersion(
                statement_id=statement,
                number=1,
                text=text,
                text_sha256=sha256(text.encode()).hexdigest(),
                seen_at=seen,
            )
        )
    session.get_one(models.Statement, 2).text_seen_at = on(8)


def _people(session: Session) -> None:
    session.add_all(
        [
            models.Observation(statement_id=1, observed_at=on(7), state="deleted", capture_id=2),
            models.Observation(account_id=2, observed_at=on(9), state="suspended"),
            models.Quarantine(
                id=1, capture_id=2, position="line 9", reason="no date", found_at=on(5), resolved_at=on(9)
            ),
            models.CodeSample(id=1, name="first", design="random", seed=1, drawn_at=on(12)),
            models.Review(
                subject="kind", statement_id=1, verdict="confirmed", reviewer="eve", reviewed_at=on(11)
            ),
            models.Review(
                subject="owner", account_id=1, verdict="confirmed", reviewer="eve", reviewed_at=on(3)
            ),
        ]
    )
    session.flush()
    session.add(models.CodeSampleItem(sample_id=1, statement_id=1, position=1, stratum="all"))
    session.add(
        models.HandCode(
            statement_id=1,
            coder="eve",
            code="kind:thanks",
            value="yes",
            text_sha256="a",
            sample_id=1,
            coded_at=on(11),
        )
    )


def _ledger(session: Session) -> None:
    session.execute(update(models.Coverage).values(updated_at=on(6), until=on(6), round_id=1))


def rows(engine: Engine, model: type[SQLModel]) -> list[dict[str, Any]]:
    """A table's rows by its key."""
    table = table_of(model)
    with engine.connect() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        return [dict(row) for row in found]


def soon(when: datetime) -> datetime:
    """The moment after a time."""
    return when + timedelta(microseconds=1)
