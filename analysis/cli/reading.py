"""The command that reads texts without an archive: tag."""

import os
import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.cli.options import (
    GazetteerOption,
    KindsModelOption,
    MethodOption,
    ModelOption,
    reader_for,
    roster_for,
)
from db.console import DatabaseOption, Exit, complain, progress, refusals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

app = typer.Typer()


@app.command()
def tag(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="NDJSON, a statement a line; - for standard input.")] = "-",
    roster: Annotated[
        Path | None, typer.Option("--roster", help="A roster file, for candidates to link to.")
    ] = None,
    method: MethodOption = None,
    model: ModelOption = None,
    gazetteer: GazetteerOption = None,
    kinds_model: KindsModelOption = None,
    db: DatabaseOption = None,
) -> None:
    """Tag texts without an archive: NDJSON in, NDJSON out, a line for a line (docs/tag.md).

    Candidates come from --roster or --db; without either, people, parties, governments, media and groups
    are found from built-in tables, handles and name shapes.
    """
    from analysis.kinds.layer import UnusableLayer
    from analysis.running.recipe import kinds_by
    from analysis.sentiment import SentimentRefused
    from analysis.tagging import tag_stream
    from analysis.targets import GazetteerError

    with refusals(SentimentRefused, GazetteerError, UnusableLayer, OSError):
        kinds = kinds_by(kinds_model)
        reader = reader_for(roster_for(context, roster, db), method, model, gazetteer, kinds)
        source = nullcontext(sys.stdin.buffer) if file == "-" else open(file, "rb")  # noqa: SIM115 - closed below
    with refusals(SentimentRefused), source as lines, _progress_through(lines) as tell:
        tally = tag_stream(lines, sys.stdout, reader, progress=tell)
    if tally.unreadable:
        complain(f'{tally.unreadable:,} of {tally.read:,} lines could not be read: see their "error"')
        raise typer.Exit(Exit.PARTLY)


@contextmanager
def _progress_through(source: "BinaryIO") -> "Iterator[Callable[[], None]]":
    """A bar of the bytes that were read; none where the answers go to the terminal themselves."""
    if sys.stdout.isatty() or not sys.stderr.isatty():
        yield lambda: None
        return
    size = os.fstat(source.fileno()).st_size  # 0 for a pipe, whose place cannot be asked for either
    with progress("tag") as tell:
        yield lambda: tell(source.tell(), size) if size else None
