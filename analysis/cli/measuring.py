"""The commands that measure by hand codes: code agreement, evaluate, correct."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.cli.coding_options import MethodOption, kind_named, one_of, reading_method
from analysis.cli.screens import on_screen
from db.console import DatabaseOption, Exit, JsonOption, complain, console_of, refusals

if TYPE_CHECKING:
    from sqlmodel import Session

    from analysis.evaluation.accuracy import Measured

app = typer.Typer()

SampleArgument = Annotated[
    str | None,
    typer.Argument(metavar="SAMPLE", help="Of this sample. Default: everything that was coded."),
]
ReferenceOption = Annotated[
    str,
    typer.Option(
        "--reference",
        metavar="CODER|majority",
        help="Who is right: a coder, or more than half of the coders of a statement.",
    ),
]


@app.command()
def agreement(
    context: typer.Context,
    name: SampleArgument = None,
    disagreements: Annotated[
        Path | None,
        typer.Option("--disagreements", metavar="FILE", help="Write what coders differ about, as CSV."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the bootstrap.")] = 0,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """How far coders agree, code by code: Krippendorff's alpha with its interval."""
    from sqlmodel import Session

    from analysis.evaluation.agreeing import agreement_of
    from analysis.evaluation.showing import agreement_json, agreement_table

    console = console_of(context, db, as_json)
    with refusals(OSError), Session(console.open()) as session:
        rows = [row for row in agreement_of(session, name, seed=seed) if row.units]
        differing = _write_disagreements(session, name, disagreements) if disagreements else None
    if not rows:
        complain("no statement was coded by two people: load a second coder's sheet")
        raise typer.Exit(Exit.BAD_INPUT)
    text = on_screen(agreement_table(rows))
    if differing is not None:
        text += f"\n{differing:,} disagreements in {disagreements}"
    console.say(text, {"sample": name, "codes": agreement_json(rows), "disagreements": differing})


@app.command()
def evaluate(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="SAMPLE",
            help="By this sample. Default: the one drawn by chance of which most is coded, else all codes.",
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option("--method", metavar="NAME", help="This method only. Default: all, side by side."),
    ] = None,
    reference: ReferenceOption = "majority",
    seed: Annotated[int, typer.Option("--seed", help="Of the bootstrap.")] = 0,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """How right each method is on this archive: precision, recall and F1 against what people coded."""
    from sqlmodel import Session

    from analysis.evaluation.accuracy import accuracy_of
    from analysis.evaluation.showing import accuracy_json
    from analysis.outcomes.methods import read_methods

    console = console_of(context, db, as_json)
    with refusals(), Session(console.open()) as session:
        read_by = (
            [reading_method(session, method)] if method else [one.method for one in read_methods(session)]
        )
        found = [
            measured
            for one in read_by
            if (measured := accuracy_of(session, one, sample=name, reference=reference, seed=seed))
        ]
    if not found:
        complain("nothing can be compared: no statement is both coded by people and read by a method")
        raise typer.Exit(Exit.BAD_INPUT)
    text = "\n\n".join(_measured_text(one) for one in found)
    console.say(text, {"methods": [accuracy_json(one) for one in found]})


@app.command()
def correct(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="SAMPLE", help="The hand-coded sample.")],
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="The kind that is counted.")],
    by: Annotated[
        str | None, typer.Option("--by", metavar="party|outcome|phase", help="By groups of statements, too.")
    ] = None,
    method: MethodOption = None,
    reference: ReferenceOption = "majority",
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """How many statements are of a kind, corrected by what people coded, beside the method's count."""
    from sqlmodel import Session

    from analysis.evaluation.correcting import By, corrected
    from analysis.evaluation.showing import corrected_json, corrected_table

    console = console_of(context, db, as_json)
    with refusals():
        groups = By(one_of("--by", by, tuple(By))) if by else None
        asked = kind_named(kind)
        with Session(console.open()) as session:
            used = reading_method(session, method) if method else None
            found = corrected(session, name, asked, method=used, reference=reference, by=groups)
    lines = [on_screen(corrected_table(found)), *found.notes]
    if found.undecided:
        lines.append(f"{found.undecided:,} coded statements left out: the coders are divided or did not say")
    console.say("\n".join(lines), corrected_json(found))


def _write_disagreements(session: "Session", name: str | None, path: Path) -> int:
    from analysis.evaluation.agreeing import disagreements
    from analysis.evaluation.showing import disagreement_rows
    from analysis.spreadsheets.sheets import csv_bytes

    found = list(disagreements(session, name))
    coders = sorted({coder for one in found for coder, _ in one.values})
    columns = ["statement", "code", *coders, "text"]
    path.write_bytes(csv_bytes(columns, disagreement_rows(coders, found)))
    return len(found)


def _measured_text(measured: "Measured") -> str:
    from analysis.evaluation.showing import accuracy_table, confusion_table

    by = f"sample {measured.sample}" if measured.sample else "all coded statements"
    lines = [f"{measured.method}", f"against {measured.reference} of {by}", ""]
    lines += [on_screen(accuracy_table(measured)), *measured.notes]
    if measured.unread:
        lines.append(f"{measured.unread:,} coded statements left out: not read by this method")
    for confusion in measured.confusions:
        lines += ["", on_screen(confusion_table(confusion))]
    return "\n".join(lines)
