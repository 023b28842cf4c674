"""What an election as a whole meant for its parties, stored from a file."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from archive.ballots.names import words
from archive.ballots.rows import Ballot, PartyResultRow
from archive.batches import batches
from archive.changes import assign
from archive.contract import UnreadableSource
from db.models import Candidacy, Contest, Election, Party, PartyAlias, PartyResult

SHOWN = 5
"""How many names a message proposes."""


@dataclass(frozen=True, slots=True)
class PartyTally:
    """What a file of party results did."""

    parties: int
    new: int
    changed: int

    def __str__(self) -> str:
        return f"results of {self.parties:,} parties ({self.new:,} new), {self.changed:,} known rows changed"


def keep_party_results(session: Session, ballot: Ballot) -> PartyTally:
    """Store the results of a file's parties; safe to repeat: what a later file says differently replaces it.

    Raises UnreadableSource (file, row, column) for an election or a party that the archive does not know,
    and for a party that is there twice.
    """
    elections = _elections(session, ballot.parties)
    parties = _parties(session, elections)
    known = _known(session, elections)
    new, changed, told = 0, 0, dict[tuple[str, str], int]()
    for row in ballot.parties:
        party_id = _party_id(session, row, parties[row.election_id])
        if (row.election_id, party_id) in told:
            earlier = told[row.election_id, party_id]
            raise row.place.wrong(_column(row), f"{party_id} is already in row {earlier}")
        told[row.election_id, party_id] = row.place.row
        there = known.get((row.election_id, party_id))
        new += there is None
        result = there or PartyResult(election_id=row.election_id, party_id=party_id)
        zone = ZoneInfo(elections[row.election_id].time_zone)
        changed += _tell(result, row, zone, ballot.file) and there is not None
        session.add(result)
    session.flush()
    return PartyTally(len(ballot.parties), new, changed)


def _tell(result: PartyResult, row: PartyResultRow, zone: ZoneInfo, file: str) -> bool:
    declared = row.declared_in(zone)
    return assign(
        result,
        won=row.won,
        seats=row.seats,
        votes=row.votes,
        declared_at=declared.at if declared else None,
        declared_precision=declared.precision if declared else None,
        source=row.source or result.source or file,
    )


def _known(session: Session, elections: Iterable[str]) -> dict[tuple[str, str], PartyResult]:
    query = select(PartyResult).where(col(PartyResult.election_id).in_(list(elections)))
    return {(one.election_id, one.party_id): one for one in session.exec(query)}


def _elections(session: Session, rows: Iterable[PartyResultRow]) -> dict[str, Election]:
    found: dict[str, Election] = {}
    for row in rows:
        election = found.get(row.election_id) or session.get(Election, row.election_id)
        if election is None:
            raise row.place.wrong("election_id", _unknown_election(session, row.election_id))
        found[row.election_id] = election
    return found


def _unknown_election(session: Session, election_id: str) -> str:
    known = sorted(session.exec(select(Election.id)))
    if not known:
        return (
            f"there is no election {election_id}: the archive holds none yet; "
            "import its candidates first (`hustings roster import`)"
        )
    shown = get_close_matches(election_id, known, SHOWN) or known[:SHOWN]
    return (
        f"there is no election {election_id}; there is: {', '.join(shown)}; "
        "import its candidates first (`hustings roster import`)"
    )


Names = Mapping[tuple[str, ...], set[str]]
"""Name or alias, in words -> ids of the parties that go by it."""


def _parties(session: Session, elections: Iterable[str]) -> dict[str, Names]:
    """Election id -> names of the parties that stand in it."""
    return {election_id: _names(session, election_id) for election_id in elections}


def _names(session: Session, election_id: str) -> Names:
    standing = (
        select(Candidacy.party_id)
        .join(Contest, col(Contest.id) == col(Candidacy.contest_id))
        .where(col(Contest.election_id) == election_id)
    )
    names: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for party in session.exec(select(Party).where(col(Party.id).in_(standing))):
        names[words(party.name)].add(party.id)
    for alias in session.exec(select(PartyAlias).where(col(PartyAlias.party_id).in_(standing))):
        names[words(alias.alias)].add(alias.party_id)
    return names


def _party_id(session: Session, row: PartyResultRow, names: Names) -> str:
    if row.party_id is not None:
        if session.get(Party, row.party_id) is None:
            raise row.place.wrong("party_id", _unknown_party(session, row.party_id, names))
        return row.party_id
    assert row.party_name is not None  # one of them is there
    found = names.get(words(row.party_name), set())
    if len(found) > 1:
        raise row.place.wrong(
            "party_name", f"{row.party_name} may be {', '.join(sorted(found))}: give party_id"
        )
    if not found:
        raise row.place.wrong("party_name", _unknown_party(session, row.party_name, names))
    return next(iter(found))


def _unknown_party(session: Session, wanted: str, names: Names) -> str:
    ids = sorted({one for found in names.values() for one in found})
    known: list[str] = []
    for batch in batches(ids):
        rows = session.exec(select(Party.id, Party.name).where(col(Party.id).in_(batch)))
        known += [f"{name} ({party_id})" for party_id, name in rows]
    if not known:
        return f"no party stands in that election: import its candidates before {wanted}"
    shown = get_close_matches(wanted, known, SHOWN, cutoff=0.3) or sorted(known)[:SHOWN]
    return f"no party {wanted} stands in that election; there is: {', '.join(shown)}"


def _column(row: PartyResultRow) -> str:
    return "party_id" if row.party_id is not None else "party_name"


def refuse_party_results(ballot: Ballot) -> None:
    """Refuse such a file where candidates are wanted."""
    if ballot.parties:
        raise UnreadableSource(
            f"{ballot.file} holds results of parties, no candidates: use `hustings results import`"
        )
