"""The ledger says complete only where it is proven, whatever is served, skipped, repeated or interrupted."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.contract import Order, Page, Served, Stream, Stretch
from archive.falling import falling
from archive.intervals import Interval, Reach, StreamState, Taken, reach_of
from archive.ledger import (
    NOTHING_KNOWN,
    NOTHING_SHOWN,
    can_be_relisted,
    give_up,
    next_stretch,
    take,
    without_cursor,
)
from db.words import CoverageStatus

NOON = datetime(2024, 7, 5, 12, tzinfo=UTC)

UP = Stream("posts", Order.OLDEST_FIRST, overlap=2)
DOWN = Stream("posts", Order.NEWEST_FIRST, overlap=2)
WINDOW = Stream("entries", Order.WINDOW)


def reach(*positions: str, cursor: str | None = None, end: bool = False, minutes: int = 0) -> Reach:
    at = NOON + timedelta(minutes=minutes)
    oldest = at if positions else None
    return Reach(positions, cursor, end, False, {}, at, oldest=oldest, joining=frozenset(positions))


def complete(*marks: str, **more: object) -> StreamState:
    known = Interval(CoverageStatus.COMPLETE, high=marks[-1] if marks else None, until=NOON, marks=marks)
    return StreamState(complete=replace(known, **more))  # type: ignore[arg-type]


def after(stream: Stream, state: StreamState, *pages: Reach, full: bool = False) -> Taken:
    """What comes of some pages, one after the other."""
    stretch = next_stretch(stream, state, full=full)
    for page in pages:
        taken = take(stream, state, stretch, page, full=full)
        state = taken.state
    return taken


# ---- newest first -----------------------------------------------------------------------------------


def test_going_down_nothing_is_complete_before_the_end() -> None:
    taken = after(DOWN, StreamState(), reach("9", "8", cursor="c1"))

    assert not taken.closed
    assert taken.state.complete is None
    assert taken.state.pending is not None
    assert (taken.state.pending.high, taken.state.pending.low) == ("9", "8")


def test_an_interrupted_round_goes_on_below_and_joins_what_was_complete() -> None:
    state = complete("3", "4", "5")
    state = after(DOWN, state, reach("9", "8", cursor="c1")).state

    stretch = next_stretch(DOWN, state, full=False)
    assert (stretch.cursor, stretch.before, stretch.after) == ("c1", "8", "3")

    taken = take(DOWN, state, stretch, reach("7", "2", cursor="c2", minutes=5), full=False)
    assert taken.closed
    assert taken.state.pending is None
    assert taken.state.complete is not None
    assert taken.state.complete.high == "9"
    assert taken.state.complete.until == NOON  # when the top was seen, not when the rest was read
    assert taken.state.complete.marks == ("7", "8", "9")


def test_an_item_that_equals_the_goal_does_not_yet_join() -> None:
    """Others may have the same position: only what lies below proves that all of them were seen."""
    taken = after(DOWN, complete("5"), reach("9", "5", cursor="c1"))
    assert not taken.closed


def test_the_end_of_the_platform_joins_too() -> None:
    """The item that was the goal may have been deleted."""
    taken = after(DOWN, complete("5"), reach("9", "8", end=True))
    assert taken.closed
    assert taken.state.suspected == ()


def test_an_empty_page_with_a_cursor_is_not_the_end() -> None:
    taken = after(DOWN, StreamState(), reach("9", cursor="c1"), reach(cursor="c2"))
    assert not taken.closed
    assert taken.state.pending is not None
    assert (taken.state.pending.low, taken.state.pending.cursor) == ("9", "c2")


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (replace(reach("8", cursor="c1"), repeated=True), "the platform repeated a cursor"),
        (reach("8"), "the platform gave no way to go on"),
    ],
)
def test_a_way_down_that_ends_nowhere_is_a_gap(page: Reach, reason: str) -> None:
    taken = after(DOWN, complete("3"), reach("9", cursor="c1"), page)

    assert taken.closed
    assert taken.gap is not None
    assert (taken.gap.low, taken.gap.high, taken.gap.reason) == ("3", "8", reason)
    assert taken.state.suspected == (taken.gap,)
    assert taken.state.complete is not None
    assert taken.state.complete.high == "9"


def test_a_platform_that_shows_only_the_newest_hides_what_is_older() -> None:
    shows_ten = replace(DOWN, shows=10)
    nine = tuple(f"{number:02}" for number in range(30, 21, -1))

    taken = after(shows_ten, complete("05"), reach(*nine, end=True))
    assert taken.gap is not None
    assert (taken.gap.low, taken.gap.high) == ("05", "22")
    assert taken.gap.reason == "the platform shows the newest 10 only"

    fewer = after(shows_ten, complete("05"), reach(*nine[:5], end=True))
    assert fewer.gap is None


def test_reading_all_again_closes_gaps_and_keeps_what_is_complete_meanwhile() -> None:
    gap = Interval(CoverageStatus.SUSPECTED, low="3", high="8", reason="the platform repeated a cursor")
    state = replace(complete("9"), suspected=(gap,))

    begun = after(DOWN, state, reach("9", "8", cursor="c1"), full=True)
    assert begun.state.complete == state.complete
    assert begun.state.relisting is not None
    assert next_stretch(DOWN, begun.state, full=False).after == "9"  # an ordinary round is not held up

    done = take(
        DOWN, begun.state, next_stretch(DOWN, begun.state, full=True), reach("2", end=True), full=True
    )
    assert done.closed
    assert done.state.suspected == ()
    assert done.state.relisting is None


def test_without_its_token_a_stretch_goes_on_by_position() -> None:
    state = without_cursor(after(DOWN, StreamState(), reach("9", "8", cursor="c1")).state, full=False)
    stretch = next_stretch(DOWN, state, full=False)
    assert (stretch.cursor, stretch.before) == (None, "8")


# ---- oldest first -----------------------------------------------------------------------------------


def test_going_up_each_page_is_where_the_next_round_goes_on() -> None:
    state = after(UP, StreamState(), reach("1", "2", cursor="2")).state
    assert next_stretch(UP, state, full=False).after == "2"


def test_going_up_the_end_completes() -> None:
    taken = after(UP, StreamState(), reach("1", "2", cursor="2"), reach(end=True, minutes=3))
    assert taken.closed
    assert taken.state.complete is not None
    assert taken.state.complete.high == "2"
    assert taken.state.complete.until == NOON + timedelta(minutes=3)


def test_a_new_round_reads_the_newest_known_again() -> None:
    state = after(UP, StreamState(), reach("1", "2", "3", "4", "5", cursor="5"), reach(end=True)).state
    assert next_stretch(UP, state, full=False).after == "3"


def test_a_short_stream_is_read_from_its_beginning() -> None:
    state = after(UP, StreamState(), reach("1", "2", cursor="2"), reach(end=True)).state
    assert next_stretch(UP, state, full=False).after is None


def test_going_up_a_repeated_cursor_is_a_gap_until_it_is_passed() -> None:
    state = after(UP, StreamState(), reach("1", "2", cursor="2")).state
    stuck = replace(reach("1", "2", cursor="2"), repeated=True)

    taken = after(UP, state, stuck)
    assert taken.closed
    assert [gap.low for gap in taken.state.suspected] == ["2"]
    assert after(UP, taken.state, stuck).state.suspected == taken.state.suspected  # told once

    elsewhere = replace(taken.state.suspected[0], low="1")
    both = replace(taken.state, suspected=(elsewhere, *taken.state.suspected))
    assert after(UP, both, reach("3", cursor="3")).state.suspected == (elsewhere,)

    passed = after(UP, taken.state, reach("3", cursor="3"), reach(end=True))
    assert passed.state.suspected == ()
    assert passed.state.complete is not None


# ---- window -----------------------------------------------------------------------------------------


def test_a_window_that_shows_something_known_leaves_no_gap() -> None:
    state = after(WINDOW, StreamState(), reach("b", "a", end=True)).state
    taken = after(WINDOW, state, reach("c", "b", end=True, minutes=60))
    assert taken.gap is None
    assert taken.state.complete is not None
    assert taken.state.complete.until == NOON + timedelta(minutes=60)


def test_a_window_of_strangers_is_a_gap() -> None:
    state = after(WINDOW, StreamState(), reach("b", "a", end=True)).state
    taken = after(WINDOW, state, reach("f", "e", end=True, minutes=60))
    assert taken.gap is not None
    assert taken.gap.since == NOON
    assert taken.gap.until == NOON + timedelta(minutes=60)
    assert taken.gap.reason == NOTHING_KNOWN


def test_an_empty_window_where_there_were_items_is_one_gap_however_often_it_is_seen() -> None:
    state = after(WINDOW, StreamState(), reach("b", "a", end=True)).state
    for minutes in (10, 20, 30):
        state = after(WINDOW, state, reach(end=True, minutes=minutes)).state
    assert [(gap.since, gap.until) for gap in state.suspected] == [(NOON, NOON + timedelta(minutes=30))]
    assert state.suspected[0].reason == NOTHING_SHOWN
    joined = after(WINDOW, state, reach("b", end=True, minutes=40))
    assert joined.gap is None


def test_a_window_goes_on_into_its_archive_until_it_meets_what_is_known() -> None:
    state = after(WINDOW, StreamState(), reach("b", "a", end=True)).state
    taken = after(WINDOW, state, reach("f", "e", cursor="p2"), reach("d", "b", cursor="p3"))
    assert taken.closed
    assert taken.gap is None
    assert taken.state.complete is not None
    assert taken.state.complete.marks[:2] == ("f", "e")


def test_a_window_is_asked_for_the_next_time_with_what_its_first_page_said() -> None:
    first, second = (
        replace(reach(name, cursor=name), validators={"ETag": name}) for name in ("first page", "second page")
    )
    state = after(WINDOW, StreamState(), first, second).state

    assert state.validators == {"ETag": "first page"}


def test_going_down_only_the_page_from_the_top_says_with_what_to_ask_the_next_time() -> None:
    last = replace(reach("8", end=True), validators={"ETag": "last page"})

    assert after(DOWN, StreamState(), last).state.validators == {"ETag": "last page"}
    assert after(DOWN, StreamState(), reach("9", cursor="c1"), last).state.validators == {}


@pytest.mark.parametrize("stream", [DOWN, WINDOW, UP])
def test_unchanged_is_news_of_its_own(stream: Stream) -> None:
    later = replace(reach(end=True, minutes=9), unchanged=True)
    taken = after(stream, complete("1"), later)
    assert taken.closed
    assert taken.state.complete is not None
    assert taken.state.complete.until == later.at


def test_the_rest_of_an_interrupted_round_that_is_given_up_is_a_gap_below_what_was_read() -> None:
    left = after(DOWN, complete("3"), reach("9", "8", cursor="c1")).state

    state, gap = give_up(DOWN, left, "its cursor is gone")

    assert gap is not None
    assert (gap.low, gap.high, gap.since, gap.reason) == ("3", "8", NOON, "its cursor is gone")
    assert (state.pending, state.suspected) == (None, (gap,))
    assert state.complete is not None
    assert state.complete.high == "9"


def test_a_gap_behind_what_is_known_takes_the_place_of_no_gap_from_the_beginning() -> None:
    """Both begin at the same time, as far as anybody knows, and for the same reason."""
    stuck = replace(reach("2", cursor="c1"), repeated=True)
    state = after(UP, complete("3", "4", "5"), stuck, full=True).state
    state = after(UP, state, stuck).state

    assert [(gap.low, gap.since) for gap in state.suspected] == [(None, NOON), ("3", NOON)]


def test_where_no_round_was_interrupted_there_is_nothing_to_give_up() -> None:
    assert give_up(DOWN, complete("3"), "its cursor is gone") == (complete("3"), None)


def test_a_full_round_reads_more_of_every_stream_but_a_window_or_one_that_is_never_listed_again() -> None:
    assert [can_be_relisted(stream) for stream in (UP, DOWN, WINDOW)] == [True, True, False]
    assert not can_be_relisted(replace(DOWN, relisted=False))


@pytest.mark.parametrize("stream", [DOWN, UP])
def test_a_gap_begins_when_all_was_known_the_last_time(stream: Stream) -> None:
    taken = after(stream, complete("3"), replace(reach("8", cursor="c1", minutes=30), repeated=True))

    assert taken.gap is not None
    assert taken.gap.since == NOON


@pytest.mark.parametrize("stream", [DOWN, WINDOW, UP])
def test_items_are_counted_page_by_page(stream: Stream) -> None:
    taken = after(stream, StreamState(), reach("9", "8", cursor="8"), reach("7", cursor="7"))

    assert taken.state.pending is not None
    assert taken.state.pending.seen == 3


# ---- whatever happens -------------------------------------------------------------------------------


@dataclass
class Platform:
    """Items by number; those deleted are gone. Pages are served as streams of either order do it."""

    order: Order
    page: int
    items: set[int] = field(default_factory=set)
    top: int = 0

    def publish(self, count: int) -> None:
        for _ in range(count):
            self.top += 1 + self.top % 3
            self.items.add(self.top)

    def serve(self, stretch: Stretch) -> Iterator[tuple[list[int], Reach]]:
        if self.order is Order.OLDEST_FIRST:
            at = int(stretch.after or 0)
            while True:
                found = sorted(item for item in self.items if item > at)[: self.page]
                at = found[-1] if found else at
                yield found, reach(*_written(found), cursor=str(at), end=not found)
        else:
            below = int(stretch.cursor or stretch.before or 10**6)
            while True:
                found = sorted((item for item in self.items if item < below), reverse=True)[: self.page]
                below = found[-1] if found else 0
                more = any(item < below for item in self.items)
                yield found, reach(*_written(found), cursor=f"{below:06}" if more else None, end=not more)


def _written(items: list[int]) -> list[str]:
    return [f"{item:06}" for item in items]


@given(
    order=st.sampled_from([Order.OLDEST_FIRST, Order.NEWEST_FIRST]),
    page=st.integers(1, 6),
    rounds=st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 5), st.booleans(), st.integers(0, 3)), max_size=8
    ),
)
def test_after_any_interruptions_all_that_was_shown_is_archived(
    order: Order, page: int, rounds: list[tuple[int, int, bool, int]]
) -> None:
    """Each round: some new items, a kill after some pages, full or not, some of the oldest deleted."""
    platform, stream, state, archived = (
        Platform(order, page),
        Stream("s", order, overlap=2),
        StreamState(),
        set(),
    )
    for new, kill_after, full, deleted in [*rounds, (1, 10**6, False, 0)]:
        platform.publish(new)
        shown = set(platform.items)
        state, killed, seen = _round(platform, stream, state, kill_after, full)
        archived |= seen
        if not killed:
            assert shown <= archived | (shown - platform.items)
            assert state.suspected == ()
        for gone in sorted(platform.items & archived)[:deleted]:
            platform.items.remove(gone)


def _round(
    platform: Platform, stream: Stream, state: StreamState, kill_after: int, full: bool
) -> tuple[StreamState, bool, set[int]]:
    seen: set[int] = set()
    pages = 0
    while True:
        resumed = state.errand(full=full) is not None
        stretch = next_stretch(stream, state, full=full)
        for found, page in platform.serve(stretch):
            if pages == kill_after:
                return state, True, seen
            pages += 1
            seen.update(found)
            taken = take(stream, state, stretch, page, full=full)
            state = taken.state
            if taken.closed:
                break
        if not resumed:
            return state, False, seen


# ---- what is hidden below a platform's window --------------------------------------------------------

NEWEST_TEN = Stream("posts", Order.NEWEST_FIRST, shows=10)


def interrupted(count: int) -> StreamState:
    """A first round that was interrupted after so many items."""
    return after(NEWEST_TEN, StreamState(), reach(*down_from(50, count), cursor="c1")).state


def down_from(top: int, count: int) -> list[str]:
    return [str(top - number) for number in range(count)]


@pytest.mark.parametrize(("newer", "hidden"), [(1, False), (5, True)])
def test_what_came_while_a_round_lay_still_counts_for_what_a_platform_hides(newer: int, hidden: bool) -> None:
    """Of ten that are shown, new ones push old ones out before these are read: only their number tells."""
    state = interrupted(2)
    resumed = after(NEWEST_TEN, state, reach(*down_from(48, 3), end=True))
    assert resumed.closed
    assert [gap.low for gap in resumed.state.suspected] == [
        None
    ]  # in doubt, until the newer ones are counted
    assert resumed.gap is None

    done = after(NEWEST_TEN, resumed.state, reach(*down_from(50 + newer, newer), "50", end=True))

    assert bool(done.state.suspected) is hidden
    assert (done.gap is not None) is hidden
    again = after(NEWEST_TEN, done.state, reach("50", end=True))
    assert bool(again.state.suspected) is hidden
    assert again.gap is None


def test_the_newer_ones_are_counted_over_several_interruptions() -> None:
    state = after(NEWEST_TEN, interrupted(2), reach(*down_from(48, 3), end=True)).state
    state = after(NEWEST_TEN, state, reach(*down_from(53, 2), cursor="c2")).state
    state = after(NEWEST_TEN, state, reach("51", "49", cursor="c3")).state
    done = after(NEWEST_TEN, state, reach("54", "53", "52", end=True))

    assert [gap.seen for gap in done.state.suspected] == [0]


# ---- items that do not stand in their order ---------------------------------------------------------


def shown(*published: int | None, known: str = "") -> Taken:
    """A second look at a feed that showed `known` the first time; hours from noon of each entry."""
    first = after(WINDOW, StreamState(), reach(*known, end=True)).state
    return after(WINDOW, first, entries(*published))


def entries(*published: int | None) -> Reach:
    """A page of entries a, b, c, ... that were published so many hours after noon."""
    times = [None if hours is None else NOON + timedelta(hours=hours) for hours in published]
    names = tuple("abcdefghij"[: len(times)])
    page = Page("https://blog.example/feed", b"", "text/xml", NOON + timedelta(days=9))
    return reach_of(Served(page, names, end=True), times, repeated=False)


def test_an_entry_that_stays_on_top_joins_no_window() -> None:
    """It is known every time, whatever came and went below it."""
    assert shown(-5000, 9, 8, 7, known="a").gap is not None
    assert shown(9, 8, 7, 6, known="c").gap is None
    assert shown(None, None, None, known="b").gap is None


def test_a_window_is_complete_since_its_oldest_entry_that_stands_in_order() -> None:
    def since(*published: int | None) -> timedelta:
        state = after(WINDOW, StreamState(), entries(*published)).state
        assert state.complete is not None
        assert state.complete.since is not None
        return state.complete.since - NOON

    assert since(9, 8, 7) == timedelta(hours=7)
    assert since(-5000, 9, 8, 7) == timedelta(hours=7)
    assert since(None, None) == since() == since(3) == timedelta(days=9)  # when it was first read


def test_entries_in_a_feed_that_was_empty_may_not_be_all_that_came() -> None:
    empty = after(WINDOW, StreamState(), reach(end=True)).state
    assert after(WINDOW, empty, reach(end=True)).gap is None
    assert after(WINDOW, empty, reach("a", end=True)).gap is not None


@given(st.lists(st.one_of(st.none(), st.integers(0, 9)), max_size=12))
def test_the_longest_falling_row_is_one_and_none_is_longer(hours: list[int | None]) -> None:
    times = [None if hour is None else NOON + timedelta(hours=hour) for hour in hours]
    found = falling(times)

    row = [times[place] for place in found]
    assert list(found) == sorted(set(found))
    assert all(one >= other for one, other in pairwise(row))  # type: ignore[operator]
    best = longest(times)
    assert len(found) == (best if 2 * best >= len(times) else 0)


def longest(times: list[datetime | None]) -> int:
    """The length of the longest falling subsequence, the slow way."""
    lengths: list[int] = []
    for place, time in enumerate(times):
        fitting = [
            lengths[before]
            for before in range(place)
            if time is not None and (earlier := times[before]) is not None and earlier >= time
        ]
        lengths.append(0 if time is None else 1 + max(fitting, default=0))
    return max(lengths, default=0)


def test_of_two_entries_in_their_order_the_later_one_reaches_further_back() -> None:
    assert entries(9, 8).oldest == NOON + timedelta(hours=8)
    assert entries(9).oldest is None


def test_two_entries_have_no_order_and_one_without_a_time_is_not_out_of_it() -> None:
    """A small feed, oldest first, or with few dates: what is known in it joins as ever."""
    assert shown(1, 9, known="a").gap is None
    assert shown(9, 8, None, None, known="c").gap is None


def test_a_doubt_of_a_round_that_saw_nothing_is_settled_like_any_other() -> None:
    state = after(NEWEST_TEN, StreamState(), reach(cursor="c1")).state
    state = after(NEWEST_TEN, state, reach(end=True)).state
    done = after(NEWEST_TEN, state, reach("4", "3", end=True))
    assert done.state.suspected == ()
