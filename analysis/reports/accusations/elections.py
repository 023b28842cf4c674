"""The accusations of an election, read from the archive and written to files of the user's own."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session

from analysis.outcomes.ballot import Contest, Election
from analysis.outcomes.ballots import find_contests, find_elections
from analysis.outcomes.methods import chosen_method, read_methods
from analysis.outcomes.statements import statements_in
from analysis.outcomes.timing import Window
from analysis.reports.accusations.counting import (
    Accusation,
    AccusationTally,
    accusation_rows,
    accusations_of,
    tally_of,
)
from analysis.reports.accusations.ingroups import InGroup, in_group_of
from analysis.reports.accusations.network import Network, network_of
from analysis.reports.accusations.rows import AccusationRow
from analysis.reports.errors import ManyElections
from analysis.reports.formats import as_object, csv_text
from analysis.reports.progress import Progress, Steps
from analysis.reports.rows import Row
from analysis.reports.tones import NO_THRESHOLD
from db.batches import batches

CONTESTS_AT_ONCE = 25
"""Contests whose statements are held at a time."""


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
    in_groups: Sequence[InGroup],
    method: str | None,
) -> ElectionAccusations:
    """Answer for one election of all these contests; the first of `in_groups` is that of rows and edges."""
    return ElectionAccusations(
        election=election,
        rows=tuple(accusation_rows(accusations, in_groups[0])),
        network=network_of(accusations, contests, in_groups[0]),
        tally=tally_of(accusations, in_groups),
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
    groups = {key: [in_group_of(one, some) for one in in_groups] for key, some in every.items()}
    asked = {key: [one for one in some if contest in (None, one.id)] for key, some in every.items()}
    steps = Steps(progress, sum(map(len, asked.values())))
    read = _Reading(session, window or Window(), chosen.method if chosen else None, steps)
    return [
        accusations_in(
            one,
            every[one.id],
            list(read.accusations(asked[one.id])),
            groups[one.id],
            chosen.sentiment if chosen else None,
        )
        for one in elections
    ]


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads the accusations of one contest after the other."""

    session: Session
    window: Window
    method: str | None
    steps: Steps

    def accusations(self, contests: Sequence[Contest]) -> Iterator[Accusation]:
        for some in batches(contests, CONTESTS_AT_ONCE):
            found = statements_in(self.session, some, window=self.window, method=self.method)
            for statements in found.values():
                for statement in statements:
                    yield from accusations_of(statement, threshold=NO_THRESHOLD)
            self.steps.step(len(some))


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


def only_one(found: Sequence[ElectionAccusations]) -> ElectionAccusations:
    """The one election that a file can hold. Raises ManyElections, which names those there are."""
    if len(found) == 1:
        return found[0]
    ids = ", ".join(one.election.id for one in found)
    raise ManyElections(
        f"this file holds one election, name it with --election: {ids}" if found else "there is no election"
    )
