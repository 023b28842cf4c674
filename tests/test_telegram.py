"""Public channels on Telegram are read from first to last, and nothing else is called empty."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from fake_telegram import FakeTelegram, contact
from faults import bench_of
from loopback import Answer, Asked, Loopback, serving
from loopback import html as web_page
from plain_web import PlainWeb, plain_web, records_of
from platforms import keep_account
from world import World, filled

from archive.collectors.telegram import TelegramCollector, collector
from archive.contract import (
    AccountRef,
    AccountUnavailable,
    CollectingError,
    Collector,
    Post,
    Reject,
    Served,
    Setup,
    SinglePosts,
    Stretch,
    UnreadablePage,
)
from archive.endings import Ending
from db.words import CoverageStatus, State


@pytest.fixture
def web() -> Iterator[PlainWeb]:
    with plain_web() as client:
        yield client


def made(server: Loopback) -> TelegramCollector:
    return collector(Setup(server.settings))


def read(
    server: Loopback, web: PlainWeb, *, after: str | None = None, channel: str | None = None
) -> list[Served]:
    """Every page of a stretch; what goes round in circles is stopped at the twentieth."""
    ref = replace(server.fake.ref("ada", server.url), platform_id=channel)
    return list(islice(made(server).fetch(web, ref, Stretch("posts", after=after)), 20))


def posts_of(steps: list[Served]) -> dict[str, Post]:
    records = [record for step in steps for record in collector(Setup()).parse(step.page)]
    assert all(isinstance(record, Post) for record in records)
    return {record.post_id: record for record in records if isinstance(record, Post)}


def texts(steps: list[Served]) -> dict[str, str]:
    return {name: post.text for name, post in posts_of(steps).items()}


def told(fake: FakeTelegram) -> dict[str, str]:
    """What the archive must hold."""
    return {fake.post_id(post): fake.text(post) for post in fake.world.shown("ada")}


def test_it_is_a_collector_that_reads_single_posts() -> None:
    made_: Collector = collector(Setup())
    assert isinstance(made_, SinglePosts)
    assert not made_.looks_first
    assert made_.policies[""].apart == 0.5


# ---- paging ---------------------------------------------------------------------------------------


def test_all_posts_come_once_oldest_first_up_to_what_the_newest_page_showed(web: PlainWeb) -> None:
    fake = FakeTelegram(filled(11), page_size=4)
    with serving(fake) as server:
        steps = read(server, web)
        asked = [one.first("after") for one in server.asked]
    assert [p for step in steps for p in step.positions] == [str(one.serial) for one in fake.world.posts]
    assert texts(steps) == told(fake)
    assert [step.end for step in steps] == [False, False, True]
    assert asked[0] is None


def test_where_the_newest_page_reaches_back_to_what_is_known_it_is_all_that_is_asked_for(
    web: PlainWeb,
) -> None:
    fake = FakeTelegram(filled(11), page_size=4)
    with serving(fake) as server:
        (step,) = read(server, web, after=str(fake.world.posts[-3].serial))
    assert step.positions == tuple(str(one.serial) for one in fake.world.posts[-2:])
    assert step.end


def test_where_after_0_means_nothing_the_beginning_is_still_found(web: PlainWeb) -> None:
    world = World()
    world.account("ada")
    fake = FakeTelegram(world, page_size=4)
    fake.services.add(world.post("ada", "Channel created").serial)
    for number in range(9):
        world.post("ada", f"Statement {number}.")
    fake.zero_is_nothing = True
    with serving(fake) as server:
        found = texts(read(server, web))
    assert found == {fake.post_id(post): post.text for post in world.posts[1:]}


def test_a_missing_link_to_older_messages_changes_nothing(web: PlainWeb) -> None:
    fake = FakeTelegram(filled(11), page_size=4)
    fake.more_links = False
    with serving(fake) as server:
        assert texts(read(server, web)) == told(fake)


@pytest.mark.parametrize("zero_is_nothing", [False, True])
@pytest.mark.parametrize("more_links", [False, True])
@pytest.mark.parametrize("first", [1, 2, 3, 20])
@pytest.mark.parametrize("count", [1, 3, 6, 11])
def test_the_first_message_is_found_whatever_a_page_leaves_out(
    zero_is_nothing: bool, more_links: bool, first: int, count: int, web: PlainWeb
) -> None:
    world = World()
    world.account("ada")
    world.skip_ids(first - 1)
    for number in range(count):
        world.post("ada", f"Statement {number}.")
    fake = FakeTelegram(world, page_size=4)
    fake.zero_is_nothing, fake.more_links = zero_is_nothing, more_links
    with serving(fake) as server:
        steps = read(server, web)
    assert texts(steps) == told(fake)
    assert steps[-1].end


def test_that_nothing_is_older_is_asked_once_and_not_at_all_where_the_first_message_is_number_1(
    web: PlainWeb,
) -> None:
    world = World()
    world.account("ada")
    for number in range(6):
        world.post("ada", f"Statement {number}.")
    fake = FakeTelegram(world, page_size=4)
    with serving(fake) as server:
        read(server, web)
        whole = len(server.asked)
        assert [one for one in server.asked if one.first("before")] == []
        world.delete(world.posts[0])
        read(server, web)
        asked = [one.first("before") for one in server.asked[whole:]]
    assert asked == [None, None, str(world.posts[1].serial + 1), None]


@pytest.mark.parametrize("more_links", [False, True])
def test_where_older_messages_cannot_be_reached_upward_nothing_is_called_complete(
    more_links: bool, web: PlainWeb
) -> None:
    fake = FakeTelegram(filled(12), page_size=4)
    fake.after_is_nothing, fake.more_links = True, more_links
    with serving(fake) as server:
        (step,) = read(server, web)
    shown = [str(one.serial) for one in fake.world.posts]
    assert step.positions == tuple(shown[5:9])
    assert (step.cursor, step.end) == (None, False)
    newest = [record for page in step.enclosed for record in made(server).parse(page)]
    assert [one.post_id.rpartition("/")[2] for one in newest if isinstance(one, Post)] == shown[8:]


def test_where_t_me_does_not_say_what_lies_before_nothing_is_called_complete(web: PlainWeb) -> None:
    fake = FakeTelegram(filled(12), page_size=4)
    fake.world.delete(fake.world.posts[0])
    fake.before_is_nothing = True
    with serving(fake) as server:
        (step,) = read(server, web)
    assert step.positions
    assert (step.cursor, step.end) == (None, False)


def test_older_messages_that_cannot_be_reached_are_a_gap_until_they_can(tmp_path: Path) -> None:
    with bench_of("telegram", tmp_path) as bench:
        fake = bench.loopback.fake
        assert isinstance(fake, FakeTelegram)
        fake.after_is_nothing = True
        assert bench.round().collected.gaps == ("posts: the platform gave no way to go on",)
        fake.after_is_nothing, fake.more_links, fake.zero_is_nothing = False, False, True
        assert bench.round().collected.gaps == ()
        assert bench.holds_everything()
        assert {row["status"] for row in bench.ledger()} == {CoverageStatus.COMPLETE}


def test_an_empty_channel_ends_at_once(web: PlainWeb) -> None:
    with serving(FakeTelegram(filled(0))) as server:
        (step,) = read(server, web)
    assert (step.end, step.positions, step.cursor) == (True, (), None)


def test_it_goes_on_from_a_position_whether_that_post_is_still_there_or_not(web: PlainWeb) -> None:
    fake = FakeTelegram(filled(9), page_size=4)
    gone = fake.world.posts[4]
    fake.world.delete(gone)
    with serving(fake) as server:
        steps = read(server, web, after=str(gone.serial))
    assert [p for s in steps for p in s.positions] == [str(one.serial) for one in fake.world.posts[5:]]


def test_a_post_shown_twice_does_no_harm(web: PlainWeb) -> None:
    fake = FakeTelegram(filled(9), page_size=4)
    fake.switches.duplicates = True
    with serving(fake) as server:
        steps = read(server, web)
    assert texts(steps) == told(fake)
    assert fake.fired["duplicates"]
    assert steps[-1].end


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_page_that_is_empty_for_once_loses_nothing(web: PlainWeb, number: int) -> None:
    fake = FakeTelegram(filled(11), page_size=4)
    fake.switches.empty_page_at = number
    with serving(fake) as server:
        steps = read(server, web)
    assert texts(steps) == told(fake)
    assert steps[-1].end
    assert fake.fired["empty_page_at"] == 1


def test_a_message_that_arrives_while_others_are_read_is_found_with_them_or_the_next_time(
    web: PlainWeb,
) -> None:
    fake = FakeTelegram(filled(6), page_size=4)
    late: list[str] = []

    def posted(asked: Asked, answer: Answer) -> Answer:
        late.append(fake.post_id(fake.world.post("ada", "Late.")))
        return answer

    with serving(fake) as server:
        server.fail(2, "a message arrives", posted)
        steps = read(server, web)
        again = read(server, web, after=steps[-1].cursor)
    assert late[0] in {**texts(steps), **texts(again)}
    assert steps[-1].end


def test_where_messages_between_cannot_be_had_there_is_no_way_to_go_on(web: PlainWeb) -> None:
    """The newest page is kept, but nothing is proven by it: no cursor, no end."""
    fake = FakeTelegram(filled(11), page_size=4)
    fake.switches.repeat_cursor = True
    with serving(fake) as server:
        first, last = read(server, web)
    assert first.cursor == f"{first.positions[-1]}@{fake.world.posts[-1].serial}"
    assert (last.cursor, last.end) == (None, False)
    assert last.positions == tuple(str(one.serial) for one in fake.world.posts[-4:])


def test_notices_of_the_service_are_no_posts_but_are_passed(web: PlainWeb) -> None:
    fake = FakeTelegram(filled(3))
    fake.services.add(fake.world.posts[2].serial)
    with serving(fake) as server:
        steps = read(server, web)
    assert len(posts_of(steps)) == 2
    assert steps[0].cursor == str(fake.world.posts[2].serial)


def test_one_bad_message_is_a_reject_and_the_others_are_kept(web: PlainWeb) -> None:
    fake = FakeTelegram(filled(9))
    fake.switches.malformed_every = 6
    with serving(fake) as server:
        (first,) = read(server, web)
    records = list(collector(Setup()).parse(first.page))
    bad = [one for one in records if isinstance(one, Reject)]
    assert [one.reason for one in bad] == ["no datetime"]
    assert len(records) == len(first.positions) == 9


# ---- what posts say -------------------------------------------------------------------------------


def test_replies_forwards_and_texts_are_read_as_written(web: PlainWeb) -> None:
    world = World()
    world.account("ada")
    world.account("bobby")
    theirs = world.post("bobby", "Roads before roundabouts.")
    own = world.post("ada", "First & foremost:\n<people>\n\nThen roads.")
    world.post("ada", "And rail.", reply_to=own)
    world.post("ada", "No, rail.", reply_to=theirs)
    world.post("ada", "", repost_of=theirs)
    film = world.post("ada", "")
    world.edit(own, "First & foremost:\n<people> 🗳\n\nThen rail.")
    fake = FakeTelegram(world)
    fake.media.add(film.serial)
    world.accounts["ada"].handle = "ada_mp"
    with serving(fake) as server:
        found = posts_of(read(server, web))
    plain, to_self, to_bobby, forward, shown = (found[fake.post_id(one)] for one in world.posts[1:])
    assert plain.text == own.text
    assert (plain.author_handle, plain.author_name) == ("ada_mp", "Ada")
    assert plain.author_platform_id == str(fake.channel("ada"))
    assert (plain.url, plain.edited) == (f"https://t.me/ada_mp/{own.serial}", None)
    assert plain.published is not None
    assert plain.published.at == own.made_at
    assert (to_self.reply_to, to_self.reply_to_post) == ("ada_mp", fake.post_id(own))
    assert to_self.text == "And rail."
    assert (to_bobby.reply_to, to_bobby.reply_to_post) == ("bobby", f"https://t.me/bobby/{theirs.serial}")
    assert (forward.repost_of, forward.text) == (f"https://t.me/bobby/{theirs.serial}", theirs.text)
    assert (shown.text, shown.repost_of) == ("", None)


def test_a_message_that_only_the_app_shows_is_no_post_without_words(tmp_path: Path) -> None:
    """It is kept, without t.me's words in place of its own, and counted as one that could not be read."""
    world = filled(6)
    picture, only_in_the_app, film = world.posts[1], world.posts[2], world.posts[3]
    world.edit(picture, "")
    with bench_of("telegram", tmp_path, world=world) as bench:
        fake = bench.loopback.fake
        assert isinstance(fake, FakeTelegram)
        fake.media.add(only_in_the_app.serial)
        fake.films.add(film.serial)
        assert bench.round().collected.tally.quarantined == 1
        assert bench.holds_everything()
        [(row, _)] = bench.quarantined()
    assert row.reason == "not shown on the web: open Telegram to read it"
    assert row.excerpt == f"https://t.me/ada/{only_in_the_app.serial}"


