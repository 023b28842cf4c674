"""Writing some contests of a report: the part that other processes can do. Each reads for itself."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from sqlmodel import Session

from analysis.outcomes.ballot import Contest
from analysis.outcomes.ballots import accounts_of, collected_of
from analysis.outcomes.candidacies import CandidacyOutcome
from analysis.outcomes.facts import ElectionFacts
from analysis.outcomes.forgotten import forgotten_of
from analysis.outcomes.found import FoundStatement
from analysis.outcomes.linking import outcomes_in
from analysis.outcomes.readings import readings_of
from analysis.outcomes.statements import counts_of, ids_of, statements_in
from analysis.publishing.candidacies import WrittenCandidacy, pages_of_candidacy, write_candidacy
from analysis.publishing.changes import CandidacyDelta, delta_of, held_in
from analysis.publishing.contests import write_contest
from analysis.publishing.cycles import cycles_left_alone
from analysis.publishing.datafiles import pieces_in
from analysis.publishing.digests import ACCUSED, DIGEST, FRAGMENTS, Accused, ContestDigest, Fragments, kept
from analysis.publishing.documents import documents_of
from analysis.publishing.links import link
from analysis.publishing.search_index import BySegment, arriving_of
from analysis.publishing.terms import ReportTerms
from analysis.reports.accusations.ingroups import PARTY, InGroup, in_group_of
from analysis.reports.agreement import Agreement
from analysis.reports.contests.parts import Archived, Beside, candidate_part
from analysis.reports.contests.reasons import LEFT_OUT, Explains, NoReasons
from analysis.reports.rows import AgreementRow
from db.batches import batches
from db.engine import open_database

CandidacyKey = tuple[str, str]
"""Contest id and person id."""

COMPARED_AT_ONCE = 1_000
"""Statements whose readings by all methods are held at a time."""


@dataclass(frozen=True, slots=True)
class ContestTask:
    """One contest to be written."""

    contest: Contest
    fingerprint: str
    candidacies: Mapping[int, str]
    """Candidacy id -> fingerprint."""
    folder: Path
    """Where it goes; not there yet."""
    before: Path | None
    """Its folder in the last report, where that may be built on."""
    address: str
    """Of the folder, seen from the report's first."""
    changed: frozenset[int]
    """Candidacies that must be read again; of the others the last report holds what is shown, if it can still
    be read.
    """
    last: Path | None = None
    """Its folder in the last report, whatever the terms of that: for the change log."""
    fed: frozenset[str] = frozenset()
    """Ids of what feeds hold."""


@dataclass(frozen=True, slots=True)
class WrittenContest:
    """What a task left behind, for the pages of the whole election and of the whole report."""

    digest: ContestDigest
    documents: Mapping[CandidacyKey, BySegment]
    """For the search, of the candidacies that were read again."""
    deltas: tuple[CandidacyDelta, ...]
    """What changed, of the candidacies that were read again or are no more."""


def write_contests(
    session: Session, facts: ElectionFacts, terms: ReportTerms, tasks: Sequence[ContestTask]
) -> list[WrittenContest]:
    """Write the pages of some contests of one election, and say what was written."""
    parties = in_group_of(PARTY, facts.contests)
    return list(_Desk(session, facts, terms, _whys(session, terms), parties).write(tasks))


@cycles_left_alone()
def write_contests_of(
    database: str, facts: ElectionFacts, terms: ReportTerms, tasks: Sequence[ContestTask]
) -> list[WrittenContest]:
    """The same by a connection of its own, as another process needs it."""
    with Session(_engine(database)) as session:
        return write_contests(session, facts, terms, tasks)


_engine = cache(open_database)


def _whys(session: Session, terms: ReportTerms) -> Explains:
    if terms.method is None or not terms.explained:
        return NoReasons(LEFT_OUT if terms.method else None)
    from analysis.reports.contests.why import Whys  # loads all that reads texts

    return Whys(session, terms.method, terms.explained)


