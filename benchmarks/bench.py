"""The speed of everything in one table: ratios within one run, medians of several; what `make bench` prints.

    python benchmarks/bench.py --work DIR [--posts 20000] [--runs 3] [--growth]

Posts, roster and votes are invented (generate.py, report_ballot.py). Each command of Hustings runs as its
user would start it, in a process of its own; what it is compared with runs beside it, turn by turn.
`--growth` adds ten times the posts. DIR is new, and stays; MB are 1,000,000 bytes.
"""

import argparse
import os
import platform
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Final

import peers
from report_archive import Order, write_roster
from report_speed import environment
from sqlmodel import Session
from watched_process import Watched, run_watched

from analysis.search import Search, find_hits
from db import open_database

MB: Final = 1_000_000
NEW: Final = 100
"""Posts that come after all others."""
WORDS: Final = (
    *("the", "and", "you", "vote", "thank", "thank*", "campaign", "count", "volunteers", "tonight", "seat"),
    *("proud", "result", "message", "win", "lies", "nhs", "clear", "door*", "honest", '"thank you"'),
)
"""Common, rare and missing ones, beginnings of words, a phrase."""
SEARCHES: Final = 3
"""Of each."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    what: str
    found: str
    wanted: str
    holds: bool | None
    """None where nothing is wanted."""
    detail: str = ""


@dataclass(slots=True)
class Bench:
    """The measurements of one run."""

    work: Path
    runs: int
    lines: list[Line] = field(default_factory=list)

    def hustings(self, archive: Path, *arguments: str) -> Watched:
        """Run a command on an archive."""
        command = [sys.executable, "-m", "hustings", "--db", str(archive), *arguments]
        return run_watched(command, environment())

    def at_least(self, what: str, found: float, wanted: float, detail: str = "") -> None:
        """Note a ratio that is to be as large, or larger."""
        self._note(what, found, "≥", wanted, found >= wanted, detail)

    def at_most(self, what: str, found: float, wanted: float, detail: str = "") -> None:
        """Note a ratio, or seconds or MB, that are to be as small, or smaller."""
        self._note(what, found, "≤", wanted, found <= wanted, detail)

    def only(self, what: str, found: float, detail: str = "") -> None:
        """Note a ratio of which nothing is wanted."""
        self.lines.append(Line(what, f"{found:.2f}", "", None, detail))

    def _note(self, what: str, found: float, sign: str, wanted: float, holds: bool, detail: str) -> None:
        self.lines.append(Line(what, f"{found:.2f}", f"{sign} {wanted:g}", holds, detail))

    def median(self, *works: Callable[[], float]) -> list[float]:
        """The medians of what several works give, done turn by turn, so that all see the same machine."""
        found = [[work() for work in works] for _ in range(self.runs)]
        return [median(of_one) for of_one in zip(*found, strict=True)]


def measure_import(bench: Bench, posts: Path, base: Path) -> Path:
    """Import beside raw inserts and sqlite-utils; the archive that comes of it."""
    rows, plain = peers.rows_of(posts), posts.stat().st_size
    archive = bench.work / "imported.db"
    peaks: list[int] = []

    def ours() -> float:
        fresh(base, archive)
        found = bench.hustings(archive, "import", str(posts))
        peaks.append(found.peak_bytes or 0)
        return found.seconds

    def raw() -> float:
        file = emptied(bench.work / "raw.db")
        return peers.seconds_of(lambda: peers.insert_raw(rows, file))

    def sqlite_utils() -> float:
        file = emptied(bench.work / "utils.db")
        commands = peers.sqlite_utils_commands(posts, file)
        return sum(run_watched(command, environment()).seconds for command in commands)

    took, limit, utils = bench.median(ours, raw, sqlite_utils)
    again = median(bench.hustings(archive, "import", str(posts)).seconds for _ in range(bench.runs))
    speed = f"{len(rows) / took:,.0f} posts/s"
    bench.at_least("import, of the speed of raw inserts", limit / took, 0.35, speed)
    if utils:
        bench.at_most("import, of the time of sqlite-utils with full text", took / utils, 0.55, speed)
    bench.at_least("import of known posts, times as fast", took / again, 3)
    raw_file = (bench.work / "raw.db").stat().st_size
    size = archive.stat().st_size - base.stat().st_size
    bench.at_most("file, of the plain table's", size / raw_file, 0.30, f"{size / plain:.2f} of the NDJSON")
    bench.at_most("peak of the import, MB", max(peaks) / MB, 200)
    return archive


def measure_analysis(bench: Bench, archive: Path, posts: Path, count: int) -> Path:
    """The whole analysis beside a plain loop over whole texts; the archive read by the default method."""
    texts, plain_vader = peers.texts_of(posts, count), peers.plain_vader()
    for method, wanted in (("vader-target", 1.0), ("linear", 0.5)):
        read = bench.work / f"{method}.db"

        def ours(method: str = method, read: Path = read, workers: int = 1) -> float:
            fresh(archive, read)
            found = bench.hustings(read, "analyse", "--method", method, "--workers", str(workers))
            return found.seconds

        loop, one, two = bench.median(
            lambda: peers.seconds_of(lambda: plain_vader(texts)), ours, lambda: ours(workers=2)
        )
        bench.at_least(f"analysis with {method}, of the speed of a plain VADER loop", loop / one, wanted)
        bench.at_least(f"analysis with {method}, two processes of one", one / two, 1.7)
    return bench.work / "linear.db"


def measure_answers(bench: Bench, archive: Path) -> None:
    """Search, export, coverage and start-up."""
    out = bench.work / "export"

    def export() -> float:
        shutil.rmtree(out, ignore_errors=True)
        return bench.hustings(archive, "export", str(out)).seconds

    wrote, read = bench.median(export, lambda: peers.seconds_of(lambda: peers.read_bare(archive)))
    bench.at_most("export of all tables as CSV, times a bare read of the statements", wrote / read, 2.5)
    start, find, cover = bench.median(
        lambda: run_watched([sys.executable, "-m", "hustings", "--help"], environment()).seconds,
        lambda: bench.hustings(archive, "search", "thank*").seconds,
        lambda: bench.hustings(archive, "coverage").seconds,
    )
    bench.at_most("hustings --help, seconds", start, 0.3)
    bench.only("hustings search, times its start-up", find / start)
    [searched] = bench.median(lambda: p95_of_searches(archive))
    bench.at_most("search for the newest 20 with a word, p95, ms", 1000 * searched, 20)
    [grouped] = bench.median(lambda: peers.seconds_of(lambda: peers.group_by_day(archive)))
    bench.at_most("statements by candidate and day, ms", 1000 * grouped, 150)
    bench.at_most("hustings coverage, seconds", cover, 0.5)


def p95_of_searches(archive: Path) -> float:
    """Seconds that 95 of 100 searches do not pass, in a process that has the archive open."""
    engine = open_database(str(archive))
    with Session(engine) as session:
        find_hits(session, Search(query=WORDS[0]))  # what is loaded and compiled once
        took = [
            peers.seconds_of(partial(find_hits, session, Search(query=word, limit=20)))
            for word in WORDS * SEARCHES
        ]
    engine.dispose()
    return quantiles(took, n=20)[-1]


def measure_report(bench: Bench, archive: Path, new: Path, count: int) -> None:
    """The report, first and with a few new posts from file to page."""
    out = bench.work / "report"
    first = bench.hustings(archive, "report", str(out))
    bench.only("report, milliseconds a statement", 1000 * first.seconds / count, peak_of(first))

    def update() -> float:
        steps = (("import", str(new)), ("analyse",), ("report", str(out)))
        return sum(bench.hustings(archive, *step).seconds for step in steps)

    bench.at_most(f"{NEW} new posts from file to report, seconds", update(), 5)


def measure_growth(bench: Bench, posts: Path, tenfold: Path, base: Path) -> None:
    """Import and memory at ten times the posts."""
    found = []
    for file in (posts, tenfold):
        archive = fresh(base, bench.work / "growth.db")
        found.append(bench.hustings(archive, "import", str(file)))
    small, large = found
    bench.at_most("ten times the posts, times as long", large.seconds / small.seconds, 11)
    peaks = (large.peak_bytes or 0) / (small.peak_bytes or 1)
    bench.at_most("ten times the posts, times the memory", peaks, 1.1, peak_of(large))


def fresh(source: Path, target: Path) -> Path:
    """A copy of an archive that nobody has open."""
    emptied(target)
    shutil.copyfile(source, target)
    return target


def emptied(file: Path) -> Path:
    """A path at which no database lies."""
    for end in ("", "-wal", "-shm"):
        Path(f"{file}{end}").unlink(missing_ok=True)
    return file


def peak_of(run: Watched) -> str:
    """A run's peak in words."""
    return f"peak {(run.peak_bytes or 0) / MB:,.0f} MB"


