"""Compressed bytes as plain ones: unpacked as they are read, counted, refused where they are cut off."""

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

import zstandard

from archive.contract import UnreadableSource

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is unpacked before it is taken for an attack. What a file says of itself is not trusted."""

    unpacked: int = 64 << 30
    """Plain bytes in all of one file, or of all that is read of one ZIP or folder."""
    ratio: int = 250
    """Plain bytes for one packed: records of a platform, which repeat their keys, stay below 50."""
    free: int = 64 * MIB
    """Plain bytes up to which the ratio may be any."""
    members: int = 100_000
    """Entries of a ZIP, or files of a folder."""
    directory: int = 64 * MIB
    """Bytes of a ZIP's list of entries, which is held in memory."""
    layers: int = 3
    """How often a file may be compressed."""


LIMITS = Limits()


class Decoder(Protocol):
    """What unpacks one compressed stream."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended, and all was given out."""
        ...

    @property
    def hungry(self) -> bool:
        """Whether it gives nothing before it gets more."""
        ...

    @property
    def unused(self) -> bytes:
        """What was handed in behind the stream's end."""
        ...

    def unpack(self, packed: bytes, most: int) -> bytes:
        """Some more plain bytes."""
        ...


class _Zlib:
    """Deflate, bare or in gzip's frame, whose checksum zlib looks at."""

    def __init__(self, window_bits: int) -> None:
        self._inner = zlib.decompressobj(window_bits)
        self.hungry = True

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused(self) -> bytes:
        return self._inner.unused_data

    def unpack(self, packed: bytes, most: int) -> bytes:
        plain = self._inner.decompress(self._inner.unconsumed_tail + packed, most)
        self.hungry = len(plain) < most and not self._inner.unconsumed_tail
        return plain


class _Buffered:
    """bzip2 and xz, whose objects hold back themselves what they may not give yet."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def hungry(self) -> bool:
        return bool(self._inner.needs_input)

    @property
    def unused(self) -> bytes:
        return bytes(self._inner.unused_data)

    def unpack(self, packed: bytes, most: int) -> bytes:
        return bytes(self._inner.decompress(packed, most))


class _Zstd:
    """zstd. Its object gives all at once: it gets so little that this is 32 MiB at most."""

    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor(max_window_size=128 * MIB).decompressobj()
        self._held = memoryview(b"")

    @property
    def eof(self) -> bool:
        return not self._held and self._inner.eof

    @property
    def hungry(self) -> bool:
        return not self._held

    @property
    def unused(self) -> bytes:
        return self._inner.unused_data

    def unpack(self, packed: bytes, most: int) -> bytes:
        if packed:
            self._held = memoryview(self._inner.decompress(packed))
        plain, self._held = self._held[:most], self._held[most:]
        return bytes(plain)


@dataclass(frozen=True, slots=True)
class Packing:
    """One way of compressing: how it begins, and what unpacks it."""

    name: str
    magic: tuple[bytes, ...]
    decoder: Callable[[], Decoder]
    piece: int = 1 << 16
    """Packed bytes that are handed over at a time."""


PACKINGS: tuple[Packing, ...] = (
    Packing("gzip", (b"\x1f\x8b",), lambda: _Zlib(31)),
    Packing(
        "bzip2",
        tuple(
            b"BZh%d%s" % (level, block) for level in range(1, 10) for block in (b"1AY&SY", b"\x17rE8P\x90")
        ),
        lambda: _Buffered(bz2.BZ2Decompressor()),
    ),
    Packing(
        "xz",
        (b"\xfd7zXZ\x00",),
        lambda: _Buffered(lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=256 * MIB)),
    ),
    Packing("zstd", (b"\x28\xb5\x2f\xfd",), _Zstd, piece=1024),
)
"""What is unpacked while it is read, whatever the file's ending."""

DEFLATE = Packing("deflate", (), lambda: _Zlib(-15))
"""As entries of a ZIP are compressed."""

MAGIC_BYTES = 16
"""First bytes by which a packing is told."""


def packing_of(head: bytes) -> Packing | None:
    """How a file with these first bytes is compressed."""
    return next((one for one in PACKINGS if head.startswith(one.magic)), None)


class Unpacking(io.RawIOBase):
    """The plain bytes of a compressed file. Errors are UnreadableSource and name the file."""

    def __init__(self, packed: BinaryIO, packing: Packing, name: str, limits: Limits) -> None:
        super().__init__()
        self._packed, self._packing, self._name, self._limits = packed, packing, name, limits
        self._decoder = packing.decoder()
        self._rest = b""
        self._taken = self._given = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def close(self) -> None:
        """Close the packed file, too."""
        if not self.closed:
            self._packed.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        """Some plain bytes; 0 at the end, which has been checked then."""
        while True:
            if self._decoder.eof and not self._begin_next():
                return 0
            if plain := self._unpack(len(buffer)):
                self._count(len(plain))
                buffer[: len(plain)] = plain
                return len(plain)

    def _unpack(self, most: int) -> bytes:
        packed = b""
        if self._decoder.hungry:
            packed, self._rest = self._rest, b""
            packed = packed or self._take()
            if not packed:
                raise UnreadableSource(
                    f"{self._name} is cut off: its {self._packing.name} ends too early: get it again"
                )
        try:
            return self._decoder.unpack(packed, most)
        except (OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError) as error:
            raise UnreadableSource(
                f"{self._name} is damaged: no whole {self._packing.name} ({error}): get it again"
            ) from error

    def _take(self) -> bytes:
        packed = self._packed.read(self._packing.piece)
        self._taken += len(packed)
        return packed

    def _begin_next(self) -> bool:
        """Whether another stream follows, as where files were joined. Zeros between them are filling."""
        self._rest = (self._decoder.unused or self._rest).lstrip(b"\0")
        while len(self._rest) < MAGIC_BYTES and (more := self._take()):
            self._rest = (self._rest + more).lstrip(b"\0")
        self._decoder = self._packing.decoder() if self._rest else _Ended()
        if self._rest and not self._rest.startswith(self._packing.magic or b"\0"):
            raise UnreadableSource(
                f"{self._name} is damaged: what follows its end is no {self._packing.name}"
            )
        return bool(self._rest)

    def _count(self, plain: int) -> None:
        self._given += plain
        limits = self._limits
        if self._given > limits.unpacked:
            raise UnreadableSource(f"{self._name} unpacks to more than {limits.unpacked:,} bytes: refused")
        if self._given > limits.free and self._given > limits.ratio * self._taken:
            raise UnreadableSource(
                f"{self._name} unpacks to more than {limits.ratio} times its size: refused as a bomb"
            )


class _Ended:
    """Nothing more."""

    eof, hungry, unused = True, False, b""

    def unpack(self, packed: bytes, most: int) -> bytes:
        """Nothing."""
        return b""


def unpacked(packed: BinaryIO, packing: Packing, name: str, limits: Limits) -> io.BufferedReader:
    """The plain bytes of a compressed file, buffered."""
    return io.BufferedReader(Unpacking(packed, packing, name, limits), 1 << 17)
