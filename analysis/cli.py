"""The commands that read statements and report on them."""

import json
import os
import shutil
import sys
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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

    from analysis.contract import Roster, Scorer
    from analysis.explained import Dossier
    from analysis.reader import Reader

app = typer.Typer()

MethodOption = Annotated[
    str | None,
    typer.Option(
        "--method",
        metavar="NAME",
        help="How sentiment is scored: linear (default), vader-target (rules), vader (the plain one), "
        "transformers, or the name of a plug-in (docs/scorers.md).",
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="FILE|NAME",
        help="What the method reads with: a file or folder; for transformers also a name on the hub.",
    ),
]

GazetteerOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--gazetteer",
        metavar="DIR",
        help="A folder of your own tables of parties, offices ...; repeatable (docs/targets.md).",
    ),
]


@app.command()
def analyse(
    context: typer.Context,
    again: Annotated[bool, typer.Option("--again", help="Every statement, not only what is new.")] = False,
    method: MethodOption = None,
    model: ModelOption = None,
    gazetteer: GazetteerOption = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find whom each archived statement targets, how it speaks of them, and what it does."""
    from sqlmodel import Session

    from analysis.findings import analyse as analyse_statements
    from analysis.roster import load_roster
    from analysis.sentiment import SentimentRefused
    from analysis.targets import GazetteerError

    console = console_of(context, db, as_json)
    with refusals(SentimentRefused, GazetteerError):
        engine = console.open()
        with Session(engine) as session:
            reader = _reader(load_roster(session), method, model, gazetteer)
        with progress("analyse") as tell:
            tally = analyse_statements(engine, reader, again=again, progress=tell)
    console.say(f"{tally} by {reader.method}", {**asdict(tally), "method": reader.method})


def _reader(
    roster: "Roster", method: str | None, model: str | None = None, folders: list[Path] | None = None
) -> "Reader":
    from analysis.reader import Reader
    from analysis.sentiment import DEFAULT_SCORER, scorer_for
    from analysis.targets import gazetteer_with

    return Reader(roster, scorer_for(method or DEFAULT_SCORER, model), gazetteer_with(folders or []))


@app.command()
def tag(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="NDJSON, a statement a line; - for standard input.")] = "-",
    roster: Annotated[
        Path | None, typer.Option("--roster", help="A roster file, for candidates to link to.")
    ] = None,
    method: MethodOption = None,
    model: ModelOption = None,
    gazetteer: GazetteerOption = None,
    db: DatabaseOption = None,
) -> None:
    """Tag texts without an archive: NDJSON in, NDJSON out, a line for a line (docs/tag.md).

    Candidates come from --roster or --db; without either, people, parties, governments, media and groups
    are found from built-in tables, handles and name shapes.
    """
    from analysis.sentiment import SentimentRefused
    from analysis.tagging import tag_stream
    from analysis.targets import GazetteerError

    with refusals(SentimentRefused, GazetteerError, OSError):
        reader = _reader(_roster(context, roster, db), method, model, gazetteer)
        source = nullcontext(sys.stdin.buffer) if file == "-" else open(file, "rb")  # noqa: SIM115 - closed below
    with refusals(SentimentRefused), source as lines, _progress_through(lines) as tell:
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
def explain(
    context: typer.Context,
    statement: Annotated[
        str | None,
        typer.Argument(
            help="A statement of the archive: its number (or id:NUMBER), post id, platform:post id, or "
            "address; - reads a text from standard input."
        ),
    ] = None,
    text: Annotated[str | None, typer.Option("--text", help="This text instead.")] = None,
    methods: Annotated[
        list[str] | None,
        typer.Option(
            "--method",
            metavar="NAME[=MODEL]",
            help="As for analyse; several times: side by side. MODEL: a file, a folder, a name on the hub.",
        ),
    ] = None,
    target: Annotated[
        str | None, typer.Option("--target", metavar="NUMBER|NAME", help="This target only.")
    ] = None,
    roster: Annotated[
        Path | None, typer.Option("--roster", help="For a text: a roster file, for candidates to link to.")
    ] = None,
    gazetteer: GazetteerOption = None,
    db: DatabaseOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False,
) -> None:
    """Show why a statement was read as it was: what was masked, and which words and rules gave what.

    Under each target stand the answers of the methods and their reasons: what each word added, in the
    method's own unit, and by which rules (docs/methods.md).
    """
    from sqlmodel import Session

    from analysis.contract import StatementText
    from analysis.dossiers import dossier_of_statement, dossier_of_text
    from analysis.roster import load_roster
    from analysis.sentiment import SentimentRefused
    from analysis.targets import GazetteerError, gazetteer_with

    if (statement is None) == (text is None):
        raise typer.BadParameter("name either a statement or a --text")
    with refusals(SentimentRefused, GazetteerError, OSError):
        tables = gazetteer_with(gazetteer or [])
        scorers = [_scorer(one) for one in methods or [""]]
        if statement is None or statement == "-":
            given = sys.stdin.buffer.read().decode("utf-8", "replace") if text is None else text
            title = "Standard input" if text is None else "A text"
            outside = StatementText(id=title, text=given.rstrip("\n"))
            dossier = dossier_of_text(outside, _roster(context, roster, db), scorers, target, tables)
        else:
            with Session(console_of(context, db).open()) as session:
                known = load_roster(session)
                dossier = dossier_of_statement(session, statement, known, scorers, target, tables)
    _show(dossier, as_json=as_json)


def _scorer(named: str) -> "Scorer":
    """A scorer by NAME or NAME=MODEL; the default one where nothing is named."""
    from analysis.sentiment import DEFAULT_SCORER, scorer_for

    name, _, model = named.partition("=")
    return scorer_for(name or DEFAULT_SCORER, model or None)


def _show(dossier: "Dossier", *, as_json: bool) -> None:
    """A dossier on standard output: JSON in ASCII, or lines, with colours on a terminal only."""
    from analysis.explained import as_json as dossier_json
    from analysis.explained_text import Style, render_dossier

    if as_json:
        typer.echo(json.dumps(dossier_json(dossier)))
        return
    looks: dict[Style, dict[str, Any]] = {
        Style.PLAIN: {},
        Style.TITLE: {"bold": True},
        Style.FAINT: {"dim": True},
        Style.MASKED: {"dim": True},
        Style.GOOD: {"fg": "green"},
        Style.BAD: {"fg": "red"},
    }
    for line in render_dossier(dossier, width=shutil.get_terminal_size((100, 24)).columns):
        styled = "".join(typer.style(piece.text, **looks[piece.style]) for piece in line)
        typer.echo(styled.rstrip(), color=False if "NO_COLOR" in os.environ else None)


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
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            metavar="NAME",
            help="Whose sentiment is shown, with or without its version. Default: that of linear, "
            "else of the method that read last.",
        ),
    ] = None,
    unclear_below: Annotated[
        float,
        typer.Option(
            "--unclear-below",
            "--threshold",
            min=0,
            max=1,
            help="Labels with less confidence count as unclear: never as negative, neutral or positive, "
            "and in no mean.",
        ),
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
            method=method,
            threshold=unclear_below,
            progress=tell,
        )
    console.say(
        f"{tally.statements:,} statements in {tally.contests:,} contests: {tally.index}", asdict(tally)
    )
