"""Fault table: where requests are led, how much comes back, and servers that cannot be reached."""

import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from faults import Bench, bench_of
from loopback import (
    Answer,
    Asked,
    Fault,
    Loopback,
    bomb,
    huge,
    huge_and_says_so,
    redirect,
    serving,
)
from platforms import FAKES, keep_account, means_for, shown
from self_signed import certificate, untrusted
from sqlmodel import Session, select
from world import filled

from archive.endings import Ending
from archive.jobs import Wish, run
from db.models import Account, Statement


def moved_to(other: Loopback, status: int = 301) -> Fault:
    """The same request at another server."""

    def fault(asked: Asked, _answer: Answer) -> Answer:
        query = urlencode(asked.query, doseq=True)
        return Answer(status, b"", {"Location": f"{other.url}{asked.path}{'?' if query else ''}{query}"})

    return fault


@contextmanager
def moving(collector: str, folder: Path) -> Iterator[tuple[Bench, Loopback]]:
    """A platform, and another server that serves the same."""
    with bench_of(collector, folder) as bench, serving(bench.loopback.fake) as other:
        yield bench, other


# ---- redirects ----------------------------------------------------------------------------------------

KEEPS_ITS_SECRET = {
    "x": "the token goes to no other host, which then serves nobody",
    "youtube": "the key goes to no other host, which then serves nobody",
}
"""Platform -> why a redirection to another host ends the round."""


@pytest.mark.parametrize("collector", FAKES)
def test_a_redirection_to_an_allowed_server_is_followed(collector: str, tmp_path: Path) -> None:
    """Credentials stay behind."""
    with moving(collector, tmp_path) as (bench, other):
        bench.allowed = (f"127.0.0.1:{other.port}",)
        bench.fail("moved", moved_to(other))
        outcome = bench.round()

        assert bench.loopback.fired["moved"] == 1
        assert len(other.asked) >= 1
        assert {"authorization", "x-goog-api-key"}.isdisjoint(other.asked[0].headers)
        if collector in KEEPS_ITS_SECRET:
            assert outcome.ending is Ending.FAILED
            assert outcome.exit_code in (1, 4)
            assert outcome.message
            assert bench.round().ending is Ending.DONE
        else:
            assert (outcome.ending, outcome.exit_code) == (Ending.DONE, 0)
        assert bench.holds_everything()


def test_a_feed_that_moved_for_good_is_read_at_its_new_address_from_then_on(tmp_path: Path) -> None:
    with moving("feed", tmp_path) as (bench, other):
        bench.allowed = (f"127.0.0.1:{other.port}",)
        bench.round()
        bench.loopback.fail(0, "moved", moved_to(other))
        bench.world.post("ada", "At the new address.")
        bench.round()
        assert bench.loopback.fired["moved"] == 1
        assert bench.account().home == f"{other.url}/ada/feed"

        asked = len(bench.loopback.asked)
        bench.world.post("ada", "And another one.")
        bench.round()
        assert len(bench.loopback.asked) == asked
        assert bench.holds_everything()


@pytest.mark.parametrize("collector", FAKES)
def test_a_redirection_into_this_machine_is_refused(collector: str, tmp_path: Path) -> None:
    """The message names where it leads; nothing is asked there."""
    with moving(collector, tmp_path) as (bench, other):
        bench.fail("inward", moved_to(other, 302))
        outcome = bench.round()

        assert bench.loopback.fired["inward"] == 1
        assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1)
        assert outcome.message is not None
        assert "127.0.0.1" in outcome.message
        assert "not public" in outcome.message
        assert other.asked == []
        assert bench.round().ending is Ending.DONE
        assert bench.holds_everything()


@pytest.mark.parametrize("collector", FAKES)
def test_a_redirection_to_a_file_is_refused(collector: str, tmp_path: Path) -> None:
    with bench_of(collector, tmp_path) as bench:
        bench.fail("file", redirect("file:///etc/hostname"))
        outcome = bench.round()

        assert bench.loopback.fired["file"] == 1
        assert outcome.ending is Ending.FAILED
        assert "only http and https" in (outcome.message or "")
        assert bench.round().ending is Ending.DONE
        assert bench.holds_everything()


# ---- size ---------------------------------------------------------------------------------------------

LARGE: dict[str, Fault] = {"announced": huge_and_says_so, "endless": huge, "bomb": bomb}
CAP = 32 << 20


@pytest.mark.parametrize("fault", LARGE)
@pytest.mark.parametrize("collector", FAKES)
def test_a_gigabyte_is_refused_in_bounded_memory(collector: str, fault: str, tmp_path: Path) -> None:
    with bench_of(collector, tmp_path) as bench:
        LARGE[fault](Asked("", {}, {}), Answer())  # what is made once is not counted
        bench.fail(fault, LARGE[fault])
        tracemalloc.start()
        outcome = bench.round()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert bench.loopback.fired[fault] == 1
        assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1)
        assert "larger than 32 MiB" in (outcome.message or "")
        assert peak < 3 * CAP
        assert bench.round().ending is Ending.DONE
        assert bench.holds_everything()


# ---- unreachable --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"))


NOWHERE = "https://nowhere.invalid"
SAYS = {"DNS": "nowhere.invalid", "TLS": "certificate of localhost is not trusted"}


@pytest.mark.parametrize("fault", SAYS)
@pytest.mark.parametrize("collector", FAKES)
def test_an_unreachable_server_stops_no_other_platform(
    collector: str, fault: str, made: Path, tmp_path: Path
) -> None:
    """The message says what is the matter; the next account, of another platform, is collected."""
    other = "telegram" if collector != "telegram" else "mastodon"
    with ExitStack() as stack:
        bench = stack.enter_context(bench_of(other, tmp_path))
        url = stack.enter_context(untrusted(made)) if fault == "TLS" else NOWHERE
        fake = FAKES[collector](filled(3), 4)
        unreachable = keep_account(bench.engine, fake.ref("ada", url))
        webfinger = {"HUSTINGS_MASTODON_WEBFINGER": "https://{host}/.well-known/webfinger"}
        means = means_for(bench.loopback, bench.world.clock)
        means = replace(
            means,
            environment={
                **means.environment,
                **fake.settings(url),
                **(webfinger if collector == "mastodon" else {}),
            },
            allow=(*means.allow, "localhost"),
            chosen=(collector, other),
        )
        summary = next(iter(run(bench.engine, means, Wish(workers=1))))

        endings = {one.wanted.account_id: one for one in summary.outcomes}
        assert endings[unreachable].ending is Ending.FAILED
        assert SAYS[fault] in (endings[unreachable].message or "")
        assert endings[bench.account_id].ending is Ending.DONE
        assert summary.exit_code == 1
        with Session(bench.engine) as session:
            found = set(session.exec(select(Statement.post_id).join(Account)))
        assert found == set(shown(bench.loopback.fake))
