"""Writing a whole report: what changed since the last one is read and written, the rest taken over."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, func
from sqlmodel import Session, select

from analysis.outcomes.ballots import find_elections
from analysis.outcomes.fingerprints import roster_digest
from analysis.outcomes.methods import ReadMethod, chosen_method, read_methods, side_by_side
from analysis.outcomes.timing import Window
from analysis.publishing.changes import ChangeLog, checked_base
from analysis.publishing.checkpoint import Checkpoint, checkpoint_of
from analysis.publishing.crew import Crew, Everything
from analysis.publishing.cycles import cycles_left_alone
from analysis.publishing.dictionary_page import write_dictionary
from analysis.publishing.digests import ContestDigest, UnreadableDigest, candidacies_of
from analysis.publishing.elections import WrittenElection, begin_election
from analysis.publishing.methods_page import write_methods
from analysis.publishing.planning import Plan, plan_of, take_over
from analysis.publishing.reckoning import begin_tones
from analysis.publishing.search_index import BySegment, UnreadableIndex, begin_index
from analysis.publishing.site_files import ASSETS, last_report, write_first_page, write_marker
from analysis.publishing.terms import ReportTerms
from analysis.publishing.work import CandidacyKey
from analysis.publishing.workers import WORTH_WORKERS, Shared, Workers
from analysis.reports.contests.reasons import MOST_IN_ALL, MOST_STATEMENTS
from analysis.reports.folder import MARKER, replacing
from analysis.reports.manifest import Manifest, manifest_of
from analysis.reports.measuring import measured_of
from analysis.reports.overview import summed
from analysis.reports.progress import Progress, Steps
from analysis.reports.tones import NO_THRESHOLD
from analysis.site.charts.assets import write_assets
from db.models import Candidacy, Statement, now


@dataclass(frozen=True, slots=True)
class ReportTally:
    """What a report holds."""

    index: Path
    """The first page."""
    changes: str
    """What changed since the last report, in a sentence."""
    elections: int
    contests: int
    contests_written: int
    """Those in which something changed since the last report."""
    candidates: int
    with_statements: int
    not_collected: int
    statements: int
    """In their contests' windows or without a time; one in two contests counts twice."""
    outside: int
    not_analysed: int
    unscored: int
    files: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is about, and how it reads the archive."""

    election: str | None = None
    contest: str | None = None
    window: Window = field(default_factory=Window)
    method: str | None = None
    threshold: float = NO_THRESHOLD
    reasons: int | None = None
    as_of: datetime | None = None
    base: str | None = None


def write_report(
    source: Engine | Session,
    out: Path,
    *,
    election: str | None = None,
    contest: str | None = None,
    window: Window | None = None,
    method: str | None = None,
    threshold: float = NO_THRESHOLD,
    reasons: int | None = None,
    as_of: datetime | None = None,
    processes: int = 1,
    progress: Progress | None = None,
    generated_at: datetime | None = None,
    base: str | None = None,
) -> ReportTally:
    """Write the static site and the data files of a report into `out`, or bring an earlier one up to date.

    `window`: which statements belong to a contest (`Window()` where None). `method`: the sentiment method
    whose ratings are shown, with or without its version; of several that fit the newest; where None, the
    default method, or the one that read last if that has read nothing. `threshold` (0..1): labels less
    sure than this count as unclear. `reasons`: of so many statements of each candidacy the words that weigh
    are shown; where None, of all in small archives and of none in large ones. `as_of`: tell what was known
    then (`db.as_of`). `processes`: how many may
    read at once; more than one only from a program that may be started again (`if __name__ == "__main__"`).
    `progress` is called with (contests written, all that are). The folder is made beside `out` and takes
    its place at the end; what did not change since the report in `out` is taken over from it. `base`: the
    address under which it will be published, with which the links in its feeds begin.

    Raises UnknownElection, UnknownContest and UnreadMethod, which name what exists, ForeignFolder for an
    `out` that holds anything but an earlier report, and WrongTime for an `as_of` that is to come.
    """
    base = checked_base(base)
    asked = Asked(election, contest, window or Window(), method, threshold, reasons, as_of, base)
    with _session(source, as_of) as session:
        terms = _terms(session, asked, generated_at or now())
        run = _Run(session, asked, terms, checkpoint_of(session), processes, progress)
        old = last_report(out, terms.key)
        last = out.resolve() if (out / MARKER).is_file() else None
        with replacing(out) as folder, cycles_left_alone():
            return run.write(folder, old, last, out / "index.html")


@contextmanager
def _session(source: Engine | Session, as_of: datetime | None) -> Iterator[Session]:
    if as_of is not None:
        from db.as_of import archive_as_of  # its tables are made when it is loaded

        engine = source.get_bind().engine if isinstance(source, Session) else source
        with archive_as_of(engine, as_of) as past, Session(past) as session:
            yield session
    elif isinstance(source, Session):
        yield source
    else:
        with Session(source) as session:
            yield session


def _terms(session: Session, asked: Asked, generated_at: datetime) -> ReportTerms:
    read = read_methods(session)
    chosen = chosen_method(read, asked.method)
    compared = side_by_side(read, chosen)
    manifest = manifest_of(
        generated_at=generated_at,
        window=asked.window,
        threshold=asked.threshold,
        methods=[one.sentiment for one in compared],
        election=asked.election,
        contest=asked.contest,
        as_of=asked.as_of,
    )
    explained = _explained(session, asked, chosen)
    return ReportTerms(
        manifest=manifest,
        method=chosen,
        compared=tuple(compared),
        measured=measured_of(session, chosen),
        explained=explained,
        roster=roster_digest(session) if explained else "",
    )


def _explained(session: Session, asked: Asked, method: ReadMethod | None) -> int:
    """Statements of a candidacy whose reasons are shown."""
    if asked.reasons is not None or method is None:
        return asked.reasons or 0
    total = session.exec(select(func.count()).select_from(Statement)).one()
    return MOST_STATEMENTS if total <= MOST_IN_ALL else 0


@dataclass(slots=True)
class _Found:
    """What is known of the contests once they are written."""

    everything: Everything
    digests: list[dict[str, ContestDigest]]
    """Of each plan, by contest id."""
    documents: dict[CandidacyKey, BySegment] = field(default_factory=dict)
    """Of the candidacies that were read."""


def _of_election(plan: Plan, old: Path | None) -> Path | None:
    """The election's folder in the last report."""
    return old / plan.address if old is not None else None


