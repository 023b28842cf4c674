"""Who writes the contests of a report: this process, or several beside it where there is much to do."""

import multiprocessing
import signal
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

from sqlmodel import Session

from analysis.outcomes.facts import ElectionFacts
from analysis.publishing.planning import Plan
from analysis.publishing.terms import ReportTerms
from analysis.publishing.work import ContestTask, WrittenContest, write_contests, write_contests_of
from db.batches import batches

CONTESTS_AT_ONCE = 25
"""Contests whose statements one process holds at a time."""

WORTH_A_CREW = 300
"""Candidacies to read below which starting other processes takes longer than they save."""


@dataclass(frozen=True, slots=True)
class Crew:
    """By what contests are written."""

    session: Session
    terms: ReportTerms
    database: str | None
    """Where other processes find the archive; None: they cannot."""
    processes: int

    def write(self, plans: Sequence[Plan]) -> Iterator[tuple[int, WrittenContest]]:
        """Write what is to be written, in any order; each comes with the place of its plan."""
        much = sum(plan.to_read for plan in plans) >= WORTH_A_CREW
        if self.database is not None and self.processes > 1 and much:
            return self._together(plans, self.database)
        return self._alone(plans)

    def _alone(self, plans: Iterable[Plan]) -> Iterator[tuple[int, WrittenContest]]:
        for number, plan in enumerate(plans):
            for tasks in batches(plan.tasks, CONTESTS_AT_ONCE):
                for one in write_contests(self.session, plan.facts, self.terms, tasks):
                    yield number, one

    def _together(self, plans: Sequence[Plan], database: str) -> Iterator[tuple[int, WrittenContest]]:
        executor = ProcessPoolExecutor(
            self.processes,
            multiprocessing.get_context("spawn"),  # the database's connections are not to be inherited
            _begin,
            (database, self.terms, tuple(plan.facts for plan in plans)),
        )
        try:
            waiting = {
                executor.submit(_written, number, tasks): number
                for number, plan in enumerate(plans)
                for tasks in batches(plan.tasks, _size(plan, self.processes))
            }
            for done in as_completed(list(waiting)):
                number = waiting.pop(done)  # what is done need not be held any longer
                for one in done.result():
                    yield number, one
        finally:
            executor.shutdown(cancel_futures=True)


def _size(plan: Plan, processes: int) -> int:
    """Contests in one piece of work: small enough that all have something to do until the end."""
    return max(1, min(CONTESTS_AT_ONCE, len(plan.tasks) // (4 * processes)))


@dataclass(frozen=True, slots=True)
class _Bench:
    """What a process was given when it began."""

    database: str
    terms: ReportTerms
    facts: Sequence[ElectionFacts]


_bench: _Bench | None = None


def _begin(database: str, terms: ReportTerms, facts: Sequence[ElectionFacts]) -> None:
    global _bench
    _bench = _Bench(database, terms, facts)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that waits for this one decides


def _written(number: int, tasks: Sequence[ContestTask]) -> list[WrittenContest]:
    assert _bench is not None
    return write_contests_of(_bench.database, _bench.facts[number], _bench.terms, tasks)
