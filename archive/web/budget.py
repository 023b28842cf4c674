"""Where what is left of each limit is kept, and what was spent."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from archive.contract import BudgetSpent, Policy
from archive.web.limits import counted, earliest
from archive.web.standing import Cost, Key, Settled, Standing, Wait

_TOLERANCE = 1e-9
"""Sums of prices are floats: what differs by less is equal."""


class BudgetBook(Protocol):
    """What is known of all limits, and the reservations of requests that cost; shared by all processes."""

    def read(self, key: Key) -> Standing:
        """How far a limit is used up."""
        ...

    def reserve(
        self, key: Key, policy: Policy | None, now: Callable[[], datetime], cost: Cost | None = None
    ) -> Wait | None:
        """Count one request and reserve what it costs; or count nothing and say what it has to wait for.

        Raises BudgetSpent where the month's limit does not allow the cost.
        """
        ...

    def record(
        self, key: Key, change: Callable[[Standing], Standing], settled: Settled | None = None
    ) -> Standing:
        """Change a standing by what an answer said, and settle what it cost. Returns what is known now."""
        ...

    def settle(self, settled: Settled) -> None:
        """Settle what a request cost that had no answer."""
        ...


class MemoryBook:
    """A book that lasts as long as the process, for commands without an archive.

    `limits` is US dollars a month by the name of the credential that pays.
    """

    def __init__(self, limits: Mapping[str, float] | None = None) -> None:
        self._limits = dict(limits or {})
        self._standings: dict[Key, Standing] = {}
        self._spent: defaultdict[tuple[str, date], float] = defaultdict(float)

    def read(self, key: Key) -> Standing:
        return self._standings.get(key, Standing())

    def reserve(
        self, key: Key, policy: Policy | None, now: Callable[[], datetime], cost: Cost | None = None
    ) -> Wait | None:
        at, standing = now(), self.read(key)
        if cost:
            check_spending(cost, self.spent(cost.credential, cost.day), self._limits.get(cost.credential))
        if wait := earliest(standing, policy, at):
            return wait
        self._standings[key] = counted(standing, policy, at)
        if cost:
            self._add(cost, cost.units)
        return None

    def record(
        self, key: Key, change: Callable[[Standing], Standing], settled: Settled | None = None
    ) -> Standing:
        self._standings[key] = change(self.read(key))
        if settled:
            self.settle(settled)
        return self._standings[key]

    def settle(self, settled: Settled) -> None:
        self._add(settled.cost, settled.change)

    def spent(self, credential: str, day: date) -> float:
        """US dollars of the month of `day`, reserved ones too."""
        return self._spent[credential, month_of(day)]

    def _add(self, cost: Cost, units: int) -> None:
        self._spent[cost.credential, month_of(cost.day)] += units * cost.usd


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after a day's."""
    return month_of(month_of(day) + timedelta(days=31))


def check_spending(cost: Cost, spent: float, limit: float | None) -> None:
    """Raise BudgetSpent where there is no limit, or `spent` dollars of the month and the cost are over it."""
    setting = f"{cost.credential.rpartition('_')[0] or cost.credential}_BUDGET"
    raise_it = f"with --budget or {setting} (US dollars a month)"
    price = f"{_usd(cost.usd)} for each of its {cost.what}"
    if limit is None:
        raise BudgetSpent(f"this platform charges {price}: set a budget first, {raise_it}")
    if spent + cost.units * cost.usd <= limit + _TOLERANCE:
        return
    ends = next_month(cost.day)
    raise BudgetSpent(
        f"the month's budget is used up: {_usd(spent)} of {_usd(limit)} spent, and the next request may cost "
        f"{_usd(cost.units * cost.usd)} ({price}); raise it {raise_it}, or wait until {ends:%d %B %Y} (UTC)",
        until=datetime(ends.year, ends.month, ends.day, tzinfo=UTC),
    )


def _usd(amount: float) -> str:
    """`$0.005`, `$12.50`: as many digits as say something, two at least."""
    digits = f"{amount:.4f}".rstrip("0")
    return f"${digits if len(digits.partition('.')[2]) >= 2 else f'{amount:.2f}'}"
