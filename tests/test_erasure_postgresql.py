"""On a real PostgreSQL server forgetting removes the same, and writes the tables anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from erasure_archive import HANDLE, NAME, fill, forbidden, found_in, remaining, words
from postgresql_server import new_database, postgresql_server
from sqlalchemy import text
from sqlmodel import Session, SQLModel, select

import db
from archive.captures import plain_bytes
from archive.erasure.forgetting import Asked, finish, forget, unfinished
from archive.erasure.subjects import find_subjects
from db.models import Capture
from db.scrubbing import scrub
from db.words import ErasureSubject

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


def test_nothing_is_left_in_tables_captures_and_statistics(server: str, tmp_path: Path) -> None:
    entries = words()
    engine = db.open_database(new_database(server, "erasure"), create=True)
    fill(engine, tmp_path, entries)
    others = [one.text for one in entries if not one.is_theirs]
    runs = forbidden([one.text for one in entries if one.is_theirs] + [HANDLE, NAME], others)

    with Session(engine) as session:
        subjects = find_subjects(session, persons=["p:zeb"])
    outcome = forget(engine, subjects, Asked(ErasureSubject.PERSON))
    finish(engine)

    assert (outcome.statements, outcome.lost, unfinished(engine)) == (12, 0, 0)
    assert sorted(remaining(engine)) == sorted(others * 4)
    with Session(engine) as session:
        for table in SQLModel.metadata.sorted_tables:
            for row in session.execute(table.select()):
                assert not found_in(runs, repr(tuple(row)).encode()), table.name
        for capture in session.exec(select(Capture)):
            assert capture.body is None or not found_in(runs, plain_bytes(capture))
        for row in session.execute(text("SELECT tablename, attname, most_common_vals::text FROM pg_stats")):
            assert not found_in(runs, str(row).encode()), row
    engine.dispose()


def test_while_somebody_reads_it_is_not_called_finished_nor_waits_for_ever(server: str) -> None:
    address = new_database(server, "erasure while somebody reads")
    engine = db.open_database(address, create=True, busy_seconds=0.1)
    with Session(engine) as reading:
        reading.exec(select(Capture.id)).first()
        with pytest.raises(db.BusyDatabase, match="try again later"):
            scrub(engine)
    scrub(engine)
    engine.dispose()