def test_many_messages_that_only_the_app_shows_do_not_hold_up_the_others(tmp_path: Path) -> None:
    with bench_of("telegram", tmp_path) as bench:
        fake = bench.loopback.fake
        assert isinstance(fake, FakeTelegram)
        fake.media |= {post.serial for post in bench.world.posts[:10]}
        assert bench.round().ending is Ending.DONE
        assert bench.holds_everything()


def test_a_forward_of_a_hidden_author_is_no_word_of_the_channel_either(web: PlainWeb) -> None:
    world = filled(1)
    world.account("bobby")
    repost = world.post("ada", "", repost_of=world.post("bobby", "Theirs."))
    fake = FakeTelegram(world)
    fake.hidden_origins = True
    with serving(fake) as server:
        assert posts_of(read(server, web))[fake.post_id(repost)].repost_of == "Bobby"


# ---- who and in what state ------------------------------------------------------------------------


def test_a_look_gives_number_name_and_address(web: PlainWeb) -> None:
    fake = FakeTelegram(filled(2))
    with serving(fake) as server:
        seen = made(server).look(web, fake.ref("ada", server.url))
        assert list(made(server).parse(seen.pages[0])) == []
    assert (seen.state, seen.platform_id) == (State.ACTIVE, str(fake.channel("ada")))
    assert (seen.handle, seen.display_name, seen.url) == ("ada", "Ada", "https://t.me/ada")


