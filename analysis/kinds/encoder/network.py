"""The numbers of the encoder, and what it says of the pieces of a text: BERT's layers (Devlin et al. 2019).

Attention over 12 parts, layer norms behind each step, GELU by its tanh form (Hendrycks and Gimpel 2016), the
mean of the last layer, and a linear layer for the kinds. Weights are kept as small whole numbers with a scale
a row. The tests compare with Hugging Face's BertModel.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from platform import machine
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Arrays, array_in, read_arrays
from analysis.contract import KindName
from analysis.kinds.encoder.pieces import Pieces

WHAT = "hustings: an encoder that reads statements"
FORMAT = 1
MAX_BYTES = 64 * 1024 * 1024
"""A file that is larger, packed or unpacked, is no encoder of ours."""
LARGEST = 1e4
STEPS = 127
"""The largest weight of a row, in steps of its scale."""
TINY = 1e-12
"""Beside a variance, as BERT has it."""
HEADS = 12
"""Into how many parts attention looks, as in every model of this family."""
ROWS = 12 if machine().lower() in {"x86_64", "amd64"} else 24
"""Each text begins at a multiple of so many rows, and zeros fill up its last ones. How a product of matrices
adds up a row hangs, on many processors, on where that stands among 12 rows (seen with OpenBLAS's kernels for
x86-64; on others 8 or 16 may go together): so it hangs on the text."""
SHORTEST = 16
"""Pieces that an encoder must be able to read at once: the occasion, some words, and the marks."""
MATRICES = ("query", "key", "value", "mixed", "wider", "narrower")
"""Of each layer, in the order in which they are used."""
NORMS = ("attended", "whole")
PARTS = (
    *("about", "vocabulary", "pieces", "pieces_scale", "places", "first_norm", "head", "head_bias"),
    *(f"{name}{end}" for name in MATRICES for end in ("", "_scale", "_bias")),
    *(f"{name}_norm" for name in NORMS),
)

Floats = NDArray[np.float32]
Small = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear map."""

    weights: Floats
    """(in, out)"""
    bias: Floats

    def __call__(self, given: Floats) -> Floats:
        return given @ self.weights + self.bias


@dataclass(frozen=True, slots=True)
class Norm:
    """A layer norm (Ba et al. 2016)."""

    scale: Floats
    bias: Floats

    def __call__(self, given: Floats) -> Floats:
        centred = given - given.mean(axis=-1, keepdims=True)
        spread = np.einsum("ij,ij->i", centred, centred)[:, None] / np.float32(given.shape[-1])
        return cast(Floats, centred / np.sqrt(spread + np.float32(TINY)) * self.scale + self.bias)


@dataclass(frozen=True, slots=True)
class Block:
    """One layer: attention, then two linear maps, each with what came in added."""

    joined: Linear
    """Queries, keys and values side by side."""
    mixed: Linear
    wider: Linear
    narrower: Linear
    attended: Norm
    whole: Norm

    def __call__(self, given: Floats, texts: Sequence[slice]) -> Floats:
        """`given`: the pieces of several texts, one below the other; `texts`: where each stands."""
        joined = self.joined(given)
        seen = np.zeros_like(given)
        for text in texts:
            seen[text] = _attention(joined[text])
        heard = self.attended(given + self.mixed(seen))
        return self.whole(heard + self.narrower(_gelu(self.wider(heard))))


