"""What is written of a statement after a check: decisions.tsv, applied to its history. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from archive.recheck.tables import rows_of
from archive.times import duration
from db.errors import Refusal
from db.words import State

APART = timedelta(hours=6)
"""Least time between the two checks that prove a deletion: longer than most outages."""

LEAST_APART = timedelta(hours=1)
"""What a user may shorten it to: checks that one outage can spoil together are not two."""

THERE = frozenset({State.ACTIVE, State.AGE_GATED})
"""What is seen of a post that is there."""

ANY = "-"


class TooClose(Refusal):
    """Two checks so close together are not independent."""


def apart_of(written: str) -> timedelta:
    """The time between two checks as a user writes it, such as 6h. Raises TooClose, UnreadableSource."""
    apart = duration(written)
    if apart < LEAST_APART:
        raise TooClose(f"--apart {written}: two checks of less than an hour apart prove no deletion")
    return apart


class Said(StrEnum):
    """What a platform says of a post."""

    SHOWN = "shown"
    WITHHELD = "withheld"
    GONE = "gone"


class Alive(StrEnum):
    """How the account is, asked right after."""

    ALIVE = "alive"
    HIDDEN = "hidden"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


class Strength(StrEnum):
    """Whether an answer can prove a deletion."""

    FIRM = "firm"
    WEAK = "weak"


class Earlier(StrEnum):
    """What earlier checks saw."""

    NONE = "none"
    YOUNG = "young"
    RIPE = "ripe"
    DELETED = "deleted"


class Written(StrEnum):
    """What is written."""

    NOTHING = "nothing"
    SEEN = "seen"
    NOT_FOUND = "not_found"
    MISSING = "missing"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Sighting:
    """An observation of a statement, as the archive has it."""

    state: State
    at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """What earlier checks saw of a statement."""

    last: State | None = None
    missing_since: datetime | None = None
    """When a firm check first missed it, where nothing spoke against it since."""

    def earlier(self, now: datetime, apart: timedelta = APART) -> Earlier:
        """In the words of decisions.tsv."""
        if self.last is State.DELETED:
            return Earlier.DELETED
        if self.missing_since is None:
            return Earlier.NONE
        return Earlier.RIPE if now - self.missing_since >= apart else Earlier.YOUNG


def history_of(seen: Iterable[Sighting], hidden_at: datetime | None = None) -> History:
    """What a statement's observations come to, oldest first.

    `hidden_at`: when its account was last seen in another state than active; what was missed before that
    counts for nothing.
    """
    last: State | None = None
    since: datetime | None = None
    for one in seen:
        if one.state is not State.MISSING:
            since = None
        elif since is None or (hidden_at is not None and since <= hidden_at):
            since = one.at
        last = one.state
    if since is not None and hidden_at is not None and since <= hidden_at:
        since = None
    return History(last, since)


@dataclass(frozen=True, slots=True)
class Check:
    """One check of one statement."""

    seen: State
    """What the platform said of the post."""
    account: Alive
    proof: Strength
    at: datetime

    @property
    def said(self) -> Said:
        """In the words of decisions.tsv."""
        if self.seen is State.ACTIVE:
            return Said.SHOWN
        return Said.GONE if self.seen is State.NOT_FOUND else Said.WITHHELD

    @property
    def is_decided(self) -> bool:
        """Whether it counts as a check: else it is to be repeated soon."""
        unclear = self.account in (Alive.UNKNOWN, Alive.ELSEWHERE)
        return self.said is not Said.GONE or not unclear


def decide(history: History, check: Check, *, apart: timedelta = APART) -> State | None:
    """The state to be observed, None where there is nothing new to write.

    A statement that was always shown needs no observation that it is.
    """
    case = (check.said, check.account, check.proof, history.earlier(check.at, apart))
    written = written_for(*case)
    if written is Written.NOTHING:
        return None
    state = check.seen if written is Written.SEEN else State(written.value)
    if state is history.last and not (state is State.MISSING and history.missing_since is None):
        return None
    return None if state is State.ACTIVE and history.last is None else state


def written_for(said: Said, account: Alive, proof: Strength, earlier: Earlier) -> Written:
    """The first row of decisions.tsv that fits. Raises ValueError where none does."""
    case = (said, account, proof, earlier)
    for cells, written in _decisions():
        if all(cell in (ANY, word) for cell, word in zip(cells, case, strict=True)):
            return written
    raise ValueError(f"decisions.tsv: no row fits {', '.join(case)}")


@cache
def _decisions() -> tuple[tuple[tuple[str, ...], Written], ...]:
    """Raises ValueError for a word that the table must not hold."""
    words = {"post": Said, "account": Alive, "proof": Strength, "earlier": Earlier}
    found = []
    for row in rows_of("decisions.tsv"):
        cells = tuple(row[name] if row[name] == ANY else str(kind(row[name])) for name, kind in words.items())
        found.append((cells, Written(row["written"])))
    return tuple(found)
