"""Reading a range of statements: what a worker does, with a reader and a connection of its own."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Engine
from sqlmodel import Session

from analysis.contract import Roster
from analysis.reader import Reader
from analysis.roster import load_roster
from analysis.running.errors import UnlikeWorker
from analysis.running.packing import Packed, pack
from analysis.running.recipe import Recipe
from analysis.running.unread import Due, Range, statements_in
from db.reading import open_to_read


@dataclass(frozen=True, slots=True)
class Task:
    """What all ranges of one run have in common: small, since it is sent with each of them."""

    run: str
    """Another one in each run: a worker that lives on must not read with what it knew in the last one."""
    database: str
    recipe: Recipe
    due: Due
    roster_sha256: str

    def read(self, span: Range) -> list[Packed]:
        """What is found in a range, by a worker. Raises UnlikeWorker."""
        with _making:
            engine, reader = _made(self)
        return read_range(engine, reader, self.due, span)


def read_range(engine: Engine, reader: Reader, due: Due, span: Range) -> list[Packed]:
    """What is found in those statements of a range that are to be read, in order."""
    with Session(engine) as session:
        statements = statements_in(session, due, span)
    readings = reader.read([text for _, text in statements])
    return [pack(statement, reading) for (statement, _), reading in zip(statements, readings, strict=True)]


_making = threading.Lock()  # a worker of a cluster may have several threads


@lru_cache(maxsize=1)
def _made(task: Task) -> tuple[Engine, Reader]:
    """Connection and reader of a run, made when its first range is read."""
    engine = open_to_read(task.database)
    with Session(engine) as session:
        roster = load_roster(session)
    reader = task.recipe.reader(roster)
    if reader.method != task.due.method:
        raise UnlikeWorker(
            f"a worker reads by {reader.method}, this process by {task.due.method}:"
            " install the same release and the same tables on all machines"
        )
    if digest_of(roster) != task.roster_sha256:
        raise UnlikeWorker(
            "a worker sees other candidates, parties or handles than this process: the roster was changed"
            " meanwhile, or it reads another archive. Run the same command again"
        )
    return engine, reader


def digest_of(roster: Roster) -> str:
    """SHA-256 of everybody in a roster, in whatever order a database gave them."""
    digest = hashlib.sha256()
    for part in (roster.contests, roster.candidates, roster.parties):
        digest.update(_lines(part))
    return digest.hexdigest()


def _lines(part: Sequence[object]) -> bytes:
    return "\n".join(["", *sorted(map(repr, part))]).encode("utf-8", "backslashreplace")
