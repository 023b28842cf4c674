"""The commands that remove: forget what is asked for, retain what platforms' terms allow."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from db.console import DatabaseOption, Exit, JsonOption, complain, console_of, progress, refusals

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from archive.erasure.forgetting import Asked, Outcome
    from archive.erasure.subjects import Subjects

app = typer.Typer()

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would go; change nothing.")]


@app.command()
def forget(
    context: typer.Context,
    statement: Annotated[
        list[str] | None,
        typer.Option("--statement", metavar="ID", help="Its number, or platform:id. Repeatable."),
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option(
            "--account", metavar="PLATFORM:HANDLE", help="An account and all that it published. Repeatable."
        ),
    ] = None,
    person: Annotated[
        list[str] | None,
        typer.Option("--person", metavar="ID", help="All accounts and statements of a person. Repeatable."),
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; kept. Name nobody in it.")] = None,
    dry_run: DryRunOption = False,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove statements, accounts or a person's everywhere, for good; what is on the ballot stays.

    Texts, versions, captures, findings, reviews and the search index lose it, and the file is written anew.
    A salted tombstone keeps it from being stored again. Without a choice: finish what was cut short.
    """
    from sqlmodel import Session

    from archive.erasure.forgetting import Asked, unfinished
    from archive.erasure.subjects import find_subjects
    from db.words import ErasureSubject

    console = console_of(context, db, as_json)
    with refusals(as_json=as_json):
        engine = console.open()
        if not (statement or account or person):
            left = unfinished(engine)
            _finish(engine, dry_run=dry_run)
            said = (
                f"{left:,} finished"
                if left
                else "nothing to finish: name a --statement, --account or --person"
            )
            console.say(said, {"finished": 0 if dry_run else left})
            raise typer.Exit(Exit.DONE if left else Exit.BAD_INPUT)
        with Session(engine) as session:
            subjects = find_subjects(
                session, statements=statement or (), accounts=account or (), persons=person or ()
            )
        about = (
            ErasureSubject.PERSON
            if person
            else ErasureSubject.ACCOUNT
            if account
            else ErasureSubject.STATEMENT
        )
        outcome = _forget(engine, subjects, Asked(about, reason), dry_run=dry_run)
    console.say(f"{'would go: ' if dry_run else ''}{outcome}", {**asdict(outcome), "dry_run": dry_run})
    _end(engine, outcome)


@app.command()
def retain(
    context: typer.Context,
    policies: Annotated[
        Path | None, typer.Option("--policies", metavar="FILE", help="A table of your own (TSV).")
    ] = None,
    dry_run: DryRunOption = False,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Forget what platforms' terms want forgotten: of what was deleted there, only the dated fact stays.

    archive/erasure/policies.tsv says what and why; run it at least daily. What was forgotten before and came
    again goes again.
    """
    from sqlmodel import Session

    from archive.erasure.forgetting import Asked
    from archive.erasure.retention import find_due, read_policies
    from archive.erasure.screening import returned_accounts
    from archive.erasure.subjects import whole
    from db.models import now
    from db.words import ErasureSubject

    console = console_of(context, db, as_json)
    with refusals(as_json=as_json):
        rules = read_policies(policies)
        engine = console.open()
        with Session(engine) as session:
            due = find_due(session, rules, now=now())
            subjects = whole(session, due.statements, returned_accounts(session))
        asked = Asked(ErasureSubject.RETENTION, "retention policies", due.facts)
        outcome = _forget(engine, subjects, asked, dry_run=dry_run)
    by_policy = {f"{one.platform} {one.state}": count for one, count in due.by_policy.items()}
    told = "".join(f"\n{count:>9,}  {name}" for name, count in by_policy.items())
    late = (
        f"\n{due.late:,} of them are later than their policy allows: run this more often" if due.late else ""
    )
    console.say(
        f"{'would go: ' if dry_run else ''}{outcome}{told}{late}",
        {**asdict(outcome), "by_policy": by_policy, "late": due.late, "dry_run": dry_run},
    )
    _end(engine, outcome)


def _forget(engine: "Engine", subjects: "Subjects", asked: "Asked", *, dry_run: bool) -> "Outcome":
    from archive.erasure.forgetting import Outcome, forget

    outcome = Outcome()
    if subjects.statements or subjects.accounts or subjects.persons:
        with progress("captures") as tell:
            outcome = forget(engine, subjects, asked, dry_run=dry_run, progress=tell)
    _finish(engine, dry_run=dry_run)
    return outcome


def _finish(engine: "Engine", *, dry_run: bool) -> None:
    from archive.erasure.forgetting import finish

    if not dry_run:
        finish(engine)


def _end(engine: "Engine", outcome: "Outcome") -> None:
    """Say what the command could not do, which is the user's then."""
    from db.scrubbing import copies_beside

    for copy in copies_beside(engine):
        complain(f"{copy} is a copy that was made before, and still holds what it held: delete it")
    if outcome.unchecked:
        numbers = ", ".join(map(str, outcome.unchecked[:10]))
        complain(
            f"captures {numbers}: their bytes are damaged, and were not looked into: see hustings verify"
        )
        raise typer.Exit(Exit.PARTLY)
