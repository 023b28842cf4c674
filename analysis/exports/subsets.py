"""A part of an archive as an archive of its own."""

from pathlib import Path

from sqlalchemy import Engine

from analysis.exports.choosing import Choice
from analysis.exports.counting import NOT_WANTED, Count
from analysis.exports.errors import UnfitFormat
from analysis.reports.progress import Progress
from db.subset import Chosen, copy_subset


def write_subset(
    engine: Engine,
    choice: Choice,
    path: Path,
    *,
    with_codes: bool,
    with_captures: bool,
    progress: Progress | None = None,
) -> list[Count]:
    """Copy what was chosen into a new SQLite archive; returns what became of the rows of each table.

    Raises UnfitFormat where the archive does not lie in SQLite.
    """
    if engine.dialect.name != "sqlite":
        raise UnfitFormat(
            "a part of a PostgreSQL archive cannot be copied into an SQLite one: choose csv, jsonl or parquet"
        )
    asked = choice.filters.person
    copied = copy_subset(
        engine,
        path,
        Chosen(
            elections=[one.id for one in choice.elections],
            contests=[one.id for one in choice.contests],
            owners=choice.persons if asked is None else [asked],
            statements=choice.statements,
            methods=choice.methods,
            everything=choice.filters.is_everything,
            with_codes=with_codes,
            with_captures=with_captures,
        ),
        progress,
    )
    return [
        Count(one.table, one.copied, one.in_source, {NOT_WANTED: one.left_out} if one.left_out else {})
        for one in copied
    ]
