"""The collector of the AppView's feeds: newest first, by cursors that stay right."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from canned_web import CannedWeb
from fake_appview import FakeAppView
from loopback import Loopback, html, serving
from plain_web import PlainWeb, plain_web, records_of
from world import START, World, WorldPost, filled

from archive.collectors.bluesky import AppViewCollector, appview_collector
from archive.contract import (
    AccountRef,
    AccountUnavailable,
    CollectingError,
    Collector,
    CursorExpired,
    Post,
    Reject,
    Served,
    Setup,
    Stretch,
    UnreadablePage,
)
from db.words import State

STREAM = "author-feed"


class Network:
    """A fake AppView, the collector, and Ada as it sees her."""

    def __init__(self, fake: FakeAppView, loopback: Loopback, web: PlainWeb) -> None:
        self.fake, self.loopback, self.web = fake, loopback, web
        self.collector = appview_collector(Setup(settings=loopback.settings))

    @property
    def ada(self) -> AccountRef:
        seen = self.collector.look(self.web, self.fake.ref("ada", self.loopback.url))
        return AccountRef("bluesky", seen.platform_id, seen.handle)

    def fetch(self, *, cursor: str | None = None, before: str | None = None) -> Iterator[Served]:
        return self.collector.fetch(self.web, self.ada, Stretch(STREAM, cursor=cursor, before=before))

    def texts(self, steps: list[Served]) -> dict[str, str]:
        records = [record for step in steps for record in records_of(self.collector, step)]
        return {record.post_id: record.text for record in records if isinstance(record, Post)}

    def expected(self, posts: list[WorldPost]) -> dict[str, str]:
        return {self.fake.post_id(post): self.fake.text(post) for post in posts}


@pytest.fixture
def network() -> Iterator[Network]:
    yield from _serve(_eventful(), page_size=4)


def _serve(world: World, *, page_size: int) -> Iterator[Network]:
    fake = FakeAppView(world, page_size=page_size)
    with serving(fake) as loopback, plain_web() as web:
        yield Network(fake, loopback, web)


def _eventful() -> World:
    world = filled(12)
    world.account("ben")
    question = world.post("ben", "Who won in the harbour ward?")
    world.post("ada", "We did.", reply_to=question)
    world.post("ada", "We conceded in 2019.", published=START - timedelta(days=1800))
    for number in range(6):
        world.post("ada", f"Same second {number}", same_time=True)
    world.post("ada", "", repost_of=question)
    world.edit(world.posts[2], "Statement, corrected")
    world.delete(world.posts[4])
    world.accounts["ada"].pinned = 1
    return world


def test_the_collector_keeps_its_promise() -> None:
    made: Collector = appview_collector(Setup())

    assert (made.name, made.platform) == ("bluesky-appview-1", "bluesky")


def test_the_profile_gives_identity_handle_and_name(network: Network) -> None:
    seen = network.collector.look(network.web, AccountRef("bluesky", handle="ADA.test"))

    assert (seen.state, seen.handle, seen.display_name) == (State.ACTIVE, "ada.test", "Ada")
    assert (seen.platform_id, seen.home) == (network.fake.did("ada"), None)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (State.SUSPENDED, State.SUSPENDED),
        (State.DEACTIVATED, State.DEACTIVATED),
        (State.DELETED, State.NOT_FOUND),
    ],
)
def test_each_state_is_told_by_look_and_by_fetch(network: Network, state: State, told: State) -> None:
    ada = network.ada
    network.fake.world.accounts["ada"].state = state

    assert network.collector.look(network.web, ada).state is told
    with pytest.raises(AccountUnavailable) as raised:
        list(network.collector.fetch(network.web, ada, Stretch(STREAM)))
    assert raised.value.state is told
    assert all(list(network.collector.parse(page)) == [] for page in raised.value.pages)


@pytest.mark.parametrize("page_size", [1, 3, 100])
def test_the_feed_holds_everything_newest_first(page_size: int) -> None:
    for network in _serve(_eventful(), page_size=page_size):
        steps = list(network.fetch())
        positions = [position for step in steps for position in step.positions]

        assert positions == sorted(positions, reverse=True)
        assert network.texts(steps) == network.expected(network.fake.world.shown("ada"))
        assert [step.end for step in steps] == [False] * (len(steps) - 1) + [True]


def test_each_cursor_goes_on_after_a_restart_although_posts_came_and_went(network: Network) -> None:
    first, *_ = network.fetch()
    wanted = set(network.expected(network.fake.world.shown("ada")))
    network.fake.world.post("ada", "Breaking news")
    network.fake.world.delete(network.fake.world.posts[1])
    rest = list(network.fetch(cursor=first.cursor))
    gone = network.fake.post_id(network.fake.world.posts[1])

    assert set(network.texts([first, *rest])) == wanted - {gone}


def test_without_a_cursor_one_goes_straight_to_what_lies_below_a_position(network: Network) -> None:
    steps = list(network.fetch())
    for place, step in enumerate(steps[:-1]):
        network.loopback.asked.clear()
        rest = list(network.fetch(before=step.positions[-1]))
        below = network.texts(steps[place + 1 :])

        assert set(below) <= set(network.texts(rest))
        assert network.loopback.pages <= len(steps) - place + 1  # the top, for the form of its cursor


def test_a_cursor_of_an_unknown_form_is_followed_down_to_the_position() -> None:
    def feed(*days: int, cursor: str | None) -> dict[str, object]:
        record = {"$type": "app.bsky.feed.post", "text": ""}
        items = [{"post": {"record": record, "indexedAt": f"2024-07-0{day}T00:00:00Z"}} for day in days]
        return {"feed": items, **({"cursor": cursor} if cursor else {})}

    class Walked(CannedWeb):
        def __init__(self) -> None:
            super().__init__({})
            self.pages = iter(
                [feed(9, cursor="b"), feed(8, cursor="c"), feed(7, 6, cursor="d"), feed(5, cursor=None)]
            )

        def get(self, url: str, **asked: object) -> object:  # type: ignore[override]
            self._answers = {"getAuthorFeed": (200, next(self.pages))}
            return super().get(url)

    ref = AccountRef("bluesky", "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa")
    stretch = Stretch(STREAM, before="2024-07-07T12:00:00.000Z")
    steps = list(AppViewCollector().fetch(Walked(), ref, stretch))  # type: ignore[arg-type]

    assert [step.positions[0][:10] for step in steps] == ["2024-07-07", "2024-07-05"]


def test_an_expired_cursor_is_said_to_be(network: Network) -> None:
    first, *_ = network.fetch()
    network.fake.switches.expire_cursors = True
    with pytest.raises(CursorExpired):
        list(network.fetch(cursor=first.cursor))
    assert network.fake.fired["expire_cursors"] == 1


def test_a_repeated_cursor_ends_the_stretch_without_an_end(network: Network) -> None:
    network.fake.switches.repeat_cursor = True
    steps = list(network.fetch())

    assert [step.end for step in steps] == [False, False]
    assert steps[0].cursor == steps[1].cursor


def test_an_empty_page_with_a_cursor_is_not_the_end(network: Network) -> None:
    network.fake.switches.empty_page_at = 2

    assert network.texts(list(network.fetch())) == network.expected(network.fake.world.shown("ada"))
    assert network.fake.fired["empty_page_at"] == 1


def test_one_malformed_record_is_rejected_and_the_others_are_kept(network: Network) -> None:
    network.fake.switches.malformed_every = 7
    records = [record for step in network.fetch() for record in records_of(network.collector, step)]

    assert sum(isinstance(record, Reject) for record in records) == network.fake.fired["malformed_every"] > 0
    assert len(records) == len(network.fake.world.shown("ada"))


def test_reposts_of_what_is_gone_are_not_shown(network: Network) -> None:
    network.fake.world.accounts["ben"].state = State.DELETED
    reposts = [post for post in network.fake.world.shown("ada") if post.repost_of]

    assert reposts
    assert not set(network.expected(reposts)) & set(network.texts(list(network.fetch())))


def test_a_web_page_is_unreadable(network: Network) -> None:
    network.loopback.fail(0, "html", html)
    with pytest.raises(UnreadablePage):
        list(network.fetch())


def test_nobody_is_logged_in_and_pins_are_not_asked_for(network: Network) -> None:
    list(network.fetch())
    asked = [one for one in network.loopback.asked if network.fake.is_page(one)]

    assert {one.first("filter") for one in asked} == {"posts_with_replies"}
    assert not any("authorization" in one.headers or one.first("includePins") for one in asked)


def test_other_refusals_are_said_in_the_servers_words() -> None:
    ref = AccountRef("bluesky", "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa")
    web = CannedWeb({"xrpc": (403, b"<html>Forbidden</html>")})
    with pytest.raises(CollectingError, match="403"):
        list(AppViewCollector().fetch(web, ref, Stretch(STREAM)))
    with pytest.raises(CollectingError, match="403"):
        AppViewCollector().look(web, ref)
