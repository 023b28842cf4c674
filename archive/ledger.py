"""What is proven of a stream: pure decisions from what was served, never from what was hoped for.

A stream's state holds at most one complete interval (with suspected ones inside it), one pending interval
that an interrupted round left, one that a full round left, and the suspected ones. Each page moves the
state once; the state is stored in the transaction that stores the page.

Oldest first, each page proves what lies before it. Newest first, nothing is proven until the pages going
down meet what is complete, or the platform's end: only then the top becomes the place where the next round
joins. In a window, only an item of the last time proves that none was missed in between.
"""

from dataclasses import replace
from datetime import datetime

from archive.contract import Order, Stream, Stretch
from archive.intervals import Interval, Reach, StreamState, Taken
from db.words import CoverageStatus

WINDOW_MARKS = 500
"""Items of a window that are remembered until the next time."""

NEARLY_ALL = 0.9
"""Fraction of the items that a platform shows at most, from which on older ones may be hidden: some of
those that count are deleted, or not shown for other reasons."""

NOTHING_KNOWN = "none of the items shown was known: others may have come and gone"
NOTHING_SHOWN = "no item is shown where there were some: others may have come and gone"


def can_be_relisted(stream: Stream) -> bool:
    """Whether a full round reads more of a stream than any other round. A window is always read whole."""
    return stream.relisted and stream.order is not Order.WINDOW


def next_stretch(stream: Stream, state: StreamState, *, full: bool) -> Stretch:
    """What to ask for: the rest of what was left unfinished, else what is new, or (full) everything."""
    errand = state.errand(full=full)
    if errand is not None and stream.order is Order.OLDEST_FIRST:
        return Stretch(stream.name, after=errand.cursor)
    if errand is not None:
        return Stretch(stream.name, after=errand.goal, before=errand.low, cursor=errand.cursor)
    complete = state.complete
    if complete is None or (full and stream.order is not Order.WINDOW):
        return Stretch(stream.name)
    if stream.order is Order.OLDEST_FIRST:
        return Stretch(stream.name, after=_overlap(stream, complete))
    goal = None if stream.order is Order.WINDOW else _goal(complete)
    return Stretch(stream.name, after=goal, validators=state.validators)


def take(stream: Stream, state: StreamState, stretch: Stretch, reach: Reach, *, full: bool) -> Taken:
    """The state after a page of `stretch`, which is what `next_stretch` gave for this state or before it."""
    if reach.unchanged and state.complete is not None:
        complete = replace(state.complete, until=reach.at)
        return Taken(replace(state, complete=complete), closed=True)
    return _BY_ORDER[stream.order](stream, state, stretch, reach, full)


def without_cursor(state: StreamState, *, full: bool) -> StreamState:
    """The state once the platform no longer knows the token with which to go on."""
    errand = state.errand(full=full)
    return state if errand is None else _with_errand(state, replace(errand, cursor=None), full=full)


def give_up(stream: Stream, state: StreamState, reason: str) -> tuple[StreamState, Interval | None]:
    """Newest first: the state once the rest of an interrupted round is not waited for; what stays unread."""
    left = state.pending
    if left is None:
        return state, None
    gap = _below(state, left, reason)
    return _suspect(_closed(state, _joined(stream, state, left, full=False), full=False), gap), gap


# ---- oldest first ---------------------------------------------------------------------------------


def _overlap(stream: Stream, complete: Interval) -> str | None:
    """From where a round goes on that has nothing left over: some known items before the newest."""
    if not stream.overlap or not complete.marks:
        return complete.high
    return complete.marks[0] if len(complete.marks) > stream.overlap else None


