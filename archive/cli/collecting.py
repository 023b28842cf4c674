"""The commands that collect: collect, add."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.options import AccountOption, AllowOption, BudgetOption, CollectorOption, PlatformOption
from archive.cli.waiting import PassingLine, interruptible, passing_line
from db.console import Console, DatabaseOption, Exit, JsonOption, console_of, refusals

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from archive.collecting import Means
    from archive.endings import Outcome, Summary, Wanted
    from archive.jobs import Wish

app = typer.Typer()

STOPPING = "stopping once the pages that are being read are stored; once more ends at once, and loses nothing"


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
    from archive.jobs import Wish
    from archive.times import duration, next_moment

    console = console_of(context, db, as_json)
    with refusals(as_json=as_json), interruptible(STOPPING) as interrupted, passing_line() as line:
        end = next_moment(until, now=datetime.now(UTC)) if until else None
        means = _means(allow_host, collector, budget, waiting=line.waiting)
        means = replace(means, stop=lambda: interrupted() or (end is not None and datetime.now(UTC) >= end))
        wish = Wish(
            tuple(accounts or ()), platform, due or end is not None, full, duration(max_wait), workers
        )
        engine = console.open()
        if estimate:
            _say_estimate(console, engine, means, wish)
            return
        summaries = _rounds(console, line, engine, means, wish, end)
        code = _say_all(console, summaries, interrupted=interrupted())
    if code:
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
    with refusals(CollectingError, UnreadablePage, as_json=as_json), passing_line() as line:
        means = _means(allow_host, collector, budget, waiting=line.waiting)
        added = add_post(console.open, means, url)
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


def _rounds(
    console: Console,
    line: PassingLine,
    engine: "Engine",
    means: "Means",
    wish: "Wish",
    end: datetime | None,
) -> "list[Summary]":
    """The job's rounds. A person is told of each account and round as it ends; programs get one summary."""
    from archive.jobs import run
    from archive.streams import Collected

    def told(wanted: "Wanted", collected: "Collected") -> None:
        so_far[wanted.account_id] = so_far.get(wanted.account_id, Collected()) + collected
        line.reading(wanted.name, so_far[wanted.account_id].pages, so_far[wanted.account_id].tally.read)

    def ended(outcome: "Outcome") -> None:
        so_far.pop(outcome.wanted.account_id, None)
        line.clear()
        if outcome.asked:
            typer.echo(f"{outcome.wanted.name}: {outcome}")

    so_far: dict[int, Collected] = {}
    if console.as_json:
        return list(run(engine, means, wish, end=end, told=told))
    summaries = []
    with _told_otherwise("archive.rounds"):
        for summary in run(engine, means, wish, end=end, ended=ended, told=told):
            not_asked = summary.not_asked()
            for one in summary.outcomes:
                if more := not_asked.get(one.wanted.account_id):
                    typer.echo(f"{one.wanted.platform}: {more:,} accounts more were not asked for")
            typer.echo(f"round {summary.round_id}: {_counted(summary)}")
            summaries.append(summary)
    return summaries


@contextmanager
def _told_otherwise(name: str) -> Iterator[None]:
    """Keep a logger from saying once more what a person is told in any case."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _counted(summary: "Summary") -> str:
    counts, collected = summary.counts(), summary.collected
    accounts = ", ".join(f"{number} {ending}" for ending, number in counts["accounts"].items()) or "none due"
    return (
        f"accounts: {accounts}; {collected.pages:,} pages; {collected.tally}; {len(collected.gaps)} new gaps"
    )


def _say_all(console: Console, summaries: "list[Summary]", *, interrupted: bool) -> int:
    """The summary of the job, for programs; its exit code."""
    from archive.endings import together

    if not summaries:  # the database could not be written until the end
        code = int(Exit.TRY_LATER)
        console.say("nothing was collected", {"rounds": 0, "exit_code": code, "interrupted": interrupted})
        return code
    summary = together(summaries)
    code = summary.exit_code or (Exit.PARTLY if interrupted else Exit.DONE)
    if console.as_json:
        not_asked = summary.not_asked()
        short = [
            {
                "account": one.wanted.name,
                "not_asked": not_asked.get(one.wanted.account_id, 0),
                "ending": one.ending,
                "message": one.message,
                "gaps": one.collected.gaps,
                "quarantined": one.collected.tally.quarantined,
            }
            for one in summary.outcomes
            if one.is_short and one.asked
        ]
        said = {"round": summary.round_id, "rounds": len(summaries), "exit_code": int(code)}
        console.say("", {**said, "interrupted": interrupted, **summary.counts(), "short": short})
    return int(code)


def _say_estimate(console: Console, engine: "Engine", means: "Means", wish: "Wish") -> None:
    from archive.budgets import spent_this_month
    from archive.collecting import X_CREDENTIAL
    from archive.estimates import estimate_costs
    from archive.jobs import choose

    now = datetime.now(UTC)
    spent, limit = spent_this_month(engine, X_CREDENTIAL), means.spending_limits().get(X_CREDENTIAL)
    console.say(
        f"spent on X this month (UTC): ${spent:,.2f} of {'no budget' if limit is None else f'${limit:,.2f}'}",
        {"spent": spent, "budget": limit},
    )
    for one in estimate_costs(engine, choose(engine, means.collectors(), wish, now=now), now=now):
        console.say(
            f"{one.account}: about ${one.expected:,.2f} (${one.low:,.2f} to ${one.high:,.2f})", asdict(one)
        )
