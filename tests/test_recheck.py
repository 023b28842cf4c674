"""Rechecks through the real collectors' HTTP: true deletions and edits are found, false ones never."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from fake_bluesky import FakeBluesky
from fake_mastodon import TOKEN, FakeMastodon
from fake_x import FakeX
from fake_youtube import FakeYouTube
from loopback import Answer, Asked, Loopback, hang_up, html, json_answer, server_error
from platforms import earlier_texts, fake_of, keep_account, one_round
from rechecking import (
    account_states,
    answering,
    check,
    deleted,
    details,
    evidence,
    evidence_numbers,
    homes,
    round_outcomes,
    seen_times,
    states,
)
from sqlalchemy import Engine
from world import World

from db.words import State

ASKED = ("bluesky", "mastodon", "x", "telegram")
"""Platforms whose word can prove a deletion."""


def campaign(posts: int = 6) -> World:
    world = World()
    world.account("ada")
    for number in range(posts):
        world.post("ada", f"Statement number {number} of the campaign.")
    return world


@contextmanager
def archived_from(engine: Engine, collector: str, world: World) -> Iterator[Loopback]:
    """The platform, once its only account was collected."""
    with fake_of(collector, world) as loopback:
        keep_account(engine, loopback.fake.ref("ada", loopback.url))
        assert one_round(engine, loopback).exit_code == 0
        yield loopback


@pytest.mark.parametrize("collector", ASKED)
def test_a_deletion_is_stated_after_two_checks_hours_apart(engine: Engine, collector: str) -> None:
    world = campaign()
    with archived_from(engine, collector, world) as loopback:
        gone = world.posts[2]
        post_id = loopback.fake.post_id(gone)
        assert check(engine, loopback).exit_code == 0
        assert states(engine) == {}
        world.delete(gone)

        check(engine, loopback, after=1)
        assert states(engine) == {post_id: ["missing"]}
        check(engine, loopback, after=5.9)
        assert states(engine) == {post_id: ["missing"]}
        check(engine, loopback, after=0.2)
        assert states(engine) == {post_id: ["missing", "deleted"]}
        check(engine, loopback, after=24)
        assert states(engine) == {post_id: ["missing", "deleted"]}
        assert len(evidence(engine, State.DELETED)) == 1
        assert len({*evidence_numbers(engine)}) == 2  # the same words at two times are two answers
        [said] = details(engine, State.DELETED)
        assert re.search(r"first missed \S+Z; account active by capture \d+", said)


@pytest.mark.parametrize("collector", ["bluesky", "mastodon", "x", "telegram", "youtube"])
def test_an_edit_becomes_a_version(engine: Engine, collector: str) -> None:
    world = campaign()
    with archived_from(engine, collector, world) as loopback:
        post = world.posts[1]
        world.edit(post, "We concede nothing.")
        world.edit(post, "We concede.")
        summary = check(engine, loopback, after=1)
        again = check(engine, loopback, after=1)
        texts = earlier_texts(engine)[loopback.fake.post_id(post)]

    assert (summary.found.edited, again.found.edited) == (1, 0)
    first, second = loopback.fake.text(post, 0), loopback.fake.text(post, 1)
    keeps_versions = collector in ("mastodon", "x")
    assert texts == ([first, second] if keeps_versions else [first])


@pytest.mark.parametrize("collector", ASKED)
def test_a_post_that_comes_back_is_observed(engine: Engine, collector: str) -> None:
    world = campaign()
    with archived_from(engine, collector, world) as loopback:
        post = world.posts[3]
        post.deleted = True
        check(engine, loopback, after=1)
        check(engine, loopback, after=7)
        post.deleted = False
        check(engine, loopback, after=7)

        assert states(engine) == {loopback.fake.post_id(post): ["missing", "deleted", "active"]}


HIDING = [
    ("bluesky", State.SUSPENDED),
    ("bluesky", State.DEACTIVATED),
    ("bluesky", State.DELETED),
    ("mastodon", State.SUSPENDED),
    ("mastodon", State.NOT_FOUND),
    ("x", State.SUSPENDED),
    ("x", State.PROTECTED),
    ("x", State.DELETED),
    ("telegram", State.PROTECTED),
]


@pytest.mark.parametrize(("collector", "state"), HIDING)
def test_an_account_that_shows_nothing_has_deleted_nothing(
    engine: Engine, collector: str, state: State
) -> None:
    world = campaign()
    with archived_from(engine, collector, world) as loopback:
        world.accounts["ada"].state = state
        for _ in range(4):
            check(engine, loopback, after=7)

        assert states(engine) == {}
        assert account_states(engine)[-1] == state
        assert evidence(engine, state)


@pytest.mark.parametrize("collector", ASKED)
def test_a_check_before_a_suspension_and_one_after_it_are_no_two_checks(
    engine: Engine, collector: str
) -> None:
    """What is restored comes back bit by bit."""
    hidden = State.PROTECTED if collector == "telegram" else State.SUSPENDED
    world = campaign()
    with archived_from(engine, collector, world) as loopback:
        world.delete(world.posts[0])
        check(engine, loopback, after=1)
        world.accounts["ada"].state = hidden
        check(engine, loopback, after=4)
        world.accounts["ada"].state = State.ACTIVE
        check(engine, loopback, after=4)
        assert deleted(engine) == set()
        check(engine, loopback, after=7)
        assert len(deleted(engine)) == 1


def empty_200(_asked: Asked, answer: Answer) -> Answer:
    return replace(answer, status=200, body=b"", headers={"Content-Type": "application/json"})


def empty_object(_asked: Asked, _answer: Answer) -> Answer:
    return json_answer({})


def empty_list(_asked: Asked, _answer: Answer) -> Answer:
    return json_answer([])


def no_data(_asked: Asked, _answer: Answer) -> Answer:
    return json_answer({"data": [], "records": [], "meta": {"result_count": 0}})


def unauthorized(_asked: Asked, _answer: Answer) -> Answer:
    return json_answer({"error": "The access token is invalid", "title": "Unauthorized"}, 401)


def forbidden(_asked: Asked, _answer: Answer) -> Answer:
    return json_answer({"error": "Forbidden", "title": "Forbidden", "detail": "Forbidden"}, 403)


def parked(_asked: Asked, _answer: Answer) -> Answer:
    """404 of a web server that knows nothing of the platform."""
    return Answer(
        404, b"<!doctype html><title>This domain is for sale</title>", {"Content-Type": "text/html"}
    )


def not_found(_asked: Asked, _answer: Answer) -> Answer:
    """404 in JSON for everything, the account too."""
    return json_answer({"error": "Record not found"}, 404)


TROUBLES = [
    *(empty_200, empty_object, empty_list, no_data, unauthorized, forbidden, parked, not_found),
    *(html, hang_up, server_error),
]


@pytest.mark.parametrize("collector", [*ASKED, "youtube"])
def test_trouble_is_no_deletion(engine: Engine, collector: str) -> None:
    world = campaign(3)
    with archived_from(engine, collector, world) as loopback:
        for trouble in TROUBLES:
            with answering(loopback.fake, trouble):
                for _ in range(2):
                    check(engine, loopback, after=7)
            found = states(engine).values()
            assert not any({"missing", "deleted"} & set(seen) for seen in found), trouble.__name__
            check(engine, loopback, after=7)
            assert all(seen[-1] == "active" for seen in states(engine).values()), trouble.__name__


def test_a_source_that_refuses_one_account_is_not_asked_for_the_next(engine: Engine) -> None:
    world = campaign(2)
    world.account("bo")
    world.post("bo", "A statement of another candidate.")
    with archived_from(engine, "x", world) as loopback:
        keep_account(engine, loopback.fake.ref("bo", loopback.url))
        assert one_round(engine, loopback).exit_code == 0
        before = len(loopback.asked)
        with answering(loopback.fake, unauthorized):
            done = check(engine, loopback, after=1)

    assert len(loopback.asked) - before == 1
    assert sorted((one.statements, one.outcome.asked) for one in done.accounts) == [(1, False), (2, True)]
    assert done.counts()["accounts"] == {"failed": 2}


def test_trouble_between_two_healthy_checks_takes_nothing_from_them(engine: Engine) -> None:
    world = campaign()
    with archived_from(engine, "bluesky", world) as loopback:
        world.delete(world.posts[0])
        check(engine, loopback, after=1)
        with answering(loopback.fake, server_error):
            assert check(engine, loopback, after=3).exit_code == 1
        check(engine, loopback, after=3)
        assert len(deleted(engine)) == 1


def test_a_server_that_lists_nothing_is_asked_for_each_record(engine: Engine) -> None:
    """An empty 200 of the listing, while single records are there."""

    def lists_nothing(asked: Asked, answer: Answer) -> Answer:
        return json_answer({"records": []}) if asked.path.endswith("listRecords") else answer

    world = campaign()
    with archived_from(engine, "bluesky", world) as loopback:
        with answering(loopback.fake, lists_nothing):
            summary = check(engine, loopback, after=1)
        assert summary.found.checked == 6
        assert states(engine) == {}


def test_the_server_that_an_account_left_proves_nothing(engine: Engine) -> None:
    """It has thrown away the repository, and says RecordNotFound; the new server has all."""
    world = campaign()

    def forgotten(asked: Asked, answer: Answer) -> Answer:
        if asked.path.startswith("/pds0/") and asked.path.endswith(("listRecords", "getRecord")):
            listing = asked.path.endswith("listRecords")
            refused = json_answer({"error": "RecordNotFound", "message": "Could not locate record"}, 400)
            return json_answer({"records": []}) if listing else refused
        return answer

    with archived_from(engine, "bluesky", world) as loopback:
        world.accounts["ada"].home = 1
        with answering(loopback.fake, forgotten):
            check(engine, loopback, after=1)
            assert states(engine) == {}
            assert homes(engine) == [f"{loopback.url}/pds1"]
            for _ in range(2):
                assert check(engine, loopback, after=7).found.checked == 6
        assert states(engine) == {}
        world.delete(world.posts[0])
        for _ in range(2):
            check(engine, loopback, after=7)
        assert len(deleted(engine)) == 1


def test_an_outage_of_the_appview_takes_no_deletion_for_another(engine: Engine) -> None:
    """It is the account's own server that counts."""

    def appview_down(asked: Asked, answer: Answer) -> Answer:
        return Answer(502, b"bad gateway") if asked.path.startswith("/xrpc/") else answer

    world = campaign()
    with archived_from(engine, "bluesky", world) as loopback:
        world.delete(world.posts[4])
        with answering(loopback.fake, appview_down):
            for _ in range(2):
                check(engine, loopback, after=7)
        assert deleted(engine) == {loopback.fake.post_id(world.posts[4])}


