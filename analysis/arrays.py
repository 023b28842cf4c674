"""Arrays of a small file that a user names: read without running anything from it, bounded and checked."""

import zipfile
from collections.abc import Collection, Mapping
from io import BytesIO
from lzma import LZMAError
from struct import error as struct_error
from tokenize import TokenError
from typing import Any
from zlib import error as zlib_error

import numpy as np
from numpy.typing import NDArray

DAMAGED = (
    *(ValueError, TypeError, LookupError, EOFError, OSError, MemoryError, SyntaxError, TokenError),
    *(zipfile.BadZipFile, zlib_error, LZMAError, struct_error, RuntimeError, OverflowError),
)
"""What ZIP, JSON and NumPy raise for bytes that are not what they say: their documents name no one error."""

Arrays = Mapping[str, NDArray[Any]]


def read_arrays(content: bytes, *, most: int, parts: Collection[str] | None = None) -> Arrays:
    """The arrays of an npz file, by name; with `parts`, of a file that has these and no others.

    Raises one of DAMAGED for bytes that are damaged, hold objects, or are more than `most`, packed or
    unpacked.
    """
    if len(content) > most or _unpacked(content) > most:
        raise ValueError(f"larger than {most:,} bytes")
    with np.load(BytesIO(content), allow_pickle=False) as arrays:
        if parts is not None and sorted(arrays.files) != sorted(parts):
            raise ValueError(f"its parts are not {', '.join(parts)}")
        return {name: _loaded(name, arrays[name]) for name in arrays.files}


def array_in(
    arrays: Arrays, name: str, kind: type[np.generic], shape: tuple[int, ...], *, largest: float
) -> NDArray[Any]:
    """An array of the kind and shape that it must have (-1: any length), with no number beyond `largest`.

    Raises LookupError where there is none, ValueError where it is another.
    """
    array = arrays[name]
    fits = len(array.shape) == len(shape) and all(
        want in (-1, have) for have, want in zip(array.shape, shape, strict=True)
    )
    if array.dtype != np.dtype(kind) or not fits:
        raise ValueError(f"{name}: {array.dtype} of {array.shape}, not {np.dtype(kind)} of {shape}")
    if array.dtype.kind == "f" and not bool((np.abs(array) <= largest).all()):
        raise ValueError(f"{name}: holds what is no number, or too large")
    return array


def _unpacked(content: bytes) -> int:
    """Bytes of the parts of a packed file, as it says itself; NumPy reads no more than that of each."""
    with zipfile.ZipFile(BytesIO(content)) as parts:
        return sum(part.file_size for part in parts.infolist())


def _loaded(name: str, part: object) -> NDArray[Any]:
    """NumPy hands out the bare bytes of a part that does not begin as an array does."""
    if not isinstance(part, np.ndarray):
        raise TypeError(f"{name} is no array")
    return part
