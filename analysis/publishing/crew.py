"""Who writes the contests of a report: this process, or several beside it where there is much to do."""

import hashlib
import pickle
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass
from functools import lru_cache

from sqlmodel import Session

from analysis.outcomes.facts import ElectionFacts
from analysis.publishing.planning import Plan
from analysis.publishing.terms import ReportTerms
from analysis.publishing.work import ContestTask, WrittenContest, write_contests, write_contests_of
from analysis.publishing.workers import Workers
from db.batches import batches

CONTESTS_AT_ONCE = 25
"""Contests whose statements one process holds at a time."""

WORTH_SHARING = 30
"""Candidacies to read below which handing them out takes longer than it saves."""


@dataclass(frozen=True, slots=True)
class Crew:
    """By what contests are written."""

    session: Session
    terms: ReportTerms
    workers: Workers

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
        if self.workers.database is None:
            return write_contests(self.session, plan.facts, self.terms, tasks)
        return write_contests_of(self.workers.database, plan.facts, self.terms, tasks)

    def _together(self, plans: Sequence[Plan], database: str) -> Iterator[tuple[int, WrittenContest]]:
        shared = _Shared.of(self.terms, tuple(plan.facts for plan in plans))
        waiting = {
            self.workers.submit(_written, database, shared, number, tasks): number
            for number, plan in enumerate(plans)
            for tasks in batches(plan.tasks, _size(plan, self.workers.count))
        }
        return _as_written(waiting)


def _as_written(
    waiting: dict[Future[list[WrittenContest]], int],
) -> Iterator[tuple[int, WrittenContest]]:
    for done in as_completed(list(waiting)):
        number = waiting.pop(done)  # what is done need not be held any longer
        for one in done.result():
            yield number, one


def _size(plan: Plan, processes: int) -> int:
    """Contests in one piece of work: small enough that all have something to do until the end."""
    return max(1, min(CONTESTS_AT_ONCE, len(plan.tasks) // (4 * processes)))


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all pieces of work need: each process unpacks it once."""

    key: str
    packed: bytes

    @classmethod
    def of(cls, terms: ReportTerms, facts: Sequence[ElectionFacts]) -> "_Shared":
        packed = pickle.dumps((terms, facts))  # only ever from this process to those that it started
        return cls(hashlib.sha256(packed).hexdigest(), packed)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shared) and self.key == other.key


@lru_cache(maxsize=1)
def _unpacked(shared: _Shared) -> tuple[ReportTerms, Sequence[ElectionFacts]]:
    terms, facts = pickle.loads(shared.packed)  # noqa: S301  # see _Shared.of
    return terms, facts


def _written(
    database: str, shared: _Shared, number: int, tasks: Sequence[ContestTask]
) -> list[WrittenContest]:
    terms, facts = _unpacked(shared)
    return write_contests_of(database, facts[number], terms, tasks)
