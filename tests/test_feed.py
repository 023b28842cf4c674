"""Feeds: reading them in rounds, where they are, and how long they stay; see test_feed_entries for texts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import pytest
from fake_feed import FakeFeed
from loopback import Answer, Asked, Loopback, cut_short, html, invalid_utf8, serving
from plain_web import PlainWeb, plain_web, records_of
from world import World, filled

from archive.collectors.feed import collector
from archive.collectors.feed.freshness import seconds_fresh
from archive.contract import (
    AccountRef,
    AccountUnavailable,
    CollectingError,
    CursorExpired,
    Post,
    Reject,
    Served,
    Setup,
    SinglePosts,
    Stretch,
    Unreachable,
    UnreadablePage,
)
from db.words import State

NEWEST = Stretch("entries")
FORMS = ("rss", "atom", "json")


class Bench:
    """A fake, the collector, and the feed as a look gives it."""

    def __init__(self, loopback: Loopback, web: PlainWeb, fake: FakeFeed) -> None:
        self.loopback, self.web, self.fake = loopback, web, fake
        self.collector = collector(Setup())
        self.ref = self.known(fake.ref("ada", loopback.url))

    def known(self, ref: AccountRef) -> AccountRef:
        return replace(ref, platform_id=ref.handle, home=ref.handle)

    def read(self, stretch: Stretch = NEWEST) -> list[Served]:
        return list(self.collector.fetch(self.web, self.ref, stretch))

    def records(self, stretch: Stretch = NEWEST) -> list[Post | Reject]:
        return [one for served in self.read(stretch) for one in records_of(self.collector, served)]

    def texts(self, stretch: Stretch = NEWEST) -> dict[str, str]:
        return {one.post_id: one.text for one in self.records(stretch) if isinstance(one, Post)}

    def shown(self) -> dict[str, str]:
        return {self.fake.post_id(one): self.fake.text(one) for one in self.fake.world.shown("ada")}


@contextmanager
def bench(world: World, *, page_size: int = 4, form: str = "rss", archives: bool = True) -> Iterator[Bench]:
    fake = FakeFeed(world, page_size=page_size, form=form, archives=archives)
    with serving(fake) as loopback, plain_web() as web:
        yield Bench(loopback, web, fake)


@pytest.mark.parametrize("form", FORMS)
def test_a_feed_with_archives_is_read_to_its_first_entry(form: str) -> None:
    with bench(filled(14), form=form) as here:
        pages = here.read()
        assert here.texts() == here.shown()
        assert [served.end for served in pages] == [False, False, False, True]
        found = {position for served in pages for position in served.positions}
        assert found == set(here.shown())


@pytest.mark.parametrize("form", FORMS)
def test_a_feed_without_archives_shows_its_newest_entries_and_says_that_this_is_all(form: str) -> None:
    with bench(filled(14), form=form, archives=False) as here:
        [served] = here.read()
        assert served.end
        assert served.cursor is None
        assert list(here.texts()) == list(reversed(here.shown()))[:4]


def test_an_older_page_is_gone_on_with_by_its_address() -> None:
    with bench(filled(14)) as here:
        first = here.read()[0]
        rest = here.texts(Stretch("entries", cursor=first.cursor))
        assert {**here.texts(), **rest} == here.shown()
        assert "if-none-match" not in here.loopback.asked[-1].headers


@pytest.mark.parametrize("switch", ["duplicates", "empty_page_at", "malformed_every"])
def test_odd_pages_do_not_end_the_reading(switch: str) -> None:
    with bench(filled(13)) as here:
        setattr(here.fake.switches, switch, 2)
        wanted = here.shown()
        if switch == "malformed_every":
            wanted = {one: text for one, text in wanted.items() if int(one.rpartition(":")[2]) % 2}
        if switch == "empty_page_at":  # An archive page that shows nothing now.
            assert set(here.texts()) < set(wanted)
            assert here.texts().keys() >= {here.fake.post_id(one) for one in here.fake.world.posts[:8]}
        else:
            assert here.texts() == wanted
        assert here.fake.fired[switch] > 0


@pytest.mark.parametrize("form", FORMS)
def test_a_malformed_entry_is_rejected_and_the_others_are_kept(form: str) -> None:
    with bench(filled(99), page_size=99, form=form, archives=False) as here:
        here.fake.switches.malformed_every = 50
        found = here.records()
        bad = [one for one in found if isinstance(one, Reject)]
        assert len(found) == 99
        assert 1 <= len(bad) <= 3
        assert all("no id" in one.reason for one in bad)


def test_links_to_older_pages_that_show_nothing_new_are_not_followed_for_ever() -> None:
    with bench(filled(9)) as here:
        here.fake.switches.repeat_cursor = True
        pages = here.read()
        assert len(pages) < 10
        assert not pages[-1].end
        assert pages[-1].cursor is None


def test_an_archive_page_that_is_gone_is_the_end_of_the_way_but_not_of_the_feed() -> None:
    with bench(filled(9)) as here:
        here.fake.lost_archives = True
        first, last = here.read()
        assert len(first.positions) == 4
        assert (last.positions, last.cursor, last.end) == ((), None, False)
        assert records_of(here.collector, last) == []


def test_an_unreadable_archive_page_does_not_keep_a_round_from_the_newest_entries() -> None:
    with bench(filled(9)) as here:
        cursor = here.read()[0].cursor
        here.loopback.fail(0, "html", html)
        with pytest.raises(CursorExpired):
            here.read(Stretch("entries", cursor=cursor))


@pytest.mark.parametrize("form", FORMS)
def test_an_unchanged_feed_is_asked_for_by_its_validators_and_not_read_again(form: str) -> None:
    world = filled(3)
    with bench(world, form=form) as here:
        [first] = here.read()
        [again] = here.read(Stretch("entries", validators=first.validators))
        assert again.unchanged
        assert again.end
        assert again.validators == first.validators
        assert records_of(here.collector, again) == []
        world.post("ada", "News of the day.")
        assert here.texts(Stretch("entries", validators=first.validators)) == here.shown()


def test_a_page_that_was_cut_short_gives_no_validators_and_its_last_entry_is_no_text() -> None:
    def cut(_asked: Asked, answer: Answer) -> Answer:
        return replace(answer, body=answer.body[: answer.body.rindex(b"campaign")])

    with bench(filled(4), archives=False) as here:
        here.loopback.fail(0, "cut", cut)
        [served] = here.read()
        found = records_of(here.collector, served)
        assert [type(one) for one in found] == [Post, Post, Post, Reject]
        assert len(served.positions) == 3
        assert not served.validators


def test_fewer_bytes_than_announced_are_no_feed() -> None:
    with bench(filled(4)) as here:
        here.loopback.fail(0, "cut", cut_short)
        with pytest.raises(Unreachable):
            here.read()


def test_a_wrong_byte_costs_a_character_and_no_entry() -> None:
    with bench(filled(4), archives=False) as here:
        here.loopback.fail(0, "bytes", invalid_utf8)
        assert len(here.records()) == 4


def test_a_page_with_wrong_bytes_gives_no_validators_so_that_what_they_spoilt_is_read_again() -> None:
    with bench(filled(4), archives=False) as here:
        here.loopback.fail(0, "bytes", invalid_utf8)
        [served] = here.read()
        spoilt = {one.text for one in records_of(here.collector, served) if isinstance(one, Post)}
        assert spoilt != set(here.shown().values())
        assert here.texts(Stretch("entries", validators=served.validators)) == here.shown()


def test_an_edited_entry_says_when_and_a_deleted_one_is_merely_gone() -> None:
    for form in FORMS:
        world = filled(4)
        with bench(world, form=form, archives=False) as here:
            world.edit(world.posts[1], "Corrected.")
            world.delete(world.posts[2])
            posts = {one.post_id: one for one in here.records() if isinstance(one, Post)}
            edited = posts[here.fake.post_id(world.posts[1])]
            assert edited.text.endswith("Corrected.")
            assert edited.edited is not None
            assert edited.edited.at == world.posts[1].edited_at
            assert all(one.edited is None for one in posts.values() if one is not edited)
            assert set(posts) == set(here.shown())


def test_a_feed_that_moved_for_good_is_known_by_its_new_address_and_stays_who_it_was() -> None:
    world = filled(3)
    with bench(world) as here:
        before = here.texts()
        world.rename("ada", "ada-quill")
        seen = here.collector.look(here.web, here.ref)
        new = f"{here.loopback.url}/ada-quill/feed"
        assert (seen.home, seen.handle, seen.platform_id) == (new, new, here.ref.platform_id)
        [served] = here.read()
        assert served.page.context["moved_to"] == new
        assert served.page.context["feed"] == here.ref.platform_id
        assert here.texts() == before


def test_a_feed_that_is_elsewhere_for_now_stays_where_it_was() -> None:
    with bench(filled(3)) as here:
        here.fake.temporarily = "/ada/for-now"
        assert here.collector.look(here.web, here.ref).home == here.ref.home
        [served] = here.read()
        assert "moved_to" not in served.page.context
        assert len(here.texts()) == 3


def test_ids_of_a_moved_feed_stay_although_they_mean_something_in_it_alone() -> None:
    world = filled(2)
    fake = FakeFeed(world, ids="entry-{}")
    with serving(fake) as loopback, plain_web() as web:
        here = Bench(loopback, web, fake)
        before = here.texts()
        assert set(before) == {f"{here.ref.platform_id}#{fake.post_id(one)}" for one in world.posts}
        world.rename("ada", "ada-quill")
        assert here.texts() == before


@pytest.mark.parametrize(
    ("state", "for_good"), [(State.DELETED, True), (State.NOT_FOUND, False)], ids=lambda one: str(one)
)
def test_a_feed_that_is_not_shown_has_a_state_with_its_evidence(state: State, for_good: bool) -> None:
    """One that is gone for good (410) asks not to be polled any more."""
    world = filled(3)
    with bench(world) as here:
        world.accounts["ada"].state = state
        seen = here.collector.look(here.web, here.ref)
        assert (seen.state, seen.platform_id) == (state, here.ref.platform_id)
        with pytest.raises(AccountUnavailable) as error:
            here.read()
        assert (error.value.state, error.value.for_good) == (state, for_good)
        for page in (*seen.pages, *error.value.pages):
            assert list(here.collector.parse(page)) == []


@pytest.mark.parametrize("state", [State.PROTECTED, State.BLOCKED], ids=lambda one: str(one))
def test_a_wall_before_a_feed_is_a_failure_and_no_state_of_it(state: State) -> None:
    """401 and 403 come from walls against robots, too: such an account must show as one that fails."""
    world = filled(3)
    with bench(world) as here:
        world.accounts["ada"].state = state
        for ask in (lambda: here.collector.look(here.web, here.ref), here.read):
            with pytest.raises(CollectingError, match=r"40[13]: it") as error:
                ask()
            assert type(error.value) is CollectingError


def test_a_web_page_leads_to_the_first_feed_that_it_names() -> None:
    with bench(filled(2)) as here:
        seen = here.collector.look(here.web, AccountRef("feed", handle=f"{here.loopback.url}/ada/"))
        assert (seen.state, seen.home) == (State.ACTIVE, f"{here.loopback.url}/ada/feed")
        assert seen.platform_id == seen.home
        assert seen.display_name == "Ada writes"
        assert seen.url == f"{here.loopback.url}/ada/"


@pytest.mark.parametrize(
    ("handle", "raised"), [("ada", CollectingError), ("file:///etc/passwd", CollectingError)]
)
def test_what_is_no_address_is_not_asked_for(handle: str, raised: type[Exception]) -> None:
    with bench(filled(1)) as here, pytest.raises(raised, match="http"):
        here.collector.look(here.web, AccountRef("feed", handle=handle))


def test_a_web_page_in_place_of_the_feed_is_said_to_be_one() -> None:
    with bench(filled(1)) as here:
        here.loopback.fail(0, "html", html)
        with pytest.raises(UnreadablePage, match="not a feed but text/html"):
            here.read()
        here.loopback.fail(0, "html", html)
        with pytest.raises(UnreadablePage, match="text/html"):
            here.collector.look(here.web, here.ref)


def test_how_long_a_feed_stays_as_it_is_goes_with_its_page() -> None:
    with bench(filled(2)) as here:
        here.fake.headers = {"Cache-Control": "public, max-age=900"}
        [served] = here.read()
        assert served.page.context["fresh_for"] == "900"


@pytest.mark.parametrize(
    ("headers", "minutes", "seconds"),
    [
        ({"cache-control": "max-age=60"}, 5, 60),
        ({"cache-control": "s-maxage=60"}, None, None),
        ({"cache-control": "no-cache, max-age=60"}, 5, None),
        ({"cache-control": "max-age=99999999"}, None, 7 * 86_400),
        (
            {"date": "Mon, 01 Jul 2024 09:00:00 GMT", "expires": "Mon, 01 Jul 2024 09:10:00 GMT"},
            None,
            600,
        ),
        ({"date": "Mon, 01 Jul 2024 09:00:00 GMT", "expires": "0"}, None, None),
        ({"date": "Mon, 01 Jul 2024 09:00:00 GMT", "expires": "Sun, 30 Jun 2024 09:00:00 GMT"}, 5, None),
        ({}, 5, 300),
        ({}, None, None),
    ],
)
def test_the_server_or_the_feed_says_how_long_it_stays(
    headers: dict[str, str], minutes: int | None, seconds: int | None
) -> None:
    assert seconds_fresh(headers, minutes) == seconds


def test_a_feed_has_no_single_posts() -> None:
    assert not isinstance(collector(Setup()), SinglePosts)


def test_the_same_feed_gives_the_same_context_at_another_time() -> None:
    """Or each poll of a server without validators would be kept anew."""
    with bench(filled(2)) as here:
        here.fake.etags = False
        one, other = here.read()[0], here.read()[0]
        assert (one.page.body, one.page.context) == (other.page.body, other.page.context)
        assert isinstance(one.page.retrieved_at, datetime)
