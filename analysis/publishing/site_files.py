"""What stands once in a report: its first page, the search, what pages load, and the mark of a report."""

import json
from collections.abc import Sequence
from importlib.resources import files as package_files
from pathlib import Path

from analysis.publishing.checkpoint import Checkpoint
from analysis.publishing.election_charts import overview_charts, write_charts
from analysis.publishing.elections import WrittenElection
from analysis.reports.folder import MARKER, files_in, write_text
from analysis.reports.manifest import Manifest
from analysis.reports.overview import summed
from analysis.site import render_page, stylesheet

ASSETS = "assets"
"""The folder of what several pages load."""

SEARCH_ASSETS = ("search-words.js", "search-index.js", "search.js", "search.css")


def last_report(out: Path, key: str) -> Path | None:
    """The folder of an earlier report that was made by the same terms; None where there is none."""
    try:
        found = json.loads((out / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return out.resolve() if isinstance(found, dict) and found.get("key") == key else None


def write_first_page(folder: Path, written: Sequence[WrittenElection], manifest: Manifest) -> None:
    """Write the first page, with the charts of the newest election, the search, and what all pages load."""
    answers = [one.answer for one in written]
    coverage = summed(answer.coverage for answer in answers)
    charts = overview_charts(written[0].charts) if written else ()
    write_charts(folder, charts)
    page = render_page(
        "index", root="", manifest=manifest, elections=answers, coverage=coverage, charts=charts
    )
    write_text(folder / "index.html", page)
    write_text(folder / "style.css", stylesheet())
    _write_search_assets(folder / ASSETS)
    page = render_page(
        "search",
        root="",
        manifest=manifest,
        elections=[(one.election.name, f"{one.address}/index.html") for one in answers],
        files=[(f"statements of {one.election.name}", f"{one.address}/statements.csv.gz") for one in answers],
    )
    write_text(folder / "search.html", page)


def _write_search_assets(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name in SEARCH_ASSETS:
        (folder / name).write_bytes(package_files("analysis.site").joinpath(ASSETS, name).read_bytes())


def write_marker(folder: Path, manifest: Manifest, key: str, checkpoint: Checkpoint) -> int:
    """The manifest with the list of files, by which a later report knows this one; returns their number.

    `key`: of the terms by which the report was made; only one with the same can be built on.
    """
    files = files_in(folder)
    found = {**manifest.as_json(files), "key": key, "archive": checkpoint.as_json()}
    text = json.dumps(found, ensure_ascii=False, indent=1)
    write_text(folder / MARKER, text + "\n")
    return len(files) + 1
