"""How every command speaks: one address of the database, exit codes, progress, summaries, refusals.

Exit codes: 0 done; 1 done in part (it says which part is missing); 2 bad input or usage; 3 integrity;
4 credentials missing or refused; 75 try later (locked).
"""

import atexit
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from sqlalchemy import Engine

PATIENCE = 2.0
"""Seconds of work after which a bar is shown."""

LONGEST_COMPLAINT = 1000
"""Characters of a complaint. Of a longer one, which repeats a user's file, the middle is left out."""


WHOLE = 10_000
"""Characters of what a command does that a list of commands shows: it is never cut."""


class Exit(IntEnum):
    """How a command ended."""

    DONE = 0
    PARTLY = 1
    BAD_INPUT = 2
    INTEGRITY = 3
    CREDENTIALS = 4
    TRY_LATER = 75


DEFAULT_DATABASE = "hustings.db"

DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        help=f"The archive: a file or a URL. Default: HUSTINGS_DB, else {DEFAULT_DATABASE} here.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Summary for programs, as JSON.")]


class Commands(TyperGroup):
    """A group of commands, whose help says of each in full what it does: Typer's own cuts it to one line."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a line, or as many as it takes, for each command."""
        named = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, one.get_short_help_str(WHOLE)) for name, one in named if one and not one.hidden]
            )


@dataclass(frozen=True, slots=True)
class FrontDoor:
    """What was said before the command's name, and what one room lends another."""

    address: str | None
    roster_in_memory: Callable[[Path], "Engine"]
    """Reads a roster file into a database that lives in memory."""


@dataclass(frozen=True, slots=True)
class Console:
    """One command's surroundings: which database, which form of summary."""

    address: str
    as_json: bool = False
    at_end: Callable[[Callable[[], None]], Any] = atexit.register
    """Takes what is to be called when the command has ended, however it ends."""

    def open(self, *, create: bool = False) -> "Engine":
        """The database, migrated; closed when the command ends. Refuses as db.open_database does.

        SQLite puts its log into the file, and removes it, as the last connection closes: an archive is one
        file again after each command.
        """
        from db.engine import open_database

        engine = open_database(self.address, create=create)
        self.at_end(engine.dispose)
        return engine

    def is_new(self) -> bool:
        """Whether the archive would be a new file."""
        from db.engine import is_new

        return is_new(self.address)

    def file_size(self) -> int:
        """Bytes of the archive's file; 0 where it is none, or is not there."""
        try:
            return os.stat(self.address).st_size
        except (OSError, ValueError):
            return 0

    def say_all(self, summaries: Iterable[Mapping[str, Any]]) -> None:
        """Many summaries for a program, each a line of JSON on standard output."""
        if lines := [_json_of(one) for one in summaries]:
            typer.echo("\n".join(lines))

    def say(self, text: str, summary: Mapping[str, Any]) -> None:
        """The outcome of a command, for a person or (--json) for a program, on standard output."""
        typer.echo(_json_of(summary) if self.as_json else text)


def _json_of(summary: Mapping[str, Any]) -> str:
    return json.dumps(summary, ensure_ascii=False, default=str)


def front_door(context: typer.Context) -> FrontDoor:
    """What the front door keeps for the commands."""
    door = context.find_object(FrontDoor)
    assert door is not None  # its callback always makes one
    return door


def console_of(context: typer.Context, db: str | None, as_json: bool = False) -> Console:
    """A command's surroundings; its own --db goes before the front door's."""
    address = db or front_door(context).address or os.environ.get("HUSTINGS_DB") or DEFAULT_DATABASE
    return Console(address=address, as_json=as_json, at_end=context.call_on_close)


def wording(error: Exception) -> str:
    """What an error says to a user; one of the machine by its file and without its number."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def complain(message: str) -> None:
    """One line on standard error, without what could steer a terminal."""
    line = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(message.split()))
    if len(line) > LONGEST_COMPLAINT:
        half = LONGEST_COMPLAINT // 2
        line = f"{line[:half]} ... {line[-half:]}"
    typer.echo(f"hustings: {line}", err=True)


@contextmanager
def refusals(*more: type[Exception], as_json: bool = False) -> Iterator[None]:
    """Turn what is refused into one line and an exit code; anything else is a bug and stays loud.

    `as_json`: programs that wait for a summary get the refusal in its place.
    """
    from db.errors import Refusal

    refused: tuple[type[Exception], ...] = (Refusal, *more)
    try:
        yield
    except refused as error:
        code = int(getattr(error, "exit_code", Exit.BAD_INPUT))
        complain(wording(error))
        if as_json:
            typer.echo(json.dumps({"exit_code": code, "error": wording(error)}, ensure_ascii=False))
        raise typer.Exit(code) from error


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar with rate and remaining time, on a terminal only, once work has lasted PATIENCE seconds.

    Yields a function to be told (done, total); until then the bar moves without saying how far.
    """
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console as RichConsole
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    name, rate = TextColumn("{task.description}", markup=False), TextColumn("{task.fields[rate]}")
    columns = (name, BarColumn(), TaskProgressColumn(), rate, TimeRemainingColumn())
    bar = Progress(*columns, console=RichConsole(stderr=True), transient=True)
    task = bar.add_task(label, total=None, rate="")
    began = time.monotonic()

    def tell(done: int, total: int) -> None:
        seconds = time.monotonic() - began
        bar.update(task, completed=done, total=total, rate=f"{done / seconds:,.0f}/s" if seconds else "")

    patience = threading.Timer(PATIENCE, bar.start)
    patience.start()
    try:
        yield tell
    finally:
        patience.cancel()
        patience.join()
        bar.stop()


def log_to_stderr(verbosity: int) -> None:
    """-v: what is done; -vv: in detail. One line an entry, fit for a journal."""
    level = {0: logging.WARNING, 1: logging.INFO}.get(verbosity, logging.DEBUG)
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING if verbosity < 2 else logging.DEBUG)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether an entry is none of what falls over while an interruption is on its way up.

    SQLAlchemy closes an interrupted connection first and then a cursor of it, and logs that as an error.
    Who interrupted is told in one line by the command.
    """
    error = record.exc_info[1] if record.exc_info else None
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return False
        error = error.__context__
    return True
