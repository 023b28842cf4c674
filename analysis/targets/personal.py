"""When a word or two with capital letters are a person's name: the rules that keep wrong links away."""

import re
from collections.abc import Callable

from analysis.targets import tables
from analysis.targets.people import People, key
from analysis.targets.surface import Place, Word

_GLUED = re.compile(r"[^\W_]{2}[^\w\s'-]\w|\n")
"""No name: 'jeremy.corbyn' is an address, a line's end parts names."""
_BEHIND_NAMES = frozenset({"mp", "msp", "ms", "td", "mla"})


class PersonalNames:
    """Rules for names of persons, prepared for one roster."""

    def __init__(self, people: People, is_party_word: Callable[[str], bool]) -> None:
        self._people = people
        self._is_party_word = is_party_word
        self._seats = {c.contest_id: key(c.name) for c in people.contests.values()}
        self._seat_names = frozenset(self._seats.values())

    def accepts_full_name(self, place: Place) -> bool:
        """A full name: small letters only where no part is an everyday word; no part of a longer name."""
        if _GLUED.search(place.mention) or self._is_part_of_longer_name(place):
            return False
        return place.has_capitals or not any(_is_everyday(word) for word in key(place.mention).split())

    def accepts_surname(self, place: Place, contest_id: str | None) -> bool:
        """A surname alone: with a capital letter, and with a cue where it is an everyday word."""
        if not place.has_capitals or _GLUED.search(place.mention):
            return False
        if _is_called_so(place) or _is_acronym(place) or self._is_part_of_other_name(place):
            return False
        word = key(place.mention)
        if not _is_everyday(word) and not self._is_seat(word, contest_id):
            return True
        return self._has_cue(place) or _is_usual_surname(place)

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
        if before.gap in {" ", ". "} and before.lower in tables.titles("title"):
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

    def _is_part_of_other_name(self, place: Place) -> bool:
        """Whether a surname belongs to somebody else's name ('Shabnam Ali', 'Ali Hussain', 'Ali-Khan')."""
        before = place.before
        if place.tail[:1] == "-" and place.tail[1:].isupper():
            return True
        if _continues_thing(place) or (_follows(place) and not self._is_no_name(place.after.lower)):
            return True
        if not before.has_capital or before.gap not in {" ", ". "}:
            return False
        if len(before.text) == 1:
            return before.text != "I"
        if before.gap != " " or self._is_label(before.lower):
            return False
        # inside a sentence even an everyday word with a capital can be a given name ("Ash Carter")
        return _is_given(before) or not _is_everyday(before.lower) or not before.opens_sentence

    def _is_no_name(self, word: str) -> bool:
        return _is_everyday(word) or self._is_label(word)

    def _is_label(self, word: str) -> bool:
        """A title, a role or a party, which stand beside names."""
        is_title = word in tables.all_titles() or word in tables.titles("role") or word in _BEHIND_NAMES
        return is_title or self._is_party_word(word)


def _is_everyday(word: str) -> bool:
    return word in tables.words("everyday", "word")


def _is_given(before: Word) -> bool:
    is_given = before.lower in tables.words("given_names", "name") and not _is_everyday(before.lower)
    return is_given and before.is_adjacent and before.has_capital


def _follows(place: Place) -> bool:
    return not place.is_possessive and place.after.is_adjacent and place.after.has_capital


def _continues_thing(place: Place) -> bool:
    """'Khan Academy', 'Ali Brown': the word behind makes it a thing's or a longer name."""
    word = place.after.lower
    if not _follows(place) or word in tables.titles("role"):
        return False
    return word in tables.words("thing_nouns", "word") or word in tables.words("everyday_surnames", "name")


def _is_called_so(place: Place) -> bool:
    """'Thank you, Thomas': a surname that is a given name too, where people are called by that."""
    is_given = key(place.mention) in tables.words("given_names", "name")
    return is_given and place.before.lower in tables.given_cues() and not place.before.gap.strip(" ,")


def _is_acronym(place: Place) -> bool:
    return len(place.mention) < 4 and place.mention.isupper() and not place.is_shouted


def _is_usual_surname(place: Place) -> bool:
    """'I asked Baker about it': inside a sentence, among small letters, behind no article."""
    if key(place.mention) not in tables.words("usual_surnames", "name") or place.begins_sentence:
        return False
    before = place.before
    is_among_small = not (before.is_adjacent and before.has_capital) and not _follows(place)
    return is_among_small and not place.is_shouted and before.lower not in tables.words("determiners", "word")
