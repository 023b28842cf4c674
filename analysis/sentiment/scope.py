"""The words of a sentence with the valence that negation, reversal and topic leave them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    denied: Mapping[int, int]
    """Places of the words that stand behind a negator of their clause -> place of the negator."""
    silent: frozenset[int]
    """Places of the words that are no verb here: 'could have won', the inside of a phrase, 'cut help'."""
    turned: Mapping[int, int]
    """Places of the words that a verb of reversal turned -> place of the verb."""
    phrases: Mapping[int, int]
    """Place of the last word of each phrase of the overlay -> place of its first."""


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
    denied: Mapping[int, int]
    silent: Iterable[int]
    turned: Mapping[int, int]
    phrases: Mapping[int, int]


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
    silent: set[int] = set()
    denied: dict[int, int] = {}
    turned: dict[int, int] = {}
    phrases: dict[int, int] = {}
    for clause in read:
        first = len(words)
        silent.update(first + i for i in clause.silent)
        denied.update(_moved(clause.denied, first))
        turned.update(_moved(clause.turned, first))
        phrases.update(_moved(clause.phrases, first))
        words += clause.words
        valences += clause.values
    return Sentence(words, valences, denied, frozenset(silent), turned, phrases)


def _moved(places: Mapping[int, int], first: int) -> Iterator[tuple[int, int]]:
    """Places that count in a clause, as they count in its sentence."""
    return ((first + i, first + j) for i, j in places.items())


def _valued(words: Sequence[Word]) -> _Clause:
    lex = lexicon()
    values = raw_valences(words, lex)
    phrases, bound = _set_phrases(words, values, lex)
    _cap_emoji(words, values)
    _damp_topics(words, values, lex)
    unreal = _unreal(words, values)
    turned = _reverse(words, values, bound, lex)
    denied = _deny(words, values, bound, lex)
    silent = unreal | bound | _no_deeds(words, values, turned)
    return _Clause(words, values, denied, silent, turned, phrases)


def raw_valences(words: Sequence[Word], lex: Lexicon) -> list[float]:
    """The valence of each word of a clause before any scope: its own, with boosters and capitals."""
    surfaces = ["" if word.is_name or word.key in lex.negators else word.surface for word in words]
    capitals = sum(surface.isupper() and len(surface) > 2 for surface in surfaces)
    values = lex.valences.of(surfaces, has_capitals=0 < capitals < len(words) / 2)
    for i, word in enumerate(words):
        if not (word.is_name or values[i] or word.key in lex.negators):
            values[i] = word.base
    return values


def _set_phrases(words: Sequence[Word], values: list[float], lex: Lexicon) -> tuple[dict[int, int], set[int]]:
    """Give each phrase of the overlay its one valence, at its last word; of two that overlap the later one.

    Where each ends and begins, and the places of all their words.
    """
    phrases: dict[int, int] = {}
    bound: set[int] = set()
    for i, width, value in _phrases(words, lex):
        values[i : i + width] = [0.0] * (width - 1) + [value]
        bound.update(range(i, i + width))
        for inner in range(i, i + width - 1):
            phrases.pop(inner, None)
        phrases[i + width - 1] = i
    return phrases, bound


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


def _reverse(words: Sequence[Word], values: list[float], bound: set[int], lex: Lexicon) -> dict[int, int]:
    """'Cut crime', 'against corruption': a bad object of a verb that ends it speaks well; a good one that is
    taken away ('cut help for carers') ill. The places of such objects, each with that of its verb.
    """
    turned: dict[int, int] = {}
    for i, word in enumerate(words):
        if not (word.key in lex.reversals or word.key in lex.takings) or word.is_name or i in bound:
            continue
        bad = [j for j in range(i + 1, min(i + 1 + REACH, len(words))) if _is_bad_object(words, values, j)]
        lost = [] if bad else [j for j in _good_objects(words, values, i, lex) if j not in bound]
        for j in [*(bad if word.key in lex.reversals else ()), *lost]:
            values[j] *= -weights("scope")["reversal"]
            turned[j] = i
        if word.key not in lex.verbs or (bad and lex.verbs[word.key].agent < 0):
            values[i] = 0.0
    return turned


def _is_bad_object(words: Sequence[Word], values: list[float], i: int) -> bool:
    """A bad word that only describes a name ('against the corrupt Greens') stays bad."""
    return values[i] < 0 and not (i + 1 < len(words) and words[i + 1].is_name)


def _no_deeds(words: Sequence[Word], values: list[float], turned: Mapping[int, int]) -> set[int]:
    """Nouns that look like verbs ('cut help'), and verbs of which only the object counts ('slash crime')."""
    nouns = {i for i in turned if words[i].key in grammar("noun too")}
    return nouns | {verb for verb in turned.values() if not values[verb]}


def _good_objects(words: Sequence[Word], values: list[float], verb: int, lex: Lexicon) -> Iterator[int]:
    """The good words right behind a verb that takes its object away; behind one of the other reversals
    ('end', 'stop') only those that would else be read as a verb of their own: help, support.
    """
    if not _is_deed(words, verb):
        return
    for i in range(verb + 1, min(verb + 1 + NOUN_REACH, len(words))):
        key = words[i].key
        if words[i].is_name or key in grammar("object end") or key in grammar("break"):
            return
        is_noun_too = key in grammar("noun too")
        if values[i] > 0 and (is_noun_too or (words[verb].key in lex.takings and key not in lex.verbs)):
            yield i


def _is_deed(words: Sequence[Word], i: int) -> bool:
    """Whether 'cut' is a verb here and no noun ('the cut', 'tax cuts')."""
    key, before = words[i].key, words[i - 1] if i else None
    if before is None or key.endswith(("ed", "ing")):
        return True
    if before.key in grammar("article") or before.is_possessive or before.key in grammar("possessive"):
        return False
    is_sure = before.is_name or before.key in grammar("subject") or before.key in grammar("before verb")
    return is_sure or not key.endswith("s")


def _deny(words: Sequence[Word], values: list[float], bound: set[int], lex: Lexicon) -> dict[int, int]:
    """Negation reaches from the negator to the end of its clause ('without' and 'no': to their noun);
    a second one lifts it. The places of what is denied, each with that of its negator.
    """
    denied: dict[int, int] = {}
    if not any(word.key in lex.negators or word.key.endswith("n't") for word in words):
        return denied
    until = negator = 0
    for i in range(len(words)):
        if i < until and words[i].surface[0].isalpha():
            denied[i] = negator
            values[i] *= -weights("scope")["denied_good" if values[i] > 0 else "denied_bad"]
        if i not in bound and _is_negator(words, i, lex):
            until, negator = (i if i < until else _reach(words, i)), i
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
