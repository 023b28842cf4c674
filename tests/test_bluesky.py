"""The collector of accounts' own servers: all that a server holds, wherever it is, whatever it says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from bluesky_reading import DID, STREAM, Network, document, served
from canned_web import CannedWeb
from fake_bluesky import refusal
from loopback import Answer, Asked, Fault, html, invalid_utf8
from plain_web import PlainWeb
from world import START, World, filled

from archive.collectors.bluesky import RepositoryCollector, collector
from archive.contract import (
    AccountRef,
    CollectingError,
    Collector,
    Order,
    Post,
    Reject,
    Response,
    Served,
    Setup,
    SinglePosts,
    Stream,
    Stretch,
    TooLarge,
    Unreachable,
    UnreadablePage,
)

EXAMPLE = AccountRef("bluesky", DID, home="https://pds.example")
REV = "3lqqqqqqqqqqq"
KEY = "3lpqqqqqqqqqq"
COMMIT = (200, {"cid": "bafyrei", "rev": REV})


@pytest.fixture
def network() -> Iterator[Network]:
    with served(filled(25), page_size=7) as started:
        yield started


def test_the_collector_keeps_both_promises() -> None:
    made = collector(Setup())
    checked: Collector = made

    assert isinstance(checked, SinglePosts)
    assert made.streams == (Stream(STREAM, Order.OLDEST_FIRST, overlap=0, relisted=True),)


# ---- listings --------------------------------------------------------------------------------------


def _eventful() -> World:
    """A world with all that a listing may hold."""
    world = filled(9)
    world.account("ben")
    question = world.post("ben", "Who won in the harbour ward?")
    world.post("ada", "We did.", reply_to=question)
    world.post("ada", "We conceded in 2019.", published=START - timedelta(days=1800))
    world.post("ada", "Same second", same_time=True)
    world.post("ada", "", repost_of=question)
    world.post("ada", "arbitrary-key: an import by other software")
    world.edit(world.posts[2], "Statement, corrected")
    world.delete(world.posts[4])
    return world


def _shown(network: Network) -> dict[str, str]:
    """All that the archive should have of the account."""
    return network.expected(network.fake.world.shown("ada"))


@pytest.mark.parametrize("page_size", [1, 3, 100])
def test_the_listings_hold_everything_once_and_in_order(page_size: int) -> None:
    with served(_eventful(), page_size=page_size) as network:
        steps = network.read()
        positions = [position for step in steps for position in step.positions]

        assert positions == sorted(set(positions))
        assert network.texts(steps) == _shown(network)
        assert [step.end for step in steps] == [False] * (len(steps) - 1) + [True]


def test_replies_reposts_and_claimed_times_are_read() -> None:
    with served(_eventful(), page_size=50) as network:
        world, fake = network.fake.world, network.fake
        records = network.records(network.read())
        found = {post.post_id: post for post in records if isinstance(post, Post)}
        question = next(post for post in world.posts if post.author == "ben")
        reply, old, _, repost, _ = world.posts[-5:]

        assert found[fake.post_id(reply)].reply_to == fake.did("ben")
        assert found[fake.post_id(reply)].reply_to_post == fake.post_id(question)
        assert found[fake.post_id(repost)].repost_of == fake.post_id(question)
        moment = found[fake.post_id(old)].published
        assert moment is not None
        assert moment.at == START - timedelta(days=1800)
        assert found[fake.post_id(old)].lang == "en"


def test_the_revision_is_noted_before_the_first_page(network: Network) -> None:
    first = next(network.collector.fetch(network.web, network.ada, Stretch(STREAM)))

    assert network.records([first]) == []
    assert (first.positions, first.end, network.loopback.pages) == ((), False, 0)


@pytest.mark.parametrize("page_size", [1, 3])
def test_from_every_position_the_rest_follows(page_size: int) -> None:
    with served(_eventful(), page_size=page_size) as network:
        steps = network.read()
        positions = [position for step in steps for position in step.positions]
        for place, position in enumerate(positions):
            rest = network.read(after=position)
            assert [one for step in rest for one in step.positions] == positions[place + 1 :]
            assert rest[-1].cursor == steps[-1].cursor
        for number, step in enumerate(steps[:-1], start=1):
            rest = network.read(after=step.cursor)
            assert [one.cursor for one in rest] == [one.cursor for one in steps[number:]]


def test_a_place_of_another_release_begins_anew(network: Network) -> None:
    assert network.texts(network.read(after="3kxxxxxxxxxxx")) == _shown(network)


def test_an_empty_account_ends_at_once() -> None:
    with served(filled(0), page_size=7) as network:
        steps = network.read()

        assert [step.positions for step in steps] == [()] * 3
        assert [step.end for step in steps] == [False, False, True]
        assert len({step.cursor for step in steps}) == 3


def test_what_changes_while_a_listing_goes_on_comes_with_it_or_is_in_the_difference_after_it() -> None:
    """Before the place of the listing or behind it, new or edited, in a collection already listed."""
    with served(filled(9), page_size=3) as network:
        world, fake = network.fake.world, network.fake
        steps = network.collector.fetch(network.web, network.ada, Stretch(STREAM))
        read = [next(steps), next(steps), next(steps)]
        world.edit(world.posts[0], "Corrected behind the listing")
        behind = world.post("ada", "arbitrary-key: new behind the listing")
        world.edit(world.posts[8], "Corrected before the listing")
        world.post("ada", "New before the listing")
        read += steps
        last = world.post("ada", "New after the listing")
        missing = _shown(network).items() - network.texts(read).items()
        diff = network.read(after=read[-1].cursor)

        assert missing == network.expected([world.posts[0], behind, last]).items()
        assert network.texts(read + diff) == _shown(network)
        assert [step.end for step in diff] == [True]
        assert fake.post_id(behind) < fake.post_id(world.posts[0])


def test_a_key_above_all_others_hides_nothing(network: Network) -> None:
    """Whether it is there before the listing begins, comes while it goes on, or afterwards."""
    world = network.fake.world
    world.post("ada", "high-key: there before")
    steps = network.collector.fetch(network.web, network.ada, Stretch(STREAM))
    read = [next(steps), next(steps)]
    world.post("ada", "high-key: comes in between")
    world.post("ada", "As usual")
    read += steps
    world.post("ada", "high-key: comes afterwards")
    world.post("ada", "As usual again")
    read += network.read(after=read[-1].cursor)

    assert network.texts(read) == _shown(network)


def test_a_repeated_cursor_does_not_matter_as_the_keys_lead_on(network: Network) -> None:
    network.fake.switches.repeat_cursor = True

    assert network.texts(network.read()) == _shown(network)
    assert network.fake.fired["repeat_cursor"]


def test_an_empty_page_with_a_cursor_is_not_the_end(network: Network) -> None:
    network.fake.switches.empty_page_at = 2
    steps = network.read()

    assert network.texts(steps) == _shown(network)
    assert [step.end for step in steps] == [False] * (len(steps) - 1) + [True]
    assert len({step.cursor for step in steps}) == len(steps)
    assert network.fake.fired["empty_page_at"] == 1


def test_items_that_are_shown_twice_do_not_stop_the_listing(network: Network) -> None:
    network.fake.switches.duplicates = True

    assert network.texts(network.read()) == _shown(network)
    assert network.fake.fired["duplicates"]


def _canned(listing: dict[str, object]) -> list[Served]:
    """What is read of a server that says the same of both collections."""
    web = CannedWeb({"getLatestCommit": COMMIT, "listRecords": (200, listing)})
    return list(RepositoryCollector().fetch(web, EXAMPLE, Stretch(STREAM)))


def test_a_page_without_a_cursor_is_the_end_even_with_records() -> None:
    """Bluesky's own servers end with an empty page; the protocol asks for no cursor only."""
    record = {"uri": f"at://{DID}/app.bsky.feed.post/{KEY}", "value": {}}
    steps = _canned({"records": [record]})

    assert [(step.cursor, step.end) for step in steps] == [
        (f"rev {REV} app.bsky.feed.post", False),
        (f"rev {REV} app.bsky.feed.repost", False),
        (f"rev {REV}", True),
    ]
    assert steps[1].positions == (f"rev {REV} app.bsky.feed.post {KEY}",)