@dataclass(frozen=True, slots=True)
class _Run:
    """One report that is being written."""

    session: Session
    asked: Asked
    terms: ReportTerms
    checkpoint: Checkpoint
    processes: int
    progress: Progress | None

    def write(self, folder: Path, old: Path | None, last: Path | None, index: Path) -> ReportTally:
        """Write everything into `folder`, building on the report in `old`, compared with that in `last`."""
        log = ChangeLog(last, self.terms.manifest)
        try:
            with Workers(self._helpers(), _address_of(self.session)) as workers:
                plans = self._plans(folder, old, last, log.fed, workers)
                found = self._contests(plans, log, workers, folder, old)
                elections, end = self._elections(plans, found, workers, folder, old)
                manifest = self._manifest(elections)
                tally = self._rest(plans, elections, manifest, folder, old, index, log)
                end()
        except (UnreadableIndex, UnreadableDigest):  # all processes have ended: nothing is written any more
            return self._anew(folder, last, index)
        files = write_marker(folder, manifest, self.terms.key, self.checkpoint)
        return replace(tally, files=files)

    def _elections(
        self, plans: Sequence[Plan], found: _Found, workers: Workers, folder: Path, old: Path | None
    ) -> tuple[list[WrittenElection], Callable[[], None]]:
        """Write what contests have in common: the search, and the pages of each election. What others still
        write of that is there when the function that comes back has waited for it.
        """
        begun = [
            begin_election(
                *(plan, digests, folder),
                everything=found.everything,
                number=number,
                workers=workers,
                before=_of_election(plan, old),
            )
            for number, (plan, digests) in enumerate(zip(plans, found.digests, strict=True))
        ]
        tones = [
            begin_tones(workers, one.plan.facts.election.id, candidacies_of(one.digests), one.before)
            for one in begun
        ]
        index = begin_index(folder, old, found.documents, alive=_alive(found.digests), begin=workers.begin)
        elections = [one.write(tables) for one, tables in zip(begun, tones, strict=True)]

        def end() -> None:
            index()
            for one in begun:
                one.end()

        return elections, end

    def _helpers(self) -> int:
        """How many processes share the work with this one."""
        if self.processes < 2 or _address_of(self.session) is None:
            return 0
        candidacies = self.session.exec(select(func.count()).select_from(Candidacy)).one()
        return self.processes if candidacies >= WORTH_WORKERS else 0

    def _contests(
        self, plans: Sequence[Plan], log: ChangeLog, workers: Workers, folder: Path, old: Path | None
    ) -> _Found:
        """Write the contests in which something changed; the others are taken over meanwhile."""
        for plan in plans:
            log.add_all(plan.deltas)
        everything: Everything = Shared((self.terms, tuple(plan.facts for plan in plans)))
        found = _Found(everything, digests=[dict(plan.kept) for plan in plans])
        steps = Steps(self.progress, sum(len(plan.tasks) for plan in plans))
        writing = Crew(self.session, workers, everything).write(plans)
        if old is not None:
            for plan in plans:
                take_over(plan, folder, old)
        for number, written in writing:
            found.digests[number][written.digest.row.contest_id] = written.digest
            found.documents |= written.documents
            log.add_all(written.deltas)
            steps.step()
        return found

    def _plans(
        self,
        folder: Path,
        old: Path | None,
        last: Path | None,
        fed: frozenset[str],
        workers: Workers,
    ) -> list[Plan]:
        elections = find_elections(self.session, election=self.asked.election, contest=self.asked.contest)
        return [
            plan_of(
                self.session, one, self.asked.contest, self.terms, folder, old, last, fed, workers=workers
            )
            for one in elections
        ]

    def _anew(self, folder: Path, last: Path | None, index: Path) -> ReportTally:
        """The last report is not as it was left: nothing of it is taken over."""
        for one in folder.iterdir():
            shutil.rmtree(one) if one.is_dir() else one.unlink()
        return self.write(folder, None, last, index)

    def _rest(
        self,
        plans: Sequence[Plan],
        elections: Sequence[WrittenElection],
        manifest: Manifest,
        folder: Path,
        old: Path | None,
        index: Path,
        log: ChangeLog,
    ) -> ReportTally:
        """Write what stands once in a report, but for its marker."""
        coverage = summed(one.answer.coverage for one in elections)
        write_first_page(folder, elections, manifest)
        write_assets(folder / ASSETS, before=old / ASSETS if old else None)
        changes = log.write(folder, manifest, base=self.asked.base)
        write_methods(folder, manifest, manifest.methods, self.terms.measured)
        write_dictionary(folder, manifest)
        return ReportTally(
            index=index,
            changes=changes.sentence,
            elections=len(elections),
            contests=coverage.contests,
            contests_written=sum(len(plan.tasks) for plan in plans),
            candidates=coverage.candidates,
            with_statements=coverage.with_statements,
            not_collected=coverage.not_collected,
            statements=coverage.statements + coverage.undated,
            outside=coverage.outside,
            not_analysed=coverage.not_analysed,
            unscored=coverage.unscored,
            files=0,  # not all of them are there yet
        )

    def _manifest(self, elections: Sequence[WrittenElection]) -> Manifest:
        coverage = summed(one.answer.coverage for one in elections)
        methods = {method for one in elections for line in one.answer.lines for method in line.methods}
        return self.terms.manifest.of(
            methods,
            elections=len(elections),
            contests=coverage.contests,
            candidates=coverage.candidates,
            statements=coverage.statements + coverage.undated,
        )


def _alive(digests: Iterable[Mapping[str, ContestDigest]]) -> set[CandidacyKey]:
    return {
        (contest, one.row.person_id)
        for some in digests
        for contest, digest in some.items()
        for one in digest.candidacies
    }


def _address_of(session: Session) -> str | None:
    """Where other processes find the archive; None for one that lives in this process alone."""
    url = session.get_bind().engine.url
    if url.get_backend_name() == "sqlite":
        return url.database if url.database not in (None, "", ":memory:") else None
    return url.render_as_string(hide_password=False)
