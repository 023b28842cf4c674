"""The words of a text as a layer may see them: whom they name is hidden."""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from analysis.contract import Span
from analysis.targets import tables
from analysis.text import LINK

NAME = "<name>"
"""Stands for a name, or for several in a row."""
NUMBER = "<number>"
ADDRESS = "<link>"

SHORT = 3
"""Words of parties' names of no more letters are small words: "The", "New"."""

_TOKEN = re.compile(r"\n|[.!?]|[\w@]+(?:['&-]\w+)*")
_POSSESSIVE = re.compile(r"'s?\Z")
_I = re.compile(r"I(?:'\w+)?\Z")
_CONTRACTED = re.compile(r"(?:n't|'(?:ll|re|ve|d|m))\Z")
_SEEN_SIGNS = frozenset("!?")
_ENDS = frozenset(".!?\n")


class Seen(NamedTuple):
    """One word that is seen, and where it stands in the normalised text."""

    text: str
    start: int
    end: int


def seen_words(text: str, names: Iterable[Span]) -> list[list[Seen]]:
    """The words of a normalised text, a list a sentence; `names` are places of recognised names in it.

    Small letters. `NAME` stands for a recognised name, a handle, a given name, and whatever has a capital
    letter and is no everyday word or is a surname or part of a party's name, too: a layer shall learn how
    people speak, not of whom. Of signs only "!" and "?" are seen; an emoji may be a party's.
    """
    mask = bytearray(len(text))
    for start, end in names:
        mask[start:end] = b"\x01" * (min(end, len(text)) - start)
    return [sentence for sentence in _sentences(text, bytes(mask)) if sentence]


def _sentences(text: str, mask: bytes) -> Iterator[list[Seen]]:
    words: list[Seen] = []
    for token in _TOKEN.finditer(text):
        surface, (start, end) = token.group(), token.span()
        is_name = mask.find(1, start, end) >= 0
        if surface in _ENDS and not is_name:
            if surface in _SEEN_SIGNS:
                words.append(Seen(surface, start, end))
            yield words
            words = []
            continue
        shown = NAME if is_name else _shown(surface)
        if shown == NAME and words and words[-1].text == NAME:
            words[-1] = words[-1]._replace(end=end)
        else:
            words.append(Seen(shown, start, end))
    yield words


@lru_cache(maxsize=1 << 15)
def _shown(surface: str) -> str:
    """What is shown of a word that no finder recognised as a name."""
    if surface == LINK:
        return ADDRESS
    if surface[0].isdigit():
        return NUMBER
    word = _POSSESSIVE.sub("", surface.lower())
    if surface[0] == "@" or _is_given_name(word):
        return NAME
    if not surface[0].isupper() or _I.match(surface) or _CONTRACTED.search(word):
        return word
    return word if _is_everyday(word) and word not in _everyday_names() else NAME


def _is_given_name(word: str) -> bool:
    return word in tables.words("given_names", "name") and not _is_everyday(word)


def _is_everyday(word: str) -> bool:
    return word in tables.words("everyday", "word")


@cache
def _everyday_names() -> frozenset[str]:
    """Everyday words that may name somebody with a capital letter: surnames, and parts of parties' names."""
    of_parties = {word for alias in tables.words("parties", "alias") for word in alias.split()}
    return tables.words("everyday_surnames", "name") | {word for word in of_parties if len(word) > SHORT}
