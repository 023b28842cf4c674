"""Which rules match where: only rules whose rarest word stands in a text are tried on it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from analysis.kinds.tables import Rule

MAX_HITS = 6
"""Places of one rule in one text that are looked at: more say nothing new."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in the normalised text where the phrase of a rule stands."""

    rule: Rule
    start: int
    end: int


class WordIndex:
    """Numbers under words (`won`) and beginnings of words (`fail*`)."""

    def __init__(self, sets: Iterable[tuple[int, frozenset[str]]]) -> None:
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        for number, words in sets:
            for word in words:
                (self._by_stem if word.endswith("*") else self._by_word)[word.rstrip("*")].append(number)
        self._lengths = sorted({len(stem) for stem in self._by_stem})

    def under(self, word: str) -> list[int]:
        """The numbers that stand under a word or under one of its beginnings."""
        found = list(self._by_word.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            found += self._by_stem.get(word[:length], ())
        return found


class RuleIndex:
    """Rules by the words that a text must hold for them to match, and by those that a match begins with."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._anchors = WordIndex((n, rule.phrase.anchors) for n, rule in enumerate(rules))
        self._firsts = WordIndex((n, rule.phrase.firsts) for n, rule in enumerate(rules))

    def find(self, text: str) -> Iterator[Hit]:
        """Every match of every rule (at most MAX_HITS a rule), in the order of the tables."""
        places: dict[str, list[int]] = defaultdict(list)
        for match in _WORD.finditer(text):
            places[match.group().lower()].append(match.start())
        possible = {number for word in places for number in self._anchors.under(word)}
        begins: dict[int, list[int]] = defaultdict(list)
        for word, starts in places.items():
            for number in self._firsts.under(word):
                if number in possible:
                    begins[number] += starts
        for number in sorted(possible):
            rule = self._rules[number]
            matches = _at(rule, text, sorted(begins[number])) if rule.phrase.firsts else _anywhere(rule, text)
            for start, end in islice(matches, MAX_HITS):
                yield Hit(rule, start, end)


def _at(rule: Rule, text: str, starts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Matches that begin at given places and do not overlap."""
    reached = 0
    for start in starts:
        match = rule.phrase.pattern.match(text, start) if start >= reached else None
        if match:
            reached = match.end()
            yield match.span()


def _anywhere(rule: Rule, text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in rule.phrase.pattern.finditer(text))