@pytest.mark.parametrize("state", [State.PROTECTED, State.SUSPENDED, State.DELETED])
def test_a_channel_without_a_preview_is_not_an_empty_channel(web: PlainWeb, state: State) -> None:
    fake = FakeTelegram(filled(2))
    fake.world.accounts["ada"].state = state
    with serving(fake) as server:
        seen = made(server).look(web, fake.ref("ada", server.url))
        with pytest.raises(AccountUnavailable) as caught:
            read(server, web)
    assert seen.state is caught.value.state is State.PROTECTED
    assert len(seen.pages) == len(caught.value.pages) == 1
    assert "1 234 subscribers" in str(caught.value)


def test_a_page_of_t_me_in_place_of_the_preview_says_the_same_without_a_redirection(web: PlainWeb) -> None:
    with serving(FakeTelegram(filled(2))) as server:
        server.fail(0, "contact", lambda _asked, _answer: Answer(200, contact("ada").encode()))
        with pytest.raises(AccountUnavailable) as caught:
            read(server, web)
    assert caught.value.state is State.PROTECTED


def test_a_page_that_is_not_t_me_s_says_nothing_of_the_channel(web: PlainWeb) -> None:
    with serving(FakeTelegram(filled(2))) as server:
        server.fail(0, "html", web_page)
        with pytest.raises(UnreadablePage, match="Back soon") as caught:
            read(server, web)
    assert caught.value.page is not None
    with pytest.raises(UnreadablePage, match="no preview"):
        list(collector(Setup()).parse(replace(caught.value.page, context={})))


