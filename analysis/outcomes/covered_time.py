"""The time in which the archive is proven to hold all that a person's accounts published. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from analysis.outcomes.backing import midnight
from analysis.outcomes.ballot import Contest
from analysis.outcomes.coverage import AccountLedger, StreamLedger
from analysis.outcomes.timing import Window
from db.words import SHOWING

Interval = tuple[datetime, datetime]
"""From, included; to, excluded. Aware."""


def span_of(contest: Contest, window: Window) -> Interval:
    """The time whose statements belong to a contest: whole days of its zone."""
    polls = contest.election.polling_date
    first, after = window.first_day(polls), window.last_day(polls) + timedelta(days=1)
    return midnight(first, contest.zone), midnight(after, contest.zone)


def covered_time(ledgers: Sequence[AccountLedger], start: datetime, end: datetime) -> tuple[Interval, ...]:
    """When all accounts of a person are covered at once, between two times: in order, without overlap.

    Empty without an account, and where one was never read to its end: files prove nothing. An account of
    which several streams are read is covered where one of them is.
    """
    found: list[Interval] = [(start, end)] if ledgers and start < end else []
    for ledger in ledgers:
        found = _shared(found, _of_account(ledger, start, end))
    return tuple(found)


def _of_account(ledger: AccountLedger, start: datetime, end: datetime) -> list[Interval]:
    """What is proven of one account.

    Nothing of one that was last seen deleted, suspended or hidden. A record that could not be read may be
    of any time before its page was served: until then nothing is proven.
    """
    if ledger.state is not None and ledger.state not in SHOWING:
        return []
    begins = max((start, *ledger.unparsed))
    parts = (part for stream in ledger.streams for part in _of_stream(stream, begins, end))
    return _united(parts)


def _of_stream(stream: StreamLedger, start: datetime, end: datetime) -> list[Interval]:
    if not stream.complete or stream.until is None:
        return []
    begins = start if stream.since is None else max(start, stream.since)
    found = [(begins, min(end, stream.until))]
    for gap in stream.gaps:
        found = [part for one in found for part in _without(one, gap.since or start, gap.until or end)]
    return [one for one in found if one[0] < one[1]]


def _without(one: Interval, since: datetime, until: datetime) -> tuple[Interval, Interval]:
    """What lies before and after a gap; either may be empty (its end is not after its beginning)."""
    return (one[0], min(one[1], since)), (max(one[0], until), one[1])


def _united(parts: Iterable[Interval]) -> list[Interval]:
    found: list[Interval] = []
    for since, until in sorted(parts):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found


def _shared(first: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    parts = ((max(one[0], two[0]), min(one[1], two[1])) for one in first for two in other)
    return sorted(part for part in parts if part[0] < part[1])
