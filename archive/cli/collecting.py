"""The commands that collect: collect, add."""

import os
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.options import AccountOption, AllowOption, BudgetOption, CollectorOption, PlatformOption
from archive.cli.waiting import countdown, interruptible
from db.console import Console, DatabaseOption, Exit, JsonOption, complain, console_of, refusals

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from archive.collecting import Means
    from archive.jobs import Wish
    from archive.rounds import Outcome, Summary

app = typer.Typer()


@app.command()
def collect(
    context: typer.Context,
    due: Annotated[bool, typer.Option("--due", help="Only accounts whose time has come.")] = False,
    accounts: AccountOption = None,
    platform: PlatformOption = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="TIME", help="Go on with what comes due until then: 06:00, 8h or an ISO time."
        ),
    ] = None,
    full: Annotated[
        bool | None,
        typer.Option("--full/--no-full", help="Read again all that the platforms show. Default: weekly."),
    ] = None,
    estimate: Annotated[bool, typer.Option("--estimate", help="Ask nobody; say what X would cost.")] = False,
    budget: BudgetOption = None,
    max_wait: Annotated[
        str, typer.Option("--max-wait", help="How long to wait for servers' limits: 90s, 15m, 1h.")
    ] = "15m",
    workers: Annotated[int, typer.Option("--workers", min=1, max=32, help="Accounts at a time.")] = 4,
    collector: CollectorOption = None,
    allow_host: AllowOption = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Collect what accounts published since the last time, without a gap.

    Can be interrupted at any moment, also by a power cut: the next run goes on where this one was. Exit
    code 1: something is missing (it says what); 4: credentials are missing; 75: another job is at it all.
    """
    from archive.jobs import Wish, run
    from archive.times import duration, next_moment

    console, codes = console_of(context, db, as_json), []
    with refusals(), interruptible() as interrupted, countdown() as waiting:
        end = next_moment(until, now=datetime.now(UTC)) if until else None
        means = _means(allow_host, collector, budget, waiting=waiting)
        means = replace(means, stop=lambda: interrupted() or (end is not None and datetime.now(UTC) >= end))
        wish = Wish(
            tuple(accounts or ()), platform, due or end is not None, full, duration(max_wait), workers
        )
        engine = console.open()
        if estimate:
            _say_estimate(console, engine, means, wish)
            return
        for summary in run(engine, means, wish, end=end, ended=_line(console)):
            codes.append(summary.exit_code)
            _say(console, summary)
    if interrupted():
        complain("interrupted: the next run goes on where this one was")
        codes.append(Exit.PARTLY)
    if code := next((code for code in (4, 1, 75) if code in codes), 0):
        raise typer.Exit(code)


@app.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="Address of one post on a platform that is collected.")],
    collector: CollectorOption = None,
    budget: BudgetOption = None,
    allow_host: AllowOption = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Archive one post now, from any platform that is collected."""
    from archive.contract import CollectingError, UnreadablePage
    from archive.single import add_post

    console = console_of(context, db, as_json)
    with refusals(CollectingError, UnreadablePage), countdown() as waiting:
        means = _means(allow_host, collector, budget, waiting=waiting)
        added = add_post(console.open(create=True), means, url)
    console.say(f"{url}: {added.tally}", {"url": url, **asdict(added.tally), "post": added.post_id})


def _means(
    allow_host: list[str] | None,
    collector: list[str] | None,
    budget: float | None,
    *,
    waiting: "Callable[[str, float, str], None]",
) -> "Means":
    from archive.collecting import Means

    return Means(
        environment=os.environ,
        allow=tuple(allow_host or ()),
        chosen=tuple(collector or ()),
        budget=budget,
        waiting=waiting,
    )


def _line(console: Console) -> "Callable[[Outcome], None]":
    """Tells a person how an account's round ended, as it ends; programs get the summary alone."""

    def line(outcome: "Outcome") -> None:
        if not console.as_json:
            why = f": {outcome.message}" if outcome.message else ""
            gaps = "".join(f"; GAP {gap}" for gap in outcome.collected.gaps)
            typer.echo(f"{outcome.wanted.name}: {outcome.ending}{why}; {outcome.collected.tally}{gaps}")

    return line


def _say(console: Console, summary: "Summary") -> None:
    counts = summary.counts()
    accounts = ", ".join(f"{number} {ending}" for ending, number in counts["accounts"].items()) or "none due"
    collected = summary.collected
    console.say(
        f"round {summary.round_id}: accounts: {accounts}; {collected.pages:,} pages; {collected.tally};"
        f" {len(collected.gaps)} new gaps",
        {"round": summary.round_id, "exit_code": summary.exit_code, **counts},
    )


def _say_estimate(console: Console, engine: "Engine", means: "Means", wish: "Wish") -> None:
    from archive.estimates import estimate_costs
    from archive.jobs import choose

    now = datetime.now(UTC)
    for one in estimate_costs(engine, choose(engine, means.collectors(), wish, now=now), now=now):
        console.say(
            f"{one.account}: about ${one.expected:,.2f} (${one.low:,.2f} to ${one.high:,.2f})", asdict(one)
        )
