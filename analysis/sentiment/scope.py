"""The words of a sentence with the valence that negation, reversal and topic leave them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from analysis.contract import Span
from analysis.sentiment.lexicon import Lexicon, grammar, lexicon
from analysis.sentiment.tables import weights
from analysis.sentiment.words import MaskedText, Word, clauses_of

REACH = 6
"""Words behind a reversal verb among which its object is looked for."""
MAX_EMOJI = 3
"""Emoji of a clause that count."""
UNREAL_REACH = 3
NOUN_REACH = 4


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a sentence and, for each, the valence (about -4..4) that its scope leaves it."""

    words: Sequence[Word]
    valences: Sequence[float]
    denied: frozenset[int]
    """Places of the words that stand behind a negator of their clause."""
    silent: frozenset[int]
    """Places of the words that count for nothing: 'could have won', the inside of a phrase."""


class SentenceReader:
    """Reads the sentences of one text, each of them once, whatever is asked about it."""

    def __init__(self, source: MaskedText) -> None:
        self.source = source
        self._clauses: dict[Span, list[_Clause]] = {}
        self._sentences: dict[Span, Sentence] = {}

    def read(self, place: Span, target: Span | None = None) -> Sentence:
        """Read one sentence (or a part of it); the target's own words count as little as a name's."""
        if place not in self._clauses:
            self._clauses[place] = [_valued(words) for words in clauses_of(self.source, *place)]
            self._sentences[place] = _joined(self._clauses[place])
        if target is None:
            return self._sentences[place]
        clauses = [_without(clause, target) for clause in self._clauses[place]]
        return self._sentences[place] if clauses == self._clauses[place] else _joined(clauses)


class _Clause(NamedTuple):
    """A clause as it was read; places count in it."""

    words: Sequence[Word]
    values: Sequence[float]
    denied: Iterable[int]
    silent: Iterable[int]


def _without(clause: _Clause, target: Span) -> _Clause:
    """The clause read anew where the target is a word that was no name."""
    own = [
        i
        for i, word in enumerate(clause.words)
        if target.start < word.end and word.start < target.end and not word.is_name
    ]
    if not own:
        return clause
    words = list(clause.words)
    for i in own:
        words[i] = words[i]._replace(is_name=True)
    return _valued(words)


def _joined(read: Iterable[_Clause]) -> Sentence:
    words: list[Word] = []
    valences: list[float] = []
    denied: set[int] = set()
    silent: set[int] = set()
    for clause in read:
        denied.update(len(words) + i for i in clause.denied)
        silent.update(len(words) + i for i in clause.silent)
        words += clause.words
        valences += clause.values
    return Sentence(words, valences, frozenset(denied), frozenset(silent))


def _valued(words: Sequence[Word]) -> _Clause:
    lex = lexicon()
    values = _raw_valences(words, lex)
    bound = _set_phrases(words, values, lex)
    _cap_emoji(words, values)
    _damp_topics(words, values, lex)
    unreal = _unreal(words, values)
    _reverse(words, values, bound, lex)
    denied = _deny(words, values, bound, lex)
    return _Clause(words, values, denied, unreal | bound)


def _raw_valences(words: Sequence[Word], lex: Lexicon) -> list[float]:
    surfaces = ["" if word.is_name or word.key in lex.negators else word.surface for word in words]
    capitals = sum(surface.isupper() and len(surface) > 2 for surface in surfaces)
    values = lex.valences.of(surfaces, has_capitals=0 < capitals < len(words) / 2)
    for i, word in enumerate(words):
        if not (word.is_name or values[i] or word.key in lex.negators):
            values[i] = word.base
    return values


def _set_phrases(words: Sequence[Word], values: list[float], lex: Lexicon) -> set[int]:
    """Give each phrase of the overlay its one valence, at its last word; the places of all its words."""
    bound: set[int] = set()
    for i, width, value in _phrases(words, lex):
        values[i : i + width] = [0.0] * (width - 1) + [value]
        bound.update(range(i, i + width))
    return bound


