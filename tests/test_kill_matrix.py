"""A round that is killed at any page and boundary of any platform loses nothing, doubles nothing.

Each cell: a process collects an account, is ended by SIGKILL at one step, and another one is started.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import KILLS
from killable import Cell, Killer
from loopback import Loopback
from platforms import FAKES, copy_of, fake_of, keep_account, means_for, shown
from sqlmodel import Session, select
from world import World, filled

from archive.schedules import FULL_EVERY
from archive.streams import Step
from db import open_database
from db.engine import writing
from db.models import Account, Coverage, Schedule, Statement
from db.words import CoverageStatus

POSTS = 11
MORE = 5
PAGE = 4


@dataclass(frozen=True)
class Stage:
    """The round that is killed: whether another one went before it, and whether it reads all again."""

    known: bool = False
    full: bool = False


STAGES = {
    "first round": Stage(),
    "later round": Stage(known=True),
    "full round": Stage(known=True, full=True),
}


@dataclass(frozen=True)
class Run:
    """How many pages were asked for, and what is archived."""

    pages: int
    posts: dict[str, str]


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    with Killer() as running:
        yield running


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty archive, closed, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "archive.db"
    engine = open_database(str(path), create=True)
    engine.dispose()
    return path


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("collector", FAKES)
def test_a_kill_at_any_boundary_of_any_page_loses_and_doubles_nothing(
    collector: str,
    stage: str,
    killer: Killer,
    empty: Path,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    world = filled(POSTS)
    with fake_of(collector, world, page_size=PAGE) as loopback:
        bench = _Bench(killer, loopback, empty, tmp_path)
        if STAGES[stage].known:
            bench.let_collect(full_is_due=STAGES[stage].full)
            go_on(world)
        wanted = shown(loopback.fake)
        steps, whole, idle = bench.undisturbed()
        assert whole.posts == wanted
        cells = [Cell(Step(name), number) for name, count in steps.items() for number in range(1, count + 1)]
        assert {cell.step for cell in cells} == set(Step)
        refetched = 0
        for cell in cells:
            pages, posts, rows = bench.killed_at(cell)
            assert posts == wanted, f"{collector}, killed {cell}"
            assert rows == len(wanted), f"{collector}, killed {cell}"
            again = pages - whole.pages - idle
            assert again <= 1, f"{collector}, killed {cell}"
            refetched = max(refetched, again)
    record_property(KILLS, (collector, stage, len(cells), refetched))


def go_on(world: World) -> None:
    """What happens between the first round and the one that is killed."""
    for number in range(MORE):
        world.post("ada", f"Statement number {number} of the night.", same_time=number % 4 == 3)


class _Bench:
    """Rounds of one platform on copies of an archive."""

    def __init__(self, killer: Killer, loopback: Loopback, empty: Path, folder: Path) -> None:
        self._killer, self._loopback, self._folder = killer, loopback, folder
        self._template = copy_of(empty, folder / "template.db")
        engine = open_database(str(self._template))
        keep_account(engine, loopback.fake.ref("ada", loopback.url))
        engine.dispose()
        means = means_for(loopback)
        self._settings = {
            "environment": dict(means.environment),
            "allow": list(means.allow),
            "chosen": list(means.chosen),
        }

    def _round(self, path: Path, cell: Cell | None) -> dict[str, int]:
        ended = self._killer.round(path, self._settings, cell)
        if cell is None:
            assert not ended.killed
            assert ended.exit_code == 0
        else:
            assert ended.killed, f"{cell} was never come to"
        return ended.steps

    def let_collect(self, *, full_is_due: bool) -> None:
        """One whole round on the archive that all others are copied from."""
        self._round(self._template, None)
        if full_is_due:
            engine = open_database(str(self._template))
            with writing(engine) as session:
                schedule = session.exec(select(Schedule)).one()
                schedule.full_at = datetime.now(UTC) - FULL_EVERY
                session.add(schedule)
            engine.dispose()

    def undisturbed(self) -> tuple[dict[str, int], Run, int]:
        """The steps of a round that nobody kills, what it needs and gives; the pages of an idle one."""
        path = self._copy("whole.db")
        before = self._loopback.pages
        steps = self._round(path, None)
        whole = self._loopback.pages - before
        self._round(path, None)
        idle = self._loopback.pages - before - whole
        posts, _ = self._archived(path)
        return steps, Run(whole, posts), idle

    def killed_at(self, cell: Cell) -> tuple[int, dict[str, str], int]:
        """Pages asked for by a killed round and the next one; what is archived then, and in how many rows."""
        path = self._copy("killed.db")
        before = self._loopback.pages
        self._round(path, cell)
        self._round(path, None)
        return self._loopback.pages - before, *self._archived(path)

    def _copy(self, name: str) -> Path:
        path = self._folder / name
        for log in ("-wal", "-shm"):
            Path(f"{path}{log}").unlink(missing_ok=True)
        return copy_of(self._template, path)

    def _archived(self, path: Path) -> tuple[dict[str, str], int]:
        engine = open_database(str(path))
        with Session(engine) as session:
            rows = session.exec(select(Statement.post_id, Statement.text)).all()
            accounts = session.exec(select(Account.id)).all()
            coverage = session.exec(select(Coverage.stream, Coverage.status)).all()
        engine.dispose()
        assert len(accounts) == 1
        assert {status for _, status in coverage} == {CoverageStatus.COMPLETE}
        return dict(rows), len(rows)
