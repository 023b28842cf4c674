"""The front door: one command, which mounts the commands of the three packages."""

import gc
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import analysis.cli
import archive.cli
import db.cli
from db.console import Commands, DatabaseOption, Exit, FrontDoor, complain, log_to_stderr, wording

if TYPE_CHECKING:
    from sqlalchemy import Engine

app = typer.Typer(
    name="hustings",
    cls=Commands,
    rich_markup_mode=None,  # plain text: it flows, can be searched and copied, and comes at once
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    epilog="Exit codes: 0 done, 1 in part, 2 bad input or usage, 3 integrity, 4 credentials, 75 try later.",
)
for room in (db.cli, archive.cli, analysis.cli):
    app.add_typer(room.app)


def _show_release(asked: bool) -> None:
    if asked:
        from db.release import release

        typer.echo(f"hustings {release()}")
        raise typer.Exit


@app.callback()
def enter(
    context: typer.Context,
    address: DatabaseOption = None,
    verbose: Annotated[int, typer.Option("--verbose", "-v", count=True, help="Say what is done.")] = 0,
    version: Annotated[
        bool, typer.Option("--version", help="Show the release.", callback=_show_release, is_eager=True)
    ] = False,
) -> None:
    """Archive and analyse what election candidates publish: whom each statement targets, how, and what
    the ballot said."""
    log_to_stderr(verbose)
    context.obj = FrontDoor(address=address, roster_in_memory=_roster_in_memory)


def _roster_in_memory(file: Path) -> "Engine":
    """A roster file as a database that lives in memory: archive's work, lent to analysis."""
    from archive.roster import roster_in_memory

    return roster_in_memory(file)


DEMO = "demo"
"""Folder that the demonstration makes."""


@app.command()
def demo(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where to put the archive and the report.")] = Path(DEMO),
) -> None:
    """Run the main job on the founding example: Bethnal Green and Stepney, 4 July 2024."""
    data = Path(archive.__file__).parent / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    address = str(folder / "hustings.db")
    steps: tuple[tuple[str, ...], ...] = (
        ("roster", "import", str(data / "roster.csv")),
        ("results", "import", str(data / "results.csv")),
        ("import", str(data / "statements.csv")),
        ("analyse",),
        ("report", str(folder / "report")),
    )
    for step in steps:
        shown = " ".join(part.replace(str(data), "DATA") for part in step)
        typer.echo(f"$ hustings --db {address} {shown}")
        code = app(["--db", address, *step], standalone_mode=False)
        if code:
            raise typer.Exit(code)
    typer.echo(f"Report: {(folder / 'report' / 'index.html').resolve()}")


YOUNG = 50_000
"""New objects after which Python looks for garbage: rows by the thousand are none, and looking takes a tenth
of the time of an import."""


def main() -> None:
    """The command `hustings`; what the machine refuses, such as a full disk, is one line, too."""
    gc.set_threshold(YOUNG)
    # Several processes share the processors: threads of NumPy beside them would only be in their way, and how
    # they add up hangs on how much they are given.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app()
    except OSError as error:
        logging.getLogger(__name__).debug("refused by the machine", exc_info=True)
        complain(wording(error))
        _drop_output()
        sys.exit(Exit.BAD_INPUT)
    finally:
        gc.freeze()  # or the interpreter looks through all that was loaded as it ends: a seventh of a second


def _drop_output() -> None:
    """Let what could not be written go: the interpreter would try, and complain, again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
