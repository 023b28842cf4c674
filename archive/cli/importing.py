"""The commands that read files: rosters, results, statements, news articles."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from db.console import (
    Commands,
    Console,
    DatabaseOption,
    Exit,
    JsonOption,
    complain,
    console_of,
    progress,
    refusals,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine
    from sqlmodel import Session

    from archive.ballots.rows import Ballot, Request
    from archive.imports import ImportedFile
    from archive.quote_links import Linked
    from archive.results import ResultsTally
    from archive.roster import RosterTally

app = typer.Typer()
roster = typer.Typer(cls=Commands, help="Who stands where.", no_args_is_help=True)
results = typer.Typer(cls=Commands, help="What the ballot said.", no_args_is_help=True)
app.add_typer(roster, name="roster")
app.add_typer(results, name="results")

FilesArgument = Annotated[list[Path], typer.Argument(metavar="FILE", help="Files to read, in order.")]
ElectionOption = Annotated[
    str | None,
    typer.Option(
        "--election", metavar="ID", help="Which election, such as parl.2024-07-04, if the file does not say."
    ),
]
NameOption = Annotated[str | None, typer.Option("--name", help="Name of that election.")]
TimezoneOption = Annotated[
    str | None,
    typer.Option("--timezone", metavar="ZONE", help="Zone of times that state none, such as Europe/London."),
]


SHOWN_NAMES = 3
"""Files that are named with the reason why they were left out."""


@roster.command("import")
def roster_import(
    context: typer.Context,
    files: FilesArgument,
    election: ElectionOption = None,
    name: NameOption = None,
    time_zone: TimezoneOption = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import elections, contests, candidates and their accounts (formats: docs/roster-format.md)."""
    from archive.ballots.rows import Request
    from archive.roster import store_roster

    console, request = console_of(context, db, as_json), Request(election, name, time_zone)
    _import_ballots(console, "roster", files, request, store_roster)