def test_what_an_operator_took_down_is_told_from_what_its_author_deleted(engine: Engine) -> None:
    world = campaign()
    with archived_from(engine, "bluesky", world) as loopback:
        fake = loopback.fake
        assert isinstance(fake, FakeBluesky)
        world.delete(world.posts[0])
        fake.taken_down.add(world.posts[1].serial)
        for _ in range(2):
            check(engine, loopback, after=7)
        found = states(engine)
    assert found[fake.post_id(world.posts[0])] == ["missing", "deleted"]
    assert found[fake.post_id(world.posts[1])] == ["suspended"]


def test_who_is_blocked_sees_no_deletion(engine: Engine) -> None:
    """On Mastodon the bearer of a token who is blocked is told 404 for each post."""
    world = campaign()
    with fake_of("mastodon", world) as loopback:
        fake = loopback.fake
        assert isinstance(fake, FakeMastodon)
        fake.flavour = replace(fake.flavour, token=True)
        keep_account(engine, fake.ref("ada", loopback.url))
        one_round(engine, loopback)
        fake.blocking.add("ada")
        for _ in range(3):
            check(engine, loopback, after=7)
        assert {seen[-1] for seen in states(engine).values()} == {"not_found"}
        assert len(states(engine)) == 6
        assert TOKEN.encode() not in b"".join(evidence(engine, State.NOT_FOUND))


