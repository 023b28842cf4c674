"""A contest's page and data files, put together from what is known of its candidacies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from analysis.outcomes.ballot import Contest, Margin, Turnout, margin_of, turnout_of
from analysis.publishing.candidacies import WrittenCandidacy
from analysis.publishing.contest_charts import contest_charts
from analysis.publishing.datafiles import STATEMENT_TABLES, write_packed, write_rows_packed
from analysis.publishing.digests import (
    ACCUSED,
    DIGEST,
    FRAGMENTS,
    Accused,
    CandidacyDigest,
    ContestDigest,
    Fragments,
    StatementDigest,
    keep,
)
from analysis.publishing.election_charts import write_charts
from analysis.publishing.links import sizes_in
from analysis.reports.contests.parts import contest_row
from analysis.reports.folder import write_text
from analysis.reports.formats import write_table
from analysis.reports.manifest import Manifest
from analysis.reports.overview import Coverage, contest_coverage, kinds_together, summed
from analysis.reports.rows import ContestRow, WhoWhomRow
from analysis.site import render_page
from analysis.site.charts import Chart

CONTEST_TABLES = ("candidates", *STATEMENT_TABLES, "who-whom")
"""The data files beside a contest's page."""

FROM_CONTEST = "../../../../"
"""From a contest's folder to the report's first."""

MOST_ON_PAGE = 200
"""Statements on one page of a contest."""


@dataclass(frozen=True, slots=True)
class ContestAnswer:
    """Everything that a contest's page says, but for the words of its statements."""

    contest: Contest
    row: ContestRow
    margin: Margin | None
    turnout: Turnout | None
    candidacies: tuple[CandidacyDigest, ...]
    """On the ballot first, most votes first."""

    @property
    def on_ballot(self) -> list[CandidacyDigest]:
        """Those for whom voters could vote."""
        return [one for one in self.candidacies if one.on_ballot]

    @property
    def off_ballot(self) -> list[CandidacyDigest]:
        """Those who stood down, were disqualified or died."""
        return [one for one in self.candidacies if not one.on_ballot]

    @property
    def who_whom(self) -> list[WhoWhomRow]:
        """Author -> target, most statements first; ambiguous names at the end."""
        rows = [row for one in self.candidacies for row in one.who_whom]
        return sorted(rows, key=lambda row: (row.ambiguous, -row.statements, row.author, row.target))

    @property
    def coverage(self) -> Coverage:
        """What of it is in the archive."""
        own = contest_coverage(self.row, [one.row for one in self.candidacies])
        return summed([own, *(one.coverage for one in self.candidacies)])

    @property
    def kind_counts(self) -> tuple[tuple[str, int], ...]:
        """Kind -> statements that show it, most first."""
        return kinds_together(one.kind_counts for one in self.candidacies)

    @property
    def reposts(self) -> int:
        """Statements that are somebody else's words."""
        return sum(one.reposts for one in self.candidacies)

    @property
    def methods(self) -> list[str]:
        """Every method behind a number of the page."""
        return sorted({method for one in self.candidacies for method in one.methods})


def contest_answer(contest: Contest, candidacies: Sequence[CandidacyDigest]) -> ContestAnswer:
    """Answer for one contest from its candidacies."""
    rows = [one.row for one in candidacies]
    row = contest_row(contest, rows)
    return ContestAnswer(contest, row, margin_of(contest), turnout_of(contest), tuple(candidacies))


def write_contest(
    contest: Contest,
    candidacies: Sequence[WrittenCandidacy],
    folder: Path,
    manifest: Manifest,
    *,
    fingerprint: str,
) -> ContestDigest:
    """Write a contest's pages, data files and digests into its folder, where its candidacies' pages are."""
    answer = contest_answer(contest, [one.digest for one in candidacies])
    statements = _in_time_order(candidacies)
    manifest = manifest.of(answer.methods, candidates=len(candidacies), statements=len(statements))
    charts = contest_charts(contest, candidacies)
    write_charts(folder, charts)
    _write_pages(answer, statements, charts, folder, manifest)
    _write_tables(answer, candidacies, folder)
    keep(_fragments(candidacies), folder / FRAGMENTS)
    keep(Accused(tuple(one.accused for one in candidacies)), folder / ACCUSED)
    sizes = {name: size for name, size in sizes_in(folder).items() if size is not None}
    digest = ContestDigest(fingerprint, answer.row, answer.candidacies, sizes)
    keep(digest, folder / DIGEST)
    return digest


def _fragments(candidacies: Sequence[WrittenCandidacy]) -> Fragments:
    sizes = tuple(tuple(len(one.packed[table]) for table in STATEMENT_TABLES) for one in candidacies)
    return Fragments(tuple(one.statements for one in candidacies), sizes)


def _in_time_order(candidacies: Iterable[WrittenCandidacy]) -> list[StatementDigest]:
    """By time, those without one at the end."""
    every = [statement for one in candidacies for statement in one.statements]
    return sorted(every, key=lambda one: (one.at is None, one.at or 0.0))


def _write_pages(
    answer: ContestAnswer,
    statements: Sequence[StatementDigest],
    charts: Sequence[Chart],
    folder: Path,
    manifest: Manifest,
) -> None:
    pages = pages_of(statements, _middle(answer.contest))
    context = {"root": FROM_CONTEST, "manifest": manifest, "contest": answer.contest, "answer": answer}
    first = pages.first
    page = render_page(
        "contest",
        **context,
        charts={one.kind: one for one in charts},
        statements=pages.numbered[first] if pages.numbered else [],
        number=first + 1,
        numbers=len(pages.numbered),
        total=len(statements),
        tables=CONTEST_TABLES,
    )
    write_text(folder / "index.html", page)
    for number, some in enumerate(pages.numbered if len(pages.numbered) > 1 else [], start=1):
        page = render_page(
            "statements", **context, statements=some, number=number, numbers=len(pages.numbered)
        )
        write_text(folder / f"statements-{number}.html", page)


@dataclass(frozen=True, slots=True)
class Pages:
    """A contest's statements cut into pages."""

    numbered: tuple[Sequence[StatementDigest], ...]
    first: int
    """Place of the page that is shown first: the one that holds the result."""


def pages_of(statements: Sequence[StatementDigest], middle: float) -> Pages:
    """Cut statements in time order into pages; `middle` (seconds since 1970) is when the result was known."""
    cut = tuple(statements[at : at + MOST_ON_PAGE] for at in range(0, len(statements), MOST_ON_PAGE))
    before = sum(one.at is not None and one.at < middle for one in statements)
    return Pages(cut, min(before // MOST_ON_PAGE, max(0, len(cut) - 1)))


def _middle(contest: Contest) -> float:
    clock = contest.clock
    if contest.declared is not None:
        return contest.declared.at.timestamp()
    if clock.polls_close is not None:
        return clock.polls_close.timestamp()
    return datetime.combine(clock.polls, time.max, clock.zone).timestamp()


def _write_tables(answer: ContestAnswer, candidacies: Sequence[WrittenCandidacy], folder: Path) -> None:
    write_table(folder, "candidates", [one.row for one in answer.candidacies])
    write_rows_packed(folder, "who-whom", answer.who_whom)
    for table in STATEMENT_TABLES:
        write_packed(folder, table, (one.packed[table] for one in candidacies))
