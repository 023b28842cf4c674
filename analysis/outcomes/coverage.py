"""What the ledger proves of an account in the time that matters for one contest. Pure.

The words of the ledger's rows are those of `db.models.Coverage`: one complete interval a stream, with
suspected ones inside it, and what is still pending.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from db.words import SHOWING


@dataclass(frozen=True, slots=True)
class AccountGap:
    """Where posts of an account may be missing, and why. A time that is None is open."""

    since: datetime | None
    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class StreamLedger:
    """What is proven of one stream of an account."""

    stream: str
    complete: bool
    """Some interval was read to its end: from `since` to `until`, but for the gaps."""
    since: datetime | None
    """None: from the account's beginning."""
    until: datetime | None
    gaps: tuple[AccountGap, ...]


@dataclass(frozen=True, slots=True)
class AccountLedger:
    """Everything that the archive knows of what was read of one account."""

    account_id: int
    person_id: str
    platform: str
    handle: str | None
    streams: tuple[StreamLedger, ...] = ()
    state: str | None = None
    """As last seen; None: never looked at."""
    state_at: datetime | None = None
    error: str | None = None
    """Why the last round failed; None where it did not."""
    unparsed: tuple[datetime, ...] = ()
    """When the pages were served that hold records which could not be read."""


@dataclass(frozen=True, slots=True)
class AccountBacking:
    """What the ledger proves of one account, seen from one contest's window."""

    account_id: int
    platform: str
    handle: str | None
    covered_from: datetime | None
    """None with `is_covered`: from the account's beginning."""
    covered_until: datetime | None
    is_covered: bool
    """Some interval of it was proven complete, wherever it lies."""
    gaps: tuple[AccountGap, ...]
    """Places within the time that matters (polls close to the end of the window, or to now), and why."""
    state: str | None
    """As last seen on the platform, such as `suspended`; None: never looked at."""
    statements: int
    """Of it in the window."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing can be missing within the time that matters."""
        return self.is_covered and not self.gaps


def account_backing(ledger: AccountLedger, start: datetime, end: datetime, statements: int) -> AccountBacking:
    """What is proven of an account between two times. Of several streams the best one counts.

    An account that was last seen deleted, suspended or hidden is never complete: what was taken away
    before we read it is not known.
    """
    found = [(tuple(_gaps(stream, start, end)), stream) for stream in ledger.streams]
    gaps, best = min(found, key=lambda pair: (not pair[1].complete, len(pair[0])), default=((), None))
    complete = best is not None and best.complete
    return AccountBacking(
        account_id=ledger.account_id,
        platform=ledger.platform,
        handle=ledger.handle,
        covered_from=best.since if best is not None and complete else None,
        covered_until=best.until if best is not None and complete else None,
        is_covered=complete,
        gaps=(*(gaps if best is not None else (_never_read(ledger),)), *_hidden(ledger)),
        state=ledger.state,
        statements=statements,
    )


def _gaps(stream: StreamLedger, start: datetime, end: datetime) -> Iterator[AccountGap]:
    if not stream.complete:
        yield AccountGap(None, None, "its first round was not read to the end")
        return
    if stream.since is not None and stream.since > start:
        yield AccountGap(start, min(stream.since, end), f"nothing is proven before {_shown(stream.since)}")
    for gap in stream.gaps:
        if (gap.since is None or gap.since < end) and (gap.until is None or gap.until > start):
            yield gap
    if stream.until is None or stream.until < end:
        told = "it is not known until when it was read"
        yield AccountGap(stream.until, end, f"read until {_shown(stream.until)}" if stream.until else told)


def _never_read(ledger: AccountLedger) -> AccountGap:
    if ledger.error:
        return AccountGap(None, None, f"never collected: {ledger.error}")
    return AccountGap(None, None, "never collected")


def _hidden(ledger: AccountLedger) -> Sequence[AccountGap]:
    if ledger.state is None or ledger.state in SHOWING:
        return ()
    on = f" on {_shown(ledger.state_at)}" if ledger.state_at is not None else ""
    return (AccountGap(None, None, f"the account was last seen {ledger.state.replace('_', ' ')}{on}"),)


def _shown(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
