"""What a collecting job does: choose the accounts, pass over them, and go on until its time is up."""

import logging
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from archive.collecting import Means, opening
from archive.contract import Collector
from archive.endings import Outcome, Summary, Wanted
from archive.identities import label_of
from archive.rounds import MAX_WAIT, WORKERS, Surroundings, collect
from archive.schedules import due_only, schedules_of
from archive.selection import find_accounts
from archive.streams import Collected, Step
from db.errors import BusyDatabase, FullDisk, Refusal
from db.models import Account
from db.release import release

log = logging.getLogger(__name__)

NAP = 1.0
"""Seconds between two looks at whether to stop."""

IDLE = 15
"""Naps between two looks at whether an account has come due, or the database can be written again."""


class NothingToCollect(Refusal):
    """No account of the archive is on a platform that has a collector."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which accounts a job is for, and how it is to go about them."""

    accounts: tuple[str, ...] = ()
    """`platform:handle`, or an account's number; none: all."""
    platform: str | None = None
    due: bool = False
    """Only those whose time has come."""
    full: bool | None = None
    """None: where a full round is due."""
    max_wait: timedelta = MAX_WAIT
    workers: int = WORKERS

    def __str__(self) -> str:
        """As it is written down with each round."""
        words = ["collect", *(["--due"] if self.due else [])]
        words += [f"--platform {self.platform}"] if self.platform else []
        words += [f"--account {account}" for account in self.accounts]
        words += [] if self.full is None else ["--full" if self.full else "--no-full"]
        return " ".join(words)


def run(
    engine: Engine,
    means: Means,
    wish: Wish,
    *,
    end: datetime | None = None,
    ended: Callable[[Outcome], None] = lambda outcome: None,
    told: Callable[[Wanted, Collected], None] = lambda wanted, collected: None,
    watch: Callable[[Step], None] = lambda step: None,
) -> Iterator[Summary]:
    """One round; until `end`, where that is given, another one whenever an account comes due.

    `ended` hears of each account, `told` of each page of it, `watch` of each step of each page. With `end`, a
    database that is locked or has no room ends a round, not the job.

    Raises NothingToCollect, and what find_accounts and Means raise.
    """
    collectors = means.collectors()
    around = Surroundings(
        engine=engine,
        collectors=collectors,
        open_web=opening(means, engine),
        now=means.clock.now,
        sleep=means.clock.sleep,
        chance=random.SystemRandom(),
        full=wish.full,
        workers=wish.workers,
        max_wait=wish.max_wait,
        stop=means.stop,
        told=told,
        ended=ended,
        watch=watch,
        waiting=means.waiting,
    )
    first = True
    while first or (end is not None and not means.stop()):
        try:
            accounts = choose(engine, collectors, wish, now=means.clock.now())
            idle = not accounts
            if accounts or first:
                summary = collect(around, accounts, command=str(wish), version=release())
                idle = not summary.made_progress
                yield summary
        except (BusyDatabase, FullDisk) as error:
            if end is None:
                raise
            log.warning("%s; the job goes on once that is over", error)
            idle = True
        first = False
        if idle and end is not None:
            _idle(means)


def _idle(means: Means) -> None:
    """Wait a while, unless asked to stop."""
    for _ in range(IDLE):
        if means.stop():
            return
        means.clock.sleep(NAP)


def collect_accounts(
    engine: Engine,
    means: Means,
    wish: Wish = Wish(),
    *,
    ended: Callable[[Outcome], None] = lambda outcome: None,
) -> Summary:
    """One round: what became of each account. `ended` hears of it as soon as it is known.

    May be stopped or killed at any moment; the next round goes on where this one was. Raises
    NothingToCollect, and what find_accounts and Means raise.
    """
    return next(run(engine, means, wish, ended=ended))


def choose(engine: Engine, collectors: Mapping[str, Collector], wish: Wish, *, now: datetime) -> list[Wanted]:
    """The accounts that a wish means, those first that are longest overdue.

    Raises NothingToCollect where there is none at all, due or not.
    """
    with Session(engine) as session:
        found = find_accounts(session, wish.accounts, wish.platform)
        able = [account for account in found if account.platform in collectors]
        if not able:
            raise NothingToCollect(_why_nothing(found, collectors))
        by_id = {account.id: account for account in able if account.id is not None}
        chosen = list(by_id)
        if wish.due:
            chosen = due_only(chosen, schedules_of(session, chosen), now=now)
        return [Wanted(one, by_id[one].platform, label_of(session, by_id[one])) for one in chosen]


def _why_nothing(found: list[Account], collectors: Mapping[str, Collector]) -> str:
    known = ", ".join(sorted(collectors))
    if not found:
        return "the archive knows no account: add one with `hustings account add`"
    there = ", ".join(sorted({account.platform for account in found}))
    return f"no collector for {there}: these platforms are collected: {known}; others by `hustings import`"
