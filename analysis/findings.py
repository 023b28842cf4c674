"""Runs the analysis over the statements that it has not seen, and keeps what it finds."""

import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Engine
from sqlmodel import Session

from analysis.reader import Reader
from analysis.roster import load_roster
from analysis.running.crews import Alone
from analysis.running.keeping import keep_findings
from analysis.running.packing import Packed
from analysis.running.reading import Task, digest_of, read_range
from analysis.running.recipe import Recipe
from analysis.running.unread import Due, Range, all_of, count_due, ranges
from analysis.running.unread import texts_of as texts_of
from analysis.running.window import Crew, in_order
from db import writing

log = logging.getLogger(__name__)

BATCH = 1000
"""Statements read, and stored in one transaction."""

SHARED_BATCH = 250
"""The same where work is shared: some seconds of it, which a worker ends before it stops."""

Tell = Callable[[int, int], None]
"""Is told how many statements were read, and how many there are to read."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one run of the analysis did."""

    read: int = 0
    unscored: int = 0
    """Of these: in a language that no method reads, or without text."""
    targets: int = 0
    kinds: int = 0

    def __str__(self) -> str:
        return (
            f"read {self.read:,} statements ({self.unscored:,} unscored):"
            f" {self.targets:,} targets, {self.kinds:,} kinds"
        )


def analyse(engine: Engine, reader: Reader, *, again: bool = False, progress: Tell | None = None) -> Tally:
    """Read every statement that `reader`'s method has not read in its present text, by its present author;
    with `again`, every one.

    Each batch is one transaction: an interrupted run goes on where it stopped. Readings of other
    methods stay beside the new ones.
    """
    due = Due(reader.method, again)
    return _run(engine, due, Alone(), partial(read_range, engine, reader, due), progress)


def analyse_together(
    engine: Engine,
    recipe: Recipe,
    crew: Crew,
    *,
    again: bool = False,
    progress: Tell | None = None,
) -> Tally:
    """The same, shared among the workers of a crew: each reads ranges of the archive for itself with a
    reader of its own, and this process alone writes, in the order of the statements.

    The rows are those of `analyse`. Raises WorkersDie, UnlikeWorker, NoCluster; what was stored stays.
    """
    crew.expect()
    with Session(engine) as session:
        roster = load_roster(session)
    task = Task(
        run=secrets.token_hex(8),
        database=engine.url.render_as_string(hide_password=False),
        recipe=recipe,
        due=Due(recipe.method(), again),
        roster_sha256=digest_of(roster),
    )
    return _run(engine, task.due, crew, task.read, progress)


def count_unread(engine: Engine, method: str, *, again: bool = False) -> int:
    """How many statements a run would read."""
    with Session(engine) as session:
        return count_due(session, Due(method, again), all_of(session))


def _run(
    engine: Engine, due: Due, crew: Crew, work: Callable[[Range], list[Packed]], progress: Tell | None
) -> Tally:
    with Session(engine) as session:
        span = all_of(session)
        total = count_due(session, due, span)
    tally = Tally()
    answers = in_order(crew, work, ranges(engine, due, span, _size(total, crew)))
    with closing(answers):
        for found in answers:
            with writing(engine) as session:
                keep_findings(session, found, due.method)
            tally = _add(tally, found)
            log.info("%s of %s", tally, f"{total:,}")
            if progress:
                progress(tally.read, total)
    return tally


def _size(total: int, crew: Crew) -> int:
    """Statements in one range: few enough that all workers have something to do until the end."""
    return max(1, min(SHARED_BATCH, total // (4 * crew.ahead))) if crew.ahead > 1 else BATCH


def _add(tally: Tally, found: Sequence[Packed]) -> Tally:
    return Tally(
        read=tally.read + len(found),
        unscored=tally.unscored + sum(one.reading.unscored is not None for one in found),
        targets=tally.targets + sum(len(one.targets) for one in found),
        kinds=tally.kinds + sum(len(one.kinds) for one in found),
    )