def _phrases(words: Sequence[Word], lex: Lexicon) -> Iterator[tuple[int, int, float]]:
    for i, word in enumerate(words):
        if word.key not in lex.phrases:
            continue
        for phrase, value in lex.phrases[word.key]:
            span = words[i : i + len(phrase)]
            if tuple(w.key for w in span) == phrase and not any(w.is_name for w in span):
                yield i, len(phrase), value
                break


def _cap_emoji(words: Sequence[Word], values: list[float]) -> None:
    """A flood of emoji says no more than its first few."""
    signs = [
        i
        for i, word in enumerate(words)
        if values[i] and not word.surface.isascii() and len(word.surface) == 1
    ]
    for i in signs[MAX_EMOJI:]:
        values[i] = 0.0


def _damp_topics(words: Sequence[Word], values: list[float], lex: Lexicon) -> None:
    """War, crime, safety: what a text is about, seldom what it thinks of its target."""
    for i, word in enumerate(words):
        if values[i] and word.key in lex.topics:
            values[i] *= weights("scope")["topic"]


def _unreal(words: Sequence[Word], values: list[float]) -> set[int]:
    """'Could have won': what did not come about is no praise. The places of such words."""
    hushed: set[int] = set()
    for i, word in enumerate(words):
        if word.key == "have" and i and words[i - 1].key in grammar("unreal"):
            near = range(i + 1, min(i + 1 + UNREAL_REACH, len(words)))
            hushed.update(j for j in near if values[j] > 0)
    for i in hushed:
        values[i] = 0.0
    return hushed


def _reverse(words: Sequence[Word], values: list[float], bound: set[int], lex: Lexicon) -> None:
    """'Cut crime', 'against corruption': a bad object of a verb that ends it speaks well."""
    for i, word in enumerate(words):
        if word.key not in lex.reversals or word.is_name or i in bound:
            continue
        bad = [j for j in range(i + 1, min(i + 1 + REACH, len(words))) if _is_bad_object(words, values, j)]
        for j in bad:
            values[j] *= -weights("scope")["reversal"]
        if word.key not in lex.verbs:
            values[i] = 0.0


def _is_bad_object(words: Sequence[Word], values: list[float], i: int) -> bool:
    """A bad word that only describes a name ('against the corrupt Greens') stays bad."""
    return values[i] < 0 and not (i + 1 < len(words) and words[i + 1].is_name)


def _deny(words: Sequence[Word], values: list[float], bound: set[int], lex: Lexicon) -> set[int]:
    """Negation reaches from the negator to the end of its clause ('without' and 'no': to their noun);
    a second one lifts it.
    """
    denied: set[int] = set()
    if not any(word.key in lex.negators or word.key.endswith("n't") for word in words):
        return denied
    until = 0
    for i in range(len(words)):
        if i < until and words[i].surface[0].isalpha():
            denied.add(i)
            values[i] *= -weights("scope")["denied_good" if values[i] > 0 else "denied_bad"]
        if i not in bound and _is_negator(words, i, lex):
            until = i if i < until else _reach(words, i)
            values[i] = 0.0
    return denied


def _reach(words: Sequence[Word], i: int) -> int:
    """Where the negation that begins at word `i` ends."""
    is_nobody = [word.key for word in words[i : i + 2]] == ["no", "one"]
    return i + 1 + NOUN_REACH if words[i].key in grammar("noun negator") and not is_nobody else len(words)


def _is_negator(words: Sequence[Word], i: int, lex: Lexicon) -> bool:
    key = words[i].key
    if words[i].is_name or not (key in lex.negators or key.endswith("n't")):
        return False
    following = tuple(word.key for word in words[i : i + 3])
    return not (following[:2] in lex.affirmers or following in lex.affirmers)
