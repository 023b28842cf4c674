"""When a word or two with capital letters are a person's name: the rules that keep wrong links away."""

import re
from collections.abc import Callable
from functools import cache

from analysis.targets import tables
from analysis.targets.people import People, is_everyday, key
from analysis.targets.surface import Place, Word

_GLUED = re.compile(r"[^\W_]{2}[^\w\s'-]\w")
"""No name: 'jeremy.corbyn' is an address."""
_FIRM = re.compile(
    r"(?:'s?)? (?:&|and) (?:[Cc]o|[Ss]ons?|[Dd]aughters?|[Bb]rothers|[Pp]artners|[Aa]ssociates)\b"
)
"""'Ali & Sons'."""
_ASKED = re.compile(r"[^.!?\n]*\?")
"""The sentence ends as a question."""
_AUXILIARIES = frozenset({"will", "may"})
_BEHIND_NAMES = frozenset({"mp", "msp", "ms", "td", "mla"})


class PersonalNames:
    """Rules for names of persons, prepared for one roster."""

    def __init__(self, people: People, is_party_word: Callable[[str], bool]) -> None:
        self._people = people
        self._is_party_word = is_party_word
        self._seats = {c.contest_id: key(c.name) for c in people.contests.values()}
        self._seat_names = frozenset(self._seats.values())

    def accepts_full_name(self, place: Place, country: str) -> bool:
        """A full name: small letters only where no part is an everyday word; no part of a longer name."""
        if _GLUED.search(place.mention) or self._is_part_of_longer_name(place):
            return False
        if _has_title_of_others(place, country):
            return False
        is_sure = place.has_capitals and "\n" not in place.mention
        return is_sure or not any(is_everyday(word) for word in key(place.mention).split())

    def accepts_surname(self, place: Place, contest_id: str | None) -> bool:
        """A surname alone: with a capital letter, and with a cue where it is an everyday word."""
        if not place.has_capitals or _GLUED.search(place.mention):
            return False
        if _is_called_so(place) or _is_acronym(place) or self._is_part_of_other_name(place, contest_id):
            return False
        word = key(place.mention)
        if not is_everyday(word) and not self._is_seat(word, contest_id):
            return True
        return self._has_cue(place) or _is_usual_surname(place)

    def accepts_candidate(self, place: Place, contest_id: str | None, country: str) -> bool:
        """A surname alone that a candidate may bear: behind 'Lord' or 'Judge' it is a stranger's."""
        return not _has_title_of_others(place, country) and self.accepts_surname(place, contest_id)

    def _is_seat(self, word: str, contest_id: str | None) -> bool:
        """Whether a word is a place: a seat's whole name, or a part of the author's own seat's."""
        return word in self._seat_names or word in self._seats.get(contest_id or "", "").split()

    def _has_cue(self, place: Place) -> bool:
        """A title before, or a party in brackets behind.

        "Labour Day" and "the Race for Norwood" are no cues: a wrong link is worse than an open one.
        """
        before, after = place.before, place.after
        if before.gap in {" ", ". "} and before.lower in tables.titles("role"):
            return True
        if _is_titled(place):
            return before.has_capital
        if after.is_adjacent and after.text.isupper() and after.lower in _BEHIND_NAMES:
            return True
        return after.gap == " (" and self._is_party_word(after.lower)

    def _is_part_of_longer_name(self, place: Place) -> bool:
        """Whether another given name stands before a full name, or another surname behind."""
        before, after = place.before, place.after
        if _continues_thing(place) or _is_given(before):
            return True
        is_name = key(after.lower) in self._people.by_surname or after.lower in tables.words(
            "given_names", "name"
        )
        return _follows(place) and is_name and not self._is_no_name(after.lower)

    def _is_part_of_other_name(self, place: Place, contest_id: str | None) -> bool:
        """Whether a surname belongs to somebody else's name ('Shabnam Ali', 'Ali Hussain', 'Ali-Khan')."""
        before = place.before
        if place.tail[:1] == "-" and place.tail[1:2].isupper():
            return True
        if _continues_thing(place) or (_follows(place) and not self._is_no_name(place.after.lower)):
            return True
        if any(self._is_partner(word, contest_id) for word in (before, place.after)):
            return True
        if not before.has_capital or before.gap.strip() not in {"", "."}:
            return False
        if len(before.text) == 1:
            return before.text != "I"
        if before.gap.strip() or self._is_label(before.lower):
            return False
        return _is_given_before(place)

    def _is_partner(self, word: Word, contest_id: str | None) -> bool:
        """Whether a word beside '&' makes a firm of both ('Marks & Spencer'), and is no rival or party."""
        if word.gap != " & " or not word.has_capital or self._is_label(word.lower):
            return False
        rivals = self._people.in_contest(contest_id)
        return not rivals & self._people.by_surname.get(key(word.lower), frozenset())

    def _is_no_name(self, word: str) -> bool:
        return is_everyday(word) or self._is_label(word)

    def _is_label(self, word: str) -> bool:
        """A title, a role or a party, which stand beside names."""
        is_title = word in tables.all_titles() or word in tables.titles("role") or word in _BEHIND_NAMES
        return is_title or self._is_party_word(word)


