"""What a retention policy forgot is one dated fact on the person's page, and no more."""

from datetime import datetime, timedelta
from pathlib import Path

import example_archive as example
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from analysis.outcomes.forgotten import Forgotten, forgotten_of
from analysis.outcomes.timing import Moment
from analysis.publishing import write_report
from db import open_database, writing
from db.models import Erasure, Tombstone

MAREN = "p:maren"


def forget(engine: Engine, digest: str, at: datetime | None, person: str = MAREN) -> None:
    """As `hustings retain` leaves it; without a time: as `hustings forget` does."""
    fact = Tombstone(digest=digest, erasure_id=1)
    if at is not None:
        fact.platform, fact.person_id, fact.state, fact.observed_at = "x", person, "deleted", at
    with writing(engine) as session:
        session.merge(Erasure(id=1, subject="retention", salt="00"))
        session.add(fact)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = open_database(str(tmp_path / "archive.db"), create=True)
    example.fill(made)
    return made


def test_the_page_of_a_person_says_how_many_statements_a_policy_forgot(
    engine: Engine, tmp_path: Path
) -> None:
    out = tmp_path / "report"
    write_report(engine, out, election=example.ELECTION)
    assert "not kept, as the platform" not in pages(out)
    forget(engine, "a", example.after(60))
    forget(engine, "b", example.after(90))

    write_report(engine, out, election=example.ELECTION)

    assert pages(out).count("2 statements on X, gone there (deleted, observed") == 1


def test_what_somebody_asked_to_be_forgotten_is_told_of_nobody(engine: Engine) -> None:
    forget(engine, "a", None)
    with Session(engine) as session:
        assert forgotten_of(session, [MAREN]) == {}


def test_facts_are_counted_by_platform_and_state_with_their_first_and_last_time(engine: Engine) -> None:
    times = [example.after(60) + timedelta(hours=hour) for hour in (0, 5, 2)]
    for number, at in enumerate(times):
        forget(engine, str(number), at)
    with Session(engine) as session:
        found = forgotten_of(session, [MAREN, "nobody"])
    assert found == {
        MAREN: (Forgotten("x", "deleted", 3, Moment(times[0], "second"), Moment(times[1], "second")),)
    }


def pages(out: Path) -> str:
    return "".join(file.read_text() for file in sorted(out.rglob("candidates/*.html")))
