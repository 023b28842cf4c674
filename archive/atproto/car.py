"""Repositories as servers export them: CAR files of hashed blocks, and the tree of records in them.

Formats: ipld.io/specs/transport/car/carv1 and atproto.com/specs/repository (read 2026-11). Of a difference
only the blocks that are new are there; a tree's node or a record without a block is unchanged.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

import libipld

from archive.contract import UnreadablePage

MOST_BLOCKS = 2_000_000
"""Four times the largest repositories; what a body may weigh is the client's to limit."""
DEEPEST = 128
"""Levels of a tree whose keys are placed by pairs of zero bits of a SHA-256."""
LONGEST_KEY = 1024
MOST_REPEATED = 4
"""How often a file's bytes are read: the same record may stand under a few keys, not under thousands."""

CID_BYTES = 36
LINK = b"\x01\x71\x12\x20"
"""How a CID begins: version 1, DAG-CBOR, SHA-256 of 32 bytes. The protocol allows no other for its blocks."""

_LONGEST_VARINT = 9
_PATH = re.compile(rb"[A-Za-z0-9.-]{1,317}/[A-Za-z0-9._:~-]{1,512}")
_REVISION = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")

Blocks = Mapping[bytes, bytes]
"""CID -> what it is the hash of."""


@dataclass(frozen=True, slots=True)
class Commit:
    """The root of a repository at one revision."""

    did: str
    rev: str
    tree: bytes
    """CID of the tree's root node."""


@dataclass(frozen=True, slots=True)
class Export:
    """A CAR file, its blocks not yet looked into."""

    root: bytes
    blocks: Blocks


def is_revision(text: object) -> TypeGuard[str]:
    """Whether this is a revision, or a record key that was made of a time: a TID."""
    return isinstance(text, str) and _REVISION.fullmatch(text) is not None


def read_export(body: bytes) -> Export:
    """The blocks of a CAR file, each checked against its hash. Raises UnreadablePage."""
    length, start = _varint(body, 0)
    root = read_root(body[start : start + length])
    return Export(root, dict(_blocks(body, start + length)))


def commit_of(export: Export, did: str) -> Commit | None:
    """The commit that an export is of; None where nothing is new and the file is empty.

    Raises UnreadablePage, also where it is another account's.
    """
    if not export.blocks:
        return None
    commit = read_commit(_block(export.blocks, export.root))
    if commit.did != did:
        raise UnreadablePage(f"the CAR file is of {commit.did[:80]!r}, not of {did}")
    return commit


def read_commit(body: bytes) -> Commit:
    """The commit that a block holds. Raises UnreadablePage."""
    commit = _decoded(body, "commit")
    if not isinstance(commit, dict) or not is_link(commit.get("data")):
        raise UnreadablePage("the root of the CAR file is no commit")
    if not isinstance(commit.get("did"), str):
        raise UnreadablePage("the commit does not say whose it is")
    if not is_revision(commit.get("rev")):
        raise UnreadablePage("the commit has no revision")
    return Commit(commit["did"], commit["rev"], commit["data"])


def read_root(header: bytes) -> bytes:
    """The CID of the one root that a CAR file's header names. Raises UnreadablePage."""
    said = _decoded(header, "header")
    roots = said.get("roots") if isinstance(said, dict) else None
    if not isinstance(roots, list) or len(roots) != 1 or not is_link(roots[0]):
        raise UnreadablePage(f"no repository's CAR file: its header is {header[:40]!r}")
    return roots[0]


def new_records(export: Export, tree: bytes, collections: frozenset[str]) -> Iterator[tuple[str, str, bytes]]:
    """Collection, key and bytes of each record of these collections that the export holds, by key.

    Raises UnreadablePage for a node that is none, and where the same few records are linked without end.
    """
    left = MOST_REPEATED * sum(map(len, export.blocks.values()))
    for path, link in Tree(export.blocks).entries(tree):
        collection, _, key = path.partition("/")
        if collection not in collections or link not in export.blocks:
            continue
        left -= len(export.blocks[link])
        if left < 0:
            raise UnreadablePage("the repository's tree links the same records too often")
        yield collection, key, export.blocks[link]


