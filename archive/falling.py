"""Which items of a list stand in the order of their times, newest first: pinned and late ones do not."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime


def falling(times: Sequence[datetime | None]) -> tuple[int, ...]:
    """The places of the longest subsequence of times that never rises; of several the one that ends first.

    Empty where it holds less than half of the items: then the list is in no such order, or has no times.
    """
    tails: list[float] = []  # least negated time with which a subsequence of each length can end
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for place, time in enumerate(times):
        if time is None:
            continue
        key = -time.timestamp()
        length = bisect_right(tails, key)
        before[place] = ends[length - 1] if length else None
        if length == len(tails):
            tails.append(key)
            ends.append(place)
        else:
            tails[length], ends[length] = key, place
    if 2 * len(tails) < len(times) or not tails:
        return ()
    found: list[int] = []
    last: int | None = ends[-1]
    while last is not None:
        found.append(last)
        last = before[last]
    return tuple(reversed(found))
