"""One check of all that can be checked: the file, the log, what was kept, what was read from it."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from archive.integrity.checkpoints import Checkpoint
from archive.integrity.records import check_log, check_records
from archive.integrity.reporting import Findings, Tell, Verified
from archive.integrity.statements import Statements
from archive.rereading import Readers
from db import DamagedDatabase
from db.damage import Found, damage_of_file, damage_of_index, loose_references, misspelt
from db.snapshot import reading_one_moment

EVIDENCE = ("capture", "observation", "statement", "statement_version")
"""Tables whose values must be written as the archive writes them."""

Progress = Callable[[str], AbstractContextManager[Tell]]


def _silent(_label: str) -> AbstractContextManager[Tell]:
    return nullcontext(lambda done, total: None)


UNREADABLE = (DatabaseError, DamagedDatabase)
"""What ends one check where bytes of the file are not what was written."""


def verify(
    engine: Engine,
    readers: Readers,
    checkpoint: Checkpoint | None = None,
    *,
    quick: bool = False,
    progress: Progress = _silent,
) -> Verified:
    """Everything that is not as it must be, by table and row. Nothing is changed.

    `quick`: the file, the references, the search index and the log alone; no capture is unpacked or read
    again.
    """
    found = Findings()
    try:
        for one in damage_of_index(engine):
            found.hurt(*one)
    except UNREADABLE as error:
        found.hurt("search index", "", _said(error))
    with reading_one_moment(engine) as session:
        run = _Run(session, found)
        run.database(quick=quick)
        size, root = run.log(checkpoint)
        if not quick:
            run.contents(readers, progress)
    return Verified(tuple(found.injuries), dict(found.notes), dict(found.counts), size, root.hex())


class _Run:
    """The checks in their order; where damage of the file ends one, the next is made all the same.

    A server answers nothing in a transaction once something failed in it: each check has its savepoint, as
    has whatever is read again row by row.
    """

    def __init__(self, session: Session, found: Findings) -> None:
        self._session, self._found = session, found

    def database(self, *, quick: bool) -> None:
        connection = self._session.connection()
        self._hurt_by("file", lambda: damage_of_file(connection, quick=quick))
        self._hurt_by("references", lambda: loose_references(connection))
        for name in () if quick else EVIDENCE:
            self._hurt_by(name, partial(misspelt, connection, name))

    def log(self, checkpoint: Checkpoint | None) -> tuple[int, bytes]:
        try:
            with self._session.connection().begin_nested():
                return check_log(self._session.connection(), self._found, checkpoint)
        except UNREADABLE as error:
            self._found.hurt("log_entry", "", _said(error))
            return 0, b""

    def contents(self, readers: Readers, progress: Progress) -> None:
        with progress("captures") as tell:
            self._guard("capture", lambda: check_records(self._session, self._found, tell))
        with progress("statements") as tell:
            self._guard("statement", lambda: Statements(self._session, readers, self._found).check(tell))

    def _hurt_by(self, name: str, check: Callable[[], Iterable[Found]]) -> None:
        def note() -> None:
            for one in check():
                self._found.hurt(*one)

        self._guard(name, note)

    def _guard(self, name: str, check: Callable[[], None]) -> None:
        try:
            with self._session.connection().begin_nested():
                check()
        except UNREADABLE as error:
            self._found.hurt(name, "", _said(error))


def _said(error: Exception) -> str:
    said = error.orig if isinstance(error, DatabaseError) else error.__cause__ or error
    return f"cannot be read to its end: {' '.join(str(said).split())}"
