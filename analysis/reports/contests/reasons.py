"""What a report shows of why statements have their labels, and how much of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from analysis.contract import Reason
from analysis.outcomes.found import FoundStatement

MOST_STATEMENTS = 400
"""Statements of one candidacy whose reasons are shown where nobody asks for another number."""
MOST_IN_ALL = 3_000
"""Statements of a report of which, where nobody asks, reasons are shown: of more it would take long."""

LEFT_OUT = (
    "The words that weigh in each label are left out: this report holds too many statements, or was asked for"
    " none. hustings report --reasons N shows them beside N statements of each candidate; hustings explain"
    " shows those of any statement."
)


@dataclass(frozen=True, slots=True)
class Why:
    """The reasons of one rating."""

    about: int | None
    """Place among the statement's targets; None: the whole text."""
    reasons: tuple[Reason, ...]
    """Those that weigh most, in the order of the text."""
    left_out: int
    """Further reasons, which weigh less."""
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatementWhy:
    """The reasons of a statement's ratings."""

    masked: tuple[str, ...] = ()
    """Words that were not read, each once."""
    ratings: tuple[Why, ...] = ()
    left_out: int = 0
    """Targets whose reasons are not shown."""
    problem: str | None = None
    """Why there are none: what would be shown is not what the ratings were made by."""


class Explains(Protocol):
    """Says why statements have their labels."""

    @property
    def problem(self) -> str | None:
        """Why nothing can be explained."""

    def of(self, candidacies: Iterable[Sequence[FoundStatement]]) -> Mapping[int, StatementWhy]:
        """Statement -> the reasons of its ratings, for some statements of each candidacy."""


@dataclass(frozen=True, slots=True)
class NoReasons:
    """What stands in for the reasons in a report that shows none: nothing that reads texts is loaded."""

    problem: str | None
    """None where there is nothing to explain."""

    def of(self, _candidacies: Iterable[Sequence[FoundStatement]]) -> Mapping[int, StatementWhy]:
        """Nothing."""
        return {}
