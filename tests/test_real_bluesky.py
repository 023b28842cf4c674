"""A real Bluesky network: what its servers say is what our fakes and collectors take them to say."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from real_bluesky import RateLimit, RealNetwork, Record, answer, ask, bluesky_network, until

pytestmark = pytest.mark.real

ELECTION_NIGHT = datetime(2024, 7, 5, 2, 30, tzinfo=UTC)
LISTENING = "0A"
LOOPBACK = "0100007F"


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealNetwork]:
    with bluesky_network(tmp_path_factory.mktemp("bluesky")) as started:
        yield started


def listed(records: tuple[dict[str, Any], ...]) -> list[str]:
    """What a listing of the PDS says, in its order."""
    return [record["value"]["text"] for record in records]


def shown(network: RealNetwork, actor: str) -> list[tuple[str, bool]]:
    """What the AppView shows of an account, in its order: texts, and whether each is a repost."""
    page = answer(ask(network.appview, "app.bsky.feed.getAuthorFeed", actor=actor, limit="100"))
    return [(item["post"]["record"]["text"], "reason" in item) for item in page["feed"]]


def listening_addresses(process_id: int) -> set[str]:
    """The addresses, in the kernel's hexadecimal, on which a process accepts connections."""
    process = Path("/proc") / str(process_id)
    opened = {os.readlink(descriptor) for descriptor in (process / "fd").iterdir()}
    tables = [(process / "net" / table).read_text() for table in ("tcp", "tcp6")]
    rows = [line.split() for table in tables for line in table.splitlines()]
    return {row[1].split(":")[0] for row in rows if row[3] == LISTENING and f"socket:[{row[9]}]" in opened}


def test_the_network_listens_on_loopback_only(network: RealNetwork) -> None:
    assert listening_addresses(network.process_id) == {LOOPBACK}


def test_pds_and_appview_show_what_accounts_published_edited_deleted_and_reposted(
    network: RealNetwork,
) -> None:
    anna, ben = network.create_account("anna.test"), network.create_account("ben.test")
    first = anna.post("The count begins")
    anna.post("We concede the harbour ward", created_at=ELECTION_NIGHT)
    slip = anna.post("Sent by mistake")
    edited = anna.edit(first, "The count begins at ten")
    anna.delete(slip)
    thanks = ben.post("Thanks to all tellers", reply_to=edited)
    anna.repost(thanks)

    assert (edited.uri, edited.cid != first.cid) == (first.uri, True)
    assert listed(anna.records()) == ["We concede the harbour ward", "The count begins at ten"]
    assert [record["value"]["subject"]["uri"] for record in anna.records("app.bsky.feed.repost")] == [
        thanks.uri
    ]
    expected = [
        ("Thanks to all tellers", True),
        ("The count begins at ten", False),
        ("We concede the harbour ward", False),
    ]
    until(lambda: ask(network.appview, "app.bsky.feed.getAuthorFeed", actor=anna.did).is_success)
    until(lambda: shown(network, anna.did) == expected)


def test_the_end_of_a_listing_is_a_page_without_records_or_cursor(network: RealNetwork) -> None:
    """The last page with records has a cursor like any other."""
    cora = network.create_account("cora.test")
    posts: list[Record] = [cora.post(f"Ballot box {number} is in") for number in range(3)]
    query = {"repo": cora.did, "collection": "app.bsky.feed.post", "limit": "3"}

    page = answer(ask(network.pds, "com.atproto.repo.listRecords", **query))
    end = answer(ask(network.pds, "com.atproto.repo.listRecords", **query, cursor=page["cursor"]))

    assert [record["uri"] for record in page["records"]] == [post.uri for post in reversed(posts)]
    assert end == {"records": []}


def test_a_deactivated_account_is_told_from_an_empty_one_and_returns(network: RealNetwork) -> None:
    dora, empty = network.create_account("dora.test"), network.create_account("emptyhall.test")
    dora.post("Polls close at ten")

    def status(did: str) -> tuple[bool, str | None]:
        said = answer(ask(network.pds, "com.atproto.sync.getRepoStatus", did=did))
        return said["active"], said.get("status")

    dora.deactivate()
    assert status(dora.did) == (False, "deactivated")
    assert (status(empty.did), empty.records()) == ((True, None), ())

    dora.activate()
    assert status(dora.did) == (True, None)
    assert listed(dora.records()) == ["Polls close at ten"]


def test_the_pds_announces_its_rate_limits_and_refuses_what_is_above_them(tmp_path: Path) -> None:
    login = {"identifier": "nobody.test", "password": "guessed"}
    with (
        bluesky_network(tmp_path, rate_limit=RateLimit()) as network,
        httpx.Client(base_url=f"{network.pds}/xrpc/", timeout=30, trust_env=False) as stranger,
    ):
        announced = stranger.get("com.atproto.sync.listRepos").headers
        refused = [stranger.post("com.atproto.server.createSession", json=login) for _ in range(31)]

    assert announced["RateLimit-Policy"] == "3000;w=300"
    assert [response.status_code for response in refused] == [401] * 30 + [429]
    assert refused[-1].json()["error"] == "RateLimitExceeded"
    assert refused[-1].headers["RateLimit-Remaining"] == "0"
    assert int(refused[-1].headers["RateLimit-Reset"]) > 0


def test_nothing_runs_on_after_a_test_that_fails(tmp_path: Path) -> None:
    class Failure(Exception):
        pass

    with pytest.raises(Failure), bluesky_network(tmp_path) as network:
        raise Failure

    with pytest.raises(ProcessLookupError):
        os.kill(network.process_id, 0)
