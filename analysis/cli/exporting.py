"""The command that hands the archive to other programs."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.cli.options import AfterOption, BeforeOption, ContestOption, ElectionOption, window_of
from analysis.cli.screens import on_screen
from db.console import DatabaseOption, JsonOption, console_of, progress, refusals

if TYPE_CHECKING:
    from analysis.exports import Export
    from db.screens import Table

app = typer.Typer()

KEY = "HUSTINGS_PSEUDONYM_KEY"
"""Where the key for pseudonyms is: never among the words of a command, which other users of a machine see."""


class Form(StrEnum):
    """What an export is written as."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    DATAPACKAGE = "datapackage"
    SQLITE = "sqlite"
    GRAPHML = "graphml"
    GEXF = "gexf"


ENDINGS = {
    ".sqlite": Form.SQLITE,
    ".db": Form.SQLITE,
    ".graphml": Form.GRAPHML,
    ".gexf": Form.GEXF,
}
"""Ending of OUT -> the format that it names; a folder is for CSV."""

NO_FOLDERS = (".csv", ".jsonl", ".ndjson", ".json", ".parquet", ".zip")
"""Endings that promise one file, where the tables of an export are many."""


@app.command()
def export(
    context: typer.Context,
    out: Annotated[
        Path, typer.Argument(help="A folder for the tables; or a file NAME.sqlite, .graphml or .gexf.")
    ],
    form: Annotated[
        Form | None, typer.Option("--format", help="Default: by the ending of OUT, else csv.")
    ] = None,
    election: ElectionOption = None,
    contest: ContestOption = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="ID", help="Statements by this person only.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help="Statements of this kind only.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--from", formats=["%Y-%m-%d"], metavar="DATE", help="Statements from this day (UTC) on."
        ),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            "--to", formats=["%Y-%m-%d"], metavar="DATE", help="Statements up to this day, it included."
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            metavar="NAME",
            help="Readings by this method only. Default: all; who speaks of whom is by that of a report.",
        ),
    ] = None,
    before: BeforeOption = 42,
    after: AfterOption = 14,
    dehydrated: Annotated[
        bool, typer.Option("--dehydrated", help="Ids and findings without any words: what may be shared.")
    ] = False,
    pseudonymise: Annotated[
        bool,
        typer.Option(
            "--pseudonymise",
            help=f"Keyed hashes in place of ids, without names, texts and votes; the key is in {KEY}.",
        ),
    ] = False,
    with_texts: Annotated[
        bool,
        typer.Option("--with-texts", help="Texts in a pseudonymised export all the same: they name people."),
    ] = False,
    with_codes: Annotated[bool, typer.Option("--with-codes", help="Hand codes, too.")] = False,
    with_captures: Annotated[
        bool, typer.Option("--with-captures", help="The captures' bytes, too (sqlite only).")
    ] = False,
    licence: Annotated[
        str | None,
        typer.Option("--licence", metavar="NAME", help="Said in the manifest, such as CC-BY-4.0."),
    ] = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Export the archive as tables, a network, a data package, or a smaller archive.

    Every row is accounted for: written, or left out for a reason, equal to a fresh count in the database;
    else nothing is written (exit code 3). docs/exporting.md says what the tables hold.
    """
    from analysis.exports import Filters, Hiding, Wish, write_export

    if with_texts and not pseudonymise:
        raise typer.BadParameter("--with-texts goes with --pseudonymise: any other export has texts")
    chosen = _form_of(out, form)
    with refusals(OSError, as_json=as_json), ended_by_signals(), progress("export") as tell:
        filters = Filters(
            election=election,
            contest=contest,
            person=person,
            kind=kind,
            since=_day(since),
            until=_day(until),
            method=method,
            window=window_of(before, after),
        )
        wish = Wish(
            form=chosen.value,
            hiding=Hiding(dehydrated=dehydrated, key=_key() if pseudonymise else None, with_texts=with_texts),
            with_codes=with_codes,
            with_captures=with_captures,
            licence=licence,
        )
        console = console_of(context, db, as_json)
        made = write_export(console.open(), out, wish=wish, filters=filters, progress=tell)
    console.say(_said(made), _summary(made, chosen))


def _form_of(out: Path, asked: Form | None) -> Form:
    """The format asked for, else the one that the ending of OUT names; they may not disagree."""
    ending = out.suffix.lower()
    named = ENDINGS.get(ending)
    if asked is not None and named not in (None, asked):
        raise typer.BadParameter(f"{out} ends as {named}, and the format asked for is {asked}")
    form = asked or named or Form.CSV
    if ending in NO_FOLDERS and form not in ENDINGS.values():
        raise typer.BadParameter(f"{form} is a folder with a file a table: name a folder, not {out}")
    return form


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _key() -> bytes:
    from analysis.exports.errors import BadKey

    key = os.environ.get(KEY)
    if not key:
        raise BadKey(
            f"no key for pseudonyms: put 32 bytes or more into {KEY}, and keep them as secret as the names"
        )
    return key.encode("utf-8", "surrogateescape")


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """A request to end (SIGTERM) takes the way of Ctrl-C, so that nothing half-written is left."""

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _summary(made: "Export", form: Form) -> dict[str, object]:
    from analysis.exports.manifests import count_as_json

    return {
        "out": str(made.out),
        "format": form.value,
        "manifest": str(made.manifest),
        "tables": [count_as_json(one) for one in made.counts],
    }


def _said(made: "Export") -> str:
    reasons = [
        f"  {one.table}: {rows:,} {why}"
        for one in made.counts
        for why, rows in [*one.left_out.items(), *one.added.items()]
    ]
    why = ["left out or added:", *reasons] if reasons else []
    return "\n".join([on_screen(_table(made)), *why, f"every row is accounted for: {made.manifest}"])


def _table(made: "Export") -> "Table":
    """Rows in the database, left out, added and written; a dash for what is reckoned from other tables."""
    from db.screens import Table

    rows = [
        (
            one.table,
            "-" if one.in_database is None else f"{one.in_database:,}",
            f"{sum(one.left_out.values()):,}",
            f"{sum(one.added.values()):,}",
            f"{one.written:,}",
        )
        for one in made.counts
    ]
    header = ("table", "in database", "left out", "added", "written")
    return Table(header, rows, numbers=header[1:])
