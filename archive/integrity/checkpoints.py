"""Checkpoints: how long the log was at a time, and the hash of all of it, as a note to be kept elsewhere.

The text is that of C2SP's tlog-checkpoint, its signatures are those of C2SP's signed-note.
"""

import base64
import binascii
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from archive.integrity.log import entries_behind
from archive.integrity.merkle import Tree, leaf_hash
from db.errors import Refusal

ORIGIN = "hustings/"
SIGNED = "\N{EM DASH} "
_TIME = "time "
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
ROOT_BYTES = 32
NAME_BYTES = 16


class WrongCheckpoint(Refusal):
    """This is no checkpoint of this archive, or there is none to be made."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log."""

    archive: str
    """Which archive's: the beginning of the hash of its log's first leaf, hexadecimal."""
    size: int
    """Entries of the log."""
    root: bytes
    at: datetime
    signatures: tuple[str, ...] = ()
    """Lines of the note, without their dashes: a name, and a key's hash with the signature in base64."""

    @property
    def origin(self) -> str:
        return f"{ORIGIN}{self.archive}"

    @property
    def text(self) -> str:
        """What is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\n{_TIME}{self.at.isoformat(timespec='seconds')}\n"

    def render(self) -> str:
        """The note as it is kept in a file."""
        return self.text + "\n" + "".join(f"{SIGNED}{line}\n" for line in self.signatures)

    def signed(self, signature: str) -> "Checkpoint":
        """The same with one more signature."""
        return replace(self, signatures=(*self.signatures, signature))


def make_checkpoint(connection: Connection, at: datetime) -> Checkpoint:
    """The log as it is now. Raises WrongCheckpoint where nothing is in it."""
    tree, first = Tree(), b""
    for _, entry, _ in entries_behind(connection, 0):
        hashed = leaf_hash(entry.leaf)
        first = first or hashed
        tree.add(hashed)
    if not first:
        raise WrongCheckpoint("nothing was kept yet: there is nothing to make a checkpoint of")
    return Checkpoint(first[:NAME_BYTES].hex(), tree.size, tree.root, at.astimezone(UTC))


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in a file. Raises WrongCheckpoint, OSError."""
    try:
        return parse_checkpoint(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, WrongCheckpoint) as error:
        raise WrongCheckpoint(f"{path}: {error}") from error


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a note. Raises WrongCheckpoint."""
    body, blank, rest = text.partition("\n\n")
    lines = body.split("\n")
    if not blank or len(lines) < 4 or not lines[0].startswith(ORIGIN) or not _SIZE.fullmatch(lines[1]):
        raise WrongCheckpoint("this is no checkpoint of an archive: `hustings checkpoint` writes them")
    signatures = [line.removeprefix(SIGNED) for line in rest.splitlines() if line.startswith(SIGNED)]
    try:
        root = base64.b64decode(lines[2], validate=True)
        at = datetime.fromisoformat(lines[3].removeprefix(_TIME))
    except (binascii.Error, ValueError) as error:
        raise WrongCheckpoint(f"the checkpoint is damaged: {error}") from error
    found = Checkpoint(lines[0].removeprefix(ORIGIN), int(lines[1]), root, at, tuple(signatures))
    if len(root) != ROOT_BYTES or at.tzinfo is None or found.text != body + "\n":
        raise WrongCheckpoint("the checkpoint is damaged: it is not written as one is")
    return found
