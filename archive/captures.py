"""Bytes kept as they were found: compressed, hashed, never changed."""

import hashlib
from collections.abc import Iterator

import zstandard
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from archive.contract import Page
from db.models import Capture, now
from db.words import CaptureKind

LEVEL = 9
"""zstd level: pages are written once and read seldom."""

WHOLE_PART = 1 << 20
"""Plain bytes of the parts of a file that is read at once."""

MAX_PAGE = 64 * 1024 * 1024
"""Plain bytes that one kept page may unpack to; ours are far smaller, a forged one is refused."""


def compress(body: bytes) -> bytes:
    """zstd, with the plain size in the frame."""
    return zstandard.ZstdCompressor(level=LEVEL).compress(body)


def plain_bytes(capture: Capture) -> bytes:
    """The bytes of one page or part, as found.

    Raises ValueError where they are not the ones whose hash was kept.
    """
    body = capture.body or b""
    if capture.encoding == "zstd":
        body = zstandard.ZstdDecompressor().decompress(body, max_output_size=MAX_PAGE)
    if hashlib.sha256(body).hexdigest() != capture.sha256:
        raise ValueError(f"capture {capture.id} ({capture.source}) does not match its hash")
    return body


def file_bytes(session: Session, file_id: int) -> Iterator[bytes]:
    """The bytes of a captured file, part by part, in order."""
    parts = select(Capture.id).where(Capture.part_of == file_id).order_by(col(Capture.number))
    for part_id in session.exec(parts).all():
        yield plain_bytes(session.get_one(Capture, part_id))


def find_file(session: Session, sha256: str, reader: str, options: dict[str, object]) -> Capture | None:
    """The captured file with these bytes that was read in this way."""
    same: ColumnElement[bool] = (col(Capture.sha256) == sha256) & (col(Capture.kind) == CaptureKind.FILE)
    for capture in session.exec(select(Capture).where(same, col(Capture.reader) == reader)):
        if capture.options == options:
            return capture
    return None


def keep_whole(session: Session, source: str, body: bytes, *, media_type: str, reader: str) -> Capture:
    """The capture of a file that was read at once, stored unless its bytes are there."""
    digest = hashlib.sha256(body).hexdigest()
    file = find_file(session, digest, reader, {})
    if file is None:
        file = Capture(
            kind=CaptureKind.FILE,
            source=source,
            media_type=media_type,
            retrieved_at=now(),
            sha256=digest,
            size=len(body),
            reader=reader,
            options={},
        )
        session.add(file)
        session.flush()
    for number, start in enumerate(range(0, len(body), WHOLE_PART)):
        piece = body[start : start + WHOLE_PART]
        keep_part(session, file, Page(source, piece, media_type, file.retrieved_at, number), None)
    return file


def keep_part(session: Session, file: Capture, page: Page, round_id: int | None) -> int:
    """The id of the capture of one page of `file`, stored unless it is there."""
    known = select(Capture.id).where(Capture.part_of == file.id, Capture.number == page.number)
    part_id = session.exec(known).first()
    if part_id is not None:
        return part_id
    part = Capture(
        kind=CaptureKind.PART,
        source=page.source,
        media_type=page.media_type,
        retrieved_at=page.retrieved_at,
        sha256=hashlib.sha256(page.body).hexdigest(),
        size=len(page.body),
        encoding="zstd",
        body=compress(page.body),
        part_of=file.id,
        number=page.number,
        round_id=round_id,
    )
    session.add(part)
    session.flush()
    assert part.id is not None  # given by the database
    return part.id
