"""Making an export: choose, write beside, count, and take the place only once all is accounted for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from analysis.exports import rows
from analysis.exports.choosing import Choice, Filters, choose
from analysis.exports.counting import STORED, Count, Ledger, check, rows_in
from analysis.exports.errors import UnfitFormat
from analysis.exports.filling import Source, count_pairs, fill
from analysis.exports.hiding import Hiding, Shape, shape_of
from analysis.exports.manifests import Made, checkpoint_of, write_json
from analysis.exports.networks import network_of, render
from analysis.exports.packages import DESCRIPTOR, package_of
from analysis.exports.places import MANIFEST, manifest_of_file, new_file, new_folder
from analysis.exports.subsets import write_subset
from analysis.exports.tables import ASKED_FOR, NETWORK, TABLES
from analysis.exports.writers import FORMATS, TableFile
from analysis.reports.accusations.graphs import GRAPHS
from analysis.reports.progress import Progress, Steps
from db.models import now
from db.snapshot import reading_one_moment

PACKAGE, SQLITE = "datapackage", "sqlite"
FOLDERS = (*FORMATS, PACKAGE)
"""Formats whose export is a folder, with a file a table."""
FILES = (SQLITE, *GRAPHS)
"""Formats whose export is one file."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for beside the filters."""

    form: str = "csv"
    hiding: Hiding = field(default_factory=Hiding)
    with_codes: bool = False
    with_captures: bool = False
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """An export that was made."""

    out: Path
    manifest: Path
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    session: Session
    choice: Choice
    wish: Wish
    made: Made
    steps: Steps


def write_export(
    engine: Engine,
    out: Path,
    *,
    wish: Wish | None = None,
    filters: Filters | None = None,
    progress: Progress | None = None,
    generated_at: datetime | None = None,
) -> Export:
    """Write what the filters let through to `out`: a folder, or a file for a network or a database.

    All is read as it was at one moment. `progress` is told (statements written, all statements).
    Nothing takes the place of `out` before every row is accounted for.

    Raises UnknownElection, UnknownContest, UnreadMethod, BadFilter, UnfitFormat, ForeignTarget, BadKey,
    MissingLibrary, Unreconciled.
    """
    wish = wish or Wish()
    _check(wish)
    with reading_one_moment(engine) as session:
        choice = choose(session, filters or Filters())
        made = Made(
            form=wish.form,
            generated_at=generated_at or now(),
            choice=choice,
            hiding=wish.hiding,
            checkpoint=checkpoint_of(session),
            licence=wish.licence,
        )
        run = _Run(session, choice, wish, made, Steps(progress, len(choice.statements)))
        if wish.form in FOLDERS:
            return _write_folder(run, out)
        write = partial(_write_database, engine) if wish.form == SQLITE else _write_network
        return _write_file(run, out, write)


def _check(wish: Wish) -> None:
    if wish.form not in (*FOLDERS, *FILES):
        raise UnfitFormat(f"there is no format {wish.form!r}; there is: {', '.join((*FOLDERS, *FILES))}")
    if wish.form == SQLITE and wish.hiding.modes:
        raise UnfitFormat(
            "an archive holds texts and names: choose another format for a dehydrated or pseudonymised export"
        )
    if wish.with_captures and wish.form != SQLITE:
        raise UnfitFormat("only a database (--format sqlite) can hold the captures' bytes")


def _write_folder(run: _Run, out: Path) -> Export:
    form = "csv" if run.wish.form == PACKAGE else run.wish.form
    shapes = [shape_of(table, run.wish.hiding) for table in _tables(run.wish)]
    ledger = Ledger()
    with new_folder(out) as folder:
        with ExitStack() as stack:
            files = {
                shape.table: stack.enter_context(FORMATS[form](folder / f"{shape.table}.{form}", shape))
                for shape in shapes
            }
            fill(
                Source(run.session, run.choice, ledger, run.steps),
                partial(_write, files),
                with_codes=run.wish.with_codes,
            )
            ledger.write("columns", files["columns"].write(_dictionary(shapes)))
        counts = ledger.counts(run.session, files)
        check(counts)
        if run.wish.form == PACKAGE:
            write_json(folder / DESCRIPTOR, package_of(run.made, shapes, counts, folder))
        write_json(folder / MANIFEST, run.made.as_json(counts, list(folder.iterdir())))
    return Export(out, out / MANIFEST, tuple(counts))


def _write(files: dict[str, TableFile], table: str, some: Iterable[rows.Row]) -> int:
    return files[table].write(some)


def _tables(wish: Wish) -> list[str]:
    return [table for table in TABLES if table not in NETWORK and (wish.with_codes or table not in ASKED_FOR)]


def _dictionary(shapes: Sequence[Shape]) -> list[rows.Column]:
    return [
        rows.Column(shape.table, column.name, column.unit, column.meaning)
        for shape in shapes
        for column in shape.columns
    ]


Render = Callable[[_Run, Path], list[Count]]
"""Writes one file; returns what it counted."""


def _write_file(run: _Run, out: Path, write: Render) -> Export:
    with new_file(out) as folder:
        counts = write(run, folder / out.name)
        check(counts)
        files = [folder / out.name]
        write_json(folder / manifest_of_file(out).name, run.made.as_json(counts, files))
    return Export(out, manifest_of_file(out), tuple(counts))


def _write_network(run: _Run, path: Path) -> list[Count]:
    pairs, names = count_pairs(Source(run.session, run.choice, Ledger(), run.steps))
    edges = pairs.edges()
    nodes = pairs.nodes(names)
    network = network_of(nodes, edges, run.wish.hiding)
    text = render(network, run.wish.form, made=run.made.generated_at.date())
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    return [
        Count("statements", len(run.choice.statements), *_statements(run)),
        Count("nodes", len(nodes)),
        Count("edges", len(edges)),
    ]


def _statements(run: _Run) -> tuple[int, Mapping[str, int]]:
    return rows_in(run.session, STORED["statements"]), run.choice.left_out


def _write_database(engine: Engine, run: _Run, path: Path) -> list[Count]:
    return write_subset(
        engine,
        run.choice,
        path,
        with_codes=run.wish.with_codes,
        with_captures=run.wish.with_captures,
        progress=run.steps.told,
    )
