"""The words of a text, and which of them belong to a name."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple

from analysis.contract import Span
from analysis.sentiment.lexicon import lexicon
from analysis.sentiment.marks import marks_of
from analysis.text import clauses, sentences

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
    marks: int
    """What the tables say of it (`analysis.sentiment.marks`)."""

    @property
    def is_possessive(self) -> bool:
        """Whether the word ends as 'Labour's' or 'Greens'' does."""
        return len(self.surface) > len(self.key)


_word = partial(tuple.__new__, Word)
"""A word of all its fields in a row: a quarter of the time of calling `Word`."""


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A normalised text, its sentences, and which of its characters belong to a name."""

    text: str
    sentences: Sequence[Span]
    mask: bytes
    """One byte a character: 1 inside a recognised name."""
    starts: Sequence[int]
    """Of the sentences."""


def masked(text: str, names: Iterable[Span]) -> MaskedText:
    """Prepare a normalised text for reading; `names` count in the same text."""
    mask = bytearray(len(text))
    for start, end in names:
        mask[start:end] = b"\x01" * (min(end, len(text)) - start)
    spans = [Span(*span) for span in sentences(text)]
    return MaskedText(text, spans, bytes(mask), [span.start for span in spans])


def clauses_of(source: MaskedText, start: int, end: int) -> list[list[Word]]:
    """The words of one sentence (or a part of it), a list a clause."""
    quotes = _quotes(source.text, start, end)
    return [
        _words(source, Span(first, last), number, quotes)
        for number, (first, last) in enumerate(clauses(source.text, start, end))
    ]


def _words(source: MaskedText, place: Span, clause: int, quotes: Sequence[int]) -> list[Word]:
    text, at = source.text, place.start
    name = _name_from(source, at)
    found: list[_Fields] = []
    for chunk in text[at : place.end].split():
        here = text.index(chunk, at)
        at = here + len(chunk)
        tokens = _remembered(chunk) if len(chunk) <= REMEMBERED else _tokens(chunk)
        for token_start, token_end, surface, key, base, marks, is_handle in tokens:
            first, last = here + token_start, here + token_end
            if name < first:
                name = _name_from(source, first)
            is_quoted = bisect_right(quotes, first) % 2 == 1 if quotes else False
            is_name = name < last or is_handle
            found.append((first, last, surface, key, base, clause, is_name, is_quoted, marks))
    return list(map(_word, found))


def _name_from(source: MaskedText, place: int) -> int:
    """Where the first character of a name stands from a place on; the end of the text where there is none."""
    found = source.mask.find(1, place)
    return len(source.text) if found < 0 else found


_Fields = tuple[int, int, str, str, float, int, bool, bool, int]


_Token = tuple[int, int, str, str, float, int, bool]
"""Start and end in a chunk, surface, key, base and marks of a word, and whether it is a handle."""


def _tokens(chunk: str) -> tuple[_Token, ...]:
    """An emoticon stays whole; anything else falls into words and signs."""
    if not chunk.isalnum() and chunk.lower() in lexicon().valences.lexicon:
        return (_token(0, chunk),)
    return tuple(_token(word.start(), word.group()) for word in _WORD.finditer(chunk))


def _token(start: int, surface: str) -> _Token:
    key = _POSSESSIVE.sub("", surface.lower()) or surface
    base = lexicon().base(key)
    return start, start + len(surface), surface, key, base, marks_of(surface, key, base), surface[0] == "@"


_remembered = lru_cache(maxsize=1 << 15)(_tokens)


def _quotes(text: str, start: int, end: int) -> list[int]:
    """Where quotations open and close, in turn; one that an earlier sentence opened begins at `start`."""
    marks = [mark.start() for mark in _MARK.finditer(text, start, end)]
    is_closing = bool(marks) and marks[0] > start and not text[marks[0] - 1].isspace()
    return [start, *marks] if is_closing and text[marks[0] - 1] not in "([-" else marks
