"""The commands about what could not be read, and about reading again what was kept: quarantine, reparse."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.waiting import interruptible
from db.console import (
    Commands,
    DatabaseOption,
    Exit,
    JsonOption,
    complain,
    console_of,
    progress,
    refusals,
)
from db.files import whole_or_not

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from archive.contract import Collector
    from archive.quarantine import Disagreement, Entry, Wanted
    from archive.rereading import Reread, Selected

app = typer.Typer()
quarantine = typer.Typer(cls=Commands, help="Records that could not be read.", no_args_is_help=True)
app.add_typer(quarantine, name="quarantine")

HEADER = ("file", "position", "reason", "beginning", "reader", "found")
MOST = 50
"""Rows that a list shows unless more are asked for."""

FileOption = Annotated[
    str | None, typer.Option("--file", metavar="PART", help="Only of files and pages so named.")
]
ReasonOption = Annotated[
    str | None, typer.Option("--reason", metavar="PART", help="Only those with this in the reason.")
]
OfPlatformOption = Annotated[str | None, typer.Option("--platform", help="Only of this platform.")]
ReaderOption = Annotated[
    str | None,
    typer.Option("--reader", metavar="NAME", help="Only what this one read: csv, x-1, ..."),
]


@quarantine.command("list")
def list_(
    context: typer.Context,
    file: FileOption = None,
    reason: ReasonOption = None,
    platform: OfPlatformOption = None,
    reader: ReaderOption = None,
    resolved: Annotated[bool, typer.Option("--all", help="Also what was read since.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Rows shown at most.")] = MOST,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what could not be read, where and why, and how often for each reason."""
    from archive.quarantine import Wanted, count_by_reason

    console = console_of(context, db, as_json)
    with refusals(as_json=as_json):
        entries = _found(console.open(), Wanted(file, reason, platform, reader, resolved))
    counts, shown = count_by_reason(entries), entries[:limit]
    summary = {"rows": len(entries), "reasons": counts, "shown": [_plain(one) for one in shown]}
    console.say(_listed(entries, shown, counts), summary)


@quarantine.command()
def export(
    context: typer.Context,
    target: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Default: standard output.")] = None,
    file: FileOption = None,
    reason: ReasonOption = None,
    platform: OfPlatformOption = None,
    reader: ReaderOption = None,
    resolved: Annotated[bool, typer.Option("--all", help="Also what was read since.")] = False,
    db: DatabaseOption = None,
) -> None:
    """Write what could not be read as NDJSON: file, position, reason, the raw record where it is cut out."""
    from sqlmodel import Session

    from archive.contract import UnreadableSource
    from archive.quarantine import Wanted, find_entries, record_of

    wanted = Wanted(file, reason, platform, reader, resolved)
    with refusals(UnreadableSource, OSError), Session(console_of(context, db).open()) as session:
        lines = (
            json.dumps(record_of(session, entry), ensure_ascii=False)
            for entry in list(find_entries(session, wanted))
        )
        if target is None:
            for line in lines:
                typer.echo(line)
            return
        with whole_or_not(target) as partial, partial.open("w", encoding="utf-8") as written:
            count = sum(1 for line in lines if written.write(f"{line}\n"))
    typer.echo(f"{count:,} records: {target}", err=True)


@quarantine.command()
def retry(
    context: typer.Context,
    file: FileOption = None,
    reason: ReasonOption = None,
    platform: OfPlatformOption = None,
    reader: ReaderOption = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the kept bytes behind these rows again, with the readers of this release.

    What is read now becomes a statement; its row stays, marked with when and by which reader. Exit code 1
    where some cannot be read still.
    """
    from archive.quarantine import Wanted
    from archive.rereading import Selected

    console, wanted = console_of(context, db, as_json), Wanted(file, reason, platform, reader)
    with refusals(as_json=as_json):
        engine = console.open()
        captures = frozenset(entry.capture_id for entry in _found(engine, wanted))
        done = _reread(engine, Selected(captures=captures))
        left = len(_found(engine, wanted))
    summary = {**asdict(done), "left": left}
    console.say(f"{done}; {left:,} of these rows are still in the quarantine", summary)
    if left or done.stopped:
        raise typer.Exit(Exit.PARTLY)


@quarantine.command()
def contradictions(context: typer.Context, db: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Show where two sources give one post another author or time, and which of them is kept."""
    from sqlmodel import Session

    from archive.quarantine import find_disagreements

    console = console_of(context, db, as_json)
    with refusals(as_json=as_json), Session(console.open()) as session:
        found = find_disagreements(session)
    console.say(_contradicted(found), {"rows": [asdict(one) for one in found]})


@app.command()
def reparse(
    context: typer.Context,
    reader: ReaderOption = None,
    platform: OfPlatformOption = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="Only what was retrieved from this day (UTC) on."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be; change nothing.")] = False,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read all kept captures again with the readers of this release, without a network.

    New statements are stored, readings are corrected (run `hustings analyse` afterwards). Ctrl-C stops after
    a capture; the same command goes on there.
    """
    from archive.rereading import Selected

    console = console_of(context, db, as_json)
    with refusals(as_json=as_json):
        day = since.replace(tzinfo=UTC) if since else None
        done = _reread(console.open(), Selected(reader, platform, day), dry_run=dry_run)
    said = f"{'would be: ' if dry_run else ''}{done}"
    console.say(said, {**asdict(done), "dry_run": dry_run})
    if done.stopped:
        complain("stopped: the same command goes on from here")
    if done.stopped or done.unread or done.tally.quarantined:
        raise typer.Exit(Exit.PARTLY)


def _reread(engine: "Engine", selected: "Selected", *, dry_run: bool = False) -> "Reread":
    from archive.collecting import Means
    from archive.rereading import readers_of_release, reread
    from db.release import release

    def collectors(name: str) -> "Mapping[str, Collector]":
        return Means(os.environ, chosen=(name,)).collectors()

    with interruptible("stopping after this capture") as stop, progress("reparse") as tell:
        return reread(
            engine,
            readers_of_release(collectors),
            selected,
            version=release(),
            dry_run=dry_run,
            stop=stop,
            progress=tell,
        )


def _found(engine: "Engine", wanted: "Wanted") -> "list[Entry]":
    from sqlmodel import Session

    from archive.quarantine import find_entries

    with Session(engine) as session:
        return list(find_entries(session, wanted))


def _plain(entry: "Entry") -> dict[str, object]:
    return {**asdict(entry), "found_at": entry.found_at.isoformat()}


def _listed(entries: "list[Entry]", shown: "list[Entry]", counts: Mapping[str, int]) -> str:
    from db.screens import Table, aligned, minute, printable

    if not entries:
        return "nothing is in the quarantine"
    reasons = [f"{count:>9,}  {printable(reason)}" for reason, count in counts.items()]
    rows = [
        (one.file, one.position, one.reason, one.excerpt or "", one.reader or "-", minute(one.found_at))
        for one in shown
    ]
    more = len(entries) - len(shown)
    caption = f"{len(entries):,} rows" + (f"; {more:,} more: --limit" if more else "")
    return "\n".join([*reasons, "", aligned(Table(HEADER, rows, caption))])


def _contradicted(found: "list[Disagreement]") -> str:
    from db.screens import Table, aligned, minute

    if not found:
        return "no source contradicts another"
    rows = [
        (one.statement, one.field, one.kept or "-", one.said, one.file, minute(one.found_at)) for one in found
    ]
    header = ("statement", "field", "kept", "also said", "file", "found")
    return aligned(Table(header, rows, f"{len(rows):,} contradictions"))
