"""CAR files read in passing: block after block, each checked, whatever the whole file weighs."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

import libipld

from archive.atproto.car import CID_BYTES, LINK, Commit, Tree, is_link, read_commit, read_root
from archive.contract import UnreadablePage

BLOCK_BYTES = 4 << 20
"""Twice what servers take as a block."""
TREE_BYTES = 128 << 20
"""What the nodes of one tree may weigh: they are held until all records have their paths."""
MOST_PATHS = 16
"""Keys of one repository under which the very same record may stand."""
_LONGEST_VARINT = 9
_NODES = (b"\xa2\x61e", b"\xa1\x61e")
"""How a tree's node begins as DAG-CBOR: a map of `e` and `l`, or of `e` alone."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block as it stands in a file."""

    place: int
    """Its first byte, counted from where reading began."""
    written: bytes
    """All its bytes: length, CID, content."""
    link: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Survey:
    """What a repository's file holds."""

    commit: Commit
    paths: Mapping[bytes, tuple[str, ...]]
    """CID -> `collection/key` of the records of the wanted collections, whether or not they are there."""
    others: Mapping[str, int]
    """Other collections -> how many of their records the tree names."""
    absent: int
    """Nodes of the tree that the file lacks."""


def read_header(file: BinaryIO) -> tuple[bytes, bytes]:
    """The bytes of a file's header, and the CID of its root. Raises UnreadablePage."""
    length, written = _length(file, 0)
    header = file.read(length)
    if not length or len(header) < length:
        raise UnreadablePage(f"no CAR file: it begins with {(written + header)[:40]!r}")
    return written + header, read_root(header)


def read_blocks(file: BinaryIO, place: int = 0) -> Iterator[Block]:
    """The blocks from here to the end. Raises UnreadablePage for one that is not what its CID says."""
    while (found := _length(file, place))[1]:
        length, written = found
        content = file.read(length)
        if length < CID_BYTES or len(content) < length:
            raise UnreadablePage(f"the CAR file is cut short at byte {place:,}")
        link, body = content[:CID_BYTES], content[CID_BYTES:]
        if not is_link(link):
            raise UnreadablePage(f"the block at byte {place:,} has no CID of a repository: {link.hex()}")
        if hashlib.sha256(body).digest() != link[len(LINK) :]:
            cid = libipld.encode_cid(link)
            raise UnreadablePage(f"the block {cid} at byte {place:,} is not what its hash says")
        yield Block(place, written + content, link, body)
        place += len(written) + length


def survey(file: BinaryIO, collections: frozenset[str]) -> Survey:
    """Look at every block once. Raises UnreadablePage, also where the tree links a record without end."""
    header, root = read_header(file)
    nodes: dict[bytes, bytes] = {}
    commit, held = None, 0
    for block in read_blocks(file, len(header)):
        if block.link == root:
            commit = read_commit(block.body)
        elif block.body.startswith(_NODES) and block.link not in nodes:
            nodes[block.link] = block.body
            held += len(block.body)
            if held > TREE_BYTES:
                raise UnreadablePage(f"the repository's tree is larger than {TREE_BYTES:,} bytes")
    if commit is None:
        raise UnreadablePage("the CAR file lacks the block that is its root")
    paths: dict[bytes, tuple[str, ...]] = {}
    others: Counter[str] = Counter()
    tree = Tree(nodes)
    for path, link in tree.entries(commit.tree):
        collection = path.partition("/")[0]
        if collection not in collections:
            others[collection] += 1
            continue
        paths[link] = (*paths.get(link, ()), path)
        if len(paths[link]) > MOST_PATHS:
            raise UnreadablePage("the repository's tree links the same record too often")
    return Survey(commit, paths, others, tree.absent)


def _length(file: BinaryIO, place: int) -> tuple[int, bytes]:
    """An unsigned LEB128 number and its bytes; none at the end of the file."""
    value, written = 0, b""
    while byte := file.read(1):
        written += byte
        value |= (byte[0] & 0x7F) << 7 * (len(written) - 1)
        if byte[0] < 0x80:
            if value > BLOCK_BYTES:
                raise UnreadablePage(f"the block at byte {place:,} has {value:,} bytes: no server takes it")
            return value, written
        if len(written) == _LONGEST_VARINT:
            break
    if written:
        raise UnreadablePage(f"no CAR file: no length at byte {place:,}, but {written!r}")
    return 0, b""
