"""A hundred new posts after ten thousand known ones cost two pages more than they must, at most.

Each account grows to 10,000 posts with a round after every 2,500 (X shows the newest 3,200 only), at the
page size that the platform really has, through the whole engine. Then 100 posts come, and one ordinary
round. Every request for a page of posts counts, those with which a platform is looked at, too.

A feed's page is its window, here 100 entries: the hardest case, since 100 new ones push every known one
out of it. Its older pages (RFC 5005) are read until one is known; without them a feed would have a gap.
"""

from math import ceil

import pytest
from loopback import Loopback
from platforms import FAKES, archived, fake_of, keep_account, one_round, shown
from sqlalchemy import Engine
from world import World

from archive.endings import Ending

KNOWN, PORTION, NEW = 10_000, 2_500, 100

PAGE_SIZES = {
    "bluesky": 100,
    "bluesky-appview": 100,
    "mastodon": 40,
    "x": 100,
    "feed": 100,
    "telegram": 20,
    "youtube": 50,
}
"""Posts on a page, at most: the platform's own maximum (a feed's is what its owner chose)."""

MORE = 2
"""Pages that a round may need besides."""


def grow(world: World, count: int) -> None:
    """Post so many times, with some equal times and holes in the ids."""
    for number in range(count):
        if number % 7 == 3:
            world.skip_ids(2)
        world.post("ada", f"Statement number {number} of the campaign.", same_time=number % 5 == 4)


def pages_of_a_round(engine: Engine, loopback: Loopback) -> int:
    """For how many pages of posts an ordinary round asks; it leaves no gap."""
    before = loopback.pages
    summary = one_round(engine, loopback)
    [outcome] = summary.outcomes
    assert outcome.ending is Ending.DONE, outcome.message
    assert summary.collected.gaps == ()
    return loopback.pages - before


@pytest.mark.parametrize("collector", FAKES)
def test_a_hundred_new_posts_after_ten_thousand_need_two_pages_more_than_the_least(
    collector: str, engine: Engine
) -> None:
    page_size, world = PAGE_SIZES[collector], World()
    world.account("ada")
    with fake_of(collector, world, page_size=page_size) as loopback:
        keep_account(engine, loopback.fake.ref("ada", loopback.url))
        grow(world, PORTION)
        assert pages_of_a_round(engine, loopback) >= PORTION / page_size, "the fake's pages are too large"
        for _ in range(KNOWN // PORTION - 1):
            grow(world, PORTION)
            pages_of_a_round(engine, loopback)
        assert len(archived(engine)) == KNOWN

        grow(world, NEW)
        pages = pages_of_a_round(engine, loopback)

        assert pages <= ceil(NEW / page_size) + MORE
        assert archived(engine) == shown(loopback.fake)
