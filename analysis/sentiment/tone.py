"""What a reading of words adds up to: a score, and what makes it more or less sure."""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple


class Tone(NamedTuple):
    """How words speak, before a label is put on it."""

    score: float
    """-1..1."""
    conflict: float
    """0..1: how nearly good and bad words balance; 0 where nothing was found, too."""
    is_speaker: bool = False
    """The target is only quoted or told as saying something."""


def squash(total: float, alpha: float) -> float:
    """-1..1 by VADER's own curve (Hutto & Gilbert 2014; there alpha is 15)."""
    return total / sqrt(total * total + alpha)


def summed(found: Sequence[float], alpha: float, *, is_speaker: bool = False) -> Tone:
    """The tone of weighed valences."""
    if not any(found):
        return Tone(0.0, 0.0, is_speaker)
    good = sum([value for value in found if value > 0], start=0.0)
    bad = sum([value for value in found if value < 0], start=0.0)
    larger = max(good, -bad)
    conflict = min(good, -bad) / larger if larger else 0.0
    return Tone(squash(good + bad, alpha), conflict, is_speaker)
