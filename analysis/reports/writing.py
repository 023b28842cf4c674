"""Writing a whole report: the pages and data files of every election asked for."""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from analysis.outcomes.ballot import Contest, Election
from analysis.outcomes.ballots import find_contests, find_elections
from analysis.outcomes.candidacies import CandidacyOutcome
from analysis.outcomes.methods import chosen_method, read_methods, side_by_side
from analysis.outcomes.timing import Window
from analysis.reports.accusations.counting import Accusation, accusations_of
from analysis.reports.accusations.elections import accusations_in
from analysis.reports.accusations.files import write_accusations
from analysis.reports.accusations.ingroups import PARTY, in_group_of
from analysis.reports.agreement import Agreement
from analysis.reports.answers import Answers
from analysis.reports.columns import column_rows
from analysis.reports.concessions.elections import concessions_of
from analysis.reports.concessions.files import write_concessions
from analysis.reports.contests.answer import ContestAnswer
from analysis.reports.contests.files import CONTEST_TABLES, rows_of, write_contest
from analysis.reports.contests.why import Whys
from analysis.reports.folder import FROM_ELECTION, MARKER, check_folder, files_in, replacing, slug, write_text
from analysis.reports.formats import MOST_SHOWN, TableFiles, formatted
from analysis.reports.manifest import Manifest, manifest_of
from analysis.reports.measuring import accuracy_rows, measured_of
from analysis.reports.overview import (
    ContestLine,
    ElectionAnswer,
    coverage_of,
    election_answer,
    methods_of,
    summed,
)
from analysis.reports.progress import Progress, Steps
from analysis.reports.rows import WhoWhomRow
from analysis.reports.tones import NO_THRESHOLD
from analysis.site import render_page, stylesheet
from db.models import now

ELECTION_TABLES = ("contests", *CONTEST_TABLES, "agreement", "accuracy")
"""The data files beside an election's page."""


@dataclass(frozen=True, slots=True)
class ReportTally:
    """What a report holds."""

    index: Path
    """The first page."""
    elections: int
    contests: int
    candidates: int
    with_statements: int
    not_collected: int
    statements: int
    """In their contests' windows or without a time; one in two contests counts twice."""
    outside: int
    not_analysed: int
    unscored: int
    files: int


@dataclass(slots=True)
class _Run:
    """What stays the same while one report is written."""

    session: Session
    manifest: Manifest
    contest: str | None
    steps: Steps
    answers: Answers
    methods: set[str] = field(default_factory=set)


def write_report(
    source: Engine | Session,
    out: Path,
    *,
    election: str | None = None,
    contest: str | None = None,
    window: Window | None = None,
    method: str | None = None,
    threshold: float = NO_THRESHOLD,
    progress: Progress | None = None,
    generated_at: datetime | None = None,
) -> ReportTally:
    """Write the static site and the data files of a report into `out`.

    `window`: which statements belong to a contest (`Window()` where None). `method`: the sentiment method
    whose ratings are shown, with or without its version; of several that fit the newest; where None, the
    default method, or the one that read last if that has read nothing. `threshold` (0..1): labels less
    sure than this count as unclear. `progress` is called with (contests written, all contests).
    The folder is made beside `out` and takes its place at the end.

    Raises UnknownElection, UnknownContest and UnreadMethod, which name what exists, and ForeignFolder for
    an `out` that holds anything but an earlier report.
    """
    check_folder(out)
    with _session(source) as session:
        elections = find_elections(session, election=election, contest=contest)
        read = read_methods(session)
        chosen = chosen_method(read, method)
        compared = side_by_side(read, chosen)
        manifest = manifest_of(
            generated_at=generated_at or now(),
            window=window or Window(),
            threshold=threshold,
            methods=[one.sentiment for one in compared],
            election=election,
            contest=contest,
        )
        answers = Answers(
            session, manifest, chosen, compared, Whys(session, chosen), measured_of(session, chosen)
        )
        run = _Run(session, manifest, contest, Steps(progress), answers)
        with replacing(out) as folder:
            written = _write_elections(run, elections, folder)
            _write_first_page(run, written, folder)
            files = _write_marker(run, written, folder)
    return _tally(written, out / "index.html", files)


def _session(source: Engine | Session) -> AbstractContextManager[Session]:
    return nullcontext(source) if isinstance(source, Session) else Session(source)


def _write_elections(run: _Run, elections: Sequence[Election], folder: Path) -> list[ElectionAnswer]:
    contests = {one.id: find_contests(run.session, one, contest=run.contest) for one in elections}
    run.steps.total = sum(map(len, contests.values()))
    (folder / "elections").mkdir()
    return [_write_election(run, one, contests[one.id], folder) for one in elections]


