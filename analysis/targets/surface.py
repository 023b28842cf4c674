"""A normalised text as rules look at it: its words, their neighbours and their capitals."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import NamedTuple

from analysis.contract import Span
from analysis.targets import tables

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*(?:'[^\W_]+)?")
_BREAK = re.compile(r'[.!?:;\n|•"]')
_SMALL = frozenset(
    {"of", "and", "the", "for", "on", "in", "ap", "de", "den", "der", "del", "du", "da", "di", "la", "le"}
    | {"van", "von", "al", "el", "bin", "ter"}
)
"""Particles that a name keeps small."""
_TAIL = 60
_CAPITALS = re.compile(r"(?: [A-Z][\w-]*){1,3}")
MASK = "_"
"""What hides a link, a handle or a hashtag: part of a word, so that no name begins or ends beside it."""


class Word(NamedTuple):
    """A word beside a place, and what stands between; an empty word where there is none."""

    text: str
    gap: str
    opens_sentence: bool = False
    """Only said of a word before a place."""

    @property
    def lower(self) -> str:
        """In small letters, without a possessive."""
        return self.text.lower().removesuffix("'s")

    @property
    def is_adjacent(self) -> bool:
        """Parted by one space only."""
        return bool(self.text) and self.gap == " "

    @property
    def has_capital(self) -> bool:
        return self.text[:1].isupper()


NOTHING = Word("", "")


class Surface:
    """The words of a text; places that are no running text are masked."""

    def __init__(self, text: str, masks: list[Span]) -> None:
        self.text = _masked(text, masks)
        self.words = [Span(*match.span()) for match in _WORD.finditer(self.text)]
        self._starts = [word.start for word in self.words]

    def index_at(self, position: int) -> int:
        """Index of the first word that begins at or behind a position."""
        return bisect_left(self._starts, position)

    def before(self, start: int) -> Word:
        """The word before a place."""
        index = self.index_at(start) - 1
        if index < 0:
            return NOTHING
        word = self.words[index]
        gap = self.text[self.words[index - 1].end : word.start] if index else "."
        return Word(self.text[word.start : word.end], self.text[word.end : start], bool(_BREAK.search(gap)))

    def after(self, end: int) -> Word:
        """The word behind a place; a possessive belongs to the place."""
        if self.text[end : end + 2].lower() == "'s":
            end += 2
        index = self.index_at(end)
        if index == len(self.words):
            return NOTHING
        word = self.words[index]
        return Word(self.text[word.start : word.end], self.text[end : word.start])

    def place(self, start: int, end: int) -> "Place":
        """A place and its neighbours."""
        tail = self.text[end : end + _TAIL]
        return Place(self.text[start:end], self.before(start), self.after(end), tail)


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a text that may be a name."""

    mention: str
    before: Word
    after: Word
    """The word behind; a possessive is passed over."""
    tail: str
    """Some characters behind."""

    @property
    def begins_sentence(self) -> bool:
        """Whether it stands where every word has a capital letter."""
        return not self.before.text or bool(_BREAK.search(self.before.gap))

    @property
    def has_capitals(self) -> bool:
        """Whether each of its words, but for particles, begins with a capital letter or a digit."""
        words = self.mention.split()
        return all(not word[0].islower() or word in _SMALL for word in words) and not words[-1][0].islower()

    @property
    def is_shouted(self) -> bool:
        """Whether it stands in capitals among capitals, which then tell nothing."""
        return self.mention.isupper() and (_shouts(self.before.text) or _shouts(self.after.text))

    @property
    def is_possessive(self) -> bool:
        return self.tail.startswith("'")

    @property
    def following(self) -> list[str]:
        """The words with capital letters right behind, in small letters; a possessive ends them."""
        run = _CAPITALS.match(self.tail)
        return run.group().lower().split() if run else []


def _shouts(word: str) -> bool:
    return len(word) > 1 and word.isupper() and word.lower() in tables.words("everyday", "word")


def _masked(text: str, masks: list[Span]) -> str:
    pieces, at = [], 0
    for start, end in sorted(masks):
        if start >= at:
            pieces += [text[at:start], MASK * (end - start)]
            at = end
    return "".join([*pieces, text[at:]])
