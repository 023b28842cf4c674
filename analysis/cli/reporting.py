"""The command that writes a report."""

import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from analysis.cli.options import AfterOption, BeforeOption, ContestOption, ElectionOption, window_of
from db.console import DatabaseOption, JsonOption, console_of, progress, refusals

app = typer.Typer()

WORTH_PROCESSES = 8_000_000
"""Bytes of an archive's file from which the report will have work for other processes."""


def _time_of(as_of: str | None) -> datetime | None:
    if as_of is None:
        return None
    from db.as_of import parse_as_of

    return parse_as_of(as_of)


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
    reasons: Annotated[
        int | None,
        typer.Option(
            "--reasons",
            min=0,
            metavar="N",
            help="Show the words that weigh in the labels of N statements of each candidate. Default: of all "
            "in archives of up to 3,000 statements, else of none.",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DATE",
            help="Tell what was known then: a day (its end, UTC) or a time with its offset.",
        ),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(
            "--base-url",
            metavar="URL",
            help="Where the report will be published: for the links in its feeds.",
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            "--processes", min=1, metavar="N", help="How many may read at once. Default: one a processor."
        ),
    ] = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a site that opens from disk: results, statements, targets, and how they hang together.

    What did not change since the report that is there is taken over from it.
    """
    console = console_of(context, db, as_json)
    processes = processes or os.cpu_count() or 1
    if processes > 1 and console.file_size() >= WORTH_PROCESSES:
        from analysis.processes import FOR_REPORTS, load_ahead

        load_ahead(FOR_REPORTS)
    from analysis.publishing import write_report

    with refusals(), progress("report") as tell:
        tally = write_report(
            console.open(),
            out,
            election=election,
            contest=contest,
            window=window_of(before, after),
            method=method,
            threshold=unclear_below,
            reasons=reasons,
            as_of=_time_of(as_of),
            base=base_url,
            processes=processes,
            progress=tell,
        )
    console.say(
        f"{tally.changes}\n{tally.statements:,} statements in {tally.contests:,} contests, "
        f"{tally.contests_written:,} of them written anew: {tally.index}",
        asdict(tally),
    )
