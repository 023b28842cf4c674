"""What has to be written of an election: the contests in which something changed since the last report."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlmodel import Session

from analysis.outcomes.ballot import Contest, Election
from analysis.outcomes.facts import ElectionFacts, facts_of
from analysis.outcomes.fingerprints import (
    COUNTS,
    Asked,
    Counts,
    Fingerprint,
    Mark,
    Marks,
    asked_of,
    fingerprints_of,
    marks_of,
    merged,
)
from analysis.publishing.changes import CandidacyDelta, delta_of, held_in
from analysis.publishing.digests import DIGEST, ContestDigest, kept
from analysis.publishing.links import link, sizes_in
from analysis.publishing.terms import ReportTerms
from analysis.publishing.work import ContestTask
from analysis.publishing.workers import NOBODY, Workers
from analysis.reports.addresses import slug
from db.reading import open_to_read


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done for one election."""

    facts: ElectionFacts
    contests: tuple[Contest, ...]
    """Those that the report is about, by name."""
    address: str
    """Of the election's folder, seen from the report's first."""
    tasks: tuple[ContestTask, ...]
    """Contests that are written anew."""
    kept: Mapping[str, ContestDigest]
    """Contest id -> what the last report holds, for those in which nothing changed."""
    deltas: tuple[CandidacyDelta, ...] = ()
    """What contests that are no more take with them."""

    @property
    def to_read(self) -> int:
        """Candidacies whose statements are read."""
        return sum(len(task.changed) for task in self.tasks)


def address_of(contest: Contest) -> str:
    """Of a contest's folder, seen from its election's."""
    return f"contests/{slug(contest.id)}"


def plan_of(
    session: Session,
    election: Election,
    contest: str | None,
    terms: ReportTerms,
    new: Path,
    old: Path | None,
    last: Path | None = None,
    fed: frozenset[str] = frozenset(),
    *,
    workers: Workers = NOBODY,
) -> Plan:
    """What changed in an election (or in the one contest of it) between the report in `old` and the archive.

    `new` is the folder of the report that is being made; `last` that of the last one whatever its terms, to
    which the change log compares; `fed`: ids of what its feeds hold. `workers` count the archive's statements
    while all else is read here; contests must then be written from a connection that is opened later.
    """
    address = f"elections/{slug(election.id)}"
    methods = [one.method for one in terms.compared]
    to_count = asked_of(election, terms.manifest.window, terms.linking, methods)
    marks = begin_counting(session, to_count, workers)
    facts = facts_of(session, election, window=terms.manifest.window)
    asked = tuple(one for one in facts.contests if contest in (None, one.id))
    held = {one.id: _held(old / address / address_of(one)) if old else None for one in asked}
    prints = fingerprints_of(session, facts, terms.linking, compared=methods, contests=set(held), marks=marks)
    tasks: list[ContestTask] = []
    unchanged: dict[str, ContestDigest] = {}
    for one in asked:
        place = f"{address}/{address_of(one)}"
        before = old / place if old else None
        digest = held[one.id]
        if digest is not None and digest.fingerprint == prints[one.id].contest and _is_whole(digest, one):
            unchanged[one.id] = digest
        else:
            task = _task(one, prints[one.id], place, new, before if digest else None, digest)
            tasks.append(replace(task, last=last / place if last else None, fed=fed))
    known = {slug(one.id) for one in asked}
    deltas = _deltas_of_gone(last, f"{address}/contests", known) if last else ()
    return Plan(facts, asked, address, tuple(tasks), unchanged, deltas)


def begin_counting(session: Session, asked: Asked, workers: Workers) -> Callable[[], Marks]:
    """Begin to count an election's statements beside this process; the function that comes back waits."""
    if workers.database is None:
        return partial(marks_of, session, asked)
    counting = [workers.begin(_counted_in, workers.database, asked, count) for count in COUNTS]
    return lambda: merged(wait() for wait in counting)


def _counted_in(database: str, asked: Asked, count: Counts) -> list[Mark]:
    with Session(open_to_read(database)) as session:
        return count(session, asked)


def take_over(plan: Plan, new: Path, old: Path) -> None:
    """Give the contests in which nothing changed a place in the new report."""
    for contest in plan.contests:
        digest = plan.kept.get(contest.id)
        if digest is None:
            continue
        place = f"{plan.address}/{address_of(contest)}"
        before, after = f"{old / place}/", f"{new / place}/"
        for name in (*digest.files, DIGEST):
            link(before + name, after + name)


def _held(folder: Path) -> ContestDigest | None:
    """What the last report holds of a contest, if its folder is as it was left."""
    digest = kept(ContestDigest, folder / DIGEST)
    if digest is None or not all(one.address in digest.files for one in digest.candidacies):
        return None
    sizes = sizes_in(folder)
    sizes.pop(DIGEST)
    return digest if sizes == digest.files else None


def _is_whole(digest: ContestDigest, contest: Contest) -> bool:
    """Whether it holds the contest's candidacies, as one that was written here does."""
    return sorted(one.row.person_id for one in digest.candidacies) == sorted(
        one.person_id for one in contest.candidacies
    )


def _task(
    contest: Contest,
    found: Fingerprint,
    place: str,
    new: Path,
    before: Path | None,
    digest: ContestDigest | None,
) -> ContestTask:
    known = {one.row.person_id: one.fingerprint for one in digest.candidacies} if digest else {}
    every = {one.id for one in contest.candidacies}
    changed = {one.id for one in contest.candidacies if known.get(one.person_id) != found.candidacies[one.id]}
    if changed == every:
        before = None  # of which nothing would be taken over
    return ContestTask(
        contest=contest,
        fingerprint=found.contest,
        candidacies=found.candidacies,
        folder=new / place,
        before=before,
        address=place,
        changed=frozenset(changed),
    )


def _deltas_of_gone(last: Path, address: str, known: set[str]) -> tuple[CandidacyDelta, ...]:
    """What goes with the contests that the last report had."""
    folder = last / address
    gone = sorted(set(os.listdir(folder)) - known) if folder.is_dir() else []
    return tuple(
        delta_of(one, None, place=f"{address}/{name}")
        for name in gone
        for one in held_in(folder / name).values()
    )
