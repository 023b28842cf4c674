"""How long the report of a whole election takes, how large it is, and how soon it is brought up to date.

    python benchmarks/report_speed.py --work DIR --results FILE [FILE] --statements 100000 --new 100
    python benchmarks/report_speed.py --work DIR --archive FILE --new FILE

Without --results the ballot is invented, as large as the House of Commons'. The archive stays in --work for
the next run with the same arguments: reading 100,000 statements takes some twenty minutes, and goes on where
it was interrupted. A given --archive is copied and never written to; nobody else may write to it meanwhile.

Every report is written by a new process of the command `hustings`: the first, one with nothing new, and one
after the new statements were imported and analysed. MB and KB are 1,000,000 and 1,000 bytes.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from report_archive import Order, add_posts, copy_archive, kept_archive, take_folder
from report_pages import Folder, TypeOfPage
from sqlmodel import Session, func, select
from watched_process import Watched, run_watched

import hustings
from analysis.processes import FOR_REPORTS
from db import open_database
from db.models import Candidacy, Contest, Statement

MB: Final = 1_000_000
KB: Final = 1_000

FIRST_SECONDS: Final = 60
FOLDER_MB: Final = 500
PAGE_KB: Final = 1_000
AGAIN_SECONDS: Final = 5

MEASURED: Final = "measured"
"""Folder of the copy that is measured and of its report, made anew each time."""


@dataclass(frozen=True, slots=True)
class Size:
    """What an archive holds."""

    contests: int
    candidacies: int
    statements: int


@dataclass(frozen=True, slots=True)
class Report:
    """One report: the run that wrote it, of how much, and what came of it."""

    size: Size
    run: Watched
    bytes: int
    bytes_on_disk: int
    files: int
    types: list[TypeOfPage]


@dataclass(frozen=True, slots=True)
class Figures:
    """The reports of one archive."""

    first: Report
    unchanged: Report
    """With nothing new."""
    updated: Report | None
    """After new statements; None where none were given."""


def measure(archive: Path, new: Path | None, folder: Path) -> Figures:
    """Report on a copy of an archive, again, and after new posts; all in a folder that is made anew."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    copy = folder / archive.name
    copy_archive(archive, copy)
    compile_sources()
    tell("first report ...")
    first = report_on(copy, folder / "report")
    tell("report with nothing new ...")
    unchanged = report_on(copy, folder / "report")
    if new is None:
        return Figures(first, unchanged, None)
    add_posts(copy, new, tell)
    tell("report with new statements ...")
    return Figures(first, unchanged, report_on(copy, folder / "report"))


def report_on(archive: Path, out: Path) -> Report:
    """Write a report by the command, and look at it."""
    size = size_of(archive)  # this also settles a copy, so that the clock does not run meanwhile
    command = [sys.executable, "-m", "hustings", "--db", str(archive), "report", str(out)]
    run = run_watched(command, environment())
    folder = Folder(out)
    return Report(size, run, folder.bytes, folder.bytes_on_disk, len(folder.sizes), folder.types())


def environment() -> dict[str, str]:
    """Of a process that runs the same sources as this one, wherever it is started.

    It may keep what it compiled, as an installed program has it: else each start would compile all anew.
    """
    sources = str(Path(hustings.__file__).resolve().parent)
    found = [sources, *filter(None, [os.environ.get("PYTHONPATH")])]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": os.pathsep.join(found)}


def compile_sources() -> None:
    """Let Python compile what a report needs, as installing does."""
    run_watched([sys.executable, "-c", f"import hustings, {FOR_REPORTS}"], environment())


def size_of(archive: Path) -> Size:
    """Count what an archive holds."""
    engine = open_database(str(archive))
    with Session(engine) as session:
        found = [
            session.exec(select(func.count()).select_from(table)).one()
            for table in (Contest, Candidacy, Statement)
        ]
    engine.dispose()
    return Size(*found)


def as_json(figures: Figures) -> dict[str, Any]:
    """All figures, with ratios within the run."""
    first, unchanged, updated = figures.first, figures.unchanged, figures.updated
    return {
        "first": _report_json(first),
        "unchanged": _report_json(unchanged),
        "updated": _report_json(updated) if updated else None,
        "new_statements": updated.size.statements - first.size.statements if updated else None,
        "ratios": {
            "first_seconds_per_1000_statements": _ratio(first.run.seconds, first.size.statements / 1000),
            "unchanged_to_first": _ratio(unchanged.run.seconds, first.run.seconds),
            "updated_to_first": _ratio(updated.run.seconds, first.run.seconds) if updated else None,
            "bytes_per_statement": _ratio(first.bytes, first.size.statements),
        },
        "cores": os.cpu_count(),
        "budgets": [{"what": what, "holds": holds} for what, holds in budgets(figures)],
    }


def _report_json(report: Report) -> dict[str, Any]:
    return {
        **asdict(report.size),
        "seconds": report.run.seconds,
        "peak_bytes": report.run.peak_bytes,
        "bytes": report.bytes,
        "bytes_on_disk": report.bytes_on_disk,
        "files": report.files,
        "types": [asdict(one) for one in report.types],
    }


