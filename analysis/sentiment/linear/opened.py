"""A text ready to be asked about: every name in it is one word, and each of its sentences is read once."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate

from analysis.contract import Span
from analysis.sentiment.lexicon import grammar
from analysis.sentiment.scope import Sentence, SentenceReader
from analysis.sentiment.tone import Tone
from analysis.sentiment.whole import Sums, tone_of_sentence
from analysis.sentiment.words import masked
from analysis.text import Normalised

STAND_IN = "N"
"""Each character of a name becomes this: how many words a name has, and which, must not count."""


class OpenedText:
    """One text, for whatever is asked about it; the places of its names count in the original."""

    def __init__(self, text: Normalised, names: Iterable[Span]) -> None:
        found = list(names)
        hidden = [_hidden(text, name) for name in found]
        places = (Span(*text.from_original(*name)) for name in found)
        self.reader = SentenceReader(masked(_stood_in(text.text, hidden), places))

    @property
    def text(self) -> str:
        """The normalised text, its names stood in for; every character stands where it stood."""
        return self.reader.source.text

    def sentences(self) -> list[Sentence]:
        """Every sentence, read."""
        return [self.reader.read(span) for span in self.reader.source.sentences]

    def tone_with(self, target: Span, sentence: Sentence) -> Tone:
        """The tone of the whole text, where `sentence` is what is read of the sentence of a target.

        So the target's own words count for nothing, and a text with thousands of targets is added up once.
        """
        spans = self.reader.source.sentences
        at = max(bisect_right(spans, target.start, key=lambda span: span.start) - 1, 0)
        before, behind = self._sums
        return before[at].plus(_sums_of(sentence)).plus(behind[min(at + 1, len(spans))]).tone

    @cached_property
    def _sums(self) -> tuple[Sequence[Sums], Sequence[Sums]]:
        """What all sentences before each one, and from each one on, add up to."""
        sums = [_sums_of(sentence) for sentence in self.sentences()]
        before = list(accumulate(sums, Sums.plus, initial=Sums()))
        behind = list(accumulate(reversed(sums), Sums.plus, initial=Sums()))
        return before, behind[::-1]


def _sums_of(sentence: Sentence) -> Sums:
    return Sums.of(tone_of_sentence(sentence))


def _stood_in(text: str, places: Iterable[Span]) -> str:
    signs = list(text)
    for start, end in places:
        signs[start:end] = STAND_IN * (end - start)
    return "".join(signs)


def _hidden(text: Normalised, name: Span) -> Span:
    """What is hidden of a name: all but the call of a hashtag ('#StopGreens')."""
    start, end = text.from_original(*name)
    call, space, _ = text.text[start:end].partition(" ")
    is_hashtag = text.original[name.start : name.start + 1] == "#"
    return Span(start + len(call) + 1 if is_hashtag and space and _is_call(call.lower()) else start, end)


def _is_call(word: str) -> bool:
    return word in grammar("slogan for") or word in grammar("slogan against")
