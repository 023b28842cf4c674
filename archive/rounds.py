"""One pass over the accounts: each under its lease, none stopping the others, those that must wait last."""

import heapq
import logging
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import local

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from archive.contract import Collector, Web
from archive.endings import Ending, Outcome, Summary, Wanted, ending_of
from archive.ingest import begin_round, end_round
from archive.leases import NEVER, Holder, one_holder
from archive.schedules import full_is_due, interval_of, next_due, put_off, take_lease
from archive.speakers import Speakers
from archive.storable import storable_text
from archive.streams import Collected, Step, Work, collect_account
from db.engine import writing
from db.errors import Refusal
from db.models import Schedule

log = logging.getLogger(__name__)

WORKERS = 4
"""Accounts that are collected at the same time: most of a round is waiting for answers."""

OURS = (OperationalError, InterfaceError, Refusal, MemoryError)
"""Errors that are no account's: those of the database, of settings, of the machine."""

MAX_WAIT = timedelta(minutes=15)
"""How long a round waits for a server's limit before it leaves an account to the next one."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a round works with; time, chance and the network are arguments."""

    engine: Engine
    collectors: Mapping[str, Collector]
    """By platform."""
    open_web: Callable[[Collector], AbstractContextManager[Web]]
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    chance: random.Random = field(default_factory=random.SystemRandom)
    full: bool | None = None
    """None: where a full round is due."""
    workers: int = WORKERS
    max_wait: timedelta = MAX_WAIT
    stop: Callable[[], bool] = lambda: False
    watch: Callable[[Step], None] = lambda step: None
    told: Callable[[Wanted, Collected], None] = lambda wanted, collected: None
    """Hears of each page."""
    ended: Callable[[Outcome], None] = lambda outcome: None
    waiting: Callable[[str, float, str], None] = lambda host, seconds, why: None


def collect(around: Surroundings, accounts: Sequence[Wanted], *, command: str, version: str) -> Summary:
    """One pass over `accounts`. Safe to interrupt: the next pass goes on where this one was.

    An account that a limit defers is tried again at the end, where the limit allows it within `max_wait`.
    Raises what the database raises; then the round has no end.
    """
    round_id = begin_round(around.engine, command, version)
    outcomes = {}
    with one_holder() as holder:
        for outcome in _Pass(around, round_id, holder).outcomes(accounts):
            outcomes[outcome.wanted.account_id] = outcome
            around.ended(outcome)
            _log(outcome)
    summary = Summary(round_id, tuple(outcomes.values()))
    for account_id, more in summary.not_asked().items():
        platform = outcomes[account_id].wanted.platform
        log.warning("%s: %s accounts more were not asked for", platform, more)
    if not_asked := [account_id for account_id, one in outcomes.items() if not one.asked]:
        with writing(around.engine) as session:
            put_off(session, not_asked, now=around.now(), chance=around.chance)
    end_round(around.engine, round_id, "done" if summary.exit_code == 0 else "partly", summary.counts())
    return summary


def _log(outcome: Outcome) -> None:
    """One line of a journal: a warning where anything is missing, with what it is; once for a source."""
    level = logging.WARNING if outcome.is_short and outcome.asked else logging.INFO
    log.log(level, "%s: %s", outcome.wanted.name, outcome)


