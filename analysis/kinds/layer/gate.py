"""Which statements the encoder is asked about, which takes ten times as long as all else; of the others a
layer that knows rules, words and occasion is sure.
"""

from functools import cache
from pathlib import Path

from analysis.kinds.layer.model import Layer, load_layer
from analysis.kinds.layer.traits import Traits

GATE = Path(__file__).parent / "gate.npz"
"""Written by benchmarks/fit_kinds.py: that layer, whose thresholds say from where on it is not sure."""
GATE_NAME = "layer-46516c40"
"""What that file is called by: the beginning of its SHA-256."""
SURE = 0.8
"""Probability of a kind above which it is sure again. Chosen of ten: with it six in ten statements are read,
and nearly as many are right in all kinds as where all are."""


def is_worth_reading(traits: Traits) -> bool:
    """Whether any kind is possible and not sure, by what is told without the encoder."""
    known = gate()
    return any(known.thresholds[kind] <= chance <= SURE for kind, chance in known.chances(traits).items())


@cache
def gate() -> Layer:
    """The layer that asks, and that decides where nothing is to be asked: there each kind's probability lies
    below its threshold or above SURE."""
    return load_layer(GATE)
