"""A power cut at any 4 KB of a commit, or SIGKILL at any write: what was acknowledged is there, nothing else.

SQLite writes a commit to its log and has the disk hold it before it says that it is done. What a cut leaves
is the file as it was and a part of the log: all parts, in steps of 4 KB, are tried, with nothing behind them,
and every fourth also with zeros. Which states were acknowledged is noted by an observer who reads after each
commit.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from example_archive import fill
from power_cuts import STEP, Observer, archive_at, cut, state, state_read_by
from sqlalchemy import Engine
from sqlmodel import create_engine

import db
from analysis.findings import analyse
from analysis.reader import Reader
from analysis.roster import load_roster
from analysis.sentiment import scorer_for
from archive.contract import Choices
from archive.imports import import_statements
from db.backup import back_up
from db.migrate import bring_up_to_date
from db.snapshot import reading_one_moment

ROOT = Path(__file__).parent.parent


def a_file_of_posts(folder: Path, posts: int = 24) -> Path:
    path = folder / "posts.ndjson"
    entries = (
        {
            "id": str(number),
            "text": f"We won ward {number}. Tobias Quill lied about it. " + "So it goes. " * (number % 7 * 9),
            "created_at": "2023-05-05T03:40:00Z",
            "author_handle": "maren",
        }
        for number in range(posts)
    )
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return path


def ingest(engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.importers.files.PAGE_BYTES", 2_000)
    import_statements(engine, a_file_of_posts(folder), choices=Choices(platform="x"))


def read_all(engine: Engine, _folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.findings.BATCH", 3)
    with reading_one_moment(engine) as session:
        roster = load_roster(session)
    analyse(engine, Reader(roster, scorer_for("vader-target")))


def migrate(engine: Engine, folder: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    bring_up_to_date(engine, folder / "archive.db")


def back_up_beside_a_writer(engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.backup.PAGES", 20)

    def write(done: int, _total: int) -> None:
        with db.writing(engine) as session:
            session.connection().exec_driver_sql(
                "INSERT INTO party (id, name) VALUES (?, ?)", (f"x:{done}", "y" * 9000)
            )

    back_up(str(folder / "archive.db"), folder / "kept.db", write)


@dataclass(frozen=True)
class Job:
    """What goes on when the power is cut, and on which archive."""

    work: Callable[[Engine, Path, pytest.MonkeyPatch], None]
    commits: int
    """The least number of states that are acknowledged."""
    revision: str = "head"


JOBS = {
    "ingest": Job(ingest, 4),
    "analyse": Job(read_all, 4),
    "migrate": Job(migrate, 1, revision="0001"),
    "backup": Job(back_up_beside_a_writer, 4),
}


def make(path: Path, revision: str) -> None:
    if revision == "head":
        engine = db.open_database(str(path), create=True)
        fill(engine)
    else:
        engine = create_engine(f"sqlite:///{path}")
        bring_up_to_date(engine, path, to=revision)
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO party (id, name) VALUES ('x:old', 'Old Party')")
        connection.commit()
        connection.execute("PRAGMA journal_mode = WAL")


@pytest.mark.parametrize("name", JOBS)
def test_a_power_cut_at_any_4_kb_of_the_log_leaves_exactly_what_was_acknowledged(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, path = JOBS[name], tmp_path / "archive.db"
    make(path, job.revision)
    with Observer(path) as observer:
        before = path.read_bytes()
        engine = observer.watch(archive_at(path))
        job.work(engine, tmp_path, monkeypatch)
        observer.note()
        assert path.read_bytes() == before  # the whole work lies in the log
        log = observer.log.read_bytes()
        engine.dispose()

    assert len(observer.acknowledged) > job.commits
    assert len({found for _, found in observer.acknowledged}) == len(observer.acknowledged)
    cuts = [*range(0, len(log), STEP), len(log)]
    assert len(cuts) > 20
    for number, size in enumerate(cuts):
        left = cut(tmp_path / "cut", before, log[:size])
        assert state(left) == observer.at(size), f"cut at {size}"
        if number % 4:
            continue
        # Some file systems have the length on the disk before the bytes; zeros may be what was written.
        zeros = log[:size] + bytes(len(log) - size)
        there = len(log) - len(log[size:].lstrip(b"\0"))
        left = cut(tmp_path / "cut", before, zeros)
        with closing(sqlite3.connect(left)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            assert state_read_by(connection) == observer.at(there), f"cut at {size}, zeros behind"
    db.open_database(str(left)).dispose()


@pytest.mark.parametrize("name", ["ingest", "migrate"])
def test_an_archive_that_the_power_cut_stopped_goes_on_where_it_was(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same command is run again after a cut in the midst of it."""
    job, path = JOBS[name], tmp_path / "archive.db"
    make(path, job.revision)
    with Observer(path) as observer:
        before = path.read_bytes()
        engine = observer.watch(archive_at(path))
        job.work(engine, tmp_path, monkeypatch)
        log = observer.log.read_bytes()
        engine.dispose()
    left = cut(tmp_path / "cut", before, log[: len(log) // 2])

    again = db.open_database(str(left))
    job.work(again, left.parent, monkeypatch)
    again.dispose()

    for table in ("statement", "statement_capture", "party", "reading"):
        assert count(left, table) == count(path, table), table


def count(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


# ---- two connections of one process ---------------------------------------------------------------

WRITER = """
import sys
from db import open_database, writing
from db.models import Party
engine = open_database(sys.argv[1])
with writing(engine) as session:
    session.add(Party(id="x:other", name="Other"))
engine.dispose()
"""


def test_an_archive_that_is_opened_twice_in_one_process_loses_no_commit_to_another_process(
    tmp_path: Path,
) -> None:
    """A process that opens and closes the file by itself drops SQLite's locks on it, so that the last one to
    close it elsewhere takes the log away from under those who still write to it."""
    path = tmp_path / "archive.db"
    engine = db.open_database(str(path), create=True)
    add(engine, "x:first")
    db.open_database(str(path)).dispose()

    subprocess.run(
        [sys.executable, "-c", WRITER, str(path)], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True
    )
    add(engine, "x:last")

    asked = (
        f"import sqlite3; print(sqlite3.connect({str(path)!r}).execute('SELECT id FROM party').fetchall())"
    )
    seen = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    engine.dispose()
    assert all(name in seen for name in ("x:first", "x:other", "x:last"))


def add(engine: Engine, name: str) -> None:
    with db.writing(engine) as session:
        session.connection().exec_driver_sql("INSERT INTO party (id, name) VALUES (?, ?)", (name, name))


# ---- SIGKILL --------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = [sys.argv[4], sys.argv[4] + "/tests"]
import pytest
from sqlalchemy import event
import test_power_cut as cut

name, folder, at = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
engine, left = cut.archive_at(folder / "archive.db"), at

def executed(connection, cursor, query, *more):
    global left
    if query.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP")):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

event.listen(engine, "after_cursor_execute", executed)
with pytest.MonkeyPatch.context() as patch:
    cut.JOBS[name].work(engine, folder, patch)
print(at - left)
"""


def killed_at(name: str, folder: Path, at: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", KILLED, name, str(folder), str(at), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )


KILLS = {"ingest": (1, 30), "analyse": (1, 12), "migrate": (1, 60)}
"""At which writes, of those of the whole work, the process is killed."""


@pytest.mark.parametrize(("name", "at"), [(name, at) for name in KILLS for at in KILLS[name]])
def test_a_job_that_is_killed_at_a_write_and_run_again_ends_as_one_that_was_not(
    name: str, at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, whole, path = JOBS[name], tmp_path / "whole", tmp_path / "archive.db"
    whole.mkdir()
    make(path, job.revision)
    shutil.copy(path, whole / "archive.db")
    undisturbed = archive_at(whole / "archive.db")
    job.work(undisturbed, whole, monkeypatch)
    undisturbed.dispose()

    killed = killed_at(name, tmp_path, at)
    assert killed.returncode == -signal.SIGKILL, killed

    engine = archive_at(path)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    job.work(engine, tmp_path, monkeypatch)
    engine.dispose()
    for table in ("statement", "statement_capture", "party", "reading", "rating", "target", "kind"):
        assert count(path, table) == count(whole / "archive.db", table), table
