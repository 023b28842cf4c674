"""What a collecting job does: choose the accounts, pass over them, and go on until its time is up."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from archive.collecting import Means, opening
from archive.contract import Collector
from archive.identities import label_of
from archive.rounds import MAX_WAIT, WORKERS, Outcome, Summary, Surroundings, Wanted, collect, due_only
from archive.schedules import schedules_of
from archive.selection import find_accounts
from archive.streams import Step
from db.errors import Refusal
from db.models import Account
from db.release import release

NAP = 1.0
"""Seconds between two looks at whether an account has come due."""


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


def run(
    engine: Engine,
    means: Means,
    wish: Wish,
    *,
    end: datetime | None = None,
    ended: Callable[[Outcome], None] = lambda outcome: None,
    watch: Callable[[Step], None] = lambda step: None,
) -> Iterator[Summary]:
    """One round; until `end`, where that is given, another one whenever an account comes due.

    `ended` hears of each account, `watch` of each step of each page.

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
        ended=ended,
        watch=watch,
        waiting=means.waiting,
    )
    first = True
    while first or (end is not None and not means.stop()):
        accounts = choose(engine, collectors, wish, now=means.clock.now())
        if accounts or first:
            yield collect(around, accounts, command="collect", version=release())
        elif not means.stop():
            means.clock.sleep(NAP)
        first = False


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
        wanted = [_wanted(session, account) for account in able]
        if not wish.due:
            return wanted
        schedules = schedules_of(session, [one.account_id for one in wanted])
        return due_only(wanted, schedules, now=now)


def _wanted(session: Session, account: Account) -> Wanted:
    assert account.id is not None  # stored
    return Wanted(account.id, account.platform, label_of(session, account))


def _why_nothing(found: list[Account], collectors: Mapping[str, Collector]) -> str:
    known = ", ".join(sorted(collectors))
    if not found:
        return "the archive knows no account: add one with `hustings account add`"
    there = ", ".join(sorted({account.platform for account in found}))
    return f"no collector for {there}: these platforms are collected: {known}; others by `hustings import`"
