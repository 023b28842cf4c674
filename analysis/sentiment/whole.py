"""How a whole text speaks, and how it speaks to the one whom it addresses."""

from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple

from analysis.contract import Span
from analysis.sentiment.marks import ADDRESSED
from analysis.sentiment.scope import Sentence, SentenceReader
from analysis.sentiment.tables import weights
from analysis.sentiment.tone import Tone, summed
from analysis.sentiment.toward import tone_toward


def tone_of_text(reader: SentenceReader) -> Tone:
    """How a whole text speaks."""
    return combined([tone_of_sentence(reader.read(span)) for span in reader.source.sentences])


def tone_to_addressee(reader: SentenceReader) -> Tone:
    """How a text speaks to the one it is directed at: of 'you' where it says 'you', else as a whole."""
    tones = []
    for span in reader.source.sentences:
        read = reader.read(span)
        you = addressed_in(read)
        tones.append(tone_toward(reader, you) if you else tone_of_sentence(read))
    return combined(tones)


def addressed_in(sentence: Sentence) -> Span | None:
    """The first 'you' of a sentence."""
    words = (word for word in sentence.words if word.marks & ADDRESSED)
    return next((Span(word.start, word.end) for word in words), None)


def tone_of_sentence(sentence: Sentence) -> Tone:
    """How one sentence speaks, whatever the target."""
    return summed(sentence.valences, weights("whole")["alpha"])


class Sums(NamedTuple):
    """What the tones of several sentences add up to."""

    strength: float = 0.0
    weighed: float = 0.0
    conflict: float = 0.0
    score: float = 0.0

    @classmethod
    def of(cls, tone: Tone) -> "Sums":
        """Those of one sentence."""
        strength = abs(tone.score)
        return cls(strength, tone.score * strength, tone.conflict * strength, tone.score)

    def plus(self, other: "Sums") -> "Sums":
        """Those of both."""
        if not other.strength:
            return self
        if not self.strength:
            return other
        strength, weighed, conflict, score = other
        return Sums(
            self.strength + strength, self.weighed + weighed, self.conflict + conflict, self.score + score
        )

    @property
    def tone(self) -> Tone:
        """The mean of the sentences, each weighed by its own strength: length alone never saturates it."""
        if not self.strength:
            return Tone(0.0, 0.0)
        within = self.conflict / self.strength
        return Tone(self.weighed / self.strength, max(within, 1 - abs(self.score) / self.strength))


def combined(tones: Iterable[Tone]) -> Tone:
    """The tone of several sentences together."""
    return reduce(Sums.plus, map(Sums.of, tones), Sums()).tone
