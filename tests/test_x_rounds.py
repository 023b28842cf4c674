"""Rounds over a timeline of X that changes meanwhile, interrupted anywhere, and within a budget."""

import random

import pytest
from fake_x import FakeX
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import serving
from world import Clock, World, WorldPost, filled
from x_bench import EVERYTHING, Bench, bench

from archive.collectors.x import collector
from archive.contract import BudgetSpent, CursorExpired, Post, Setup, Stretch
from archive.web import MemoryBook, open_web


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
