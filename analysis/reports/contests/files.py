"""Writing the page and the data files of one contest."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.reports.contests.answer import ContestAnswer
from analysis.reports.contests.why import MOST_STATEMENTS
from analysis.reports.folder import write_text
from analysis.reports.formats import FormattedRow, TableFiles, formatted
from analysis.reports.manifest import Manifest
from analysis.reports.overview import coverage_of, methods_of
from analysis.reports.rows import Row
from analysis.site import render_page

CONTEST_TABLES = ("candidates", "statements", "targets", "kinds", "who-whom")
"""The data files beside a contest's page."""

TO_ROOT = "../../../../"
"""From a contest's folder to the report's first."""


Rows = Mapping[str, Sequence[FormattedRow]]
"""Table -> its rows."""


def rows_of(answer: ContestAnswer) -> Rows:
    """The flat rows of a contest, by table."""
    rows: dict[str, Sequence[Row]] = {
        "contests": [answer.row],
        "candidates": [part.row for part in answer.everybody],
        "statements": [shown.row for shown in answer.statements],
        "targets": [row for shown in answer.statements for row in shown.targets],
        "kinds": [row for shown in answer.statements for row in shown.kinds],
        "who-whom": answer.who_whom,
    }
    return {table: [formatted(row) for row in some] for table, some in rows.items()}


def write_contest(
    answer: ContestAnswer, rows: Rows, folder: Path, manifest: Manifest, *, why_none: str | None
) -> None:
    """Write a contest's page and data files into `folder`, which must not exist yet.

    `why_none`: why no reasons are shown on it, if so.
    """
    folder.mkdir()
    with TableFiles(folder, CONTEST_TABLES) as files:
        for table in CONTEST_TABLES:
            files.add(table, rows[table])
    manifest = manifest.of(
        methods_of(answer), candidates=len(rows["candidates"]), statements=len(rows["statements"])
    )
    page = render_page(
        "contest",
        root=TO_ROOT,
        manifest=manifest,
        contest=answer.contest,
        answer=answer,
        coverage=coverage_of(answer),
        why_none=why_none,
        most_explained=MOST_STATEMENTS,
        tables=CONTEST_TABLES,
    )
    write_text(folder / "index.html", page)
