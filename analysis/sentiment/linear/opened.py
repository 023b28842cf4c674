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
        places = [(name, Span(*text.from_original(*name))) for name in names]
        hidden = [_hidden(text, name, place) for name, place in places]
        self.source = masked(_stood_in(text.text, hidden), [place for _, place in places])
        self.reader = SentenceReader(self.source)

    @property
    def text(self) -> str:
        """The normalised text, its names stood in for; every character stands where it stood."""
        return self.source.text

    @cached_property
    def sentences(self) -> Sequence[Sentence]:
        """Every sentence, read."""
        return [self.reader.read(span) for span in self.source.sentences]

    @cached_property
    def tones(self) -> Sequence[Tone]:
        """That of every sentence."""
        return list(map(tone_of_sentence, self.sentences))

    @property
    def tone(self) -> Tone:
        """That of the whole text."""
        before, _ = self._sums
        return before[-1].tone

    def tone_with(self, target: Span, sentence: Sentence) -> Tone:
        """The tone of the whole text, where `sentence` is what is read of the sentence of a target.

        So the target's own words count for nothing, and a text with thousands of targets is added up once.
        """
        starts = self.source.starts
        at = max(bisect_right(starts, target.start) - 1, 0)
        before, behind = self._sums
        own = Sums.of(tone_of_sentence(sentence))
        return before[at].plus(own).plus(behind[min(at + 1, len(starts))]).tone

    @cached_property
    def _sums(self) -> tuple[Sequence[Sums], Sequence[Sums]]:
        """What all sentences before each one, and from each one on, add up to."""
        sums = list(map(Sums.of, self.tones))
        before = list(accumulate(sums, Sums.plus, initial=Sums()))
        behind = list(accumulate(reversed(sums), Sums.plus, initial=Sums()))
        return before, behind[::-1]


def _stood_in(text: str, places: Iterable[Span]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end in sorted(places):
        if end > done:
            first = max(start, done)
            pieces += [text[done:first], STAND_IN * (end - first)]
            done = end
    return "".join([*pieces, text[done:]])


def _hidden(text: Normalised, name: Span, place: Span) -> Span:
    """What is hidden of a name and its place: all but the call of a hashtag ('#StopGreens')."""
    if text.original[name.start : name.start + 1] != "#":
        return place
    call, space, _ = text.text[place.start : place.end].partition(" ")
    return Span(place.start + len(call) + 1, place.end) if space and _is_call(call.lower()) else place


def _is_call(word: str) -> bool:
    return word in grammar("slogan for") or word in grammar("slogan against")
