"""The log by itself, and every capture and observation beside its entries."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, SQLModel

from archive.captures import file_bytes, plain_bytes
from archive.integrity.checkpoints import Checkpoint
from archive.integrity.log import entries_behind
from archive.integrity.merkle import Tree, leaf_hash
from archive.integrity.reporting import Findings, Tell
from db.log import BEGINNING, FIELDS, HELD, chained, digest_of_row, rows_behind
from db.models import Capture, LogEntry
from db.rows import table_of
from db.words import CaptureKind, LogEvent

UNREADABLE = (ValueError, TypeError, SQLAlchemyError)
"""What a damaged value raises on its way out of the database."""


def check_log(connection: Connection, found: Findings, checkpoint: Checkpoint | None) -> tuple[int, bytes]:
    """That entries have no gap, are chained, and begin with those of the checkpoint; size and root."""
    tree, expected, chain = Tree(), 1, BEGINNING
    at_checkpoint: bytes | None = Tree().root if checkpoint and checkpoint.size == 0 else None
    for number, entry, stored in entries_behind(connection, 0):
        if number != expected:
            found.hurt("log_entry", expected, f"is missing: entry {number} comes instead")
        leaf = entry.leaf
        if not _is_link(chain, leaf, stored):
            found.hurt("log_entry", number, "does not go on from the entry before it")
        chain, expected = stored, number + 1
        tree.add(leaf_hash(leaf))
        if checkpoint and tree.size == checkpoint.size:
            at_checkpoint = tree.root
    found.counts["log entries"] = tree.size
    _compare(found, checkpoint, tree.size, at_checkpoint)
    return tree.size, tree.root


def _is_link(chain: str, leaf: bytes, stored: str) -> bool:
    try:
        return chained(chain, leaf) == stored
    except ValueError:  # the chain before is no hash
        return False


def _compare(found: Findings, checkpoint: Checkpoint | None, size: int, root: bytes | None) -> None:
    if checkpoint is None:
        return
    if root is None:
        found.hurt(
            "log_entry",
            size + 1,
            f"is missing: the log has {size} entries and the checkpoint {checkpoint.size}:"
            " this is an earlier copy",
        )
    elif root != checkpoint.root:
        found.hurt("log_entry", "", f"its first {checkpoint.size} entries are not those of the checkpoint")


def check_records(session: Session, found: Findings, tell: Tell) -> None:
    """That what was kept is there as it was kept, and nothing else."""
    for subject in FIELDS:
        _Subject(session, subject, found).check(tell)


@dataclass(slots=True)
class _File:
    """A file on its way through its parts."""

    digest: Any = field(default_factory=hashlib.sha256)
    size: int = 0
    number: int = 0
    whole: bool = True
    """Whether the parts came in order, each readable."""


class _Subject:
    """One table beside the log."""

    def __init__(self, session: Session, subject: str, found: Findings) -> None:
        self._session, self._subject, self._found = session, subject, found
        self._connection = session.connection()
        self._files: dict[int, _File] = {}

    def check(self, tell: Tell) -> None:
        table = SQLModel.metadata.tables[self._subject]
        ids = select(table.c.id).order_by(table.c.id).limit(HELD)
        total = self._connection.execute(select(func.count()).select_from(table)).scalar_one()
        last, done = 0, 0
        while numbers := list(self._connection.execute(ids.where(table.c.id > last)).scalars()):
            entries = self._entries(last, numbers[-1])
            for number, row in self._rows(numbers):
                self._one(number, row, entries.pop(number, None))
            self._gone(entries)
            last, done = numbers[-1], done + len(numbers)
            tell(done, total)
        self._gone(self._entries(last, None))
        self._found.counts[f"{self._subject}s"] = done
        self._check_files()

    def _entries(self, last: int, up_to: int | None) -> dict[int, tuple[int, str, str]]:
        """Row -> place, event and digest of its last entry, of the rows after `last`."""
        log = table_of(LogEntry)
        query = select(log.c.subject_id, log.c.id, log.c.event, log.c.digest).where(
            log.c.subject == self._subject, log.c.subject_id > last
        )
        if up_to is not None:
            query = query.where(log.c.subject_id <= up_to)
        rows = self._connection.execute(query.order_by(log.c.id))
        return {subject_id: (number, event, digest) for subject_id, number, event, digest in rows}

    def _rows(self, numbers: Sequence[int]) -> Iterator[tuple[int, Mapping[str, Any] | None]]:
        """Each row; None where it cannot be read, which is noted."""
        try:
            with self._connection.begin_nested():
                rows = rows_behind(self._connection, self._subject, numbers[0] - 1, up_to=numbers[-1])
        except UNREADABLE:
            for number in numbers:
                yield number, self._alone(number)
            return
        yield from ((row["id"], row) for row in rows)

    def _alone(self, number: int) -> Mapping[str, Any] | None:
        try:
            with self._connection.begin_nested():
                return rows_behind(self._connection, self._subject, number - 1, up_to=number)[0]
        except UNREADABLE as error:
            self._hurt(number, f"cannot be read: {' '.join(str(error).split())[:200]}")
            return None

    def _one(self, number: int, row: Mapping[str, Any] | None, entry: tuple[int, str, str] | None) -> None:
        bytes_fit = self._subject != "capture" or row is None or self._bytes_fit(row)
        if entry is None:
            self._hurt(number, "is not in the log: it was put in by another way, or its entry was removed")
            return
        place, event, digest = entry
        if event == LogEvent.ERASED:
            self._hurt(number, f"was erased, says entry {place} of the log, and is there")
        elif row is not None and bytes_fit and _digest(self._subject, row) != digest:
            self._hurt(number, f"is not what entry {place} of the log was made of: a column was changed")

    def _gone(self, entries: Mapping[int, tuple[int, str, str]]) -> None:
        for number, (place, event, _) in sorted(entries.items()):
            if event != LogEvent.ERASED:
                self._hurt(number, f"is gone: entry {place} of the log says that it was kept")

    def _hurt(self, number: int, what: str) -> None:
        self._found.hurt(self._subject, number, what)

    # ---- bytes --------------------------------------------------------------------------------------

    def _bytes_fit(self, row: Mapping[str, Any]) -> bool:
        if row["kind"] == CaptureKind.FILE:
            self._files.setdefault(row["id"], _File())
            return True
        if row["body"] is None:
            self._found.note("captures came here without their bytes: nothing can be said of those")
            self._part(row, None)
            return True
        try:
            body = plain_bytes(Capture(**row))
        except ValueError as error:
            self._hurt(row["id"], f"its bytes are damaged: {error}")
            self._part(row, None)
            return False
        self._part(row, body)
        return True

    def _part(self, row: Mapping[str, Any], body: bytes | None) -> None:
        if row["part_of"] is None:
            return
        file = self._files.setdefault(row["part_of"], _File())
        file.whole &= body is not None and row["number"] == file.number
        file.number += 1
        if file.whole and body is not None:
            file.digest.update(body)
            file.size += len(body)

    def _check_files(self) -> None:
        file = table_of(Capture).c
        for number, read in sorted(self._files.items()):
            query = select(file.size, file.sha256).where(file.id == number)
            if (row := self._connection.execute(query).first()) is not None:
                self._check_file(number, read, *row)

    def _check_file(self, number: int, read: _File, size: int, sha256: str) -> None:
        if not read.whole:
            try:
                with self._session.connection().begin_nested():
                    read = _read_again(self._session, number)
            except UNREADABLE:
                return  # said of its part
        if read.size < size:
            self._found.note("imports were interrupted: import the same files again")
        elif read.digest.hexdigest() != sha256:
            self._hurt(number, "is not what its parts make: one of them was changed, moved or removed")


def _digest(subject: str, row: Mapping[str, Any]) -> str | None:
    try:
        return digest_of_row(subject, row)
    except (TypeError, ValueError):  # a value of another kind than the column's
        return None


def _read_again(session: Session, number: int) -> _File:
    """A file whose parts did not come in order. Raises UNREADABLE where one is damaged."""
    read = _File()
    for body in file_bytes(session, number):
        read.digest.update(body)
        read.size += len(body)
    return read
