"""The entries of a tar archive: all read through once, refused where anything about the tar is crooked."""

import io
import tarfile
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from archive.contract import UnreadableSource
from archive.importers.unpacking import MIB, Limits, packing_of
from archive.importers.zips import crooked_path, shown
from archive.sniffing import find_magic

BLOCK = tarfile.BLOCKSIZE

REGULAR = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)
LONG_NAME = (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
FOR_NEXT = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE)
FOR_ALL = tarfile.XGLTYPE

REFUSED = {
    tarfile.SYMTYPE: "is a symbolic link",
    tarfile.LNKTYPE: "is a hard link: unpack the tar first",
    tarfile.CHRTYPE: "is a device",
    tarfile.BLKTYPE: "is a device",
    tarfile.FIFOTYPE: "is a pipe",
    tarfile.GNUTYPE_SPARSE: "is sparse, which is not read: unpack the tar first",
}
"""Kinds of entries -> what is said of them."""

LONGEST_HEADER = MIB
"""Bytes of a long name, or of PAX's words on an entry, which are held in memory."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in a tar."""

    path: str
    place: int
    """Where its bytes begin: in the tar, or in the temporary file."""
    size: int


@dataclass(frozen=True, slots=True)
class Listed:
    """The files in a tar, in order of their paths."""

    entries: list[Entry]
    others: list[tuple[str, str]]
    """Paths of pictures, films and the like, which are not kept, each with what it is."""


class Kept:
    """A temporary file for the members of a compressed tar: it goes with the last that refers to it."""

    def __init__(self) -> None:
        self.file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the finalizer)
        weakref.finalize(self, self.file.close)