def _write_election(run: _Run, election: Election, contests: Sequence[Contest], root: Path) -> ElectionAnswer:
    address = f"elections/{slug(election.id)}"
    folder = root / address
    (folder / "contests").mkdir(parents=True)
    lines: list[ContestLine] = []
    pairs: list[WhoWhomRow] = []
    accused: list[Accusation] = []
    outcomes: list[CandidacyOutcome] = []
    pages = {"candidates": _table_page(run, election, "candidates", "All candidates")}
    agreement = Agreement([one.sentiment for one in run.answers.compared], run.manifest.threshold)
    with TableFiles(folder, ELECTION_TABLES, pages) as files:
        for answer in run.answers.of(contests, agreement):
            place = f"contests/{slug(answer.contest.id)}"
            rows = rows_of(answer)
            write_contest(answer, rows, folder / place, run.manifest, why_none=run.answers.whys.problem)
            outcomes += [part.outcome for part in answer.everybody]
            for table in rows:
                files.add(table, rows[table])
            lines.append(_line(answer, place))
            pairs.extend(answer.who_whom)
            accused.extend(_accusations(run, answer))
            run.steps.step()
        compared = agreement.rows(election.id)
        files.add("agreement", map(formatted, compared))
        files.add("accuracy", map(formatted, accuracy_rows(run.answers.measured)))
    whole = election_answer(election, lines, compared, address)
    run.methods.update(*(line.methods for line in lines))
    _write_election_pages(run, whole, pairs, folder)
    every = contests if run.contest is None else find_contests(run.session, election)
    parties = [in_group_of(PARTY, every)]
    write_accusations(
        accusations_in(election, every, accused, parties, run.manifest.method), folder, run.manifest
    )
    write_concessions(concessions_of(election, outcomes), folder, run.manifest)
    return whole


def _accusations(run: _Run, answer: ContestAnswer) -> Iterator[Accusation]:
    for one in answer.statements:
        yield from accusations_of(one.statement, threshold=run.manifest.threshold)


def _line(answer: ContestAnswer, address: str) -> ContestLine:
    return ContestLine(
        contest=answer.contest,
        row=answer.row,
        candidates=tuple(part.row for part in answer.everybody),
        coverage=coverage_of(answer),
        kind_counts=answer.kind_counts,
        methods=methods_of(answer),
        address=address,
    )


def _table_page(run: _Run, election: Election, table: str, title: str) -> dict[str, object]:
    return {
        "root": FROM_ELECTION,
        "manifest": run.manifest,
        "path": [(election.name, "index.html")],
        "title": title,
        "name": table,
    }


def _write_election_pages(
    run: _Run, answer: ElectionAnswer, pairs: Sequence[WhoWhomRow], folder: Path
) -> None:
    methods = {method for line in answer.lines for method in line.methods}
    counts = answer.coverage
    manifest = run.manifest.of(methods, contests=counts.contests, candidates=counts.candidates)
    context = {"root": FROM_ELECTION, "manifest": manifest, "election": answer.election}
    page = render_page(
        "election",
        **context,
        coverage=answer.coverage,
        lines=answer.lines,
        kind_counts=answer.kind_counts,
        agreement=answer.agreement,
        measured=run.answers.measured,
        tables=ELECTION_TABLES,
    )
    write_text(folder / "index.html", page)
    ranked = sorted(pairs, key=lambda row: (row.ambiguous, -row.statements, row.author, row.target))
    page = render_page("who-whom", **context, rows=ranked[:MOST_SHOWN], total=len(ranked))
    write_text(folder / "who-whom.html", page)


def _write_first_page(run: _Run, answers: Sequence[ElectionAnswer], folder: Path) -> None:
    coverage = summed(answer.coverage for answer in answers)
    manifest = run.manifest.of(
        run.methods, elections=len(answers), contests=coverage.contests, candidates=coverage.candidates
    )
    page = render_page("index", root="", manifest=manifest, elections=answers, coverage=coverage)
    write_text(folder / "index.html", page)
    write_text(folder / "style.css", stylesheet())
    columns = {"root": "", "manifest": manifest, "path": [], "title": "Columns", "name": "columns"}
    with TableFiles(folder, ["columns"], {"columns": columns}) as files:
        files.add("columns", map(formatted, column_rows()))


def _write_marker(run: _Run, answers: Sequence[ElectionAnswer], folder: Path) -> int:
    """The manifest with the list of files, by which a later report knows this one; returns their number."""
    coverage = summed(answer.coverage for answer in answers)
    manifest = run.manifest.of(
        run.methods,
        elections=len(answers),
        contests=coverage.contests,
        candidates=coverage.candidates,
        statements=coverage.statements + coverage.undated,
    )
    files = files_in(folder)
    text = json.dumps(manifest.as_json(files), ensure_ascii=False, indent=1)
    write_text(folder / MARKER, text + "\n")
    return len(files) + 1


def _tally(answers: Sequence[ElectionAnswer], index: Path, files: int) -> ReportTally:
    coverage = summed(answer.coverage for answer in answers)
    return ReportTally(
        index=index,
        elections=len(answers),
        contests=coverage.contests,
        candidates=coverage.candidates,
        with_statements=coverage.with_statements,
        not_collected=coverage.not_collected,
        statements=coverage.statements + coverage.undated,
        outside=coverage.outside,
        not_analysed=coverage.not_analysed,
        unscored=coverage.unscored,
        files=files,
    )
