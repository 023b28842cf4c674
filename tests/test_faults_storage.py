"""A full disk, a locked archive, a second job: nothing is half-written, and the next round goes on."""

import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread

import pytest
from archives_on_server import held
from faults import Bench, bench_of
from platforms import FAKES, archived, shown
from sqlalchemy import event
from sqlmodel import Session, select

from archive.endings import Ending
from archive.streams import Step
from db import BusyDatabase, FullDisk
from db.models import Round

Watch = Callable[[Step], None]


def at_page(number: int, do: Callable[[], None]) -> Watch:
    """Does something once, when a page (from 1) of a round was read and is to be stored."""
    steps: Counter[Step] = Counter()

    def watch(step: Step) -> None:
        steps[step] += 1
        if step is Step.AFTER_REQUEST and steps[step] == number:
            do()

    return watch


def stands_as_before(bench: Bench) -> None:
    """What is stored of a round that ended early is true, and the next one completes it."""
    assert archived(bench.engine).items() <= shown(bench.loopback.fake).items()
    outcome = bench.round()
    assert outcome.ending is Ending.DONE, outcome.message
    assert bench.holds_everything()
    assert {row["status"] for row in bench.ledger()} == {"complete"}


@pytest.mark.parametrize("collector", FAKES)
def test_a_full_disk_ends_the_round_and_leaves_no_half_of_a_page(collector: str, tmp_path: Path) -> None:
    """SQLite itself says so, as soon as its file must not grow: the same error as a disk without room."""
    with bench_of(collector, tmp_path) as bench:
        full = Event()

        def checkout(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
            [pages] = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages if full.is_set() else 1 << 30}")

        event.listen(bench.engine, "checkout", checkout)
        for number in range(40):
            bench.world.post("ada", f"Statement {number}" + " of many words" * 40 * number)
        with pytest.raises(FullDisk, match="the disk is full"):
            bench.round(watch=at_page(2, full.set))
        assert not bench.holds_everything()

        full.clear()
        stands_as_before(bench)


@pytest.mark.parametrize("collector", FAKES)
def test_a_locked_archive_ends_the_round_and_loses_nothing(collector: str, tmp_path: Path) -> None:
    with bench_of(collector, tmp_path, busy_seconds=0.1) as bench:
        with ExitStack() as others, pytest.raises(BusyDatabase, match="in use"):
            bench.round(watch=at_page(2, lambda: others.enter_context(held(tmp_path / "archive.db"))))

        stands_as_before(bench)
        with Session(bench.engine) as session:
            assert session.exec(select(Round.outcome)).all() == [None, "done"]


@pytest.mark.parametrize("collector", FAKES)
def test_of_two_jobs_at_once_one_collects_an_account_and_the_other_leaves_it(
    collector: str, tmp_path: Path
) -> None:
    """The second one comes while the first holds a page in its hands."""
    with bench_of(collector, tmp_path) as bench:
        reading, go_on = Event(), Event()

        def wait_for_the_other() -> None:
            reading.set()
            assert go_on.wait(60)

        first = Thread(target=lambda: bench.round(watch=at_page(1, wait_for_the_other)))
        first.start()
        try:
            assert reading.wait(60)
            before = len(bench.loopback.asked)
            second = bench.summary()
            assert len(bench.loopback.asked) == before
        finally:
            go_on.set()
            first.join(60)

        assert [one.ending for one in second.outcomes] == [Ending.BUSY]
        assert second.exit_code == 75
        assert bench.holds_everything()
