"""The log of what was kept: an entry for each capture and observation, in order, and never changed.

An entry holds the SHA-256 of a row as it was then, never a text. Entries are made at the end of the
transaction that keeps a row (`db.engine.writing`), so that no writer can forget one. What they prove, and
how, is in docs/integrity.md.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, func, insert, select
from sqlmodel import SQLModel

from db.models import LogEntry
from db.plain import aware
from db.rows import table_of
from db.words import LogEvent

BEGINNING = hashlib.sha256(b"").hexdigest()
"""What stands for the chain before the first entry."""

FIELDS: dict[str, tuple[str, ...]] = {
    "capture": (
        *("id", "kind", "source", "media_type", "retrieved_at", "sha256", "size", "encoding", "body"),
        *("part_of", "number", "reader", "options", "round_id"),
    ),
    "observation": (*("id", "account_id", "statement_id", "observed_at", "state", "capture_id", "detail"),),
}
"""Table -> the columns that its records hold. A column that comes later needs another RECORD."""

RECORD = 1
"""Version of how a record is written."""

HELD = 64
"""Rows with their bytes that are held at once."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry that is to be made, or that stands in the log."""

    subject: str
    """Table of the row."""
    subject_id: int
    event: LogEvent
    digest: str
    """SHA-256 of the row's record, hexadecimal."""

    @property
    def leaf(self) -> bytes:
        """What the log's tree holds of it."""
        return f"{self.subject} {self.subject_id} {self.event} {self.digest}\n".encode("ascii")


def record_of(subject: str, row: Mapping[str, Any]) -> bytes:
    """A row as the log knows it: canonical JSON (keys sorted, no blanks, UTF-8), times in UTC.

    A body is not in it but as `stored_sha256`, the hash of its bytes as they are stored.
    """
    told: dict[str, Any] = {"record": f"{subject}-{RECORD}"}
    for name in FIELDS[subject]:
        value = row[name]
        if name == "body":
            told["stored_sha256"] = hashlib.sha256(value).hexdigest() if value is not None else None
        elif isinstance(value, datetime):
            at = aware(value)
            assert at is not None  # a time is there
            told[name] = at.isoformat(timespec="microseconds")
        else:
            told[name] = value
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of_row(subject: str, row: Mapping[str, Any]) -> str:
    """SHA-256 of a row's record, hexadecimal."""
    return hashlib.sha256(record_of(subject, row)).hexdigest()


def chained(chain: str, leaf: bytes) -> str:
    """The chain behind one more leaf: SHA-256 of the chain before it and the leaf."""
    return hashlib.sha256(bytes.fromhex(chain) + leaf).hexdigest()


def log_new(connection: Connection) -> int:
    """Make entries of the rows that have none yet, in the order of their numbers; how many.

    Call it under the write lock: entries are numbered without a gap.
    """
    made = 0
    for subject in FIELDS:
        while rows := connection.execute(_new_rows(subject)).mappings().all():
            made += append(connection, (_entry(subject, dict(row), LogEvent.KEPT) for row in rows))
            if len(rows) < HELD:
                break
    return made


def log_again(
    connection: Connection, subject: str, ids: Iterable[int], event: LogEvent = LogEvent.REWRITTEN
) -> int:
    """Make entries of what became of rows: call it after they were changed, and before they are removed."""
    return append(connection, _entries_of(connection, subject, sorted(set(ids)), event))


def append(connection: Connection, entries: Iterable[Entry]) -> int:
    """Put entries behind the last one; how many."""
    last = connection.execute(_newest()).first()
    number, chain = last or (0, BEGINNING)
    rows = []
    for entry in entries:
        number, chain = number + 1, chained(chain, entry.leaf)
        rows.append(
            {
                "id": number,
                "subject": entry.subject,
                "subject_id": entry.subject_id,
                "event": str(entry.event),
                "digest": entry.digest,
                "chain": chain,
            }
        )
    if rows:
        connection.execute(insert(table_of(LogEntry)), rows)
    return len(rows)


def rows_behind(
    connection: Connection, subject: str, last: int, *, up_to: int | None = None
) -> list[Mapping[str, Any]]:
    """The next HELD rows with what their records hold, by number."""
    table = SQLModel.metadata.tables[subject]
    query = select(*(table.c[name] for name in FIELDS[subject])).where(table.c.id > last)
    if up_to is not None:
        query = query.where(table.c.id <= up_to)
    return [dict(row) for row in connection.execute(query.order_by(table.c.id).limit(HELD)).mappings()]


@cache  # built once: it goes with every transaction
def _new_rows(subject: str) -> Select[Any]:
    """The next HELD rows behind the highest number that is in the log and was not erased.

    SQLite gives the numbers of erased rows out again.
    """
    log, gone = table_of(LogEntry), table_of(LogEntry).alias("gone")
    erased = exists().where(
        gone.c.subject == subject,
        gone.c.subject_id == log.c.subject_id,
        gone.c.event == LogEvent.ERASED,
        gone.c.id > log.c.id,
    )
    last = (
        select(log.c.subject_id)
        .where(and_(log.c.subject == subject, log.c.event == LogEvent.KEPT, ~erased))
        .order_by(log.c.subject_id.desc())
        .limit(1)
        .scalar_subquery()
    )
    table = SQLModel.metadata.tables[subject]
    query = select(*(table.c[name] for name in FIELDS[subject])).where(table.c.id > func.coalesce(last, 0))
    return query.order_by(table.c.id).limit(HELD)


@cache
def _newest() -> Select[Any]:
    """Number and chain of the last entry."""
    log = table_of(LogEntry)
    return select(log.c.id, log.c.chain).order_by(log.c.id.desc()).limit(1)


def _entries_of(connection: Connection, subject: str, ids: Sequence[int], event: LogEvent) -> Iterator[Entry]:
    for number in ids:
        for row in rows_behind(connection, subject, number - 1, up_to=number):
            yield _entry(subject, row, event)


def _entry(subject: str, row: Mapping[str, Any], event: LogEvent) -> Entry:
    return Entry(subject, row["id"], event, digest_of_row(subject, row))
