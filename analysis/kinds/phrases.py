"""The little language of the rule tables: a phrase as people write it, turned into a matcher.

Elements of a phrase, separated by spaces (a rule table's reader needs no more than this list):

=============  =====================================================================================
``won``        this word, in upper or lower case (an apostrophe or hyphen belongs to the word)
``betray*``    any word that begins so
``=Reform``    this word with exactly these capitals
``a b|c``      one of these phrases: a bar divides whole phrases, ``(a b|c) d`` only those in the brackets
``[a b|c]``    the same, or nothing
``<own>``      one of the phrases that ``words.csv`` lists under this name
``..``         up to two words of any kind; ``...`` up to seven
``NAME``       one to four words with a capital, or a handle such as @someone; ``NAME's`` its possessive
``NUMBER``     a figure such as 15,000 or 34.1%
``YEAR``       a year such as 1945 or 2019
``^`` ``$``    the beginning of a sentence (or line); its end, or a clause's before a new subject
=============  =====================================================================================

Words of a phrase follow each other within one sentence: no ``. ! ? ;`` or line end stands between them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import NamedTuple

from analysis.rule_tables import RuleError
from analysis.text import LINK

_ELEMENT = re.compile(r"\s*(\.{2,3}|[()\[\]|^$]|<[^<>]+>|[^\s()\[\]|<>^$]+)")
_PLAIN = re.compile(r"=?[^\W_](?:[\w'&/-]*[\w'])?\*?")
_PIECE = re.compile(r"[^\W_]+\*?")

# Possessive quantifiers: a matcher never goes back into a word, so any text is read in bounded time.
# Sets of signs hold none beyond Latin-1, which a normalised text spells out (three dots, straight quotes):
# one such sign in a set doubles the time in which all phrases are compiled.
_APART = r"[^\w.!?;\n]{1,6}"
_ANY_WORD = r"\w++(?:['-]\w++)*+"
_GAPS = {"..": rf"(?:{_APART}{_ANY_WORD}){{0,2}}?", "...": rf"(?:{_APART}{_ANY_WORD}){{0,7}}?"}
_BEGIN = r"(?<!\w)(?<!\w['-])"
_END = r"(?!['-]?\w)"
_MORE = r"[\w']*+"
"""Behind the beginning of a word."""
# No pronoun, article or question word at the head of a sentence is a name.
_CAPITAL = (
    r"(?!(?:I|We|You|He|She|It|They|This|That|These|The|A|An|My|Our|Your|His|Her|Their|There|Who|What|Why|How|When|"
    r"And|But|If|So|In|On|At|For|To|Not|No|Yes|Vote|Join|Please|Pleased|Delighted|Thrilled|Honou?red|Humbled|Happy)\b)(?-i:[A-Z])\w*+"
)
NAME, NUMBER, YEAR = "NAME", "NUMBER", "YEAR"
_SHAPES = {
    NAME: rf"(?:@\w{{1,40}}+|{_CAPITAL}(?:[ '-]{_CAPITAL}){{0,3}})",
    NUMBER: r"[£$€]?\d[\d.,]{0,14}(?:%|k|m|bn)?",
    YEAR: r"(?:1[89]|20)\d\d(?!\w)",
}
_NEXT_CLAUSE = r"(?:,| -{1,2})(?: (?:and|but|so|yet))? (?:i|we|you|he|she|they|it|that|this|there)\b"
"""What a clause ends with where the sentence goes on: a comma or dash, and a new subject."""
_EDGES = {
    "^": r"(?:(?<=[.!?;:\n] )|(?<=[.!?;\n\"])|(?<!.))",
    "$": rf"(?=[^\w.!?;\n#]{{0,6}}(?:[.!?;\n#]|{LINK}|\Z)|{_NEXT_CLAUSE})",
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as a regular expression, and what a text must hold for it to match."""

    regex: str
    anchors: frozenset[frozenset[str]]
    """Of each of these sets of words (or beginnings of words, `fail*`) a matching text holds one."""
    firsts: frozenset[str]
    """Words, beginnings of words, or shapes (NAME, NUMBER, YEAR): every match begins with one of them."""
    seconds: frozenset[str] = frozenset()
    """The same for what follows the first word of a match, unless an apostrophe or a `_` joins it to that;
    empty: nothing is sure."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """The compiled phrase: compiled when first asked for, since few texts need many of the rules."""
        return _compiled(self.regex)


class _Part(NamedTuple):
    """A stretch of a phrase as a regular expression."""

    regex: str
    anchors: frozenset[frozenset[str]] = frozenset()
    firsts: frozenset[str] = frozenset()
    seconds: frozenset[str] | None = None
    """What may stand behind its first word, within it; None: anything."""
    single: bool = False
    """May end with its first word."""
    optional: bool = False
    glued: bool = False
    """Needs no white space before it: a gap brings its own, an edge has none."""


@cache
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex, re.IGNORECASE)


class _Reader:
    """Reads one phrase from left to right."""

    def __init__(self, phrase: str, words: Mapping[str, str]) -> None:
        self._phrase, self._words = phrase, words
        self._elements = _ELEMENT.findall(phrase.replace(f"{NAME}'s", f"{NAME} s"))
        self._at = 0

    def read(self) -> _Part:
        part = self._read_choices("")
        if self._at < len(self._elements):
            raise RuleError(f"phrase {self._phrase!r}: unexpected {self._elements[self._at]!r}")
        return part

    def _read_choices(self, closing: str) -> _Part:
        """Phrases between bars, up to a closing bracket or the end."""
        choices = [self._read_row(closing)]
        while self._peek() == "|":
            self._at += 1
            choices.append(self._read_row(closing))
        return _either(choices)

    def _read_row(self, closing: str) -> _Part:
        first, then = self._elements[self._at : self._at + 1], self._elements[self._at + 1 : self._at + 2]
        if then and then[0] in ("|", closing) and first[0].isalpha() and first[0] not in _SHAPES:
            self._at += 1
            return _word(first[0])  # as most are: one word alone
        parts: list[_Part] = []
        while self._peek() not in ("", "|", closing):
            parts.append(self._read_one())
        if not parts:
            raise RuleError(f"phrase {self._phrase!r}: an empty place")
        return _in_a_row(parts)

    def _read_one(self) -> _Part:
        element = self._peek()
        self._at += 1
        if element in ("(", "["):
            return self._read_group(")" if element == "(" else "]")
        if element in _GAPS:
            return _Part(_GAPS[element], glued=True)
        if element in _EDGES:
            return _Part(_EDGES[element], glued=True)
        if element in _SHAPES:
            return _Part(
                _SHAPES[element],
                firsts=frozenset({element}),
                seconds=frozenset() if element == YEAR else frozenset({element}),
                single=True,
            )
        if element.startswith("<"):
            return self._read_class(element[1:-1])
        if not _PLAIN.fullmatch(element):
            raise RuleError(f"phrase {self._phrase!r}: cannot read {element!r}")
        return _word(element)

    def _read_group(self, closing: str) -> _Part:
        inner = self._read_choices(closing)
        if self._peek() != closing:
            raise RuleError(f"phrase {self._phrase!r}: {closing!r} is missing")
        self._at += 1
        if closing == ")":
            return inner
        return inner._replace(anchors=frozenset(), optional=True)

    def _read_class(self, name: str) -> _Part:
        if name not in self._words:
            raise RuleError(f"phrase {self._phrase!r}: no words are listed as <{name}>")
        return _listed(self._words[name])

    def _peek(self) -> str:
        return self._elements[self._at] if self._at < len(self._elements) else ""


@cache
def _word(element: str) -> _Part:
    """`won`, `fail*` or `=Reform`: the same words stand in many rules and are read once."""
    exact, stem = element.startswith("="), element.lstrip("=").rstrip("*")
    regex = re.escape(stem) + (_MORE if element.endswith("*") else _END)
    pieces = _PIECE.findall(element.lower())
    anchors = frozenset(frozenset({piece}) for piece in pieces)
    return _Part(
        f"(?-i:{regex})" if exact else regex,
        anchors,
        frozenset(pieces[:1]),
        frozenset(pieces[1:2]),
        len(pieces) == 1,
    )


@cache
def _listed(phrases: str) -> _Part:
    """What the cell of a word list stands for; the lists themselves refer to no other."""
    return _Reader(f"({phrases})", {}).read()


def _either(choices: Sequence[_Part]) -> _Part:
    if len(choices) == 1:
        return choices[0]
    regex = f"(?:{'|'.join(_alternatives(choice.regex for choice in choices))})"
    rarest = _every([_rarest(c.anchors) for c in choices])
    anchors = frozenset({rarest} if rarest else ())
    return _Part(
        regex,
        anchors,
        _every([c.firsts for c in choices]),
        _all_of(c.seconds for c in choices),
        any(c.single for c in choices),
    )


def _alternatives(regexes: Iterable[str]) -> Iterator[str]:
    """Regular expressions in order; neighbours that end alike share their end.

    They match the same places in the same order; but an end costs more to compile than the words before it,
    and lists hold hundreds of words.
    """
    for end, some in groupby(regexes, _end_of):
        heads = [regex.removesuffix(end) for regex in some]
        if end and len(heads) > 1:
            yield f"(?:{'|'.join(heads)}){end}"
        else:
            yield from (head + end for head in heads)


def _end_of(regex: str) -> str:
    if regex.endswith(_END):
        return _END
    return _MORE if regex.endswith(_MORE) else ""


def _every(sets: Sequence[frozenset[str]]) -> frozenset[str]:
    """All words of all sets, or none where one set is empty: then nothing is sure."""
    return frozenset().union(*sets) if all(sets) else frozenset()


def _in_a_row(parts: Sequence[_Part]) -> _Part:
    if len(parts) == 1 and not (parts[0].glued or parts[0].optional):
        return parts[0]
    regex, begun = "", False
    for part in parts:
        if part.glued:
            regex += part.regex
        elif part.optional:
            regex += f"(?:{_APART}{part.regex})?" if begun else f"(?:{part.regex}{_APART})?"
        else:
            regex += f"{_APART}{part.regex}" if begun else part.regex
            begun = True
    anchors = frozenset[frozenset[str]]().union(*(part.anchors for part in parts))
    return _begun_by(parts, _Part(regex, anchors))


def _begun_by(parts: Sequence[_Part], row: _Part) -> _Part:
    """A row of parts with what it may begin with: its optional beginnings, and the first part that must be
    there; and with what may stand behind its first word."""
    begin: list[frozenset[str]] = []
    behind: list[frozenset[str] | None] = []
    is_begun = has_one_word = False
    for part in parts:
        if part.glued and part.regex in _EDGES.values():
            continue
        may_be_left_out = part.optional or part.glued
        if has_one_word:
            behind.append(part.firsts or None)
        has_one_word = has_one_word and may_be_left_out
        if not is_begun:
            begin.append(part.firsts)
            behind.append(part.seconds)
            has_one_word = has_one_word or part.single
            is_begun = not may_be_left_out
        if is_begun and not has_one_word:
            break
    if not is_begun:  # an edge, or nothing that must be there: what follows the row may come first
        return row
    return row._replace(firsts=_every(begin), seconds=_all_of(behind), single=has_one_word)


def _all_of(sets: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    """All words of all sets; None where one set is."""
    found = frozenset[str]()
    for words in sets:
        if words is None:
            return None
        found |= words
    return found


def _rarest(some: frozenset[frozenset[str]]) -> frozenset[str]:
    """Of sets one of which a text must meet each, the one that tells most; empty if there is none."""
    if len(some) == 1:
        [only] = some
        return only
    return max(some, key=rarity, default=frozenset())


@cache
def rarity(anchors: frozenset[str]) -> tuple[int, int]:
    """Long words are rare words: of several sets that one choice must meet, the rarest tells most."""
    return min(len(anchor) for anchor in anchors), -len(anchors)


def read_phrase(phrase: str, words: Mapping[str, str]) -> Phrase:
    """Read a phrase; `words` are the lists that `<name>` stands for. Raises RuleError where it cannot."""
    part = _Reader(phrase, words).read()
    if not part.anchors:
        raise RuleError(f"phrase {phrase!r}: holds no word that every match must hold")
    if not part.firsts:
        raise RuleError(f"phrase {phrase!r}: begins with no word or name")
    seconds = frozenset() if part.single or part.seconds is None else part.seconds
    return Phrase(f"{_BEGIN}{part.regex}", part.anchors, part.firsts, seconds)
