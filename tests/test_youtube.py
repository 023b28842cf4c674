"""Channels on YouTube: paging, placeholders, states, the quota and its reasons, and hostile answers."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_youtube import KEY, FakeYouTube, problem
from faults import bench_of
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import Answer, Asked, Loopback, html, serving
from plain_web import PlainWeb, plain_web, records_of
from platforms import archived, keep_account
from world import World, filled

from archive.collectors.youtube import YouTubeCollector, collector
from archive.collectors.youtube.places import ENOUGH, Descent, falling, positions_of
from archive.collectors.youtube.problems import next_midnight
from archive.contract import (
    AccountRef,
    AccountUnavailable,
    BudgetSpent,
    CollectingError,
    CursorExpired,
    Page,
    Post,
    Reject,
    Served,
    Setup,
    SinglePosts,
    SourceRefused,
    Stretch,
    Unreachable,
    UnreadablePage,
)
from archive.endings import Ending
from db.words import State

TOP = Stretch("uploads")


class Bench:
    """A fake, the collector on it, and the account as a look gives it."""

    def __init__(self, loopback: Loopback, web: PlainWeb, fake: FakeYouTube) -> None:
        self.loopback, self.web, self.fake = loopback, web, fake
        self.collector = collector(Setup(loopback.settings, loopback.settings.get))

    @property
    def ref(self) -> AccountRef:
        account = self.fake.world.accounts["ada"]
        return AccountRef("youtube", platform_id=self.fake.channel_id(account), handle=account.handle)

    def read(self, stretch: Stretch = TOP) -> list[Served]:
        return list(self.collector.fetch(self.web, self.ref, stretch))

    def texts(self, stretch: Stretch = TOP) -> dict[str, str]:
        found = (record for served in self.read(stretch) for record in records_of(self.collector, served))
        return {record.post_id: record.text for record in found if isinstance(record, Post)}

    def shown(self) -> dict[str, str]:
        return {self.fake.post_id(one): self.fake.text(one) for one in self.fake.world.shown("ada")}


@contextmanager
def bench(world: World, *, page_size: int = 4) -> Iterator[Bench]:
    fake = FakeYouTube(world, page_size=page_size)
    with serving(fake) as loopback, plain_web() as web:
        yield Bench(loopback, web, fake)


def page_of(value: Any) -> Page:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Page(
        "https://api.example/playlistItems", body, "application/json", datetime(2024, 7, 2, tzinfo=UTC)
    )


def a_record(**snippet: Any) -> dict[str, Any]:
    """One record after the documented layout."""
    return {
        "kind": "youtube#playlistItem",
        "id": "VVVhYmM",
        "snippet": {
            "publishedAt": "2024-07-01T09:00:00Z",
            "channelId": "UC" + "a" * 22,
            "channelTitle": "Ada Quill",
            "title": "Why I stand",
            "description": "Our town deserves better.",
            "resourceId": {"kind": "youtube#video", "videoId": "abcdefghijk"},
            **snippet,
        },
        "contentDetails": {"videoId": "abcdefghijk", "videoPublishedAt": "2024-07-01T08:00:00Z"},
        "status": {"privacyStatus": "public"},
    }


def listed(*records: Any) -> dict[str, Any]:
    return {"kind": "youtube#playlistItemListResponse", "items": list(records)}


def parsed(*records: Any) -> list[Post | Reject]:
    return list(YouTubeCollector().parse(page_of(listed(*records))))


def test_all_uploads_are_read_from_the_top_to_the_end() -> None:
    with bench(filled(14)) as here:
        pages = here.read()
        assert here.texts() == here.shown()
        positions = [position for served in pages for position in served.positions]
        assert positions == sorted(positions, reverse=True)
        assert [served.end for served in pages] == [False, False, False, True]
        assert {name for one in here.loopback.asked for name in one.query} <= {
            *("playlistId", "part", "maxResults", "pageToken")
        }


def test_a_page_token_goes_on_although_videos_came_and_went() -> None:
    world = filled(12)
    with bench(world) as here:
        first = next(here.collector.fetch(here.web, here.ref, TOP))
        world.post("ada", "Another one.")
        world.delete(world.posts[3])
        rest = here.texts(Stretch("uploads", cursor=first.cursor))
        assert {
            *rest,
            *(one.post_id for one in records_of(here.collector, first) if isinstance(one, Post)),
        } >= {here.fake.post_id(one) for one in world.posts[:12] if not one.deleted}


def test_an_expired_token_is_told_and_the_list_begins_again_at_the_top() -> None:
    with bench(filled(9)) as here:
        first = next(here.collector.fetch(here.web, here.ref, TOP))
        here.fake.switches.expire_cursors = True
        with pytest.raises(CursorExpired):
            here.read(Stretch("uploads", cursor=first.cursor, before=first.positions[-1]))
        assert here.texts(Stretch("uploads", before=first.positions[-1])) == here.shown()


@pytest.mark.parametrize("switch", ["empty_page_at", "duplicates", "malformed_every"])
def test_odd_pages_do_not_end_the_reading(switch: str) -> None:
    with bench(filled(13)) as here:
        setattr(here.fake.switches, switch, 2)
        bad = {here.fake.post_id(one) for one in here.fake.world.posts if one.serial % 2 == 0}
        wanted = {
            one: text for one, text in here.shown().items() if switch != "malformed_every" or one not in bad
        }
        assert here.texts() == wanted
        assert here.fake.fired[switch] > 0


def test_one_malformed_record_is_rejected_by_its_field_and_the_others_are_kept() -> None:
    records = [a_record() for _ in range(99)]
    bad = a_record()
    del bad["snippet"]
    found = parsed(*records[:40], bad, *records[40:])
    assert sum(isinstance(one, Post) for one in found) == 99
    assert [(one.position, one.reason) for one in found if isinstance(one, Reject)] == [
        ("item 41", "no snippet")
    ]


def test_a_video_is_read_with_its_id_times_author_and_address() -> None:
    [post] = parsed(a_record())
    assert isinstance(post, Post)
    assert (post.post_id, post.text) == ("abcdefghijk", "Why I stand\n\nOur town deserves better.")
    assert post.published is not None
    assert post.published.at == datetime(2024, 7, 1, 8, tzinfo=UTC)
    assert (post.author_platform_id, post.author_name) == ("UC" + "a" * 22, "Ada Quill")
    assert post.url == "https://www.youtube.com/watch?v=abcdefghijk"


@pytest.mark.parametrize("title", ["Private video", "Deleted video"])
def test_a_placeholder_is_neither_a_text_nor_an_error(title: str) -> None:
    world = filled(6)
    with bench(world) as here:
        here.fake.placeholders[world.posts[2].serial] = title
        gone = here.fake.post_id(world.posts[2])
        texts = here.texts()
        assert gone not in texts
        assert len(texts) == 5
        # It keeps its place, and the page that shows it is kept.
        assert any(gone in position for served in here.read() for position in served.positions)


def test_a_video_that_is_called_private_is_one() -> None:
    [post] = parsed(a_record(title="Private video"))
    assert isinstance(post, Post)


def test_a_record_above_a_newer_one_has_no_position() -> None:
    def at(day: int) -> dict[str, Any]:
        return a_record(publishedAt=f"2024-07-{day:02d}T09:00:00Z")

    row = falling(positions_of([at(10), at(3), at(9), at(8)]))
    days = [position[8:10] for position in row]
    assert days == ["10", "09", "08"]


def test_an_unchanged_first_page_is_asked_for_once_and_not_read() -> None:
    with bench(filled(3)) as here:
        [first] = here.read()
        assert first.validators
        [again] = here.read(Stretch("uploads", validators=first.validators))
        assert again.unchanged
        assert again.end
        assert records_of(here.collector, again) == []
        here.fake.world.post("ada", "News.")
        assert len(here.texts(Stretch("uploads", validators=first.validators))) == 4


def test_an_edit_shows_as_another_text_of_the_same_video() -> None:
    world = filled(2)
    with bench(world) as here:
        world.edit(world.posts[0], "Corrected.")
        assert here.texts()[here.fake.post_id(world.posts[0])].endswith("Corrected.")


@pytest.mark.parametrize("by", ["handle", "at", "id in place of the handle", "id"])
def test_a_channel_is_found_by_handle_and_by_id(by: str) -> None:
    with bench(filled(1)) as here:
        channel_id = here.ref.platform_id
        refs = {
            "handle": AccountRef("youtube", handle="ada"),
            "at": AccountRef("youtube", handle="@ada"),
            "id in place of the handle": AccountRef("youtube", handle=channel_id),
            "id": AccountRef("youtube", platform_id=channel_id, handle="gone-to-another"),
        }
        seen = here.collector.look(here.web, refs[by])
        assert (seen.state, seen.platform_id, seen.handle) == (State.ACTIVE, channel_id, "ada")
        assert seen.display_name == "Ada"
        assert seen.home == "UU" + str(channel_id)[2:]
        assert [list(here.collector.parse(page)) for page in seen.pages] == [[]]


def test_a_channel_that_is_not_listed_is_not_found() -> None:
    world = filled(2)
    with bench(world) as here:
        world.accounts["ada"].state = State.SUSPENDED
        assert here.collector.look(here.web, here.ref).state is State.NOT_FOUND
        with pytest.raises(AccountUnavailable) as error:
            here.read()
        assert error.value.state is State.NOT_FOUND
        assert error.value.pages


def test_a_channel_that_never_uploaded_is_empty_and_no_error() -> None:
    world = World()
    world.account("ada")
    with bench(world) as here:
        [served] = here.read()
        assert served.end
        assert served.positions == ()
        assert records_of(here.collector, served) == []


def test_a_channel_that_does_not_say_how_many_videos_it_has_is_empty_only_where_none_is_known() -> None:
    world = World()
    world.account("ada")
    with bench(world) as here:
        here.fake.counts = False
        [served] = here.read()
        assert served.end
        for stretch in (Stretch("uploads", after="2024-07-01"), Stretch("uploads", before="2024-07-01")):
            with pytest.raises(CollectingError, match="playlistNotFound"):
                here.read(stretch)


def test_a_channel_that_took_all_its_videos_down_is_empty_and_no_error() -> None:
    world = filled(2)
    with bench(world) as here:
        for post in world.posts:
            world.delete(post)
        [served] = here.read(Stretch("uploads", after="2024-07-01"))
        assert served.end


NO_LIST = [(404, "playlistNotFound"), (403, "playlistItemsNotAccessible")]


@pytest.mark.parametrize(("status", "reason"), NO_LIST)
def test_a_list_that_is_refused_is_not_an_empty_one_where_the_channel_has_videos(
    status: int, reason: str
) -> None:
    with bench(filled(9)) as here:
        here.fake.trouble.append(problem(status, reason))
        with pytest.raises(CollectingError, match=reason) as error:
            here.read()
        assert type(error.value) is CollectingError


def test_a_list_that_must_not_be_seen_is_not_an_empty_one_whatever_the_channel_says() -> None:
    world = World()
    world.account("ada")
    with bench(world) as here:
        here.fake.trouble.append(problem(403, "playlistItemsNotAccessible"))
        with pytest.raises(CollectingError, match="playlistItemsNotAccessible"):
            here.read()


@pytest.mark.parametrize(("status", "reason"), NO_LIST)
def test_a_list_that_breaks_off_is_read_on_the_next_time_and_not_called_complete(
    status: int, reason: str, tmp_path: Path
) -> None:
    with bench_of("youtube", tmp_path) as here:
        here.loopback.fail(1, reason, lambda _asked, _answer: problem(status, reason))
        outcome = here.round()
        assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1)
        assert reason in str(outcome.message)
        # The token may be what is wrong: the next round does without it.
        here.loopback.fail(0, reason, lambda _asked, _answer: problem(status, reason))
        assert here.round().ending is Ending.DONE
        assert here.holds_everything()


def test_a_channel_that_goes_away_while_it_is_read_is_not_found_and_not_complete(tmp_path: Path) -> None:
    with bench_of("youtube", tmp_path) as here:

        def gone(_asked: Asked, _answer: Answer) -> Answer:
            here.world.accounts["ada"].state = State.SUSPENDED
            return problem(404, "playlistNotFound")

        here.loopback.fail(1, "gone", gone)
        assert here.round().ending is Ending.UNAVAILABLE
        here.world.accounts["ada"].state = State.ACTIVE
        assert here.round().ending is Ending.DONE
        assert here.holds_everything()


# ---- videos out of their place --------------------------------------------------------------------


@pytest.mark.parametrize("late", [1, 2, 3, 6])
@pytest.mark.parametrize("place", [0, 3, 5])
def test_old_videos_that_become_public_above_new_ones_do_not_end_the_reading(
    late: int, place: int, tmp_path: Path
) -> None:
    world = filled(12)
    old = world.posts[2 : 2 + late]
    for post in old:
        post.deleted = True  # private at first
    with bench_of("youtube", tmp_path, world=world) as here:
        fake = here.loopback.fake
        assert isinstance(fake, FakeYouTube)
        assert here.round().ending is Ending.DONE
        for number in range(12):
            world.post("ada", f"New {number}.")
        for number, post in enumerate(reversed(old)):
            post.deleted = False
            fake.listed_at[post.serial] = place + number
        assert here.round().ending is Ending.DONE
        assert here.holds_everything()


def places(*days: int) -> tuple[str, ...]:
    return tuple(f"2024-07-{day:02d}" for day in days)


def walked(goal: int, *pages: tuple[str, ...]) -> tuple[str, ...]:
    """What the last page proves of a walk through all of them."""
    descent = Descent(places(goal)[0])
    for page in pages:
        descent = descent.past(page)
    return descent.proven(pages[-1])


def test_older_videos_prove_that_the_goal_was_passed_only_below_the_goal_itself() -> None:
    assert walked(10, places(20, 15, 10, 9)) == places(20, 15, 10, 9)
    assert walked(10, places(20, 15, 10), places(9, 8)) == places(9, 8)
    assert walked(10, places(20, 15, 9, 8)) == places(20, 15)
    assert walked(10, places(20, 15, 10), places(14, 9)) == places(14)


def test_where_the_goal_is_listed_no_more_many_older_videos_in_a_row_prove_it() -> None:
    older = tuple(f"2024-06-{number:03d}" for number in range(ENOUGH, 0, -1))
    assert walked(10, places(20, 9), older[1:]) == older[1:]
    assert walked(10, places(20), older[1:]) == ()
    assert walked(10, places(20), older[1:], places(12), older[:1]) == ()


def test_a_walk_without_a_goal_goes_to_the_end_of_the_list() -> None:
    assert Descent(None).past(places(3, 2)).proven(places(3, 2)) == places(3, 2)


def test_a_known_video_that_is_gone_costs_one_page_more_at_most() -> None:
    world = filled(200)
    with bench(world, page_size=50) as here:
        known = [position for served in here.read() for position in served.positions]
        world.delete(world.posts[-6])
        pages = here.collector.fetch(here.web, here.ref, Stretch("uploads", after=known[5]))
        assert next(pages).positions[-1] > known[5]
        assert next(pages).positions[-1] < known[5]


def test_a_walk_that_stopped_at_the_goal_goes_on_below_it() -> None:
    with bench(filled(12)) as here:
        first = next(here.collector.fetch(here.web, here.ref, TOP))
        goal = first.positions[-1]
        assert next(here.collector.fetch(here.web, here.ref, Stretch("uploads", after=goal))).cursor
        again = Stretch("uploads", after=goal, before=goal, cursor=first.cursor)
        assert next(here.collector.fetch(here.web, here.ref, again)).positions[-1] < goal


def test_the_key_goes_in_a_header_alone() -> None:
    with bench(filled(5)) as here:
        pages = here.read()
        assert all(one.headers["x-goog-api-key"] == KEY for one in here.loopback.asked)
        assert KEY not in repr(here.collector)
        assert all(KEY not in served.page.source and KEY not in repr(served.page.context) for served in pages)


def test_without_a_key_nobody_is_served_and_the_message_says_which_setting_helps() -> None:
    with bench(filled(1)) as here:
        here.collector = collector(Setup(here.loopback.settings))
        with pytest.raises(SourceRefused, match="HUSTINGS_YOUTUBE_KEY"):
            here.read()
        assert here.loopback.asked == []


def test_a_spent_quota_stops_everybody_until_midnight_in_california() -> None:
    with bench(filled(9)) as here:
        here.fake.quota = 1
        pages = here.collector.fetch(here.web, here.ref, TOP)
        next(pages)
        with pytest.raises(BudgetSpent) as error:
            next(pages)
        assert error.value.until == next_midnight(datetime.now(UTC))


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        ("2024-07-01T09:00", "2024-07-02T07:00"),
        ("2024-07-02T06:59", "2024-07-02T07:00"),
        ("2024-12-01T07:30", "2024-12-01T08:00"),
        ("2024-11-03T07:30", "2024-11-04T08:00"),  # the night in which clocks go back
    ],
)
def test_the_quota_begins_anew_at_midnight_pacific(now: str, midnight: str) -> None:
    found = next_midnight(datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(midnight).replace(tzinfo=UTC)
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("status", "reason", "raised"),
    [
        (403, "quotaExceeded", BudgetSpent),
        (429, "quotaExceeded", BudgetSpent),
        (403, "dailyLimitExceeded", BudgetSpent),
        (403, "accessNotConfigured", SourceRefused),
        (403, "forbidden", CollectingError),
        (400, "keyInvalid", SourceRefused),
        (403, "ipRefererBlocked", SourceRefused),
        (401, "somethingNew", SourceRefused),
        (403, "rateLimitExceeded", Unreachable),  # the plain client does not wait; the polite one does
        (403, "userRateLimitExceeded", Unreachable),
        (400, "transient", Unreachable),
        (503, "backendError", Unreachable),
        (403, "somethingNew", CollectingError),
        (400, "invalidValue", CollectingError),
    ],
)
def test_each_reason_stops_what_it_concerns(status: int, reason: str, raised: type[Exception]) -> None:
    with bench(filled(1)) as here:
        here.fake.trouble.append(problem(status, reason))
        with pytest.raises(raised) as error:
            here.read()
        assert type(error.value) is raised


def test_a_channel_that_is_forbidden_does_not_stop_the_others(tmp_path: Path) -> None:
    world = filled(4)
    world.account("bob")
    theirs = world.post("bob", "From Bob.")
    with bench_of("youtube", tmp_path, world=world) as here:
        keep_account(here.engine, here.loopback.fake.ref("bob", here.loopback.url))
        here.loopback.fail(0, "forbidden", lambda _asked, _answer: problem(403, "forbidden"))
        endings = [(one.ending, one.exit_code) for one in here.summary().outcomes]
        assert endings == [(Ending.FAILED, 1), (Ending.DONE, 0)]
        assert set(archived(here.engine)) == {here.loopback.fake.post_id(theirs)}


def test_a_refusal_without_a_word_of_why_concerns_one_channel() -> None:
    with bench(filled(1)) as here:
        here.loopback.fail(0, "html", lambda _asked, _answer: Answer(403, b"<html>Sorry.</html>"))
        with pytest.raises(CollectingError, match="403") as error:
            here.read()
        assert type(error.value) is CollectingError


def test_a_reason_among_the_details_counts_too() -> None:
    detail = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
    body = {"error": {"code": 400, "message": "API key not valid.", "details": [detail]}}
    with bench(filled(1)) as here:
        here.fake.trouble.append(replace(problem(400, "badRequest"), body=json.dumps(body).encode()))
        with pytest.raises(SourceRefused, match="API key not valid"):
            here.read()


def test_a_web_page_instead_of_an_answer_is_said_to_be_one() -> None:
    with bench(filled(1)) as here:
        here.loopback.fail(0, "html", html)
        with pytest.raises(UnreadablePage, match="text/html"):
            here.read()


@pytest.mark.parametrize(
    ("url", "video"),
    [
        ("https://www.youtube.com/watch?v=abcdefghijk", "abcdefghijk"),
        ("https://youtube.com/watch?list=PL1&v=abcdefghij-&t=3", "abcdefghij-"),
        ("https://youtu.be/abcdefghijk?si=x", "abcdefghijk"),
        ("https://m.youtube.com/shorts/abcdefghijk", "abcdefghijk"),
        ("https://www.youtube.com/live/abcdefghijk?feature=share", "abcdefghijk"),
        ("https://www.youtube.com/@ada", None),
        ("https://www.youtube.com/watch?v=short", None),
        ("https://notyoutube.com/watch?v=abcdefghijk", None),
        ("ftp://youtu.be/abcdefghijk", None),
        ("https://[youtu.be/abcdefghijk", None),
    ],
)
def test_addresses_of_videos_are_recognised(url: str, video: str | None) -> None:
    assert isinstance(YouTubeCollector(), SinglePosts)
    assert YouTubeCollector().recognise(url) == video


def test_one_video_is_read_by_its_address() -> None:
    world = filled(3)
    with bench(world) as here:
        post = world.posts[1]
        served = here.collector.fetch_post(here.web, here.fake.post_id(post))
        [found] = records_of(here.collector, served)
        assert isinstance(found, Post)
        assert (found.post_id, found.text) == (here.fake.post_id(post), here.fake.text(post))
        world.delete(post)
        with pytest.raises(CollectingError, match="private, deleted"):
            here.collector.fetch_post(here.web, here.fake.post_id(post))


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"kind": "x"}', b"\xff{}", b"[" * 100_000])
def test_what_is_no_answer_of_youtube_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadablePage):
        list(YouTubeCollector().parse(page_of(body)))


def test_an_answer_without_items_is_an_empty_list() -> None:
    assert list(YouTubeCollector().parse(page_of({"kind": "youtube#videoListResponse"}))) == []


def test_hostile_texts_are_kept_as_they_are() -> None:
    text = "<script>alert(1)</script>\u202e" + "\U0001f389" * 100_000
    [post] = parsed(a_record(description=text + "\x00\ud800"))
    assert isinstance(post, Post)
    assert text in post.text
    assert post.text.encode()
    assert "\0" not in post.text


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
PLACES: list[Callable[[dict[str, Any]], dict[str, Any]]] = [
    lambda record: record,
    lambda record: record["snippet"],
    lambda record: record["contentDetails"],
    lambda record: record["status"],
    lambda record: record["snippet"]["resourceId"],
]


@given(place=st.sampled_from(PLACES), value=anything, data=st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_a_record_holds_it_is_a_post_or_a_reject(
    place: Callable[[dict[str, Any]], dict[str, Any]], value: Any, data: st.DataObject
) -> None:
    record = a_record()
    part = place(record)
    part[data.draw(st.sampled_from(sorted(part)))] = value
    found = parsed(a_record(), record)
    assert isinstance(found[0], Post)
    assert all(isinstance(one, (Post, Reject)) for one in found)
    positions_of([record])
