"""Rounds over a timeline of X that changes meanwhile, interrupted anywhere, and within a budget."""

import random
from pathlib import Path

import pytest
from fake_x import FakeX
from faults import Bench as EngineBench
from faults import bench_of
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import serving
from sqlmodel import Session, select
from world import Clock, World, WorldPost, filled
from x_bench import EVERYTHING, Bench, bench

from archive.collectors.x import collector
from archive.collectors.x.costs import POST_USD, USER_USD
from archive.contract import BudgetSpent, CursorExpired, Post, Setup, Stretch
from archive.endings import Ending
from archive.web import MemoryBook, open_web
from db.models import Spending
from db.words import State


class Keeper:
    """The least that an archive must do: keeps posts, and goes on where it was interrupted."""

    def __init__(self, at: Bench) -> None:
        self.at = at
        self.texts: dict[str, set[str]] = {}
        self.known: str | None = None
        """Everything up to this position was read."""
        self._open: Stretch | None = None
        self._top: str | None = None

    def round(self, pages: int) -> None:
        """First what is left of the last round, then what is new; interrupted after so many pages."""
        while pages > 0:
            left_over = self._open is not None
            pages = self._read(self._open or Stretch("posts", after=self.known), pages)
            if not left_over:
                return

    def _read(self, stretch: Stretch, pages: int) -> int:
        """How many pages are left."""
        try:
            for served in self.at.x.fetch(self.at.web, self.at.ref(), stretch):
                for post in self.at.read(served):
                    self._keep(post)
                if self._top is None and served.positions:
                    self._top = served.positions[0]
                low = served.positions[-1] if served.positions else stretch.before
                self._open = Stretch("posts", after=self.known, before=low, cursor=served.cursor)
                pages -= 1
                if served.end:
                    self.known, self._top, self._open = self._top or self.known, None, None
                if pages == 0 or served.end:
                    return pages
        except CursorExpired:
            assert self._open is not None
            self._open = Stretch("posts", after=self.known, before=self._open.before)
        return pages

    def _keep(self, post: Post) -> None:
        said = self.texts.setdefault(post.post_id, set())
        said |= {post.text, *(version.text for version in post.versions)}


def change(fake: FakeX, chance: random.Random) -> None:
    """Something that people do."""
    world = fake.world
    mine = world.shown("ada")
    match chance.randrange(6):
        case 0 if mine:
            world.delete(chance.choice(mine))
        case 1 | 2 if mine:
            world.edit(chance.choice(mine), f"Edited for the {len(world.posts)}th time {chance.random()}")
        case 3:
            world.skip_ids(3)
            world.post("ada", f"Answer {len(world.posts)}", reply_to=mine[-1] if mine else None)
        case 4:
            fake.switches.expire_cursors = True
        case _:
            world.post("ada", f"Statement {len(world.posts)}", same_time=chance.random() < 0.3)


def all_texts(post: WorldPost) -> set[str]:
    return {text for _, text in post.texts}


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4)), max_size=8))
def test_after_any_interruptions_nothing_that_is_shown_is_missing(
    seed: int, rounds: list[tuple[int, int]]
) -> None:
    chance = random.Random(seed)
    fake = FakeX(filled(17), page_size=5)
    with bench(fake) as at:
        keeper = Keeper(at)
        for changes, pages in rounds:
            keeper.round(pages)
            for _ in range(changes):
                change(fake, chance)
        for _ in range(3):
            fake.switches.expire_cursors = False
            keeper.round(1000)

        for post in fake.world.shown("ada"):
            assert keeper.texts[fake.post_id(post)] == all_texts(post)


def test_the_budget_stops_before_the_page_that_could_exceed_it() -> None:
    with serving(FakeX(filled(250))) as loopback:
        x = collector(Setup(settings=loopback.settings, secret=loopback.settings.get))
        book = MemoryBook({"HUSTINGS_X_TOKEN": 2.2})
        with open_web(
            book=book, release="1", policies=x.policies, allowed=["127.0.0.1"], clock=Clock()
        ) as web:
            at = Bench(loopback, web)
            timeline = at.x.fetch(web, at.ref(), EVERYTHING)
            assert len(at.read(next(timeline))) == 100
            assert len(at.read(next(timeline))) == 100

            with pytest.raises(BudgetSpent):
                next(timeline)
            assert loopback.pages == 2


HOUR = 3600.0


def spent(at: EngineBench) -> float:
    """US dollars, so far."""
    with Session(at.engine) as session:
        return sum(entry.usd for entry in session.exec(select(Spending)))


def test_an_account_that_never_posted_is_looked_at_once_a_day(tmp_path: Path) -> None:
    world = World()
    world.account("ada")
    with bench_of("x", tmp_path, world=world) as at:
        at.round()
        found = spent(at)
        for _ in range(48):
            world.clock.pass_(HOUR)
            assert at.round().ending is Ending.DONE
        assert spent(at) - found == pytest.approx(2 * USER_USD)


def test_a_known_account_that_falls_silent_is_looked_at_after_a_week_and_costs_nothing_before(
    tmp_path: Path,
) -> None:
    with bench_of("x", tmp_path, page_size=100) as at:
        at.round()
        paid, fake = spent(at), at.loopback.fake
        assert isinstance(fake, FakeX)
        fake.silent = True
        for _ in range(6):
            at.world.clock.pass_(24 * HOUR)
            assert at.round().ending is Ending.DONE
        assert spent(at) == paid
        at.world.accounts["ada"].state = State.PROTECTED
        at.world.clock.pass_(24 * HOUR)
        outcome = at.round()
        assert outcome.ending is Ending.UNAVAILABLE
        assert outcome.message is not None
        assert outcome.message.startswith("protected")
        assert spent(at) - paid == pytest.approx(USER_USD)


def test_a_known_account_that_is_only_quiet_costs_a_look_a_week(tmp_path: Path) -> None:
    with bench_of("x", tmp_path, page_size=5) as at:
        at.round()
        paid = spent(at)
        for _ in range(4 * 30):
            at.world.clock.pass_(6 * HOUR)
            assert at.round().ending is Ending.DONE
        assert spent(at) - paid == pytest.approx(4 * USER_USD)


def test_posts_prove_that_an_account_is_shown(tmp_path: Path) -> None:
    with bench_of("x", tmp_path, page_size=100) as at:
        at.round()
        paid = spent(at)
        for number in range(20):
            at.world.clock.pass_(24 * HOUR)
            at.world.post("ada", f"Day {number}")
            at.round()
        assert spent(at) - paid == pytest.approx(20 * POST_USD)


def test_an_empty_account_is_paid_for_once() -> None:
    world = World()
    world.account("ada")
    with serving(FakeX(world)) as loopback:
        x = collector(Setup(settings=loopback.settings, secret=loopback.settings.get))
        book = MemoryBook({"HUSTINGS_X_TOKEN": 2.0})
        with open_web(
            book=book, release="1", policies=x.policies, allowed=["127.0.0.1"], clock=Clock()
        ) as web:
            at = Bench(loopback, web)
            assert at.served()[-1].end

        assert book.spent("HUSTINGS_X_TOKEN", world.clock.now().date()) == pytest.approx(0.01)