def _ratio(one: float, other: float) -> float | None:
    return one / other if other else None


def budgets(figures: Figures) -> list[tuple[str, bool | None]]:
    """Each budget in words, and whether it holds; None where it was not measured."""
    first, updated = figures.first, figures.updated
    heaviest = max(report.types[0].bytes for report in _reports(figures))
    largest = max(report.bytes for report in _reports(figures))
    return [
        (
            f"the first report takes at most {FIRST_SECONDS} s: {first.run.seconds:.1f} s",
            first.run.seconds <= FIRST_SECONDS,
        ),
        (f"it has at most {FOLDER_MB} MB: {largest / MB:.1f} MB", largest <= FOLDER_MB * MB),
        (f"a page has at most {PAGE_KB:,} KB: {heaviest / KB:,.0f} KB", heaviest <= PAGE_KB * KB),
        (
            f"new statements take at most {AGAIN_SECONDS} s: "
            + (f"{updated.run.seconds:.1f} s" if updated else "not measured"),
            updated.run.seconds <= AGAIN_SECONDS if updated else None,
        ),
    ]


def _reports(figures: Figures) -> list[Report]:
    return [one for one in (figures.first, figures.unchanged, figures.updated) if one]


def table_of(figures: Figures) -> str:
    """The figures in Markdown: a table of the reports, one of the types of pages of the last."""
    rows = ["| report | statements | s | times the first | peak RSS, MB | MB | on disk, MB | files |"]
    rows += ["|---|--:|--:|--:|--:|--:|--:|--:|"]
    names = ("first", "nothing new", "new statements")
    for name, one in zip(names, _reports(figures), strict=False):
        times = one.run.seconds / figures.first.run.seconds
        peak = "unknown" if one.run.peak_bytes is None else f"{one.run.peak_bytes / MB:,.0f}"
        rows.append(
            f"| {name} | {one.size.statements:,} | {one.run.seconds:.2f} | {times:.3f} | {peak}"
            f" | {one.bytes / MB:,.1f} | {one.bytes_on_disk / MB:,.1f} | {one.files:,} |"
        )
    rows += ["", "| type of page | pages | largest, KB | which |", "|---|--:|--:|---|"]
    rows += [
        f"| `{one.type}` | {one.pages:,} | {one.bytes / KB:,.1f} | `{one.largest}` |"
        for one in _reports(figures)[-1].types
    ]
    return "\n".join(rows)


def printed(figures: Figures) -> str:
    """All that is said of the figures; the last lines are the budgets."""
    size = figures.first.size
    answers = {True: "holds", False: "does not hold", None: "unknown"}
    return "\n".join(
        [
            f"{size.statements:,} statements, {size.candidacies:,} candidacies, {size.contests:,} contests\n",
            f"{table_of(figures)}\n",
            f"{json.dumps(as_json(figures), indent=1)}\n",
            *(f"{answers[holds]}: {what}" for what, holds in budgets(figures)),
        ]
    )


def tell(words: str) -> None:
    """Say how far it is, beside the figures."""
    print(words, file=sys.stderr, flush=True)


def archive_of(args: argparse.Namespace) -> tuple[Path, Path | None]:
    """The archive that is asked for, and a file of new posts; made where it is not given."""
    if args.archive:
        return args.archive, Path(args.new) if args.new else None
    order = Order(
        statements=args.statements,
        new=int(args.new or 100),
        contests=args.contests,
        candidates=args.candidates,
        seed=args.seed,
        results=tuple(args.results),
    )
    return kept_archive(args.work, order, tell)


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """What the user asks for, checked; ends the process where it makes no sense."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--work", type=Path, required=True, metavar="DIR", help="where archive and report lie"
    )
    parser.add_argument(
        "--results", type=Path, nargs="+", default=[], metavar="FILE", help="results of candidates"
    )
    parser.add_argument("--statements", type=int, default=100_000, metavar="N")
    parser.add_argument(
        "--new", metavar="N|FILE", help="new statements: how many (100), or a file with --archive"
    )
    parser.add_argument("--archive", type=Path, metavar="FILE", help="measure this archive")
    parser.add_argument("--contests", type=int, default=650, metavar="N")
    parser.add_argument("--candidates", type=int, default=4515, metavar="N")
    parser.add_argument("--seed", type=int, default=7, metavar="N")
    args = parser.parse_args(given)
    files = [*args.results, *filter(None, [args.archive])]
    if args.archive and args.new:
        files.append(Path(args.new))
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        parser.error(f"no such file: {', '.join(missing)}")
    if not args.archive and args.new and not args.new.isdecimal():
        parser.error("--new takes a number where the archive is made here, and a file with --archive")
    if args.statements < 1:
        parser.error("--statements must be 1 or more")
    try:
        take_folder(args.work)
    except ValueError as error:
        parser.error(str(error))
    return args


def main(given: Sequence[str] | None = None) -> None:
    """Measure and print."""
    args = arguments(given)
    try:
        archive, new = archive_of(args)
        figures = measure(archive, new, args.work / MEASURED)
    except (ValueError, RuntimeError) as error:
        sys.exit(f"report_speed: {error}")
    print(printed(figures))


if __name__ == "__main__":
    main()
