"""Reading timelines of X: pages, references and edits, against the fake behind real HTTP."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from fake_x import FakeX, id_of
from fake_x_problems import bad, client_forbidden, usage_capped
from faults import bench_of
from loopback import Answer, json_answer
from plain_web import records_of
from world import World, filled
from x_bench import EVERYTHING, bench, expected, texts

from archive.contract import (
    BudgetSpent,
    CollectingError,
    CursorExpired,
    Reject,
    Served,
    SourceRefused,
    Stretch,
)
from archive.endings import Ending

# ---- paging ----


def test_a_timeline_is_read_to_its_end_with_the_fewest_requests() -> None:
    fake = FakeX(filled(250))
    with bench(fake) as at:
        served = at.served()

        assert [len(one.positions) for one in served] == [100, 100, 50]
        assert [one.end for one in served] == [False, False, True]
        assert len(at.loopback.asked) == 3


def test_positions_fall_as_strings_from_page_to_page() -> None:
    with bench(FakeX(filled(60), page_size=7)) as at:
        positions = [position for served in at.served() for position in served.positions]

        assert len(positions) == 60
        assert positions == sorted(positions, reverse=True)
        assert {len(position) for position in positions} == {20}


def test_all_posts_arrive_with_their_text_time_author_and_address() -> None:
    fake = FakeX(filled(12), page_size=5)
    fake.world.post("ada", "Taxes & fees <rise>")
    with bench(fake) as at:
        posts = at.posts()

        assert texts(posts) == expected(fake)
        newest = posts[fake.post_id(fake.world.posts[-1])]
        assert newest.published is not None
        assert newest.published.at == fake.world.posts[-1].made_at
        assert newest.author_platform_id == at.ref().platform_id
        assert newest.url == f"https://x.com/ada/status/{newest.post_id}"
        assert newest.lang == "en"


def test_only_what_is_newer_is_asked_for_and_paid_for() -> None:
    fake = FakeX(filled(30), page_size=5)
    with bench(fake) as at:
        known = at.served()[0].positions[0]
        new = [fake.world.post("ada", f"New promise {number}") for number in range(3)]
        before = len(at.loopback.asked)

        served = at.served(Stretch("posts", after=known))

        assert len(at.loopback.asked) == before + 1
        assert [post.post_id for post in at.read(served[0])] == [fake.post_id(one) for one in reversed(new)]
        assert served[-1].end


def test_a_restart_goes_on_from_the_token_although_posts_came_and_went() -> None:
    fake = FakeX(filled(20), page_size=5)
    with bench(fake) as at:
        first = next(at.x.fetch(at.web, at.ref(), EVERYTHING))
        fake.world.post("ada", "Said meanwhile")
        fake.world.delete(fake.world.posts[3])

        rest = at.posts(replace(EVERYTHING, cursor=first.cursor))

        assert len(rest) == 14
        assert not rest.keys() & {post.post_id for post in at.read(first)}


def test_an_expired_token_is_said_and_reading_goes_on_below_the_last_position() -> None:
    fake = FakeX(filled(20), page_size=5)
    with bench(fake) as at:
        first = next(at.x.fetch(at.web, at.ref(), EVERYTHING))
        fake.switches.expire_cursors = True
        with pytest.raises(CursorExpired, match="no longer knows the token"):
            at.served(replace(EVERYTHING, cursor=first.cursor))

        rest = at.posts(replace(EVERYTHING, before=first.positions[-1]))

        assert fake.fired["expire_cursors"] == 1
        assert rest.keys() | {post.post_id for post in at.read(first)} == expected(fake).keys()
        assert len(rest) == 15


def test_a_token_that_repeats_itself_ends_in_an_error_and_not_in_a_loop() -> None:
    fake = FakeX(filled(30), page_size=5)
    fake.switches.repeat_cursor = True
    with bench(fake) as at:
        served: list[Served] = []
        with pytest.raises(CursorExpired, match="same token"):
            served.extend(at.x.fetch(at.web, at.ref(), EVERYTHING))

        assert fake.fired["repeat_cursor"] == 1
        assert not any(one.end for one in served)


def test_an_empty_page_with_a_token_is_no_end() -> None:
    fake = FakeX(filled(20), page_size=5)
    fake.switches.empty_page_at = 2
    with bench(fake) as at:
        assert texts(at.posts()) == expected(fake)
        assert fake.fired["empty_page_at"] == 1


def test_posts_that_two_pages_show_are_the_same_posts() -> None:
    fake = FakeX(filled(20), page_size=5)
    fake.switches.duplicates = True
    with bench(fake) as at:
        assert texts(at.posts()) == expected(fake)
        assert fake.fired["duplicates"] == 3


def test_beyond_the_window_of_x_nothing_is_shown() -> None:
    fake = FakeX(filled(20), page_size=5, window=12)
    with bench(fake) as at:
        assert list(at.posts()) == list(expected(fake))[:7:-1]


def test_one_broken_record_is_set_aside_and_the_others_are_kept() -> None:
    fake = FakeX(filled(9))
    fake.switches.malformed_every = 6
    with bench(fake) as at:
        records = records_of(at.x, at.served()[0])

        rejects = [one for one in records if isinstance(one, Reject)]
        assert len(records) == 9
        assert len(rejects) == fake.fired["malformed_every"] > 0
        assert {one.reason for one in rejects} == {"no text"}


# ---- what posts refer to ----


def conversation() -> FakeX:
    """An account that answers, repeats and writes at length."""
    world = World()
    world.account("ada")
    world.account("bob")
    said = world.post("bob", "The bridge & the road: " + "a long story. " * 40)
    world.post("ada", "That is not so", reply_to=said)
    world.post("ada", "", repost_of=said)
    world.post("ada", "My plan: " + "many words <here> & there. " * 30)
    return FakeX(world)


@pytest.mark.parametrize("knows", [("tweet",), ("post",), ("tweet", "post")])
def test_full_texts_replies_and_reposts_arrive_in_either_vocabulary(knows: tuple[str, ...]) -> None:
    fake = conversation()
    fake.knows = knows
    with bench(fake) as at:
        posts = at.posts()

        said, answer, repost, _ = fake.world.posts
        assert texts(posts) == expected(fake)
        assert posts[fake.post_id(answer)].reply_to_post == fake.post_id(said)
        assert posts[fake.post_id(repost)].repost_of == fake.post_id(said)
        if "tweet" in knows:
            assert posts[fake.post_id(answer)].reply_to == at.ref("bob").platform_id


def test_a_server_that_ignores_our_words_is_asked_in_the_other_vocabulary() -> None:
    fake = conversation()
    fake.knows, fake.ignores = ("post",), True
    with bench(fake) as at:
        assert texts(at.posts()) == expected(fake)
        assert [sorted(set(one.query) & {"tweet.fields", "post.fields"}) for one in at.loopback.asked] == [
            ["tweet.fields"],
            ["post.fields"],
        ]


def test_the_vocabulary_that_was_understood_is_kept_for_the_round() -> None:
    fake = FakeX(filled(20), page_size=5, knows=("post",))
    with bench(fake) as at:
        at.served()

        assert sum("tweet.fields" in one.query for one in at.loopback.asked) == 1


def test_a_chosen_vocabulary_is_not_tried_out() -> None:
    with bench(FakeX(filled(3), knows=("post",)), HUSTINGS_X_FIELDS="post") as at:
        assert len(at.posts()) == 3
        assert len(at.loopback.asked) == 1
    with (
        bench(FakeX(filled(3), knows=("post",)), HUSTINGS_X_FIELDS="tweet") as at,
        pytest.raises(CollectingError, match=r"tweet\.fields"),
    ):
        at.served()


def test_errors_beside_the_data_lose_no_post() -> None:
    fake = conversation()
    fake.switches.partial_errors = True
    with bench(fake) as at:
        assert texts(at.posts()) == expected(fake)
        assert fake.fired["partial_errors"] == 1


def test_a_repost_of_what_is_gone_has_no_text() -> None:
    fake = conversation()
    fake.world.delete(fake.world.posts[0])
    with bench(fake) as at:
        assert texts(at.posts()) == expected(fake)
        assert "" in texts(at.posts()).values()


# ---- edits ----


def test_an_edited_post_keeps_its_first_id_and_all_its_texts() -> None:
    fake = FakeX(filled(6))
    post = fake.world.posts[2]
    first = post.text
    fake.world.edit(post, "Corrected once")
    fake.world.edit(post, "Corrected twice")
    with bench(fake) as at:
        (served,) = at.served()
        posts = {one.post_id: one for one in at.read(served)}
        edited = posts[id_of(post, 0)]

        assert texts(posts) == expected(fake)
        assert [version.text for version in edited.versions] == [first, "Corrected once"]
        assert [version.published.at for version in edited.versions if version.published] == [
            moment for moment, _ in post.texts[:2]
        ]
        assert edited.published is not None
        assert edited.edited is not None
        assert (edited.published.at, edited.edited.at) == (post.made_at, post.edited_at)
        assert edited.url == f"https://x.com/ada/status/{id_of(post, -1)}"
        assert len(served.enclosed) == 1
        assert len(at.loopback.asked) == 2


def test_a_page_of_the_timeline_and_that_of_the_history_say_the_same_of_an_edited_post() -> None:
    fake = FakeX(filled(3))
    fake.world.edit(fake.world.posts[0], "Corrected")
    with bench(fake) as at:
        (served,) = at.served()
        key = id_of(fake.world.posts[0], 0)
        shown, told = (one for one in at.read(served) if one.post_id == key)

        assert replace(told, versions=(), position=shown.position, url=shown.url) == shown


def test_an_edit_of_a_known_post_arrives_as_something_new() -> None:
    fake = FakeX(filled(6))
    with bench(fake) as at:
        known = at.served()[0].positions[0]
        fake.world.edit(fake.world.posts[1], "Changed my mind")

        posts = at.posts(Stretch("posts", after=known))

        assert texts(posts) == {id_of(fake.world.posts[1], 0): "Changed my mind"}
        assert len(posts[id_of(fake.world.posts[1], 0)].versions) == 1


def test_many_histories_share_look_ups_of_a_hundred_ids() -> None:
    fake = FakeX(filled(40))
    for post in fake.world.posts:
        for number in range(4):
            fake.world.edit(post, f"Version {number} of {post.serial}")
    with bench(fake) as at:
        (served,) = at.served()

        assert len(served.enclosed) == 2
        assert sum(len(post.versions) for post in at.read(served)) == 160


def test_a_chain_whose_posts_vanish_in_between_loses_nothing_else() -> None:
    fake = FakeX(filled(4))
    fake.world.edit(fake.world.posts[0], "Corrected")
    with bench(fake) as at:
        timeline = at.x.fetch(at.web, at.ref(), EVERYTHING)
        at.loopback.fail(0, "deleted meanwhile", lambda _asked, answer: _deleting(fake, answer))
        posts = at.read(next(timeline))

        assert at.loopback.fired["deleted meanwhile"] == 1
        assert len(posts) == 4


@pytest.mark.parametrize(
    ("answer", "why", "kept"),
    [
        (bad("ids", "1", "The `ids` query parameter value [1] is not valid"), "answered 400: .*not valid", 0),
        (json_answer({"title": "Not Found", "type": "about:blank"}, 404), "answered 404: Not Found", 0),
        (Answer(503), "503", 0),
        (Answer(hangs_up=True), "/2/tweets", 0),
        (Answer(200, b"<!doctype html>", {"Content-Type": "text/html"}), "not JSON but text/html", 1),
        (json_answer({"hello": 1}), "not an answer", 1),
    ],
    ids=["400", "404", "503", "hung up", "web page", "no answer"],
)
def test_earlier_versions_that_are_refused_are_said_and_hold_up_no_page(
    answer: Answer, why: str, kept: int
) -> None:
    fake = FakeX(filled(9), page_size=5)
    for post in fake.world.posts[5:7]:
        fake.world.edit(post, "Corrected")
    fake.look_ups = answer
    with bench(fake) as at:
        first, last = at.served()
        posts = {post.post_id: post for one in (first, last) for post in at.read(one)}

        assert texts(posts) == expected(fake)
        assert (last.end, last.missing) == (True, ())
        assert len(first.enclosed) == kept
        assert {one.position for one in first.missing} == {
            f"versions of {id_of(post, 0)}" for post in fake.world.posts[5:7]
        }
        for missing in first.missing:
            assert re.search(why, missing.reason)
            assert "/2/tweets" in missing.reason


@pytest.mark.parametrize(
    ("answer", "error"), [(usage_capped(), BudgetSpent), (client_forbidden(), SourceRefused)]
)
def test_a_refusal_of_everything_stops_at_the_versions_too(
    answer: Answer, error: type[CollectingError]
) -> None:
    fake = FakeX(filled(3))
    fake.world.edit(fake.world.posts[0], "Corrected")
    fake.look_ups = answer
    with bench(fake) as at, pytest.raises(error):
        at.served()


def test_an_account_whose_versions_are_always_refused_is_archived_whole_and_paid_for_once(
    tmp_path: Path,
) -> None:
    with bench_of("x", tmp_path, page_size=5) as at:
        at.world.edit(at.world.shown("ada")[6], "edited text")
        fake = at.loopback.fake
        assert isinstance(fake, FakeX)
        fake.look_ups = bad("ids", "1", "no")
        outcome = at.round()
        assert outcome.ending is Ending.DONE, outcome.message
        assert at.holds_everything()
        ((reject, _),) = at.quarantined()
        assert "/2/tweets" in reject.reason
        pages = at.loopback.pages
        at.round()
        assert at.loopback.pages == pages + 1


def _deleting(fake: FakeX, answer: Answer) -> Answer:
    fake.world.delete(fake.world.posts[0])
    return answer
