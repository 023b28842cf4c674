"""The commands that set statements beside results: concessions, accusations."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.cli.following import Look, show_concessions, tell_news
from analysis.cli.options import AfterOption, BeforeOption, ContestOption, ElectionOption, window_of
from analysis.cli.screens import on_screen
from db.console import DatabaseOption, console_of, progress, refusals
from db.files import whole_or_not

if TYPE_CHECKING:
    from analysis.reports.accusations.elections import ElectionAccusations
    from analysis.reports.concessions.elections import ElectionConcessions

app = typer.Typer()

ReadByOption = Annotated[
    str | None,
    typer.Option("--method", metavar="NAME", help="Whose readings are counted. Default: as for report."),
]


class Form(StrEnum):
    """How accusations are given."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    GRAPHML = "graphml"
    GEXF = "gexf"


@app.command()
def accusations(
    context: typer.Context,
    out: Annotated[
        Path | None,
        typer.Argument(
            help="A file NAME.graphml, .gexf or .json; or a folder for the CSV files. Without: here."
        ),
    ] = None,
    election: ElectionOption = None,
    contest: ContestOption = None,
    form: Annotated[
        Form | None, typer.Option("--format", help="Default: by the ending of OUT; without OUT a table.")
    ] = None,
    in_group: Annotated[
        list[str] | None,
        typer.Option(
            "--in-group",
            metavar="party|none|FILE",
            help="Who belongs together: the party (default), nobody, or blocs of parties from a CSV file "
            "with the columns party,bloc. Repeatable: rows and edges show the first, the summary all.",
        ),
    ] = None,
    before: BeforeOption = 42,
    after: AfterOption = 14,
    method: ReadByOption = None,
    everything: Annotated[bool, typer.Option("--all", help="All rows on the screen.")] = False,
    db: DatabaseOption = None,
) -> None:
    """Show who accuses whom of what, before and after the result; or write it as a network.

    Files are of one election: accusations.csv, nodes.csv and edges.csv in a folder, or a network for
    Gephi, igraph and others (docs/concessions.md).
    """
    from sqlmodel import Session

    from analysis.reports.accusations.elections import find_accusations

    chosen = form or _form_of(out)
    with refusals(OSError):
        with Session(console_of(context, db).open()) as session, progress("accusations") as tell:
            found = find_accusations(
                session,
                election=election,
                contest=contest,
                window=window_of(before, after),
                method=method,
                in_groups=in_group or ["party"],
                progress=tell,
            )
        if chosen is Form.TABLE:
            _show_accusations(found, everything=everything)
        elif out is None:
            typer.echo(_accusation_text(found, chosen), nl=chosen is Form.JSON)
        else:
            _write_accusations(found, chosen, out)


@app.command()
def concessions(
    context: typer.Context,
    election: ElectionOption = None,
    contest: ContestOption = None,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow", help="Go on, and tell what is new whenever the archive changed; Ctrl-C ends."
        ),
    ] = False,
    every: Annotated[
        float, typer.Option("--every", metavar="SECONDS", min=1, help="How often --follow looks.")
    ] = 10,
    as_json: Annotated[
        bool, typer.Option("--json", help="Everything, as JSON; with --follow a line a new claim.")
    ] = False,
    table: Annotated[
        Path | None,
        typer.Option(
            "--csv", metavar="FILE", help="A row a candidacy; NAME-claims.csv and NAME-summary.csv beside it."
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All contests on the screen.")] = False,
    before: BeforeOption = 42,
    after: AfterOption = 14,
    method: ReadByOption = None,
    db: DatabaseOption = None,
) -> None:
    """Show who conceded, who refused, and of whom nothing was found, beside the result.

    A finding that nobody has reviewed is marked (machine). "None found" says how well it is backed:
    complete, partial, files only (docs/concessions.md).
    """
    if table is not None and (follow or as_json):
        raise typer.BadParameter("--csv writes files once: leave --follow and --json out")
    look = Look(election, contest, window_of(before, after), method)
    with refusals(OSError):
        engine = console_of(context, db).open()
        if follow:
            tell_news(engine, look, every=every, as_json=as_json, everything=everything)
            return
        with progress("concessions") as tell:
            found = look.at(engine, tell)
        if as_json:
            from analysis.reports.concessions.elections import as_json as concessions_json

            typer.echo(json.dumps([concessions_json(one) for one in found], ensure_ascii=False))
        elif table is not None:
            _write_concessions(found, table)
        else:
            show_concessions(found, everything=everything)


def _write_concessions(found: "list[ElectionConcessions]", file: Path) -> None:
    from analysis.reports.concessions.elections import csv_files

    names = {"concessions": file.name} | {
        table: f"{file.stem}-{ending}.csv"
        for table, ending in (("claims", "claims"), ("concession-summary", "summary"))
    }
    for name, text in csv_files(found).items():
        _write(file.with_name(names[name]), text)
    rows, claims = (sum(len(getattr(one, part)) for one in found) for part in ("rows", "claims"))
    typer.echo(f"{rows:,} candidacies and {claims:,} claims: {', '.join(names.values())}")


def _form_of(out: Path | None) -> Form:
    """The format that a file's ending names; a folder is for CSV."""
    if out is None:
        return Form.TABLE
    ending = out.suffix.lower().removeprefix(".")
    return Form(ending) if ending in (Form.JSON, Form.GRAPHML, Form.GEXF) else Form.CSV


def _show_accusations(found: "list[ElectionAccusations]", *, everything: bool) -> None:
    from analysis.reports.accusations.screen import MOST_ROWS, accusation_table, summary_lines
    from db.screens import printable

    if not found:
        typer.echo("the archive holds no election")
    for number, one in enumerate(found):
        typer.echo(("\n" if number else "") + printable(f"{one.election.name} ({one.election.id})"))
        if one.rows:
            typer.echo(on_screen(accusation_table(one, most=None if everything else MOST_ROWS)))
        for line in summary_lines(one):
            typer.echo(printable(line))


def _accusation_text(found: "list[ElectionAccusations]", form: Form) -> str:
    """One document of that format."""
    from datetime import UTC, datetime

    from analysis.reports.accusations.elections import as_json, csv_files, only_one
    from analysis.reports.accusations.graphs import GRAPHS

    if form is Form.JSON:
        return json.dumps([as_json(one) for one in found], ensure_ascii=False)
    one = only_one(found)
    if form is Form.CSV:
        return csv_files(one)["accusations.csv"]
    return GRAPHS[form.value](one.network, made=datetime.now(UTC).date())


def _write_accusations(found: "list[ElectionAccusations]", form: Form, out: Path) -> None:
    """Write a file, or the CSV files into a folder; say what they hold."""
    from analysis.reports.accusations.elections import csv_files, only_one

    if form is not Form.CSV:
        _write(out, _accusation_text(found, form))
    else:
        files = csv_files(only_one(found))
        out.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            _write(out / name, text)
    nodes, edges = (sum(len(getattr(one.network, part)) for one in found) for part in ("nodes", "edges"))
    typer.echo(f"{nodes:,} actors and {edges:,} {'edge' if edges == 1 else 'edges'}: {out}")


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    with whole_or_not(path) as partial:
        partial.write_text(text, encoding="utf-8", errors="replace", newline="")
