"""The command that shows why a statement was read as it was: explain."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.cli.options import GazetteerOption, KindsModelOption, roster_for
from db.console import DatabaseOption, console_of, refusals

if TYPE_CHECKING:
    from analysis.contract import Scorer
    from analysis.explained import Dossier

app = typer.Typer()


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
    kinds_model: KindsModelOption = None,
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
    from analysis.kinds.layer import UnusableLayer
    from analysis.roster import load_roster
    from analysis.running.recipe import kinds_by
    from analysis.sentiment import SentimentRefused
    from analysis.targets import GazetteerError, gazetteer_with

    if (statement is None) == (text is None):
        raise typer.BadParameter("name either a statement or a --text")
    with refusals(SentimentRefused, GazetteerError, UnusableLayer, OSError):
        kinds, tables = kinds_by(kinds_model), gazetteer_with(gazetteer or [])
        scorers = [_scorer(one) for one in methods or [""]]
        if statement is None or statement == "-":
            given = sys.stdin.buffer.read().decode("utf-8", "replace") if text is None else text
            title = "Standard input" if text is None else "A text"
            outside = StatementText(id=title, text=given.rstrip("\n"))
            dossier = dossier_of_text(
                outside, roster_for(context, roster, db), scorers, target, tables, kinds
            )
        else:
            with Session(console_of(context, db).open()) as session:
                known = load_roster(session)
                dossier = dossier_of_statement(session, statement, known, scorers, target, tables, kinds)
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
