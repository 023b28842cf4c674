"""How a text speaks of one place in it: the words near it, and the verbs in which it has a part."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import exp
from typing import NamedTuple

from analysis.contract import Span
from analysis.sentiment.lexicon import grammar, lexicon
from analysis.sentiment.roles import Part, is_of_others, parts, speech_begins
from analysis.sentiment.scope import Sentence, SentenceReader
from analysis.sentiment.tables import weights
from analysis.sentiment.tone import Tone, summed
from analysis.sentiment.words import Word

REACH = 400
"""Characters on each side of a target that are read: bounds the work for one endless sentence."""


@dataclass(frozen=True, slots=True)
class Place:
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


@dataclass(frozen=True)
class Surroundings:
    """What is read to judge how a text speaks of one place in it."""

    sentence: Sentence
    place: Place
    speech: int | None
    """Where the words that the target utters begin (`speech_begins`)."""
    beside: tuple[Sentence, ...]
    """The sentences before and behind that count, too."""

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The verbs in which the target has a part."""
        return tuple(parts(self.sentence, self.place.first, self.place.last))

    @cached_property
    def weighed(self) -> tuple[tuple[int, float], ...]:
        """Each word of the target's sentence that counts, by its place in it, and what it adds."""
        return tuple(_weighed(self))


def tone_toward(reader: SentenceReader, target: Span) -> Tone:
    """Weigh the words of the sentence round a target, which counts in the normalised text."""
    return tone_around(surroundings_of(reader, target))


def tone_around(around: Surroundings) -> Tone:
    """The tone of what was read round a target."""
    values = [value for _, value in around.weighed]
    values += [weights("toward")["beside"] * sum(read.valences) for read in around.beside]
    return summed(values, weights("toward")["alpha"], is_speaker=around.speech is not None)


def surroundings_of(reader: SentenceReader, target: Span) -> Surroundings:
    """Read the sentence round a target, and those beside it."""
    sentences = reader.source.sentences
    at = max(bisect_right(sentences, target.start, key=lambda span: span.start) - 1, 0)
    sentence = sentences[at] if sentences else Span(0, 0)
    read = reader.read(_window(sentence, target.start, target.end), target)
    place = _place(read.words, target)
    speech = speech_begins(read, place.first, place.last)
    return Surroundings(read, place, speech, tuple(_beside(reader, at)))


def _window(sentence: Span, start: int, end: int) -> Span:
    first = max(sentence.start, start - REACH)
    return Span(first, max(first, min(sentence.end, end + REACH)))


def _beside(reader: SentenceReader, at: int) -> Iterator[Sentence]:
    """The sentences before and behind, if they name nobody: a post speaks of its target in more than one."""
    for other in (at - 1, at + 1):
        if 0 <= other < len(reader.source.sentences):
            span = reader.source.sentences[other]
            read = reader.read(_window(span, span.start, span.start))
            if not any(word.is_name for word in read.words):
                yield read


def _place(words: Sequence[Word], target: Span) -> Place:
    first = next((i for i, word in enumerate(words) if word.end > target.start), len(words))
    last = next((i for i in range(first, len(words)) if words[i].start >= target.end), len(words))
    return Place(first, last)


def _weighed(around: Surroundings) -> Iterator[tuple[int, float]]:
    sentence, place = around.sentence, around.place
    own = {part.verb: part.valence for part in around.parts}
    between = betweens(sentence, place)
    for i, value in enumerate(sentence.valences):
        if i in own:
            yield i, own[i] * weights("toward")["role"]
        elif value:
            told = weights("toward")["told"] if is_told(around, i) else 1.0
            yield i, value * _nearness(sentence, i, place, between(i)) * told


def betweens(sentence: Sentence, place: Place) -> Callable[[int], Between]:
    """For any word of the sentence: what stands between it and the target."""
    names = _names_before(sentence.words)
    turns = [0, *accumulate(word.key in grammar("contrast") for word in sentence.words)]

    def between(i: int) -> Between:
        here = place.first if i < place.first else place.last
        return Between(abs(names[i] - names[here]), abs(turns[i] - turns[here]))

    return between


def _names_before(words: Sequence[Word]) -> list[int]:
    """How many names begin before each word (and before the end)."""
    begins = [word.is_name and not (i and words[i - 1].is_name) for i, word in enumerate(words)]
    return [0, *accumulate(begins)]


def _nearness(sentence: Sentence, i: int, place: Place, between: Between) -> float:
    w, words = weights("toward"), sentence.words
    weight = w["near_before" if i < place.first else "near_after"]
    weight *= exp(-(place.gap(i) - 1) / w["far"]) * w["past_name"] ** min(between.names, 3)
    weight *= w["past_contrast"] ** min(between.contrasts, 2)
    if words[i].key in lexicon().verbs:
        weight *= w["others_verb" if is_of_others(sentence, i) else "stray_verb"]
    return weight


def is_told(around: Surroundings, i: int) -> bool:
    """Whether the target says this word: what it says of others is no judgement of the target."""
    if around.speech is None:
        return False
    if around.speech:
        return i >= around.speech
    return around.sentence.words[i].is_quoted or i < around.place.first
