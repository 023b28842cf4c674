"""Who conceded, read from the archive for whole elections, and given to programs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from analysis.outcomes.ballot import Election
from analysis.outcomes.ballots import find_contests, find_elections
from analysis.outcomes.candidacies import CandidacyOutcome
from analysis.outcomes.linking import candidacy_outcomes
from analysis.outcomes.methods import chosen_method, read_methods
from analysis.outcomes.timing import Window
from analysis.reports.concessions.candidacies import claim_row, concession_row
from analysis.reports.concessions.rows import ClaimRow, ConcessionRow, ConcessionSummaryRow
from analysis.reports.concessions.summary import summary_rows
from analysis.reports.formats import as_object, csv_text
from analysis.reports.measuring import measured_of, recall_of_concessions
from analysis.reports.progress import Progress, Steps
from analysis.reports.rows import Row
from db.batches import batches

CONTESTS_AT_ONCE = 250
"""Contests whose statements are held at a time."""


@dataclass(frozen=True, slots=True)
class ElectionConcessions:
    """What the candidacies of one election say of its result."""

    election: Election
    rows: tuple[ConcessionRow, ...]
    """Contest by contest, on the ballot first, most votes first."""
    claims: tuple[ClaimRow, ...]
    party_claims: tuple[ClaimRow, ...]
    """Of these: about the party's result in the whole election, not the author's own contest."""
    summary: tuple[ConcessionSummaryRow, ...]


def concessions_of(election: Election, outcomes: Sequence[CandidacyOutcome]) -> ElectionConcessions:
    """The rows of one election from all that is known of its candidacies."""
    return together(
        election,
        rows=map(concession_row, outcomes),
        claims=(claim_row(one, claim) for one in outcomes for claim in one.all_claims),
        party_claims=(claim_row(one, claim) for one in outcomes for claim in one.party_claims),
    )


def together(
    election: Election,
    rows: Iterable[ConcessionRow],
    claims: Iterable[ClaimRow],
    party_claims: Iterable[ClaimRow],
) -> ElectionConcessions:
    """The answer for one election from the rows of its contests."""
    every = tuple(rows)
    return ElectionConcessions(
        election, every, tuple(claims), tuple(party_claims), tuple(summary_rows(every))
    )


def find_concessions(
    session: Session,
    *,
    now: datetime,
    election: str | None = None,
    contest: str | None = None,
    window: Window | None = None,
    method: str | None = None,
    progress: Progress | None = None,
) -> list[ElectionConcessions]:
    """What is known of the elections asked for (both None: all), newest first.

    `progress` is told (contests read, all contests).
    Raises UnknownElection, UnknownContest, UnreadMethod.
    """
    elections = find_elections(session, election=election, contest=contest)
    chosen = chosen_method(read_methods(session), method)
    contests = {one.id: find_contests(session, one, contest=contest) for one in elections}
    accuracy = recall_of_concessions(measured_of(session, chosen))
    steps = Steps(progress, sum(map(len, contests.values())))
    found = []
    for one in elections:
        outcomes: list[CandidacyOutcome] = []
        for some in batches(contests[one.id], CONTESTS_AT_ONCE):
            outcomes += candidacy_outcomes(
                session,
                some,
                now=now,
                window=window,
                accuracy=accuracy,
                method=chosen.method if chosen else None,
            )
            steps.step(len(some))
        found.append(concessions_of(one, outcomes))
    return found


def as_json(found: ElectionConcessions) -> dict[str, Any]:
    """Everything of one election, for programs."""
    return {
        "election_id": found.election.id,
        "election": found.election.name,
        "concessions": [as_object(row) for row in found.rows],
        "claims": [as_object(row) for row in found.claims],
        "summary": [as_object(row) for row in found.summary],
    }


def tables_of(found: Iterable[ElectionConcessions]) -> dict[str, list[Row]]:
    """Name of a data file -> its rows, of all these elections."""
    every = list(found)
    return {
        "concessions": [row for one in every for row in one.rows],
        "claims": [row for one in every for row in one.claims],
        "concession-summary": [row for one in every for row in one.summary],
    }


def csv_files(found: Iterable[ElectionConcessions]) -> dict[str, str]:
    """Name of a data file -> its text."""
    return {table: csv_text(table, rows) for table, rows in tables_of(found).items()}
