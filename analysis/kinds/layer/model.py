"""The numbers of a trained layer: a small file, read without running anything from it, and written so."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from math import exp
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import DAMAGED, Arrays, array_in, read_arrays
from analysis.contract import KindName
from analysis.kinds.layer.traits import BUCKETS, KINDS, NUMBERS, UNHEARD, Traits

WHAT = "hustings: a layer over the rules of kinds"
FORMAT = 3
"""Raised whenever a layer is told other things of a statement, or the file says them otherwise."""
MAX_BYTES = 4 * 1024 * 1024
"""A file that is larger, packed or unpacked, is no layer of ours."""
LARGEST = 1e4
"""No number of a layer is larger; sums of such numbers stay finite."""
STEEPEST = 100.0
"""Log odds beyond which a probability is 0 or 1 to every digit."""
STEPS = 127
"""The largest weight of a word, in steps of its kind's scale."""
PARTS = ("about", "bias", "numbers", "table", "scale", "curves", "thresholds", "floors")
ONLY_READ = "only_read"
"""What a file says of itself whose layer learned from statements that the encoder had read, all of them."""
AGAIN = "train it again with `hustings code train`"

NOTHING = np.array([UNHEARD.get(name.partition(" ")[0], 0.0) for name in NUMBERS], np.float32)
"""The numbers of a statement of which rules and encoder hear nothing, told without its occasion."""

Floats = NDArray[np.float64]


class UnusableLayer(ValueError):
    """The file is no layer that this release can lay over its rules; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Head:
    """What was learned of one kind."""

    kind: KindName
    bias: float
    numbers: Floats
    """(NUMBERS,): log odds that each number adds."""
    table: Floats
    """(BUCKETS,): log odds that each word or pair adds."""
    base: float
    slope: float
    """Of the curve from log odds to the calibrated probability (Platt 1999)."""
    threshold: float
    """Calibrated probability from which a statement is of the kind."""
    floor: float
    """The same where the rules found the kind: no more than the threshold."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Heads for some kinds, as a file holds them: the weights of words are small whole numbers."""

    name: str
    """`layer-` and the beginning of the file's SHA-256."""
    source: str
    """The file, for messages."""
    kinds: tuple[KindName, ...]
    bias: NDArray[np.float32]
    numbers: NDArray[np.float32]
    """(kinds, NUMBERS)"""
    table: NDArray[np.int8]
    """(BUCKETS, kinds)"""
    scale: NDArray[np.float32]
    curves: NDArray[np.float32]
    """(kinds, 2): base and slope."""
    thresholds: Mapping[KindName, float]
    floors: Mapping[KindName, float]
    about: Mapping[str, Any]
    """Rules, figures, seed and the like, as JSON."""

    @property
    def rules(self) -> str:
        """The method of the rules that it was trained over."""
        return str(self.about["rules"])

    @property
    def encoder(self) -> str:
        """The name of the encoder that it was trained beside."""
        return str(self.about["encoder"])

    @property
    def knows_only_read(self) -> bool:
        """Whether it was told of every statement what the encoder says."""
        return bool(self.about.get(ONLY_READ))

    def chances(self, traits: Traits) -> dict[KindName, float]:
        """The calibrated probability of each kind that the layer knows."""
        words = self.table[list(traits.grams)].sum(axis=0, dtype=np.int32) * self.scale
        odds = self.bias + self.numbers @ np.asarray(traits.numbers, np.float32) + words
        steep = self.curves[:, 0] + self.curves[:, 1] * odds
        return {
            kind: 1.0 / (1.0 + exp(-max(-STEEPEST, min(STEEPEST, one))))
            for kind, one in zip(self.kinds, steep.tolist(), strict=True)
        }

    def least(self, kind: KindName, *, by_rules: bool) -> float:
        """The probability from which a statement is of a kind, which the rules found or not."""
        return self.floors[kind] if by_rules else self.thresholds[kind]

    def start(self, place: int) -> float:
        """Log odds of the kind at this place for a statement of which nothing is told."""
        base, slope = self.curves[place].tolist()
        return float(base + slope * (self.bias[place] + self.numbers[place] @ NOTHING))

    def added_by_numbers(self, place: int, numbers: Sequence[float]) -> list[float]:
        """What each number adds to the log odds of the kind at this place, beside what NOTHING would."""
        heard = np.asarray(numbers, np.float32) - NOTHING
        found: list[float] = (self.curves[place, 1] * self.numbers[place] * heard).tolist()
        return found

    def added(self, kind: KindName, buckets: Sequence[int]) -> list[int]:
        """What each word or pair adds to a kind, in steps."""
        found: list[int] = self.table[list(buckets), self.kinds.index(kind)].tolist()
        return found

    def added_by_reading(self, kind: KindName, readings: Sequence[float]) -> float:
        """What the encoder adds to a kind by what it says (the last of NUMBERS), in steps."""
        place = self.kinds.index(kind)
        weights = self.numbers[place, -len(readings) :]
        return float(weights @ np.asarray(readings, np.float32)) / float(self.scale[place])


