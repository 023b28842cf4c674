"""Writing the page and the data files of an election's accusations into a report."""

from pathlib import Path

from analysis.reports.accusations.elections import ElectionAccusations, tables_of
from analysis.reports.accusations.graphs import GRAPHS
from analysis.reports.folder import FROM_ELECTION, write_text
from analysis.reports.formats import MOST_SHOWN, TableFiles, formatted
from analysis.reports.manifest import Manifest
from analysis.site import render_page

ACCUSATION_TABLES = ("accusations", "nodes", "edges")
"""The data files beside the page."""

NETWORK = "network"
"""Name of the graph files, before their ending."""


def write_accusations(found: ElectionAccusations, folder: Path, manifest: Manifest) -> None:
    """Write accusations.html, its data files and the network into an election's folder."""
    with TableFiles(folder, ACCUSATION_TABLES) as files:
        for table, some in tables_of(found).items():
            files.add(table, map(formatted, some))
    made = manifest.generated_at.date()
    for ending, render in GRAPHS.items():
        (folder / f"{NETWORK}.{ending}").write_text(
            render(found.network, made=made), encoding="utf-8", errors="replace", newline=""
        )
    methods = {method for row in found.rows for method in row.methods}
    page = render_page(
        "accusations",
        root=FROM_ELECTION,
        manifest=manifest.of(methods, accusations=found.tally.accusations, actors=len(found.network.nodes)),
        election=found.election,
        found=found,
        rows=found.rows[:MOST_SHOWN],
        total=len(found.rows),
        tables=ACCUSATION_TABLES,
        graphs=[f"{NETWORK}.{ending}" for ending in GRAPHS],
    )
    write_text(folder / "accusations.html", page)
