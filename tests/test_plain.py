"""Reading by plain SQL: the same rows as in the other way, and refusals in our words."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import create_engine

from db import ForeignDatabase, NoDatabase, ReadOnlyDatabase, open_database
from db.coverage_rows import coverage_rows
from db.engine import writing
from db.errors import UnfinishedCopy
from db.migrate import bring_up_to_date
from db.models import Account
from db.plain import Query, moment_of, query_of, read_rows
from db.revisions import COPY_MARKS, revisions


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    path = tmp_path / "archive.db"
    engine = open_database(str(path), create=True)
    with writing(engine) as session:
        session.add_all(Account(platform="feed", home=f"https://{n}.example/feed") for n in range(3))
    engine.dispose()
    return path


def numbers(query: Query) -> list[Any]:
    return [number for (number,) in query("SELECT id FROM account ORDER BY id")]


def test_a_file_and_its_url_give_the_same_rows(path: Path) -> None:
    assert read_rows(str(path), numbers) == read_rows(f"sqlite:///{path}", numbers) == [1, 2, 3]


def test_what_a_session_has_not_stored_yet_is_read_with_the_rest(path: Path) -> None:
    engine = open_database(str(path))
    with writing(engine) as session:
        session.add(Account(platform="feed", home="https://new.example/feed"))
        assert numbers(query_of(session)) == [1, 2, 3, 4]
    engine.dispose()


def test_accounts_that_are_not_asked_for_are_not_read(path: Path) -> None:
    assert [row[0] for row in read_rows(str(path), coverage_rows).accounts] == [1, 2, 3]
    assert [row[0] for row in read_rows(str(path), lambda query: coverage_rows(query, [2])).accounts] == [2]
    assert read_rows(str(path), lambda query: coverage_rows(query, [])).accounts == []


def test_an_older_archive_is_brought_up_to_date_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    engine = create_engine(f"sqlite:///{path}")
    bring_up_to_date(engine, None, to="0004")
    engine.dispose()
    assert read_rows(str(path), numbers) == []
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT version_num FROM hustings_schema").fetchall()
    assert found == [(revisions()[-1],)]


def test_a_file_that_is_none_of_ours_is_refused_in_our_words(tmp_path: Path, path: Path) -> None:
    other = tmp_path / "other.db"
    with pytest.raises(NoDatabase):
        read_rows(str(other), numbers)
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE recipe (name)")
    with pytest.raises(ForeignDatabase):
        read_rows(str(other), numbers)
    other.write_bytes(b"no database at all, and long enough to be looked at" * 9)
    with pytest.raises(ForeignDatabase):
        read_rows(str(other), numbers)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE {COPY_MARKS} (name)")
    with pytest.raises(UnfinishedCopy):
        read_rows(str(path), numbers)


def test_a_file_that_may_not_be_written_to_is_refused_as_by_every_command(path: Path) -> None:
    path.chmod(0o400)
    with pytest.raises(ReadOnlyDatabase):
        read_rows(str(path), numbers)


def test_a_time_is_in_utc_however_the_driver_gives_it() -> None:
    noon = datetime(2024, 7, 5, 12, 0, 0, 250_000, tzinfo=UTC)
    summer = timezone(timedelta(hours=1))
    for given in ("2024-07-05 12:00:00.250000", noon, noon.replace(tzinfo=None), noon.astimezone(summer)):
        assert moment_of(given) == noon
        assert str(moment_of(given)) == str(noon)
    assert moment_of("2024-07-05 12:00:00") == noon.replace(microsecond=0)
    assert moment_of(None) is None
