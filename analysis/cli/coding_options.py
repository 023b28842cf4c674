"""What the commands of hand coding share: whose findings, which kind."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlmodel import Session

    from analysis.contract import KindName

MethodOption = Annotated[
    str | None,
    typer.Option("--method", metavar="NAME", help="Whose findings, as for report. Default: as for report."),
]


def one_of(option: str, given: str, known: Sequence[str]) -> str:
    """A word that is one of those known; refused by name otherwise."""
    if given not in known:
        raise typer.BadParameter(f"{option} is one of: {', '.join(known)}")
    return given


def kind_named(name: str) -> "KindName":
    """The kind of that name; refused otherwise."""
    from analysis.contract import KindName

    return KindName(one_of("--kind", name, tuple(KindName)))


def reading_method(session: "Session", name: str | None) -> str:
    """The method of whole readings that a name means. Refuses where nothing was read."""
    from analysis.evaluation.errors import CodingRefused
    from analysis.outcomes.methods import chosen_method, read_methods

    chosen = chosen_method(read_methods(session), name)
    if chosen is None:
        raise CodingRefused("no statement was read yet: run `hustings analyse` first")
    return chosen.method
