"""How a text speaks of one place in it: the words near it, and the verbs in which it has a part."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from math import exp
from operator import attrgetter
from typing import NamedTuple

from analysis.contract import Span
from analysis.sentiment.marks import CONTRAST, VERB
from analysis.sentiment.roles import Part, is_of_others, parts, speech_begins
from analysis.sentiment.scope import Sentence, SentenceReader
from analysis.sentiment.tables import weights
from analysis.sentiment.tone import Tone, summed
from analysis.sentiment.words import Word

REACH = 400
"""Characters on each side of a target that are read: bounds the work for one endless sentence."""


_START, _END = attrgetter("start"), attrgetter("end")


class Place(NamedTuple):
    """Where a target stands among the words of its sentence."""

    first: int
    last: int
    """Exclusive."""

    def gap(self, i: int) -> int:
        """Steps from the target to a word: 1 for its neighbour, 0 inside."""
        return self.first - i if i < self.first else max(i - self.last + 1, 0)


class Between(NamedTuple):
    """What stands between a target and a word."""

    names: int
    contrasts: int
    """'But' and its like."""


class Surroundings(NamedTuple):
    """What is read to judge how a text speaks of one place in it."""

    sentence: Sentence
    place: Place
    speech: int | None
    """Where the words that the target utters begin (`speech_begins`)."""
    beside: tuple[Sentence, ...]
    """The sentences before and behind that count, too."""
    parts: tuple[Part, ...]
    """The verbs in which the target has a part."""
    between: Callable[[int], Between]
    """For any word of the sentence: what stands between it and the target."""
    weighed: tuple[tuple[int, float], ...] = ()
    """Each word of the target's sentence that counts, by its place in it, and what it adds."""


def tone_toward(reader: SentenceReader, target: Span) -> Tone:
    """Weigh the words of the sentence round a target, which counts in the normalised text."""
    return tone_around(surroundings_of(reader, target))


def tone_around(around: Surroundings) -> Tone:
    """The tone of what was read round a target."""
    w = weights("toward")
    values = [value for _, value in around.weighed]
    values += [w["beside"] * sum(read.valences) for read in around.beside]
    return summed(values, w["alpha"], is_speaker=around.speech is not None)


def surroundings_of(reader: SentenceReader, target: Span) -> Surroundings:
    """Read the sentence round a target, and those beside it."""
    sentences = reader.source.sentences
    at = max(bisect_right(reader.source.starts, target.start) - 1, 0)
    sentence = sentences[at] if sentences else Span(0, 0)
    read = reader.read(_window(sentence, target.start, target.end), target)
    place = _place(read.words, target)
    speech = speech_begins(read, place.first, place.last)
    beside, own = tuple(_beside(reader, at)), tuple(parts(read, place.first, place.last))
    around = Surroundings(read, place, speech, beside, own, _betweens(read, place))
    return Surroundings(*around[:-1], tuple(_weighed(around))) if own or any(read.valences) else around


def _window(sentence: Span, start: int, end: int) -> Span:
    if start - REACH <= sentence.start and sentence.end <= end + REACH:
        return sentence
    first = max(sentence.start, start - REACH)
    return Span(first, max(first, min(sentence.end, end + REACH)))


def _beside(reader: SentenceReader, at: int) -> Iterator[Sentence]:
    """The sentences before and behind, if they name nobody: a post speaks of its target in more than one."""
    for other in (at - 1, at + 1):
        if 0 <= other < len(reader.source.sentences):
            span = reader.source.sentences[other]
            read = reader.read(_window(span, span.start, span.start))
            if not read.has_names:
                yield read


def _place(words: Sequence[Word], target: Span) -> Place:
    first = bisect_right(words, target.start, key=_END)
    return Place(first, bisect_left(words, target.end, lo=first, key=_START))


def _weighed(around: Surroundings) -> Iterator[tuple[int, float]]:
    sentence, w = around.sentence, weights("toward")
    own = {part.verb: part.valence for part in around.parts}
    for i, value in enumerate(sentence.valences):
        if i in own:
            yield i, own[i] * w["role"]
        elif value:
            told = w["told"] if is_told(around, i) else 1.0
            yield i, value * _nearness(around, i) * told


def _betweens(sentence: Sentence, place: Place) -> Callable[[int], Between]:
    names: list[int] = []
    turns: list[int] = []

    def between(i: int) -> Between:
        if not names:
            names.extend(_names_before(sentence.words))
            turns.extend([0, *accumulate([word.marks & CONTRAST > 0 for word in sentence.words])])
        here = place.first if i < place.first else place.last
        return Between(abs(names[i] - names[here]), abs(turns[i] - turns[here]))

    return between


def _names_before(words: Sequence[Word]) -> list[int]:
    """How many names begin before each word (and before the end)."""
    begins = [word.is_name and not (i and words[i - 1].is_name) for i, word in enumerate(words)]
    return [0, *accumulate(begins)]


def _nearness(around: Surroundings, i: int) -> float:
    w, place, between = weights("toward"), around.place, around.between(i)
    weight = w["near_before" if i < place.first else "near_after"]
    weight *= exp(-(place.gap(i) - 1) / w["far"]) * w["past_name"] ** min(between.names, 3)
    weight *= w["past_contrast"] ** min(between.contrasts, 2)
    if around.sentence.words[i].marks & VERB:
        weight *= w["others_verb" if is_of_others(around.sentence, i) else "stray_verb"]
    return weight


def is_told(around: Surroundings, i: int) -> bool:
    """Whether the target says this word: what it says of others is no judgement of the target."""
    if around.speech is None:
        return False
    if around.speech:
        return i >= around.speech
    return around.sentence.words[i].is_quoted or i < around.place.first
