"""Which phrases can match where: one is tried only where its first word stands and its other words follow."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from analysis.kinds.phrases import NAME, NUMBER, YEAR, Phrase, rarity
from analysis.kinds.tables import Rule

MAX_HITS = 6
"""Places of one rule in one text that are looked at: more say nothing new."""

REMEMBERED = 20_000
"""Words whose phrases are remembered: nearly all that people write."""

LONGEST = 40
"""Letters of a word that are looked at: no rule has a longer one, and what is remembered stays small."""

FOLLOWING = 4
"""Words of a phrase that must stand in a text before it is tried; of more, the rarest."""

_TOKEN = re.compile(r"[^\W_]+|[!?;\n]|(?<![\d.,])\.")
"""A word, or what no phrase reaches across: a full stop behind a figure may be the figure's own."""
_JOINS = frozenset("'_")
"""What may join the parts of a name, or an ending, to a word."""
_BEFORE = "@£$€"
"""What a handle or a sum of money begins with, before its first word."""

Set = int
"""Numbers of phrases, one a bit: thousands are joined and compared at once."""
Row = tuple[Set, ...]
"""Of one word: the phrases that it may begin, those in which it may come second, then those of which it is
the first word that must stand there, the second, up to FOLLOWING."""

_NOTHING: Row = (0,) * (FOLLOWING + 2)


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in the normalised text where the phrase of a rule stands."""

    rule: Rule
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chances:
    """What of many phrases a text may hold."""

    starts: dict[int, list[int]]
    """Number of a phrase -> where a match of it may begin, in the order of the text."""
    met: Set
    """The phrases all of whose words stand between two ends of sentences."""


class PhraseIndex:
    """Phrases by the words that a match begins with and by those that it must hold."""

    def __init__(self, phrases: Sequence[Phrase], others: Sequence[Phrase] = ()) -> None:
        """`others` follow in number: of them it is not asked where they begin."""
        rows: dict[str, list[Set]] = defaultdict(lambda: [0] * (FOLLOWING + 2))
        needs_no_more = [0] * FOLLOWING
        any_second = 0
        for number, phrase in enumerate([*phrases, *others]):
            bit = 1 << number
            for word in phrase.firsts if number < len(phrases) else ():
                rows[word][0] |= bit
            for word in phrase.seconds:
                rows[word][1] |= bit
            any_second |= 0 if phrase.seconds else bit
            anchors = sorted(phrase.anchors, key=lambda words: (rarity(words), sorted(words)), reverse=True)
            for place in range(FOLLOWING):
                if place >= len(anchors):
                    needs_no_more[place] |= bit
                    continue
                for word in anchors[place]:
                    rows[word][place + 2] |= bit
        self._needs_no_more = tuple(needs_no_more)
        self._any_second = any_second
        self._nothing = (0, any_second, *_NOTHING[2:])
        self._shapes = {shape: rows.pop(shape, _NOTHING)[:2] for shape in (NAME, NUMBER, YEAR)}
        self._by_word = {word: tuple(row) for word, row in rows.items() if not word.endswith("*")}
        stems = {word.rstrip("*"): tuple(row) for word, row in rows.items() if word.endswith("*")}
        self._shortest = min(map(len, stems), default=0)
        self._by_head: dict[str, list[tuple[str, Row]]] = defaultdict(list)
        for stem, row in stems.items():
            self._by_head[stem[: self._shortest]].append((stem, row))
        self._row = lru_cache(REMEMBERED)(self._row_of)

    def _row_of(self, word: str) -> Row:
        """What is known of a word as it stands in a text."""
        small = word.lower()
        first, second, *following = self._by_word.get(small, _NOTHING)
        shapes = (NAME,) if "A" <= word[0] <= "Z" else (NUMBER, YEAR) if word[0].isdecimal() else ()
        for shape in shapes:
            first |= self._shapes[shape][0]
            second |= self._shapes[shape][1]
        found: Row = (first, second | self._any_second, *following)
        for stem, row in self._by_head.get(small[: self._shortest], ()):
            if small.startswith(stem):
                found = tuple(one | other for one, other in zip(found, row, strict=True))
        return self._nothing if found == self._nothing else found

    def chances(self, text: str) -> Chances:
        """Where each phrase may begin: from the end of each sentence to its beginning, so that what follows
        a word is known when it is met."""
        starts: dict[int, list[int]] = defaultdict(list)
        met, (one, two, three, four) = 0, self._needs_no_more
        behind = self._any_second
        for token in reversed(list(_TOKEN.finditer(text))):
            word = token.group()
            if not word[0].isalnum():
                met |= one & two & three & four
                one, two, three, four = self._needs_no_more
                behind = self._any_second
                continue
            at = token.start()
            marked = at > 0 and text[at - 1] in _BEFORE
            row = self._row(word[:LONGEST])
            if row is self._nothing and not marked:
                behind = self._any_second
                continue
            first, second, in_one, in_two, in_three, in_four = row
            one, two, three, four = one | in_one, two | in_two, three | in_three, four | in_four
            if marked:
                first |= self._shapes[NAME][0]
                second |= self._shapes[NAME][1]
            if text[token.end() : token.end() + 1] not in _JOINS:
                first &= behind
            if first and (first := first & one & two & three & four):
                for number in _numbers(first):
                    starts[number] += (at, at - 1) if marked else (at,)
            behind = second
        for places in starts.values():
            places.reverse()
        return Chances(starts, met | (one & two & three & four))


def _numbers(chosen: Set) -> Iterator[int]:
    """The numbers in a set, in order."""
    while chosen:
        lowest = chosen & -chosen
        yield lowest.bit_length() - 1
        chosen ^= lowest


class RuleIndex:
    """Rules, and further phrases of which it is only asked whether a text may hold them."""

    def __init__(self, rules: Sequence[Rule], others: Sequence[Phrase] = ()) -> None:
        self._rules = rules
        self._phrases = PhraseIndex([rule.phrase for rule in rules], others)

    def chances(self, text: str) -> Chances:
        """What a text may hold: the rules' phrases first, then the others."""
        return self._phrases.chances(text)

    def find(self, text: str, chances: Chances | None = None) -> Iterator[Hit]:
        """Every match of every rule (at most MAX_HITS a rule), in the order of the tables."""
        for number, places in sorted((chances or self.chances(text)).starts.items()):
            rule = self._rules[number]
            match_at, reached, hits = rule.phrase.pattern.match, 0, 0
            for start in places:
                match = match_at(text, start) if start >= reached else None
                if match:
                    reached = match.end()
                    yield Hit(rule, match.start(), reached)
                    hits += 1
                    if hits == MAX_HITS:
                        break
