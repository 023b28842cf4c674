"""Waiting for one's turn: the only place where collecting sleeps."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from archive.contract import Policy, TryLater
from archive.web.budget import BudgetBook
from archive.web.standing import Cost, Key, Wait

SLICE = 1.0
"""Seconds of one sleep: the countdown is told anew after each."""


class Clock(Protocol):
    """What the time is, and how it passes."""

    def now(self) -> datetime:
        """The present, aware."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let that time pass."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


Countdown = Callable[[str, float, str], None]
"""Told host, seconds left and the reason, about once a second while waiting."""


def silent(_host: str, _left: float, _why: str) -> None:
    """A countdown that nobody watches."""


def never() -> bool:
    """A stop that is never asked for."""
    return False


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is to send: asks the book, and waits as long as the user has patience."""

    book: BudgetBook
    policies: Mapping[str, Policy] = field(default_factory=dict)
    patience: float = 60.0
    """Seconds of the longest single wait that is sat out."""
    clock: Clock = field(default_factory=SystemClock)
    waiting: Countdown = silent
    stop: Callable[[], bool] = never
    """Asked between two sleeps: whether to wait no longer."""

    def policy(self, bucket: str) -> Policy | None:
        """Our own limit for a kind of request."""
        return self.policies.get(bucket, self.policies.get(""))

    def take(self, key: Key, cost: Cost | None = None) -> None:
        """Return when the request may be sent; it is counted then, and its cost is reserved.

        Raises TryLater where that is too long to wait for, and BudgetSpent.
        """
        while wait := self.book.reserve(key, self.policy(key.bucket), self.clock.now, cost):
            left = (wait.until - self.clock.now()).total_seconds()
            if left > self.patience:
                raise TryLater(f"{key.host}: {wait.why}, {_until(wait.until, left)}", wait.until)
            self._sleep(key.host, wait)

    def sit_out(self, host: str, seconds: float, why: str) -> None:
        """Wait, but no longer than there is patience for."""
        until = self.clock.now() + timedelta(seconds=min(seconds, self.patience))
        self._sleep(host, Wait(until, why))

    def _sleep(self, host: str, wait: Wait) -> None:
        """Sleep in slices; no longer in all than was planned, even where the clock is set back meanwhile."""
        left = planned = (wait.until - self.clock.now()).total_seconds()
        slept = 0.0
        while left > 0:
            if self.stop():
                raise TryLater(f"{host}: stopped while waiting: {wait.why}", wait.until)
            self.waiting(host, left, wait.why)
            self.clock.sleep(min(SLICE, left))
            slept += min(SLICE, left)
            left = min((wait.until - self.clock.now()).total_seconds(), planned - slept)


def _until(at: datetime, left: float) -> str:
    return f"until {at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC ({left:,.0f} s)"