class _Pass:
    """One pass while it runs: who waits, which sources refused, the clients of each thread."""

    def __init__(self, around: Surroundings, round_id: int, holder: Holder) -> None:
        self._around = around
        self._round_id = round_id
        self._holder = holder
        self._refused: dict[str, Outcome] = {}
        self._threads = local()
        self._clients = ExitStack()

    def outcomes(self, accounts: Sequence[Wanted]) -> Iterator[Outcome]:
        """Each account's outcome, as it comes; a deferred one's only when it is final."""
        later: list[tuple[datetime, int, Outcome]] = []
        with self._clients, ThreadPoolExecutor(self._around.workers) as pool:
            running: dict[Future[Outcome], Wanted] = {}
            ahead = iter(accounts)
            while True:
                for wanted in _next_few(ahead, self._around.workers - len(running)):
                    running[pool.submit(self._one, wanted)] = wanted
                if not running:
                    break
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    outcome = self._outcome(running.pop(future), future)
                    if self._waits_for(outcome):
                        assert outcome.until is not None  # or it would not wait
                        heapq.heappush(later, (outcome.until, outcome.wanted.account_id, outcome))
                    else:
                        yield outcome
            while later:
                until, _, outcome = heapq.heappop(later)
                yield self._again(until, outcome, pool)

    def _outcome(self, wanted: Wanted, future: Future[Outcome]) -> Outcome:
        """How an account ended. What nobody expected is a bug: told whole, and this account's alone.

        Raises what concerns all accounts: the database's errors, and what ends the process.
        """
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, OURS) or not isinstance(error, Exception):
            raise error
        log.error("%s: unexpected: please report this", wanted.name, exc_info=error)
        message = f"unexpected {type(error).__name__}: {error} (a bug: please report it)"
        outcome = Outcome(wanted, Ending.FAILED, message=message, exit_code=1)
        self._release(outcome, full=False)
        return outcome

    def _waits_for(self, outcome: Outcome) -> bool:
        """Whether an account is worth waiting for in this pass."""
        if outcome.ending is not Ending.DEFERRED or outcome.until is None or outcome.refused:
            return False
        return outcome.until - self._around.now() <= self._around.max_wait

    def _again(self, until: datetime, outcome: Outcome, pool: ThreadPoolExecutor) -> Outcome:
        """Wait until a limit allows it, then try once more."""
        while (left := (until - self._around.now()).total_seconds()) > 0:
            if self._around.stop():
                return outcome
            self._around.waiting(outcome.wanted.name, left, outcome.message or "limit")
            self._around.sleep(min(left, 1.0))
        again = self._outcome(outcome.wanted, pool.submit(self._one, outcome.wanted))
        return replace(again, collected=outcome.collected + again.collected)

    def _web(self, collector: Collector) -> Web:
        """This thread's client for a collector."""
        clients: dict[str, Web] = self._threads.__dict__.setdefault("clients", {})
        if collector.name not in clients:
            clients[collector.name] = self._clients.enter_context(self._around.open_web(collector))
        return clients[collector.name]

    def _one(self, wanted: Wanted) -> Outcome:
        """Collect one account, whatever happens to it."""
        around = self._around
        if wanted.platform in self._refused:
            refusal = self._refused[wanted.platform]
            return replace(refusal, wanted=wanted, collected=Collected(), asked=False)
        if around.stop():
            return Outcome(wanted, Ending.STOPPED)
        if not take_lease(around.engine, wanted.account_id, self._holder, now=around.now()):
            return Outcome(wanted, Ending.BUSY, message="another job is collecting it")
        outcome = self._collected(wanted)
        if outcome.refused:
            self._refused[wanted.platform] = outcome
        return outcome

    def _collected(self, wanted: Wanted) -> Outcome:
        around = self._around
        with Session(around.engine) as session:
            schedule = session.get(Schedule, wanted.account_id)
            full = full_is_due(schedule, now=around.now()) if around.full is None else around.full
        so_far: list[Collected] = []

        def told(collected: Collected) -> None:
            so_far.append(collected)
            around.told(wanted, collected)

        def collect_it() -> None:
            collector = around.collectors[wanted.platform]  # which its settings may keep from being made
            work = Work(
                engine=around.engine,
                collector=collector,
                web=self._web(collector),
                account_id=wanted.account_id,
                holder=self._holder,
                now=around.now,
                round_id=self._round_id,
                full=full,
                failures=schedule.failures if schedule is not None else 0,
                watch=around.watch,
                stop=around.stop,
                speakers=Speakers(),
            )
            collect_account(work, told)

        outcome = ending_of(wanted, collect_it)
        if outcome.ending is Ending.DEFERRED and around.stop():
            outcome = Outcome(wanted, Ending.STOPPED)  # its wait was cut short
        outcome = replace(outcome, collected=sum(so_far, Collected()))
        self._release(outcome, full=full)
        return outcome

    def _release(self, outcome: Outcome, *, full: bool) -> None:
        """Give the account back, and say when it is due again."""
        now = self._around.now()
        with writing(self._around.engine) as session:
            schedule = session.get(Schedule, outcome.wanted.account_id, with_for_update=True)
            if schedule is None or schedule.holder != str(self._holder):
                return
            _note(schedule, outcome, now=now, full=full, chance=self._around.chance)
            session.add(schedule)


def _next_few(ahead: Iterator[Wanted], count: int) -> Iterator[Wanted]:
    for _ in range(count):
        wanted = next(ahead, None)
        if wanted is None:
            return
        yield wanted


def _note(schedule: Schedule, outcome: Outcome, *, now: datetime, full: bool, chance: random.Random) -> None:
    """Write how a round went into the account's schedule."""
    schedule.holder = schedule.held_until = None
    if outcome.ending is Ending.STOPPED:
        return
    good = outcome.ending in (Ending.DONE, Ending.UNAVAILABLE)
    if not outcome.refused:  # that no account is served is no reason to ask this one less often
        schedule.failures = 0 if good else schedule.failures + 1
    said = None if outcome.ending is Ending.DONE else outcome.message
    schedule.error = storable_text(said) if said else None
    if outcome.ending is Ending.DONE:
        schedule.succeeded_at = now
        schedule.full_at = now if full or schedule.full_at is None else schedule.full_at
    due = next_due(interval_of(schedule), schedule.failures, now=now, chance=chance)
    if outcome.ending is Ending.DONE and not schedule.every_seconds:
        due = max(due, now + outcome.collected.fresh_for)  # an interval that the user set is his own word
    if outcome.ended:
        due = NEVER
    schedule.due_at = outcome.until if outcome.until is not None else due