def table_of(lines: Sequence[Line]) -> str:
    """The lines in Markdown."""
    rows = ["| what | found | wanted | |", "|---|--:|--:|---|"]
    for line in lines:
        says = {None: "", True: "holds", False: "**missed**"}[line.holds]
        told = ", ".join(filter(None, (says, line.detail)))
        rows.append(f"| {line.what} | {line.found} | {line.wanted} | {told} |")
    return "\n".join(rows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, metavar="DIR", help="a new folder")
    parser.add_argument("--posts", type=int, default=20_000, metavar="N")
    parser.add_argument("--runs", type=int, default=3, metavar="N")
    parser.add_argument("--growth", action="store_true", help="also ten times the posts")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    if any(args.work.iterdir()):
        parser.error(f"{args.work} is not empty: name a new folder")
    order = Order(args.posts, NEW, contests=650, candidates=4515, seed=1)
    base, posts, new = write_roster(args.work, order)
    bench = Bench(args.work, args.runs)
    archive = measure_import(bench, posts, base)
    read = measure_analysis(bench, archive, posts, args.posts)
    measure_answers(bench, read)
    measure_report(bench, read, new, args.posts)
    if args.growth:
        big = args.work / "tenfold"
        big.mkdir()
        _, tenfold, _ = write_roster(big, replace(order, statements=10 * args.posts))
        measure_growth(bench, posts, tenfold, base)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine},")
    print(f"{args.posts:,} posts, medians of {args.runs} runs\n")
    print(table_of(bench.lines))


if __name__ == "__main__":
    main()
