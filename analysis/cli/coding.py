"""The commands of hand coding: code sample, sheet, enter, load."""

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from analysis.cli import measuring, training
from analysis.cli.coding_options import MethodOption, kind_named, one_of, reading_method
from analysis.cli.options import ContestOption, ElectionOption
from db.console import Commands, DatabaseOption, Exit, JsonOption, complain, console_of, refusals
from db.words import SampleDesign

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    help="Code statements by hand: draw samples, load codes, and see how far people agree and how right "
    "the methods are (docs/coding.md).",
)


@app.command()
def sample(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help="The sheet to write: a .csv or .xlsx file.")],
    name: Annotated[str, typer.Option("--name", help="The sample's name.")],
    n: Annotated[int, typer.Option("--n", min=1, help="How many statements.")] = 200,
    by: Annotated[
        SampleDesign,
        typer.Option(
            "--by",
            help="random; kind, outcome, confidence: stratified; uncertain: the least sure first.",
        ),
    ] = SampleDesign.RANDOM,
    seed: Annotated[int, typer.Option("--seed", help="The same seed draws the same sample.")] = 1,
    allocation: Annotated[
        str,
        typer.Option(
            "--allocation",
            metavar="equal|proportional",
            help="How many of each stratum: as many, or by its size.",
        ),
    ] = "equal",
    election: ElectionOption = None,
    contest: ContestOption = None,
    before: Annotated[
        int | None, typer.Option("--before", min=0, help="Days before polling day from which. Default: 42.")
    ] = None,
    after: Annotated[
        int | None, typer.Option("--after", min=0, help="Days after polling day until which. Default: 14.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help="Only where the method found this kind.")
    ] = None,
    method: MethodOption = None,
    with_findings: Annotated[
        bool,
        typer.Option(
            "--with-findings/--blind", help="Show coders what the method found. Blind is better: see docs."
        ),
    ] = False,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw statements for hand coding and write them as a sheet.

    Without --election, --contest, --before and --after, all statements that the method has read.
    """
    from sqlmodel import Session

    from analysis.evaluation.drawing import Plan, draw_sample
    from analysis.evaluation.frame import Extent
    from analysis.evaluation.sheets import write_sheet
    from analysis.evaluation.showing import drawn_json, drawn_table
    from analysis.evaluation.strata import Allocation
    from db.screens import aligned

    console = console_of(context, db, as_json)
    with refusals(OSError):
        _check_out(out)
        how = one_of("--allocation", allocation, tuple(Allocation))
        only = kind_named(kind) if kind else None
        engine = console.open()
        with Session(engine) as session:
            read_by = reading_method(session, method)
        extent = Extent(election, contest, before, after, only)
        plan = Plan(name, by, n, seed, read_by, extent, Allocation(how))
        tally = draw_sample(engine, plan)
        with Session(engine) as session:
            rows = write_sheet(session, name, out, with_findings=with_findings)
    again = "" if tally.is_new else ", drawn before in the same way"
    text = f"{aligned(drawn_table(tally))}\nsample {name}: {rows:,} statements in {out}{again}"
    if tally.drawn < n:
        complain(f"there are only {tally.drawn:,} statements to draw, not {n:,}")
    if tally.left_empty:
        complain(
            f"nothing was drawn from {', '.join(tally.left_empty)}: with so few statements for"
            f" {len(tally.strata):,} strata nothing can be weighted or corrected; draw more, or --by random"
        )
    console.say(text, {**drawn_json(tally), "sheet": str(out)})


@app.command()
def sheet(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="SAMPLE", help="The sample.")],
    out: Annotated[Path, typer.Argument(help="The sheet to write: a .csv or .xlsx file.")],
    coder: Annotated[
        str | None, typer.Option("--coder", help="Fill in what this coder has coded already.")
    ] = None,
    with_findings: Annotated[
        bool, typer.Option("--with-findings/--blind", help="Show coders what the method found.")
    ] = False,
    db: DatabaseOption = None,
) -> None:
    """Write the sheet of a sample again: for another coder, or with a coder's codes filled in."""
    from sqlmodel import Session

    from analysis.evaluation.sheets import write_sheet

    with refusals(OSError):
        _check_out(out)
        with Session(console_of(context, db).open()) as session:
            rows = write_sheet(session, name, out, coder=coder, with_findings=with_findings)
    typer.echo(f"sample {name}: {rows:,} statements in {out}")


@app.command()
def enter(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="SAMPLE", help="The sample to code.")],
    coder: Annotated[str, typer.Option("--coder", help="Your name.")],
    db: DatabaseOption = None,
) -> None:
    """Code a sample here, a statement at a time; goes on where you stopped, every answer is kept."""
    from analysis.evaluation.entering import enter_codes

    with refusals():
        engine = console_of(context, db).open()
        width = shutil.get_terminal_size((80, 24)).columns
        entered = enter_codes(engine, name, coder, ask=_ask, show=typer.echo, width=width)
    typer.echo(f"{entered.coded:,} coded by {coder} now; {entered.left:,} of {name} are left")


@app.command()
def load(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Filled-in sheets, .csv or .xlsx.")],
    coder: Annotated[
        str | None, typer.Option("--coder", help="Whose they are, where the sheets do not say it.")
    ] = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Load filled-in sheets of one or several coders: everything in them, or nothing.

    A coder's earlier codes of the same statements are replaced; empty rows leave them as they are.
    """
    from analysis.evaluation.loading import load_sheets

    console = console_of(context, db, as_json)
    with refusals(OSError, as_json=as_json):
        loaded = load_sheets(console.open(), files, coder=coder)
    kept = loaded.kept
    by = f" by {', '.join(loaded.coders)}" if loaded.coders else ""
    console.say(
        f"{loaded.rows:,} statements{by}: {kept.added:,} codes new, {kept.changed:,} changed, "
        f"{kept.removed:,} removed, {kept.unchanged:,} as before; {loaded.empty:,} rows are empty",
        asdict(loaded),
    )
    if loaded.stale:
        complain(
            f"{loaded.stale:,} statements were edited since the sheet was written: their codes are of the old"
            f" text and count in no figure ({kept.outdated:,} left out: the coder has coded another text)"
        )
        raise typer.Exit(Exit.PARTLY)


def _ask(question: str) -> str:
    """A line from the terminal; Ctrl-C ends like the end of input."""
    try:
        return input(question)
    except KeyboardInterrupt:
        raise EOFError from None


def _check_out(out: Path) -> None:
    """Refuse to write over a file: it may hold somebody's codes."""
    from analysis.evaluation.errors import CodingRefused
    from analysis.spreadsheets.sheets import check_name

    check_name(out)
    if out.exists():
        raise CodingRefused(f"there is a file {out} already, which may hold codes: name another one")


app.add_typer(training.app)
app.add_typer(measuring.app)
