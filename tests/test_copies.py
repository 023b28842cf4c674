"""A whole archive in another file: every row with its number, proven, also after an interruption."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import example_archive as example
import pytest
import timed_archive
from archives_on_server import address_of, rows_in
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, Executable, delete, update
from sqlmodel import Session, SQLModel, col, select
from typer.testing import CliRunner, Result

import hustings
from db import open_database, writing
from db.copies import copy_archive, open_target
from db.copies.rows import Sum, batches_of, sum_of
from db.errors import ArchiveDatabaseError, CopyDiffers, SourceChanged, UnfinishedCopy
from db.models import Capture, Party, Rating, Round, Schedule, Statement
from db.rows import table_of
from db.search import fill_index, found_by, parse_query


@pytest.fixture
def source(engine: Engine) -> Engine:
    timed_archive.fill(engine)
    with writing(engine) as session:
        fill_index(session)
        session.add(Schedule(account_id=1, failures=2))
    return engine


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Engine]:
    opened = open_target(str(tmp_path / "copy.db"))
    yield opened
    opened.dispose()


def everything(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables as they are stored."""
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for rows in batches_of(connection, table) for row in rows]
            for table in SQLModel.metadata.sorted_tables
        }


def interrupted(source: Engine, target: Engine, *, after: int) -> None:
    """A copy that ends once so many rows are done."""

    def stop(done: int, total: int) -> None:
        if done >= after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_archive(source, target, stop)


def test_a_copy_has_every_row_of_every_table_with_its_number(source: Engine, target: Engine) -> None:
    copied = copy_archive(source, target)

    there = everything(source)
    assert everything(target) == there
    assert {table.name: table.rows for table in copied.tables} == {
        name: len(rows) for name, rows in there.items()
    }
    assert (copied.changed, copied.rows) == ((), sum(map(len, there.values())))
    assert sum(1 for rows in there.values() if rows) > 20


def test_a_copy_is_an_archive_like_any_other(source: Engine, target: Engine) -> None:
    copy_archive(source, target)
    with source.connect() as connection:
        highest = max(row[0] for rows in batches_of(connection, table_of(Round)) for row in rows)

    again = open_database(str(target.url.database))
    with writing(again) as session:
        added = Round(command="test", version="0")
        session.add(added)
        session.flush()
        assert added.id == highest + 1
        found = select(Statement.post_id).where(found_by(session, parse_query("harbour")))
        assert session.exec(found).all() == ["1911111111111111113"]
    again.dispose()


def test_what_is_null_stays_so_and_json_stays_as_it_was_written(source: Engine, target: Engine) -> None:
    with writing(source) as session:
        session.add_all(
            Capture(
                kind="page",
                source="https://example.org/",
                media_type="text/html",
                retrieved_at=example.DECLARED,
                sha256="0" * 64,
                size=0,
                body=body,
                options=options,
            )
            for body, options in ((b"\x00\xff\x01", {"z": 1.50, "a": "\u202e"}), (None, None))
        )
        session.flush()
    copy_archive(source, target)

    query = "SELECT CAST(options AS TEXT), options IS NULL, body IS NULL FROM capture ORDER BY id"
    assert rows_in(str(target.url.database), query) == rows_in(str(source.url.database), query)


def test_a_database_that_holds_anything_is_left_as_it_is(source: Engine, target: Engine) -> None:
    with writing(target) as session:
        session.add(Party(id="x:1", name="Alpha"))
    before = everything(target)

    with pytest.raises(ArchiveDatabaseError, match="rows of party"):
        copy_archive(source, target)
    with pytest.raises(ArchiveDatabaseError, match="into itself"):
        copy_archive(source, source)

    assert everything(target) == before


def test_a_finished_copy_is_not_copied_into_again(source: Engine, target: Engine) -> None:
    copy_archive(source, target)
    with pytest.raises(ArchiveDatabaseError, match="not empty"):
        copy_archive(source, target)


def test_an_unfinished_copy_is_no_archive(source: Engine, target: Engine) -> None:
    interrupted(source, target, after=50)

    with pytest.raises(UnfinishedCopy, match="run `hustings copy` again"):
        open_database(str(target.url.database))

    copy_archive(source, target)
    open_database(str(target.url.database)).dispose()


# ---- interrupted ----------------------------------------------------------------------------------

RUN = """
import os, signal, sys
from db import open_database
from db.copies import copy_archive, open_target, rows

source, *targets = sys.argv[1:]
rows.BATCH = rows.BATCH_WITH_BYTES = 3

def copy(target, at):
    left = at

    def told(done, total):
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    copy_archive(open_database(source), open_target(target), told)
    os._exit(0)

kills = 0
for kill in targets:
    at, _, target = kill.partition("=")
    at = int(at)
    while True:
        child = os.fork()
        if child == 0:
            copy(target, at)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code == 0:
            break
        assert code == -signal.SIGKILL
        kills += 1
        at += at + 1  # which is told of what was copied before, too
print(kills)
"""
"""Each copy in a process of its own, which is killed when it is told for the nth time, and begun again."""