@pytest.mark.parametrize(("status", "state"), [(404, State.NOT_FOUND), (410, State.DELETED)])
def test_a_channel_that_t_me_does_not_know_is_told_as_such(web: PlainWeb, status: int, state: State) -> None:
    with serving(FakeTelegram(filled(2))) as server:
        server.fail(0, "gone", lambda _asked, _answer: Answer(status, b"gone"))
        assert made(server).look(web, server.fake.ref("ada", server.url)).state is state
        server.fail(0, "forbidden", lambda _asked, _answer: Answer(403, b"no"))
        with pytest.raises(CollectingError, match="403"):
            read(server, web)


def test_another_channel_that_took_the_name_is_not_collected(web: PlainWeb) -> None:
    fake = FakeTelegram(filled(2))
    with serving(fake) as server:
        with pytest.raises(AccountUnavailable, match="another channel") as caught:
            read(server, web, channel="4711")
        assert len(read(server, web, channel=str(fake.channel("ada")))) == 1
    assert caught.value.state is State.NOT_FOUND


def test_a_channel_that_is_known_by_the_bot_api_s_number_keeps_it(web: PlainWeb) -> None:
    fake = FakeTelegram(filled(2))
    known = f"-100{fake.channel('ada')}"
    with serving(fake) as server:
        seen = made(server).look(web, replace(fake.ref("ada", server.url), platform_id=known))
        found = posts_of(read(server, web, channel=known))
    assert seen.platform_id == known
    assert {post.author_platform_id for post in found.values()} == {known}
    assert set(found) == {fake.post_id(post) for post in fake.world.posts}


