"""Every place in a text where one of thousands of names stands: the door to ahocorasick_rs."""

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar
from unicodedata import normalize

from ahocorasick_rs import AhoCorasick

Item = TypeVar("Item")

KEPT = "'-_"
"""Signs that may stand inside a name; every other sign is read as a space."""


class _Folding(dict[int, str]):
    """Each character as the one that it is compared as: small, without accent; filled as it is asked."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = _folded(char)
        self[code] = folded
        return folded


def _folded(char: str) -> str:
    if char in KEPT:
        return char
    if not char.isalnum():
        return " "
    base = normalize("NFKD", char)[0].lower()
    return base if len(base) == 1 and base.isalnum() else char


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The text as it is compared: as long as before, small letters, no accents, signs as spaces."""
    return text.translate(_FOLDING)


class Hit(NamedTuple, Generic[Item]):
    """A name in a text and what it can stand for."""

    start: int
    end: int
    items: tuple[Item, ...]


class Matcher(Generic[Item]):
    """Names compiled once; a name matches whole words only."""

    def __init__(self, names: Iterable[tuple[str, Item]]) -> None:
        table: dict[str, dict[Item, None]] = {}
        for name, item in names:
            folded = fold(name).strip()
            # "George W. Bush": with the sign that is written, and without it
            for pattern in {folded, " ".join(folded.split())} - {""}:
                table.setdefault(f" {pattern}", {})[item] = None
        self._items = [tuple(items) for items in table.values()]
        self._automaton = AhoCorasick(list(table))

    def find(self, text: str) -> list[Hit[Item]]:
        """All matches, overlapping ones too, by start and the longest first."""
        # a quote mark opening a word is no part of it; the replacement keeps the length
        hay = f" {fold(text)} ".replace(" '", "  ")
        hits = [
            Hit(start, end - 1, self._items[index])
            for index, start, end in self._automaton.find_matches_as_indexes(hay, overlapping=True)
            if not (hay[end].isalnum() or hay[end] == "_")
        ]
        return sorted(hits, key=lambda hit: (hit.start, -hit.end))
