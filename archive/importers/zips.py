"""The entries of a ZIP: listed only where nothing about the ZIP is crooked, each read with all its checks."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from archive.contract import UnreadableSource
from archive.importers.unpacking import DEFLATE, Limits, unpacked

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
"""How a ZIP begins; the second one is empty."""

OFFICE = "[Content_Types].xml"
"""An entry of every spreadsheet and text document of Office, which are ZIPs, too."""

END = struct.Struct("<4s4H2LH")
"""End of the list of entries (APPNOTE 4.3.16): signature, disks, entries, size and place of the list."""
END64 = struct.Struct("<4sQ2H2L4Q")
"""The same where numbers are larger (APPNOTE 4.3.14)."""
WHERE64 = struct.Struct("<4sLQL")
"""Where that one stands (APPNOTE 4.3.15)."""
LOCAL = struct.Struct("<4s5H3L2H")
"""What stands before an entry's bytes (APPNOTE 4.3.7)."""

ENCRYPTED = 0x1


class Plain(Protocol):
    """Bytes that are read as they come."""

    def read1(self, size: int, /) -> bytes:
        """Some bytes; none at the end."""
        ...

    def close(self) -> None:
        """No more is read."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in a ZIP, as the list of entries has it."""

    path: str
    place: int
    """Where its header begins."""
    method: int
    packed: int
    size: int
    crc: int


def entries_of(path: Path, name: str, limits: Limits) -> list[Entry]:
    """The files in a ZIP, in order of their paths.

    Raises UnreadableSource, naming the entry, for paths that lead elsewhere, links, encryption, entries that
    overlap, two of one name, too many of them.
    """
    try:
        with path.open("rb") as file:
            _check_list(file, name, limits)
            with zipfile.ZipFile(file) as opened:
                listed = opened.infolist()
                end = opened.start_dir
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise UnreadableSource(f"{name} is no whole ZIP ({error}): get it again") from error
    if len(listed) > limits.members:
        raise UnreadableSource(
            f"{name} has more than {limits.members:,} entries: unpack it, give its folders"
        )
    if not listed:
        raise UnreadableSource(f"{name} is a ZIP that lists no entry: get it again")
    for info in listed:
        _check_entry(info, name)
    _check_places(listed, end, name)
    if any(info.filename == OFFICE for info in listed):
        raise UnreadableSource(f"{name} is a spreadsheet or document of Office: save it as CSV")
    return [_entry(info) for info in sorted(listed, key=lambda one: one.filename) if not info.is_dir()]


def open_entry(path: Path, entry: Entry, name: str, limits: Limits) -> io.BufferedReader:
    """An entry's bytes, unpacked as they are read; at their end size and checksum are compared."""
    with ExitStack() as opened:
        file = opened.enter_context(path.open("rb"))
        file.seek(entry.place)
        header = file.read(LOCAL.size)
        if len(header) < LOCAL.size:
            raise UnreadableSource(f"{name}: the ZIP is cut off: get it again")
        signature, _, flags, *_, name_length, extra_length = LOCAL.unpack(header)
        if signature != b"PK\x03\x04" or flags & ENCRYPTED:
            raise UnreadableSource(f"{name} is not where the ZIP's list says: the ZIP is damaged")
        file.seek(name_length + extra_length, io.SEEK_CUR)
        opened.pop_all()  # closed with what reads it
    packed = io.BufferedReader(_Stretch(file, entry.packed, name))
    is_plain = entry.method == zipfile.ZIP_STORED
    plain: Plain = packed if is_plain else unpacked(packed, DEFLATE, name, limits)
    return io.BufferedReader(_Whole(plain, entry, name), 1 << 17)


def crooked_path(path: str) -> str | None:
    """What is wrong with the path of an entry, in a ZIP or a tar."""
    if path.startswith("/") or path[1:2] == ":":
        return "has an absolute path"
    if ".." in path.split("/"):
        return "leads out of its folder"
    if "\\" in path or "\0" in path or not path:
        return "has no usable path"
    return None