def _take_ascending(stream: Stream, state: StreamState, stretch: Stretch, reach: Reach, full: bool) -> Taken:
    errand = state.errand(full=full)
    begun = errand or Interval(CoverageStatus.PENDING, cursor=stretch.after, marks=_known(state, full))
    here = begun.cursor
    if reach.stuck:
        gap = Interval(CoverageStatus.SUSPECTED, low=here, since=_until(state), reason=_why(stream, reach))
        return Taken(_suspect(_with_errand(state, begun, full=full), gap), closed=True, gap=gap)
    moved = replace(
        begun,
        low=here,
        cursor=reach.cursor if reach.cursor is not None else here,
        seen=begun.seen + len(reach.positions),
        marks=_latest(stream, begun.marks, reach.positions),
    )
    passed = tuple(gap for gap in state.suspected if gap.low != here)
    state = replace(_with_errand(state, moved, full=full), suspected=passed)
    if not reach.end:
        return Taken(state, closed=False)
    complete = Interval(CoverageStatus.COMPLETE, high=moved.cursor, until=reach.at, marks=moved.marks)
    return Taken(_closed(state, complete, full=full), closed=True)


def _known(state: StreamState, full: bool) -> tuple[str, ...]:
    return state.complete.marks if state.complete is not None and not full else ()


def _latest(stream: Stream, marks: tuple[str, ...], positions: tuple[str, ...]) -> tuple[str, ...]:
    """The newest positions, oldest of them first, one more than the overlap."""
    new = set(positions)
    kept = [*(mark for mark in marks if mark not in new), *dict.fromkeys(positions)]
    return tuple(kept[-(stream.overlap + 1) :])


# ---- newest first ---------------------------------------------------------------------------------


def _goal(complete: Interval) -> str | None:
    """Where pages going down have met what is complete."""
    return complete.marks[0] if complete.marks else complete.high


def _take_descending(stream: Stream, state: StreamState, stretch: Stretch, reach: Reach, full: bool) -> Taken:
    errand = state.errand(full=full)
    begun = errand or Interval(CoverageStatus.PENDING, goal=stretch.after, until=reach.at)
    tops = [position for position in (begun.high, *reach.positions) if position is not None]
    moved = replace(
        begun,
        high=max(tops, default=None),
        low=reach.positions[-1] if reach.positions else begun.low,
        cursor=reach.cursor,
        seen=begun.seen + len(reach.positions),
        since=_earlier(begun.since, reach.oldest),
        marks=tuple(sorted({*begun.marks, *reach.positions})[-(stream.overlap + 1) :]),
    )
    met = moved.goal is not None and moved.low is not None and moved.low < moved.goal
    if not (reach.end or met or reach.stuck):
        return Taken(_with_errand(state, moved, full=full), closed=False)
    gap = None
    if not met and (reach.stuck or _may_be_hidden(stream, moved.seen)):
        gap = _below(state, moved, _why(stream, reach))
    complete = _joined(stream, state, moved, full=full)
    settled, found = _doubts(stream, state, moved.seen, decide=stretch.is_fresh)
    closed = _closed(settled, complete, full=full)
    if errand is None:
        closed = replace(closed, validators=reach.validators)
    if gap is None and not met and stream.shows is not None and not stretch.is_fresh:
        doubt = replace(_below(state, moved, _why(stream, reach)), seen=max(moved.seen, 1))
        return Taken(_suspect(closed, doubt), closed=True)
    return Taken(_suspect(closed, gap) if gap else closed, closed=True, gap=gap or found)


def _may_be_hidden(stream: Stream, seen: int) -> bool:
    """Whether so many items are shown that the platform may hide older ones."""
    return stream.shows is not None and seen >= stream.shows * NEARLY_ALL


def _doubts(
    stream: Stream, state: StreamState, newer: int, *, decide: bool
) -> tuple[StreamState, Interval | None]:
    """The state once so many newer items are counted, and the gap that is no longer in doubt, if any.

    What an interrupted round read last was the end of what was shown then: whether older items were hidden
    already only the number of all newer ones tells. It is known once a walk from the top is done (`decide`).
    """
    kept, found = [], None
    for gap in state.suspected:
        counted = replace(gap, seen=gap.seen + newer)
        if not gap.seen:
            kept.append(gap)
        elif not decide:
            kept.append(counted)
        elif _may_be_hidden(stream, counted.seen):
            found = replace(gap, seen=0)
            kept.append(found)
    return replace(state, suspected=tuple(kept)), found


def _below(state: StreamState, moved: Interval, reason: str) -> Interval:
    """The gap between what was just read and what was complete before."""
    return Interval(
        CoverageStatus.SUSPECTED,
        low=moved.goal,
        high=moved.low,
        since=_until(state) if moved.goal is not None else None,
        until=moved.since,
        reason=reason,
    )


