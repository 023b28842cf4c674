"""Parties of a file, stored with the names they go by."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from archive.ballots.names import words
from archive.ballots.rows import Ballot, PartyRow
from archive.batches import batches
from archive.changes import fill
from db.models import Candidacy, Contest, Party, PartyAlias
from db.words import NameKind

BY_NAME = "name:"
"""Start of the id of a party that is known by its name only."""


@dataclass(frozen=True, slots=True)
class Parties:
    """The parties of a file and of its elections, as stored."""

    ids: Mapping[str, str]
    """Id in the file -> id in the archive."""
    abbreviations: Mapping[str | None, str | None]
    """Id in the archive -> abbreviation."""

    def id_of(self, row: PartyRow | None) -> str | None:
        """The id in the archive of a row's party."""
        return None if row is None else self.ids[row.id]


def keep_parties(session: Session, ballot: Ballot) -> Parties:
    """Store the file's parties and their aliases.

    A party known by name only is one that stands in the same election under that name or alias, if
    there is just one.
    """
    by_id: defaultdict[str, list[PartyRow]] = defaultdict(list)
    for row in ballot.candidates:
        if row.party is not None:
            by_id[row.party.id].append(row.party)
    standing = _standing_parties(session, [election.id for election in ballot.elections])
    names = _names(session, standing)
    ids = {party_id: _known_id(party_id, found, names) for party_id, found in by_id.items()}
    known = _stored_parties(session, ids.values())
    for party_id, found in by_id.items():
        _keep_party(session, known, ids[party_id], found, ballot.file)
    session.flush()
    _keep_aliases(session, ids, known, by_id)
    parties = {**standing, **known}
    return Parties(ids, {party.id: party.abbreviation for party in parties.values()})


def _known_id(party_id: str, rows: list[PartyRow], names: Mapping[tuple[str, ...], set[str]]) -> str:
    if not party_id.startswith(BY_NAME):
        return party_id
    found = names.get(words(rows[0].name), set())
    return next(iter(found)) if len(found) == 1 else party_id


def _standing_parties(session: Session, elections: list[str]) -> dict[str, Party]:
    """The parties that stand in these elections."""
    standing = (
        select(Candidacy.party_id)
        .join(Contest, col(Contest.id) == col(Candidacy.contest_id))
        .where(col(Contest.election_id).in_(elections))
    )
    return {party.id: party for party in session.exec(select(Party).where(col(Party.id).in_(standing)))}


def _names(session: Session, parties: Mapping[str, Party]) -> dict[tuple[str, ...], set[str]]:
    """Name or alias -> ids of the parties that go by it."""
    names: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for party in parties.values():
        names[words(party.name)].add(party.id)
    for party_id, alias in _stored_aliases(session, parties):
        names[words(alias)].add(party_id)
    return names


def _stored_aliases(session: Session, party_ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    for batch in batches(sorted(party_ids)):
        query = select(PartyAlias).where(col(PartyAlias.party_id).in_(batch))
        yield from ((alias.party_id, alias.alias) for alias in session.exec(query))


def _stored_parties(session: Session, ids: Iterable[str]) -> dict[str, Party]:
    found: dict[str, Party] = {}
    for batch in batches(sorted(set(ids))):
        found |= {party.id: party for party in session.exec(select(Party).where(col(Party.id).in_(batch)))}
    return found


def _keep_party(
    session: Session, known: dict[str, Party], party_id: str, rows: list[PartyRow], source: str
) -> None:
    name = Counter(row.name for row in rows).most_common(1)[0][0]
    abbreviation = next((row.abbreviation for row in rows if row.abbreviation), None)
    party = known.get(party_id)
    if party is None:
        known[party_id] = Party(id=party_id, name=name, abbreviation=abbreviation, source=source)
        session.add(known[party_id])
    else:
        fill(party, abbreviation=abbreviation)


def _keep_aliases(
    session: Session,
    ids: Mapping[str, str],
    parties: Mapping[str, Party],
    by_id: Mapping[str, list[PartyRow]],
) -> None:
    known = {(party.id, party.name) for party in parties.values()} | set(_stored_aliases(session, parties))
    for told_id, rows in by_id.items():
        for row in dict.fromkeys(rows):
            for alias, kind in ((row.name, NameKind.INFORMAL), (row.abbreviation, NameKind.ABBREVIATION)):
                if alias and (ids[told_id], alias) not in known:
                    known.add((ids[told_id], alias))
                    session.add(PartyAlias(party_id=ids[told_id], alias=alias, kind=kind))
