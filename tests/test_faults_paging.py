"""Fault table: platforms whose paging goes wrong, each fault at a page in the middle."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from faults import Bench, bench_of
from loopback import html
from platforms import FAKES, archived
from sqlmodel import Session
from test_cli import run
from world import World, filled

from archive.coverage_report import AccountCoverage, cover_accounts
from archive.endings import Ending


def _covered(bench: Bench) -> AccountCoverage:
    with Session(bench.engine) as session:
        (covered,) = cover_accounts(
            session, [bench.account()], now=bench.world.clock.now(), collectable=[bench.account().platform]
        )
    return covered


# ---- a repeated cursor --------------------------------------------------------------------------------

GOES_ON = {"bluesky": "a page's last key is where to go on, whatever cursor the server gives"}
"""Platform -> why a repeated cursor does no harm."""

STAYS = {
    "feed": "a window's gap cannot be closed: what was in it is shown no more",
    "x": "each post that is read costs money: full rounds read no old ones",
}
"""Platform -> why a full round does not close the gap."""

ENOUGH = 30
"""Requests of a round that goes round in circles are many more than this."""


@pytest.mark.parametrize("collector", FAKES)
def test_a_repeated_cursor_is_a_recorded_gap_and_no_circle(collector: str, tmp_path: Path) -> None:
    """`hustings coverage` shows the gap; a full round closes it once the platform is well again."""
    with bench_of(collector, tmp_path) as bench:
        fake = bench.loopback.fake
        if collector not in GOES_ON:
            assert bench.round().exit_code == 0
        for number in range(12):
            bench.world.post("ada", f"Later statement {number}.")
        before = len(bench.loopback.asked)
        fake.switches.repeat_cursor = True
        summary = bench.summary()
        covered = _covered(bench)

        assert fake.fired["repeat_cursor"] >= 1
        assert len(bench.loopback.asked) - before < ENOUGH
        assert [one.ending for one in summary.outcomes] == [Ending.DONE]
        assert covered.gaps == len(summary.collected.gaps) == (collector not in GOES_ON)
        assert summary.exit_code == (collector not in GOES_ON)
        said = run("coverage", "--json", "--db", str(tmp_path / "archive.db"))
        assert said.exit_code == 0
        told = json.loads(said.stdout)
        assert told["gaps"] == covered.gaps
        for gap in (gap for stream in told["streams"] for gap in stream["gaps"]):
            assert gap["reason"]
            assert gap["since"]

        fake.switches.repeat_cursor = False
        assert bench.round(full=True).exit_code == 0
        assert bench.holds_everything() or collector in STAYS
        assert _covered(bench).gaps == (collector in STAYS)


# ---- an empty page ------------------------------------------------------------------------------------

EMPTY_IS_THE_END = {"mastodon": "there is no cursor beside an empty page: it is the end"}
EMPTY_AT = {"telegram": 5}
"""Which page is shown empty; of all others the second one. Telegram's first three lead to the oldest."""


@pytest.mark.parametrize("collector", sorted(set(FAKES) - set(EMPTY_IS_THE_END)))
def test_an_empty_page_with_a_cursor_is_not_the_end(collector: str, tmp_path: Path) -> None:
    with bench_of(collector, tmp_path) as bench:
        fake = bench.loopback.fake
        fake.switches.empty_page_at = EMPTY_AT.get(collector, 2)
        outcome = bench.round()

        assert fake.fired["empty_page_at"] == 1
        assert (outcome.ending, outcome.exit_code) == (Ending.DONE, 0)
        assert bench.holds_everything()


# ---- expired tokens -----------------------------------------------------------------------------------

NO_TOKENS = {
    "bluesky": "goes on from record keys",
    "mastodon": "goes on from ids",
    "feed": "goes on from addresses of archive pages",
    "telegram": "goes on from message numbers",
}
"""Platform -> why nothing can expire."""
WITH_TOKENS = sorted(set(FAKES) - set(NO_TOKENS))


