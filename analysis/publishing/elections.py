"""An election's folder in a report: its page, what its candidates say of the result, and its data files."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from pathlib import Path

from analysis.publishing.accused import begin_accusations
from analysis.publishing.contests import CONTEST_TABLES, ContestAnswer, contest_answer
from analysis.publishing.crew import Everything
from analysis.publishing.datafiles import STATEMENT_TABLES, joined, joined_plain
from analysis.publishing.digests import CandidacyDigest, ContestDigest, Whom, candidacies_of
from analysis.publishing.election_charts import election_charts, overview_charts
from analysis.publishing.own_files import keep_own_files, key_of, take_over_own_files
from analysis.publishing.people import begin_people
from analysis.publishing.planning import Plan, address_of
from analysis.publishing.reckoning import KeptTones
from analysis.publishing.terms import ReportTerms
from analysis.publishing.tone_page import write_tone
from analysis.publishing.workers import Workers
from analysis.reports.agreement import together as agreeing
from analysis.reports.folder import FROM_ELECTION, write_text
from analysis.reports.formats import MOST_SHOWN, write_table
from analysis.reports.measuring import accuracy_rows
from analysis.reports.overview import ContestLine, ElectionAnswer, election_answer
from analysis.reports.rows import AgreementRow, CandidateRow, WhoWhomRow
from analysis.site import render_page
from analysis.site.charts import Chart

ELECTION_TABLES = ("contests", *CONTEST_TABLES, "agreement", "accuracy")
"""The data files beside an election's page."""


@dataclass(frozen=True, slots=True)
class WrittenElection:
    """What the pages of one election say, for those of the whole report."""

    answer: ElectionAnswer
    digests: tuple[ContestDigest, ...]
    """By the contests' names."""
    charts: tuple[Chart, ...]

    @property
    def candidacies(self) -> list[CandidacyDigest]:
        """Of all contests."""
        return candidacies_of(self.digests)


@dataclass(frozen=True, slots=True)
class BegunElection:
    """What stands beside the folders of an election's contests, while other processes write a part of it."""

    plan: Plan
    digests: tuple[ContestDigest, ...]
    """Of all contests, by their names."""
    key: str
    """Of these."""
    folder: Path
    terms: ReportTerms
    before: Path | None
    """The election's folder in the last report, if that was made by the same terms and the same program."""
    waiting: Sequence[Callable[[], None]] | None
    """For what others write; None: all is taken over from the last report."""

    def write(self, tones: Callable[[], KeptTones]) -> WrittenElection:
        """Write the rest. `tones`: gives the tables of tone, which may still be in the making.

        Raises UnreadableDigest where the last report is not as it was left.
        """
        election, every = self.plan.facts.election, candidacies_of(self.digests)
        compared = agreeing(row for one in every for row in one.agreement)
        answer = election_answer(election, list(_lines(self.plan, self.digests)), compared, self.plan.address)
        if self.waiting is None:
            return WrittenElection(answer, self.digests, election_charts(every, tones().tables))
        _write_tables(self.plan, self.digests, compared, self.folder, self.terms)
        charts = write_tone(self.folder, election, every, tones(), self.terms.manifest)
        _write_pages(answer, every, charts, self.folder, self.terms)
        return WrittenElection(answer, self.digests, charts)

    def end(self) -> None:
        """Wait for what others write; then everything is there. Raises UnreadableDigest as `write` does."""
        if self.waiting is None:
            return
        for wait in self.waiting:
            wait()
        keep_own_files(self.folder, self.key)


def begin_election(
    plan: Plan,
    digests: Mapping[str, ContestDigest],
    root: Path,
    *,
    everything: Everything,
    number: int,
    workers: Workers,
    before: Path | None = None,
) -> BegunElection:
    """Begin to write what stands beside the folders of an election's contests.

    `digests` are those of all of them; `number` is the election's among `everything`. `before`: its folder
    in the last report, if that was made by the same terms and the same program.
    """
    terms, _ = everything.value
    folder = root / plan.address
    folder.mkdir(parents=True, exist_ok=True)
    ordered = tuple(digests[contest.id] for contest in plan.contests)
    key = key_of(ordered)
    waiting: list[Callable[[], None]] | None = None
    if before is None or not take_over_own_files(before, folder, key):
        places = [folder / address_of(contest) for contest in plan.contests]
        waiting = [
            begin_accusations(workers, folder, everything, number, places),  # takes longest
            begin_people(workers, folder, plan, ordered, terms.manifest),
        ]
    return BegunElection(plan, ordered, key, folder, terms, before, waiting)


def _lines(plan: Plan, digests: Iterable[ContestDigest]) -> Iterator[ContestLine]:
    for contest, digest in zip(plan.contests, digests, strict=True):
        yield _line(contest_answer(contest, digest.candidacies))


def _line(answer: ContestAnswer) -> ContestLine:
    return ContestLine(
        contest=answer.contest,
        row=answer.row,
        candidates=tuple(one.row for one in answer.candidacies),
        coverage=answer.coverage,
        kind_counts=answer.kind_counts,
        methods=frozenset(answer.methods),
        address=address_of(answer.contest),
    )


def _write_tables(
    plan: Plan,
    digests: Sequence[ContestDigest],
    compared: Iterable[AgreementRow],
    folder: Path,
    terms: ReportTerms,
) -> None:
    write_table(folder, "contests", [digest.row for digest in digests])
    write_table(folder, "agreement", compared)
    write_table(folder, "accuracy", accuracy_rows(terms.measured))
    places = [folder / address_of(contest) for contest in plan.contests]
    joined_plain(folder, "candidates", places)
    for table in (*STATEMENT_TABLES, "who-whom"):
        joined(folder, table, places)


def _write_pages(
    answer: ElectionAnswer,
    every: Sequence[CandidacyDigest],
    charts: Sequence[Chart],
    folder: Path,
    terms: ReportTerms,
) -> None:
    methods = {method for line in answer.lines for method in line.methods}
    counts = answer.coverage
    manifest = terms.manifest.of(methods, contests=counts.contests, candidates=counts.candidates)
    context = {"root": FROM_ELECTION, "manifest": manifest, "election": answer.election}
    page = render_page(
        "election",
        **context,
        coverage=answer.coverage,
        lines=answer.lines,
        kind_counts=answer.kind_counts,
        agreement=answer.agreement,
        charts=overview_charts(charts),
        measured=terms.measured,
        tables=ELECTION_TABLES,
    )
    write_text(folder / "index.html", page)
    total = sum(len(one.whom) for one in every)
    page = render_page("who-whom", **context, rows=_most_spoken_of(every), total=total)
    write_text(folder / "who-whom.html", page)


def _most_spoken_of(every: Iterable[CandidacyDigest]) -> list[WhoWhomRow]:
    """As the data file has them, but not all."""
    pairs = ((one.row, whom) for one in every for whom in one.whom)
    first = nsmallest(MOST_SHOWN, pairs, key=_place_of)
    return [whom.by(author) for author, whom in first]


def _place_of(pair: tuple[CandidateRow, Whom]) -> tuple[bool, int, str, str]:
    author, whom = pair
    return whom.ambiguous, -whom.statements, author.name, whom.target
