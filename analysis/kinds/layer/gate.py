"""Which statements the encoder is asked about: it takes ten times as long as all else."""

from functools import cache
from pathlib import Path

from analysis.kinds.layer.model import Layer, load_layer
from analysis.kinds.layer.traits import Traits

GATE = Path(__file__).parent / "gate.npz"
"""Written by benchmarks/fit_kinds.py: a layer that knows rules, words and occasion, with low thresholds."""
GATE_NAME = "layer-73b2fdc4"
"""What that file is called by: the beginning of its SHA-256."""


def is_worth_reading(traits: Traits) -> bool:
    """Whether any kind is likely enough, by what is told without the encoder."""
    gate = _gate()
    return any(chance >= gate.thresholds[kind] for kind, chance in gate.chances(traits).items())


@cache
def _gate() -> Layer:
    return load_layer(GATE)