@pytest.mark.parametrize("handle", [None, "", "+invite", "a b", "../../etc"])
def test_what_is_no_public_name_is_refused_with_what_to_do(web: PlainWeb, handle: str | None) -> None:
    with pytest.raises(CollectingError, match="public name"):
        collector(Setup()).look(web, AccountRef("telegram", platform_id="5", handle=handle))


# ---- single posts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://t.me/town_news/17", "https://t.me/town_news/17"),
        ("http://telegram.me/s/town_news/17?single", "https://t.me/town_news/17"),
        ("https://t.me/s/town_news", None),
        ("https://t.me/c/1234567/17", None),
        ("https://t.me/addlist/1234", None),
        ("https://t.me/town_news/0", None),
        ("https://other.example/town_news/17", None),
        ("https://[t.me/town_news/17", None),
    ],
)
def test_addresses_of_posts_are_recognised(url: str, address: str | None) -> None:
    assert collector(Setup()).recognise(url) == address


def test_one_post_is_fetched_alone(web: PlainWeb) -> None:
    fake = FakeTelegram(filled(3))
    post = fake.world.posts[1]
    with serving(fake) as server:
        reader = made(server)
        address = reader.recognise(f"https://t.me/s/ada/{post.serial}")
        assert address is not None
        (found,) = records_of(reader, reader.fetch_post(web, address))
        assert isinstance(found, Post)
        assert (found.post_id, found.text) == (fake.post_id(post), post.text)
        assert reader.fetch_post(web, address).missing == ()
        fake.media.add(post.serial)
        [missing] = reader.fetch_post(web, address).missing
        assert (missing.position, missing.excerpt) == (f"message {post.serial}", address)
        with pytest.raises(CollectingError, match="Post not found"):
            reader.fetch_post(web, f"{server.url}/ada/999")


def test_what_two_channels_do_not_show_is_told_of_each_although_the_numbers_are_the_same(
    tmp_path: Path,
) -> None:
    world = World()
    for name in ("ada", "bob"):
        world.account(name)
    with bench_of("telegram", tmp_path, world=world) as bench:
        fake = bench.loopback.fake
        assert isinstance(fake, FakeTelegram)
        keep_account(bench.engine, fake.ref("bob", bench.loopback.url))
        for name in ("ada", "bob"):
            fake.media.add(world.post(name, "A film").serial)
        assert bench.summary().collected.tally.news == 2
        assert len(bench.quarantined()) == 2
