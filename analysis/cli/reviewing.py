"""The commands by which a person confirms or corrects what was found: review ..."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.cli.options import ContestOption, ElectionOption
from analysis.words import RESULT_KINDS, AccusationType, KindName, Scope, Strength, TargetType
from db.console import Commands, DatabaseOption, JsonOption, console_of, refusals
from db.words import ReviewVerdict

if TYPE_CHECKING:
    from analysis.reviews.deciding import Reviewer

app = typer.Typer(
    cls=Commands,
    help="Confirm or correct whose an account is, whom a statement targets, what it does (docs/review.md).",
    no_args_is_help=True,
)

ReviewerOption = Annotated[
    str,
    typer.Option(
        "--reviewer", metavar="NAME", envvar="HUSTINGS_REVIEWER", help="Who signs; also HUSTINGS_REVIEWER."
    ),
]
NoteOption = Annotated[str | None, typer.Option("--note", help="Why, for whoever reads it later.")]
KindsOption = Annotated[
    list[KindName] | None,
    typer.Option("--kind", help="Findings of this kind; repeatable. Default: victory, concession, refusal."),
]
VerdictArgument = Annotated[
    ReviewVerdict,
    typer.Argument(help="withdrawn: as if nobody had reviewed it; added: what the program did not find."),
]


def _signed(name: str, note: str | None) -> "Reviewer":
    from analysis.reviews.deciding import Reviewer
    from analysis.reviews.decisions import ReviewRefused

    if not name.strip():
        raise ReviewRefused("a review needs a name: --reviewer NAME, or HUSTINGS_REVIEWER")
    return Reviewer(name.strip(), datetime.now(UTC), note)


@app.command()
def kind(
    context: typer.Context,
    statement: Annotated[str, typer.Argument(help="Its number, post id, platform:post id or address.")],
    name: Annotated[KindName, typer.Argument(metavar="KIND", help="Such as concession.")],
    verdict: VerdictArgument,
    reviewer: ReviewerOption,
    words: Annotated[str | None, typer.Option("--words", help="The words that show it.")] = None,
    strength: Annotated[Strength | None, typer.Option("--strength", help="Of a concession.")] = None,
    scope: Annotated[
        Scope | None, typer.Option("--scope", help="Whose outcome a victory, concession, refusal means.")
    ] = None,
    types: Annotated[
        list[AccusationType] | None, typer.Option("--type", help="Of an accusation; repeatable.")
    ] = None,
    incivility: Annotated[
        bool | None, typer.Option("--incivil/--civil", help="Whether an accusation insults or mocks.")
    ] = None,
    about: Annotated[
        list[str] | None,
        typer.Option("--about", metavar="PLACE|WORDS", help="A target that it is about; repeatable."),
    ] = None,
    note: NoteOption = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether a statement is of a kind."""
    from analysis.reviews.deciding import KindChange, decide_kind
    from analysis.reviews.keeping import review_statement

    change = KindChange(
        words=words,
        strength=strength,
        scope=scope,
        types=tuple(types) if types else None,
        incivility=incivility,
        targets=tuple(about) if about else None,
    )
    console = console_of(context, db, as_json)
    with refusals():
        signed = _signed(reviewer, note)
        kept = review_statement(
            console.open(),
            statement,
            lambda text, reading: decide_kind(text, reading, name, verdict, signed, change),
        )
    console.say(f"{kept}: {name} {verdict} by {signed.name}", {"statement": kept, "verdict": verdict})


