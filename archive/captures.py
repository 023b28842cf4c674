"""Bytes kept as they were found: compressed, hashed, never changed."""

import hashlib
from collections.abc import Iterator
from typing import Any

import zstandard
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from archive.contract import Page, UnreadableSource
from archive.integrity.log import log_rewritten
from db.models import Capture, CaptureChange, now
from db.words import CaptureKind

LEVEL = 6
"""zstd level: half the time of 9 for 5 % more bytes (answers of X's API, pages of 1 MB)."""

WHOLE_PART = 1 << 20
"""Plain bytes of the parts of a file that is read at once."""

PLACE = "page"
"""In a part's options: what its page was within the file."""

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
        body = _unpacked(body, capture)
    if hashlib.sha256(body).hexdigest() != capture.sha256:
        raise ValueError(f"capture {capture.id} ({capture.source}) does not match its hash")
    return body


def _unpacked(body: bytes, capture: Capture) -> bytes:
    """Raises ValueError, before memory is taken for what a damaged head promises."""
    try:
        if zstandard.frame_content_size(body) <= MAX_PAGE:
            return zstandard.ZstdDecompressor().decompress(body, max_output_size=MAX_PAGE)
    except zstandard.ZstdError as error:
        raise ValueError(f"capture {capture.id} ({capture.source}) cannot be unpacked: {error}") from error
    raise ValueError(f"capture {capture.id} ({capture.source}) claims to unpack to more than it may")


def file_bytes(session: Session, file_id: int | None) -> Iterator[bytes]:
    """The bytes of a captured file, part by part, in order."""
    parts = select(Capture.id).where(Capture.part_of == file_id).order_by(col(Capture.number))
    for part_id in session.exec(parts).all():
        yield plain_bytes(session.get_one(Capture, part_id))


def reader_of(session: Session, capture: Capture) -> str | None:
    """Name and version of what reads a capture: of a part, what reads its file."""
    if capture.part_of is not None:
        return session.get_one(Capture, capture.part_of).reader
    return capture.reader


def format_of(session: Session, capture: Capture) -> str | None:
    """The record format of a file's records (`twarc-v2-1`), where it has one; of a part, of its file's."""
    if capture.part_of is not None:
        return format_of(session, session.get_one(Capture, capture.part_of))
    found = (capture.options or {}).get("record")
    return found if isinstance(found, str) else None


def page_of(capture: Capture) -> Page:
    """A kept page or part as its reader saw it.

    Raises ValueError where the bytes are not the ones whose hash was kept.
    """
    told = dict(capture.options or {})
    place = told.pop(PLACE, {}) if capture.part_of is not None else {}
    return Page(
        source=capture.source,
        body=plain_bytes(capture),
        media_type=capture.media_type,
        retrieved_at=capture.retrieved_at,
        number=capture.number or 0,
        context=told,
        **place,
    )


def keep_file(
    session: Session,
    *,
    source: str,
    media_type: str,
    sha256: str,
    size: int,
    reader: str,
    options: dict[str, Any],
    round_id: int | None = None,
) -> Capture:
    """The capture of a file, whose bytes its parts will hold; the one that is there if it was read alike."""
    same: ColumnElement[bool] = _came_as(sha256) & (col(Capture.kind) == CaptureKind.FILE)
    for known in session.exec(select(Capture).where(same, col(Capture.reader) == reader)):
        if known.options == options:
            return known
    file = Capture(
        kind=CaptureKind.FILE,
        source=source,
        media_type=media_type,
        retrieved_at=now(),
        sha256=sha256,
        size=size,
        reader=reader,
        options=options,
        round_id=round_id,
    )
    session.add(file)
    session.flush()
    return file


def _came_as(sha256: str) -> ColumnElement[bool]:
    """That a capture was kept, or rewritten by forgetting, from bytes with this hash."""
    before = select(CaptureChange.capture_id).where(CaptureChange.sha256_before == sha256)
    return (col(Capture.sha256) == sha256) | col(Capture.id).in_(before)