def _joined(stream: Stream, state: StreamState, moved: Interval, *, full: bool) -> Interval:
    """The complete interval once `moved` has met it; what is missing below is a gap inside it."""
    before = None if full else state.complete
    old_marks = before.marks if before is not None else ()
    return Interval(
        CoverageStatus.COMPLETE,
        low=before.low if before is not None else None,
        high=max((top for top in (moved.high, before and before.high) if top), default=None),
        since=before.since if before is not None else None,
        until=moved.until,
        marks=tuple(sorted({*old_marks, *moved.marks})[-(stream.overlap + 1) :]),
    )


# ---- window ---------------------------------------------------------------------------------------


def _take_window(_stream: Stream, state: StreamState, _stretch: Stretch, reach: Reach, full: bool) -> Taken:
    errand = state.pending
    begun = errand or Interval(CoverageStatus.PENDING, until=reach.at)
    moved = replace(
        begun,
        cursor=reach.cursor,
        seen=begun.seen + len(reach.positions),
        since=_earlier(begun.since, reach.oldest),
        marks=(*begun.marks, *reach.positions)[:WINDOW_MARKS],
    )
    before = state.complete
    known = set(before.marks) if before is not None else set()
    nothing = not known and not reach.positions
    joined = before is not None and (nothing or not known.isdisjoint(reach.joining))
    if errand is None:
        state = replace(state, validators=reach.validators)
    if not (joined or reach.end or reach.stuck):
        return Taken(replace(state, pending=moved), closed=False)
    gap = None
    if before is not None and not joined:
        gap = _since_last_time(state, before, moved, reach.at)
    complete = Interval(
        CoverageStatus.COMPLETE,
        since=before.since if before is not None else (moved.since or moved.until),
        until=moved.until,
        marks=moved.marks or tuple(known),
    )
    closed = _closed(state, complete, full=False)
    return Taken(_suspect(closed, gap) if gap else closed, closed=True, gap=gap)


def _since_last_time(state: StreamState, before: Interval, moved: Interval, at: datetime) -> Interval:
    """The gap that a window leaves in which nothing is known; one with the gap before where they touch."""
    gap = Interval(
        CoverageStatus.SUSPECTED,
        since=before.until,
        until=max(moved.since or at, before.until or at),
        reason=NOTHING_KNOWN if moved.seen else NOTHING_SHOWN,
    )
    if not state.suspected:
        return gap
    last = state.suspected[-1]
    touches = last.reason == gap.reason and last.until == gap.since
    return replace(gap, since=last.since) if touches else gap


_BY_ORDER = {
    Order.OLDEST_FIRST: _take_ascending,
    Order.NEWEST_FIRST: _take_descending,
    Order.WINDOW: _take_window,
}


# ---- all ------------------------------------------------------------------------------------------


def _why(stream: Stream, reach: Reach) -> str:
    """Why a stream was not read to where it was to be."""
    if reach.repeated:
        return "the platform repeated a cursor"
    if reach.stuck:
        return "the platform gave no way to go on"
    return f"the platform shows the newest {stream.shows:,} only"


def _until(state: StreamState) -> datetime | None:
    return state.complete.until if state.complete is not None else None


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((time for time in (one, other) if time is not None), default=None)


def _with_errand(state: StreamState, errand: Interval | None, *, full: bool) -> StreamState:
    return replace(state, relisting=errand) if full else replace(state, pending=errand)


def _closed(state: StreamState, complete: Interval, *, full: bool) -> StreamState:
    """The state once a stretch is read to its end. A full one leaves nothing unread: no gap stays."""
    if full:
        return replace(state, complete=complete, relisting=None, pending=None, suspected=())
    return replace(state, complete=complete, pending=None)


def _suspect(state: StreamState, gap: Interval) -> StreamState:
    """The state with a gap, unless it is known; one that begins where a known one does replaces it."""
    if gap in state.suspected:
        return state
    grown = gap.low is None and gap.high is None and gap.since is not None
    kept = tuple(
        one for one in state.suspected if not (grown and one.since == gap.since and one.reason == gap.reason)
    )
    return replace(state, suspected=(*kept, gap))