def decode(body: bytes) -> Any:
    """A block's value. Raises ValueError and RecursionError."""
    return libipld.decode_dag_cbor(body)


def _blocks(body: bytes, place: int) -> Iterator[tuple[bytes, bytes]]:
    count = 0
    while place < len(body):
        length, start = _varint(body, place)
        place = start + length
        link, block = body[start : start + CID_BYTES], body[start + CID_BYTES : place]
        if length < CID_BYTES or place > len(body):
            raise UnreadablePage(f"the CAR file is cut short at byte {start:,}")
        if not is_link(link) or hashlib.sha256(block).digest() != link[len(LINK) :]:
            raise UnreadablePage(f"the block at byte {start:,} is not what its hash says")
        count += 1
        if count > MOST_BLOCKS:
            raise UnreadablePage(f"the CAR file has more than {MOST_BLOCKS:,} blocks")
        yield link, block


def _varint(body: bytes, place: int) -> tuple[int, int]:
    """An unsigned LEB128 number and the place after it."""
    value = 0
    for index, byte in enumerate(body[place : place + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << 7 * index
        if byte < 0x80:
            return value, place + index + 1
    raise UnreadablePage(f"no CAR file: no length at byte {place:,}, but {body[place : place + 40]!r}")


class Tree:
    """A walk over a tree in the order of its keys, as far as its nodes are there. Raises UnreadablePage."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._seen: set[bytes] = set()
        self.absent = 0
        """Nodes that are not there."""

    def entries(self, link: object, depth: int = 0) -> Iterator[tuple[str, bytes]]:
        """Path and CID of the records below a node; `link` None: there is no such node."""
        if link is None:
            return
        if not isinstance(link, bytes) or not is_link(link):
            raise UnreadablePage("a node of the repository's tree links to no node")
        if link not in self._blocks:
            self.absent += 1
            return
        if depth > DEEPEST or link in self._seen:  # a shared node would be walked twice as often each level
            raise UnreadablePage("the repository's tree is too deep, or none")
        self._seen.add(link)
        node = _decoded(self._blocks[link], "node")
        if not isinstance(node, dict) or not isinstance(node.get("e"), list):
            raise UnreadablePage("a node of the repository's tree is none")
        yield from self.entries(node.get("l"), depth + 1)
        key = b""
        for entry in node["e"]:
            key, record, right = _entry(entry, key)
            yield key.decode("ascii"), record
            yield from self.entries(right, depth + 1)


def _entry(entry: object, before: bytes) -> tuple[bytes, bytes, object]:
    """Full key, record's CID and right subtree; a key is written without what it shares with the last."""
    if not isinstance(entry, dict):
        raise UnreadablePage("an entry of the repository's tree is none")
    shared, rest, link = entry.get("p"), entry.get("k"), entry.get("v")
    if not isinstance(shared, int) or not isinstance(rest, bytes) or not 0 <= shared <= len(before):
        raise UnreadablePage("an entry of the repository's tree has no key")
    key = before[:shared] + rest
    if len(key) > LONGEST_KEY or key <= before or not _PATH.fullmatch(key):
        raise UnreadablePage(f"an entry of the repository's tree has the key {key[:80]!r}")
    if not isinstance(link, bytes) or not is_link(link):
        raise UnreadablePage(f"{key.decode('ascii')}: the repository's tree links to no record")
    return key, link, entry.get("t")


def _block(blocks: Blocks, link: bytes) -> bytes:
    if link not in blocks:
        raise UnreadablePage("the CAR file lacks the block that is its root")
    return blocks[link]


def _decoded(body: bytes, what: str) -> Any:
    try:
        return decode(body)
    except (ValueError, RecursionError) as error:
        raise UnreadablePage(f"the {what} of the CAR file is not DAG-CBOR: {str(error)[:120]}") from error


def is_link(value: object) -> TypeGuard[bytes]:
    """Whether this is a CID of the only kind that the protocol allows for its blocks."""
    return isinstance(value, bytes) and len(value) == CID_BYTES and value.startswith(LINK)
