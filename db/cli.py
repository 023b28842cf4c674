"""The commands about the database itself."""

import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from db.console import (
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
    from db.backup import Copy
    from db.copies import Copied

app = typer.Typer()


@app.command()
def init(context: typer.Context, db: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Create an empty archive, or bring one of an older release up to date."""
    console = console_of(context, db, as_json)
    with refusals():
        _mend_index(console)
    console.say(f"{console.address} is ready", {"database": console.address, "outcome": "done"})


def _mend_index(console: Console) -> None:
    """Open the archive, and make its index of words anew where it does not fit the statements."""
    from db.engine import writing
    from db.search import repair_index

    with writing(console.open(create=True)) as session:
        wrong = repair_index(session)
    if wrong:
        complain(f"the index of words was wrong about {wrong:,} statements and was made anew")


@app.command()
def copy(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FROM", help="The archive: a file or a URL.")],
    target: Annotated[
        str,
        typer.Argument(metavar="TO", help="A new file, an empty database, or a copy that was interrupted."),
    ],
    as_json: JsonOption = False,
) -> None:
    """Copy a whole archive between files and PostgreSQL, either way, and prove that both are the same.

    FROM is only read. Interrupted, the same command goes on where it was (docs/copying.md).
    """
    console = console_of(context, source, as_json)
    with refusals(as_json=as_json), progress("copying") as told:
        copied = _copy(console, target, told)
    code = Exit.PARTLY if copied.changed else Exit.DONE
    if copied.changed:
        complain(f"others changed {', '.join(copied.changed)} of FROM meanwhile: TO is as it was before")
    console.say(
        f"{copied.rows:,} rows of {len(copied.tables)} tables copied and read back: the same on both sides",
        {"exit_code": code, "rows": copied.rows, **asdict(copied)},
    )
    raise typer.Exit(code)


def _copy(source: Console, target: str, told: Callable[[int, int], None]) -> "Copied":
    from db.copies import copy_archive, open_target

    opened, made = source.open(), open_target(target)
    try:
        return copy_archive(opened, made, told)
    finally:
        made.dispose()


@app.command()
def backup(
    context: typer.Context,
    to: Annotated[Path, typer.Argument(metavar="TO", help="The file to write; it must not exist.")],
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the archive to one file, while others write to it, and verify the copy.

    The copy is whole and verified, or it is not there.
    """
    console = console_of(context, db, as_json)
    with refusals(as_json=as_json), progress("Copying") as told:
        from db.backup import back_up

        made = back_up(console.address, to, told)
    _say_copied(console, f"{console.address} is backed up to {to}", made)


@app.command()
def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FROM", help="A backup.")],
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an archive (--db) out of a backup, verified; an archive that is there is never written over."""
    console = console_of(context, db, as_json)
    with refusals(as_json=as_json), progress("Copying") as told:
        from db.backup import restore

        made = restore(source, console.address, told)
    _say_copied(console, f"{source} is restored to {console.address}", made)


def _say_copied(console: Console, what: str, made: "Copy") -> None:
    console.say(
        f"{what}: {made.rows:,} rows, {made.size:,} bytes, verified",
        {
            "file": str(made.file),
            "bytes": made.size,
            "rows": made.rows,
            "schema": made.schema,
            "outcome": "done",
            "exit_code": 0,
        },
    )


@app.command()
def browse(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", min=1, max=65_535, help="Where it is served.")] = 8001,
    host: Annotated[
        str, typer.Option("--host", help="Another address than this machine's own: others can read it then.")
    ] = "127.0.0.1",
    show: Annotated[
        bool | None,
        typer.Option("--open/--no-open", help="Open it in the browser. Default: on a terminal."),
    ] = None,
    immutable: Annotated[
        bool,
        typer.Option("--immutable/--live", help="Faster, for a file to which nobody writes meanwhile."),
    ] = False,
    db: DatabaseOption = None,
) -> None:
    """Browse the archive in a web browser: views, questions that are ready, facets, search; Ctrl-C ends.

    It needs Datasette: pip install 'hustings[browse]' (docs/browsing.md).
    """
    from db import browsing

    console, place = console_of(context, db), browsing.Place(host, port)
    with refusals():
        file = browsing.check_place(console.address)
        if not place.is_loopback:
            complain(f"whoever reaches {place.host} can read the whole archive: there is no password")
        typer.echo(f"{file} at {place.url} - Ctrl-C ends")
        sys.stdout.flush()
        wanted = sys.stdout.isatty() if show is None else show
        browsing.browse(file, place, immutable=immutable, show=wanted)
