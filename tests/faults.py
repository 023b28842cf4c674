"""One platform with a fault in it, and what rounds make of it: for tests/test_faults_*.py."""

import atexit
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

from loopback import Fault, Loopback, serving
from platforms import FAKES, archived, copy_of, keep_account, means_for, shown
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from world import World, filled

from archive.endings import Outcome, Summary
from archive.jobs import Wish, run
from archive.streams import Step
from db import open_database
from db.models import Account, Capture, Coverage, Quarantine, Statement

POSTS = 12
PAGE = 4

MIDDLE: Mapping[str, int] = {"telegram": 3}
"""Which page request (from 0) is one in the middle of the posts; of all others the second is.

Telegram's first two are for the channel's newest page: who it is, and how far to go."""


@dataclass
class Bench:
    """A platform behind HTTP, an archive that has one account of it, and rounds in the world's time."""

    engine: Engine
    loopback: Loopback
    account_id: int
    allowed: Collection[str] = ()
    """Further hosts that may be read."""

    @property
    def collector(self) -> str:
        return self.loopback.fake.collector

    @property
    def world(self) -> World:
        return self.loopback.fake.world

    def fail(self, name: str, fault: Fault) -> None:
        """Show a fault at a page in the middle of the next round, which is the account's first."""
        self.loopback.fail(MIDDLE.get(self.collector, 1), name, fault)

    def summary(
        self, *, full: bool | None = False, watch: Callable[[Step], None] = lambda step: None
    ) -> Summary:
        """A round over all accounts."""
        means = means_for(self.loopback, self.world.clock)
        means = replace(means, allow=(*means.allow, *self.allowed))
        return next(iter(run(self.engine, means, Wish(full=full, workers=1), watch=watch)))

    def round(
        self, *, full: bool | None = False, watch: Callable[[Step], None] = lambda step: None
    ) -> Outcome:
        """What became of the one account in a round."""
        (outcome,) = self.summary(full=full, watch=watch).outcomes
        return outcome

    def holds_everything(self) -> bool:
        """Whether the archive holds what the platform shows: each post once, nothing else."""
        with Session(self.engine) as session:
            rows = len(session.exec(select(Statement.id)).all())
        there = archived(self.engine)
        return there == shown(self.loopback.fake) and rows == len(there)

    def ledger(self) -> list[dict[str, Any]]:
        """The ledger's rows."""
        with Session(self.engine) as session:
            rows = session.exec(select(Coverage).order_by(col(Coverage.id))).all()
            return [row.model_dump(exclude={"round_id", "updated_at"}) for row in rows]

    def quarantined(self) -> list[tuple[Quarantine, Capture]]:
        """What could not be read, each with the page that keeps its bytes."""
        with Session(self.engine) as session:
            found = session.exec(select(Quarantine, Capture).join(Capture)).all()
            return list(found)

    def captures(self) -> list[Capture]:
        """All pages that were kept."""
        with Session(self.engine) as session:
            return list(session.exec(select(Capture)).all())

    def account(self) -> Account:
        """The account's row."""
        with Session(self.engine) as session:
            return session.get_one(Account, self.account_id)


@cache
def _empty() -> Path:
    """An empty archive to be copied: quicker than making one each time."""
    path = Path(mkdtemp()) / "empty.db"
    open_database(str(path), create=True).dispose()
    atexit.register(rmtree, path.parent)
    return path


@contextmanager
def bench_of(
    collector: str,
    folder: Path,
    *,
    world: World | None = None,
    page_size: int = PAGE,
    clock_off: float = 0,
    busy_seconds: float = 30,
) -> Iterator[Bench]:
    """A bench with a new archive, of which the account knows only what a user would say."""
    fake = FAKES[collector](world or filled(POSTS), page_size)
    with serving(fake, clock_off=clock_off) as loopback:
        engine = open_database(str(copy_of(_empty(), folder / "archive.db")), busy_seconds=busy_seconds)
        try:
            yield Bench(engine, loopback, keep_account(engine, fake.ref("ada", loopback.url)))
        finally:
            engine.dispose()
