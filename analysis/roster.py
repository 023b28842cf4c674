"""Everybody whom a statement can be linked to, read from the archive."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from sqlmodel import Session, select

from analysis.contract import Candidate, Contest, Handle, Party, PartyAlias, Roster
from db import models

K = TypeVar("K")
V = TypeVar("V")

ID_SCHEMES = ("dc", "roster", "mnis")
"""Whose id of a person is shown: the first that the person has; else the archive's own."""


def load_roster(session: Session) -> Roster:
    """All contests, candidacies and parties of the archive, with every name, handle and alias."""
    elections = {election.id: election for election in session.exec(select(models.Election))}
    contests = tuple(
        Contest(row.id, row.name, row.election_id, elections[row.election_id].polling_date, row.seats)
        for row in session.exec(select(models.Contest))
    )
    parties = {party.id: party for party in session.exec(select(models.Party))}
    return Roster(
        contests=contests,
        candidates=tuple(_candidates(session, contests, parties)),
        parties=_parties(session, parties.values()),
    )


def _candidates(
    session: Session, contests: Iterable[Contest], parties: Mapping[str, models.Party]
) -> Iterator[Candidate]:
    by_id = {contest.contest_id: contest for contest in contests}
    persons = {person.id: person for person in session.exec(select(models.Person))}
    names = _grouped((entry.person_id, entry.name) for entry in session.exec(select(models.PersonName)))
    public_ids, handles = _public_ids(session), _handles(session)
    for candidacy in session.exec(select(models.Candidacy)):
        person, contest = persons[candidacy.person_id], by_id[candidacy.contest_id]
        party = parties[candidacy.party_id] if candidacy.party_id else None
        yield Candidate(
            person_id=person.id,
            public_id=public_ids.get(person.id, person.id),
            name=person.name,
            family_name=person.family_name or person.name.split()[-1],
            contest_id=contest.contest_id,
            election_id=contest.election_id,
            polling_date=contest.polling_date,
            party_id=candidacy.party_id,
            party_name=party.name if party else candidacy.ballot_label or "",
            status=candidacy.status,
            incumbent=candidacy.incumbent,
            other_names=tuple(names.get(person.id, ())),
            handles=tuple(handles.get(person.id, ())),
        )


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _public_ids(session: Session) -> dict[str, str]:
    found: dict[str, tuple[int, str]] = {}
    for entry in session.exec(select(models.PersonIdentifier)):
        if entry.scheme in ID_SCHEMES:
            ranked = (ID_SCHEMES.index(entry.scheme), entry.value)
            found[entry.person_id] = min(ranked, found.get(entry.person_id, ranked))
    return {person_id: value for person_id, (_, value) in found.items()}


def _handles(session: Session) -> dict[str, list[Handle]]:
    query = select(models.Account, models.AccountHandle).join(models.AccountHandle)
    return _grouped(
        (account.person_id, Handle(account.platform, entry.handle, entry.valid_from, entry.valid_to))
        for account, entry in session.exec(query)
        if account.person_id
    )


def _parties(session: Session, parties: Iterable[models.Party]) -> tuple[Party, ...]:
    aliases = _grouped(
        (entry.party_id, PartyAlias(entry.alias, entry.valid_from, entry.valid_to))
        for entry in session.exec(select(models.PartyAlias))
    )
    return tuple(Party(party.id, party.name, tuple(aliases.get(party.id, ()))) for party in parties)