def test_a_block_on_x_is_not_found_from_here(engine: Engine) -> None:
    """X tells who is blocked that there is no such post, and shows the account."""
    world = campaign()
    with archived_from(engine, "x", world) as loopback:
        world.accounts["ada"].state = State.BLOCKED
        for _ in range(3):
            check(engine, loopback, after=7)
        assert {tuple(seen) for seen in states(engine).values()} == {("not_found",)}


def test_x_says_in_words_why_a_post_is_withheld(engine: Engine) -> None:
    world = campaign(3)
    with archived_from(engine, "x", world) as loopback:
        fake = loopback.fake
        assert isinstance(fake, FakeX)
        post_id = fake.post_id(world.posts[0])
        words = {
            State.PROTECTED: "Sorry, you are not authorized to see the Tweet with ids: [1].",
            State.SUSPENDED: "User has been suspended: [1].",
            State.AGE_GATED: "Age-restricted adult content: this post is not for everybody.",
        }
        for detail in words.values():
            error = {"resource_id": post_id, "parameter": "ids", "detail": detail, "type": "about:blank"}
            fake.look_ups = json_answer({"errors": [error]})
            check(engine, loopback, after=7)
        assert states(engine) == {post_id: [state.value for state in words]}


def test_youtube_cannot_tell_a_deleted_video_from_a_private_one(engine: Engine) -> None:
    world = campaign(3)
    with archived_from(engine, "youtube", world) as loopback:
        fake = loopback.fake
        assert isinstance(fake, FakeYouTube)
        world.delete(world.posts[0])
        fake.placeholders[world.posts[1].serial] = "Private video"
        fake.restricted.add(world.posts[2].serial)
        for _ in range(3):
            check(engine, loopback, after=7)
        found = states(engine)
    assert [found[fake.post_id(post)] for post in world.posts] == [
        ["not_found"],
        ["not_found"],
        ["age_gated"],
    ]


def test_what_left_the_window_of_a_feed_is_not_asked_for(engine: Engine) -> None:
    world = campaign(12)
    with archived_from(engine, "feed", world) as loopback:
        for number in range(8):
            world.post("ada", f"News {number} that pushes the old out of the window.")
        one_round(engine, loopback)
        requests = len(loopback.asked)
        summary = check(engine, loopback, after=7)
        assert (summary.not_rechecked, len(loopback.asked)) == ({"feed": 1}, requests)
        assert states(engine) == {}


