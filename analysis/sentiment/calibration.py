"""From a tone to a label, and to how sure that label is: numbers fitted once, in weights.toml."""

from functools import cache
from math import exp

from analysis.contract import Label
from analysis.sentiment.tables import weights
from analysis.sentiment.tone import Tone


def label_of(score: float, section: str) -> Label:
    """The label of a score by the thresholds of one section of weights.toml."""
    limits = weights(section)
    if score >= limits["positive"]:
        return Label.POSITIVE
    return Label.NEGATIVE if score <= limits["negative"] else Label.NEUTRAL


@cache
def _curve(section: str, label: Label) -> dict[str, float]:
    return weights(f"confidence {section} {label}")


def confidence_of(tone: Tone, label: Label, section: str, *, is_doubtful: bool = False) -> float:
    """0..1: that `label` is right, by a logistic curve of the strength of the tone.

    `is_doubtful` (a cue of sarcasm): the words may mean the contrary of what they say.
    """
    fitted = _curve(section, label)
    z = fitted["base"] + fitted["strength"] * abs(tone.score) + fitted["conflict"] * tone.conflict
    z += fitted["speaker"] * tone.is_speaker
    return (weights("doubt")["factor"] if is_doubtful else 1.0) / (1.0 + exp(-z))
