"""A power cut at any 4 KB while something is forgotten: what was acknowledged holds, a second run ends it.

Forgetting is one transaction, behind which the file is written anew, its log taken over and emptied, and the
end noted. The cuts are those of tests/test_power_cut.py in each of these stages, and between them: with any
part of the new file written while the log is whole.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from erasure_archive import (
    HANDLE,
    NAME,
    NOON,
    fill,
    forbidden,
    found_in,
    import_text,
    left,
    ndjson,
    remaining,
    words,
)
from power_cuts import STEP, Observer, Stage, archive_at, cut, state_read_by
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from typer.testing import CliRunner

import db
from archive.erasure.forgetting import Asked, finish, forget, unfinished
from archive.erasure.retention import find_due, read_policies
from archive.erasure.subjects import find_subjects, whole
from db.models import Account, Observation, Statement
from db.words import ErasureSubject, State
from hustings import app

ENTRIES = words(6)
THEIRS = [one.text for one in ENTRIES if one.is_theirs]
OTHERS = [one.text for one in ENTRIES if not one.is_theirs]


POLICIES = "platform\tstate\thours\tbecause\n*\tdeleted\t0\tour promise to the authors\n"


def forget_a_person(engine: Engine, _policies: Path) -> None:
    with Session(engine) as session:
        subjects = find_subjects(session, persons=["p:zeb"])
    forget(engine, subjects, Asked(ErasureSubject.PERSON, "asked by letter"))
    finish(engine)


def retain(engine: Engine, policies: Path) -> None:
    with Session(engine) as session:
        due = find_due(session, read_policies(policies), now=NOON)
        subjects = whole(session, due.statements)
    forget(engine, subjects, Asked(ErasureSubject.RETENTION, "retention policies", due.facts))
    finish(engine)


@dataclass(frozen=True)
class Job:
    """What goes on when the power is cut."""

    work: Callable[[Engine, Path], None]
    command: tuple[str, ...]
    """The same work, as a user begins it again."""
    removed: tuple[str, ...]
    """What is forgotten: texts, handles and names."""


JOBS = {
    "forget": Job(forget_a_person, ("forget", "--person", "p:zeb"), (*THEIRS, HANDLE, NAME)),
    "retain": Job(retain, ("retain", "--policies", "POLICIES"), tuple(THEIRS)),
}


def make(path: Path, policies: Path) -> None:
    """24 posts in every form of captures; the 12 of one person were seen deleted."""
    policies.write_text(POLICIES)
    engine = db.open_database(str(path), create=True)
    fill(engine, path.parent, ENTRIES)
    with db.writing(engine) as session:
        theirs = select(Account.id).where(Account.person_id == "p:zeb")
        query = select(Statement.id).where(col(Statement.account_id).in_(theirs))
        for number in session.exec(query).all():
            session.add(Observation(statement_id=number, state=State.DELETED, observed_at=NOON))
    engine.dispose()


@dataclass(frozen=True)
class Ran:
    """One undisturbed run."""

    job: Job
    folder: Path
    stages: list[Stage]

    def cuts(self) -> Iterator[tuple[str, bytes, bytes, str]]:
        """What may be on the disk: where the cut was, the file, its log, and the state that is promised."""
        for number, stage in enumerate(self.stages):
            for size in (*range(0, len(stage.log), STEP), len(stage.log)):
                yield f"stage {number}, {size}", stage.file, stage.log[:size], stage.at(size)
                if size // STEP % 4 == 0:
                    there = len(stage.log) - len(stage.log[size:].lstrip(b"\0"))
                    zeros = stage.log[:size] + bytes(len(stage.log) - size)
                    yield f"stage {number}, {size} and zeros", stage.file, zeros, stage.at(there)
        for number, (stage, later) in enumerate(zip(self.stages, self.stages[1:], strict=False)):
            promised = stage.at(len(stage.log))
            for size in range(0, len(later.file) + STEP, STEP):
                taken_over = later.file[:size] + stage.file[size:]
                yield f"behind stage {number}, {size} taken over", taken_over, stage.log, promised


@pytest.fixture(scope="module", params=JOBS)
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    job, folder = JOBS[request.param], tmp_path_factory.mktemp(request.param)
    path, policies = folder / "archive.db", folder / "policies.tsv"
    make(path, policies)
    with Observer(path) as observer:
        engine = observer.watch(archive_at(path))
        job.work(engine, policies)
        observer.end_stage()
        engine.dispose()
    return Ran(job, folder, observer.stages)


def test_a_power_cut_at_any_4_kb_of_forgetting_leaves_exactly_what_was_acknowledged(
    ran: Ran, tmp_path: Path
) -> None:
    promised, tried = set(), 0
    for where, file, log, wanted in ran.cuts():
        with closing(sqlite3.connect(cut(tmp_path / "cut", file, log))) as connection:
            assert state_read_by(connection) == wanted, where
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == [], where
            assert tried % 8 or connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)], where
        promised.add(wanted)
        tried += 1

    assert tried > 300
    assert len(promised) == 4  # as it was, forgotten, the index built anew, the end noted


def test_what_a_power_cut_left_of_forgetting_verifies_and_the_same_command_ends_it(
    ran: Ran, tmp_path: Path
) -> None:
    """One cut of each stage and state, the last."""
    seen = {(where.partition(",")[0], state): (file, log) for where, file, log, state in ran.cuts()}
    assert len(seen) == 6
    ends = set()
    for number, (file, log) in enumerate(seen.values()):
        path = cut(tmp_path / str(number), file, log)
        begun, there = standing(path)
        assert (begun, there) in {(0, 24), (1, 12), (0, 12)}
        ends.add((begun, there))
        assert run(path, "verify") == 0

        if begun:
            assert run(path, "forget") == 0
        elif there == 24:
            policies = str(ran.folder / "policies.tsv")
            assert run(path, *(policies if word == "POLICIES" else word for word in ran.job.command)) == 0

        assert standing(path) == (0, 12)
        assert run(path, "verify") == 0
        assert_gone(path, ran.job)
    assert len(ends) == 3


def test_once_forgetting_said_that_it_is_done_no_power_cut_leaves_a_byte_of_it(ran: Ran) -> None:
    traces = forbidden(list(ran.job.removed), OTHERS)
    first, last = ran.stages[0], ran.stages[-1]

    assert found_in(traces, first.file), "they are there before"
    assert found_in(traces, last.file) == found_in(traces, last.log) == set()


def run(path: Path, *words: str) -> int:
    return CliRunner().invoke(app, ["--db", str(path), *words]).exit_code


def standing(path: Path) -> tuple[int, int]:
    """How many erasures are not finished, and how many statements there are."""
    with opened(path) as engine:
        return unfinished(engine), len(remaining(engine))


def assert_gone(path: Path, job: Job) -> None:
    """No trace is left, the posts of others are there, and what was forgotten does not come back."""
    traces = forbidden(list(job.removed), OTHERS)
    with opened(path) as engine:
        assert left(engine, traces) == {}
        assert sorted(remaining(engine)) == sorted(OTHERS * 4)
        import_text(engine, path.parent / "posts.ndjson", ndjson(ENTRIES))
        assert sorted(remaining(engine)) == sorted(OTHERS * 4)
        assert left(engine, traces) == {}


@contextmanager
def opened(path: Path) -> Iterator[Engine]:
    engine = db.open_database(str(path))
    yield engine
    engine.dispose()
