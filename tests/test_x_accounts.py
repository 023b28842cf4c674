"""Accounts of X, its refusals and single posts, against the fake behind real HTTP."""

from collections.abc import Callable
from itertools import islice

import pytest
from fake_x import BEARER, FakeX, id_of
from fake_x_problems import client_forbidden, credits_depleted, usage_capped
from loopback import Answer, json_answer, serving
from plain_web import plain_web, records_of
from world import World, filled
from x_bench import EVERYTHING, bench

from archive.collectors.x import collector
from archive.collectors.x.problems import is_cap
from archive.contract import (
    AccountRef,
    AccountUnavailable,
    BudgetSpent,
    CollectingError,
    Setup,
    SinglePosts,
    SourceRefused,
    Stretch,
    Unreachable,
    UnreadablePage,
)
from db.words import State

# ---- accounts ----

STATES = {
    State.ACTIVE: State.ACTIVE,
    State.SUSPENDED: State.SUSPENDED,
    State.PROTECTED: State.PROTECTED,
    State.DELETED: State.DELETED,
    State.DEACTIVATED: State.DELETED,  # X does not tell them apart
    State.BLOCKED: State.ACTIVE,  # only the timeline says so
}


@pytest.mark.parametrize(("state", "seen"), STATES.items())
def test_a_look_tells_states_apart_by_the_words_of_x(state: State, seen: State) -> None:
    fake = FakeX(filled(3))
    fake.world.accounts["ada"].state = state
    with bench(fake) as at:
        found = at.x.look(at.web, at.ref())

        assert found.state == seen
        assert len(found.pages) == 1
        assert not list(at.x.parse(found.pages[0]))


def test_a_handle_leads_to_the_id_that_never_changes() -> None:
    fake = FakeX(filled(1))
    with bench(fake) as at:
        before = at.x.look(at.web, fake.ref("ada", at.loopback.url))
        fake.world.rename("ada", "ada_for_mayor")
        after = at.x.look(at.web, AccountRef("x", platform_id=before.platform_id, handle="ada"))

        assert before.platform_id == after.platform_id == at.ref().platform_id
        assert (before.handle, after.handle) == ("ada", "ada_for_mayor")
        assert after.url == "https://x.com/ada_for_mayor"
        assert after.display_name == "Ada"


def test_nobody_goes_by_a_handle() -> None:
    with bench(FakeX(World())) as at:
        assert at.x.look(at.web, AccountRef("x", handle="nobody")).state is State.NOT_FOUND


@pytest.mark.parametrize("handle", ["", "way_too_long_for_x", "a/../b", "ünicode"])
def test_what_cannot_be_a_handle_is_never_asked_for(handle: str) -> None:
    with bench(FakeX(World())) as at:
        with pytest.raises(CollectingError, match="no handle of X"):
            at.x.look(at.web, AccountRef("x", handle=handle))
        assert not at.loopback.asked


@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize(
    ("state", "seen"),
    [
        (State.SUSPENDED, State.SUSPENDED),
        (State.PROTECTED, State.PROTECTED),
        (State.DELETED, State.DELETED),
    ],
)
def test_an_account_that_shows_nothing_is_never_taken_for_an_empty_one(
    state: State, seen: State, silent: bool
) -> None:
    fake = FakeX(filled(3))
    fake.silent = silent
    fake.world.accounts["ada"].state = state
    with bench(fake) as at:
        with pytest.raises(AccountUnavailable) as caught:
            at.served()

        assert caught.value.state is seen
        assert len(caught.value.pages) == 2
        assert str(at.ref().platform_id) in str(caught.value)


def test_a_timeline_closed_to_us_of_an_account_that_is_open_is_blocked() -> None:
    fake = FakeX(filled(3))
    fake.world.accounts["ada"].state = State.BLOCKED
    with bench(fake) as at, pytest.raises(AccountUnavailable) as caught:
        at.served()
    assert caught.value.state is State.BLOCKED


def test_an_account_suspended_in_the_middle_is_no_end() -> None:
    fake = FakeX(filled(20), page_size=5)
    with bench(fake) as at:
        timeline = at.x.fetch(at.web, at.ref(), EVERYTHING)
        assert len(list(islice(timeline, 2))) == 2
        fake.world.accounts["ada"].state = State.SUSPENDED

        with pytest.raises(AccountUnavailable) as caught:
            next(timeline)
        assert caught.value.state is State.SUSPENDED


