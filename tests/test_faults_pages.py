"""Fault table: a page in the middle that is broken in itself."""

import itertools
import re
from pathlib import Path

import pytest
from faults import Bench, bench_of
from loopback import Fault, cut_short, hang_up, html, invalid_utf8, server_error, truncated_gzip
from platforms import FAKES, archived, shown
from world import World

from archive.captures import plain_bytes
from archive.endings import Ending
from archive.streams import Step

PASSING: dict[str, Fault] = {
    "truncated gzip": truncated_gzip,
    "cut short": cut_short,
    "hung up": hang_up,
    "503": server_error,
}
"""Faults after which another try helps."""


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("collector", FAKES)
def test_a_broken_answer_is_asked_for_again(collector: str, fault: str, tmp_path: Path) -> None:
    """Within the same round; nothing is lost or doubled."""
    with bench_of(collector, tmp_path) as bench:
        bench.fail(fault, PASSING[fault])
        outcome = bench.round()
        asked = [(one.path, one.query) for one in bench.loopback.asked]

        assert bench.loopback.fired[fault] == 1
        assert (outcome.ending, outcome.exit_code) == (Ending.DONE, 0)
        assert bench.holds_everything()
        assert sum(one == before for before, one in itertools.pairwise(asked)) >= 1
        assert bench.quarantined() == []


def _fails_then_recovers(bench: Bench, fault: str) -> None:
    kept: list[object] = []

    def watch(step: Step) -> None:
        if step is Step.AFTER_COMMIT:
            kept.append(bench.ledger())

    outcome = bench.round(watch=watch)

    assert bench.loopback.fired[fault] == 1
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1)
    ((quarantine, capture),) = bench.quarantined()
    assert outcome.message is not None
    assert capture.source in outcome.message
    assert bench.ledger() == (kept[-1] if kept else [])
    assert quarantine.position == "page"
    assert quarantine.reason

    assert bench.round().ending is Ending.DONE
    assert bench.holds_everything()


@pytest.mark.parametrize("collector", FAKES)
def test_a_web_page_in_place_of_an_answer_fails_the_round_and_is_kept(collector: str, tmp_path: Path) -> None:
    """The message names it, the ledger stays where it was, the next round goes on."""
    with bench_of(collector, tmp_path) as bench:
        bench.fail("html", html)
        _fails_then_recovers(bench, "html")
        ((_, capture),) = bench.quarantined()
        assert b"Back soon" in plain_bytes(capture)


LENIENT = {
    "feed": "feeds are written by hand and by old software: a wrong byte becomes U+FFFD, the rest is read",
    "telegram": "a web page, which is read as browsers do: a wrong byte becomes U+FFFD",
}
"""Platform -> why a wrong byte does not make its page unreadable."""


@pytest.mark.parametrize("collector", FAKES)
def test_invalid_utf8_costs_no_post_and_its_bytes_are_kept(collector: str, tmp_path: Path) -> None:
    """It fails the round, and the next one reads the page again; or the page is read all the same."""
    with bench_of(collector, tmp_path) as bench:
        bench.fail("utf-8", invalid_utf8)
        if collector not in LENIENT:
            _fails_then_recovers(bench, "utf-8")
            ((_, capture),) = bench.quarantined()
            assert b"\xff\xfe" in plain_bytes(capture)
            return
        outcome = bench.round()
        assert bench.loopback.fired["utf-8"] == 1
        assert (outcome.ending, outcome.exit_code) == (Ending.DONE, 0)
        assert set(archived(bench.engine)) == set(shown(bench.loopback.fake))
        assert sum(b"\xff\xfe" in plain_bytes(one) for one in bench.captures()) == 1


READ_ONCE = {
    "x": "each post that is read costs money: full rounds read no old ones",
    "feed": "an unchanged feed is not sent again",
}
"""Platform -> why a record that is good at last is not read by a full round: it stays in quarantine."""


@pytest.mark.parametrize("collector", FAKES)
def test_one_bad_record_in_a_hundred_leaves_the_other_99(collector: str, tmp_path: Path) -> None:
    """It is put aside with position and reason; the command ends with 1."""
    world = World()
    world.account("ada")
    for number in range(100):
        world.post("ada", f"Statement {number}.")
    with bench_of(collector, tmp_path, world=world, page_size=25) as bench:
        fake = bench.loopback.fake
        fake.switches.malformed_every = 60
        summary = bench.summary()
        ((quarantine, capture),) = bench.quarantined()

        assert fake.fired["malformed_every"] == 1
        assert [one.ending for one in summary.outcomes] == [Ending.DONE]
        assert summary.exit_code == 1
        assert summary.collected.tally.quarantined == 1
        assert len(archived(bench.engine)) == 99
        assert re.fullmatch(r"[a-z]+ \d+", quarantine.position)
        assert re.match(r"no (?:text|uri|datetime|snippet|id)|.*(?:text|snippet)", quarantine.reason)
        assert len(plain_bytes(capture)) == capture.size

        fake.switches.malformed_every = None
        bench.round(full=True)
        assert bench.holds_everything() == (collector not in READ_ONCE)


@pytest.mark.parametrize("collector", FAKES)
def test_a_bad_record_that_is_shown_in_each_round_is_told_once(collector: str, tmp_path: Path) -> None:
    """It moves down the page as others come; only what is new makes an exit code of 1."""
    world = World()
    world.account("ada")
    for number in range(1, 7):
        world.post("ada", f"Statement {number}.")
    with bench_of(collector, tmp_path, world=world, page_size=20) as bench:
        bench.loopback.fake.switches.malformed_every = 5
        codes = [bench.summary().exit_code]
        for number in range(7, 10):
            world.post("ada", f"Statement {number}.")
            codes.append(bench.summary().exit_code)

        assert codes == [1, 0, 0, 0]
        assert len(bench.quarantined()) == 1
        assert len(archived(bench.engine)) == 8
