"""The words of a text, and which of them belong to a name."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from analysis.contract import Span
from analysis.sentiment.lexicon import lexicon
from analysis.text import clauses, sentences

_CHUNK = re.compile(r"\S+")
_WORD = re.compile(r"[\w@]+(?:['.&-]\w+)*|[^\w\s]")
_MARK = re.compile('"')
_POSSESSIVE = re.compile(r"(?:'s|')\Z")

REMEMBERED = 40
"""Characters of a chunk that is remembered: words repeat, floods do not."""


class Word(NamedTuple):
    """One word, sign or emoticon of a sentence; `start` and `end` count in the normalised text."""

    start: int
    end: int
    surface: str
    key: str
    """Lower case, without the possessive ending."""
    base: float
    """Its valence alone (about -4..4)."""
    clause: int
    is_name: bool
    """Recognised as (part of) a name: its own meaning does not count."""
    is_quoted: bool

    @property
    def is_possessive(self) -> bool:
        """Whether the word ends as 'Labour's' or 'Greens'' does."""
        return len(self.surface) > len(self.key)


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A normalised text, its sentences, and which of its characters belong to a name."""

    text: str
    sentences: Sequence[Span]
    mask: bytes
    """One byte a character: 1 inside a recognised name."""


def masked(text: str, names: Iterable[Span]) -> MaskedText:
    """Prepare a normalised text for reading; `names` count in the same text."""
    mask = bytearray(len(text))
    for start, end in names:
        mask[start:end] = b"\x01" * (min(end, len(text)) - start)
    return MaskedText(text, [Span(*span) for span in sentences(text)], bytes(mask))


def clauses_of(source: MaskedText, start: int, end: int) -> list[list[Word]]:
    """The words of one sentence (or a part of it), a list a clause."""
    quotes = _quotes(source.text, start, end)
    return [
        list(_words(source, Span(first, last), number, quotes))
        for number, (first, last) in enumerate(clauses(source.text, start, end))
    ]


def _words(source: MaskedText, place: Span, clause: int, quotes: Sequence[int]) -> Iterator[Word]:
    for chunk in _CHUNK.finditer(source.text, *place):
        found, at = chunk.group(), chunk.start()
        for start, end, surface, key, base in (_remembered if len(found) <= REMEMBERED else _tokens)(found):
            is_name = surface[0] == "@" or 1 in source.mask[at + start : at + end]
            is_quoted = bool(quotes) and bisect_right(quotes, at + start) % 2 == 1
            yield Word(at + start, at + end, surface, key, base, clause, is_name, is_quoted)


_Token = tuple[int, int, str, str, float]
"""Start and end in a chunk, surface, key and base of a word."""


def _tokens(chunk: str) -> tuple[_Token, ...]:
    """An emoticon stays whole; anything else falls into words and signs."""
    if not chunk.isalnum() and chunk.lower() in lexicon().valences.lexicon:
        return (_token(0, chunk),)
    return tuple(_token(word.start(), word.group()) for word in _WORD.finditer(chunk))


def _token(start: int, surface: str) -> _Token:
    key = _POSSESSIVE.sub("", surface.lower()) or surface
    return start, start + len(surface), surface, key, lexicon().base(key)


_remembered = lru_cache(maxsize=1 << 15)(_tokens)


def _quotes(text: str, start: int, end: int) -> list[int]:
    """Where quotations open and close, in turn; one that an earlier sentence opened begins at `start`."""
    marks = [mark.start() for mark in _MARK.finditer(text, start, end)]
    is_closing = bool(marks) and marks[0] > start and not text[marks[0] - 1].isspace()
    return [start, *marks] if is_closing and text[marks[0] - 1] not in "([-" else marks
