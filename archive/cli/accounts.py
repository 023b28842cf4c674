"""The commands about accounts: add, import, list, check."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.cli.options import AccountOption, AllowOption, BudgetOption, CollectorOption, PlatformOption
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
from db.screens import minute

if TYPE_CHECKING:
    from archive.account_import import AccountImport, Told
    from archive.account_list import ListedAccount
    from archive.ballots.rows import AccountRow
    from archive.checking import Checked

app = typer.Typer(cls=Commands, help="Whose account is whose, and who and where it is.", no_args_is_help=True)

MOST_TOLD = 20
"""Places of a file that are told to a person; --json tells all."""


@app.command()
def add(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help="Person id in the archive, such as dc:143.")],
    platform: Annotated[
        str, typer.Argument(metavar="PLATFORM|ADDRESS", help="Such as x, bluesky; or its page's address.")
    ],
    handle: Annotated[
        str | None, typer.Argument(help="With or without @; for a feed its address. Not beside an address.")
    ] = None,
    platform_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="The platform's own immutable id of it.")
    ] = None,
    url: Annotated[str | None, typer.Option("--url", help="Address of its page for people.")] = None,
    every: Annotated[
        str | None, typer.Option("--every", metavar="TIME", help="Collect it so often: 30m, 2h, 1d.")
    ] = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whose account it is; statements of it that are archived become that person's."""
    from archive.accounts import add_account, collect_every, shown
    from archive.times import duration
    from db.engine import writing

    console = console_of(context, db, as_json)
    with refusals():
        row = _row(platform, handle, platform_id)
        interval = duration(every) if every else None
        with writing(console.open()) as session:
            added = add_account(
                session, person, row.platform, row.handle, platform_id=row.platform_id, url=url or row.url
            )
            assert added.id is not None  # stored
            if interval is not None:
                collect_every(session, added.id, interval)
    summary = {"account": added.id, "person": person, "platform": row.platform, "handle": row.handle}
    console.say(f"{shown(row)} is {person}'s (account {added.id})", {**summary, "id": row.platform_id})


def _row(platform: str, handle: str | None, platform_id: str | None) -> "AccountRow":
    """What the user named. Raises WrongAccount."""
    from dataclasses import replace

    from archive.platforms import WrongAccount, account_at, account_row

    if "://" not in platform:
        return account_row(platform, handle, platform_id=platform_id)
    row = account_at(platform) if handle is None else None
    if row is None:
        raise WrongAccount(
            f"{platform} is no page of an account that is known here: write PLATFORM HANDLE, or feed ADDRESS"
        )
    named = account_row(row.platform, row.handle, platform_id=platform_id or row.platform_id)
    return replace(named, url=row.url)


@app.command("import")
def import_(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Files to read.")],
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import accounts: our own CSV, Democracy Club's CSV, congress-legislators YAML (docs/accounts.md).

    An account goes to a person whom the archive knows by an id or by a full name that one person alone
    bears; others are told as not known here. Exit code 1: some places name no account or are disputed.
    """
    from archive.account_files import read_account_files
    from archive.account_import import store_accounts
    from db.engine import writing

    console = console_of(context, db, as_json)
    with refusals(), progress("accounts"):
        read = read_account_files(files)
        with writing(console.open()) as session:
            imported = [store_accounts(session, file) for file in read]
    for file, one in zip(files, imported, strict=True):
        console.say(f"{file.name}: {_told(one)}", {"file": str(file), **_counted(one)})
    refused = sum(len(one.refused) for one in imported)
    if refused:
        complain(f"{refused:,} accounts were refused")
        raise typer.Exit(Exit.PARTLY)


def _told(one: "AccountImport") -> str:
    lines = [str(one), *_first("refused", one.refused), *_first("not known here", one.not_known)]
    return "\n".join(lines)


def _first(label: str, told: "Sequence[Told]") -> list[str]:
    lines = [f"  {label}: {one}" for one in told[:MOST_TOLD]]
    more = len(told) - MOST_TOLD
    return [*lines, f"  {label}: {more:,} more (--json tells all)"] if more > 0 else lines


def _counted(one: "AccountImport") -> dict[str, Any]:
    return {**asdict(one), "not_known": [*map(str, one.not_known)], "refused": [*map(str, one.refused)]}


@app.command("list")
def list_(
    context: typer.Context,
    platform: PlatformOption = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="ID", help="Only this person's accounts.")
    ] = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List accounts: whose they are, in what state they were seen last, when they were collected last."""
    from sqlmodel import Session

    from archive.account_list import list_accounts
    from archive.selection import find_accounts

    console = console_of(context, db, as_json)
    with refusals(), Session(console.open()) as session:
        found = find_accounts(session, (), platform)
        kept = [account for account in found if person in (None, account.person_id)]
        listed = list_accounts(session, kept)
    if as_json:
        for one in listed:
            console.say("", asdict(one))
    else:
        _show(listed)


def _show(listed: "Sequence[ListedAccount]") -> None:
    from db.screens import Table, aligned

    header = ("account", "platform", "handle", "immutable id", "person", "state", "checked", "last success")
    rows = [
        (
            str(one.id),
            one.platform,
            one.handle or "-",
            one.platform_id or "-",
            f"{one.name} ({one.person})" if one.person else "-",
            one.state or "-",
            minute(one.checked_at),
            minute(one.succeeded_at),
        )
        for one in listed
    ]
    typer.echo(aligned(Table(header, rows, f"{len(rows)} accounts; times in UTC")))


@app.command()
def check(
    context: typer.Context,
    accounts: AccountOption = None,
    platform: PlatformOption = None,
    collector: CollectorOption = None,
    budget: BudgetOption = None,
    allow_host: AllowOption = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask the platforms who and where accounts are: finds immutable ids, follows renames and moves, notes
    suspensions, all with evidence and history.

    Exit code 1: some could not be checked (it says which and why); 4: credentials are missing.
    """
    from sqlmodel import Session

    from archive.checking import check_accounts, checkable
    from archive.collecting import Means, looking
    from archive.selection import find_accounts

    console = console_of(context, db, as_json)
    means = Means(
        environment=os.environ,
        allow=tuple(allow_host or ()),
        chosen=tuple(collector or ()),
        budget=budget,
    )
    with refusals(), progress("accounts") as tell:
        engine, collectors = console.open(), means.collectors()
        with Session(engine) as session:
            able, unable = checkable(find_accounts(session, tuple(accounts or ()), platform), collectors)
        with looking(means, engine) as look:
            checked = check_accounts(
                engine, able, look, readers=lambda name: collectors[name].name, progress=tell
            )
    _say_checked(console, checked, unable)


def _say_checked(console: Console, checked: "Sequence[Checked]", unable: int) -> None:
    """What changed, line by line, then the count; what failed on standard error."""
    failed = [one for one in checked if not one.ok]
    changed = [change for one in checked for change in one.changes]
    others = f"; {unable} on platforms that nothing asks" if unable else ""
    lines = [f"{change.news}: {change.text}" for change in changed]
    lines.append(
        f"checked {len(checked) - len(failed)} accounts, {len(changed)} changes, {len(failed)} failed{others}"
    )
    summary = {
        "checked": len(checked) - len(failed),
        "changes": [asdict(change) for change in changed],
        "failed": [{"account": one.account_id, "name": one.name, "error": one.error} for one in failed],
        "not_asked": unable,
    }
    console.say("\n".join(lines), summary)
    for one in failed:
        complain(f"{one.name}: {one.error}")
    if failed:
        worst = max(one.exit_code for one in failed)
        raise typer.Exit(worst)
