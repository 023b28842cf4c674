"""What a model makes of the traits of a target or a text: log odds of each label, and the confidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import NamedTuple

from analysis.contract import Label
from analysis.sentiment.linear.induced import induced_evidence
from analysis.sentiment.linear.model import LABELS, Floats, Head, Model
from analysis.sentiment.linear.traits import ZONES, Traits
from analysis.sentiment.linear.view import Seen


class Verdict(NamedTuple):
    """What the log odds of the labels come to."""

    label: Label
    """The likeliest label."""
    chances: tuple[float, ...]
    """The probability of each label, as trained."""
    confidence: float
    """0..1, calibrated: that the label is right."""
    score: float
    """-1..1: the probability of positive less that of negative."""


def verdict_of(logits: Sequence[float], head: Head) -> Verdict:
    """What a head makes of the log odds of each label."""
    most = max(logits)
    raised = [exp(logit - most) for logit in logits]
    total = sum(raised)
    chances = tuple([each / total for each in raised])
    likeliest = logits.index(most)
    confidence = head.curve.confidence(likeliest, chances[likeliest])
    return Verdict(LABELS[likeliest], chances, confidence, chances[2] - chances[0])


@dataclass(frozen=True, slots=True)
class Answer:
    """What was told to a model, and what it makes of it."""

    traits: Traits
    head: Head
    known: Mapping[str, Sequence[tuple[Seen, int]]]
    """Zone -> its known words, each with its row in the word table."""
    evidence: Mapping[str, float]
    """What the rules see, and the induced valences."""
    logits: Floats
    """(3,)"""

    @property
    def verdict(self) -> Verdict:
        """What the log odds come to."""
        return verdict_of(self.logits.tolist(), self.head)

    @property
    def chances(self) -> tuple[float, ...]:
        """The probability of each label, as trained."""
        return self.verdict.chances


def answer(model: Model, traits: Traits, head: Head) -> Answer:
    """Add up all that a model knows of these traits."""
    known = {
        zone: [(word, row) for word in found if (row := model.row(word.text)) is not None]
        for zone, found in traits.zones.items()
    }
    valences = {zone: [model.words.valences[row] for _, row in found] for zone, found in known.items()}
    evidence = {**traits.evidence, **induced_evidence(valences)}
    logits = head.logits(evidence) + model.grams.known(traits.grams)[1].sum(axis=0)
    return Answer(traits, head, known, evidence, logits + by_zone(model, known).sum(axis=0))


def by_zone(model: Model, known: Mapping[str, Sequence[tuple[Seen, int]]]) -> Floats:
    """(words, 3): what the known words add, zone after zone."""
    places = [(row, ZONES.index(zone)) for zone, found in known.items() for _, row in found]
    return model.words.added([row for row, _ in places], [zone for _, zone in places])
