"""Which rules match where: only rules all of whose words stand in a text are tried on it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice

from analysis.kinds.phrases import rarity
from analysis.kinds.tables import Rule

MAX_HITS = 6
"""Places of one rule in one text that are looked at: more say nothing new."""

REMEMBERED = 20_000
"""Words whose rules are remembered: nearly all that people write."""

_WORD = re.compile(r"[^\W_]+")
_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in the normalised text where the phrase of a rule stands."""

    rule: Rule
    start: int
    end: int


class WordIndex:
    """Numbers under words (`won`) and beginnings of words (`fail*`)."""

    def __init__(self, sets: Iterable[tuple[int, frozenset[str]]]) -> None:
        by_entry: dict[str, set[int]] = defaultdict(set)
        for number, words in sets:
            for word in words:
                by_entry[word].add(number)
        stems = {entry.rstrip("*"): frozenset(n) for entry, n in by_entry.items() if entry.endswith("*")}
        self._by_word = {entry: frozenset(n) for entry, n in by_entry.items() if not entry.endswith("*")}
        self._shortest = min(map(len, stems), default=0)
        self._by_head: dict[str, list[tuple[str, frozenset[int]]]] = defaultdict(list)
        self.under = lru_cache(REMEMBERED)(self._under)
        """The numbers that stand under a word or under one of its beginnings."""
        for stem, numbers in stems.items():
            self._by_head[stem[: self._shortest]].append((stem, numbers))

    def _under(self, word: str) -> frozenset[int]:
        found = self._by_word.get(word, _NONE)
        for stem, numbers in self._by_head.get(word[: self._shortest], ()):
            if word.startswith(stem):
                found |= numbers
        return found


class RuleIndex:
    """Rules by the words that a text must hold for them to match, and by those that a match begins with."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        anchors = dict.fromkeys(words for rule in rules for words in rule.phrase.anchors)
        numbers = {words: number for number, words in enumerate(anchors)}
        self._anchors = WordIndex((number, words) for words, number in numbers.items())
        self._needs = [frozenset(numbers[words] for words in rule.phrase.anchors) for rule in rules]
        self._by_rarest: dict[int, list[int]] = defaultdict(list)
        for n, rule in enumerate(rules):
            self._by_rarest[numbers[max(rule.phrase.anchors, key=rarity)]].append(n)
        self._heads = WordIndex((number, rule.phrase.firsts) for number, rule in enumerate(rules))

    def find(self, text: str) -> Iterator[Hit]:
        """Every match of every rule (at most MAX_HITS a rule), in the order of the tables."""
        places: dict[str, list[int]] = defaultdict(list)
        for match in _WORD.finditer(text):
            places[match.group().lower()].append(match.start())
        met = _NONE.union(*map(self._anchors.under, places))
        near = chain.from_iterable(self._by_rarest[number] for number in met & self._by_rarest.keys())
        numbers = [number for number in near if self._needs[number] <= met]
        starts = self._starts(places, frozenset(numbers))
        for number in sorted(numbers):
            rule = self._rules[number]
            matches = _at(rule, text, starts.get(number, ())) if rule.phrase.firsts else _anywhere(rule, text)
            for start, end in islice(matches, MAX_HITS):
                yield Hit(rule, start, end)

    def _starts(self, places: Mapping[str, list[int]], numbers: frozenset[int]) -> Mapping[int, list[int]]:
        """Where matches of each of these rules may begin."""
        found: dict[int, list[int]] = defaultdict(list)
        for word, starts in places.items():
            for number in self._heads.under(word) & numbers:
                found[number] += starts
        return found


def _at(rule: Rule, text: str, starts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Matches that begin at given places and do not overlap."""
    if not starts:
        return  # a pattern that is not needed is not compiled either
    reached, pattern = 0, rule.phrase.pattern
    for start in sorted(starts):
        match = pattern.match(text, start) if start >= reached else None
        if match:
            reached = match.end()
            yield match.span()


def _anywhere(rule: Rule, text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in rule.phrase.pattern.finditer(text))