def is_tar(head: bytes) -> bool:
    """Whether a file whose first 512 bytes are these is a tar; old ones show it by their checksum alone."""
    if head[257:262] == b"ustar" and b"\0" in head[:257]:
        return True
    try:
        tarfile.TarInfo.frombuf(head[:BLOCK], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def entries_of(stream: BinaryIO, name: str, limits: Limits, kept: Kept | None = None) -> Listed:
    """The files in a tar, which is read to its end; into `kept` go the bytes of those that may be statements.

    Raises UnreadableSource, naming the entry, for what is cut off or damaged, paths that lead elsewhere,
    links, devices, sparse files, two entries of one name, too many of them.
    """
    walk = _Walk(stream, name, limits)
    entries: dict[str, Entry] = {}
    others: dict[str, str] = {}
    for member in walk.members():
        if member.path in entries or member.path in others:
            raise UnreadableSource(f"{name} has two entries {shown(member.path)[:200]!r}: unpack it first")
        place = walk.place if kept is None else kept.file.tell()
        head = walk.read(min(member.size, BLOCK))
        what = _foreign(head)
        walk.copy(member.size - len(head), head, kept.file if kept and not what else None)
        if what:
            others[member.path] = what
        else:
            entries[member.path] = Entry(member.path, place, member.size)
    walk.finish()
    return Listed([entries[path] for path in sorted(entries)], sorted(others.items()))


def open_entry(where: Path | Kept, entry: Entry, name: str) -> io.BufferedReader:
    """An entry's bytes, as often as they are wanted."""
    return io.BufferedReader(_Part(where, entry, name), 1 << 17)


def _foreign(head: bytes) -> str | None:
    """What a file is that surely is none of statements. A text is looked at more closely later."""
    return None if packing_of(head) or b"\0" not in head else find_magic(head)


@dataclass(slots=True)
class _Said:
    """What headers before an entry's own one say of it."""

    long_name: bytes | None = None
    pax: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Member:
    path: str
    size: int


class _Walk:
    """The way through a tar, header by header; `tarfile` takes a damaged header for the tar's end."""

    def __init__(self, stream: BinaryIO, name: str, limits: Limits) -> None:
        self._stream, self._name, self._limits = stream, name, limits
        self._at = "before its first entry"
        self._headers = 0
        self.place = 0

    def members(self) -> Iterator[_Member]:
        """The regular files. Of each the bytes are to be read before the next is asked for."""
        said, for_all, number = _Said(), dict[str, bytes](), 0
        while (info := self._header()) is not None:
            if info.type in LONG_NAME:
                text = self._extension(info).split(b"\0", 1)[0]
                said.long_name = text if info.type == tarfile.GNUTYPE_LONGNAME else said.long_name
            elif info.type in FOR_NEXT:
                said.pax |= self._pax(self._extension(info))
            elif info.type == FOR_ALL:
                for_all |= self._pax(self._extension(info))
            else:
                number += 1
                if number > self._limits.members:
                    raise self._too_many()
                member = self._member(info, said, for_all)
                said = _Said()
                if member:
                    yield member
                    self._skip_filling(member.size)

    def read(self, size: int) -> bytes:
        """So many bytes."""
        found = self._stream.read(size)
        self.place += len(found)
        if len(found) < size:
            raise UnreadableSource(f"{self._name} is cut off {self._at}: get it again")
        return found

    def copy(self, size: int, head: bytes, into: BinaryIO | None) -> None:
        """Go on by so many bytes; write them, behind `head`, into a file."""
        piece = head
        while True:
            if into:
                self._write(into, piece)
            if not size:
                return
            piece = self.read(min(size, MIB))
            size -= len(piece)

    def finish(self) -> None:
        """Read what is behind the end: zeros, and what a packing still has to check."""
        while rest := self._stream.read(MIB):
            if rest.strip(b"\0"):
                raise UnreadableSource(
                    f"{self._name}: more follows the tar's end: unpack it, give its folder"
                )

    def _header(self) -> tarfile.TarInfo | None:
        """The next header; None at the end."""
        block = self.read(BLOCK)
        if not block.strip(b"\0"):
            return None
        try:
            return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except tarfile.HeaderError as error:
            raise self._damaged(str(error)) from error

    def _extension(self, info: tarfile.TarInfo) -> bytes:
        """What a header has instead of a file."""
        self._headers += info.size
        if not 0 <= info.size <= LONGEST_HEADER:
            raise self._damaged(f"a header of {info.size:,} bytes")
        if self._headers > self._limits.directory:
            raise self._too_many()
        body = self.read(info.size)
        self._skip_filling(info.size)
        return body

    def _pax(self, body: bytes) -> dict[str, bytes]:
        """PAX's words: `12 path=a/b` and a line break each, the length of all before it."""
        found: dict[str, bytes] = {}
        body, at = body.rstrip(b"\0"), 0
        while at < len(body):
            digits = body[at : at + 8].split(b" ", 1)[0]
            end = at + int(digits) if digits.isdigit() else 0
            key, sign, value = body[at + len(digits) + 1 : end].partition(b"=")
            if end > len(body) or not sign or not value.endswith(b"\n"):
                raise self._damaged("bad PAX header")
            found[key.decode("utf-8", "replace")] = value[:-1]
            at = end
        return found

    def _member(self, info: tarfile.TarInfo, said: _Said, for_all: Mapping[str, bytes]) -> _Member | None:
        """A regular file; None for a folder."""
        pax = {**for_all, **said.pax}
        long_name = pax.get("path", said.long_name)
        full = info.name if long_name is None else long_name.decode("utf-8", "surrogateescape")
        self._at = f"at the entry {shown(full)[:200]!r}"
        size = info.size
        if "size" in pax:
            size = int(pax["size"]) if pax["size"].isdigit() and len(pax["size"]) < 20 else -1
        if size < 0:
            raise self._damaged("bad size")
        # Old tars mark a folder by its name alone.
        is_folder = info.isdir() or (info.type in REGULAR and full.endswith("/") and not size)
        if wrong := _crooked(info, full, pax, is_folder):
            raise UnreadableSource(f"{self._name}: the entry {shown(full)[:200]!r} {wrong}: refused")
        return None if is_folder else _Member(_straight(full), size)

    def _skip_filling(self, size: int) -> None:
        self.read(-size % BLOCK)

    def _write(self, into: BinaryIO, piece: bytes) -> None:
        try:
            into.write(piece)
        except OSError as error:
            raise UnreadableSource(
                f"{self._name} cannot be unpacked into {tempfile.gettempdir()} ({error.strerror}):"
                " let TMPDIR name a folder with more room"
            ) from error

    def _damaged(self, why: str) -> UnreadableSource:
        return UnreadableSource(f"{self._name} is damaged {self._at}: no whole tar ({why}): get it again")

    def _too_many(self) -> UnreadableSource:
        return UnreadableSource(
            f"{self._name} has more than {self._limits.members:,} entries: unpack it, give its folders"
        )


def _crooked(info: tarfile.TarInfo, path: str, pax: Mapping[str, bytes], is_folder: bool) -> str | None:
    """What is wrong with an entry's path or kind."""
    if wrong := crooked_path(path):
        return wrong
    if any(key.startswith("GNU.sparse.") for key in pax):
        return REFUSED[tarfile.GNUTYPE_SPARSE]
    if is_folder:
        return None
    if info.type not in REGULAR:
        return REFUSED.get(info.type, "is of a kind that is not read: unpack the tar first")
    return "has no usable path" if path.endswith("/") or not _straight(path) else None


def _straight(path: str) -> str:
    """A path without `./`, which tars of a folder's content have before each name."""
    return "/".join(part for part in path.split("/") if part not in ("", "."))


class _Part(io.RawIOBase):
    """One entry's bytes: of the tar, which is closed with them, or of the temporary file, which stays."""

    def __init__(self, where: Path | Kept, entry: Entry, name: str) -> None:
        super().__init__()
        self._where, self._name = where, name
        self._file = where.file if isinstance(where, Kept) else where.open("rb")
        self._next, self._end = entry.place, entry.place + entry.size

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if not isinstance(self._where, Kept):
            self._file.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        self._file.seek(self._next)  # others may read the temporary file in between
        some = self._file.read(min(len(buffer), self._end - self._next))
        if not some and self._next < self._end:
            raise UnreadableSource(f"{self._name}: the tar is cut off: get it again")
        self._next += len(some)
        buffer[: len(some)] = some
        return len(some)
