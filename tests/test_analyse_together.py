"""The analysis in several processes: the rows of one, whoever is killed meanwhile."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from archives_on_server import address_of
from found_rows import found_rows, keep_statements, renumbered
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, select
from typer.testing import CliRunner

import hustings
from analysis.contract import Party, Roster
from analysis.findings import analyse, analyse_together
from analysis.reader import Reader
from analysis.running.crews import Alone, Processes
from analysis.running.errors import UnlikeWorker
from analysis.running.reading import Task, digest_of
from analysis.running.recipe import Recipe
from analysis.running.unread import Due, Range
from analysis.sentiment import scorer_for
from db import open_database, writing
from db.models import Reading, Statement
from db.reading import open_to_read

ROOT = Path(__file__).parent.parent
PLAIN = Recipe(scorer="vader")
MANY = 120


@dataclass(frozen=True)
class Watched:
    """Processes whose ids are known."""

    crew: Processes
    executors: list[Executor] = field(default_factory=list)

    @property
    def ahead(self) -> int:
        return self.crew.ahead

    def hire(self) -> Executor:
        self.executors.append(self.crew.hire())
        return self.executors[-1]

    def expect(self) -> None:
        self.crew.expect()

    def dismiss(self, executor: Executor) -> None:
        self.crew.dismiss(executor)

    def kill_one(self) -> None:
        os.kill(next(iter(self.executors[-1]._processes)), signal.SIGKILL)  # type: ignore[attr-defined]


@pytest.fixture
def expected(tmp_path: Path) -> dict[str, list[dict[str, object]]]:
    """The rows of a run in one process."""
    engine = open_database(str(tmp_path / "alone.db"), create=True)
    keep_statements(engine, MANY)
    analyse(engine, Reader(Roster(), scorer_for("vader")))
    rows = found_rows(engine)
    engine.dispose()
    return rows


def test_two_processes_store_what_one_does_though_one_of_them_is_killed(
    engine: Engine, expected: dict[str, list[dict[str, object]]]
) -> None:
    keep_statements(engine, MANY)
    crew, told = Watched(Processes(2)), []

    def tell(done: int, total: int) -> None:
        told.append((done, total))
        if len(told) == 2:
            crew.kill_one()

    tally = analyse_together(engine, PLAIN, crew, progress=tell)

    assert found_rows(engine) == expected
    assert len(crew.executors) == 2
    assert (tally.read, told[-1]) == (MANY, (MANY, MANY))


def test_a_run_that_is_killed_goes_on_where_it_was_and_leaves_no_process(
    tmp_path: Path, expected: dict[str, list[dict[str, object]]]
) -> None:
    path = tmp_path / "killed.db"
    engine = open_database(str(path), create=True)
    keep_statements(engine, MANY)
    command = [sys.executable, "-m", "hustings", "--db", address_of(path), "analyse", "--method", "vader"]
    process = subprocess.Popen(
        [*command, "--workers", "2"], cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True
    )
    _wait_until(lambda: _count(engine) > 0)
    process.kill()
    process.wait()
    assert 0 < _count(engine) < MANY
    _wait_until(lambda: not _is_any_left(process.pid))

    analyse(engine, Reader(Roster(), scorer_for("vader")))

    rows = found_rows(engine)
    assert renumbered(rows) == renumbered(expected)
    if engine.dialect.name == "sqlite":  # a file gives the numbers again that a broken-off transaction took
        assert rows == expected
    engine.dispose()


def _count(engine: Engine) -> int:
    with Session(engine) as session:
        return len(session.exec(select(Reading.id)).all())


def _is_any_left(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _wait_until(reached: Callable[[], bool]) -> None:
    for _ in range(30_000):
        if reached():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come to that")


def test_a_request_to_end_is_answered_by_one_line_and_nothing_is_half_stored(tmp_path: Path) -> None:
    path = tmp_path / "asked.db"
    engine = open_database(str(path), create=True)
    keep_statements(engine, 2_000)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "hustings", "--db", address_of(path), "analyse"),
            *("--method", "vader", "--workers", "2"),
        ],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _wait_until(lambda: _count(engine) > 0)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate()

    assert process.returncode == 1
    assert said.splitlines() == [
        "hustings: interrupted: what was read is stored; the same command goes on from there"
    ]
    with Session(engine) as session:
        read = session.exec(select(Reading.statement_id).order_by(col(Reading.statement_id))).all()
    assert list(read) == list(range(1, len(read) + 1))
    assert len(read) < 2_000
    engine.dispose()


def task_for(engine: Engine, roster: Roster) -> Task:
    return Task("run", address_of(engine.url.database), PLAIN, Due(PLAIN.method()), digest_of(roster))


def test_a_worker_that_sees_other_candidates_or_has_another_release_refuses(engine: Engine) -> None:
    keep_statements(engine, 1)
    others = Roster(parties=(Party("x:1", "Orchard Alliance", ()),))

    with pytest.raises(UnlikeWorker, match="other candidates"):
        task_for(engine, others).read(Range(1, 1))
    with pytest.raises(UnlikeWorker, match="the same release"):
        replace(task_for(engine, Roster()), due=Due("text-1")).read(Range(1, 1))
    assert len(task_for(engine, Roster()).read(Range(1, 1))) == 1


def test_the_order_of_a_roster_does_not_matter_to_its_digest() -> None:
    first, second = Party("x:1", "Orchard Alliance", ()), Party("x:2", "Harbour Party", ())

    assert digest_of(Roster(parties=(first, second))) == digest_of(Roster(parties=(second, first)))
    assert digest_of(Roster(parties=(first,))) != digest_of(Roster(parties=(second,)))


def test_a_worker_cannot_write_to_the_archive(engine: Engine) -> None:
    reading = open_to_read(address_of(engine.url.database))

    with Session(reading) as session:
        session.add(Statement(platform="x", post_id="1", text="a", text_sha256="a"))
        with pytest.raises(DatabaseError, match=r"read-?only"):
            session.commit()
    reading.dispose()


def test_what_was_edited_meanwhile_is_read_again(engine: Engine) -> None:
    keep_statements(engine, 3)
    task = task_for(engine, Roster())

    class Editing(Alone):
        """Edits a statement after it was read, before its findings are stored."""

        def dismiss(self, executor: Executor) -> None:
            with writing(engine) as session:
                session.get_one(Statement, 2).text_sha256 = "another"

    analyse_together(engine, PLAIN, Editing())

    assert analyse_together(engine, PLAIN, Alone()).read == 1
    assert task.read(Range(1, 3)) == []


@pytest.mark.parametrize(
    "options",
    [
        ["--workers", "2", "--cluster", "tcp://127.0.0.1:1"],
        ["--roster", "roster.csv"],
        ["--again", "--parquet", "in", "out"],
        ["--workers", "-1"],
    ],
)
def test_options_that_do_not_go_together_are_refused(options: list[str]) -> None:
    assert CliRunner().invoke(hustings.app, ["analyse", *options]).exit_code == 2
