"""Why a layer says of a statement what it says: what each thing that it was told of adds."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.contract import KindName
from analysis.kinds.layer.model import Layer
from analysis.kinds.layer.telling import Told
from analysis.kinds.layer.traits import NUMBERS, OCCASIONS
from analysis.text import Normalised

DIGITS = 3
"""Of a probability."""
LEAST = 0.05
"""Log odds that are worth telling apart."""
START, REST = "before anything is told", "all else"


@dataclass(frozen=True, slots=True)
class Weight:
    """One thing that a layer was told, and what it adds to the log odds of a kind."""

    what: str
    """Words of the text; or what the rules or the encoder say of a kind, or the occasion."""
    start: int | None
    end: int | None
    """Place of the words in the original text."""
    weight: float


@dataclass(frozen=True, slots=True)
class LayerSays:
    """What a layer says of one kind."""

    kind: KindName
    chance: float
    """Calibrated probability."""
    threshold: float
    """From which chance it is found: by what the rules found, a lower one."""
    by_rules: bool
    """Whether the rules alone found it."""
    is_likely: bool
    """Whether the chance reaches the threshold; a likelier outcome may still outweigh it."""
    weights: tuple[Weight, ...]
    """The heaviest first. Together they are the log odds of the chance."""


def said(layer: Layer, told: Told, text: Normalised) -> list[LayerSays]:
    """What a layer says of each of its kinds, in its own order."""
    chances = layer.chances(told.traits)
    return [_said(layer, place, chances[kind], told, text) for place, kind in enumerate(layer.kinds)]


def _said(layer: Layer, place: int, chance: float, told: Told, text: Normalised) -> LayerSays:
    kind = layer.kinds[place]
    by_rules = kind in told.found
    threshold = layer.least(kind, by_rules=by_rules)
    weights = sorted(_weights(layer, place, told, text), key=lambda one: (-abs(one.weight), one.what))
    return LayerSays(kind, round(chance, DIGITS), threshold, by_rules, chance >= threshold, tuple(weights))


def _weights(layer: Layer, place: int, told: Told, text: Normalised) -> Iterator[Weight]:
    """Everything that adds to a kind; what adds little is added up."""
    yield Weight(START, None, None, layer.start(place))
    rest = 0.0
    for one in (*_of_numbers(layer, place, told), *_of_words(layer, place, told, text)):
        if abs(one.weight) < LEAST:
            rest += one.weight
        else:
            yield one
    yield Weight(REST, None, None, rest)


def _of_numbers(layer: Layer, place: int, told: Told) -> Iterator[Weight]:
    """What the rules and the encoder hear of each kind, beside hearing nothing, and the occasion."""
    by_topic: defaultdict[str, float] = defaultdict(float)
    for name, weight in zip(NUMBERS, layer.added_by_numbers(place, told.traits.numbers), strict=True):
        by_topic[_topic(name)] += weight
    for topic, weight in by_topic.items():
        yield Weight(topic, None, None, weight)


def _of_words(layer: Layer, place: int, told: Told, text: Normalised) -> Iterator[Weight]:
    """Every word and pair of words, as it stands in the text; the layer sees no name."""
    grams = told.traits.grams
    step = float(layer.curves[place, 1]) * float(layer.scale[place])
    for (start, end), steps in zip(grams.values(), layer.added(layer.kinds[place], list(grams)), strict=True):
        first, last = text.to_original(start, end)
        yield Weight(text.original[first:last], first, last, step * steps)


def _topic(name: str) -> str:
    """What a number is about: all that the rules say of one kind is one thing."""
    if name in OCCASIONS:
        return f"time: {name}"
    what, _, kind = name.partition(" ")
    return f"the {'encoder' if what == 'read' else 'rules'} on {kind}"