@dataclass(frozen=True, slots=True)
class Network:
    """An encoder as its file holds it."""

    name: str
    """`encoder-` and the beginning of the file's SHA-256."""
    kinds: tuple[KindName, ...]
    pieces: Pieces
    longest: int
    """Pieces, with the marks of beginning and end."""
    table: Small
    """(pieces, width)"""
    table_scale: Floats
    places: Floats
    """(longest, width): what each place in the text adds."""
    norm: Norm
    blocks: tuple[Block, ...]
    head: Linear
    about: Mapping[str, Any]

    def odds(self, texts: Sequence[Sequence[int]]) -> Floats:
        """Log odds of each of `kinds`, a row a text; each is given as the numbers of its pieces with their
        marks. Several together are read faster: the weights are fetched once."""
        starts = [0, *accumulate(-(-len(text) // ROWS) * ROWS for text in texts)]
        where = [slice(start, start + len(text)) for start, text in zip(starts[:-1], texts, strict=True)]
        given = np.zeros((starts[-1], self.table.shape[1]), np.float32)
        for text, rows in zip(texts, where, strict=True):
            chosen = list(text)
            given[rows] = self.table[chosen] * self.table_scale[chosen, None] + self.places[: len(chosen)]
        state = self.norm(given)
        for block in self.blocks:
            state = block(state, where)
        means = np.stack([state[text].mean(axis=0) for text in where])
        # Not by a product of matrices: that of one row adds in another order than that of several do.
        return cast(Floats, np.einsum("ij,jk->ik", means, self.head.weights) + self.head.bias)


def load_network(path: Path) -> Network:
    """The encoder in a file. Raises OSError, or one of `analysis.arrays.DAMAGED` for a file that is none."""
    with path.open("rb") as file:
        return read_network(file.read(MAX_BYTES + 1))


def read_network(content: bytes) -> Network:
    """The encoder in the bytes of a file. Raises one of `analysis.arrays.DAMAGED` for bytes that are none."""
    arrays = read_arrays(content, most=MAX_BYTES, parts=PARTS)
    return _network(arrays, f"encoder-{sha256(content).hexdigest()[:8]}")


def written(parts: Mapping[str, NDArray[Any]], vocabulary: Sequence[str], about: Mapping[str, Any]) -> bytes:
    """The bytes of a file with these numbers, matrices as (layers, out, in), rounded to small ones."""
    said = {"what": WHAT, "format": FORMAT, **about}
    arrays: dict[str, NDArray[Any]] = {
        "about": np.frombuffer(json.dumps(said).encode(), np.uint8),
        "vocabulary": np.frombuffer("\n".join(vocabulary).encode(), np.uint8),
    }
    for name, part in parts.items():
        if name == "pieces" or name in MATRICES:
            arrays[name], arrays[f"{name}_scale"] = _rounded(np.asarray(part, np.float32))
        else:
            arrays[name] = np.asarray(part, np.float32)
    target = BytesIO()
    # Not packed: that would make it a sixteenth smaller, and reading it three times as slow.
    cast(Any, np.savez)(target, **{name: arrays[name] for name in PARTS})
    return target.getvalue()


def _rounded(matrix: Floats) -> tuple[Small, Floats]:
    scale = np.maximum(np.abs(matrix).max(axis=-1), np.float32(1e-9)) / np.float32(STEPS)
    return np.round(matrix / scale[..., None]).astype(np.int8), scale.astype(np.float32)


def _network(arrays: Arrays, name: str) -> Network:
    about = json.loads(arrays["about"].tobytes())
    if about["what"] != WHAT or about["format"] != FORMAT:
        raise ValueError("it says that it is something else")
    kinds = tuple(KindName(kind) for kind in about["kinds"])
    vocabulary = arrays["vocabulary"].tobytes().decode().split("\n")
    longest, width = arrays["places"].shape
    layers, wide = arrays["wider_bias"].shape
    if width % HEADS or longest < SHORTEST or not layers:
        raise ValueError("its sizes fit no attention")
    shapes = {"wider": (wide, width), "narrower": (width, wide)}
    maps = {one: _maps(arrays, one, layers, shapes.get(one, (width, width))) for one in MATRICES}
    norms = {one: _norms(arrays, f"{one}_norm", layers, width) for one in NORMS}
    return Network(
        name=name,
        kinds=kinds,
        pieces=Pieces(vocabulary),
        longest=longest,
        table=array_in(arrays, "pieces", np.int8, (len(vocabulary), width), largest=LARGEST),
        table_scale=_floats(arrays, "pieces_scale", (len(vocabulary),)),
        places=_floats(arrays, "places", (longest, width)),
        norm=Norm(*_floats(arrays, "first_norm", (2, width))),
        blocks=tuple(_block(maps, norms, layer) for layer in range(layers)),
        head=Linear(
            _floats(arrays, "head", (len(kinds), width)).T, _floats(arrays, "head_bias", (len(kinds),))
        ),
        about=about,
    )


def _block(maps: Mapping[str, Sequence[Linear]], norms: Mapping[str, Sequence[Norm]], layer: int) -> Block:
    query, key, value, mixed, wider, narrower = (maps[name][layer] for name in MATRICES)
    joined = Linear(
        np.concatenate([query.weights, key.weights, value.weights], axis=1),
        np.concatenate([query.bias, key.bias, value.bias]),
    )
    return Block(joined, mixed, wider, narrower, *(norms[name][layer] for name in NORMS))


def _maps(arrays: Arrays, name: str, layers: int, shape: tuple[int, int]) -> list[Linear]:
    small = array_in(arrays, name, np.int8, (layers, *shape), largest=LARGEST)
    scale = _floats(arrays, f"{name}_scale", (layers, shape[0]))
    bias = _floats(arrays, f"{name}_bias", (layers, shape[0]))
    whole = np.ascontiguousarray((small * scale[..., None]).transpose(0, 2, 1))
    return [Linear(weights, one) for weights, one in zip(whole, bias, strict=True)]


def _norms(arrays: Arrays, name: str, layers: int, width: int) -> list[Norm]:
    return [Norm(*both) for both in _floats(arrays, name, (layers, 2, width))]


def _floats(arrays: Arrays, name: str, shape: tuple[int, ...]) -> Floats:
    return array_in(arrays, name, np.float32, shape, largest=LARGEST)


def _attention(joined: Floats) -> Floats:
    """What each place takes from all others: of queries, keys and values side by side."""
    length, wide = joined.shape
    size = wide // 3 // HEADS
    query, key, value = joined.reshape(length, 3, HEADS, size).transpose(1, 2, 0, 3)
    near = query @ key.transpose(0, 2, 1) * np.float32(size**-0.5)
    near = np.exp(near - near.max(axis=-1, keepdims=True))
    near /= near.sum(axis=-1, keepdims=True)
    return cast(Floats, (near @ value).transpose(1, 0, 2).reshape(length, wide // 3))


def _gelu(given: Floats) -> Floats:
    steep = np.float32((2 / np.pi) ** 0.5)
    inner = given * given
    inner *= np.float32(0.044715)
    inner += np.float32(1)
    inner *= given
    inner *= steep
    np.tanh(inner, out=inner)
    inner += np.float32(1)
    inner *= given
    inner *= np.float32(0.5)
    return inner
