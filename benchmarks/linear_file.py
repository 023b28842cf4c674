"""Writes the file that `analysis.sentiment.linear` reads: weights as small whole numbers."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, TypedDict, cast

import numpy as np
from numpy.typing import NDArray

from analysis.sentiment.linear.model import FORMAT, LABELS, Curve, key_of
from analysis.sentiment.linear.scorer import READS

CLIPPED = 0.05
"""Percent of the largest weights that are cut to the rest: one giant would leave the others no steps."""

Floats = NDArray[np.float64]
Linear = tuple[Mapping[str, Floats], Floats]
"""Weights by name, each (3,), and the bias (3,)."""

KNOWN = {
    "fb80ff05993dd59016c36abefaa7bd00d77cb0cb38a781c1f9edd9ad7c61471e": "NewsMTSC train (MIT)",
    "1fd12bf1942d8cb7a687cc94fd289503c21d8761d010e0834a944a9911f1e19c": "Cardiff, UK MPs, en_combined (MIT)",
    "d5bb07d87474b3eb8d30b4deccbc23f19d742a6c5718fbacc65485b70b95c5fa": (
        "VADER's ground truth, hutto_ICWSM_2014 (MIT)"
    ),
}
"""SHA-256 of a file -> what it is, and its licence. Any other file goes by its name alone."""

SET_BY_HAND: Mapping[str, tuple[float, float, float]] = {
    "call for": (-1.5, -1.0, 2.5),
    "call against": (2.5, -1.0, -1.5),
}
"""Log odds of what news hardly ever says: "Vote Greens", "#StopGreens". Not fitted."""


class CurveNumbers(TypedDict):
    """A curve of confidence: a base and a slope a label."""

    base: list[float]
    slope: list[float]


Curves = Mapping[str, CurveNumbers]
NO_CURVE: CurveNumbers = {"base": [0.0] * 3, "slope": [1.0] * 3}
NO_CURVES: Curves = {"toward": NO_CURVE, "whole": NO_CURVE}
"""The trained probability itself."""


def about_files(targets: Path, posts: Path, ratings: Path) -> Mapping[str, object]:
    """What a model file says of the files that it was trained on."""
    coded, texts, rated = (
        KNOWN.get(sha256(path.read_bytes()).hexdigest(), path.name) for path in (targets, posts, ratings)
    )
    return {"trained_on": [coded, texts], "words_from": ["the same", rated]}


def curve(numbers: CurveNumbers) -> Curve:
    """The curve as the scorer uses it."""
    return Curve(numbers["base"], numbers["slope"])


def written(
    *,
    grams: Mapping[str, Floats],
    words: Sequence[str],
    common: Sequence[bool],
    valences: Sequence[float],
    vectors: Floats,
    toward: Linear,
    whole: Linear,
    curves: Curves,
    origin: Mapping[str, object],
) -> bytes:
    """The bytes of a model file; `vectors` is (words, zones, 3), `origin` by `about_files`."""
    arrays: dict[str, NDArray[Any]] = {}
    _put_grams(arrays, grams)
    _put_words(arrays, words, common, valences, vectors)
    about: dict[str, object] = {"format": FORMAT, "reads": READS, **origin}
    by_hand = {name: np.array(each) for name, each in SET_BY_HAND.items()}
    for name, (fitted, bias) in (("toward", toward), ("whole", whole)):
        weights = {**fitted, **by_hand} if name == "toward" else fitted
        names = sorted(weights)
        about |= {f"{name}_names": names, f"{name}_curve": _rounded(curves[name])}
        arrays[f"{name}_weights"] = np.stack([weights[each] for each in names]).astype(np.float32)
        arrays[f"{name}_bias"] = bias.astype(np.float32)
    arrays["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
    target = BytesIO()
    cast(Any, np.savez_compressed)(target, **arrays)  # its types take an array's name for its own option
    return target.getvalue()


def _rounded(numbers: CurveNumbers) -> CurveNumbers:
    return {
        "base": [round(value, 4) for value in numbers["base"]],
        "slope": [round(value, 4) for value in numbers["slope"]],
    }


def _put_grams(arrays: dict[str, NDArray[Any]], grams: Mapping[str, Floats]) -> None:
    """Two names of one key are told apart by nobody: the later one loses."""
    by_key = {key_of(name): weights for name, weights in reversed(list(grams.items()))}
    keys = sorted(by_key)
    small, scale = _small(np.stack([by_key[key] for key in keys]))
    arrays |= {"gram_keys": np.array(keys, np.uint32), "gram_weights": small, "gram_scale": scale}


def _put_words(
    arrays: dict[str, NDArray[Any]],
    words: Sequence[str],
    common: Sequence[bool],
    valences: Sequence[float],
    vectors: Floats,
) -> None:
    order = sorted(range(len(words)), key=lambda i: key_of(words[i]))
    small, scale = _small(vectors)
    rated, rated_scale = _small(np.array(valences)[:, None])
    arrays |= {
        "word_keys": np.array([key_of(words[i]) for i in order], np.uint32),
        "word_common": np.array([common[i] for i in order], np.bool_),
        "word_valences": rated[order, 0],
        "word_valence_scale": rated_scale,
        "word_vectors": small[order],
        "word_scale": scale,
    }


def _small(values: Floats) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Values as -127..127 and, for each column, the step."""
    top = np.percentile(np.abs(values), 100 - CLIPPED, axis=0)
    scale = np.maximum(top, 1e-9) / 127
    small: NDArray[np.int8] = np.clip(np.round(values / scale), -127, 127).astype(np.int8)
    return small, scale.astype(np.float32)


assert len(LABELS) == 3  # the shapes above
