"""The captures as a WARC file, which other archives of the web read, without credentials.

Pages that statements were read from are `response` records. What their servers sent before the body is not
kept: the status and the few lines there are made from what is known. All other captures are `resource`
records. The records of WARC files that were imported go on as they came, but for requests.
"""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlmodel import Session, col, func, select

from archive.captures import file_bytes, plain_bytes
from archive.importers.warc_records import WarcRecord, WrongWarc, read_pieces
from archive.integrity.reporting import Tell
from archive.integrity.warc_writing import Record, one_line, write_record
from archive.precedence import stem_of
from archive.times import WrongTime, parse_moment
from archive.web.redaction import REDACTED, without_secrets
from db.errors import Refusal
from db.files import whole_or_not
from db.models import Capture, StatementCapture
from db.release import release
from db.words import CaptureKind

SECRET_FIELDS = frozenset(
    {b"authorization", b"cookie", b"proxy-authorization", b"set-cookie", b"set-cookie2", b"x-api-key"}
)
"""Lines of an HTTP head whose values are never written."""

KEPT = frozenset({"response", "resource", "conversion"})
"""Kinds of records of imported WARC files that go on. A request may hold a password."""

WARC = "warc"
PACKED = ".gz"


class NoExport(Refusal):
    """The file cannot be written; the message says why."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of the captures."""

    captures: int
    records: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Why -> how many records or captures."""
    damaged: int = 0

    def __str__(self) -> str:
        left_out = "".join(f"; left out: {count:,} x {why}" for why, count in sorted(self.left_out.items()))
        return f"{self.captures:,} captures, {self.records:,} records{left_out}"


def export_warc(session: Session, target: Path, *, now: datetime, tell: Tell) -> Exported:
    """Write `target`, which must not exist; packed where its name ends in `.gz`. Raises NoExport."""
    if target.exists():
        raise NoExport(f"{target} is there already: name another file")
    run = _Run(session, packed=target.suffix == PACKED)
    with whole_or_not(target) as written, written.open("wb") as file:
        for record in run.records(now, tell):
            write_record(file, record, packed=run.packed)
            run.written += 1
    return Exported(run.captures, run.written, dict(run.left_out), run.damaged)


class _Run:
    """One export."""

    def __init__(self, session: Session, *, packed: bool) -> None:
        self._session, self.packed = session, packed
        self.captures = self.written = self.damaged = 0
        self.left_out: Counter[str] = Counter()

    def records(self, now: datetime, tell: Tell) -> Iterator[Record]:
        yield _information(now)
        kinds = col(Capture.kind).in_((CaptureKind.PAGE, CaptureKind.FILE))
        numbers = list(self._session.exec(select(col(Capture.id)).where(kinds).order_by(col(Capture.id))))
        for done, number in enumerate(numbers, start=1):
            capture = self._session.get_one(Capture, number)
            self.captures += 1
            try:
                yield from self._page(capture) if capture.kind == CaptureKind.PAGE else self._file(capture)
            except _Damaged:
                self.damaged += 1
            self._session.expunge_all()
            tell(done, len(numbers))

    def _page(self, capture: Capture) -> Iterator[Record]:
        if capture.body is None:
            self.left_out["captures that came here without their bytes"] += 1
            return
        body = _bytes_of(capture)
        if self._holds_statements(capture):
            block = _head_of(capture, len(body)) + body
            kind, media_type = "response", "application/http; msgtype=response"
        else:
            block, kind, media_type = body, "resource", capture.media_type
        yield from _with_metadata(
            Record(
                kind,
                f"capture {capture.id}",
                capture.retrieved_at,
                media_type,
                len(block),
                (block,),
                without_secrets(capture.source),
                hashlib.sha256(block).digest(),
            ),
            capture,
        )

    def _holds_statements(self, capture: Capture) -> bool:
        query = select(func.count()).where(StatementCapture.capture_id == capture.id)
        return bool(self._session.exec(query).one())

    def _file(self, capture: Capture) -> Iterator[Record]:
        parts = select(Capture.id, Capture.size, func.length(Capture.body)).where(
            Capture.part_of == capture.id
        )
        there = self._session.exec(parts.order_by(col(Capture.number))).all()
        if any(length is None for _, _, length in there):
            self.left_out["captures that came here without their bytes"] += 1
            return
        for number, _, _ in there:  # none is written of a file that is damaged
            part = self._session.get_one(Capture, number)
            _bytes_of(part)
            self._session.expunge(part)
        if stem_of(capture.reader or "") == WARC:
            for number, _, _ in there:
                yield from self._records_within(self._session.get_one(Capture, number), capture)
            return
        size = sum(size for _, size, _ in there)
        yield from _with_metadata(
            Record(
                "resource",
                f"capture {capture.id}",
                capture.retrieved_at,
                capture.media_type,
                size,
                file_bytes(self._session, capture.id),
                f"file:///{quote(capture.source)}",
                bytes.fromhex(capture.sha256) if size == capture.size else None,
            ),
            capture,
        )

    def _records_within(self, part: Capture, file: Capture) -> Iterator[Record]:
        try:
            for number, piece in enumerate(read_pieces(io.BytesIO(_bytes_of(part)))):
                if piece.record is None or piece.oversized:
                    self.left_out["records of imported WARC files that are too long"] += 1
                elif piece.record.kind not in KEPT:
                    self.left_out[f"records of type {one_line(piece.record.kind)[:20]}"] += 1
                else:
                    yield _again(piece.record, f"capture {part.id} record {number}", file)
        except WrongWarc:
            self.left_out["records of imported WARC files that are too long"] += 1


class _Damaged(Exception):
    """A capture's bytes are not those that were kept."""