def test_a_server_that_never_goes_on_is_left_without_an_end() -> None:
    """A server that does not understand the cursor shows the same page for ever."""
    record = {"uri": f"at://{DID}/app.bsky.feed.post/{KEY}", "value": {}}
    steps = _canned({"records": [record], "cursor": KEY})

    assert [(step.cursor, step.end) for step in steps[1:]] == [
        (f"rev {REV} app.bsky.feed.post {KEY}", False)
    ] * 2


def test_a_server_that_goes_back_is_left_without_an_end() -> None:
    """One that does not understand `reverse` lists the newest first: the places must not run in a circle."""
    record = {"uri": f"at://{DID}/app.bsky.feed.post/{KEY}", "value": {}}
    web = CannedWeb({"listRecords": (200, {"records": [record], "cursor": KEY})})
    after = f"rev {REV} app.bsky.feed.post 3lz"
    steps = list(RepositoryCollector().fetch(web, EXAMPLE, Stretch(STREAM, after=after)))

    assert [(step.cursor, step.end) for step in steps] == [(after, False)]


def test_a_server_without_a_revision_is_not_understood() -> None:
    for said in ({"rev": "latest"}, {}, [REV]):
        web = CannedWeb({"getLatestCommit": (200, said)})
        with pytest.raises(UnreadablePage, match="no revision") as raised:
            list(RepositoryCollector().fetch(web, EXAMPLE, Stretch(STREAM)))
        assert raised.value.page is not None