def shown(name: str) -> str:
    """A name from outside as it can be printed."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)


def _entry(info: zipfile.ZipInfo) -> Entry:
    return Entry(
        path=info.filename,
        place=info.header_offset,
        method=info.compress_type,
        packed=info.compress_size,
        size=info.file_size,
        crc=info.CRC,
    )


def _check_list(file: BinaryIO, name: str, limits: Limits) -> None:
    """Look how large the list of entries is before it is read into memory."""
    size = file.seek(0, io.SEEK_END)
    start = max(0, size - END.size - 0xFFFF)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        raise UnreadableSource(f"{name} is no whole ZIP (it is cut off): get it again")
    entries, listed = END.unpack_from(tail, at)[4:6]
    if entries == 0xFFFF or listed == 0xFFFFFFFF:
        file.seek(max(0, start + at - WHERE64.size))
        signature, _, place, _ = WHERE64.unpack(file.read(WHERE64.size))
        if signature == b"PK\x06\x07":
            file.seek(place)
            entries, listed = END64.unpack(file.read(END64.size))[7:9]
    if entries > limits.members or listed > limits.directory:
        raise UnreadableSource(
            f"{name} has more than {limits.members:,} entries: unpack it, give its folders"
        )
    file.seek(0)


def _check_entry(info: zipfile.ZipInfo, name: str) -> None:
    if crooked := _crooked(info):
        raise UnreadableSource(f"{name}: the entry {shown(info.orig_filename)[:200]!r} {crooked}: refused")


def _crooked(info: zipfile.ZipInfo) -> str | None:
    """What is wrong with an entry's path or kind."""
    if wrong := crooked_path(info.orig_filename):
        return wrong
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a symbolic link"
    if info.flag_bits & ENCRYPTED:
        return "is encrypted: unpack the ZIP with its password first"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"is compressed by method {info.compress_type}, which is not read: unpack the ZIP first"
    return None


def _check_places(listed: Sequence[zipfile.ZipInfo], end: int, name: str) -> None:
    """No two entries share bytes, or a name; none reaches into the list."""
    if any(info.header_offset < 0 for info in listed):
        raise UnreadableSource(f"{name} is no whole ZIP: get it again")
    in_order = sorted(listed, key=lambda one: one.header_offset)
    starts = [*(one.header_offset for one in in_order[1:]), end]
    for info, following in zip(in_order, starts, strict=True):
        if info.header_offset + LOCAL.size + len(info.orig_filename) + info.compress_size > following:
            raise UnreadableSource(
                f"{name}: the entry {shown(info.orig_filename)[:200]!r} overlaps the next: refused as a bomb"
            )
    paths = set()
    for info in listed:
        if info.filename in paths:
            raise UnreadableSource(f"{name} has two entries {shown(info.filename)[:200]!r}: unpack it first")
        paths.add(info.filename)


class _Stretch(io.RawIOBase):
    """Some bytes of a file, which are closed together."""

    def __init__(self, file: BinaryIO, length: int, name: str) -> None:
        super().__init__()
        self._file, self._left, self._name = file, length, name

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        some = self._file.read(min(len(buffer), self._left))
        if not some and self._left:
            raise UnreadableSource(f"{self._name}: the ZIP is cut off: get it again")
        self._left -= len(some)
        buffer[: len(some)] = some
        return len(some)


class _Whole(io.RawIOBase):
    """An entry's plain bytes, of which the ZIP says how many there are and their checksum."""

    def __init__(self, plain: Plain, entry: Entry, name: str) -> None:
        super().__init__()
        self._plain, self._entry, self._name = plain, entry, name
        self._size = self._crc = 0

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._plain.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        some = self._plain.read1(len(buffer))
        self._size += len(some)
        self._crc = zlib.crc32(some, self._crc)
        wrong = (self._size, self._crc) != (self._entry.size, self._entry.crc)
        if self._size > self._entry.size or (not some and wrong):
            raise UnreadableSource(f"{self._name} is damaged: the ZIP's checksum is another: get it again")
        buffer[: len(some)] = some
        return len(some)