def test_an_empty_timeline_is_proven_by_one_look_whose_evidence_is_kept() -> None:
    world = World()
    world.account("ada")
    with bench(FakeX(world)) as at:
        (served,) = at.served()

        assert served.end
        assert not records_of(at.x, served)
        assert [page.context["shows"] for page in served.enclosed] == ["evidence"]
        assert len(at.loopback.asked) == 2


# ---- refusals ----


def test_without_a_token_nothing_is_asked_and_the_message_says_which_to_set() -> None:
    with serving(FakeX(filled(1))) as loopback, plain_web() as web:
        x = collector(Setup(settings=loopback.settings))
        with pytest.raises(SourceRefused, match="HUSTINGS_X_TOKEN"):
            x.look(web, AccountRef("x", handle="ada"))
        assert not loopback.asked


def test_a_wrong_token_stops_the_source_and_is_never_shown() -> None:
    with serving(FakeX(filled(1))) as loopback, plain_web() as web:
        x = collector(Setup(settings=loopback.settings, secret=lambda _name: "wrong-bearer"))
        with pytest.raises(SourceRefused, match="HUSTINGS_X_TOKEN") as caught:
            x.look(web, AccountRef("x", handle="ada"))
        assert not isinstance(caught.value, BudgetSpent)
        assert "wrong-bearer" not in str(caught.value) + repr(x)


@pytest.mark.parametrize(
    "trouble", [usage_capped(), usage_capped(403), credits_depleted()], ids=["429", "403", "402"]
)
def test_a_cap_stops_the_source_at_once_instead_of_waiting(trouble: Answer) -> None:
    fake = FakeX(filled(3))
    fake.trouble = trouble
    with bench(fake) as at:
        with pytest.raises(BudgetSpent, match="cap or your credits"):
            at.served()
        assert len(at.loopback.asked) == 1


def test_an_ordinary_429_is_left_to_the_client() -> None:
    fake = FakeX(filled(3))
    fake.trouble = fake.too_many(fake.world.clock.now(), "epoch")
    with bench(fake) as at, pytest.raises(Unreachable, match="429"):
        at.served()


def test_an_app_that_may_not_read_is_told_so() -> None:
    fake = FakeX(filled(3))
    fake.trouble = client_forbidden()
    with bench(fake) as at, pytest.raises(SourceRefused, match="attached to a Project") as caught:
        at.served()
    assert not isinstance(caught.value, BudgetSpent)


def test_a_403_about_one_account_stops_that_account_alone() -> None:
    fake = FakeX(filled(3))
    fake.world.accounts["ada"].state = State.PROTECTED
    forbidden = {
        "title": "Forbidden",
        "type": "https://api.x.com/2/problems/not-authorized-for-resource",
        "detail": "Sorry, you are not authorized to see the user with id: [1].",
    }
    with bench(fake) as at:
        at.loopback.fail(0, "403", lambda _asked, _answer: json_answer(forbidden, 403))
        with pytest.raises(AccountUnavailable) as caught:
            at.served()
    assert caught.value.state is State.PROTECTED


def test_a_since_id_that_is_too_old_is_done_without_and_an_end_above_it_is_no_proof() -> None:
    fake = FakeX(filled(20), page_size=5, window=10)
    oldest = fake.world.posts[0]
    fake.oldest_since = id_of(fake.world.posts[5], 0)
    with bench(fake) as at:
        served = at.served(Stretch("posts", after=id_of(oldest, 0).zfill(20)))

        assert sum(len(one.positions) for one in served) == 10
        assert (served[-1].cursor, served[-1].end) == (None, False)
        assert sum("since_id" in one.query for one in at.loopback.asked) == 1

        fake.window = 3200
        assert at.served(Stretch("posts", after=id_of(oldest, 0).zfill(20)))[-1].end


def test_another_bad_request_is_told_in_the_words_of_x() -> None:
    with bench(FakeX(filled(3))) as at, pytest.raises(CollectingError, match="does not match"):
        at.served(Stretch("posts", before="9" * 20))


@pytest.mark.parametrize(
    "body",
    [b"<!doctype html><title>Back soon</title>", b'{"hello": 1}', b"[]", b'{"data": "none"}', b"\xff{}"],
)
def test_what_is_no_answer_of_x_is_no_empty_timeline(body: bytes) -> None:
    with bench(FakeX(filled(3))) as at:
        at.loopback.fail(0, "odd", lambda _asked, _answer: Answer(200, body, {"Content-Type": "text/html"}))
        with pytest.raises(UnreadablePage):
            at.served()


