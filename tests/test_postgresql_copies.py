"""Archives move between a file and a real PostgreSQL server, either way, and are the same there."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import example_archive as example
import pytest
import timed_archive
from postgresql_server import new_database, postgresql_server
from sqlalchemy import Engine, inspect, text, update
from sqlmodel import Session, col, select
from test_copies import RUN, everything, once

import db
from db.copies import copy_archive, open_target
from db.errors import ArchiveDatabaseError, CopyDiffers
from db.models import Rating, Round, Statement
from db.revisions import COPY_MARKS
from db.search import fill_index, found_by, parse_query

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


@pytest.fixture
def address(server: str, request: pytest.FixtureRequest) -> str:
    return new_database(server, request.node.nodeid)


@pytest.fixture
def here(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An archive in a file."""
    monkeypatch.setattr(example, "HOSTILE", example.HOSTILE.replace("\0", ""))
    timed_archive.fill(engine)
    with db.writing(engine) as session:
        fill_index(session)
    return engine


@pytest.fixture
def there(address: str) -> Iterator[Engine]:
    opened = open_target(address)
    yield opened
    opened.dispose()


def words(engine: Engine, query: str) -> list[str]:
    with Session(engine) as session:
        return sorted(session.exec(select(Statement.post_id).where(found_by(session, parse_query(query)))))


def test_an_archive_goes_to_a_server_and_back_and_to_another_and_is_the_same(
    here: Engine, there: Engine, server: str, tmp_path: Path
) -> None:
    first = copy_archive(here, there)
    back, other = open_target(str(tmp_path / "back.db")), open_target(new_database(server, "other"))
    second, third = copy_archive(there, back), copy_archive(there, other)

    assert first.tables == second.tables == third.tables
    assert first.rows > 80
    assert everything(back) == everything(here)
    assert words(there, "harbour") == words(back, "harbour") == words(here, "harbour") != []
    for engine in (back, other):
        engine.dispose()


def test_new_rows_on_the_server_get_numbers_of_their_own(here: Engine, there: Engine) -> None:
    copy_archive(here, there)
    with db.writing(there) as session:
        highest = max(session.exec(select(Round.id)), key=lambda number: number or 0)
        added = Round(command="test", version="0")
        session.add(added)
        session.flush()
        assert added.id == (highest or 0) + 1
        example.add_statement(session, "2001", "maren", "New.", None)
    assert not inspect(there).has_table(COPY_MARKS)


def test_a_copy_to_a_server_that_is_killed_and_run_again_is_whole(
    here: Engine, server: str, tmp_path: Path
) -> None:
    name = new_database(server, "killed")
    command = [sys.executable, "-c", RUN, str(here.url.database), f"2={name}"]

    done = subprocess.run(command, check=True, capture_output=True, text=True)

    assert int(done.stdout) >= 3
    killed, whole = db.open_database(name), open_target(str(tmp_path / "whole.db"))
    copy_archive(killed, whole)
    assert everything(whole) == everything(here)
    for engine in (killed, whole):
        engine.dispose()


def test_a_nul_is_refused_with_its_row(here: Engine, there: Engine) -> None:
    with db.writing(here) as session:
        session.execute(update(Statement).where(col(Statement.post_id) == "1003").values(text="a\0b"))
        number = session.exec(select(Statement.id).where(Statement.post_id == "1003")).one()

    with pytest.raises(ArchiveDatabaseError, match=f"statement {number}, column text: a NUL"):
        copy_archive(here, there)


def test_what_a_server_cannot_store_is_named(here: Engine, there: Engine) -> None:
    with db.writing(here) as session:
        session.execute(text("UPDATE round SET id = 3000000000 WHERE id = (SELECT max(id) FROM round)"))

    with pytest.raises(ArchiveDatabaseError, match=r"does not take round .* to 3000000000: .*out of range"):
        copy_archive(here, there)


def test_a_score_that_differs_on_the_server_is_found(here: Engine, there: Engine) -> None:
    def harm() -> None:
        with db.writing(there) as session:
            session.execute(update(Rating).values(score=0.25))

    with pytest.raises(CopyDiffers, match="of rating"):
        copy_archive(here, there, once(harm, when=lambda done, total: done >= total // 2))


def test_a_server_that_others_write_to_is_copied_as_it_was_and_that_is_told(
    here: Engine, there: Engine, tmp_path: Path
) -> None:
    copy_archive(here, there)
    before, back = everything(there), open_target(str(tmp_path / "back.db"))

    def write() -> None:
        with db.writing(there) as session:
            example.add_statement(session, "2001", "maren", "Meanwhile.", None)

    copied = copy_archive(there, back, once(write, when=lambda done, total: done > 0))

    assert copied.changed == ("statement", "statement_capture")
    assert everything(back).keys() == before.keys()
    assert len(everything(back)["statement"]) == len(before["statement"])
    back.dispose()
