"""The command that fits a layer over the rules of kinds to a user's own codes: code train."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.cli.options import GazetteerOption, MethodOption, ModelOption, reader_for
from db.console import DatabaseOption, Exit, JsonOption, complain, console_of, progress, refusals

if TYPE_CHECKING:
    from analysis.evaluation.training import Trained
    from analysis.evaluation.verdicts import Verdict
    from analysis.statistics import Counts, Interval

app = typer.Typer()


@app.command()
def train(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="OUT.npz", help="The file to write; it is replaced.")],
    sample: Annotated[
        str | None, typer.Option("--sample", metavar="NAME", help="Codes of this sample only.")
    ] = None,
    reference: Annotated[
        str,
        typer.Option(metavar="majority|CODER", help="Who is right: most coders of a statement, or one."),
    ] = "majority",
    min_positive: Annotated[
        int,
        typer.Option(min=2, help="Statements of a kind that must be coded, and as many that are not of it."),
    ] = 20,
    folds: Annotated[int, typer.Option(min=2, max=20, help="Parts of the authors, each held out once.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Deals the authors out to the folds.")] = 1,
    method: MethodOption = None,
    model: ModelOption = None,
    gazetteer: GazetteerOption = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a layer over the rules of kinds on your own codes, for `--kinds-model` (docs/kinds-model.md).

    Each kind with enough codes is cross-validated, whole authors held out. The layer of a kind is written
    only where it is better than the rules alone there: where the 95 % interval of the difference in F1
    (paired bootstrap over authors) lies above 0. The other kinds stay with the rules.
    """
    from sqlmodel import Session

    from analysis.evaluation.codes import coded_statements
    from analysis.evaluation.training import Plan, newest_code, train
    from analysis.evaluation.verdicts import lacking
    from analysis.roster import load_roster
    from analysis.sentiment import SentimentRefused
    from analysis.targets import GazetteerError

    console = console_of(context, db, as_json)
    with refusals(SentimentRefused, GazetteerError, OSError, as_json=as_json), progress("train") as tell:
        with Session(console.open()) as session:
            coded = list(coded_statements(session, sample=sample, reference=reference))
            roster = load_roster(session)
            about = {"sample": sample, "reference": reference, "codes_until": newest_code(session, coded)}
        trained = train(
            coded,
            lambda kinds: reader_for(roster, method, model, gazetteer, kinds),
            Plan(folds, min_positive, seed),
            about=about,
            progress=tell,
        )
        if trained.content is not None:
            out.write_bytes(trained.content)
    console.say(_table(trained, out), _summary(trained, out))
    for line in lacking(trained.short):
        complain(line)
    if trained.content is None:
        complain(f"no kind is better with a layer: {out} was not written")
        raise typer.Exit(Exit.PARTLY)


def _table(trained: "Trained", out: Path) -> str:
    """What each kind reached, a line a method, and what was done."""
    unread = f", {trained.unread:,} left out: in another language, or without text" if trained.unread else ""
    lines = [f"{trained.read:,} coded statements{unread}. On held-out authors:"]
    lines += [line for verdict in trained.verdicts for line in _lines(verdict)]
    kept = [verdict.kind for verdict in trained.verdicts if verdict.is_better]
    if trained.content is not None:
        lines.append(f"{out}: {len(trained.content):,} bytes with a layer for {', '.join(kept)}")
    return "\n".join(lines)


def _lines(verdict: "Verdict") -> list[str]:
    gain = verdict.gain
    change = f"{gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]" if gain else "not defined"
    what = "written" if verdict.is_better else "stays with the rules"
    return [
        f"{verdict.kind} ({verdict.positive:,} of {verdict.n:,}, {verdict.authors:,} authors)",
        f"  rules alone  {_figures(verdict.rules, verdict.rules_f1)}",
        f"  with layer   {_figures(verdict.layer, verdict.layer_f1)}",
        f"  difference   F1 {change}: {what}",
    ]


def _figures(counts: "Counts", interval: "Interval | None") -> str:
    precision, recall = counts.precision(), counts.recall()
    between = f" [{interval.low:.3f}, {interval.high:.3f}]" if interval else ""
    numbers = [precision.value if precision else None, recall.value if recall else None, counts.f1]
    shown = [f"{name} {_number(one)}" for name, one in zip(("P", "R", "F1"), numbers, strict=True)]
    return "  ".join(shown) + between


def _number(one: float | None) -> str:
    return "  -  " if one is None else f"{one:.3f}"


def _summary(trained: "Trained", out: Path) -> dict[str, object]:
    """The same for a program."""
    from analysis.evaluation.verdicts import figures_of

    return {
        "file": str(out) if trained.content is not None else None,
        "read": trained.read,
        "unread": trained.unread,
        "kinds": {one.kind: figures_of(one) for one in trained.verdicts},
        "too_few": {one.kind: {"positive": one.positive, "says": str(one)} for one in trained.short},
    }
