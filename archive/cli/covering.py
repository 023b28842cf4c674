"""The commands that say what is covered: coverage, watch."""

import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.options import AccountOption, PlatformOption
from archive.cli.waiting import interruptible
from db.console import DatabaseOption, Exit, JsonOption, complain, console_of, refusals

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from archive.coverage_report import AccountCoverage
    from db.screens import Table

app = typer.Typer()


@app.command()
def coverage(
    context: typer.Context,
    accounts: AccountOption = None,
    platform: PlatformOption = None,
    max_age: Annotated[
        str | None,
        typer.Option(
            "--max-age", metavar="TIME", help="Exit code 1 if an account is unknown for longer: 2h."
        ),
    ] = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """What is proven of each account: complete since when, gaps, last success, stale."""
    from archive.times import duration

    console = console_of(context, db, as_json)
    with refusals():
        longest = duration(max_age) if max_age else None
        covered = _covered(console.open(), accounts, platform, longest)
    if as_json:
        for one in covered:
            console.say("", {**asdict(one), "gaps": one.gaps})
    else:
        from db.screens import aligned

        typer.echo(aligned(_coverage_table(covered)))
        for line in _gap_lines(covered):
            typer.echo(line)
    stale = [one for one in covered if one.stale]
    if stale:
        names = ", ".join(f"{one.platform}:{one.handle}" for one in stale[:5])
        complain(f"{len(stale)} accounts unknown for longer than {max_age}: {names}")
        raise typer.Exit(Exit.PARTLY)


@app.command()
def watch(
    context: typer.Context,
    accounts: AccountOption = None,
    platform: PlatformOption = None,
    db: DatabaseOption = None,
) -> None:
    """Show a live table of all accounts while jobs collect them; Ctrl-C ends it."""
    from db import screens

    console = console_of(context, db)
    with refusals(), interruptible() as interrupted:
        engine = console.open()

        def table() -> "Table":
            return _coverage_table(_covered(engine, accounts, platform, None))

        if not sys.stdout.isatty():
            typer.echo(screens.aligned(table()))
            return
        screens.watch(table, wait=lambda seconds: interrupted(seconds))


def _covered(
    engine: "Engine", accounts: list[str] | None, platform: str | None, longest: timedelta | None
) -> "list[AccountCoverage]":
    from sqlmodel import Session

    from archive.collecting import Means
    from archive.coverage_report import cover_accounts
    from archive.selection import find_accounts

    collectable = Means(os.environ).collectors()
    with Session(engine) as session:
        found = find_accounts(session, tuple(accounts or ()), platform)
        return cover_accounts(session, found, now=datetime.now(UTC), collectable=collectable, max_age=longest)


def _coverage_table(covered: "list[AccountCoverage]") -> "Table":
    from archive.schedules import NEVER
    from db.screens import Table

    header = ("account", "state", "complete since", "until", "posts", "gaps", "last success", "next", "")
    rows = [
        (
            f"{one.platform}:{one.handle}",
            one.state or "-",
            _since(one),
            _time(min((s.until for s in one.streams if s.until), default=None)),
            f"{one.statements:,}",
            str(one.gaps),
            _time(one.succeeded_at),
            "never" if one.due_at == NEVER else _time(one.due_at),
            _remark(one),
        )
        for one in covered
    ]
    return Table(header, rows, f"{len(rows)} accounts; times in UTC")


def _since(one: "AccountCoverage") -> str:
    """From when on all streams of an account are complete."""
    if not one.streams or not all(stream.complete for stream in one.streams):
        return "not yet" if one.collectable else "import only"
    since = max((stream.since for stream in one.streams if stream.since), default=None)
    return _time(since) if since else "its beginning"


def _remark(one: "AccountCoverage") -> str:
    said = ["collecting" if one.busy else "", "stale" if one.stale else ""]
    said.append("to be continued" if any(stream.unread for stream in one.streams) else "")
    said.append(f"failed {one.failures}x: {one.error}" if one.failures and one.error else "")
    return "; ".join(word for word in said if word)


def _gap_lines(covered: "list[AccountCoverage]") -> "Iterator[str]":
    for one in covered:
        for stream in one.streams:
            for gap in stream.gaps:
                between = f"{_time(gap.since) if gap.since else 'its beginning'} to {_time(gap.until)}"
                yield f"GAP {one.platform}:{one.handle} {stream.stream}, {between}: {gap.reason}"


def _time(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if moment else "-"