def test_one_malformed_record_is_rejected_and_the_others_are_kept(network: Network) -> None:
    network.fake.switches.malformed_every = 10
    records = network.records(network.read())
    rejects = [record for record in records if isinstance(record, Reject)]

    assert len(rejects) == network.fake.fired["malformed_every"] == 3
    assert {reject.reason for reject in rejects} == {"text: a text is needed, not nothing"}
    assert len(records) == 25


@pytest.mark.parametrize("fault", [html, invalid_utf8])
@pytest.mark.parametrize("known", [False, True])
def test_a_page_that_is_none_is_unreadable(network: Network, fault: Fault, known: bool) -> None:
    ada = network.ada
    after = network.read_to_its_end() if known else None
    network.loopback.fail(0, "fault", fault)
    with pytest.raises(UnreadablePage):
        network.read(after=after, ref=ada)


# ---- changes ---------------------------------------------------------------------------------------


def test_without_changes_one_request_says_so_and_the_position_stays(network: Network) -> None:
    after = network.read_to_its_end()
    ada = network.ada
    before = len(network.loopback.asked)
    (only,) = network.read(after=after, ref=ada)

    assert (only.positions, only.cursor, only.end) == ((), after, True)
    assert network.records([only]) == []
    assert len(network.loopback.asked) == before + 1


def test_changes_show_exactly_what_is_new_wherever_it_stands(network: Network) -> None:
    world = network.fake.world
    after = network.read_to_its_end()
    world.edit(world.posts[1], "Statement number 1, corrected")
    world.delete(world.posts[5])
    new = [
        world.posts[1],
        world.post("ada", "arbitrary-key: older than everything by its key"),
        world.post("ada", "One more"),
        world.post("ada", "", repost_of=world.posts[0]),
    ]
    (only,) = network.read(after=after)

    assert network.texts([only]) == network.expected(new)
    assert only.positions == (only.cursor,)
    assert only.cursor != after


def test_a_hundred_new_posts_after_ten_thousand_are_one_request() -> None:
    with served(filled(10_000), page_size=100) as network:
        after = network.read_to_its_end()
        assert network.loopback.pages == 100 + 2  # each collection ends with an empty page
        new = [network.fake.world.post("ada", f"New statement {number}") for number in range(100)]
        (only,) = network.read(after=after)

        assert network.loopback.pages == 100 + 2 + 1
        assert network.texts([only]) == network.expected(new)


def test_a_server_that_ignores_the_revision_shows_everything_again(network: Network) -> None:
    network.fake.ignores_since = True
    after = network.read_to_its_end()
    (only,) = network.read(after=after)
    assert (only.positions, only.cursor, only.end) == ((), after, True)
    network.fake.world.post("ada", "One more")

    assert network.texts(network.read(after=after)) == _shown(network)


NO_DIFFERENCE: dict[str, Fault] = {
    "refused": lambda _asked, _answer: refusal("RevNotFound", "too old"),
    "not known": lambda _asked, _answer: Answer(404, b"Not Found"),
    "broken down": lambda _asked, _answer: Answer(500),
}


@pytest.mark.parametrize("name", NO_DIFFERENCE)
def test_where_no_difference_is_given_all_is_listed_again(network: Network, name: str) -> None:
    world = network.fake.world
    after = network.read_to_its_end()
    world.edit(world.posts[1], "Statement number 1, corrected")
    world.post("ada", "arbitrary-key: older than everything by its key")
    network.loopback.fail(0, name, NO_DIFFERENCE[name])
    steps = network.read(after=after)

    assert network.texts(steps) == _shown(network)
    assert [step.end for step in steps] == [False] * (len(steps) - 1) + [True]
    assert after not in {step.cursor for step in steps}
    assert [step.cursor for step in network.read(after=steps[-1].cursor)] == [steps[-1].cursor]


