"""The persons of a roster: by name, by handle, by contest."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from analysis.contract import Candidate, Contest, Handle, Roster
from analysis.targets import tables
from analysis.targets.matcher import fold

_NICKNAME = re.compile(r"[(\"“'‘]([^()\"“”'‘’]{2,30})[)\"”'’] ")
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
        names = (name for c in self.candidacies if c.family_name for name in _spellings(c.family_name))
        return frozenset(key(name) for name in names)

    def full_names(self) -> frozenset[str]:
        """Names as written in the roster, without titles, and first name with family name."""
        return frozenset(name for c in self.candidacies for name in _full_names(c))


PARTICLES = frozenset(
    {"ap", "bin", "da", "de", "del", "den", "der", "di", "du", "el", "la", "le", "ter", "van", "von"}
)
"""Small words that begin a surname ("von der Leyen")."""


def surname_of(name: str) -> str:
    """The last word of a full name, with the particles before it."""
    words = name.split()
    at = max(len(words) - 1, 0)
    while at > 1 and words[at - 1].lower() in PARTICLES:
        at -= 1
    return " ".join(words[at:])


def key(name: str) -> str:
    """A name as it is compared."""
    return " ".join(fold(name).split())


def _full_names(candidate: Candidate) -> Iterator[str]:
    for written in (candidate.name, *candidate.other_names):
        plain = _without_title(written)
        if plain != written:
            yield written
        if plain == candidate.family_name:
            continue  # 'Baron Thunder' and a surname of two words: no full name is left
        for called in _as_called(plain):
            if " " not in called:
                continue
            yield from _spellings(called)
            first, family = called.split()[0], candidate.family_name
            if family and called.endswith(family) and len(first) > 1:
                yield from _spellings(f"{first} {family}")


def _as_called(name: str) -> Iterator[str]:
    """A name, and with a nickname in brackets or quotation marks for, and without, the first one."""
    yield name
    nickname = _NICKNAME.search(name)
    if nickname:
        rest = name[nickname.end() :].strip()
        yield f"{name[: nickname.start()].strip()} {rest}"
        yield f"{nickname.group(1)} {rest}"


def _spellings(name: str) -> Iterator[str]:
    """A name with and without what writers leave out: hyphens and apostrophes."""
    yield name
    for sign, plain in (("-", " "), ("'", ""), ("\u2019", "")):
        if sign in name:
            yield name.replace(sign, plain)


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
        self.called: list[frozenset[str]] = []
        """Full names and surnames of each person, as they are compared."""
        self.by_name: dict[str, set[int]] = defaultdict(set)
        self.by_surname: dict[str, set[int]] = defaultdict(set)
        for i, person in enumerate(self.all):
            self._add(i, person)
        self._contest_names = _contest_names(roster.contests)
        self._by_squeezed = _grouped(
            (squeezed_name(name), i) for name, persons in self.by_name.items() for i in persons
        )

    def _add(self, index: int, person: Person) -> None:
        full_names, surnames = {key(name) for name in person.full_names()}, person.surnames()
        self.called.append(frozenset(full_names | surnames))
        for name in full_names:
            self.by_name[name].add(index)
        for surname in surnames:
            self.by_surname[surname].add(index)
        for candidacy in person.candidacies:
            for handle in candidacy.handles:
                self._handles[plain_handle(handle.handle)].append((handle, index))

    def with_id(self, person_id: str | None) -> int | None:
        """Index of the person with this id."""
        return self._index.get(person_id) if person_id else None

    def with_name(self, name: str) -> frozenset[int]:
        """Everybody of this full name."""
        written = key(name)
        return frozenset(
            self.by_name.get(written if written in self.by_name else key(_without_title(name)), ())
        )

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

    def with_squeezed(self, word: str) -> frozenset[int]:
        """Everybody whose full name is this word once its spaces and signs are left out."""
        return self._by_squeezed.get(word, frozenset())

    def contest_for(self, given: str | None, elections: frozenset[str], on: date | None) -> str | None:
        """The contest with this id or name, of several the one polled nearest in time; else None."""
        if not given:
            return None
        if given in self.contests or given in self._members:
            return given
        named = self._contest_names.get(_contest_key(given), ())
        fit = [c for c in named if not elections or c.election_id in elections]
        if len(fit) > 1 and on:
            nearest = min(abs((c.polling_date - on).days) for c in fit)
            fit = [c for c in fit if abs((c.polling_date - on).days) == nearest]
        return fit[0].contest_id if len(fit) == 1 else None


def is_everyday(word: str) -> bool:
    """Whether a word in small letters is one of everyday English."""
    return word in tables.words("everyday", "word")


def is_surname_only(name: str) -> bool:
    """Whether a surname is no everyday word and no given name."""
    return not is_everyday(key(name)) and key(name) not in tables.words("given_names", "name")


def squeezed_name(name: str) -> str:
    """A name as a hashtag holds it: compared form, without spaces and signs."""
    return "".join(char for char in key(name) if char.isalnum())


def _contest_key(name: str) -> str:
    return key(name.replace("&", " and "))


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
        named[_contest_key(contest.name)].append(contest)
    return named