@pytest.mark.parametrize(
    ("name", "value"),
    [("HUSTINGS_X_FIELDS", "tweets"), ("HUSTINGS_X_PAGE", "500"), ("HUSTINGS_X_PAGE", "many")],
)
def test_a_setting_without_a_meaning_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SourceRefused, match=name):
        collector(Setup(settings={name: value}))


def test_fewer_posts_a_page_reserve_less() -> None:
    with bench(FakeX(filled(12)), HUSTINGS_X_PAGE="5") as at:
        assert [len(one.positions) for one in at.served()] == [5, 5, 2]


def test_secrets_are_in_no_page() -> None:
    with bench(FakeX(filled(12), page_size=5)) as at:
        for served in at.served():
            assert BEARER not in served.page.source + str(served.page.context)


def test_only_a_429_that_is_a_cap_is_final() -> None:
    fake = FakeX(filled(1))
    caps: dict[str, Callable[[], Answer]] = {
        "cap": usage_capped,
        "rate": lambda: fake.too_many(fake.world.clock.now(), "missing"),
        "html": lambda: Answer(429, b"<html>"),
    }
    final = {}
    for name, answer in caps.items():
        fake.trouble = answer()
        with serving(fake) as loopback, plain_web() as web:
            response = web.get(
                f"{loopback.url}/2/tweets",
                headers={"authorization": f"Bearer {BEARER}"},
                final=lambda _: True,
            )
            final[name] = is_cap(response)
    assert final == {"cap": True, "rate": False, "html": False}


# ---- single posts ----


@pytest.mark.parametrize(
    ("url", "post_id"),
    [
        ("https://x.com/ada/status/1808400000000000001", "1808400000000000001"),
        ("https://twitter.com/ada/status/1808400000000000001?s=20", "1808400000000000001"),
        ("https://mobile.twitter.com/ada/status/1808400000000000001/photo/1", "1808400000000000001"),
        ("http://www.x.com/i/web/status/1808400000000000001", "1808400000000000001"),
        ("https://x.com/i/status/1808400000000000001#m", "1808400000000000001"),
        ("https://twitter.com/ada/statuses/20", "20"),
        ("https://x.com/ada", None),
        ("https://x.com.evil.example/ada/status/1", None),
        ("https://example.org/?u=https://x.com/ada/status/1", None),
        ("ftp://x.com/ada/status/1", None),
        ("https://x.com/ada/status/12345678901234567890", None),
        ("https://[broken", None),
        ("ada", None),
    ],
)
def test_addresses_of_posts_are_recognised(url: str, post_id: str | None) -> None:
    assert collector(Setup()).recognise(url) == post_id


def test_one_post_is_kept_with_its_author_and_its_earlier_versions() -> None:
    fake = FakeX(filled(3))
    post = fake.world.posts[1]
    fake.world.edit(post, "Corrected")
    with bench(fake) as at:
        assert isinstance(at.x, SinglePosts)
        for version in (0, -1):
            *_, found = at.read(at.x.fetch_post(at.web, id_of(post, version)))
            assert (found.post_id, found.text, len(found.versions)) == (id_of(post, 0), "Corrected", 1)
            assert found.author_platform_id == at.ref().platform_id

        (plain,) = at.read(at.x.fetch_post(at.web, id_of(fake.world.posts[0], 0)))
        assert (plain.author_handle, plain.author_name) == ("ada", "Ada")
        assert plain.url == f"https://x.com/ada/status/{plain.post_id}"


def test_a_post_that_x_does_not_show_is_an_error_in_its_words() -> None:
    with bench(FakeX(filled(1))) as at, pytest.raises(CollectingError, match="Could not find tweet"):
        at.x.fetch_post(at.web, "42")


@pytest.mark.parametrize(
    "data",
    [
        {"id": "1", "username": "ada"},
        {"id": 1.5, "username": "ada", "protected": False},
        {"id": "1", "username": "a\0b", "protected": False},
        {"id": "1", "protected": False},
        [],
        "ada",
    ],
)
def test_an_answer_that_does_not_say_who_and_how_an_account_is_is_no_look(data: object) -> None:
    fake = FakeX(filled(1))
    fake.trouble = json_answer({"data": data})
    with bench(fake) as at, pytest.raises(UnreadablePage):
        at.x.look(at.web, at.ref())