@app.command()
def target(
    context: typer.Context,
    statement: Annotated[str, typer.Argument(help="Its number, post id, platform:post id or address.")],
    place: Annotated[
        str, typer.Argument(metavar="PLACE|WORDS", help="start-end, addressed:NAME, or words of the text.")
    ],
    verdict: VerdictArgument,
    reviewer: ReviewerOption,
    who: Annotated[str | None, typer.Option("--who", help="Short name of who is meant.")] = None,
    type_: Annotated[TargetType | None, typer.Option("--type", help="What kind of actor it is.")] = None,
    person: Annotated[str | None, typer.Option("--person", metavar="ID", help="The person meant.")] = None,
    party: Annotated[str | None, typer.Option("--party", metavar="ID", help="The party meant.")] = None,
    note: NoteOption = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whom a place in a statement speaks of."""
    from sqlmodel import Session

    from analysis.reviews.actors import completed
    from analysis.reviews.deciding import TargetChange, decide_target
    from analysis.reviews.keeping import review_statement

    console = console_of(context, db, as_json)
    with refusals():
        signed, engine = _signed(reviewer, note), console.open()
        with Session(engine) as session:
            change = completed(session, TargetChange(who, type_, person, party))
        kept = review_statement(
            engine,
            statement,
            lambda text, reading: decide_target(text, reading, place, verdict, signed, change),
        )
    console.say(f"{kept}: target {place} {verdict} by {signed.name}", {"statement": kept, "verdict": verdict})


@app.command()
def owner(
    context: typer.Context,
    account: Annotated[
        str, typer.Argument(metavar="ACCOUNT", help="platform:handle, or the account's number.")
    ],
    reviewer: ReviewerOption,
    person: Annotated[
        str | None, typer.Option("--person", metavar="ID", help="Whose it is: the same one confirms.")
    ] = None,
    nobody: Annotated[
        bool, typer.Option("--nobody", help="It is not the account of whom the archive says.")
    ] = False,
    note: NoteOption = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whose an account is. Its statements follow; no later import of accounts overrules it."""
    from analysis.reviews.owners import review_owner
    from db.engine import writing

    if (person is None) != nobody:
        raise typer.BadParameter("say either --person ID or --nobody")
    console = console_of(context, db, as_json)
    with refusals():
        signed = _signed(reviewer, note)
        with writing(console.open()) as session:
            said = review_owner(session, account, person, signed)
    whose = f"{said.person_id}'s" if said.person_id else f"not {said.before}'s"
    again = "; run hustings analyse for its statements" if said.statements else ""
    console.say(
        f"account {said.account_id} is {whose}: {said.verdict} by {signed.name},"
        f" {said.statements:,} statements got another author{again}",
        {
            "account": said.account_id,
            "verdict": said.verdict,
            "person": said.person_id,
            "before": said.before,
            "statements": said.statements,
        },
    )


@app.command()
def sheet(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help="CSV to write.")],
    kinds: KindsOption = None,
    targets: Annotated[bool, typer.Option("--targets", help="The targets of these statements, too.")] = False,
    also_reviewed: Annotated[
        bool, typer.Option("--all", help="Also what somebody has reviewed already.")
    ] = False,
    election: ElectionOption = None,
    contest: ContestOption = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write findings that wait for a review to a file: fill in verdict and note, and load it."""
    from sqlmodel import Session

    from analysis.reviews.pending import pending
    from analysis.reviews.sheet import write_sheet
    from analysis.spreadsheets.sheets import CSV_ENCODING

    console = console_of(context, db, as_json)
    with refusals(OSError), Session(console.open()) as session:
        findings = pending(
            session,
            kinds=kinds or RESULT_KINDS,
            targets=targets,
            election=election,
            contest=contest,
            also_reviewed=also_reviewed,
        )
        with out.open("w", encoding=CSV_ENCODING, newline="") as sink:
            rows = write_sheet(sink, findings)
    console.say(f"{rows:,} findings: {out}", {"rows": rows, "file": str(out)})


@app.command()
def load(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A sheet that was filled in.")],
    reviewer: ReviewerOption,
    note: NoteOption = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Store the verdicts of a sheet: all of them, or none where a row cannot be."""
    from analysis.reviews import keep_decisions
    from analysis.reviews.sheet import decisions_in
    from db.engine import writing

    console = console_of(context, db, as_json)
    with refusals(OSError):
        signed = _signed(reviewer, note)
        with writing(console.open()) as session:
            decisions = decisions_in(session, file, signed)
            keep_decisions(session, decisions)
    console.say(f"{len(decisions):,} decisions by {signed.name}", {"decisions": len(decisions)})


@app.command()
def run(
    context: typer.Context,
    reviewer: ReviewerOption,
    kinds: KindsOption = None,
    election: ElectionOption = None,
    contest: ContestOption = None,
    db: DatabaseOption = None,
) -> None:
    """Go through findings one at a time: each answer is stored at once, stop whenever you like."""
    from sqlmodel import Session

    from analysis.cli.reviewing_aloud import ask_all
    from analysis.reviews.pending import pending

    console = console_of(context, db)
    with refusals():
        signed, engine = _signed(reviewer, None), console.open()
        with Session(engine) as session:
            findings = list(pending(session, kinds=kinds or RESULT_KINDS, election=election, contest=contest))
        done = ask_all(engine, findings, signed.name)
    typer.echo(f"{done:,} of {len(findings):,} findings reviewed by {signed.name}")


@app.command("list")
def list_(
    context: typer.Context,
    stale: Annotated[
        bool, typer.Option("--stale", help="Only those of texts that were edited since: look again.")
    ] = False,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what was reviewed: who decided what, when, and which of it counts no more."""
    from sqlmodel import Session

    from analysis.reviews.listing import reviews_made
    from db.screens import Table, aligned, minute

    console = console_of(context, db, as_json)
    with refusals(), Session(console.open()) as session:
        made = [one for one in reviews_made(session) if one.is_stale or not stale]
    header = ("reviewed", "by", "of", "what", "place", "verdict", "counts", "note")
    rows = [(minute(o.at), o.by, o.of, o.subject, o.place, o.verdict, o.counts, o.note or "") for o in made]
    table = aligned(Table(header, rows)) if rows else "nothing is reviewed"
    console.say(table, {"reviews": [one.as_json() for one in made]})