def load_layer(path: Path) -> Layer:
    """The layer in a file. Raises OSError, or UnusableLayer for a file that is none."""
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    return read_layer(content, str(path))


def read_layer(content: bytes, source: str) -> Layer:
    """The layer in the bytes of a file. Raises UnusableLayer for bytes that are damaged or too many."""
    try:
        arrays = read_arrays(content, most=MAX_BYTES, parts=PARTS)
        return _layer(arrays, source, f"layer-{sha256(content).hexdigest()[:8]}")
    except DAMAGED as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise UnusableLayer(f"{source}: no layer that can be read ({why}); {AGAIN}") from error


def written(heads: Sequence[Head], about: Mapping[str, Any]) -> bytes:
    """The bytes of a file with these heads: the same for the same numbers."""
    kinds = len(heads)
    scales = [max(float(np.abs(head.table).max()), 1e-9) / STEPS for head in heads]
    tables = [np.round(head.table / scale) for head, scale in zip(heads, scales, strict=True)]
    said = {"what": WHAT, "format": FORMAT, "kinds": [head.kind for head in heads], "told": NUMBERS, **about}
    arrays: dict[str, NDArray[Any]] = {
        "about": np.frombuffer(json.dumps(said).encode(), np.uint8),
        "bias": np.array([head.bias for head in heads], np.float32),
        "numbers": np.array([head.numbers for head in heads], np.float32).reshape(kinds, len(NUMBERS)),
        "table": np.array(tables, np.int8).reshape(kinds, BUCKETS).T,
        "scale": np.array(scales, np.float32),
        "curves": np.array([(head.base, head.slope) for head in heads], np.float32).reshape(kinds, 2),
        "thresholds": np.array([head.threshold for head in heads], np.float64),
        "floors": np.array([head.floor for head in heads], np.float64),
    }
    target = BytesIO()
    cast(Any, np.savez_compressed)(target, **arrays)  # its types take an array's name for its own option
    return target.getvalue()


def _layer(arrays: Arrays, source: str, name: str) -> Layer:
    about = json.loads(_array(arrays, "about", np.uint8, (-1,)).tobytes())
    if about["what"] != WHAT:
        raise ValueError("it says that it is something else")
    if about["format"] != FORMAT or tuple(about["told"]) != NUMBERS:
        raise ValueError(f"format {about['format']!r:.20}, this release reads {FORMAT}")
    kinds = tuple(KindName(kind) for kind in about["kinds"])
    if len(set(kinds)) != len(kinds) or not set(kinds) <= set(KINDS):
        raise ValueError("a kind that no layer is for, or one twice")
    size = len(kinds)
    thresholds = _array(arrays, "thresholds", np.float64, (size,)).tolist()
    floors = _array(arrays, "floors", np.float64, (size,)).tolist()
    if not all(0 <= floor <= one <= 1 for floor, one in zip(floors, thresholds, strict=True)):
        raise ValueError("a threshold is no share, or below its floor")
    return Layer(
        name=name,
        source=source,
        kinds=kinds,
        bias=_array(arrays, "bias", np.float32, (size,)),
        numbers=_array(arrays, "numbers", np.float32, (size, len(NUMBERS))),
        table=_array(arrays, "table", np.int8, (BUCKETS, size)),
        scale=_array(arrays, "scale", np.float32, (size,)),
        curves=_array(arrays, "curves", np.float32, (size, 2)),
        thresholds=dict(zip(kinds, thresholds, strict=True)),
        floors=dict(zip(kinds, floors, strict=True)),
        about={**about, "rules": _line(about["rules"]), "encoder": _line(about["encoder"])},
    )


def _line(said: object) -> str:
    """A name that a file gives: text of a sound length."""
    if not isinstance(said, str) or len(said) > 100 or not said.isprintable():
        raise ValueError("the method of the rules, or the encoder, is no name")
    return said


def _array(arrays: Arrays, name: str, kind: type[np.generic], shape: tuple[int, ...]) -> NDArray[Any]:
    return array_in(arrays, name, kind, shape, largest=LARGEST)
