"""The persons of a roster: by name, by handle, by contest."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from analysis.contract import Candidate, Contest, Handle, Roster
from analysis.targets import tables
from analysis.targets.matcher import fold

_GONE = frozenset({"withdrawn", "disqualified", "deceased"})


@dataclass(frozen=True, slots=True)
class Person:
    """One person and all her or his candidacies."""

    person_id: str
    public_id: str
    name: str
    candidacies: tuple[Candidate, ...]

    def surnames(self) -> frozenset[str]:
        """Family names, folded."""
        return frozenset(key(c.family_name) for c in self.candidacies if c.family_name)

    def full_names(self) -> frozenset[str]:
        """Names as written in the roster, without titles, and first name with family name."""
        return frozenset(name for c in self.candidacies for name in _full_names(c))


def key(name: str) -> str:
    """A name as it is compared."""
    return " ".join(fold(name).split())


def _full_names(candidate: Candidate) -> Iterator[str]:
    for written in (candidate.name, *candidate.other_names):
        name = _without_title(written)
        if " " not in name:
            continue
        yield name
        first, family = name.split()[0], candidate.family_name
        if family and name.endswith(family) and len(first) > 1:
            yield f"{first} {family}"


def _without_title(name: str) -> str:
    first, _, rest = name.strip().partition(" ")
    is_title = first.lower().rstrip(".") in tables.all_titles() and " " in rest
    return rest.strip() if is_title else name.strip()


class People:
    """Everybody in a roster, prepared once."""

    def __init__(self, roster: Roster) -> None:
        self.all = _persons(roster)
        self.contests = {contest.contest_id: contest for contest in roster.contests}
        self._index = {person.person_id: i for i, person in enumerate(self.all)}
        self._members = _grouped((c.contest_id, i) for i, p in enumerate(self.all) for c in p.candidacies)
        self._elections = _grouped((c.election_id, i) for i, p in enumerate(self.all) for c in p.candidacies)
        self._handles: dict[str, list[tuple[Handle, int]]] = defaultdict(list)
        self.by_name: dict[str, set[int]] = defaultdict(set)
        self.by_surname: dict[str, set[int]] = defaultdict(set)
        for i, person in enumerate(self.all):
            self._add(i, person)
        self._contest_names = _contest_names(roster.contests)

    def _add(self, index: int, person: Person) -> None:
        for name in person.full_names():
            self.by_name[key(name)].add(index)
        for surname in person.surnames():
            self.by_surname[surname].add(index)
        for candidacy in person.candidacies:
            for handle in candidacy.handles:
                self._handles[plain_handle(handle.handle)].append((handle, index))

    def with_id(self, person_id: str | None) -> int | None:
        """Index of the person with this id."""
        return self._index.get(person_id) if person_id else None

    def with_name(self, name: str) -> frozenset[int]:
        """Everybody of this full name."""
        return frozenset(self.by_name.get(key(_without_title(name)), ()))

    def in_contest(self, contest_id: str | None) -> frozenset[int]:
        """Everybody who was nominated there, whatever became of it."""
        return self._members.get(contest_id or "", frozenset())

    def in_election(self, election_id: str | None) -> frozenset[int]:
        """Everybody who was nominated in an election."""
        return self._elections.get(election_id or "", frozenset())

    def standing_in(self, contest_id: str) -> frozenset[int]:
        """Everybody who stood to the end."""
        return frozenset(
            i
            for i in self.in_contest(contest_id)
            if any(c.contest_id == contest_id and c.status not in _GONE for c in self.all[i].candidacies)
        )

    def with_handle(self, handle: str, platform: str | None, on: date | None) -> frozenset[int]:
        """Whose handle it was on a date; without a date every owner that it ever had."""
        return frozenset(
            i
            for own, i in self._handles.get(plain_handle(handle), ())
            if (platform is None or own.platform.lower() == platform.lower()) and _is_valid(own, on)
        )

    def contest_for(self, given: str | None, elections: frozenset[str]) -> str | None:
        """The contest with this id or name; None where several or none has it."""
        if not given:
            return None
        if given in self.contests or given in self._members:
            return given
        named = self._contest_names.get(key(given), ())
        fit = [c for c in named if not elections or c.election_id in elections]
        return fit[0].contest_id if len(fit) == 1 else None


def plain_handle(handle: str) -> str:
    """A handle as it is compared."""
    return handle.strip().lstrip("@").lower()


def _is_valid(handle: Handle, on: date | None) -> bool:
    if on is None:
        return True
    return (handle.valid_from is None or handle.valid_from <= on) and (
        handle.valid_to is None or on <= handle.valid_to
    )


def _persons(roster: Roster) -> tuple[Person, ...]:
    grouped: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in roster.candidates:
        grouped[candidate.person_id].append(candidate)
    return tuple(
        Person(person_id, own[-1].public_id, own[-1].name, tuple(own)) for person_id, own in grouped.items()
    )


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for group, index in pairs:
        found[group].add(index)
    return {group: frozenset(indexes) for group, indexes in found.items()}


def _contest_names(contests: tuple[Contest, ...]) -> dict[str, list[Contest]]:
    named: dict[str, list[Contest]] = defaultdict(list)
    for contest in contests:
        named[key(contest.name)].append(contest)
    return named
