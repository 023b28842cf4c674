"""The command that asks again for what is archived: recheck."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.options import AccountOption, AllowOption, CollectorOption, PlatformOption
from archive.cli.waiting import interruptible, passing_line
from db.console import DatabaseOption, JsonOption, console_of, refusals

if TYPE_CHECKING:
    from archive.recheck.rounds import Rechecking, Summary

app = typer.Typer()

STOPPING = "stopping once what was answered is stored; once more ends at once, and loses nothing"


@app.command()
def recheck(
    context: typer.Context,
    due: Annotated[bool, typer.Option("--due", help="Only statements whose time has come.")] = False,
    budget: Annotated[
        int | None, typer.Option("--budget", metavar="N", min=1, help="Requests at most in this run.")
    ] = None,
    accounts: AccountOption = None,
    platform: PlatformOption = None,
    apart: Annotated[
        str, typer.Option("--apart", help="Least time between the two checks that prove a deletion.")
    ] = "6h",
    collector: CollectorOption = None,
    allow_host: AllowOption = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask the platforms again for what is archived: edits become versions, deletions are observed.

    A deletion is stated only after two checks hours apart, each with the account alive and our access
    healthy (docs/recheck.md). What X may cost is HUSTINGS_X_BUDGET's to say. Exit code 1: some statements
    were not asked for (it says why); 4: credentials are missing.
    """
    from archive.collecting import Means, opening
    from archive.recheck.choosing import Wish
    from archive.recheck.deciding import apart_of
    from archive.recheck.rounds import Surroundings
    from archive.recheck.rounds import recheck as run
    from db.release import release

    console = console_of(context, db, as_json)
    with refusals(as_json=as_json), interruptible(STOPPING) as interrupted, passing_line() as line:
        wish = Wish(tuple(accounts or ()), platform, due, apart_of(apart), budget)
        means = Means(
            os.environ,
            allow=tuple(allow_host or ()),
            chosen=tuple(collector or ()),
            waiting=line.waiting,
            stop=interrupted,
        )
        engine = console.open()

        def ended(one: "Rechecking") -> None:
            line.clear()
            if not as_json:
                typer.echo(f"{one.outcome.wanted.name}: {one}")

        around = Surroundings(
            engine, means.collectors(), opening(means, engine), means.clock.now, stop=interrupted, ended=ended
        )
        summary = run(around, wish, version=release())
    counts = {"round": summary.round_id, **summary.counts(), "exit_code": summary.exit_code}
    console.say(_said(summary), counts)
    if summary.exit_code:
        raise typer.Exit(summary.exit_code)


def _said(summary: "Summary") -> str:
    found, counts = summary.found, summary.counts()
    observed = "".join(f"; {count:,} {state}" for state, count in sorted(found.observed.items()))
    unable = "".join(
        f"; {platform} cannot be asked again ({accounts:,} accounts)"
        for platform, accounts in sorted(summary.not_rechecked.items())
    )
    return (
        f"round {summary.round_id}: {found.checked:,} of {counts['statements']:,} statements answered, "
        f"{found.edited:,} edited{observed}; {summary.requests:,} requests{unable}"
    )
