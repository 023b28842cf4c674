"""Rosters: elections, contests, parties, persons, candidacies and accounts stored from a file."""

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from archive.accounts import keep_accounts
from archive.ballots.formats import read_ballot
from archive.ballots.rows import AccountRow, Ballot, Request
from archive.candidacies import Kept, keep_candidates, keep_contests
from archive.captures import keep_whole
from archive.parties import keep_parties
from archive.party_results import refuse_party_results
from db import open_database, writing

LOOKED_UP_ELECTION = "parl.2024-07-04"
"""Election of a file that names none, where candidates are only looked up: the Library's latest."""

LOOKED_UP_ZONE = "UTC"
"""Zone of an election whose file states none, where candidates are only looked up: no time is read."""


@dataclass(frozen=True, slots=True)
class RosterTally:
    """What an import of a roster found and did. The first four count what the file holds."""

    format: str
    elections: int
    contests: int
    candidacies: int
    accounts: int
    new_contests: int
    new_candidacies: int
    new_persons: int
    new_accounts: int
    changed: int
    """Rows of the archive that were there before and are different now."""
    unmatched: tuple[str, ...]
    """Candidates whom one source lists and another, said to be complete, does not."""
    notes: tuple[str, ...]
    """What a user should know of and that is no error."""

    def __str__(self) -> str:
        lines = [
            f"{self.format}: {self.contests:,} contests ({self.new_contests:,} new), "
            f"{self.candidacies:,} candidacies ({self.new_candidacies:,} new), "
            f"{self.new_persons:,} new persons, "
            f"{self.accounts:,} accounts ({self.new_accounts:,} new), "
            f"{self.changed:,} known rows changed"
        ]
        lines += [f"  not matched: {line}" for line in self.unmatched]
        lines += [f"  note: {line}" for line in self.notes]
        return "\n".join(lines)


def import_roster(
    engine: Engine,
    path: Path | str,
    *,
    election: str | None = None,
    name: str | None = None,
    time_zone: str | None = None,
) -> RosterTally:
    """Store who stands where from a file in a known format; votes in it are left aside.

    `election` and `name` say which election a file is about that does not say so itself; `time_zone`
    (IANA) is the zone of times that state none. Safe to repeat: what is known is completed or corrected.

    Raises UnreadableSource (file, row, column) for anything wrong in the file; then nothing is stored.
    """
    ballot = read_ballot(Path(path), Request(election, name, time_zone))
    with writing(engine) as session:
        return store_roster(session, ballot)


def roster_in_memory(path: Path | str) -> Engine:
    """A roster file as a database in memory, to look candidates up in.

    What an archive must know and a look-up need not, such as the election's zone, the file may leave out.

    Raises UnreadableSource (file, row, column) for anything wrong in the file.
    """
    ballot = read_ballot(Path(path), Request(default_election=LOOKED_UP_ELECTION))
    zoned = tuple(replace(row, time_zone=row.time_zone or LOOKED_UP_ZONE) for row in ballot.elections)
    engine = open_database("sqlite://", create=True)
    with writing(engine) as session:
        store_roster(session, replace(ballot, elections=zoned))
    return engine


def store_roster(session: Session, ballot: Ballot) -> RosterTally:
    """Store who stands where from a ballot file that was read, and the file's bytes."""
    keep_whole(session, ballot.file, ballot.body, media_type="text/csv", reader=ballot.format)
    return roster_tally(ballot, keep_roster(session, ballot, results=False))


def keep_roster(session: Session, ballot: Ballot, *, results: bool) -> Kept:
    """Store everything in a ballot but its results.

    Where `results` follow, the winners whom a file of contests names are candidates, too; for a roster
    alone such a file tells the contests only.
    """
    refuse_party_results(ballot)
    kept = keep_contests(session, ballot)
    if ballot.winners_only and not results:
        return kept
    parties = keep_parties(session, ballot)
    keep_candidates(session, ballot, kept, parties)
    _keep_accounts(session, ballot, kept)
    return kept


def _keep_accounts(session: Session, ballot: Ballot, kept: Kept) -> None:
    owners: defaultdict[AccountRow, set[str]] = defaultdict(set)
    for row, candidacy in kept.told:
        for account in row.accounts:
            owners[account].add(candidacy.person_id)
    tally = keep_accounts(session, owners, ballot.file)
    kept.accounts = len(owners)
    kept.new_accounts = tally.created
    kept.changed_accounts = tally.changed
    kept.notes += tally.shared


def roster_tally(ballot: Ballot, kept: Kept) -> RosterTally:
    """What was kept, counted."""
    return RosterTally(
        format=ballot.format,
        elections=len(ballot.elections),
        contests=len(ballot.contests),
        candidacies=len(kept.told),
        accounts=kept.accounts,
        new_contests=kept.new_contests,
        new_candidacies=kept.new_candidacies,
        new_persons=kept.new_persons,
        new_accounts=kept.new_accounts,
        changed=len(kept.changed) + kept.changed_accounts,
        unmatched=tuple(kept.unmatched),
        notes=tuple(kept.notes),
    )
