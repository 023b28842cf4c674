"""The log as the archive's modules use it: what they write into it, and its tree."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import Session, col

from archive.integrity.merkle import leaf_hash
from db.batches import batches
from db.log import Entry, append, log_again
from db.models import LogEntry, Observation
from db.rows import table_of
from db.words import LogEvent

__all__ = [
    "Entry",
    "LogEvent",
    "entries_behind",
    "leaf_hashes",
    "log_entries",
    "log_erased",
    "log_rewritten",
    "observations_of",
]

HELD = 5_000
"""Entries that are held at once."""


def log_entries(session: Session, entries: Iterable[Entry]) -> int:
    """Put entries behind the last one, in the caller's transaction; how many.

    Of what was kept they are made by `db.engine.writing`.
    """
    session.flush()
    return append(session.connection(), entries)


def log_rewritten(session: Session, ids: Iterable[int], subject: str = "capture") -> int:
    """Say that rows are others now. Call it after they were changed, in the same transaction."""
    session.flush()
    return log_again(session.connection(), subject, ids)


def log_erased(session: Session, ids: Iterable[int], subject: str = "capture") -> int:
    """Say that rows go; their digests stay. Call it before they are removed, in the same transaction.

    The digest is the one that stands in the log: of a row that is damaged, or was emptied before, too.
    """
    session.flush()
    log = table_of(LogEntry)
    gone: list[Entry] = []
    for some in batches(sorted(set(ids))):
        query = select(log.c.subject_id, log.c.digest).where(
            log.c.subject == subject, log.c.subject_id.in_(some)
        )
        last = {row.subject_id: row.digest for row in session.execute(query.order_by(log.c.id))}
        gone += (Entry(subject, number, LogEvent.ERASED, digest) for number, digest in sorted(last.items()))
    return append(session.connection(), gone)


def observations_of(session: Session, column: Any, number: int | None) -> Sequence[int]:
    """The numbers of the observations whose `column` has that number, before it is given another one."""
    found = session.execute(select(col(Observation.id)).where(column == number)).scalars()
    return [one for one in found if one is not None]


def entries_behind(connection: Connection, last: int) -> Iterator[tuple[int, Entry, str]]:
    """Entries after number `last`, in order, each with its number and the chain that stands with it."""
    log = table_of(LogEntry)
    query = select(log.c.id, log.c.subject, log.c.subject_id, log.c.event, log.c.digest, log.c.chain)
    while True:
        rows = connection.execute(query.where(log.c.id > last).order_by(log.c.id).limit(HELD)).all()
        for number, subject, subject_id, event, digest, chain in rows:
            yield number, Entry(subject, subject_id, event, digest), chain
        if len(rows) < HELD:
            return
        last = rows[-1][0]


def leaf_hashes(connection: Connection, size: int | None = None) -> list[bytes]:
    """The hashes of the first `size` leaves (None: all), in order; 32 bytes each."""
    found: list[bytes] = []
    for _, entry, _ in entries_behind(connection, 0):
        if len(found) == size:
            break
        found.append(leaf_hash(entry.leaf))
    return found
