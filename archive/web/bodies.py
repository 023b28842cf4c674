"""The body of an answer: read to its end or not at all, unpacked, and never larger than a cap."""

import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Protocol

from archive.contract import TooLarge, Unreachable
from archive.web.passing import PassingTrouble
from archive.web.resets import parse_count

MOST_MEMBERS = 1000
"""Gzip members of one body; more are made to keep a reader busy."""

_ZLIB_OR_GZIP = zlib.MAX_WBITS | 32
_RAW = -zlib.MAX_WBITS


class Unpacking(Protocol):
    """Plain bytes of packed ones, at most so many at a time."""

    def add(self, data: bytes, most: int) -> bytes:
        """Plain bytes of the next packed ones; more than `most` means that the rest was not looked at."""
        ...

    def finish(self) -> None:
        """Raise PassingTrouble where more must have followed."""
        ...


class Plain:
    """Not packed at all."""

    def add(self, data: bytes, most: int) -> bytes:
        return data[: most + 1]

    def finish(self) -> None:
        return None


class Deflated:
    """Gzip and deflate; the latter may come `bare`, without zlib's frame (RFC 9110, 8.4.1.2)."""

    def __init__(self, *, bare: bool = False) -> None:
        self._bare = bare
        self._unpack = zlib.decompressobj(_ZLIB_OR_GZIP)
        self._begun = False
        self._members = 1

    def add(self, data: bytes, most: int) -> bytes:
        plain = bytearray()
        try:
            while data and len(plain) <= most:
                plain += self._step(data, most + 1 - len(plain))
                data = self._rest()
        except zlib.error as error:
            raise PassingTrouble(f"the answer is packed wrongly ({error})") from error
        return bytes(plain)

    def finish(self) -> None:
        if self._begun and not self._unpack.eof:
            raise PassingTrouble("the packed answer breaks off")

    def _step(self, data: bytes, most: int) -> bytes:
        try:
            return self._unpack.decompress(data, most)
        except zlib.error:
            if self._begun or not self._bare:
                raise
            self._unpack = zlib.decompressobj(_RAW)
            return self._unpack.decompress(data, most)
        finally:
            self._begun = True

    def _rest(self) -> bytes:
        """What is still to be unpacked: the tail, or a further member. Else what follows is padding."""
        if not self._unpack.eof:
            return self._unpack.unconsumed_tail
        rest = self._unpack.unused_data
        if not rest.startswith(b"\x1f\x8b"):
            return b""
        self._members += 1
        if self._members > MOST_MEMBERS:
            raise PassingTrouble("the answer is packed in too many pieces")
        self._unpack = zlib.decompressobj(_ZLIB_OR_GZIP)
        return rest


CODINGS: dict[str, Callable[[], Unpacking]] = {
    "": Plain,
    "identity": Plain,
    "gzip": Deflated,
    "x-gzip": Deflated,
    "deflate": partial(Deflated, bare=True),
}
"""What servers may do to a body; we ask for gzip."""


def read_body(headers: Mapping[str, str], chunks: Iterable[bytes], cap: int) -> bytes:
    """The plain bytes of a body. `headers` with names in lower case; `cap` holds for packed and plain bytes.

    Raises TooLarge, PassingTrouble where it is not whole, Unreachable for a packing that nobody asked for.
    """
    if (parse_count(headers.get("content-length", "")) or 0) > cap:
        raise _too_large(cap)
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in CODINGS:
        raise Unreachable(f"the answer is packed as {coding[:40]!r}, which was not asked for")
    unpacking, packed, plain = CODINGS[coding](), 0, bytearray()
    for chunk in chunks:
        packed += len(chunk)
        plain += unpacking.add(chunk, cap - len(plain))
        if packed > cap or len(plain) > cap:
            raise _too_large(cap)
    unpacking.finish()
    return bytes(plain)


def _too_large(cap: int) -> TooLarge:
    return TooLarge(f"the answer is larger than {cap / (1 << 20):,.0f} MiB")
