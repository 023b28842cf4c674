"""Options that several commands of analysis have, and what they name."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from db.console import console_of, front_door

if TYPE_CHECKING:
    from analysis.contract import Roster
    from analysis.outcomes import Window
    from analysis.reader import FindsKinds, Reader
    from analysis.running.recipe import Recipe

MethodOption = Annotated[
    str | None,
    typer.Option(
        "--method",
        metavar="NAME",
        help="How sentiment is scored: linear (default), vader-target (rules), vader (the plain one), "
        "transformers, or the name of a plug-in (docs/scorers.md).",
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="FILE|NAME",
        help="What the method reads with: a file or folder; for transformers also a name on the hub.",
    ),
]

ElectionOption = Annotated[str | None, typer.Option("--election", metavar="ID", help="This election only.")]
ContestOption = Annotated[str | None, typer.Option("--contest", metavar="ID", help="This contest only.")]
BeforeOption = Annotated[
    int, typer.Option("--before", min=0, help="Days before polling day from which statements belong.")
]
AfterOption = Annotated[
    int, typer.Option("--after", min=0, help="Days after polling day until which they do.")
]

GazetteerOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--gazetteer",
        metavar="DIR",
        help="A folder of your own tables of parties, offices ...; repeatable (docs/targets.md).",
    ),
]
KindsModelOption = Annotated[
    Path | None,
    typer.Option(
        "--kinds-model",
        metavar="FILE|rules",
        help="A layer over the rules of kinds made by `hustings code train`, or `rules` for the rules alone"
        " (docs/kinds-model.md). Default: the layer that ships.",
    ),
]


def window_of(before: int, after: int) -> "Window":
    """The days around polling day that the options name."""
    from analysis.outcomes import Window

    return Window(before=timedelta(days=before), after=timedelta(days=after))


def reader_for(
    roster: "Roster",
    method: str | None,
    model: str | None = None,
    folders: list[Path] | None = None,
    kinds: "FindsKinds | None" = None,
) -> "Reader":
    """The reader that the options name; `kinds` as `analysis.running.recipe.kinds_by` gives it."""
    from analysis.reader import Reader
    from analysis.sentiment import DEFAULT_SCORER, scorer_for
    from analysis.targets import gazetteer_with

    return Reader(roster, scorer_for(method or DEFAULT_SCORER, model), gazetteer_with(folders or []), kinds)


def recipe_of(
    method: str | None, model: str | None, folders: list[Path] | None, kinds_model: Path | None
) -> "Recipe":
    """The same reader in a few words, for other processes; what is a file here is named by its whole path."""
    from analysis.running.recipe import RULES, Recipe
    from analysis.sentiment import DEFAULT_SCORER

    return Recipe(
        scorer=method or DEFAULT_SCORER,
        model=str(Path(model).resolve()) if model and Path(model).exists() else model,
        gazetteers=tuple(folder.resolve() for folder in folders or ()),
        kinds_model=kinds_model.resolve() if kinds_model and kinds_model != RULES else kinds_model,
    )


def roster_for(context: typer.Context, file: Path | None, db: str | None) -> "Roster":
    """Candidates to link to, from a file or an archive that the user names; else nobody."""
    from sqlmodel import Session

    from analysis.contract import Roster
    from analysis.roster import load_roster

    door = front_door(context)
    if file is not None:
        engine = door.roster_in_memory(file)
    elif db or door.address:
        engine = console_of(context, db).open()
    else:
        return Roster()
    with Session(engine) as session:
        return load_roster(session)