def _is_given(before: Word) -> bool:
    is_given = before.lower in tables.words("given_names", "name") and not is_everyday(before.lower)
    return is_given and before.is_adjacent and before.has_capital


def _follows(place: Place) -> bool:
    return not place.is_possessive and place.after.is_adjacent and place.after.has_capital


def _is_titled(place: Place) -> bool:
    return place.before.gap in {" ", ". "} and place.before.lower in tables.titles("title")


def _has_title_of_others(place: Place, country: str) -> bool:
    """Whether a title stands before that nobody bears who stands for election in this country."""
    before = place.before
    return before.has_capital and before.gap in {" ", ". "} and before.lower in tables.others_titles(country)


def _is_given_before(place: Place) -> bool:
    """Whether the capital word before is somebody's given name, or may be.

    Inside a sentence even an everyday word can be one ("Ash Carter"), at its start only one that is known
    to be ("Will Smith left"; not in "Will Smith answer?"). Over the end of a line, and among capitals, only
    what is certain counts.
    """
    before = place.before
    is_known = before.lower in _given_names()
    if "\n" in before.gap:
        return is_known and not is_everyday(before.lower)
    if not is_everyday(before.lower) or place.is_shouted:
        return is_known or not is_everyday(before.lower)
    if not before.opens_sentence:
        return True
    return is_known and not (before.lower in _AUXILIARIES and _ASKED.match(place.tail))


@cache
def _given_names() -> frozenset[str]:
    return tables.words("given_names", "name") | tables.words("everyday_given_names", "name")


def _continues_thing(place: Place) -> bool:
    """'Khan Academy', 'Ali & Sons', "Guy's Hospital", 'Ali Brown': a thing's or a longer name."""
    if _FIRM.match(place.tail) or _is_owner_of_thing(place):
        return True
    word = place.after.lower
    if not _follows(place) or word in tables.titles("role"):
        return False
    things = tables.words("thing_nouns", "word")
    behind = place.following[: 1 if place.is_shouted else 2]
    return not things.isdisjoint(behind) or word in tables.words("everyday_surnames", "name")


def _is_owner_of_thing(place: Place) -> bool:
    is_owned = place.after.lower in tables.words("owned_things", "word")
    return place.is_possessive and is_owned and not place.after.gap.strip(" '")


def _is_called_so(place: Place) -> bool:
    """'Thank you, Thomas': a surname that is a given name too, where people are called by that."""
    is_given = key(place.mention) in tables.words("given_names", "name")
    return is_given and place.before.lower in tables.given_cues() and not place.before.gap.strip(" ,")


def _is_acronym(place: Place) -> bool:
    is_short = len(place.mention) < 4 and place.mention.isupper()
    return is_short and not place.is_shouted and not _is_titled(place)


def _is_usual_surname(place: Place) -> bool:
    """'I asked Baker about it': inside a sentence, among small letters, behind no article; 'May said'."""
    before, word = place.before, key(place.mention)
    if _is_speaker(place) and word in tables.usual_surnames("verb") | tables.usual_surnames("place"):
        return True
    if word not in tables.usual_surnames("place") or place.begins_sentence:
        return False
    is_among_small = not (before.is_adjacent and before.has_capital) and not _follows(place)
    return is_among_small and not place.is_shouted and not _is_determined(place)


def _is_speaker(place: Place) -> bool:
    """Whether what only persons do follows ("Hunt said")."""
    does = place.after.is_adjacent and place.after.lower in tables.words("person_verbs", "word")
    return does and not place.is_shouted and not _is_determined(place)


def _is_determined(place: Place) -> bool:
    return place.before.lower in tables.words("determiners", "word")
