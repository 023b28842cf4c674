"""Which candidate of a file is which candidacy already known in the contest. Pure."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from archive.ballots.names import words
from archive.ballots.rows import Identifier

ALIKE = 0.85
"""Least similarity of two spellings of a name (ratio of matching characters) beside the same party."""

SAME_ENDING = 0.8
"""Least similarity of two family names that may be one, beside the same id."""

LONGEST_NAME = 100
"""Characters of a name that are compared by spelling: keeps odd input in bounded time."""

NO_FAMILY = frozenset({"jnr", "jr", "snr", "sr"})
"""Last words that belong to no family name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One candidate: of the file, or known."""

    names: tuple[str, ...]
    """Every name, the first the main one."""
    party_id: str | None
    abbreviation: str | None
    """Of the party, as sources without party ids give it."""
    persons: frozenset[str]
    """Ids in the archive of the persons that it is known to be about (one, unless ids disagree)."""
    identifiers: frozenset[Identifier] = frozenset()

    @property
    def word_lists(self) -> tuple[tuple[str, ...], ...]:
        """The words of each name that has any."""
        return tuple(found for found in map(words, self.names) if found)


Keys = Callable[[Entry], Iterable[Hashable]]


def _person(entry: Entry) -> Iterable[Hashable]:
    return entry.persons


def _full_name_and_party(entry: Entry) -> Iterable[Hashable]:
    if entry.party_id is None:
        return ()
    return {(name, entry.party_id) for name in entry.word_lists}


def _full_name_and_abbreviation(entry: Entry) -> Iterable[Hashable]:
    return {(name, entry.abbreviation) for name in entry.word_lists}


def _full_name(entry: Entry) -> Iterable[Hashable]:
    return set(entry.word_lists)


def _first_and_last_word(entry: Entry) -> Iterable[Hashable]:
    return {(name[0], family(name)) for name in entry.word_lists if len(name) > 1}


def _family_and_party(entry: Entry) -> Iterable[Hashable]:
    if entry.party_id is None:
        return ()
    return {(family(name), entry.party_id) for name in entry.word_lists}


def _family(entry: Entry) -> Iterable[Hashable]:
    return {family(name) for name in entry.word_lists}


def family(name: Sequence[str]) -> str:
    """The last word, which survives double names and middle names."""
    kept = [word for word in name if word not in NO_FAMILY]
    return (kept or list(name))[-1]


SURE: tuple[Keys, ...] = (_person, _full_name_and_party)
"""Rungs that hold even where ids differ: Democracy Club gives a person a new id when two are merged."""

RUNGS: tuple[Keys, ...] = (_full_name_and_abbreviation, _full_name, _first_and_last_word)
"""From the surer to the less sure. Any rung decides only where one entry of each side has the key."""


def matched(
    told: Sequence[Entry], known: Sequence[Entry], *, seats: int, winners: bool = False
) -> dict[int, int]:
    """For entries of a file, the known entry that each is: index -> index. Unmatched ones are left out.

    Where one seat is at stake a party has one candidate, so its id helps a surname that is the same
    or a name that is alike; with more seats, two of a party may share a surname. `winners`: the file
    tells only who won, so a surname that one candidate alone has is enough.
    """
    found: dict[int, int] = {}
    for rung in SURE:
        for mine, theirs in _pairs(rung, told, known, found):
            _take(mine, theirs, found)
    last = (_family_and_party, *((_family,) if winners else ())) if seats == 1 else ()
    for rung in (*RUNGS, *last):
        for mine, theirs in _pairs(rung, told, known, found):
            if not _are_two(told[mine], known[theirs]):
                _take(mine, theirs, found)
    if seats == 1:
        _match_alike(told, known, found)
    return found


def _pairs(
    rung: Keys, told: Sequence[Entry], known: Sequence[Entry], found: Mapping[int, int]
) -> Iterator[tuple[int, int]]:
    """Entries that share a key which nobody else has, among those not matched yet."""
    theirs = _by_key(rung, told, taken=list(found))
    ours = _by_key(rung, known, taken=list(found.values()))
    for key, indexes in theirs.items():
        rivals = ours.get(key, [])
        if len(indexes) == len(rivals) == 1:
            yield indexes[0], rivals[0]


def _take(mine: int, theirs: int, found: dict[int, int]) -> None:
    """Match two unless one of them was matched by another key of the same rung."""
    if mine not in found and theirs not in found.values():
        found[mine] = theirs


def _by_key(rung: Keys, entries: Sequence[Entry], *, taken: Iterable[int]) -> Mapping[Hashable, list[int]]:
    gone = set(taken)
    found: defaultdict[Hashable, list[int]] = defaultdict(list)
    for index, entry in enumerate(entries):
        if index not in gone:
            for key in rung(entry):
                found[key].append(index)
    return found


def _are_two(first: Entry, second: Entry) -> bool:
    """Whether ids of one scheme tell the two apart (two candidates of one name in one contest)."""
    if first.persons & second.persons:
        return False
    theirs = {identifier.scheme: identifier.value for identifier in second.identifiers}
    return any(theirs.get(one.scheme, one.value) != one.value for one in first.identifiers)


def _match_alike(told: Sequence[Entry], known: Sequence[Entry], found: dict[int, int]) -> None:
    """The last rung: each side has one candidate left of a party, and their names are alike."""
    for mine, theirs in _pairs(_party, told, known, found):
        if _are_alike(told[mine], known[theirs]) and not _are_two(told[mine], known[theirs]):
            _take(mine, theirs, found)


def _party(entry: Entry) -> Iterable[Hashable]:
    return () if entry.party_id is None else (entry.party_id,)


def _are_alike(first: Entry, second: Entry) -> bool:
    return any(_similar(one, other) for one in first.word_lists for other in second.word_lists)


def _similar(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if set(one) <= set(other) or set(other) <= set(one):
        return True
    return likeness(f"{one[0]} {one[-1]}", f"{other[0]} {other[-1]}") >= ALIKE


def likeness(one: str, other: str) -> float:
    """How alike two spellings are: twice the matching characters by all characters, 0..1."""
    return SequenceMatcher(None, one[:LONGEST_NAME], other[:LONGEST_NAME], autojunk=False).ratio()


def may_name_one_person(names: Iterable[str], others: Iterable[str]) -> bool:
    """Whether two sets of names share a word or end alike; else they are wholly different."""
    ours, theirs = [[found for found in map(words, some) if found] for some in (names, others)]
    if {word for name in ours for word in name} & {word for name in theirs for word in name}:
        return True
    return any(likeness(family(one), family(other)) >= SAME_ENDING for one in ours for other in theirs)
