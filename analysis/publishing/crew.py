"""Who writes the contests of a report: this process, or several beside it where there is much to do."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass
from typing import TypeVar

from sqlmodel import Session

from analysis.outcomes.facts import ElectionFacts
from analysis.publishing.planning import Plan
from analysis.publishing.terms import ReportTerms
from analysis.publishing.work import ContestTask, WrittenContest, write_contests, write_contests_of
from analysis.publishing.workers import Shared, Workers
from db.batches import batches

CONTESTS_AT_ONCE = 25
"""Contests whose statements one process holds at a time."""

FEWEST_CONTESTS = 3
"""In one piece of work: to begin with one takes as long as to write half a contest."""

WORTH_SHARING = 30
"""Candidacies to read below which handing them out takes longer than it saves."""


Task = TypeVar("Task")

Everything = Shared[tuple[ReportTerms, Sequence[ElectionFacts]]]
"""The terms of a report, and the facts of each plan."""


@dataclass(frozen=True, slots=True)
class Crew:
    """By what contests are written."""

    session: Session
    workers: Workers
    everything: Everything

    def write(self, plans: Sequence[Plan]) -> Iterator[tuple[int, WrittenContest]]:
        """Write what is to be written, in any order; each comes with the place of its plan.

        Where others do it they begin at once, before the first is asked for.
        """
        much = sum(plan.to_read for plan in plans) >= WORTH_SHARING
        if self.workers.database is not None and much:
            return self._together(plans, self.workers.database)
        return self._alone(plans)

    def _alone(self, plans: Iterable[Plan]) -> Iterator[tuple[int, WrittenContest]]:
        for number, plan in enumerate(plans):
            for tasks in batches(plan.tasks, CONTESTS_AT_ONCE):
                for one in self._written(plan, tasks):
                    yield number, one

    def _written(self, plan: Plan, tasks: Sequence[ContestTask]) -> Sequence[WrittenContest]:
        """By a connection of its own where one can be opened: plans were made by several (`plan_of`)."""
        terms, _ = self.everything.value
        if self.workers.database is None:
            return write_contests(self.session, plan.facts, terms, tasks)
        return write_contests_of(self.workers.database, plan.facts, terms, tasks)

    def _together(self, plans: Sequence[Plan], database: str) -> Iterator[tuple[int, WrittenContest]]:
        waiting = {
            self.workers.submit(_written, database, self.everything, number, tasks): number
            for number, plan in enumerate(plans)
            for tasks in pieces(plan.tasks, self.workers.count)
        }
        return _as_written(waiting)


def _as_written(
    waiting: dict[Future[list[WrittenContest]], int],
) -> Iterator[tuple[int, WrittenContest]]:
    for done in as_completed(list(waiting)):
        number = waiting.pop(done)  # what is done need not be held any longer
        for one in done.result():
            yield number, one


def pieces(tasks: Sequence[Task], processes: int) -> Iterator[Sequence[Task]]:
    """Pieces of work, smaller and smaller: few to hand out, and all have something to do until the end.

    Each is half a process's share of what is left (factoring: Hummel, Schonberg and Flynn 1992).
    """
    begin = 0
    while begin < len(tasks):
        size = (len(tasks) - begin) // (2 * processes)
        size = max(FEWEST_CONTESTS, min(CONTESTS_AT_ONCE, size))
        yield tasks[begin : begin + size]
        begin += size


def _written(
    database: str, everything: Everything, number: int, tasks: Sequence[ContestTask]
) -> list[WrittenContest]:
    terms, facts = everything.value
    return write_contests_of(database, facts[number], terms, tasks)
