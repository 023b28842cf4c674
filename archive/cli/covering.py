"""The commands that say what is covered: coverage, watch."""

import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.options import AccountOption, PlatformOption
from archive.cli.waiting import interruptible
from db.console import Console, DatabaseOption, Exit, JsonOption, complain, console_of, refusals
from db.screens import minute

if TYPE_CHECKING:
    from archive.coverage_report import AccountCoverage, Asked
    from db.screens import Table

app = typer.Typer()

HEADER = ("account", "state", "complete since", "until", "posts", "gaps", "last success", "next", "remark")

WORRIES: "tuple[Callable[[AccountCoverage], bool], ...]" = (
    lambda one: one.busy,
    lambda one: one.failures > 0,
    lambda one: one.stale or one.ahead_at is not None,
    lambda one: one.gaps > 0,
    lambda one: any(stream.unread for stream in one.streams),
)
"""What brings an account to the top of the watched table, the first of them first."""

MOST_NAMED = 5
"""Accounts that a complaint names."""


@app.command()
def coverage(
    context: typer.Context,
    accounts: AccountOption = None,
    platform: PlatformOption = None,
    max_age: Annotated[
        str | None,
        typer.Option(
            "--max-age",
            metavar="TIME",
            help="Exit code 1 if an account is unknown for longer, or none is collected: 2h.",
        ),
    ] = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """What is proven of each account: complete since when, gaps, last success, stale."""
    console = console_of(context, db, as_json)
    with refusals():
        asked = _asked(max_age)
        covered = _covered(console, accounts, platform, asked)
    if as_json:
        console.say_all(one.record() for one in covered)
    else:
        from db.screens import printable

        typer.echo(_text(_coverage_table(covered)))
        if lines := [*_gap_lines(covered), *_failure_lines(covered)]:
            typer.echo("\n".join(map(printable, lines)))
    if max_age and (worry := _unwatched(covered, console) or _stale(covered, max_age)):
        complain(worry)
        raise typer.Exit(Exit.PARTLY)


@app.command()
def watch(
    context: typer.Context,
    accounts: AccountOption = None,
    platform: PlatformOption = None,
    max_age: Annotated[
        str | None,
        typer.Option("--max-age", metavar="TIME", help="Mark accounts that are unknown for longer: 2h."),
    ] = None,
    db: DatabaseOption = None,
) -> None:
    """Show a live table of all accounts while jobs collect them, worries first; Ctrl-C ends it."""
    from db import screens

    console = console_of(context, db)
    with refusals(), interruptible() as interrupted:
        _asked(max_age)  # refused before anything is shown

        def table() -> "Table":
            covered = _covered(console, accounts, platform, _asked(max_age))
            return _coverage_table(sorted(covered, key=_rank))

        if not sys.stdout.isatty():
            typer.echo(screens.aligned(table()))
            return
        screens.watch(table, wait=lambda seconds: interrupted(seconds))


def _asked(max_age: str | None) -> "Asked":
    """What is asked of the coverage just now."""
    from archive.collectable import collectable_platforms
    from archive.coverage_report import Asked

    longest = None
    if max_age:
        from archive.times import duration

        longest = duration(max_age)
    return Asked(datetime.now(UTC), collectable_platforms(), longest)


def _covered(
    console: Console, accounts: list[str] | None, platform: str | None, asked: "Asked"
) -> "list[AccountCoverage]":
    """The coverage of the accounts that are named, or of all: that is read without the models."""
    from archive.coverage_report import read_coverage
    from db.plain import read_rows

    if accounts or platform is not None:
        ids = _numbers(console, accounts, platform)
        return read_rows(console.address, lambda query: read_coverage(query, asked, ids=ids))
    return read_rows(console.address, lambda query: read_coverage(query, asked))


def _numbers(console: Console, accounts: list[str] | None, platform: str | None) -> list[int]:
    from sqlmodel import Session

    from archive.selection import find_accounts

    engine = console.open()
    try:
        with Session(engine) as session:
            found = find_accounts(session, tuple(accounts or ()), platform)
            return [account.id for account in found if account.id is not None]
    finally:
        engine.dispose()


def _rank(covered: "AccountCoverage") -> int:
    """Place of an account in the watched table."""
    return next((place for place, holds in enumerate(WORRIES) if holds(covered)), len(WORRIES))


def _unwatched(covered: "list[AccountCoverage]", console: Console) -> str | None:
    """Why the age of nothing can be watched: a monitor of a wrong archive must not stay green."""
    if any(one.collectable for one in covered):
        return None
    from db.engine import database_url

    there = f"no collector reads any of the {len(covered)} accounts" if covered else "there is no account"
    return f"--max-age has nothing to watch in {database_url(console.address).render_as_string()}: {there}"


def _stale(covered: "list[AccountCoverage]", max_age: str | None) -> str | None:
    """Which accounts are unknown for too long."""
    names = [f"{one.platform}:{one.handle}" for one in covered if one.stale]
    if not names:
        return None
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{len(names)} accounts unknown for longer than {max_age}: {', '.join(names[:MOST_NAMED])}{more}"


def _text(table: "Table") -> str:
    """The table, whole for a file or a pipe, as wide as the terminal otherwise."""
    from db.screens import aligned, fitted

    if not sys.stdout.isatty():
        return aligned(table)
    return fitted(table, width=shutil.get_terminal_size().columns)


def _coverage_table(covered: "list[AccountCoverage]") -> "Table":
    from archive.leases import NEVER
    from db.screens import Table

    rows = [
        (
            f"{one.platform}:{one.handle}",
            one.state or "-",
            _since(one),
            minute(min((s.until for s in one.streams if s.until), default=None)),
            f"{one.statements:,}",
            str(one.gaps),
            minute(one.succeeded_at),
            "never" if one.due_at == NEVER else minute(one.due_at),
            _remark(one),
        )
        for one in covered
    ]
    return Table(
        HEADER,
        rows,
        f"{len(rows)} accounts; times in UTC",
        least={"remark": 12, "state": 6, "account": 16},
        spared=("next", "until", "state", "last success"),
    )


def _since(one: "AccountCoverage") -> str:
    """From when on all streams of an account are complete."""
    if not one.streams or not all(stream.complete for stream in one.streams):
        return "not yet" if one.collectable else "import only"
    since = max((stream.since for stream in one.streams if stream.since), default=None)
    return minute(since) if since else "its beginning"


def _remark(one: "AccountCoverage") -> str:
    said = ["collecting" if one.busy else "", "stale" if one.stale else "", _clock(one)]
    said.append("to be continued" if any(stream.unread for stream in one.streams) else "")
    said.append(f"failed {one.failures}x: {one.error}" if one.failures and one.error else "")
    return "; ".join(word for word in said if word)


def _clock(one: "AccountCoverage") -> str:
    """That some clock was, or is, wrong."""
    if one.ahead_at is None:
        return ""
    return f"clock: last {'success' if one.ahead_at == one.succeeded_at else 'look'} lies in the future"


def _gap_lines(covered: "list[AccountCoverage]") -> "Iterator[str]":
    for one in covered:
        for stream in one.streams:
            for gap in stream.gaps:
                between = f"{minute(gap.since) if gap.since else 'its beginning'} to {minute(gap.until)}"
                yield f"GAP {one.platform}:{one.handle} {stream.stream}, {between}: {gap.reason}"


def _failure_lines(covered: "list[AccountCoverage]") -> "Iterator[str]":
    """Why accounts failed, in full: the table may cut it."""
    for one in covered:
        if one.failures and one.error:
            yield f"FAILED {one.platform}:{one.handle}, {one.failures} times: {one.error}"
