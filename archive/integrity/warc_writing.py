"""Records of WARC/1.1 (ISO 28500:2017) as they are written."""

import base64
import uuid
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

VERSION = b"WARC/1.1\r\n"
WINDOW = 31
"""Of zlib: the largest, with gzip's head and end."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record, whose block comes in pieces."""

    kind: str
    """Such as `response`."""
    about: str
    """What it is of; the same gives it the same id."""
    at: datetime
    media_type: str
    size: int
    """Bytes of the block."""
    block: Iterable[bytes]
    target: str | None = None
    digest: bytes | None = None
    """SHA-256 of the block."""
    more: tuple[tuple[str, str], ...] = ()
    """Further fields."""

    @property
    def id(self) -> str:
        return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'hustings:{self.kind}:{self.about}')}>"


def write_record(file: BinaryIO, record: Record, *, packed: bool) -> None:
    """`packed`: as one member of gzip, as `.warc.gz` has them. Raises ValueError for a wrong size."""
    pieces = _pieces(record)
    for piece in _packed(pieces) if packed else pieces:
        file.write(piece)


def _pieces(record: Record) -> Iterator[bytes]:
    fields = [
        ("WARC-Type", record.kind),
        ("WARC-Record-ID", record.id),
        ("WARC-Date", record.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")),
        ("WARC-Target-URI", record.target),
        ("WARC-Block-Digest", _stated(record.digest)),
        *record.more,
        ("Content-Type", record.media_type),
        ("Content-Length", str(record.size)),
    ]
    lines = (f"{name}: {one_line(value)}\r\n".encode() for name, value in fields if value is not None)
    yield VERSION + b"".join(lines) + b"\r\n"
    left = record.size
    for piece in record.block:
        left -= len(piece)
        yield piece
    if left:
        raise ValueError(f"the block of {record.about} is {left:+,} bytes from its size")
    yield b"\r\n\r\n"


def _stated(digest: bytes | None) -> str | None:
    return f"sha256:{base64.b32encode(digest).decode()}" if digest is not None else None


def _packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packing = zlib.compressobj(wbits=WINDOW)
    for piece in pieces:
        yield packing.compress(piece)
    yield packing.flush()


def one_line(value: str) -> str:
    """A value that ends no line: nobody who names a page can add a field."""
    return " ".join("".join(one if one.isprintable() else " " for one in value).split())
