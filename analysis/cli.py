"""The commands that read statements and report on them."""

import os
import sys
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from db.console import (
    DatabaseOption,
    Exit,
    JsonOption,
    complain,
    console_of,
    front_door,
    progress,
    refusals,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from analysis.contract import Roster
    from analysis.reader import Reader

app = typer.Typer()

MethodOption = Annotated[
    str | None,
    typer.Option(
        "--method", help="How sentiment is scored: vader-target (default), or vader, the plain one."
    ),
]


@app.command()
def analyse(
    context: typer.Context,
    again: Annotated[bool, typer.Option("--again", help="Every statement, not only what is new.")] = False,
    method: MethodOption = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find whom each archived statement targets, how it speaks of them, and what it does."""
    from sqlmodel import Session

    from analysis.findings import analyse as analyse_statements
    from analysis.roster import load_roster
    from analysis.sentiment import UnknownMethod

    console = console_of(context, db, as_json)
    with refusals(UnknownMethod):
        engine = console.open()
        with Session(engine) as session:
            reader = _reader(load_roster(session), method)
        with progress("analyse") as tell:
            tally = analyse_statements(engine, reader, again=again, progress=tell)
    console.say(f"{tally} by {reader.method}", {**asdict(tally), "method": reader.method})


def _reader(roster: "Roster", method: str | None) -> "Reader":
    from analysis.reader import Reader
    from analysis.sentiment import DEFAULT_SCORER, scorer_for

    return Reader(roster, scorer_for(method or DEFAULT_SCORER))


@app.command()
def tag(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="NDJSON, a statement a line; - for standard input.")] = "-",
    roster: Annotated[
        Path | None, typer.Option("--roster", help="A roster file, for candidates to link to.")
    ] = None,
    method: MethodOption = None,
    db: DatabaseOption = None,
) -> None:
    """Tag texts without an archive: NDJSON in, NDJSON out, a line for a line (docs/tag.md).

    Candidates come from --roster or --db; without either, people, parties, governments, media and groups
    are found from built-in tables, handles and name shapes.
    """
    from analysis.sentiment import UnknownMethod
    from analysis.tagging import tag_stream

    with refusals(UnknownMethod, OSError):
        reader = _reader(_roster(context, roster, db), method)
        source = nullcontext(sys.stdin.buffer) if file == "-" else open(file, "rb")  # noqa: SIM115 - closed below
    with source as lines, _progress_through(lines) as tell:
        tally = tag_stream(lines, sys.stdout, reader, progress=tell)
    if tally.unreadable:
        complain(f'{tally.unreadable:,} of {tally.read:,} lines could not be read: see their "error"')
        raise typer.Exit(Exit.PARTLY)


@contextmanager
def _progress_through(source: "BinaryIO") -> "Iterator[Callable[[], None]]":
    """A bar of the bytes that were read; none where the answers go to the terminal themselves."""
    if sys.stdout.isatty() or not sys.stderr.isatty():
        yield lambda: None
        return
    size = os.fstat(source.fileno()).st_size  # 0 for a pipe, whose place cannot be asked for either
    with progress("tag") as tell:
        yield lambda: tell(source.tell(), size) if size else None


def _roster(context: typer.Context, file: Path | None, db: str | None) -> "Roster":
    """Candidates to link to, from a file or an archive that the user names; else nobody."""
    from sqlmodel import Session

    from analysis.contract import Roster
    from analysis.roster import load_roster

    door = front_door(context)
    if file is not None:
        engine = door.roster_in_memory(file)
    elif db or door.address:
        engine = console_of(context, db).open()
    else:
        return Roster()
    with Session(engine) as session:
        return load_roster(session)


@app.command()
def report(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help="Folder for the report; an earlier report in it is replaced.")],
    election: Annotated[
        str | None, typer.Option("--election", metavar="ID", help="This election only.")
    ] = None,
    contest: Annotated[str | None, typer.Option("--contest", metavar="ID", help="This contest only.")] = None,
    before: Annotated[
        int, typer.Option(min=0, help="Days before polling day from which statements belong.")
    ] = 42,
    after: Annotated[int, typer.Option(min=0, help="Days after polling day until which they do.")] = 14,
    threshold: Annotated[
        float, typer.Option(min=0, max=1, help="Sentiment less sure than this counts as unclear.")
    ] = 0,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a site that opens from disk: results, statements, targets, and how they hang together."""
    from analysis.outcomes import Window
    from analysis.reports import write_report

    console = console_of(context, db, as_json)
    with refusals(), progress("report") as tell:
        tally = write_report(
            console.open(),
            out,
            election=election,
            contest=contest,
            window=Window(before=timedelta(days=before), after=timedelta(days=after)),
            threshold=threshold,
            progress=tell,
        )
    console.say(
        f"{tally.statements:,} statements in {tally.contests:,} contests: {tally.index}", asdict(tally)
    )
