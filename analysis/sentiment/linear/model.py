"""The numbers of a trained model: a file of at most a megabyte, read without running anything from it."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256
from importlib.resources import files
from math import exp, log, log1p
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import DAMAGED, Arrays, array_in, read_arrays
from analysis.contract import Label
from analysis.sentiment.errors import UnusableModel
from analysis.sentiment.linear.traits import ZONES

FORMAT = 1
VERSION = "1"
"""Version of the shipped model: raised whenever it is trained again."""
MAX_BYTES = 16 * 1024 * 1024
"""A file that is larger, packed or unpacked, is no model of ours."""
LARGEST = 1e6
"""No weight of a model is larger; sums of such weights stay finite."""
STEEPEST = 100.0
"""Log odds beyond which a confidence is 0 or 1 to every digit."""
REMEMBERED = 1 << 15
"""Words whose answers are kept at hand."""
LABELS = (Label.NEGATIVE, Label.NEUTRAL, Label.POSITIVE)

Floats = NDArray[np.float32]
Small = NDArray[np.int8]


def key_of(name: str) -> int:
    """The number under which a model knows a feature or a word."""
    return crc32(name.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Curve:
    """How often the best guess is right: a logistic curve of its log odds, one a label."""

    base: Sequence[float]
    slope: Sequence[float]

    def confidence(self, label: int, probability: float) -> float:
        """0..1: that the label is right, of the probability that the model gives it."""
        odds = log(probability) - log1p(-min(probability, 1 - 1e-6))
        steep = self.base[label] + self.slope[label] * odds
        return 1.0 / (1.0 + exp(-max(-STEEPEST, min(STEEPEST, steep))))


@dataclass(frozen=True, slots=True)
class Head:
    """A linear layer over named numbers."""

    names: Mapping[str, int]
    weights: Floats
    """(numbers, 3)"""
    bias: Floats
    """(3,)"""
    curve: Curve

    def logits(self, evidence: Mapping[str, float]) -> Floats:
        """(3,): what the numbers that the head knows add to each label."""
        rows = [(self.names[name], value) for name, value in evidence.items() if value and name in self.names]
        if not rows:
            return self.bias
        places, values = zip(*rows, strict=True)
        found: Floats = self.bias + np.asarray(values, np.float32) @ self.weights[list(places)]
        return found


@dataclass(frozen=True, slots=True)
class Grams:
    """Weights of features by name."""

    rows: Mapping[int, int]
    """Key of a name -> its row."""
    weights: Small
    """(features, 3)"""
    scale: Floats
    """(3,)"""

    def row(self, name: str) -> int | None:
        """The row of a feature, if it is known."""
        return self.rows.get(key_of(name))

    def known(self, names: Iterable[str]) -> tuple[list[str], Floats]:
        """The names that are known, and (names, 3): their weights."""
        get = self.rows.get
        rows = {name: row for name in names if (row := get(key_of(name))) is not None}
        found: Floats = self.weights[list(rows.values())] * self.scale
        return list(rows), found


@dataclass(frozen=True, slots=True)
class Words:
    """What is known of single words: that they are ordinary, their valence, and what they add by zone."""

    rows: Mapping[int, int]
    """Key of a word -> its row."""
    common: NDArray[np.bool_]
    valences: Sequence[float]
    """Induced valence of each word."""
    vectors: Small
    """(words, zones, 3)"""
    scale: Floats
    """(zones, 3)"""

    def row(self, word: str) -> int | None:
        """The row of a word, if it is known."""
        return self.rows.get(key_of(word))

    def is_common(self, word: str) -> bool:
        """Whether a word was met in small letters often enough."""
        row = self.row(word)
        return row is not None and bool(self.common[row])

    def added(self, rows: Sequence[int], zones: Sequence[int]) -> Floats:
        """(words, 3): what each word adds to each label, of the zone beside it.

        The words of a zone are divided by the root of their number.
        """
        places = np.asarray(zones, np.intp)
        roots = np.sqrt(np.bincount(places, minlength=1).astype(np.float32))[places, None]
        found = self.vectors[np.asarray(rows, np.intp), places] * self.scale[places] / roots
        return found.astype(np.float32)


@dataclass(frozen=True)
class Model:
    """Everything that a trained model holds."""

    name: str
    """The method that it makes: `linear-1`, or `linear@` and the beginning of the file's SHA-256."""
    source: str
    """The file, for messages."""
    reads: str
    """The methods whose readings it was trained on: under others its numbers mean nothing."""
    grams: Grams
    words: Words
    toward: Head
    whole: Head
    about: Mapping[str, object] = field(default_factory=dict)
    """Data, licences, settings."""

    @cached_property
    def is_common(self) -> Callable[[str], bool]:
        """Whether a word was met in small letters often enough; asked once a word."""
        return lru_cache(maxsize=REMEMBERED)(self.words.is_common)

    @cached_property
    def row(self) -> Callable[[str], int | None]:
        """The row of a word in the word table; asked once a word."""
        return lru_cache(maxsize=REMEMBERED)(self.words.row)


