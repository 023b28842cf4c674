"""Accounts on Mastodon and its relatives are read from their home server, whole and once."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from fake_mastodon import FLAVOURS, SERVER, FakeMastodon
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import serving
from mastodon_reading import made, posts_of, read, seen_ref
from plain_web import PlainWeb, plain_web
from world import START, World, filled

from archive.collectors.mastodon import collector
from archive.contract import (
    Collector,
    Page,
    Post,
    Reject,
    Setup,
    SinglePosts,
    UnreadablePage,
)


@pytest.fixture
def web() -> Iterator[PlainWeb]:
    with plain_web() as client:
        yield client


def test_it_is_a_collector_that_reads_single_posts() -> None:
    made_: Collector = collector(Setup())
    assert isinstance(made_, SinglePosts)
    assert made_.looks_first
    assert [stream.overlap for stream in made_.streams] == [10]


# ---- paging ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("flavour", [name for name in FLAVOURS if name != "snac"])
def test_all_posts_come_once_oldest_first_and_an_empty_page_ends_them(web: PlainWeb, flavour: str) -> None:
    world = filled(11)
    fake = FakeMastodon(world, page_size=4, flavour=flavour)
    with serving(fake) as server:
        steps = read(server, web, seen_ref(server, web))
        found = {post.post_id: post.text for post in posts_of(server, steps)}
    positions = [position for step in steps for position in step.positions]
    assert positions == [fake.status_id(post) for post in world.posts]
    assert found == {fake.post_id(post): post.text for post in world.posts}
    assert [step.end for step in steps] == [False, False, False, True]
    assert steps[-1].cursor == positions[-1]


def test_an_account_that_never_posted_ends_at_once(web: PlainWeb) -> None:
    with serving(FakeMastodon(filled(0))) as server:
        (step,) = read(server, web, seen_ref(server, web))
    assert (step.end, step.positions, step.cursor) == (True, (), None)


def test_it_goes_on_from_a_position_whether_that_post_is_still_there_or_not(web: PlainWeb) -> None:
    world = filled(9)
    fake = FakeMastodon(world, page_size=4)
    with serving(fake) as server:
        ref = seen_ref(server, web)
        world.delete(world.posts[4])
        steps = read(server, web, ref, after=fake.status_id(world.posts[4]))
    assert [p for step in steps for p in step.positions] == [fake.status_id(one) for one in world.posts[5:]]


def test_the_link_header_is_never_followed(web: PlainWeb) -> None:
    with serving(FakeMastodon(filled(9), page_size=4)) as server:
        read(server, web, seen_ref(server, web))
        asked = [one for one in server.asked if server.fake.is_page(one)]
    assert all(one.first("max_id") is None and one.first("limit") == "40" for one in asked)
    assert asked[0].first("min_id") == "0"


@pytest.mark.parametrize("flavour", ["mastodon", "snac"])
def test_a_server_that_ignores_min_id_shows_by_a_repeated_cursor(web: PlainWeb, flavour: str) -> None:
    fake = FakeMastodon(filled(9), page_size=4, flavour=flavour)
    fake.switches.repeat_cursor = True
    with serving(fake) as server:
        first, second, *_ = read(server, web, seen_ref(server, web))
    assert first.cursor == second.cursor
    assert not second.end


def test_an_item_shown_twice_does_no_harm(web: PlainWeb) -> None:
    world = filled(9)
    fake = FakeMastodon(world, page_size=4)
    fake.switches.duplicates = True
    with serving(fake) as server:
        steps = read(server, web, seen_ref(server, web))
        assert {post.post_id for post in posts_of(server, steps)} == {
            fake.post_id(one) for one in world.posts
        }
    assert fake.fired["duplicates"]
    assert steps[-1].end


def test_one_bad_record_is_a_reject_and_the_others_are_kept(web: PlainWeb) -> None:
    fake = FakeMastodon(filled(9))
    fake.switches.malformed_every = 6
    with serving(fake) as server:
        first, _ = read(server, web, seen_ref(server, web))
        records = list(made(server).parse(first.page))
    assert len(first.positions) == 9
    bad = [one for one in records if isinstance(one, Reject)]
    assert [one.reason for one in bad] == ["no uri"] * fake.fired["malformed_every"]
    assert len(records) == 9


# ---- what posts say -------------------------------------------------------------------------------


@pytest.fixture
def talk() -> World:
    world = World()
    world.account("ada")
    world.account("bob")
    theirs = world.post("bob", "Roads before roundabouts.")
    own = world.post("ada", "First & foremost:\n<people>\n\nThen roads.")
    world.post("ada", "And rail.", reply_to=own)
    world.post("ada", "No, rail.", reply_to=theirs)
    world.post("ada", "", repost_of=theirs)
    world.post("ada", "Long ago.", published=START.replace(year=2020))
    return world


def test_replies_reposts_and_texts_are_read_as_written(web: PlainWeb, talk: World) -> None:
    fake = FakeMastodon(talk)
    with serving(fake) as server:
        host = server.url.partition("://")[2]
        found = posts_of(server, read(server, web, seen_ref(server, web)))
    old, repost, to_bob, to_self, own = found
    theirs, ours = talk.posts[0], talk.posts[1]
    assert own.text == ours.text
    assert (own.author_handle, own.author_name, own.lang) == (f"ada@{host}", "Ada", "en")
    assert own.author_platform_id == f"{SERVER}/ap/users/{fake.local_id(talk.accounts['ada'])}"
    assert own.url == f"{SERVER}/@ada/{fake.status_id(ours)}"
    assert own.published is not None
    assert own.published.at == ours.made_at
    assert (to_self.reply_to, to_self.reply_to_post) == (f"ada@{host}", fake.post_id(ours))
    assert to_bob.reply_to == f"bob@{host}"
    assert to_bob.reply_to_post == f"{server.url}/api/v1/statuses/{fake.status_id(theirs)}"
    assert (repost.repost_of, repost.text) == (fake.post_id(theirs), theirs.text)
    assert repost.author_handle == f"ada@{host}"
    assert old.published is not None
    assert old.published.at.year == 2020


def test_a_quoted_post_is_named_and_its_stand_in_left_out_of_the_text(web: PlainWeb, talk: World) -> None:
    fake = FakeMastodon(talk)
    fake.quotes[talk.posts[1].serial] = talk.posts[0]
    with serving(fake) as server:
        own = posts_of(server, read(server, web, seen_ref(server, web)))[-1]
    assert own.quoted_post == fake.post_id(talk.posts[0])
    assert own.quoted is not None
    assert own.quoted.startswith("bob@")
    assert own.text == talk.posts[1].text


def test_an_edited_post_comes_with_all_its_versions(web: PlainWeb) -> None:
    world = filled(3)
    post = world.posts[1]
    for text in ("Second thoughts.", "Third thoughts."):
        world.edit(post, text)
    fake = FakeMastodon(world)
    with serving(fake) as server:
        first, _ = read(server, web, seen_ref(server, web))
        (history,) = first.enclosed
        (whole,) = made(server).parse(history)
        shown = posts_of(server, [first])[1]
    assert isinstance(whole, Post)
    assert whole.text == shown.text == "Third thoughts."
    assert [one.text for one in whole.versions] == [text for _, text in post.texts[:-1]]
    assert [one.published.at for one in whole.versions if one.published] == [at for at, _ in post.texts[:-1]]
    assert replace(whole, versions=(), position=shown.position) == shown


def test_a_history_that_is_not_shown_is_no_error(web: PlainWeb) -> None:
    world = filled(2)
    world.edit(world.posts[0], "Better.")
    with serving(FakeMastodon(world, flavour="pleroma")) as server:
        first, last = read(server, web, seen_ref(server, web))
        newest, oldest = posts_of(server, [first])
    assert (first.enclosed, last.end) == ((), True)
    assert oldest.edited is not None
    assert newest.edited is None


def parsed(*records: Any, **context: str) -> list[Post | Reject]:
    """What is read from a page with these records."""
    named = {"server": "https://town.example", "domain": "town.example", "account": "7", **context}
    page = Page(
        "https://town.example/x", json.dumps(records).encode(), "application/json", START, context=named
    )
    return list(collector(Setup()).parse(page))


def record(**other: Any) -> dict[str, Any]:
    """A record of the layout that is documented for `Status`."""
    plain = {
        "id": "112233445566778899",
        "created_at": "2024-07-01T09:00:00.000Z",
        "uri": "https://town.example/users/ada/statuses/112233445566778899",
        "content": "<p>Vote early.</p>",
        "account": {"id": "7", "username": "ada", "acct": "ada", "display_name": "Ada"},
    }
    return {**plain, **other}


def only(*records: Any, **context: str) -> Post:
    (post,) = parsed(*records, **context)
    assert isinstance(post, Post), post
    return post


def test_a_content_warning_stands_before_the_text_and_choices_of_a_poll_after_it() -> None:
    poll = {"options": [{"title": "Bus", "votes_count": 3}, {"title": "Tram"}, {}]}
    post = only(record(spoiler_text="local politics", poll=poll))
    assert post.text == "local politics\n\nVote early.\n\nBus\nTram"


def test_posts_that_are_not_published_are_left_out() -> None:
    assert parsed(record(visibility="private"), record(visibility="direct")) == []
    assert only(record(visibility="unlisted"))


def test_half_a_surrogate_pair_does_not_reach_the_archive() -> None:
    post = only(record(content="<p>\ud83d</p>", spoiler_text="\ud83d", language="\ud83d"))
    assert (post.text, post.lang) == ("\ufffd\n\n\ufffd", "\ufffd")


def test_an_unknown_account_that_is_answered_is_named_by_its_address() -> None:
    post = only(record(in_reply_to_id="5", in_reply_to_account_id="6"))
    assert post.reply_to == "https://town.example/api/v1/accounts/6"
    assert post.reply_to_post == "https://town.example/api/v1/statuses/5"


def test_the_identity_that_the_archive_knows_stays_when_the_server_tells_more() -> None:
    account = {**record()["account"], "uri": "https://town.example/ap/users/7"}
    assert only(record(account=account)).author_platform_id == "https://town.example/ap/users/7"
    known = only(record(account=account), identity="https://town.example/7")
    assert known.author_platform_id == "https://town.example/7"


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"uri": None}, "no uri"),
        ({"uri": 5}, "uri is int"),
        ({"content": None}, "no content"),
        ({"content": ["x"]}, "content is list"),
        ({"created_at": "yesterday"}, "created_at: 'yesterday' is not a time"),
        ({"created_at": "2024-07-01T09:00:00"}, "created_at: '2024-07-01T09:00:00' has no time zone"),
        ({"edited_at": 17}, "edited_at is int"),
        ({"account": None}, "no account"),
        ({"account": {"acct": "ada"}}, "no account"),
        ({"reblog": {}}, "no content"),
    ],
)
def test_what_a_post_must_have_is_named_where_it_is_missing(other: dict[str, Any], reason: str) -> None:
    good, bad = parsed(record(), record(**other))
    assert isinstance(good, Post)
    assert isinstance(bad, Reject)
    assert (bad.position, bad.reason) == ("item 2", reason)


@pytest.mark.parametrize("body", [b"<!doctype html>", b'{"error": "down"}', b"5", b"[\xff]", b"[" * 100_000])
def test_what_is_no_page_of_posts_says_what_it_is(body: bytes) -> None:
    page = Page("https://town.example/x", body, "text/html", START)
    with pytest.raises(UnreadablePage, match=r"town\.example"):
        list(collector(Setup()).parse(page))


def test_hostile_content_is_text_and_nothing_else() -> None:
    deep = "<div>" * 50_000 + "<script>alert(1)</script>\x00\x1b[31mred" + "</div>" * 50_000
    assert only(record(content=deep)).text == "\x00\x1b[31mred"
    assert len(only(record(content="<p>" + "x" * 1_000_000)).text) == 1_000_000


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
FIELDS = (
    *record(),
    "reblog",
    "quote",
    "poll",
    "mentions",
    "edited_at",
    "in_reply_to_account_id",
    "visibility",
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), odd, max_size=4), st.lists(odd, max_size=2))
def test_any_record_is_a_post_or_a_reject(other: dict[str, Any], beside: list[Any]) -> None:
    records = parsed(record(**other), *beside, record())
    assert isinstance(records[-1], Post)


@settings(max_examples=50, deadline=None)
@given(odd, st.sampled_from(["history", "status", "account", "statuses"]))
def test_any_answer_is_read_or_said_to_be_unreadable(said: Any, holds: str) -> None:
    page = Page("https://town.example/x", json.dumps(said).encode(), "application/json", START)
    with suppress(UnreadablePage):
        list(collector(Setup()).parse(replace(page, context={"holds": holds, "post_id": "x"})))