@pytest.mark.parametrize("collector", WITH_TOKENS)
def test_a_token_that_expires_between_two_rounds_costs_nothing(collector: str, tmp_path: Path) -> None:
    """The round that was to go on with it goes on without it."""
    with bench_of(collector, tmp_path) as bench:
        bench.loopback.fail(2, "html", html)
        assert bench.round().ending is Ending.FAILED
        bench.loopback.fake.switches.expire_cursors = True
        outcome = bench.round()

        assert bench.loopback.fired["html"] == 1
        assert bench.loopback.fake.fired["expire_cursors"] == 1
        assert (outcome.ending, outcome.exit_code) == (Ending.DONE, 0)
        assert bench.holds_everything()
        assert _covered(bench).gaps == 0


@pytest.mark.parametrize("collector", WITH_TOKENS)
def test_a_token_that_expires_at_once_loses_nothing(collector: str, tmp_path: Path) -> None:
    """The round says so; the next one at the latest has everything."""
    with bench_of(collector, tmp_path) as bench:
        bench.loopback.fake.switches.expire_cursors = True
        outcome = bench.round()

        assert bench.loopback.fake.fired["expire_cursors"] == 1
        assert outcome.ending is Ending.DONE or outcome.message
        assert bench.round().ending is Ending.DONE
        assert bench.holds_everything()
        assert _covered(bench).gaps == 0


# ---- the others ---------------------------------------------------------------------------------------

NO_PARTIAL_ERRORS = {
    "bluesky": "an answer is an error or data",
    "bluesky-appview": "an answer is an error or data",
    "mastodon": "an answer is an error or data",
    "feed": "a document has no errors",
    "telegram": "a web page has no errors",
    "youtube": "an answer is an error or data",
}


@pytest.mark.parametrize("collector", sorted(set(FAKES) - set(NO_PARTIAL_ERRORS)))
def test_errors_beside_data_lose_no_data(collector: str, tmp_path: Path) -> None:
    world = filled(12)
    world.account("bob")
    theirs = world.post("bob", "What bob said.")
    for number in range(4):
        world.post("ada", f"Answer {number}.", reply_to=theirs)
    with bench_of(collector, tmp_path, world=world) as bench:
        bench.loopback.fake.switches.partial_errors = True
        outcome = bench.round()

        assert bench.loopback.fake.fired["partial_errors"] >= 4
        assert (outcome.ending, outcome.exit_code) == (Ending.DONE, 0)
        assert bench.holds_everything()


@pytest.mark.parametrize("collector", FAKES)
def test_a_post_on_two_pages_is_archived_once(collector: str, tmp_path: Path) -> None:
    with bench_of(collector, tmp_path) as bench:
        bench.loopback.fake.switches.duplicates = True
        outcome = bench.round()

        assert bench.loopback.fake.fired["duplicates"] >= 2
        assert (outcome.ending, outcome.exit_code) == (Ending.DONE, 0)
        assert bench.holds_everything()
        assert outcome.collected.tally.known >= 2


NO_NUMBERS = {
    "bluesky": "ids are at:// addresses",
    "bluesky-appview": "ids are at:// addresses",
    "feed": "ids are text",
    "youtube": "ids are text",
}
"""Platform -> why no id can be taken for a number."""


@pytest.mark.parametrize("collector", sorted(set(FAKES) - set(NO_NUMBERS)))
def test_ids_beyond_what_a_double_holds_survive_exactly(collector: str, tmp_path: Path) -> None:
    """Ids that differ by one stay two."""
    world = World()
    world.account("ada")
    if collector == "telegram":  # the others make their ids of the time
        world.skip_ids(2**53)
    for number in range(12):
        world.post("ada", f"Statement {number}.", same_time=number % 2 == 1)
    with bench_of(collector, tmp_path, world=world) as bench:
        outcome = bench.round()
        assert bench.round().exit_code == 0

        assert (outcome.ending, outcome.exit_code) == (Ending.DONE, 0)
        assert bench.holds_everything()
        numbers = sorted(int(one.rpartition("/")[2]) for one in archived(bench.engine))
        assert min(numbers) > 2**53
        assert any(float(low) == float(high) for low, high in pairwise(numbers))
