"""Who belongs together: the in-group of an accuser is a party, a bloc of parties from a file, or nobody."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from analysis.outcomes.ballot import Contest
from analysis.reports.errors import BadInGroup

COLUMNS = ("party", "bloc")
"""The columns of a file of blocs, one party a line."""

PARTY = "party"
NONE = "none"

MOST_NAMED = 40
"""Parties that a refusal lists."""


class Side(StrEnum):
    """Where an accusation goes, seen from its author's group."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNGROUPED = "ungrouped"  # author or target belongs to no group, so that neither can be said


@dataclass(frozen=True, slots=True)
class Party:
    """A party as the ballot of an election knows it."""

    id: str
    name: str | None
    abbreviation: str | None


@dataclass(frozen=True, slots=True)
class InGroup:
    """One definition of groups, for the candidates of one election."""

    name: str
    """`party`, `none`, or the file's name without its ending."""
    parties: Mapping[str, str]
    """Party id -> its group."""
    persons: Mapping[str, str]
    """Person id -> group; candidates without a party have none."""

    def of_person(self, person: str) -> str | None:
        """The group of a candidate; None for independents and for those who are no candidates here."""
        return self.persons.get(person)

    def of_party(self, party: str | None) -> str | None:
        """The group of a party; None for one that nobody stands for here."""
        return self.parties.get(party) if party else None

    def side(self, author: str | None, target: str | None) -> Side:
        """Whether an accusation stays in the group."""
        if author is None or target is None:
            return Side.UNGROUPED
        return Side.INSIDE if author == target else Side.OUTSIDE


def parties_of(contests: Iterable[Contest]) -> list[Party]:
    """The parties that somebody stands for, each once, by id."""
    found = {
        one.party_id: (one.party_id, one.party, one.party_abbreviation)
        for contest in contests
        for one in contest.candidacies
        if one.party_id
    }
    return [Party(*found[party]) for party in sorted(found)]


def in_group_of(definition: str, contests: Sequence[Contest]) -> InGroup:
    """The groups by a definition: `party`, `none`, or a CSV file with the columns party and bloc.

    A party that the file does not name is a group of its own; a person who stands for two groups is in
    none. Raises BadInGroup for a file that is not so, with its row, or that names unknown parties, with
    those that are known; OSError where there is no such file.
    """
    if definition == NONE:
        return InGroup(NONE, {}, {})
    known = parties_of(contests)
    if definition == PARTY:
        return _grouped(PARTY, {party.id: party.id for party in known}, contests)
    path = Path(definition)
    blocs = {party.id: party.id for party in known} | _blocs(path, known)
    return _grouped(path.stem, blocs, contests)


def _grouped(name: str, parties: Mapping[str, str], contests: Iterable[Contest]) -> InGroup:
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for contest in contests:
        for one in contest.candidacies:
            if one.party_id:
                groups[one.person_id].add(parties[one.party_id])
    persons = {person: next(iter(some)) for person, some in groups.items() if len(some) == 1}
    return InGroup(name, parties, persons)


def _blocs(path: Path, known: Sequence[Party]) -> dict[str, str]:
    """Party id -> bloc, as the file says."""
    found: dict[str, str] = {}
    unknown: list[str] = []
    for number, (named, bloc) in _lines(path):
        ids = _ids_of(named, known)
        unknown += [] if ids else [f"{named!r} (row {number})"]
        for party in ids:
            if found.setdefault(party, bloc) != bloc:
                raise BadInGroup(
                    f"{path}, row {number}: {named!r} is in two blocs, {found[party]!r} and {bloc!r}"
                )
    if unknown:
        raise BadInGroup(f"{path}: unknown parties: {', '.join(unknown)}; known: {_listed(known)}")
    return found


def _ids_of(named: str, known: Iterable[Party]) -> list[str]:
    """The parties that go by an id, else by a short form or a name; several where these are shared."""
    parties = list(known)
    by_id = [party.id for party in parties if party.id == named]
    wanted = named.casefold()
    return by_id or [
        party.id
        for party in parties
        if wanted in ((party.abbreviation or "").casefold(), (party.name or "").casefold())
    ]


def _lines(path: Path) -> list[tuple[int, tuple[str, str]]]:
    """(Row of the file, (party, bloc)), checked."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = [column.strip().casefold() for column in next(reader, [])]
            rows = [(number, row) for number, row in enumerate(reader, start=2) if any(row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInGroup(f"{path} is no CSV file in UTF-8: {error}") from error
    if set(header) != set(COLUMNS) or len(header) != len(COLUMNS):
        raise BadInGroup(f"{path}, row 1: the columns are party,bloc, not {','.join(header) or 'nothing'}")
    return [(number, _checked(path, number, header, row)) for number, row in rows]


def _checked(path: Path, number: int, header: Sequence[str], row: Sequence[str]) -> tuple[str, str]:
    cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
    if len(row) != len(header) or not all(cells.values()):
        raise BadInGroup(f"{path}, row {number}: give a party and its bloc")
    return cells["party"], cells["bloc"]


def _listed(known: Sequence[Party]) -> str:
    named = [f"{party.id} ({party.abbreviation or party.name})" for party in known]
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return (", ".join(named[:MOST_NAMED]) or "none") + more
