"""Accounts on Mastodon and its relatives are read from their home server, whole and once."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_mastodon import FLAVOURS, SERVER, FakeMastodon
from faults import bench_of
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import Answer, Asked, json_answer, serving
from mastodon_reading import made, posts_of, read, seen_ref
from plain_web import PlainWeb, plain_web
from world import START, World, filled

from archive.collectors.mastodon import collector
from archive.contract import (
    AccountUnavailable,
    Collector,
    Page,
    Post,
    Reject,
    Response,
    Setup,
    SinglePosts,
    TryLater,
    UnreadablePage,
    Web,
)
from archive.endings import Ending
from db.words import CoverageStatus, State


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


WHOLE = [name for name, flavour in FLAVOURS.items() if flavour.pages and not flavour.newest]
"""Those that mean `min_id` as Mastodon does."""


@pytest.mark.parametrize("flavour", WHOLE)
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


@pytest.mark.parametrize("known", [0, 12])
def test_an_empty_page_amid_posts_for_followers_is_no_end(known: int, tmp_path: Path) -> None:
    """GoToSocial counts out a page before it leaves out what we may not see."""
    world = filled(known)
    with bench_of("mastodon", tmp_path, world=world, page_size=40) as bench:
        fake = bench.loopback.fake
        assert isinstance(fake, FakeMastodon)
        fake.flavour = FLAVOURS["gotosocial"]
        bench.round()
        for number in range(55):
            post = world.post("ada", f"Notice {number}")
            if 3 <= number < 50:
                fake.for_followers.add(post.serial)
        outcome = bench.round()

        assert outcome.collected.gaps == ("posts: the platform gave no way to go on",)
        fake.for_followers.clear()
        assert bench.round().exit_code == 0
        assert bench.holds_everything()
        assert bench.ledger()[0]["status"] == CoverageStatus.COMPLETE


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
    fake = FakeMastodon(filled(9), page_size=4)
    with serving(fake) as server:
        read(server, web, seen_ref(server, web))
        asked = [one for one in server.asked if one.path.endswith("/statuses")]
    pages = [one for one in asked if fake.is_page(one)]
    assert pages[0].first("min_id") == "0"
    assert all(one.first("max_id") is None for one in pages)
    (proof,) = [one for one in asked if not fake.is_page(one)]
    assert int(proof.first("limit") or 0) < 10
    assert proof.first("max_id") == fake.status_id(fake.world.posts[0])


def test_a_server_that_forgets_min_id_shows_by_a_repeated_cursor(web: PlainWeb) -> None:
    fake = FakeMastodon(filled(9), page_size=4)
    fake.switches.repeat_cursor = True
    with serving(fake) as server:
        first, second, *_ = read(server, web, seen_ref(server, web))
    assert first.cursor == second.cursor
    assert not second.end


# ---- what is proven -------------------------------------------------------------------------------


@pytest.mark.parametrize("flavour", ["snac", "pixelfed"])
def test_a_first_page_that_is_not_the_oldest_is_kept_and_proves_nothing(web: PlainWeb, flavour: str) -> None:
    with serving(FakeMastodon(filled(9), page_size=4, flavour=flavour)) as server:
        (step,) = read(server, web, seen_ref(server, web))
        assert len(posts_of(server, [step])) == 4
    assert (step.end, step.cursor, len(step.positions)) == (False, None, 4)
    assert len(step.enclosed) == 1


def test_all_posts_on_one_page_are_proven_to_be_all_even_where_min_id_means_little(web: PlainWeb) -> None:
    with serving(FakeMastodon(filled(4), flavour="pixelfed")) as server:
        first, last = read(server, web, seen_ref(server, web))
        assert not [record for page in first.enclosed for record in made(server).parse(page)]
    assert (len(first.positions), last.end) == (4, True)


def test_a_page_with_a_hole_between_it_and_what_is_known_proves_nothing(web: PlainWeb) -> None:
    fake = FakeMastodon(filled(31), page_size=20, flavour="pixelfed")
    with serving(fake) as server:
        ref = seen_ref(server, web)
        (holed,) = read(server, web, ref, after=fake.status_id(fake.world.posts[5]))
        whole = read(server, web, ref, after=fake.status_id(fake.world.posts[15]))
    assert (holed.end, holed.cursor, len(holed.positions)) == (False, None, 20)
    assert [len(step.positions) for step in whole] == [15, 0]
    assert whole[-1].end


@pytest.mark.parametrize("flavour", WHOLE)
@pytest.mark.parametrize("gone", [False, True])
def test_nothing_lies_between_what_is_known_and_the_oldest_of_what_is_new(
    web: PlainWeb, flavour: str, gone: bool
) -> None:
    fake = FakeMastodon(filled(45), page_size=20, flavour=flavour)
    with serving(fake) as server:
        ref = seen_ref(server, web)
        known = fake.world.posts[5]
        if gone:
            fake.world.delete(known)
        steps = read(server, web, ref, after=fake.status_id(known))
    assert [len(step.positions) for step in steps] == [20, 19, 0]
    assert steps[-1].end


@pytest.mark.parametrize("forgets", ["min_id", "max_id"])
def test_a_server_that_knows_one_bound_at_a_time_proves_as_much(web: PlainWeb, forgets: str) -> None:
    fake = Forgetful(filled(45), forgets)
    with serving(fake) as server:
        steps = read(server, web, seen_ref(server, web), after=fake.status_id(fake.world.posts[5]))
    assert [len(step.positions) for step in steps] == [39, 0]
    assert steps[-1].end


class Forgetful(FakeMastodon):
    """Of both bounds of a page, it takes one."""

    def __init__(self, world: World, forgets: str) -> None:
        super().__init__(world)
        self._forgets = forgets

    def answer(self, asked: Asked) -> Answer:
        if "max_id" in asked.query and "min_id" in asked.query:
            kept = {name: value for name, value in asked.query.items() if name != self._forgets}
            asked = replace(asked, query=kept)
        return super().answer(asked)


@pytest.mark.parametrize("odd", [[{"id": ["x"]}], [5], [{}], {"error": "no"}])
def test_a_proof_that_is_no_list_of_known_posts_proves_nothing(web: PlainWeb, odd: Any) -> None:
    fake = FakeMastodon(filled(3))
    with serving(Proofless(fake, json_answer(odd, 400 if isinstance(odd, dict) else 200))) as server:
        (step,) = read(server, web, seen_ref(server, web))
    assert (step.end, step.cursor, len(step.positions)) == (False, None, 3)


class Proofless(FakeMastodon):
    """Answers in an odd way what lies before a post."""

    def __init__(self, fake: FakeMastodon, odd: Answer) -> None:
        super().__init__(fake.world)
        self._odd = odd

    def answer(self, asked: Asked) -> Answer:
        return self._odd if "max_id" in asked.query else super().answer(asked)


def test_a_round_without_anything_new_asks_for_no_proof(web: PlainWeb) -> None:
    fake = FakeMastodon(filled(21))
    with serving(fake) as server:
        ref = seen_ref(server, web)
        before = len(server.asked)
        assert read(server, web, ref, after=fake.status_id(fake.world.posts[10]))[-1].end
        assert len(server.asked) == before + 2


def test_posts_that_are_counted_and_not_shown_leave_the_end_unproven(web: PlainWeb) -> None:
    fake = FakeMastodon(filled(0))
    fake.unseen = 3
    with serving(fake) as server:
        (step,) = read(server, web, seen_ref(server, web))
    assert (step.end, step.positions, step.cursor) == (False, (), None)
    assert len(step.enclosed) == 1


@pytest.mark.parametrize("flavour", WHOLE)
def test_nothing_new_after_the_newest_is_an_end_where_anything_is_shown(web: PlainWeb, flavour: str) -> None:
    fake = FakeMastodon(filled(3), flavour=flavour)
    fake.unseen = 3
    with serving(fake) as server:
        ref = seen_ref(server, web)
        newest = fake.status_id(fake.world.posts[-1])
        (step,) = read(server, web, ref, after=newest)
        assert (step.end, step.cursor) == (True, newest)
        for post in fake.world.posts:
            fake.world.delete(post)
        (step,) = read(server, web, ref, after=newest)
        assert (step.end, step.cursor) == (False, None)


def test_a_full_round_that_shows_nothing_of_what_was_known_proves_nothing(web: PlainWeb) -> None:
    fake = FakeMastodon(filled(3))
    with serving(fake) as server:
        ref = seen_ref(server, web)
        assert read(server, web, ref)[-1].end
        for post in fake.world.posts:
            fake.world.delete(post)
        assert read(server, web, ref)[-1].end, "nothing is counted either"
        fake.unseen = 3
        assert not read(server, web, ref)[-1].end


@pytest.mark.parametrize("known", [False, True])
def test_an_account_that_blocks_the_bearer_of_the_token_is_blocked_and_not_empty(
    web: PlainWeb, known: bool
) -> None:
    fake = FakeMastodon(filled(3), flavour="takahe")
    with serving(fake) as server:
        ref = seen_ref(server, web)
        fake.blocking.add("ada")
        with pytest.raises(AccountUnavailable, match="blocks") as caught:
            read(server, web, ref, after=fake.status_id(fake.world.posts[0]) if known else None)
        assert not [record for page in caught.value.pages for record in made(server).parse(page)]
    assert caught.value.state is State.BLOCKED
    assert "blocked_by" in caught.value.pages[-1].body.decode()


def test_an_account_that_is_suspended_after_the_look_is_not_empty(web: PlainWeb) -> None:
    fake = FakeMastodon(filled(3))
    with serving(fake) as server:
        ref = seen_ref(server, web)
        fake.world.accounts["ada"].state = State.SUSPENDED
        with pytest.raises(AccountUnavailable) as caught:
            read(server, web, ref)
    assert caught.value.state is State.SUSPENDED


@pytest.mark.parametrize("flavour", ["snac", "pixelfed"])
def test_a_round_calls_nothing_complete_that_a_server_does_not_prove(tmp_path: Path, flavour: str) -> None:
    with bench_of("mastodon", tmp_path) as bench:
        fake = bench.loopback.fake
        assert isinstance(fake, FakeMastodon)
        fake.flavour = FLAVOURS[flavour]
        for _ in range(2):
            outcome = bench.round()
            assert outcome.collected.gaps
            assert CoverageStatus.COMPLETE not in {row["status"] for row in bench.ledger()}
    assert outcome.ending is Ending.DONE


# ---- records --------------------------------------------------------------------------------------


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
        (_, history) = first.enclosed
        (whole,) = made(server).parse(history)
        shown = posts_of(server, [first])[1]
    assert isinstance(whole, Post)
    assert whole.text == shown.text == "Third thoughts."
    assert [one.text for one in whole.versions] == [text for _, text in post.texts[:-1]]
    assert [one.published.at for one in whole.versions if one.published] == [at for at, _ in post.texts[:-1]]
    assert replace(whole, versions=(), position=shown.position) == shown


HTML = Answer(200, b"<!doctype html>", {"Content-Type": "text/html"})


@pytest.mark.parametrize(
    ("answer", "why", "kept"),
    [
        (json_answer({"error": "Record not found"}, 404), "answers 404 .Record not found", 0),
        (json_answer({}, 401), "answers 401", 0),
        (Answer(500), "500", 0),
        (Answer(hangs_up=True), "http://127", 0),
        (json_answer({"error": "down"}), "not a list of posts but an error: down", 1),
        (HTML, "not JSON but text/html", 1),
    ],
    ids=["404", "401", "500", "hung up", "no list", "web page"],
)
def test_a_history_that_is_not_to_be_had_is_said_and_holds_up_no_page(
    web: PlainWeb, answer: Answer, why: str, kept: int
) -> None:
    world = filled(2)
    world.edit(world.posts[0], "Better.")
    fake = FakeMastodon(world)
    fake.histories = answer
    with serving(fake) as server:
        first, last = read(server, web, seen_ref(server, web))
        newest, oldest = posts_of(server, [first])
        assert [list(made(server).parse(page)) for page in first.enclosed[1:]] == [[]] * kept
    (missing,) = first.missing
    assert missing.position == "versions of item 2"
    assert re.search(why, missing.reason)
    assert f"/statuses/{fake.status_id(world.posts[0])}/history" in missing.reason
    assert (last.end, last.missing) == (True, ())
    assert oldest.edited is not None
    assert newest.edited is None


def test_histories_that_fail_again_and_again_are_not_all_waited_for(web: PlainWeb) -> None:
    world = filled(9)
    for post in world.posts:
        world.edit(post, "Better.")
    fake = FakeMastodon(world)
    fake.histories = Answer(503)
    with serving(fake) as server:
        first, _ = read(server, web, seen_ref(server, web))
        asked = [one for one in server.asked if one.path.endswith("/history")]
    assert len(asked) == 3
    assert len({one.position for one in first.missing}) == len(first.missing) == 9


def test_a_history_that_must_wait_defers_the_account(web: PlainWeb) -> None:
    world = filled(2)
    world.edit(world.posts[0], "Better.")
    with serving(FakeMastodon(world)) as server, pytest.raises(TryLater):
        read(server, Waiting(web), seen_ref(server, web))


class Waiting:
    """A client whose limit is reached as soon as a history is asked for."""

    def __init__(self, web: Web) -> None:
        self._web = web

    def get(self, url: str, **how: Any) -> Response:
        if url.endswith("/history"):
            raise TryLater("not before nine", START)
        return self._web.get(url, **how)


def test_an_account_with_a_history_that_always_fails_is_archived_whole(tmp_path: Path) -> None:
    with bench_of("mastodon", tmp_path) as bench:
        bench.world.edit(bench.world.posts[5], "Better.")
        fake = bench.loopback.fake
        assert isinstance(fake, FakeMastodon)
        fake.histories = Answer(500)
        outcome = bench.round()
        assert outcome.ending is Ending.DONE, outcome.message
        assert bench.holds_everything()
        ((reject, _),) = bench.quarantined()
    assert "/history" in reject.reason


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
