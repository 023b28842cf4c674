"""The collector of accounts' own servers, on a real network: Bluesky's own PDS and directory."""

from collections.abc import Iterator

import pytest
from plain_web import PlainWeb, plain_web, records_of
from real_bluesky import POST, RealAccount, RealNetwork, bluesky_network

from archive.collectors.bluesky import collector
from archive.contract import AccountRef, Post, Served, Setup, Stretch

pytestmark = pytest.mark.real

OLD_KEY = "3jzfcijpj2z2a"
"""Made of a time in 2023."""


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealNetwork]:
    with bluesky_network(tmp_path_factory.mktemp("bluesky")) as started:
        yield started


class Reader:
    """The collector, reading one real account."""

    def __init__(self, network: RealNetwork, account: RealAccount, web: PlainWeb) -> None:
        settings = {"HUSTINGS_BLUESKY_PLC": network.plc, "HUSTINGS_BLUESKY_APPVIEW": network.pds}
        self.web, self.collector = web, collector(Setup(settings=settings))
        seen = self.collector.look(web, AccountRef("bluesky", handle=account.handle))
        assert (seen.platform_id, seen.home) == (account.did, network.pds)
        self.ref = AccountRef("bluesky", seen.platform_id, seen.handle, seen.home)

    def steps(self, after: str | None = None) -> Iterator[Served]:
        return self.collector.fetch(self.web, self.ref, Stretch("repository", after=after))

    def texts(self, steps: list[Served]) -> dict[str, str]:
        records = [record for step in steps for record in records_of(self.collector, step)]
        return {post.post_id: post.text for post in records if isinstance(post, Post)}


def _shown(account: RealAccount) -> dict[str, str]:
    return {record["uri"]: record["value"]["text"] for record in account.records()}


def _with_any_key(account: RealAccount, key: str, text: str) -> None:
    """A post as software writes it that asks the server not to check its key."""
    record = {"$type": POST, "text": text, "createdAt": "2024-07-05T02:30:00Z"}
    request = {"repo": account.did, "collection": POST, "rkey": key, "validate": False, "record": record}
    account._call("com.atproto.repo.createRecord", request)


def test_what_changes_during_a_listing_is_in_the_difference_after_it(
    network: RealNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.collectors.bluesky.repository.PAGE_SIZE", 2)
    eva = network.create_account("eva.test")
    posts = [eva.post(f"Ballot box {number} is in") for number in range(5)]
    _with_any_key(eva, "my-own-key", "There before")
    with plain_web() as web:
        reader = Reader(network, eva, web)
        steps = reader.steps()
        read = [next(steps), next(steps)]
        eva.edit(posts[0], "Ballot box 0 was counted")
        eva.post("Sorted in behind the listing", rkey=OLD_KEY)
        _with_any_key(eva, "my-other-key", "Above all others")
        eva.post("The last box")
        read += steps
        assert read[-1].end
        assert len(_shown(eva).items() - reader.texts(read).items()) == 2

        (diff,) = reader.steps(read[-1].cursor)
        (idle,) = reader.steps(diff.cursor)

        assert reader.texts([*read, diff]) == _shown(eva)
        assert (diff.end, idle.end, idle.cursor, idle.positions) == (True, True, diff.cursor, ())


def test_a_difference_holds_new_and_edited_records_alone(network: RealNetwork) -> None:
    finn = network.create_account("finn.test")
    old = [finn.post(f"Polling station {number} opens") for number in range(120)]
    with plain_web() as web:
        reader = Reader(network, finn, web)
        read = list(reader.steps())
        finn.edit(old[50], "Polling station 50 opens late")
        finn.delete(old[60])
        new = finn.post("All stations are open")
        repost = finn.repost(old[0])
        (diff,) = reader.steps(read[-1].cursor)

        assert len(reader.texts(read)) == 120
        assert reader.texts([diff]) == {
            old[50].uri: "Polling station 50 opens late",
            new.uri: "All stations are open",
            repost.uri: "",
        }
