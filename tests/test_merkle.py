"""Merkle trees: roots as published, proofs as the definitions of RFC 6962 make them, forgeries refused."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.integrity.merkle import (
    EMPTY_ROOT,
    Tree,
    consistency_path,
    inclusion_path,
    is_consistent,
    is_included,
    leaf_hash,
    root_of,
)

LEAVES = [
    bytes.fromhex(one)
    for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", bytes(range(96, 112)).hex())
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""Of the first 1, 2, ... leaves, as the tests of Certificate Transparency's own implementation have them."""

SIZES = st.integers(1, 70)


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = largest_power_below(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    k = largest_power_below(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_proof(m: int, leaves: Sequence[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962, 2.1.2."""
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = largest_power_below(len(leaves))
    if m <= k:
        return [*naive_proof(m, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_proof(m - k, leaves[k:], whole=False), naive_root(leaves[:k])]


def largest_power_below(n: int) -> int:
    return max(1 << power for power in range(12) if 1 << power < n)


def leaves_of(count: int) -> list[bytes]:
    return [f"leaf {number}".encode() for number in range(count)]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_that_are_published(size: int) -> None:
    assert root_of(map(leaf_hash, LEAVES[:size])).hex() == ROOTS[size - 1]
    assert naive_root(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_a_tree_without_leaves_has_the_hash_of_nothing() -> None:
    assert Tree().root == EMPTY_ROOT == naive_root([])


@given(SIZES)
def test_roots_and_proofs_are_those_of_the_definitions(size: int) -> None:
    leaves = leaves_of(size)
    hashes = [leaf_hash(one) for one in leaves]

    assert root_of(hashes) == naive_root(leaves)
    assert [inclusion_path(hashes, one) for one in range(size)] == [
        naive_path(one, leaves) for one in range(size)
    ]
    assert [consistency_path(hashes, one) for one in range(1, size + 1)] == [
        naive_proof(one, leaves) for one in range(1, size + 1)
    ]


@given(SIZES, st.data())
def test_a_leaf_is_proven_at_its_own_place_alone(size: int, data: st.DataObject) -> None:
    hashes = [leaf_hash(one) for one in leaves_of(size)]
    index, other = (data.draw(st.integers(0, size - 1)) for _ in range(2))
    path, root = inclusion_path(hashes, index), root_of(hashes)

    assert is_included(hashes[index], index, size, path, root)
    assert is_included(hashes[index], other, size, path, root) == (index == other)
    assert not is_included(leaf_hash(b"another"), index, size, path, root)
    assert not is_included(hashes[index], index, size, [*path, root], root)
    assert not is_included(hashes[index], size, size, path, root)
    if path:
        assert not is_included(hashes[index], index, size, path[:-1], root)


@given(SIZES, st.data())
def test_a_tree_is_proven_to_begin_a_later_one_only_if_it_does(size: int, data: st.DataObject) -> None:
    hashes = [leaf_hash(one) for one in leaves_of(size)]
    first = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, first - 1))
    path, root, later = consistency_path(hashes, first), root_of(hashes[:first]), root_of(hashes)
    rewritten = [*hashes[:changed], leaf_hash(b"another"), *hashes[changed + 1 :]]

    assert is_consistent(first, size, path, root, later)
    assert not is_consistent(first, size, consistency_path(rewritten, first), root, root_of(rewritten))
    assert not is_consistent(first, size, path, leaf_hash(b"another"), later)
    assert not is_consistent(first, size, [*path, root], root, later)
    assert not is_consistent(0, size, path, root, later)
    assert not is_consistent(size + 1, size, path, root, later)


def test_leaves_that_are_not_there_have_no_proof() -> None:
    hashes = [leaf_hash(one) for one in leaves_of(3)]
    for index in (-1, 3):
        with pytest.raises(IndexError, match="among 3"):
            inclusion_path(hashes, index)
    for first in (0, 4):
        with pytest.raises(IndexError, match="in one of 3"):
            consistency_path(hashes, first)