@results.command("import")
def results_import(
    context: typer.Context,
    files: FilesArgument,
    election: ElectionOption = None,
    name: NameOption = None,
    time_zone: TimezoneOption = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import votes, winners, totals and declaration times, checked against each other."""
    from archive.ballots.rows import Request
    from archive.results import store_results

    console, request = console_of(context, db, as_json), Request(election, name, time_zone)
    _import_ballots(console, "results", files, request, store_results)


def _import_ballots(
    console: Console,
    label: str,
    files: list[Path],
    request: "Request",
    store: "Callable[[Session, Ballot], RosterTally | ResultsTally]",
) -> None:
    """Read all files, then store all of them in one transaction, or none."""
    from archive.ballots.formats import read_ballot
    from db.engine import open_database, writing

    with refusals(), progress(label):
        ballots = [read_ballot(file, request) for file in files]
        if console.is_new():
            # What is wrong may show only when all is stored: then no empty archive shall be left behind.
            with writing(open_database(":memory:", create=True)) as session:
                for ballot in ballots:
                    store(session, ballot)
        with writing(console.open(create=True)) as session:
            tallies = [store(session, ballot) for ballot in ballots]
    for file, tally in zip(files, tallies, strict=True):
        console.say(f"{file.name}: {tally}", {"file": str(file), **asdict(tally)})


@app.command("import")
def import_statements(
    context: typer.Context,
    files: FilesArgument,
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", help="Of the file, or of its records, if it does not say."),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="FIELD=COLUMN,...", help="Which column holds what, such as text=body,id=key."
        ),
    ] = None,
    preset: Annotated[str | None, typer.Option("--preset", help="A known layout of columns.")] = None,
    platform: Annotated[str | None, typer.Option("--platform", help="Such as x, bluesky, mastodon.")] = None,
    time_zone: TimezoneOption = None,
    author: Annotated[str | None, typer.Option("--author", help="Handle of the author of all.")] = None,
    person: Annotated[str | None, typer.Option("--person", help="Person id of the author of all.")] = None,
    published: Annotated[str | None, typer.Option("--published", help="When an article appeared.")] = None,
    url: Annotated[str | None, typer.Option("--url", help="Where an article appeared.")] = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import statements from CSV, NDJSON and JSON, or the quotations in news articles.

    A file may be compressed (gzip, bzip2, xz, zstd); a ZIP, tar or folder is read file by file. What a file
    shows its content (formats: docs/importing.md). Every file's bytes are kept. A record that cannot be read
    is quarantined with its reason (exit code 1); a file that is wrong as a whole changes nothing (exit
    code 2).
    """
    from archive.contract import Choices
    from archive.imports import import_planned, plan_files

    console = console_of(context, db, as_json)
    with refusals():
        choices = Choices(
            columns=_columns(mapping or []),
            preset=preset,
            platform=platform,
            time_zone=time_zone,
            author=author,
            person=person,
            published=published,
            url=url,
        )
        plan = plan_files(files, format=format_, choices=choices)
        engine = console.open(create=True)
        imported = import_planned(engine, plan, progress=progress)
        has_articles = any(file.importer.name.startswith("article-") for file in plan.files)
        linked = _link_quotes(engine) if has_articles else None
    read = [file for file in imported if file.left_out is None]
    for file in read:
        nothing = "" if file.tally.read else ": no statement and no quotation found"
        console.say(f"{file.name}: {file.tally}{nothing}", {"file": _place(file), **asdict(file.tally)})
    _say_left_out(console, [file for file in imported if file.left_out is not None])
    if linked is not None and linked.links:
        console.say(str(linked), {"quotation_links": asdict(linked)})
    bad = sum(file.tally.quarantined for file in imported)
    if bad:
        complain(f"{bad:,} records could not be read: hustings quarantine list says which and why")
        raise typer.Exit(Exit.PARTLY)


def _link_quotes(engine: "Engine") -> "Linked":
    """Link the quotations of articles to posts that are archived."""
    from archive.quote_links import keep_quote_links

    return keep_quote_links(engine)


def _place(file: "ImportedFile") -> str:
    """A file's name behind its folder as the user wrote it."""
    return str(file.path.parent / file.name)


def _say_left_out(console: Console, files: "list[ImportedFile]") -> None:
    """For a person each reason once, with some of the files that it holds for."""
    if console.as_json:
        for file in files:
            console.say("", {"file": _place(file), "left_out": file.left_out})
        return
    reasons: dict[str, list[str]] = {}
    for file in files:
        reasons.setdefault(file.left_out or "", []).append(file.name)
    for reason, names in reasons.items():
        more = f" and {len(names) - SHOWN_NAMES:,} more" if len(names) > SHOWN_NAMES else ""
        console.say(f"left out: {', '.join(names[:SHOWN_NAMES])}{more}: {reason}", {})


def _columns(mapping: list[str]) -> dict[str, str]:
    """`--map a=b,c=d` as a dictionary."""
    from archive.contract import UnreadableSource

    pairs = [pair.partition("=") for entry in mapping for pair in entry.split(",") if pair.strip()]
    for field, sign, column in pairs:
        if not (field.strip() and sign and column.strip()):
            raise UnreadableSource(f"--map {field}: write FIELD=COLUMN, such as --map text=body")
    return {field.strip(): column.strip() for field, _, column in pairs}


@app.command()
def quotes(
    file: Annotated[Path, typer.Argument(help="A news article, plain text or HTML.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Find the statements that a news article quotes: who said what, to whom, where."""
    from archive.contract import UnreadableSource
    from archive.quotes import find_quotations, read_article, record

    with refusals():
        try:
            article = read_article(file.read_bytes(), name=str(file))
        except OSError as error:
            raise UnreadableSource(f"{file}: {error.strerror or error}") from error
    found = find_quotations(article.text, captions=article.captions)
    if not found and not as_json:
        typer.echo(f"{file}: no quotation found")
    for quotation in found:
        if as_json:
            typer.echo(json.dumps(record(quotation), ensure_ascii=False))
            continue
        addressed = f", to {quotation.addressee}" if quotation.addressee else ""
        where = f"({quotation.channel}; {quotation.cue or 'no cue'}; {quotation.start}-{quotation.end})"
        typer.echo(f"{quotation.speaker or 'unknown speaker'}{addressed} {where}\n  {quotation.text}")
