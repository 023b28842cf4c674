"""An archive of invented statements that a method has read, and coders whose answers a test chooses."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import example_archive as example
from sqlalchemy import Engine
from sqlmodel import Session, select

from db import models, writing

METHOD = "reader-2"
POSTED = datetime(2023, 5, 5, 6, 0, tzinfo=UTC)

Kinds = Mapping[str, float]
"""Kind that the method found -> its confidence."""


def sha_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def add_read(
    engine: Engine,
    texts: Sequence[tuple[str, Kinds]],
    *,
    person: Callable[[int], str] = lambda number: ("maren", "tobias", "ines")[number % 3],
    first: int = 5_000,
    method: str = METHOD,
) -> list[int]:
    """Store statements and what the method found in each; returns their ids."""
    ids = []
    with writing(engine) as session:
        for number, (text, kinds) in enumerate(texts):
            statement = models.Statement(
                platform="x",
                post_id=str(first + number),
                person_id=f"p:{person(number)}",
                text=text,
                text_sha256=sha_of(text),
                published_at=POSTED + timedelta(minutes=number),
                published_precision="second",
            )
            session.add(statement)
            session.flush()
            ids.append(statement.id or 0)
            _read(session, statement, kinds, method)
    return ids


def read_again(engine: Engine, found: Mapping[int, Kinds], method: str) -> None:
    """What another method found in statements."""
    with writing(engine) as session:
        for statement_id, kinds in found.items():
            statement = session.get(models.Statement, statement_id)
            assert statement is not None
            _read(session, statement, kinds, method)


def _read(session: Session, statement: models.Statement, kinds: Kinds, method: str) -> None:
    reading = models.Reading(
        statement_id=statement.id or 0, method=method, text_sha256=statement.text_sha256, lang="en"
    )
    session.add(reading)
    session.flush()
    session.add_all(
        models.Kind(
            reading_id=reading.id or 0,
            kind=kind,
            method="kinds-1",
            start_at=0,
            end_at=2,
            confidence=confidence,
            strength="strong" if kind == "concession" else None,
            scope="own_contest" if kind in ("victory", "concession") else None,
        )
        for kind, confidence in kinds.items()
    )


def filled(engine: Engine) -> None:
    """The example archive, and 60 statements read by METHOD."""
    example.fill(engine)
    sixty(engine)


def sixty(engine: Engine) -> None:
    """60 statements: of each ten two thank, one attacks, one concedes; in the others nothing was found."""
    found: list[Kinds] = [{"thanks": 0.9}, {"thanks": 0.6}, {"accusation": 0.7}, {"concession": 0.95}]
    add_read(
        engine, [(f"Statement {one} of the campaign.", (found + [{}] * 6)[one % 10]) for one in range(60)]
    )


def ballot(engine: Engine) -> None:
    """One contest of three, who post: what any database holds."""
    with writing(engine) as session:
        session.add(
            models.Election(
                id=example.ELECTION,
                name="Westhaven council 2023",
                polling_date=POSTED.date(),
                time_zone="Europe/London",
            )
        )
        session.add_all(models.Person(id=f"p:{key}", name=name) for key, name in example.PEOPLE.items())
        session.flush()
        session.add(models.Contest(id=example.HARBOUR, election_id=example.ELECTION, name="Harbour ward"))
        session.flush()
        session.add_all(
            models.Candidacy(contest_id=example.HARBOUR, person_id=f"p:{one}", ballot_label=f"Party of {one}")
            for one in ("maren", "tobias", "ines")
        )


def code(
    engine: Engine, coder: str, answers: Mapping[int, Mapping[str, str]], *, text: str | None = None
) -> None:
    """Store codes: statement -> code -> value; of this text instead of the present one."""
    with writing(engine) as session:
        for statement_id, values in answers.items():
            statement = session.get(models.Statement, statement_id)
            assert statement is not None
            session.add_all(
                models.HandCode(
                    statement_id=statement_id,
                    coder=coder,
                    code=name,
                    value=value,
                    text_sha256=sha_of(text) if text else statement.text_sha256,
                )
                for name, value in values.items()
            )


def stored(engine: Engine, coder: str) -> dict[int, dict[str, str]]:
    """Statement -> code -> value of everything that a coder said."""
    found: dict[int, dict[str, str]] = {}
    with Session(engine) as session:
        for row in session.exec(select(models.HandCode).where(models.HandCode.coder == coder)):
            found.setdefault(row.statement_id, {})[row.code] = row.value
    return found


def edit(engine: Engine, statement_id: int, text: str) -> None:
    """The author changed a text: the earlier one becomes a version."""
    with writing(engine) as session:
        statement = session.get(models.Statement, statement_id)
        assert statement is not None
        session.add(
            models.StatementVersion(
                statement_id=statement_id,
                number=1,
                text=statement.text,
                text_sha256=statement.text_sha256,
                seen_at=statement.first_seen_at,
            )
        )
        statement.text, statement.text_sha256 = text, sha_of(text)
        session.add(statement)


def rows_in(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV sheet."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(
    path: Path, rows: Iterable[Mapping[str, str]], *, delimiter: str = ",", encoding: str = "utf-8-sig"
) -> Path:
    """A CSV sheet as a spreadsheet would write it."""
    listed = list(rows)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(listed[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(listed)
    return path