def test_all_posts_of_an_account_may_be_deleted_at_once_where_its_server_says_so(engine: Engine) -> None:
    world = campaign()
    with archived_from(engine, "bluesky", world) as loopback:
        for post in world.posts:
            post.deleted = True
        for _ in range(2):
            check(engine, loopback, after=7)
        assert len(deleted(engine)) == 6


def test_without_a_witness_x_proves_nothing_and_another_post_is_asked_for_as_one(engine: Engine) -> None:
    world = campaign(130)
    with archived_from(engine, "x", world) as loopback:
        for post in world.posts[:110]:
            post.deleted = True
        check(engine, loopback, after=7)
        check(engine, loopback, after=7)
        assert deleted(engine) == {loopback.fake.post_id(post) for post in world.posts[:110]}
    world.posts[-1].deleted = True


@pytest.mark.parametrize(("collector", "most"), [("bluesky", 6), ("x", 4), ("youtube", 5)])
def test_many_posts_are_asked_for_together(engine: Engine, collector: str, most: int) -> None:
    with archived_from(engine, collector, campaign(200)) as loopback:
        loopback.fake.page_size = 100
        summary = check(engine, loopback, after=7)
        assert summary.found.checked == 200
        assert summary.requests <= most


def test_no_more_requests_are_made_than_allowed_and_the_rest_stays_due(engine: Engine) -> None:
    world = campaign(9)
    with archived_from(engine, "mastodon", world) as loopback:
        before = len(loopback.asked)
        first = check(engine, loopback, after=200, due=True, budget=4)
        assert len(loopback.asked) - before == 4 == first.requests
        assert (first.exit_code, first.found.checked) == (1, 4)
        rest = check(engine, loopback, due=True)
        assert (rest.exit_code, rest.found.checked) == (0, 5)
        assert round_outcomes(engine) == ["partly", "done"]
        assert check(engine, loopback, due=True).found.checked == 0


def test_what_could_not_be_decided_stays_due(engine: Engine) -> None:
    """No request is left to see how the account is: nothing is written, and nothing counts as checked."""
    world = campaign(1)
    with archived_from(engine, "bluesky", world) as loopback:
        world.delete(world.posts[0])
        assert check(engine, loopback, after=200, due=True, budget=1).found.checked == 0
        assert states(engine) == {}
        assert check(engine, loopback, due=True).found.observed == {"missing": 1}


def test_an_account_that_showed_nothing_is_looked_at_before_its_posts_are_asked_for(engine: Engine) -> None:
    world = campaign(9)
    with archived_from(engine, "mastodon", world) as loopback:
        world.accounts["ada"].state = State.SUSPENDED
        check(engine, loopback, after=7)
        assert check(engine, loopback, after=7).requests == 1
        assert check(engine, loopback, after=7, due=True).requests == 0
        world.accounts["ada"].state = State.ACTIVE
        assert check(engine, loopback, after=7).found.checked == 9


def test_the_statements_of_an_account_that_shows_nothing_wait_for_their_next_time(engine: Engine) -> None:
    world = campaign(2)
    with archived_from(engine, "bluesky", world) as loopback:
        world.delete(world.posts[0])
        world.accounts["ada"].state = State.SUSPENDED
        assert len(check(engine, loopback, after=24 * 8, due=True).accounts) == 1
        assert check(engine, loopback, after=1, due=True).accounts == ()


def test_only_what_is_due_is_asked_for(engine: Engine) -> None:
    with archived_from(engine, "bluesky", campaign()) as loopback:
        assert check(engine, loopback, due=True).found.checked == 6
        assert check(engine, loopback, after=24 * 6, due=True).found.checked == 0
        assert check(engine, loopback, after=24, due=True).found.checked == 6


def test_what_was_missed_once_is_due_again_when_a_second_check_would_prove_it(engine: Engine) -> None:
    world = campaign()
    with archived_from(engine, "bluesky", world) as loopback:
        world.delete(world.posts[0])
        check(engine, loopback)
        assert check(engine, loopback, after=5, due=True).found.checked == 0
        assert check(engine, loopback, after=1, due=True).found.checked == 1
        assert len(deleted(engine)) == 1


def test_answers_that_tell_nothing_new_are_not_kept_but_their_time_is(engine: Engine) -> None:
    with archived_from(engine, "bluesky", campaign(2)) as loopback:
        check(engine, loopback, after=3)
        check(engine, loopback, after=3)
        assert evidence(engine, State.MISSING) == []
        assert {
            round(at.total_seconds() / 3600) for pair in seen_times(engine).values() for at in pair if at
        } == {6}