def test_a_copy_that_is_killed_at_any_batch_and_run_again_loses_and_doubles_nothing(
    source: Engine, tmp_path: Path
) -> None:
    there, targets = everything(source), {at: tmp_path / f"copy-{at}.db" for at in (1, 2, 40)}
    for target in targets.values():
        open_database(str(target), create=True).dispose()
    words = [f"{at}={address_of(target)}" for at, target in targets.items()]

    source_address = address_of(source.url.database)
    command = [sys.executable, "-c", RUN, source_address, *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True)

    assert int(done.stdout) > 10
    for target in targets.values():
        copy = open_database(str(target))
        assert everything(copy) == there
        copy.dispose()


def test_what_came_after_an_interruption_is_copied_too(source: Engine, target: Engine) -> None:
    interrupted(source, target, after=95)
    with writing(source) as session:
        example.add_statement(session, "2001", "maren", "Later.", None)
        session.get_one(Schedule, 1).failures = 3  # which nothing refers to: its table is copied anew

    copied = copy_archive(source, target)

    assert (everything(target), copied.changed) == (everything(source), ())


def test_an_interrupted_copy_of_what_has_changed_since_is_refused(source: Engine, target: Engine) -> None:
    interrupted(source, target, after=95)
    with writing(source) as session:
        session.execute(update(Statement).where(col(Statement.post_id) == "1003").values(text="Other."))

    with pytest.raises(SourceChanged, match="statement of the source has changed"):
        copy_archive(source, target)


# ---- proven ---------------------------------------------------------------------------------------


def once(act: Callable[[], object], *, when: Callable[[int, int], bool]) -> Callable[[int, int], None]:
    """Something to be told of progress that acts the first time that it stands so."""
    done_so: list[bool] = []

    def told(done: int, total: int) -> None:
        if not done_so and when(done, total):
            done_so.append(True)
            act()

    return told


def test_a_source_that_changes_meanwhile_is_told_and_the_copy_is_of_one_moment(
    source: Engine, target: Engine
) -> None:
    before = everything(source)

    def write() -> None:
        with writing(source) as session:
            example.add_statement(session, "2001", "maren", "Meanwhile.", None)

    copied = copy_archive(source, target, once(write, when=lambda done, total: done > 0))

    assert copied.changed == ("statement", "statement_capture")
    assert everything(target) == before


@pytest.mark.parametrize("damage", [update(Rating).values(score=0.25), delete(Rating)])
def test_a_copy_that_does_not_hold_what_was_read_is_refused(
    damage: Executable, source: Engine, target: Engine
) -> None:
    def harm() -> None:
        with writing(target) as session:
            session.execute(damage)

    with pytest.raises(CopyDiffers, match="of rating") as refused:
        copy_archive(source, target, once(harm, when=lambda done, total: done >= total // 2))

    assert refused.value.exit_code == 3
    with pytest.raises(UnfinishedCopy):
        open_database(str(target.url.database))


def test_another_byte_of_a_page_makes_another_sum(source: Engine) -> None:
    table = table_of(Capture)
    with Session(source) as session:
        before = sum_of(session.connection(), table)
        session.execute(update(Capture).where(col(Capture.id) == 2).values(body=b"some rowt"))
        assert sum_of(session.connection(), table) != before


@given(st.lists(st.tuples(st.integers(), st.text(), st.none() | st.binary(), st.floats(allow_nan=False))))
def test_a_sum_is_the_same_in_whatever_order_and_batches_rows_come(
    rows: Sequence[tuple[object, ...]],
) -> None:
    whole = Sum().plus(rows)
    backwards = Sum()
    for row in reversed(rows):
        backwards = backwards.plus([row])
    assert whole == backwards
    assert Sum().plus([*rows, (1,)]) != whole


# ---- the command ----------------------------------------------------------------------------------


def run(*words: object) -> Result:
    return CliRunner().invoke(hustings.app, ["copy", *map(str, words)], catch_exceptions=False)


def test_the_command_says_what_it_copied(source: Engine, tmp_path: Path) -> None:
    here, there = source.url.database, tmp_path / "new.db"

    said = json.loads(run(here, there, "--json").stdout)
    again = run(here, there)

    assert (said["exit_code"], said["changed"]) == (0, [])
    assert said["rows"] == sum(table["rows"] for table in said["tables"]) > 80
    assert {len(table["digest"]) for table in said["tables"]} == {64}
    assert (again.exit_code, "not empty" in again.stderr) == (2, True)
    assert "read back: the same" in run(here, tmp_path / "another.db").stdout


def test_there_is_nothing_to_copy_from_a_database_that_is_not_there(tmp_path: Path) -> None:
    refused = run(tmp_path / "none.db", tmp_path / "new.db")

    assert (refused.exit_code, "no database" in refused.stderr) == (2, True)
    assert not (tmp_path / "new.db").exists()