def _is_rewritten(session: Session, capture_id: int) -> bool:
    """Whether a capture's bytes are not those that came: something of it was forgotten."""
    found = select(CaptureChange.id).where(CaptureChange.capture_id == capture_id)
    return session.exec(found.limit(1)).first() is not None


def rehash_file(session: Session, file_id: int | None) -> None:
    """Give a file the hash and size of the bytes that its parts hold: it changed while they were kept."""
    file, digest, size = session.get_one(Capture, file_id), hashlib.sha256(), 0
    for body in file_bytes(session, file.id):
        digest.update(body)
        size += len(body)
    file.sha256, file.size = digest.hexdigest(), size
    session.add(file)
    log_rewritten(session, [file.id] if file.id is not None else ())


def keep_whole(session: Session, source: str, body: bytes, *, media_type: str, reader: str) -> Capture:
    """The capture of a file that was read at once, stored unless its bytes are there."""
    file = keep_file(
        session,
        source=source,
        media_type=media_type,
        sha256=hashlib.sha256(body).hexdigest(),
        size=len(body),
        reader=reader,
        options={},
    )
    for number, start in enumerate(range(0, len(body), WHOLE_PART)):
        piece = body[start : start + WHOLE_PART]
        keep_part(session, file, Page(source, piece, media_type, file.retrieved_at, number), None)
    return file


def keep_page(session: Session, page: Page, reader: str, round_id: int | None) -> int:
    """The id of the capture of one response; the one that is there where an address gave the same bytes."""
    digest = hashlib.sha256(page.body).hexdigest()
    same = select(Capture.id, Capture.options).where(
        Capture.sha256 == digest,
        Capture.kind == CaptureKind.PAGE,
        Capture.source == page.source,
        Capture.reader == reader,
    )
    context = dict(page.context)
    for known, options in session.exec(same):
        if known is not None and options == context:
            return known
    capture = Capture(
        kind=CaptureKind.PAGE,
        source=page.source,
        media_type=page.media_type,
        retrieved_at=page.retrieved_at,
        sha256=digest,
        size=len(page.body),
        encoding="zstd",
        body=compress(page.body),
        reader=reader,
        options=context,
        round_id=round_id,
    )
    session.add(capture)
    session.flush()
    assert capture.id is not None  # given by the database
    return capture.id


def keep_part(
    session: Session,
    file: Capture,
    page: Page,
    round_id: int | None,
    *,
    digest: str | None = None,
    body: bytes | None = None,
) -> int:
    """The id of the capture of one page of `file`, stored unless it is there.

    `digest`, `body`: the page's hash and its compressed bytes, where they are made already.

    Raises UnreadableSource where other bytes are there: the file is no longer what it was.
    """
    digest = digest or hashlib.sha256(page.body).hexdigest()
    there = select(Capture.id, Capture.sha256).where(
        Capture.part_of == file.id, Capture.number == page.number
    )
    known = session.exec(there).first()
    if known is not None:
        part_id, kept = known
        if part_id is None or (kept != digest and not _is_rewritten(session, part_id)):
            raise UnreadableSource(f"{page.source} changed while it was read: import it again")
        return part_id
    part = Capture(
        kind=CaptureKind.PART,
        source=page.source,
        media_type=page.media_type,
        retrieved_at=page.retrieved_at,
        sha256=digest,
        size=len(page.body),
        encoding="zstd",
        body=body or compress(page.body),
        part_of=file.id,
        number=page.number,
        options=_told_of(page),
        round_id=round_id,
    )
    session.add(part)
    session.flush()
    assert part.id is not None  # given by the database
    return part.id


def _told_of(page: Page) -> dict[str, Any]:
    """What the reader must know of a part to read it again that its bytes do not say."""
    place: dict[str, Any] = {"first_line": page.first_line}
    place |= {name: True for name in ("oversized", "continued") if getattr(page, name)}
    return {PLACE: place, **page.context}