@dataclass(frozen=True, slots=True)
class _Written:
    """One candidacy of a contest that is being written."""

    person: str
    written: WrittenCandidacy
    documents: BySegment
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Desk:
    """Writes one contest after the other."""

    session: Session
    facts: ElectionFacts
    terms: ReportTerms
    whys: Explains
    parties: InGroup

    def write(self, asked: Sequence[ContestTask]) -> Iterator[WrittenContest]:
        opened = [_opened(task) for task in asked]
        tasks = [before.task for before in opened]
        contests = [task.contest for task in tasks]
        persons = _persons_read_again(tasks)
        found = statements_in(
            self.session, contests, window=self.facts.window, method=self.terms.reading, persons=persons
        )
        beside = Beside(
            archived=self._archived(persons),
            threshold=self.terms.manifest.threshold,
            whys=self.whys.of(own for one in found.values() for own in _by_candidacy(one).values()),
        )
        for before in opened:
            yield self._contest(before, found.pop(before.task.contest.id), beside)

    def _archived(self, persons: Sequence[str]) -> Archived:
        return Archived(
            statements=counts_of(self.session, ids_of(persons)),
            accounts=accounts_of(self.session, ids_of(persons)),
            tried=collected_of(self.session, ids_of(persons)),
            forgotten=forgotten_of(self.session, persons),
        )

    def _contest(
        self, before: "_Before", statements: Sequence[FoundStatement], beside: Beside
    ) -> WrittenContest:
        task = before.task
        task.folder.mkdir(parents=True)
        own = _by_candidacy(statements)
        written: list[_Written] = []
        for outcome in outcomes_in(task.contest, statements, self.facts, self.terms.linking):
            id_ = outcome.candidacy.id
            if id_ in task.changed:
                written.append(self._candidacy(task, outcome, own.get(id_, []), beside))
            else:
                written.append(before.taken_over(outcome.candidacy.person_id))
        digest = write_contest(
            task.contest,
            [one.written for one in written],
            task.folder,
            self.terms.manifest,
            fingerprint=task.fingerprint,
        )
        return WrittenContest(
            digest=digest,
            documents={(task.contest.id, one.person): one.documents for one in written if one.is_new},
            deltas=_deltas(before, written),
        )

    def _candidacy(
        self,
        task: ContestTask,
        outcome: CandidacyOutcome,
        statements: Sequence[FoundStatement],
        beside: Beside,
    ) -> _Written:
        part = candidate_part(outcome, statements, beside)
        written = write_candidacy(
            part,
            task.folder,
            self.terms.manifest,
            self.facts,
            in_group=self.parties,
            fingerprint=task.candidacies[outcome.candidacy.id],
            agreement=self._agreement(task.contest, statements),
            why_none=self.whys.problem,
        )
        person = part.row.person_id
        documents = documents_of(part, task.address, written.digest)
        return _Written(person, written, arriving_of((task.contest.id, person), documents), True)

    def _agreement(self, contest: Contest, statements: Sequence[FoundStatement]) -> list[AgreementRow]:
        """What the methods found in these statements; one alone has nothing to agree with.

        Of somebody who stands in two contests of the election the first counts.
        """
        compared = self.terms.compared
        ids = [one.id for one in statements if self._is_first(contest, one)]
        if len(compared) < 2 or not ids:
            return []
        agreement = Agreement([one.sentiment for one in compared], self.terms.manifest.threshold)
        for some in batches(ids, COMPARED_AT_ONCE):
            agreement.add(
                {
                    one.sentiment: readings_of(self.session, some, method=one.method, as_found=True)
                    for one in compared
                }
            )
        return agreement.rows(contest.election.id)

    def _is_first(self, contest: Contest, statement: FoundStatement) -> bool:
        """Whether no earlier contest of the election counts the statement, too."""
        others = self.facts.others.get(statement.person_id or "", ())
        same = [one.contest_id for one in others if one.election_id == contest.election.id]
        return not same or same[0] == contest.id


def _deltas(before: "_Before", written: Iterable[_Written]) -> tuple[CandidacyDelta, ...]:
    """What changed since the last report, whatever the terms by which that was made."""
    task, found = before.task, []
    held = dict(before.held if task.before == task.last else held_in(task.last))
    for one in written:
        then = held.pop(one.person, None)
        if one.is_new:
            found.append(delta_of(then, one.written, place=task.address, fed=task.fed))
    return (*found, *(delta_of(one, None, place=task.address) for one in held.values()))


@dataclass(frozen=True, slots=True)
class _Before:
    """What the last report holds of a contest, and what is therefore to be done."""

    task: ContestTask
    held: Mapping[str, WrittenCandidacy]
    """By person id; nothing where nothing can be built on."""

    def taken_over(self, person: str) -> _Written:
        """A candidacy of which nothing changed: its pages are the last report's."""
        assert self.task.before is not None  # or it would have been read again
        held = self.held[person]
        for page in pages_of_candidacy(self.task.before, held.digest.address):
            link(f"{self.task.before}/{page}", f"{self.task.folder}/{page}")
        return _Written(person, held, {}, False)


def _opened(task: ContestTask) -> _Before:
    """Read what the last report holds; where that cannot be, everybody's statements are read again."""
    held = _held_in(task.before) if task.before else None
    if held is not None:
        return _Before(task, held)
    every = frozenset(one.id for one in task.contest.candidacies)
    return _Before(replace(task, before=None, changed=every), {})


def _held_in(folder: Path) -> dict[str, WrittenCandidacy] | None:
    """By person id; None where not all of it is there as it was written."""
    digest, fragments = kept(ContestDigest, folder / DIGEST), kept(Fragments, folder / FRAGMENTS)
    accused = kept(Accused, folder / ACCUSED)
    if digest is None or fragments is None or accused is None:
        return None
    try:
        every = (
            *(digest.candidacies, fragments.statements),
            *(pieces_in(folder, fragments.sizes), accused.candidacies),
        )
        return {one[0].row.person_id: WrittenCandidacy(*one) for one in zip(*every, strict=True)}
    except (OSError, ValueError, IndexError):
        return None


def _persons_read_again(tasks: Iterable[ContestTask]) -> list[str]:
    return sorted(
        {one.person_id for task in tasks for one in task.contest.candidacies if one.id in task.changed}
    )


def _by_candidacy(statements: Iterable[FoundStatement]) -> dict[int, list[FoundStatement]]:
    found: defaultdict[int, list[FoundStatement]] = defaultdict(list)
    for statement in statements:
        if statement.outcome is not None:
            found[statement.outcome.candidacy.id].append(statement)
    return found
