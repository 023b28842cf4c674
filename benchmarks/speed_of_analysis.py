"""The whole analysis of an archive against a plain loop of vaderSentiment over the same texts, in one run.

    python benchmarks/speed_of_analysis.py --work DIR --statements 3000

The archive is one of a whole election (benchmarks/report_archive.py): 650 contests, 4,515 candidates, some
12,000 names to look for. Processor time of all processes is what counts for one of them, so that other
work on the machine weighs less; time on the clock for several. Making rules and matcher ready is told apart.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from peers import plain_vader
from report_archive import Order, copy_archive, kept_archive, take_folder
from sqlalchemy import Engine, delete
from sqlmodel import Session, select

from analysis.findings import analyse, analyse_together
from analysis.roster import load_roster
from analysis.running.crews import crew_of
from analysis.running.recipe import Recipe
from db import open_database, writing
from db.models import Kind, KindTarget, Rating, Reading, Statement, Target

METHODS = ("vader-target", "linear")
FINDINGS = (KindTarget, Kind, Rating, Target, Reading)


def seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """How long some work takes on a clock."""
    begins = clock()
    work()
    return clock() - begins


def unread_copy(archive: Path, folder: Path) -> Engine:
    """A copy of an archive without any finding."""
    copy_archive(archive, folder / "copy.db")
    engine = open_database(str(folder / "copy.db"))
    with writing(engine) as session:
        for table in FINDINGS:
            session.execute(delete(table))
    return engine


def plain_rate(engine: Engine) -> float:
    """Texts a second of a plain loop on one core."""
    with Session(engine) as session:
        texts = session.exec(select(Statement.text)).all()
    loop = plain_vader()
    return len(texts) / seconds(lambda: loop(texts), process_time)


def row_of(archive: Path, method: str, processes: int) -> str:
    """One method as a row of the table."""
    recipe = Recipe(scorer=method)
    with tempfile.TemporaryDirectory() as name:
        engine = unread_copy(archive, Path(name))
        plain = plain_rate(engine)
        with Session(engine) as session:
            roster = load_roster(session)
        reader = recipe.reader(roster)
        cold = seconds(lambda: analyse(engine, reader), process_time)
        warm = seconds(lambda: analyse(engine, reader, again=True), process_time)
        alone = seconds(lambda: analyse(engine, recipe.reader(roster), again=True), perf_counter)
        shared = seconds(
            lambda: analyse_together(engine, recipe, crew_of(processes, 0, 0), again=True), perf_counter
        )
        with Session(engine) as session:
            statements = len(session.exec(select(Statement.id)).all())
        engine.dispose()
    rate = statements / warm
    return (
        f"| {method} | {plain:,.0f} | {rate:,.0f} | {rate / plain:.3f} | {cold - warm:.1f}"
        f" | {alone / shared:.2f} |"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--work", type=Path, required=True, help="a folder for the archive, kept for the next run"
    )
    parser.add_argument("--statements", type=int, default=3000, metavar="N")
    parser.add_argument("--processes", type=int, default=2, metavar="N")
    args = parser.parse_args()
    take_folder(args.work)
    order = Order(statements=args.statements, new=1, contests=650, candidates=4515, seed=1)
    archive, _ = kept_archive(args.work, order, print)
    print("| method | plain, posts/s | whole analysis, posts/s | ratio | ready, s | processes, times |")
    print("|---|--:|--:|--:|--:|--:|")
    for method in METHODS:
        print(row_of(archive, method, args.processes), flush=True)


if __name__ == "__main__":
    main()
