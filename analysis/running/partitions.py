"""Parquet files of posts in, Parquet files of findings out: a file for a file, without a database."""

import secrets
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path
from threading import Lock

from analysis.contract import Roster
from analysis.lines import Line, LineId, UnreadableLine, read_fields
from analysis.reader import Reader
from analysis.running.errors import UnlikeWorker
from analysis.running.parquet import (
    FindingsFile,
    UnfitPartition,
    Values,
    marks_of,
    new_findings,
    posts_in,
)
from analysis.running.reading import digest_of
from analysis.running.recipe import Recipe
from analysis.running.window import Crew, in_order
from analysis.tagging import Tagged, answers_of, tag_parsed
from db.errors import Refusal

ROWS = 1000
"""Posts that are held at a time."""

SUFFIX = ".parquet"


class UnfitFolder(Refusal):
    """Where files are to be read from, or written to, cannot be."""


@dataclass(frozen=True, slots=True)
class Partition:
    """A file of posts and the file of its findings."""

    source: Path
    out: Path

    def __str__(self) -> str:
        return str(self.source)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one file."""

    source: Path
    posts: int = 0
    unreadable: int = 0
    """Rows that hold no post: their findings say why."""
    was_done: bool = False
    """By an earlier run, from the same bytes by the same method for the same candidates."""
    problem: str | None = None
    """Why there is no file of findings."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one run did."""

    files: int = 0
    posts: int = 0
    unreadable: int = 0
    skipped: int = 0
    problems: tuple[str, ...] = ()
    """A line for each file that could not be read."""

    def and_(self, done: Done) -> "Tally":
        """With one file more."""
        problem = (f"{done.source}: {done.problem}",) if done.problem else ()
        return Tally(
            self.files + (not done.was_done and not problem),
            self.posts + done.posts,
            self.unreadable + done.unreadable,
            self.skipped + done.was_done,
            self.problems + problem,
        )

    def __str__(self) -> str:
        return (
            f"read {self.posts:,} posts ({self.unreadable:,} unreadable) in {self.files:,} files;"
            f" {self.skipped:,} were done, {len(self.problems):,} could not be read"
        )


@dataclass(frozen=True, slots=True)
class PartitionTask:
    """What all files of one run have in common."""

    run: str
    recipe: Recipe
    method: str
    roster_sha256: str
    roster: Roster = field(compare=False, repr=False)
    """Sent with each file: there is no database to read it from, and a file is much work."""

    def read(self, partition: Partition) -> Done:
        """Read one file and write its findings, by a worker; what is done already is left.

        Raises UnlikeWorker.
        """
        try:
            with _making:
                reader = _reader(self)
            return _read(partition, reader, self.roster_sha256)
        except UnfitPartition as problem:
            return Done(partition.source, problem=str(problem))


_making = Lock()  # a worker of a cluster may have several threads


@lru_cache(maxsize=1)
def _reader(task: PartitionTask) -> Reader:
    reader = task.recipe.reader(task.roster)
    if reader.method != task.method:
        raise UnlikeWorker(
            f"a worker reads by {reader.method}, this process by {task.method}:"
            " install the same release and the same tables on all machines"
        )
    return reader


def analyse_partitions(
    source: Path,
    out: Path,
    roster: Roster,
    recipe: Recipe,
    crew: Crew,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Tally:
    """Write, for each Parquet file of posts in `source` (a file or a folder), one of findings in `out`.

    A file is written whole or not at all. One that is there already, from the same bytes by the same method
    for the same candidates, is left: an interrupted run goes on where it stopped. `progress` is told
    (files done, all files).

    Raises UnfitFolder, MissingLibrary, WorkersDie, UnlikeWorker, NoCluster.
    """
    partitions = partitions_of(source, out)
    task = PartitionTask(secrets.token_hex(8), recipe, recipe.method(), digest_of(roster), roster)
    tally = Tally()
    with closing(in_order(crew, task.read, partitions)) as answers:
        for number, done in enumerate(answers, start=1):
            tally = tally.and_(done)
            if progress:
                progress(number, len(partitions))
    return tally


def partitions_of(source: Path, out: Path) -> Sequence[Partition]:
    """The files to read, in order of their names, and where their findings go. Raises UnfitFolder."""
    source, out = source.resolve(), out.resolve()
    if not source.exists():
        raise UnfitFolder(f"{source}: there is no such file or folder")
    if out.exists() and not out.is_dir():
        raise UnfitFolder(f"{out} is a file: name a folder for the findings")
    folder = source.parent if source.is_file() else source
    if out == folder or source in out.parents:
        raise UnfitFolder(f"{out} lies in the folder of the posts: name another one")
    files = [source] if source.is_file() else sorted(source.rglob(f"*{SUFFIX}"))
    if not files:
        raise UnfitFolder(f"{source}: no file ends with {SUFFIX}")
    return [Partition(file, out / file.relative_to(folder)) for file in files]


def _read(partition: Partition, reader: Reader, roster_sha256: str) -> Done:
    with partition.source.open("rb") as file:
        source_sha256 = file_digest(file, "sha256").hexdigest()
    marks = {
        "hustings.method": reader.method,
        "hustings.source_sha256": source_sha256,
        "hustings.roster_sha256": roster_sha256,
    }
    found = marks_of(partition.out)
    if all(found.get(name) == value for name, value in marks.items()):
        return Done(partition.source, was_done=True)
    posts = unreadable = 0
    with new_findings(partition.out, marks) as findings:
        for rows in posts_in(partition.source, ROWS):
            posts += len(rows)
            unreadable += _write(findings, rows, reader)
    return Done(partition.source, posts, unreadable)


def _write(findings: FindingsFile, rows: Sequence[Values], reader: Reader) -> int:
    """Write what is found in some rows; returns how many of them hold no post."""
    tagged = tag_parsed([_parsed(row) for row in rows], reader)
    findings.write({**answers_of(one), "id": _text(one.id)} for one in tagged)
    return sum(one.error is not None for one in tagged)


def _parsed(row: Values) -> Line | Tagged:
    try:
        return read_fields(row)
    except UnreadableLine as error:
        return Tagged(error.line_id, error=str(error))


def _text(line_id: LineId) -> str | None:
    return None if line_id is None else str(line_id)
