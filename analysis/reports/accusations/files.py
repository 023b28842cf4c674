"""Writing the page and the data files of an election's accusations into a report."""

import gzip
from pathlib import Path

from analysis.reports.accusations.elections import ElectionAccusations, tables_of
from analysis.reports.accusations.graphs import GRAPHS
from analysis.reports.folder import FROM_ELECTION, write_text
from analysis.reports.formats import MOST_SHOWN, write_table
from analysis.reports.manifest import Manifest
from analysis.site import render_page

ACCUSATION_TABLES = ("accusations", "nodes", "edges")
"""The data files beside the page."""

LEVEL = 6
"""Of compression: beyond it graphs of many edges take five times as long, and become a sixth smaller."""

NETWORK = "network"
"""Name of the graph files, before their ending. They are compressed, tenfold: Gephi opens them so."""


def write_accusations(found: ElectionAccusations, folder: Path, manifest: Manifest) -> None:
    """Write accusations.html, its data files and the network into an election's folder."""
    for table, some in tables_of(found).items():
        write_table(folder, table, some)
    made = manifest.generated_at.date()
    for ending, render in GRAPHS.items():
        graph = render(found.network, made=made).encode("utf-8", "replace")
        (folder / f"{NETWORK}.{ending}.gz").write_bytes(gzip.compress(graph, LEVEL, mtime=0))
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
        graphs=[f"{NETWORK}.{ending}.gz" for ending in GRAPHS],
    )
    write_text(folder / "accusations.html", page)
