"""HTTP answers as an archive of the web keeps them: their plain bytes, unpacked within bounds."""

import http.client
import io
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

UNPACKED_BYTES = 32 << 20
"""What an answer may unpack to."""
WINDOW_BYTES = 8 << 20
"""What RFC 9659 allows an answer packed by zstd to look back."""
GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"


class WrongAnswer(ValueError):
    """An answer that cannot be read; the message says why."""


class NeedsBrotli(WrongAnswer):
    """An answer is packed by Brotli, and the library that reads it is not installed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    """Plain."""

    @property
    def media_type(self) -> str:
        """IANA's name of what the server says that it is, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def read_answer(block: bytes) -> Answer:
    """The answer that a record holds.

    Writers differ in whether they keep an answer as it was sent or unpacked, with the same headers: what
    is not packed as its headers say is taken as it is. Raises WrongAnswer.
    """
    status, headers, body = _parts(block)
    if "chunked" in headers.get("transfer-encoding", "").lower():
        joined = _joined(block)
        body = body if joined is None else joined
    packed_by = [one.strip().lower() for one in headers.get("content-encoding", "").split(",")]
    for one in reversed(packed_by):
        if one in ("", "identity"):
            continue
        if one not in PACKED:
            raise WrongAnswer(f"an answer packed by {one[:40]!r}, which is not read")
        body = PACKED[one](body)
    return Answer(status, headers, body)


def _parts(block: bytes) -> tuple[int, dict[str, str], bytes]:
    file = io.BytesIO(block)
    first = file.readline(1 << 16).split(None, 2)
    if len(first) < 2 or not first[0].startswith(b"HTTP/") or not first[1].isdigit() or len(first[1]) != 3:
        raise WrongAnswer(f"no answer by HTTP but {block[:40]!r}")
    try:
        said = http.client.parse_headers(file)
    except http.client.HTTPException as error:
        raise WrongAnswer(f"headers that cannot be read: {str(error)[:80]}") from error
    headers: dict[str, str] = {}
    for name, value in said.items():
        headers.setdefault(name.lower(), str(value).strip())
    return int(first[1]), headers, file.read()


class _Socket:
    """The bytes of a record in the place of a connection."""

    def __init__(self, block: bytes) -> None:
        self._block = block

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._block)


def _joined(block: bytes) -> bytes | None:
    """The chunks of a body put together; None where it is not in chunks."""
    line, end, rest = block.partition(b"\n")
    response = http.client.HTTPResponse(_Socket(b"HTTP/1.1 " + line.partition(b" ")[2] + end + rest))  # type: ignore[arg-type]
    try:
        response.begin()
        return response.read()
    except (http.client.HTTPException, ValueError, OverflowError):
        return None


def _gzip(body: bytes) -> bytes:
    return _inflated(body, 16 + zlib.MAX_WBITS) if body.startswith(GZIP) else body


def _deflate(body: bytes) -> bytes:
    """By zlib, as the standard has it, or bare, as some servers do."""
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        try:
            return _inflated(body, bits)
        except WrongAnswer:
            continue
    return body


def _inflated(body: bytes, bits: int) -> bytes:
    unpacking = zlib.decompressobj(bits)
    try:
        plain = unpacking.decompress(body, UNPACKED_BYTES + 1)
    except zlib.error as error:
        raise WrongAnswer(f"an answer that cannot be unpacked: {error}") from error
    if len(plain) > UNPACKED_BYTES:
        raise WrongAnswer(f"an answer that unpacks to more than {UNPACKED_BYTES:,} bytes")
    if not unpacking.eof:
        raise WrongAnswer("an answer that is cut short")
    return plain


def _brotli(body: bytes) -> bytes:
    """Brotli has no mark to know it by: what is UTF-8 text is taken to be unpacked."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return _unbrotlied(body)
    return body


def _zstd(body: bytes) -> bytes:
    if not body.startswith(ZSTD):
        return body
    import zstandard

    try:
        with zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES).stream_reader(body) as unpacking:
            plain = unpacking.read(UNPACKED_BYTES + 1)
    except zstandard.ZstdError as error:
        raise WrongAnswer(f"an answer that cannot be unpacked: {str(error)[:80]}") from error
    if len(plain) > UNPACKED_BYTES:
        raise WrongAnswer(f"an answer that unpacks to more than {UNPACKED_BYTES:,} bytes")
    return plain


def _unbrotlied(body: bytes) -> bytes:
    try:
        import brotli
    except ImportError as error:
        raise NeedsBrotli("an answer packed by Brotli: install hustings[warc] to read it") from error
    unpacking = brotli.Decompressor()
    try:
        plain: bytes = unpacking.process(body, output_buffer_limit=UNPACKED_BYTES)
        while not unpacking.is_finished() and len(plain) <= UNPACKED_BYTES:
            more: bytes = unpacking.process(b"", output_buffer_limit=UNPACKED_BYTES)
            if not more:
                raise WrongAnswer("an answer that is cut short")
            plain += more
    except brotli.error as error:
        raise WrongAnswer(f"an answer that cannot be unpacked: {str(error)[:80]}") from error
    if len(plain) > UNPACKED_BYTES:
        raise WrongAnswer(f"an answer that unpacks to more than {UNPACKED_BYTES:,} bytes")
    return plain


PACKED: Mapping[str, Callable[[bytes], bytes]] = {
    "br": _brotli,
    "deflate": _deflate,
    "gzip": _gzip,
    "x-gzip": _gzip,
    "zstd": _zstd,
}
"""How an answer is packed, by IANA's names of content codings -> what unpacks it."""
