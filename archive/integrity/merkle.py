"""Merkle trees as RFC 6962 and RFC 9162 (section 2.1) define them: roots, proofs and their checks. Pure."""

import hashlib
from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Of a tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256 of 0x00 and a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and two hashes: no leaf can be taken for a node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows: it holds the roots of the full subtrees alone, at most one for each height."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, hashed: bytes) -> None:
        """One more leaf, by its hash."""
        self.size += 1
        rest = self.size
        while rest % 2 == 0:
            hashed = node_hash(self._peaks.pop(), hashed)
            rest //= 2
        self._peaks.append(hashed)

    @property
    def root(self) -> bytes:
        """The tree's hash as it is now."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_of(hashes: Iterable[bytes]) -> bytes:
    """The root of the tree with these leaf hashes."""
    tree = Tree()
    for hashed in hashes:
        tree.add(hashed)
    return tree.root


def inclusion_path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """What proves that leaf `index` (from 0) is in the tree of these leaf hashes, lowest first.

    Raises IndexError for a leaf that is not there.
    """
    if not 0 <= index < len(hashes):
        raise IndexError(f"there is no leaf {index} among {len(hashes)}")
    path: list[bytes] = []
    while len(hashes) > 1:
        half = _half(len(hashes))
        if index < half:
            path.append(root_of(hashes[half:]))
            hashes = hashes[:half]
        else:
            path.append(root_of(hashes[:half]))
            hashes, index = hashes[half:], index - half
    return path[::-1]


def consistency_path(hashes: Sequence[bytes], first: int) -> list[bytes]:
    """What proves that the tree of the first `first` leaves is the beginning of this one, lowest first.

    Raises IndexError where there are fewer leaves, or none is asked for.
    """
    if not 0 < first <= len(hashes):
        raise IndexError(f"there is no tree of {first} leaves in one of {len(hashes)}")
    path: list[bytes] = []
    whole = True
    while first < len(hashes):
        half = _half(len(hashes))
        if first <= half:
            path.append(root_of(hashes[half:]))
            hashes = hashes[:half]
        else:
            path.append(root_of(hashes[:half]))
            hashes, first, whole = hashes[half:], first - half, False
    return path[::-1] if whole else [root_of(hashes), *path[::-1]]


def is_included(hashed: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a path proves a leaf in a tree of that size and root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, hashed
    for step in path:
        if last == 0:
            return False
        if place % 2 == 1 or place == last:
            found = node_hash(step, found)
            while place % 2 == 0 and place != 0:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(first: int, second: int, path: Sequence[bytes], root: bytes, later: bytes) -> bool:
    """Whether a path proves that the tree with `root` begins the one with `later` (RFC 9162, 2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and root == later
    steps = [root, *path] if first & (first - 1) == 0 else list(path)
    if not steps:
        return False
    place, last = first - 1, second - 1
    while place % 2 == 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place % 2 == 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while place % 2 == 0 and place != 0:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == root and new == later


def _half(size: int) -> int:
    """The largest power of two below a size."""
    return 1 << (size - 1).bit_length() - 1
