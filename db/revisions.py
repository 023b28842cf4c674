"""The revisions of the schema, read off the names of the migrations: `0011_log.py` makes revision 0011."""

from functools import cache
from pathlib import Path

VERSION_TABLE = "hustings_schema"
"""Alembic's table under a name of ours: it marks the database as a Hustings archive."""

COPY_MARKS = "hustings_copy"
"""A table that is there as long as an archive is the unfinished copy of another (db.copies)."""

MIGRATIONS = Path(__file__).parent / "migrations"


@cache
def revisions() -> tuple[str, ...]:
    """All that this release knows, the newest last. Alembic would be loaded to find out the same."""
    return tuple(sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")))
