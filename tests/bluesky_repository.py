"""Repositories of the AT protocol in small: records in a Merkle search tree, exported as CAR files."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import libipld

ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
LINK = b"\x01\x71\x12\x20"
SIGNATURE = bytes(range(64))
"""Of the shape of a signature; nobody here checks it."""

Entry = tuple[str, bytes]
"""Path and CID of a record."""


def tid(number: int) -> str:
    """Thirteen characters that sort as the numbers do, as the protocol makes them of times."""
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(13)))


@cache
def cid_of(block: bytes) -> bytes:
    return LINK + hashlib.sha256(block).digest()


@cache
def written(cid: bytes) -> str:
    """As JSON shows it: `bafyrei...`."""
    return libipld.encode_cid(cid)


def varint(number: int) -> bytes:
    """Unsigned LEB128."""
    head = bytearray()
    while number > 0x7F:
        head.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*head, number])


def car(root: bytes, blocks: Mapping[bytes, bytes]) -> bytes:
    """A CAR file, version 1."""
    header = libipld.encode_dag_cbor({"roots": [root], "version": 1})
    sections = (header, *(cid + block for cid, block in blocks.items()))
    return b"".join(varint(len(section)) + section for section in sections)


def tree_of(entries: Sequence[Entry], blocks: dict[bytes, bytes]) -> bytes:
    """Adds the nodes of the tree of these entries (sorted by path) to the blocks; its root's CID."""
    height = max((_layer(path) for path, _ in entries), default=0)
    return _node(list(entries), height, blocks)


class Repository:
    """One account's records, and since which revision each block is there."""

    def __init__(self, did: str) -> None:
        self.did = did
        self.rev = ""
        self.root = b""
        self._blocks: dict[bytes, bytes] = {}
        self._since: dict[bytes, str] = {}

    def commit(self, rev: str, records: Mapping[str, bytes]) -> None:
        """The records (path -> block) as they are from this revision on."""
        blocks = {cid_of(block): block for block in records.values()}
        tree = tree_of([(path, cid_of(block)) for path, block in sorted(records.items())], blocks)
        commit = {"did": self.did, "rev": rev, "sig": SIGNATURE, "data": tree, "prev": None, "version": 3}
        self.root = _put(commit, blocks)
        self.rev = rev
        self._since = {cid: self._since.get(cid, rev) for cid in blocks}
        self._blocks = blocks

    def export(self, since: str | None) -> bytes:
        """Everything, or what is there since a later revision than that; of no news, no block at all."""
        blocks = {cid: block for cid, block in self._blocks.items() if self._since[cid] > (since or "")}
        return car(self.root, blocks)


def _put(value: Any, blocks: dict[bytes, bytes]) -> bytes:
    block = libipld.encode_dag_cbor(value)
    cid = cid_of(block)
    blocks[cid] = block
    return cid


def _layer(path: str) -> int:
    """How high a key stands: the pairs of zero bits at the beginning of its SHA-256."""
    digest = int.from_bytes(hashlib.sha256(path.encode()).digest())
    return (256 - digest.bit_length()) // 2


def _node(entries: list[Entry], height: int, blocks: dict[bytes, bytes]) -> bytes:
    runs = list(_runs(entries, height))
    below = [_node(run, height - 1, blocks) if run else None for _, run in runs]
    written_entries, before = [], b""
    for (entry, _), right in zip(runs[1:], below[1:], strict=True):
        assert entry is not None
        path, cid = entry
        key = path.encode()
        shared = _shared(before, key)
        written_entries.append({"p": shared, "k": key[shared:], "v": cid, "t": right})
        before = key
    return _put({"l": below[0], "e": written_entries}, blocks)


def _runs(entries: list[Entry], height: int) -> Iterator[tuple[Entry | None, list[Entry]]]:
    """Each entry of this height with the lower ones that follow it; first those before all of them."""
    here: Entry | None = None
    run: list[Entry] = []
    for entry in entries:
        if _layer(entry[0]) == height:
            yield here, run
            here, run = entry, []
        else:
            run.append(entry)
    yield here, run


def _shared(one: bytes, other: bytes) -> int:
    """How many bytes two keys begin with together."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
