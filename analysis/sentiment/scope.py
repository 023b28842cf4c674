"""The words of a sentence with the valence that negation, reversal and topic leave them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from analysis.contract import Span
from analysis.sentiment.lexicon import Lexicon, grammar, lexicon
from analysis.sentiment.marks import DENIES, FOLLOWS, HAVE, SIGN, TOPIC, TURNS, VALUED
from analysis.sentiment.raw import may_hold_phrase, raw_valences, set_phrases
from analysis.sentiment.tables import weights
from analysis.sentiment.words import MaskedText, Word, clauses_of

REACH = 6
"""Words behind a reversal verb among which its object is looked for."""
MAX_EMOJI = 3
"""Emoji of a clause that count."""
UNREAL_REACH = 3
NOUN_REACH = 4


class Sentence(NamedTuple):
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

    @property
    def has_names(self) -> bool:
        """Whether any of its words is (part of) a name."""
        return True in [word.is_name for word in self.words]


class SentenceReader:
    """Reads the sentences of one text, each of them once, whatever is asked about it."""

    def __init__(self, source: MaskedText) -> None:
        self.source = source
        self._clauses: dict[Span, list[_Clause]] = {}
        self._sentences: dict[Span, Sentence] = {}

    def read(self, place: Span, target: Span | None = None) -> Sentence:
        """Read one sentence (or a part of it); the target's own words count as little as a name's."""
        sentence = self._sentences.get(place)
        if sentence is None:
            self._clauses[place] = [_valued(words) for words in clauses_of(self.source, *place)]
            sentence = self._sentences[place] = _joined(self._clauses[place])
        if target is None or self._is_masked(target):
            return sentence
        clauses = [_without(clause, target) for clause in self._clauses[place]]
        return sentence if clauses == self._clauses[place] else _joined(clauses)

    def _is_masked(self, target: Span) -> bool:
        """Whether every word of a target is a name anyway."""
        return target.start < target.end and self.source.mask.find(0, *target) < 0


class _Clause(NamedTuple):
    """A clause as it was read; places count in it."""

    words: Sequence[Word]
    values: Sequence[float]
    denied: Mapping[int, int]
    silent: frozenset[int]
    turned: Mapping[int, int]
    phrases: Mapping[int, int]


def _without(clause: _Clause, target: Span) -> _Clause:
    """The clause read anew where the target is a word that was no name."""
    if not clause.words or target.end <= clause.words[0].start or clause.words[-1].end <= target.start:
        return clause
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


def _joined(read: Sequence[_Clause]) -> Sentence:
    if len(read) == 1:
        return Sentence(*read[0])
    words: list[Word] = []
    valences: list[float] = []
    silent: set[int] = set()
    denied: dict[int, int] = {}
    turned: dict[int, int] = {}
    phrases: dict[int, int] = {}
    for clause in read:
        first = len(words)
        silent.update([first + i for i in clause.silent])
        for whole, part in ((denied, clause.denied), (turned, clause.turned), (phrases, clause.phrases)):
            if part:
                whole.update(_moved(part, first))
        words += clause.words
        valences += clause.values
    return Sentence(words, valences, denied, frozenset(silent), turned, phrases)


def _moved(places: Mapping[int, int], first: int) -> Iterator[tuple[int, int]]:
    """Places that count in a clause, as they count in its sentence."""
    return ((first + i, first + j) for i, j in places.items())


def _valued(words: Sequence[Word]) -> _Clause:
    lex = lexicon()
    each = [word.marks for word in words]
    marks = reduce(or_, each, 0)
    values = raw_valences(words, lex) if marks & VALUED else [0.0] * len(words)
    if not marks & _CHANGES:
        return _Clause(words, values, _NOWHERE, _NONE, _NOWHERE, _NOWHERE)
    phrases, bound = set_phrases(words, values, lex) if may_hold_phrase(each) else (_NOWHERE, set())
    if marks & SIGN:
        _cap_emoji(words, values)
    if marks & TOPIC:
        _damp_topics(words, values)
    silent = _unreal(words, values) if marks & HAVE else set()
    turned = _reverse(words, values, bound, lex) if marks & TURNS else _NOWHERE
    denied = _deny(words, values, bound, lex) if marks & DENIES else _NOWHERE
    if turned:
        silent |= _no_deeds(words, values, turned)
    silent |= bound
    return _Clause(words, values, denied, frozenset(silent) if silent else _NONE, turned, phrases)


_CHANGES = FOLLOWS | SIGN | TOPIC | HAVE | TURNS | DENIES
"""Marks of words that change the valences of a clause."""
_NOWHERE: Mapping[int, int] = {}
_NONE: frozenset[int] = frozenset()


def _cap_emoji(words: Sequence[Word], values: list[float]) -> None:
    """A flood of emoji says no more than its first few."""
    signs = [i for i, word in enumerate(words) if values[i] and word.marks & SIGN]
    for i in signs[MAX_EMOJI:]:
        values[i] = 0.0


def _damp_topics(words: Sequence[Word], values: list[float]) -> None:
    """War, crime, safety: what a text is about, seldom what it thinks of its target."""
    for i, word in enumerate(words):
        if values[i] and word.marks & TOPIC:
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
        if not word.marks & TURNS or word.is_name or i in bound:
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
    scope = weights("scope")
    until = negator = 0
    for i, word in enumerate(words):
        if i < until and word.surface[0].isalpha():
            denied[i] = negator
            values[i] *= -scope["denied_good" if values[i] > 0 else "denied_bad"]
        if word.marks & DENIES and i not in bound and _is_negator(words, i, lex):
            until, negator = (i if i < until else _reach(words, i)), i
            values[i] = 0.0
    return denied


def _reach(words: Sequence[Word], i: int) -> int:
    """Where the negation that begins at word `i` ends."""
    is_nobody = [word.key for word in words[i : i + 2]] == ["no", "one"]
    return i + 1 + NOUN_REACH if words[i].key in grammar("noun negator") and not is_nobody else len(words)


def _is_negator(words: Sequence[Word], i: int, lex: Lexicon) -> bool:
    if words[i].is_name:
        return False
    following = tuple(word.key for word in words[i : i + 3])
    return not (following[:2] in lex.affirmers or following in lex.affirmers)
