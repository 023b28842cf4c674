"""The command that reads many statements: analyse; alone, in several processes, on a cluster, over files."""

import os
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.cli.exporting import ended_by_signals
from analysis.cli.options import (
    GazetteerOption,
    KindsModelOption,
    MethodOption,
    ModelOption,
    recipe_of,
    roster_for,
)
from db.console import Console, DatabaseOption, Exit, JsonOption, complain, console_of, progress, refusals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from analysis.contract import Roster
    from analysis.findings import Tally
    from analysis.running.recipe import Recipe
    from analysis.running.window import Crew

app = typer.Typer()


@app.command()
def analyse(
    context: typer.Context,
    again: Annotated[bool, typer.Option("--again", help="Every statement, not only what is new.")] = False,
    method: MethodOption = None,
    model: ModelOption = None,
    gazetteer: GazetteerOption = None,
    kinds_model: KindsModelOption = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=0, metavar="N", help="Processes that read. Default: as many as pay."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster", metavar="tcp://HOST:PORT", help="Read by the workers of a Dask scheduler instead."
        ),
    ] = None,
    parquet: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--parquet", metavar="IN OUT", help="Parquet files of posts, instead of an archive."),
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option("--roster", help="With --parquet: a roster file, for candidates to link to."),
    ] = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find whom each archived statement targets, how it speaks of them, and what it does."""
    from analysis.kinds.layer import UnusableLayer
    from analysis.sentiment import SentimentRefused
    from analysis.targets import GazetteerError

    _check(workers, cluster, parquet, roster, again)
    with refusals(SentimentRefused, GazetteerError, UnusableLayer, OSError), _interruptible():
        recipe = recipe_of(method, model, gazetteer, kinds_model)
        with _crew(workers, cluster) as crew:
            console = console_of(context, db, as_json)
            if parquet is None:
                _analyse_archive(console, recipe, crew, workers, again)
            else:
                _analyse_files(console, *parquet, roster_for(context, roster, db), recipe, crew, workers)


def _check(
    workers: int | None,
    cluster: str | None,
    parquet: tuple[Path, Path] | None,
    roster: Path | None,
    again: bool,
) -> None:
    if cluster and workers is not None:
        raise typer.BadParameter("a cluster brings its own workers: give --workers or --cluster")
    if roster and not parquet:
        raise typer.BadParameter("--roster is for --parquet: an archive has its own")
    if again and parquet:
        raise typer.BadParameter("--again is for an archive: delete the files that are to be made again")


@contextmanager
def _crew(workers: int | None, cluster: str | None) -> "Iterator[Crew | None]":
    """The cluster that is named; None: who reads depends on how much there is."""
    if cluster is None:
        yield None
        return
    from analysis.running.cluster import cluster_at

    with cluster_at(cluster) as crew:
        yield crew


@contextmanager
def _interruptible() -> "Iterator[None]":
    """Ctrl-C and SIGTERM: workers end after what they are at; what was stored stays."""
    try:
        with ended_by_signals():
            yield
    except KeyboardInterrupt:
        complain("interrupted: what was read is stored; the same command goes on from there")
        raise typer.Exit(Exit.PARTLY) from None


def _analyse_archive(
    console: Console, recipe: "Recipe", crew: "Crew | None", workers: int | None, again: bool
) -> None:
    from analysis.findings import count_unread

    method, engine = recipe.method(), console.open()
    tally = _tally(engine, recipe, crew, workers, count_unread(engine, method, again=again), again)
    console.say(f"{tally} by {method}", {**asdict(tally), "method": method})


def _tally(
    engine: "Engine", recipe: "Recipe", crew: "Crew | None", workers: int | None, unread: int, again: bool
) -> "Tally":
    from sqlmodel import Session

    from analysis.findings import Tally, analyse_together
    from analysis.findings import analyse as analyse_alone
    from analysis.roster import load_roster
    from analysis.running.crews import Alone, crew_of

    if not unread:
        return Tally()  # as most scheduled runs; the roster alone takes half a second
    with progress("analyse") as tell:
        crew = crew or crew_of(workers, unread, os.cpu_count() or 1)
        if not isinstance(crew, Alone):
            return analyse_together(engine, recipe, crew, again=again, progress=tell)
        with Session(engine) as session:
            reader = recipe.reader(load_roster(session))
        return analyse_alone(engine, reader, again=again, progress=tell)


def _analyse_files(
    console: Console,
    source: Path,
    out: Path,
    roster: "Roster",
    recipe: "Recipe",
    crew: "Crew | None",
    workers: int | None,
) -> None:
    from analysis.running.crews import WORTH_WORKERS, crew_of
    from analysis.running.partitions import analyse_partitions, partitions_of

    files = len(partitions_of(source, out))
    chosen = crew or crew_of(workers, WORTH_WORKERS if files > 1 else 0, os.cpu_count() or 1)
    with progress("analyse") as tell:
        tally = analyse_partitions(source, out, roster, recipe, chosen, progress=tell)
    console.say(f"{tally} by {recipe.method()}", {**asdict(tally), "method": recipe.method()})
    for problem in tally.problems:
        complain(problem)
    if tally.problems or tally.unreadable:
        raise typer.Exit(Exit.PARTLY)
