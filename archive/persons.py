"""Who is who: persons found by their ids, created, and made one when two turn out to be the same."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from sqlmodel import Session, col, select

from archive.ballots.names import word_slug, words
from archive.ballots.rows import Ballot, CandidateRow, Identifier
from archive.batches import batches
from archive.changes import fill
from archive.matching import may_name_one_person
from archive.merging import merge_persons, refuse_rivals
from db.models import Person, PersonIdentifier, PersonName

PLACEHOLDER = "name"
"""Scheme of the id of a person of whom only name and contest are known. It gives way to a real id."""

RANK = {"dc": 0, "roster": 1, "mnis": 2, PLACEHOLDER: 4}
"""Which id names a person of whom several are known: the lowest."""

OTHER_SCHEME = 3
"""Rank of schemes that are not listed."""


class PersonRegister:
    """The persons whom a file may be about, as far as they are known. `store` writes what was learned."""

    def __init__(self, session: Session, ballot: Ballot, person_ids: Iterable[str]) -> None:
        """Load the persons with these ids and those known by an id in the file."""
        self._session = session
        self._ballot = ballot
        self._persons: dict[str, Person] = {}
        self._by_identifier: dict[Identifier, str] = {}
        self._identifiers: defaultdict[str, set[Identifier]] = defaultdict(set)
        self._names: defaultdict[str, dict[tuple[str, ...], str]] = defaultdict(dict)
        self._merged: dict[str, str] = {}
        self._new_persons: dict[str, Person] = {}
        self._new_names: list[tuple[str, str]] = []
        self._new_identifiers: list[tuple[str, Identifier]] = []
        self.created = 0
        self.notes: list[str] = []
        self._learned: set[str] = set()
        self._load(person_ids)

    def _load(self, person_ids: Iterable[str]) -> None:
        stated = {one for row in self._ballot.candidates for one in row.identifiers}
        wanted = set(person_ids)
        for values in batches(sorted({one.value for one in stated})):
            query = select(PersonIdentifier).where(col(PersonIdentifier.value).in_(values))
            wanted |= {
                found.person_id
                for found in self._session.exec(query)
                if Identifier(found.scheme, found.value) in stated
            }
        for ids in batches(sorted(wanted)):
            for person in self._session.exec(select(Person).where(col(Person.id).in_(ids))):
                self._persons[person.id] = person
                self._names[person.id][words(person.name)] = person.name
            for one in self._session.exec(
                select(PersonIdentifier).where(col(PersonIdentifier.person_id).in_(ids))
            ):
                self._note_identifier(one.person_id, Identifier(one.scheme, one.value))
            for name in self._session.exec(select(PersonName).where(col(PersonName.person_id).in_(ids))):
                self._names[name.person_id][words(name.name)] = name.name

    def _note_identifier(self, person_id: str, identifier: Identifier) -> None:
        self._by_identifier[identifier] = person_id
        self._identifiers[person_id].add(identifier)

    def current(self, person_id: str) -> str:
        """The id that a person goes by now, after others were found to be the same."""
        while person_id in self._merged:
            person_id = self._merged[person_id]
        return person_id

    def believed(self, row: CandidateRow) -> CandidateRow:
        """The row without ids that belong to persons of wholly different names, which are noted.

        Where the ids are the source's own, such a row is an error: raises UnreadableSource.
        """
        wrong = {one: self._by_identifier[one] for one in row.identifiers if self._is_of_another(one, row)}
        for identifier, person_id in wrong.items():
            message = f"{row.name} has the id {identifier}, which belongs to {self._persons[person_id].name}"
            error = self._ballot.wrong(row.place, "name", message)
            if self._ballot.own_ids:
                raise error
            self.notes.append(f"{error}: the id is left out")
        kept = tuple(one for one in row.identifiers if one not in wrong)
        return replace(row, identifiers=kept) if wrong else row

    def _is_of_another(self, identifier: Identifier, row: CandidateRow) -> bool:
        if identifier not in self._by_identifier:
            return False
        known = self.names_of(self._by_identifier[identifier])
        return not may_name_one_person((row.name, *row.other_names), known)

    def known_by_identifier(self, row: CandidateRow) -> frozenset[str]:
        """Ids of the persons whom the row's identifiers name (more than one: they are the same)."""
        return frozenset(self._by_identifier[one] for one in row.identifiers if one in self._by_identifier)

    def names_of(self, person_id: str) -> tuple[str, ...]:
        """Every known name, the main one first."""
        person = self._persons[person_id]
        return all_names(person.name, self._names[person_id].values(), person.given_name, person.family_name)

    def identifiers_of(self, person_id: str) -> frozenset[Identifier]:
        """Every known identifier."""
        return frozenset(self._identifiers[person_id])

    def settle(self, row: CandidateRow, same: frozenset[str], contest_id: str) -> str:
        """The id of the row's person, who is the same as all of `same`; created where there is none."""
        named = min((*map(str, row.identifiers), *same), key=rank, default=None)
        if named is None:
            named = self._placeholder(row, contest_id)
        keep = named if named in self._persons else self._by_new_id(row, named, same)
        for other in sorted(same - {keep}):
            self._merge(keep, other)
        self._learn(row, keep)
        return keep

    def _by_new_id(self, row: CandidateRow, named: str, same: frozenset[str]) -> str:
        """A person without `named` as id: one whose id is as good stays, a placeholder gives way."""
        lasting = [person_id for person_id in same if rank(person_id) < RANK[PLACEHOLDER]]
        if lasting:
            return min(lasting, key=rank)
        person = Person(id=named, name=self._persons[min(same)].name if same else row.name)
        self._persons[named] = self._new_persons[named] = person
        self._names[named][words(person.name)] = person.name
        self.created += not same
        return named

    def _placeholder(self, row: CandidateRow, contest_id: str) -> str:
        """A stable id from contest and name; namesakes in one contest also take their party's."""
        plain = f"{PLACEHOLDER}:{contest_id}/{word_slug(row.name)}"
        if plain not in self._persons:
            return plain
        return f"{plain}/{word_slug(row.ballot_label or '')}"

    def _merge(self, keep: str, drop: str) -> None:
        kept, dropped = self._persons[keep], self._persons.pop(drop)
        self._new_persons.pop(drop, None)
        fill(kept, given_name=dropped.given_name, family_name=dropped.family_name, gender=dropped.gender)
        for name in self._names.pop(drop, {}).values():
            self._add_name(keep, name)
        for identifier in self._identifiers.pop(drop, set()):
            self._note_identifier(keep, identifier)
        self._merged[drop] = keep
        self._learned.add(keep)

    def _learn(self, row: CandidateRow, person_id: str) -> None:
        person = self._persons[person_id]
        changed = fill(person, given_name=row.given_name, family_name=row.family_name, gender=row.gender)
        for name in (row.name, *row.other_names):
            changed |= self._add_name(person_id, name)
        for identifier in row.identifiers:
            if identifier not in self._by_identifier:
                self._new_identifiers.append((person_id, identifier))
                self._note_identifier(person_id, identifier)
                changed = True
        if changed:
            self._learned.add(person_id)

    def _add_name(self, person_id: str, name: str) -> bool:
        known = self._names[person_id]
        if not words(name) or words(name) in known:
            return False
        known[words(name)] = name
        self._new_names.append((person_id, name))
        return True

    def store(self) -> None:
        """Write new persons, then what is told about them; let merged persons' rows follow them.

        Raises UnreadableSource where two who are said to be one stand in one contest.
        """
        with self._session.no_autoflush:
            refuse_rivals(self._session, self.merged)
        self._session.add_all(self._new_persons.values())
        self._session.flush()
        merge_persons(self._session, self.merged)
        # The names of a merged person were given to the other, who lists them itself.
        names = [(person, name) for person, name in self._new_names if person not in self._merged]
        self._session.add_all(PersonName(person_id=person, name=name) for person, name in names)
        self._session.add_all(
            PersonIdentifier(person_id=self.current(person), scheme=one.scheme, value=one.value)
            for person, one in self._new_identifiers
        )
        self._session.flush()

    @property
    def merged(self) -> dict[str, str]:
        """Id of a person who turned out to be another -> that other's id."""
        return {drop: self.current(drop) for drop in self._merged}

    @property
    def changed(self) -> set[str]:
        """Ids of the persons known before of whom something was learned."""
        return {self.current(person) for person in self._learned} - self._new_persons.keys()


def all_names(
    name: str, others: Iterable[str], given_name: str | None, family_name: str | None
) -> tuple[str, ...]:
    """Every name by which a person may be called, the main one first."""
    joined = (f"{given_name} {family_name}",) if given_name and family_name else ()
    return tuple(dict.fromkeys((name, *others, *joined)))


def rank(person_id: str) -> int:
    """How good an id is for naming a person: lower is better."""
    return RANK.get(person_id.partition(":")[0], OTHER_SCHEME)