def _bytes_of(capture: Capture) -> bytes:
    try:
        return plain_bytes(capture)
    except ValueError as error:
        raise _Damaged(str(error)) from error


def _information(now: datetime) -> Record:
    said = (
        f"software: hustings {release()}\r\nformat: WARC File Format 1.1\r\n"
        "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
        "description: captures of an archive; the heads of responses are made from what was kept of them,"
        " credentials are left out\r\n"
    ).encode()
    return Record("warcinfo", str(now), now, "application/warc-fields", len(said), (said,))


def _head_of(capture: Capture, size: int) -> bytes:
    charset = (capture.options or {}).get("charset")
    media_type = one_line(capture.media_type + (f"; charset={charset}" if charset else ""))
    return f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {size}\r\n\r\n".encode()


def _with_metadata(record: Record, capture: Capture) -> Iterator[Record]:
    """The record, and one with what the archive knows of the capture besides."""
    yield record
    told = {
        "capture": capture.id,
        "sha256": capture.sha256,
        "reader": capture.reader,
        "options": capture.options,
    }
    said = json.dumps(told, sort_keys=True, ensure_ascii=False).encode()
    yield Record(
        "metadata",
        record.about,
        record.at,
        "application/json",
        len(said),
        (said,),
        record.target,
        hashlib.sha256(said).digest(),
        (("WARC-Concurrent-To", record.id),),
    )


def _again(record: WarcRecord, about: str, file: Capture) -> Record:
    """A record of an imported WARC file, its address and head without credentials."""
    block = _without_secret_fields(record.block) if record.kind == "response" else record.block
    more = tuple((name, record.fields[name.lower()]) for name in PASSED_ON if name.lower() in record.fields)
    return Record(
        record.kind,
        about,
        _date_of(record, file.retrieved_at),
        record.fields.get("content-type", "application/octet-stream"),
        len(block),
        (block,),
        without_secrets(record.target),
        hashlib.sha256(block).digest(),
        more,
    )


PASSED_ON = ("WARC-Truncated", "WARC-Segment-Number", "WARC-Identified-Payload-Type", "WARC-IP-Address")


def _date_of(record: WarcRecord, otherwise: datetime) -> datetime:
    try:
        return parse_moment(record.fields.get("warc-date", "")).at
    except WrongTime:
        return otherwise


def _without_secret_fields(block: bytes) -> bytes:
    head, blank, body = block.partition(b"\r\n\r\n")
    lines = []
    for line in head.split(b"\r\n"):
        name, colon, _ = line.partition(b":")
        hidden = colon and name.strip().lower() in SECRET_FIELDS
        lines.append(name + b": " + REDACTED.encode() if hidden else line)
    return b"\r\n".join(lines) + blank + body
