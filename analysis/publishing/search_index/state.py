"""What an index keeps of itself for the next run: untrusted when it is read again."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple, TypeVar

import msgspec

from analysis.publishing.search_index.contract import Row, Speaker, UnreadableIndex
from analysis.publishing.search_index.folding import rules
from analysis.publishing.search_index.rows import Entry, encode

STATE = "state.json"
"""In the folder of each segment, and beside them."""

VERSION = 1
"""Of what the files of an index look like: raise it with every change."""

_NAME = re.compile(r"\d{4}-W\d{2}|undated")
_PART = re.compile(r"columns\.js|(docs|words)-\d{1,6}\.js")


class Part(NamedTuple):
    """One file of a segment."""

    name: str
    size: int
    sha256: str


class SpeakerState(NamedTuple):
    """What a segment holds of one speaker."""

    speaker: Speaker
    statements: int
    digest: str


class Segment(NamedTuple):
    """What is known of a segment without opening its files."""

    name: str
    version: str
    parts: tuple[Part, ...]
    speakers: tuple[SpeakerState, ...]
    of: tuple[int, ...]
    """The speaker of each document."""
    kinds: dict[str, int]
    """Name -> statements; "" where none was found. So for the two that follow."""
    tones: dict[str, int]
    targets: dict[str, int]
    newest: int | None
    oldest: int | None

    @property
    def digests(self) -> Mapping[Speaker, str]:
        """What each speaker's statements hash to."""
        return {one.speaker: one.digest for one in self.speakers}


class _Index(NamedTuple):
    made: str
    segments: tuple[str, ...]


def _made() -> str:
    """By which format and rules an index was made."""
    return f"{VERSION}-{hashlib.sha256(encode(rules())).hexdigest()[:16]}"


def keep_names(folder: Path, names: tuple[str, ...]) -> None:
    """Note which segments an index has."""
    (folder / STATE).write_bytes(encode(_Index(_made(), names)))


def segments_in(folder: Path) -> dict[str, Segment]:
    """The segments of an index by name. Raises UnreadableIndex."""
    index = _decoded(folder / STATE, _Index)
    if index.made != _made():
        raise UnreadableIndex(f"{folder / STATE}: made by other rules: {index.made}")
    for name in index.segments:
        if not _NAME.fullmatch(name):
            raise UnreadableIndex(f"{folder / STATE}: {name!r} is no name of a segment")
    return {name: _segment(folder, name) for name in index.segments}


def _segment(folder: Path, name: str) -> Segment:
    path = folder / name / STATE
    found = _decoded(path, Segment)
    if found.name != name or not all(_PART.fullmatch(part.name) for part in found.parts):
        raise UnreadableIndex(f"{path}: names what is not of its segment")
    for part in found.parts:
        _check_size(folder / name / part.name, part.size)
    return found


def _check_size(path: Path, size: int) -> None:
    try:
        state = path.lstat()
    except OSError as error:
        raise UnreadableIndex(f"{path}: {error.strerror}") from error
    if not S_ISREG(state.st_mode) or state.st_size != size:
        raise UnreadableIndex(f"{path}: not the file that was written")


def entries_in(folder: Path, segment: Segment) -> Iterator[Entry]:
    """The statements of a segment, in its order. Raises UnreadableIndex."""
    rows = [row for part in segment.parts if part.name.startswith("docs") for row in _rows(folder, part)]
    if len(rows) != len(segment.of) or not all(0 <= n < len(segment.speakers) for n in segment.of):
        raise UnreadableIndex(f"{folder / STATE}: does not fit the documents")
    for number, row in zip(segment.of, rows, strict=True):
        yield Entry(segment.speakers[number].speaker, row, encode(row))


def _rows(folder: Path, part: Part) -> list[Row]:
    content = _read(folder / part.name)
    if hashlib.sha256(content).hexdigest() != part.sha256:
        raise UnreadableIndex(f"{folder / part.name}: not the file that was written")
    # The call ends with its only array, whose rows stand on lines of their own.
    array = content[content.index(b"[") : content.rindex(b"]") + 1]
    return _parsed(folder / part.name, array, list[Row])


Typed = TypeVar("Typed")


def _decoded(path: Path, kind: type[Typed]) -> Typed:
    return _parsed(path, _read(path), kind)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableIndex(f"{path}: {error.strerror}") from error


def _parsed(path: Path, content: bytes, kind: type[Typed]) -> Typed:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        raise UnreadableIndex(f"{path}: {error}") from error
