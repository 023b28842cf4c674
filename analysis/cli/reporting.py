"""The command that writes a report."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from analysis.cli.options import AfterOption, BeforeOption, ContestOption, ElectionOption, window_of
from db.console import DatabaseOption, JsonOption, console_of, progress, refusals

app = typer.Typer()


@app.command()
def report(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help="Folder for the report; an earlier report in it is replaced.")],
    election: ElectionOption = None,
    contest: ContestOption = None,
    before: BeforeOption = 42,
    after: AfterOption = 14,
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
    from analysis.reports import write_report

    console = console_of(context, db, as_json)
    with refusals(), progress("report") as tell:
        tally = write_report(
            console.open(),
            out,
            election=election,
            contest=contest,
            window=window_of(before, after),
            method=method,
            threshold=unclear_below,
            progress=tell,
        )
    console.say(
        f"{tally.statements:,} statements in {tally.contests:,} contests: {tally.index}", asdict(tally)
    )
