"""The accusations of an election, read from the archive and written to files of the user's own."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from analysis.outcomes.ballot import Contest, Election
from analysis.outcomes.ballots import find_contests, find_elections
from analysis.outcomes.statements import statements_in
from analysis.outcomes.timing import Window
from analysis.reports.accusations import (
    Accusation,
    AccusationTally,
    accusation_rows,
    accusations_of,
    tally_of,
)
from analysis.reports.choosing import chosen_method, read_methods
from analysis.reports.errors import ManyElections
from analysis.reports.formats import as_object, csv_text
from analysis.reports.graphs import GRAPHS
from analysis.reports.ingroups import InGroup, in_group_of
from analysis.reports.network import Network, network_of
from analysis.reports.outcome_rows import AccusationRow
from analysis.reports.rows import Row
from analysis.reports.tones import NO_THRESHOLD

CONTESTS_AT_ONCE = 25
"""Contests whose statements are held at a time."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ElectionAccusations:
    """Who accuses whom in one election."""

    election: Election
    rows: tuple[AccusationRow, ...]
    network: Network
    tally: AccusationTally
    method: str | None
    """Of the sentiment toward the targets; None: nothing was read."""


def accusations_in(
    election: Election,
    contests: Sequence[Contest],
    accusations: Sequence[Accusation],
    definitions: Sequence[str],
    method: str | None,
) -> ElectionAccusations:
    """Answer for one election; the first definition of groups is that of rows and edges.

    `contests`: all of the election. Raises BadInGroup.
    """
    groups = [in_group_of(one, contests) for one in definitions]
    return ElectionAccusations(
        election=election,
        rows=tuple(accusation_rows(accusations, groups[0])),
        network=network_of(accusations, contests, groups[0]),
        tally=tally_of(accusations, groups),
        method=method,
    )


def find_accusations(
    session: Session,
    *,
    election: str | None = None,
    contest: str | None = None,
    window: Window | None = None,
    method: str | None = None,
    in_groups: Sequence[str] = ("party",),
    progress: Progress | None = None,
) -> list[ElectionAccusations]:
    """Who accuses whom in the elections asked for (both None: all), newest first.

    `in_groups`: definitions as `in_group_of` reads them, at least one. `progress` is told (contests read,
    all contests). Raises UnknownElection, UnknownContest, UnreadMethod, BadInGroup.
    """
    elections = find_elections(session, election=election, contest=contest)
    chosen = chosen_method(read_methods(session), method)
    every = {one.id: find_contests(session, one) for one in elections}
    for one in elections:
        _check(in_groups, every[one.id])  # before anything long begins
    read = _Reading(session, window or Window(), chosen.method if chosen else None, progress)
    asked = {one: [it for it in some if contest in (None, it.id)] for one, some in every.items()}
    read.total = sum(map(len, asked.values()))
    return [
        accusations_in(
            one,
            every[one.id],
            list(read.accusations(asked[one.id])),
            in_groups,
            chosen.sentiment if chosen else None,
        )
        for one in elections
    ]


def _check(definitions: Iterable[str], contests: Sequence[Contest]) -> list[InGroup]:
    return [in_group_of(one, contests) for one in definitions]


@dataclass(slots=True)
class _Reading:
    """The statements of one contest after the other."""

    session: Session
    window: Window
    method: str | None
    progress: Progress | None
    done: int = 0
    total: int = 0

    def accusations(self, contests: Sequence[Contest]) -> Iterator[Accusation]:
        for first in range(0, len(contests), CONTESTS_AT_ONCE):
            some = contests[first : first + CONTESTS_AT_ONCE]
            found = statements_in(self.session, some, window=self.window, method=self.method)
            for statements in found.values():
                for statement in statements:
                    yield from accusations_of(statement, threshold=NO_THRESHOLD)
            self.done += len(some)
            if self.progress is not None:
                self.progress(self.done, self.total)


def as_json(found: ElectionAccusations) -> dict[str, Any]:
    """Everything of one election, for programs."""
    return {
        "election_id": found.election.id,
        "election": found.election.name,
        "sentiment_method": found.method,
        "summary": asdict(found.tally),
        "accusations": [as_object(row) for row in found.rows],
        "nodes": [as_object(row) for row in found.network.nodes],
        "edges": [as_object(row) for row in found.network.edges],
    }


def tables_of(found: ElectionAccusations) -> dict[str, Sequence[Row]]:
    """Name of a data file -> its rows."""
    return {"accusations": found.rows, "nodes": found.network.nodes, "edges": found.network.edges}


def csv_files(found: ElectionAccusations) -> dict[str, str]:
    """File name -> its text."""
    return {f"{table}.csv": csv_text(table, rows) for table, rows in tables_of(found).items()}


def graph_text(found: ElectionAccusations, form: str, *, made: date) -> str:
    """The network in a format of GRAPHS."""
    return GRAPHS[form](found.network, made=made)


def only_one(found: Sequence[ElectionAccusations]) -> ElectionAccusations:
    """The one election that a file can hold. Raises ManyElections, which names those there are."""
    if len(found) == 1:
        return found[0]
    ids = ", ".join(one.election.id for one in found)
    raise ManyElections(
        f"this file holds one election, name it with --election: {ids}" if found else "there is no election"
    )
