"""A bundle that proves one statement to others, who need no more than standard tools."""

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from archive.captures import plain_bytes
from archive.integrity.checkpoints import Checkpoint, make_checkpoint
from archive.integrity.log import entries_behind, leaf_hashes
from archive.integrity.merkle import inclusion_path
from db.errors import Refusal
from db.files import whole_or_not
from db.log import Entry, record_of
from db.models import Account, Capture, LogEntry, Statement, StatementCapture, StatementVersion
from db.words import CaptureKind

Sign = Callable[[Checkpoint], Checkpoint]

MOST_CAPTURES = 20
"""Captures that a bundle holds: a statement that was seen more often is shown by the first of them."""

NUMBER_DIGITS = 18


class Unproven(Refusal):
    """No bundle can be made; the message says why."""


class Damaged(Unproven):
    """What should be proven is not what was kept."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Proven:
    """What a bundle holds."""

    statement: int
    captures: int
    size: int
    """Entries of the log."""


def prove(session: Session, reference: str, out: Path, *, now: datetime, signing: Sign) -> Proven:
    """Make `out`, a folder or (`.zip`) a ZIP, which must not exist.

    Raises Unproven for a statement or file that cannot be, Damaged where hustings verify has more to say.
    """
    if out.exists():
        raise Unproven(f"{out} is there already: name another place")
    statement = _statement_for(session, reference)
    bundle = dict(_bundle(session, statement, signing(make_checkpoint(session.connection(), now))))
    bundle["SHA256SUMS"] = _sums(bundle)
    (_zip if out.suffix.lower() == ".zip" else _folder)(out, bundle)
    captures = sum(name.endswith("/record.json") for name in bundle)
    assert statement.id is not None  # stored
    return Proven(statement.id, captures, json.loads(bundle["statement.json"])["log_entries"])


def _statement_for(session: Session, reference: str) -> Statement:
    number = reference.removeprefix("id:")
    if number.isdecimal() and len(number) <= NUMBER_DIGITS:
        found = session.get(Statement, int(number))
    else:
        platform, _, post_id = reference.partition(":")
        query = select(Statement).where(Statement.platform == platform, Statement.post_id == post_id)
        found = session.exec(query).first()
    if found is None:
        raise Unproven(f"no statement of the archive is {reference!r}: name its number, or platform:post id")
    return found


def _bundle(session: Session, statement: Statement, checkpoint: Checkpoint) -> Iterator[tuple[str, bytes]]:
    """Name of a file -> its bytes."""
    links = _links(session, statement)
    captures = _captures(session, links)
    if not captures:
        raise Unproven(f"statement {statement.id} was read from no capture whose bytes are here")
    told = _told(session, statement, links, checkpoint)
    told["captures"] = [
        {"id": number, **({"position": links[number].position} if number in links else {})}
        for number in captures
    ]
    hashes = leaf_hashes(session.connection(), checkpoint.size)
    yield "text.txt", statement.text.encode()
    yield "statement.json", _json(told)
    yield "checkpoint.txt", checkpoint.render().encode()
    for name, source in (("README.txt", "README.txt"), ("check.py", "check.py.txt")):
        yield name, files("archive.integrity").joinpath("bundle", source).read_bytes()
    for number, capture in captures.items():
        yield from _of_capture(session, capture, f"captures/{number}", hashes)


def _links(session: Session, statement: Statement) -> dict[int, StatementCapture]:
    query = select(StatementCapture).where(
        StatementCapture.statement_id == statement.id, col(StatementCapture.text_sha256).is_(None)
    )
    found = session.exec(query.order_by(col(StatementCapture.capture_id)).limit(MOST_CAPTURES))
    return {one.capture_id: one for one in found}


def _captures(session: Session, links: Mapping[int, StatementCapture]) -> dict[int, Capture]:
    """Those with the statement's text, and the files that they are parts of."""
    found: dict[int, Capture] = {}
    for number in links:
        capture = session.get_one(Capture, number)
        if capture.kind != CaptureKind.FILE and capture.body is None:
            continue
        found[number] = capture
        if capture.part_of is not None:
            found[capture.part_of] = session.get_one(Capture, capture.part_of)
    return dict(sorted(found.items()))


def _told(
    session: Session, statement: Statement, links: Mapping[int, StatementCapture], checkpoint: Checkpoint
) -> dict[str, Any]:
    account = session.get(Account, statement.account_id) if statement.account_id is not None else None
    query = select(StatementVersion).where(StatementVersion.statement_id == statement.id)
    versions = session.exec(query.order_by(col(StatementVersion.number))).all()
    said = statement.model_dump(mode="json", exclude={"sources", "account_id", "person_id"})
    said["account"] = account and {"platform": account.platform, "platform_id": account.platform_id}
    said["person_id"] = statement.person_id
    said["earlier_texts"] = [one.model_dump(mode="json", exclude={"id", "statement_id"}) for one in versions]
    return {**said, "archive": checkpoint.archive, "log_entries": checkpoint.size}


def _of_capture(
    session: Session, capture: Capture, folder: str, hashes: list[bytes]
) -> Iterator[tuple[str, bytes]]:
    record = record_of("capture", capture.model_dump())
    place, entry = _entry(session, capture)
    if hashlib.sha256(record).hexdigest() != entry.digest:
        raise Damaged(f"capture {capture.id} is not what the log says: hustings verify")
    if capture.kind != CaptureKind.FILE:
        try:
            yield f"{folder}/body.bin", plain_bytes(capture)
        except ValueError as error:
            raise Damaged(f"{error}: hustings verify") from error
    path = [step.hex() for step in inclusion_path(hashes, place - 1)]
    proof = {"event": entry.event, "index": place - 1, "size": len(hashes), "path": path}
    yield f"{folder}/record.json", record
    yield f"{folder}/proof.json", _json(proof)


def _entry(session: Session, capture: Capture) -> tuple[int, Entry]:
    """The place of a capture's last entry, and the entry."""
    query = select(LogEntry.id).where(LogEntry.subject == "capture", LogEntry.subject_id == capture.id)
    place = session.exec(query.order_by(col(LogEntry.id).desc())).first()
    if place is None:
        raise Damaged(f"capture {capture.id} is not in the log: hustings verify")
    _, entry, _ = next(entries_behind(session.connection(), place - 1))
    return place, entry


def _json(told: object) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def _sums(bundle: Mapping[str, bytes]) -> bytes:
    """As sha256sum writes them."""
    lines = (f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(bundle.items()))
    return "".join(lines).encode()


def _folder(out: Path, bundle: Mapping[str, bytes]) -> None:
    """Made beside its place, and put there whole."""
    made = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        for name, body in bundle.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        made.rename(out)
    except OSError:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _zip(out: Path, bundle: Mapping[str, bytes]) -> None:
    with whole_or_not(out) as written, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in bundle.items():
            packed.writestr(f"{out.stem}/{name}", body)