def test_a_difference_that_is_too_large_is_listed_instead(network: Network) -> None:
    class Small(PlainWeb):
        def get(self, url: str, **given: Any) -> Response:
            if url.endswith("getRepo"):
                raise TooLarge(f"{url}: more than what is read")
            return super().get(url, **given)

    after = network.read_to_its_end()
    with httpx.Client() as client:
        steps = list(network.collector.fetch(Small(client), network.ada, Stretch(STREAM, after=after)))

    assert network.texts(steps) == _shown(network)
    assert steps[-1].end


def test_a_listing_in_place_of_a_difference_goes_on_where_it_was_left(network: Network) -> None:
    after = network.read_to_its_end()
    network.loopback.fail(0, "refused", NO_DIFFERENCE["refused"])
    steps = network.read(after=after)
    rest = network.read(after=steps[1].cursor)

    assert [step.cursor for step in rest] == [step.cursor for step in steps[2:]]


# ---- servers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [False, True])
def test_a_moved_account_is_followed_to_its_new_server(network: Network, known: bool) -> None:
    after = network.read_to_its_end() if known else None
    ada = network.ada
    network.fake.world.accounts["ada"].home = 1
    network.fake.world.post("ada", "From my new server")
    steps = network.read(after=after, ref=ada)

    assert "From my new server" in network.texts(steps).values()
    assert network.collector.look(network.web, ada).home == f"{network.loopback.url}/pds1"


def test_a_server_that_is_away_is_looked_up_anew(network: Network) -> None:
    ada = replace(network.ada, home="http://127.0.0.1:9")

    assert network.texts(network.read(ref=ada)) == _shown(network)


@pytest.mark.parametrize("after", [None, f"rev {REV}", f"rev {REV} app.bsky.feed.post {KEY}"])
def test_a_server_that_is_away_for_good_is_unreachable(after: str | None) -> None:
    """Nothing is served, so that the ledger stays where it is."""
    web = CannedWeb({"plc.directory": (200, document()), "pds.example": None})
    with pytest.raises(Unreachable):
        next(RepositoryCollector().fetch(web, EXAMPLE, Stretch(STREAM, after=after)))


# ---- single posts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", ["ada.test", "did"])
def test_one_post_is_fetched_by_its_address(network: Network, actor: str) -> None:
    post = network.fake.world.posts[3]
    did, key = network.fake.did("ada"), network.fake.path(post).partition("/")[2]
    url = f"https://bsky.app/profile/{did if actor == 'did' else actor}/post/{key}?ref=mail"
    address = network.collector.recognise(url)
    assert address is not None
    served = network.collector.fetch_post(network.web, address)

    assert network.texts([served]) == network.expected([post])


def test_a_post_that_is_gone_is_said_to_be(network: Network) -> None:
    network.fake.world.delete(network.fake.world.posts[3])
    with pytest.raises(CollectingError, match="is not there"):
        network.collector.fetch_post(network.web, network.fake.post_id(network.fake.world.posts[3]))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (f"at://{DID}/app.bsky.feed.post/3lq", f"at://{DID}/app.bsky.feed.post/3lq"),
        ("https://bsky.app/profile/Ada.test/post/3lq/", "at://Ada.test/app.bsky.feed.post/3lq"),
        (f"at://{DID}/app.bsky.feed.like/3lq", None),
        ("https://bsky.app/profile/ada.test", None),
        ("https://bsky.app/profile/ada.test/feed/3lq", None),
        ("https://bsky.app.example/profile/ada.test/post/3lq", None),
        ("https://[/profile/ada.test/post/3lq", None),
        ("https://bsky.app/profile/ada test/post/3lq", None),
        ("https://bsky.app/profile/ada.test/post/..", None),
    ],
)
def test_addresses_of_posts_are_told_from_others(url: str, address: str | None) -> None:
    assert RepositoryCollector().recognise(url) == address


def test_every_request_says_what_it_wants(network: Network) -> None:
    network.read()
    asked = [one for one in network.loopback.asked if one.path.endswith("listRecords")]

    assert {(one.first("limit"), one.first("reverse")) for one in asked} == {("100", "true")}
    assert all(isinstance(one, Asked) and "authorization" not in one.headers for one in asked)
