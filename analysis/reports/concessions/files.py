"""Writing the page and the data files of an election's concessions into a report."""

from pathlib import Path

from analysis.reports.addresses import slug
from analysis.reports.concessions.elections import ElectionConcessions, tables_of
from analysis.reports.concessions.ranking import shown_on_page
from analysis.reports.folder import FROM_ELECTION, write_text
from analysis.reports.formats import write_table
from analysis.reports.manifest import Manifest
from analysis.site import render_page

CONCESSION_TABLES = ("concessions", "claims", "concession-summary")
"""The data files beside the page."""


def write_concessions(found: ElectionConcessions, folder: Path, manifest: Manifest) -> None:
    """Write concessions.html and its data files into an election's folder."""
    for table, rows in tables_of([found]).items():
        write_table(folder, table, rows)
    page = render_page(
        "concessions",
        root=FROM_ELECTION,
        manifest=manifest.of({one.method for one in found.claims}, candidacies=len(found.rows)),
        election=found.election,
        found=found,
        contests=shown_on_page(found.rows),
        total=len({row.contest_id for row in found.rows}),
        addresses={row.contest_id: f"contests/{slug(row.contest_id)}" for row in found.rows},
        zones={row.contest_id: row.declared_zone for row in found.rows},
        tables=CONCESSION_TABLES,
    )
    write_text(folder / "concessions.html", page)