def shipped_model() -> Model:
    """The model of this package."""
    content = files("analysis.sentiment.linear").joinpath("model.npz").read_bytes()
    return read_model(content, "model.npz", name=f"linear-{VERSION}")


def load_model(path: Path) -> Model:
    """The model in a file. Raises OSError, or UnusableModel for a file that is none."""
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    return read_model(content, str(path), name=f"linear@{sha256(content).hexdigest()[:8]}")


def read_model(content: bytes, source: str, *, name: str) -> Model:
    """The model in the bytes of a file; `name` is its method's.

    Raises UnusableModel for bytes that are damaged, too many, or no model.
    """
    try:
        return _model(read_arrays(content, most=MAX_BYTES), source, name)
    except DAMAGED as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise UnusableModel(
            f"{source}: not a model that `linear` can read ({why}); make one with benchmarks/fit_linear.py"
        ) from error


def _model(arrays: Arrays, source: str, name: str) -> Model:
    about = json.loads(arrays["about"].tobytes())
    if about["format"] != FORMAT:
        raise ValueError(f"format {about['format']}, this release reads {FORMAT}")
    return Model(
        name=name,
        source=source,
        reads=str(about["reads"]),
        grams=_grams(arrays),
        words=_words(arrays),
        toward=_head(arrays, about, "toward"),
        whole=_head(arrays, about, "whole"),
        about=about,
    )


def _grams(arrays: Arrays) -> Grams:
    keys = _array(arrays, "gram_keys", np.uint32, (-1,))
    return Grams(
        rows={int(key): row for row, key in enumerate(keys)},
        weights=_array(arrays, "gram_weights", np.int8, (len(keys), len(LABELS))),
        scale=_array(arrays, "gram_scale", np.float32, (len(LABELS),)),
    )


def _words(arrays: Arrays) -> Words:
    keys = _array(arrays, "word_keys", np.uint32, (-1,))
    size, zones = len(keys), len(ZONES)
    valences = _array(arrays, "word_valences", np.int8, (size,))
    return Words(
        rows={int(key): row for row, key in enumerate(keys)},
        common=_array(arrays, "word_common", np.bool_, (size,)),
        valences=(valences * _array(arrays, "word_valence_scale", np.float32, (1,))).tolist(),
        vectors=_array(arrays, "word_vectors", np.int8, (size, zones, len(LABELS))),
        scale=_array(arrays, "word_scale", np.float32, (zones, len(LABELS))),
    )


def _head(arrays: Arrays, about: Mapping[str, Any], name: str) -> Head:
    names = {str(feature): row for row, feature in enumerate(about[f"{name}_names"])}
    curve = about[f"{name}_curve"]
    return Head(
        names=names,
        weights=_array(arrays, f"{name}_weights", np.float32, (len(names), len(LABELS))),
        bias=_array(arrays, f"{name}_bias", np.float32, (len(LABELS),)),
        curve=Curve(_three(curve, "base"), _three(curve, "slope")),
    )


def _three(curve: Mapping[str, Any], name: str) -> list[float]:
    """A number a label."""
    numbers = [float(number) for number in curve[name]]
    if len(numbers) != len(LABELS) or not all(abs(number) <= LARGEST for number in numbers):
        raise ValueError(f"the curve's {name} is not {len(LABELS)} numbers of a sound size")
    return numbers


def _array(arrays: Arrays, name: str, kind: type[np.generic], shape: tuple[int, ...]) -> NDArray[Any]:
    return array_in(arrays, name, kind, shape, largest=LARGEST)
