"""How a statement speaks of a target when it names it several times, and how labels are counted. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from analysis.contract import Sentiment

NO_THRESHOLD = 0.0
"""Every label counts, however unsure: what a report says when the user asks for nothing else."""
SMALLEST_MEAN = 10
"""Statements below which no mean is printed (docs/methods.md: small numbers show their labels)."""


class Tone(StrEnum):
    """What a statement counts as toward a target."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"
    MIXED = "mixed"  # negative in one place, positive in another
    UNCLEAR = "unclear"  # scored, but less surely than the reader asked for
    UNSCORED = "unscored"


@dataclass(frozen=True, slots=True)
class Toward:
    """One statement's sentiment toward one target, over all places that name it."""

    tone: Tone
    score: float | None
    """Mean of the clear places' scores; None where there is none."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What the statements toward one target come to, as far as they have a clear score."""

    count: int
    total: float | None
    """Sum of the scores; None without any."""

    @property
    def mean(self) -> float | None:
        """None under `SMALLEST_MEAN` statements."""
        return self.total / self.count if self.total is not None and self.count >= SMALLEST_MEAN else None


def scores_of(towards: Iterable[Toward]) -> Scores:
    """Of statements toward one target."""
    scores = [one.score for one in towards if one.score is not None]
    return Scores(len(scores), sum(scores) if scores else None)


def tone_of(sentiment: Sentiment | None, threshold: float = NO_THRESHOLD) -> Tone:
    """What one score counts as: `unclear` where its confidence is under the threshold."""
    if sentiment is None:
        return Tone.UNSCORED
    return Tone(sentiment.label) if sentiment.confidence >= threshold else Tone.UNCLEAR


def toward(places: Iterable[Sentiment | None], threshold: float = NO_THRESHOLD) -> Toward:
    """One statement's sentiment toward a target from every place that names it.

    Clear places decide, and they alone have a score: negative and positive together are mixed, neutral
    gives way to either.
    """
    sentiments = list(places)
    scores = [one.score for one in sentiments if one is not None and one.confidence >= threshold]
    tones = {tone_of(sentiment, threshold) for sentiment in sentiments}
    return Toward(_joined(tones), sum(scores) / len(scores) if scores else None)


def _joined(tones: set[Tone]) -> Tone:
    if {Tone.NEGATIVE, Tone.POSITIVE} <= tones:
        return Tone.MIXED
    order = (Tone.NEGATIVE, Tone.POSITIVE, Tone.NEUTRAL, Tone.UNCLEAR)
    return next((tone for tone in order if tone in tones), Tone.UNSCORED)
