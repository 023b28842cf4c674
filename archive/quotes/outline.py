"""An article as tokens and sentences in which every quotation is one opaque token."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from archive.quotes.spans import Span, find_paragraphs
from archive.quotes.tables import cues, words

TOKEN = re.compile(r"[^\W_]+(?:[.'’&@-][^\W_]+)*|[^\w\s]")
ENDS_SENTENCE = re.compile(r"[.!?…][\"“”'‘’)\]]*\Z")
ASKS_OR_EXCLAIMS = re.compile(r"[!?…—–-][\"“”'‘’)\]]*\Z")
WINDOW = 80
"""No more than this many tokens on each side of a quotation are read: bounded time on any input."""
ATTRIBUTION_WITHIN = 10
"""A cue within this many tokens behind "...?" or "...!" belongs to the quotation."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a punctuation mark, or a whole quotation."""

    text: str
    start: int
    end: int
    quote: int | None = None
    """The index of the quotation that this token stands for."""

    @property
    def lower(self) -> str:
        """The token in lower case, for the word lists."""
        return self.text.lower()

    @property
    def is_word(self) -> bool:
        """Whether it is a word (or number) of the article's own text."""
        return self.quote is None and self.text[0].isalnum()

    @property
    def is_capitalised(self) -> bool:
        """Whether it is a word with a capital at the start."""
        return self.is_word and self.text[0].isupper()

    @property
    def is_possessive(self) -> bool:
        """Whether it ends in 's."""
        return self.text.endswith(("'s", "’s", "'S", "’S"))


@dataclass(frozen=True, slots=True)
class Outline:
    """All tokens of an article; `sentences` and `paragraphs` hold the first token of each, and the end."""

    tokens: list[Token]
    sentences: list[int]
    paragraphs: list[int]
    places: list[int]
    """The token that stands for each quotation."""

    def sentence(self, token: int) -> tuple[int, int]:
        """Return the token range of the sentence around a token, at most WINDOW to each side."""
        low, high = _around(self.sentences, token)
        return max(low, token - WINDOW), min(high, token + WINDOW)

    def sentence_number(self, token: int) -> int:
        """Return the running number of the sentence that holds a token."""
        return bisect_right(self.sentences, token) - 1

    def sentence_tokens(self, number: int) -> list[Token]:
        """Return the tokens of a sentence by its running number."""
        return self.tokens[self.sentences[number] : self.sentences[number + 1]]

    def paragraph(self, token: int) -> tuple[int, int]:
        """Return the token range of the paragraph around a token."""
        return _around(self.paragraphs, token)


def _around(starts: list[int], token: int) -> tuple[int, int]:
    at = bisect_right(starts, token)
    return starts[at - 1], starts[at]


def read_outline(text: str, spans: list[Span]) -> Outline:
    """Return the tokens of a text with the given quotations (in order, without overlap) closed."""
    tokens: list[Token] = []
    paragraphs: list[int] = []
    sentences: list[int] = []
    following = 0
    for start, end in find_paragraphs(text):
        first = len(tokens)
        inside = following
        while inside < len(spans) and spans[inside].start < end:
            inside += 1
        tokens.extend(_tokens(text, start, end, [(n, spans[n]) for n in range(following, inside)]))
        following = inside
        paragraphs.append(first)
        sentences.extend(_sentence_starts(tokens, first))
    places = [number for number, token in enumerate(tokens) if token.quote is not None]
    return Outline(tokens, [*sentences, len(tokens)], [*paragraphs, len(tokens)], places)


def _tokens(text: str, start: int, end: int, spans: list[tuple[int, Span]]) -> Iterator[Token]:
    for number, span in spans:
        yield from _plain_tokens(text, start, span.start)
        yield Token(text[span.start : span.end], span.start, span.end, quote=number)
        start = span.end
    yield from _plain_tokens(text, start, end)


def _plain_tokens(text: str, start: int, end: int) -> Iterator[Token]:
    for match in TOKEN.finditer(text, start, end):
        yield Token(match.group(), *match.span())


def _sentence_starts(tokens: list[Token], first: int) -> Iterator[int]:
    if first < len(tokens):
        yield first
    for number in range(first, len(tokens) - 1):
        if _ends_sentence(tokens, number):
            yield number + 1


def _ends_sentence(tokens: list[Token], number: int) -> bool:
    token, following = tokens[number], tokens[number + 1]
    if token.quote is not None:
        return _quote_ends_sentence(tokens, number)
    if token.text not in ".!?…" or not (following.quote is not None or following.is_capitalised):
        return False
    return token.text != "." or number == 0 or not is_abbreviated(tokens[number - 1])


def _quote_ends_sentence(tokens: list[Token], number: int) -> bool:
    quoted, following = tokens[number].text, tokens[number + 1]
    if not ENDS_SENTENCE.search(quoted[-4:]):
        return False
    if following.quote is not None:
        return True
    if ASKS_OR_EXCLAIMS.search(quoted[-4:]) and _attributed_behind(tokens, number + 1):
        return False
    return following.is_capitalised


def _attributed_behind(tokens: list[Token], first: int) -> bool:
    for token in tokens[first : first + ATTRIBUTION_WITHIN]:
        if token.quote is not None or token.text in ".!?;":
            return False
        if token.lower in cues():
            return True
    return False


def is_abbreviated(token: Token) -> bool:
    """Return whether a full stop behind this token belongs to it: "Mr", an initial, "U.S"."""
    if not token.is_word:
        return False
    initial = len(token.text) == 1 and token.is_capitalised and token.text not in ("I", "X")
    dotted = "." in token.text and len(token.text) <= 6
    return initial or dotted or token.lower in words("abbreviations")
