"""What a user wants to find in texts: the syntax of SQLite's FTS5, read into a tree. Pure.

    word  "a phrase"  pref*  a b  a AND b  a OR b  a NOT b  NEAR(a b, 5)  (a OR b) c

Words side by side are all wanted. They bind closest, then NOT, AND, OR. Operators are in capitals.
A word may hold any character, such as `@name`, `#tag` or `don't`: where it has several parts, these
stand side by side in the text.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from db.errors import Refusal

LONGEST_QUERY = 1_000
"""Characters of a query."""

DEEPEST = 50
"""Brackets within brackets."""

DEFAULT_DISTANCE = 10
"""Words between those of a NEAR where no number is given."""

MOST_DISTANCE = 1_000

OPERATORS = ("AND", "OR", "NOT")

_ACCENTS = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")

_TOKENS = re.compile(
    r"""\s*(?:
        (?P<near>NEAR\s*\()
      | (?P<mark>[(),])
      | "(?P<quoted>(?:[^"]|"")*)"(?P<begun>\*)?
      | (?P<word>[^\s"(),]+)
    )""",
    re.VERBOSE,
)


class BadQuery(Refusal):
    """A query that cannot be read; the message says where, and what would do."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row; with `begun`, the last one may go on."""

    text: str
    """As it was asked for."""
    words: tuple[str, ...]
    """Folded."""
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Phrases with at most `distance` words between the first and the last."""

    phrases: tuple[Phrase, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Every:
    """All parts."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of the parts at least."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Without:
    """What is found, but where `unwanted` is found, too."""

    wanted: "Query"
    unwanted: "Query"


Query = Phrase | Near | Every | Either | Without


def fold(text: str) -> str:
    """A text without case and accents, as the index compares words."""
    return _ACCENTS.sub("", unicodedata.normalize("NFD", text.lower()))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, folded: runs of letters and digits; `_` parts them, too."""
    return tuple(_WORD.findall(fold(text)))


def phrases_of(query: Query) -> Iterator[Phrase]:
    """Every phrase whose presence makes a text be found."""
    match query:
        case Phrase():
            yield query
        case Near(phrases=parts) | Every(parts=parts) | Either(parts=parts):
            for part in parts:
                yield from phrases_of(part)
        case Without(wanted=wanted):
            yield from phrases_of(wanted)


def parse_query(text: str) -> Query:
    """The tree of a query. Raises BadQuery, whose message is one line that helps."""
    if len(text) > LONGEST_QUERY:
        raise BadQuery(f"the query has {len(text):,} characters: {LONGEST_QUERY:,} are the most")
    parser = _Parser(list(_tokens(text)))
    if parser.at_end:
        raise BadQuery('an empty query: name a word, or a "phrase in quotes"')
    found = parser.either(0)
    if not parser.at_end:
        raise BadQuery(
            f"the query has a {parser.shown} too many: brackets come in pairs, commas in NEAR(...)"
        )
    return found


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    """`near`, `(`, `)`, `,`, an operator, `phrase`."""
    shown: str
    phrase: Phrase | None = None


def _tokens(text: str) -> Iterator[_Token]:
    position, end = 0, len(text.rstrip())
    while position < end:
        token = _TOKENS.match(text, position)
        if token is None:  # only a quote that is never closed is left over
            raise BadQuery(f"a quote is not closed: {text[position:].strip()[:40]}")
        position = token.end()
        if token["near"]:
            yield _Token("near", "NEAR(")
        elif token["mark"]:
            yield _Token(token["mark"], token["mark"])
        elif token["word"] in OPERATORS:
            yield _Token(token["word"], token["word"])
        elif token["word"] is not None:
            yield _phrase(token["word"], begun=token["word"].endswith("*"))
        else:
            yield _phrase(token["quoted"].replace('""', '"'), begun=token["begun"] is not None)


def _phrase(shown: str, *, begun: bool) -> _Token:
    text = shown.replace("\x00", " ").encode(errors="replace").decode()
    words = words_of(text)
    if not words:
        raise BadQuery(f"{shown!r} holds no letter and no digit: marks and emoji are not indexed")
    return _Token("phrase", shown, Phrase(text.removesuffix("*"), words, begun))


@dataclass(slots=True)
class _Parser:
    """Reads tokens from left to right, one function a level of binding."""

    tokens: Sequence[_Token]
    place: int = 0

    @property
    def at_end(self) -> bool:
        return self.place == len(self.tokens)

    @property
    def next(self) -> str:
        """The kind of the next token; empty at the end."""
        return "" if self.at_end else self.tokens[self.place].kind

    @property
    def shown(self) -> str:
        return "" if self.at_end else self.tokens[self.place].shown

    def take(self, kind: str) -> bool:
        """Go past the next token if it is of that kind."""
        if self.next != kind:
            return False
        self.place += 1
        return True

    def either(self, depth: int) -> Query:
        parts = [self.every(depth)]
        while self.take("OR"):
            parts.append(self.every(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def every(self, depth: int) -> Query:
        parts = [self.without(depth)]
        while self.take("AND"):
            parts.append(self.without(depth))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def without(self, depth: int) -> Query:
        found = self.row(depth)
        while self.take("NOT"):
            found = Without(found, self.row(depth))
        return found

    def row(self, depth: int) -> Query:
        parts = [self.one(depth)]
        while self.next in ("phrase", "near", "("):
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def one(self, depth: int) -> Query:
        if depth > DEEPEST:
            raise BadQuery(f"more than {DEEPEST} brackets within each other")
        if self.take("("):
            found = self.either(depth + 1)
            if not self.take(")"):
                raise BadQuery("a bracket is not closed")
            return found
        if self.take("near"):
            return self.near()
        if self.next == "phrase":
            return self._phrase()
        raise BadQuery(self._missing())

    def near(self) -> Query:
        phrases: list[Phrase] = []
        while self.next == "phrase":
            phrases.append(self._phrase())
        distance = DEFAULT_DISTANCE
        if self.take(","):
            said = self.shown
            if not (said.isascii() and said.isdigit() and int(said) <= MOST_DISTANCE):
                raise BadQuery(f"NEAR(one two, 5): a number up to {MOST_DISTANCE:,} stands behind the comma")
            distance = int(said)
            self.place += 1
        if len(phrases) < 2 or not self.take(")"):
            raise BadQuery('NEAR takes words or "phrases", and a distance: NEAR(recount votes, 5)')
        return Near(tuple(phrases), distance)

    def _phrase(self) -> Phrase:
        phrase = self.tokens[self.place].phrase
        assert phrase is not None  # by its kind
        self.place += 1
        return phrase

    def _missing(self) -> str:
        """Where a word should stand and none does."""
        before = self.tokens[self.place - 1].shown if self.place else ""
        quoted = 'in small letters or "in quotes" it is a word like others'
        if before in OPERATORS:
            return f"nothing stands behind {before}: {quoted}"
        if self.next in OPERATORS:
            return f"nothing stands before {self.shown}: {quoted}"
        return f"a word is missing before {self.shown}" if self.shown else "a bracket is not closed"
