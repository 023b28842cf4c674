"""The index over the texts of statements: filled once a batch, mended where it does not fit.

SQLite: an FTS5 table without texts of its own. Statements that are new are added by `fill_index`, in
the transaction that stores them; two triggers follow the rare texts that change or go. PostgreSQL: an
index over an expression, which the server keeps. Both are made by migration 0007.
"""

from typing import Any

from sqlalchemy import text
from sqlmodel import Session

INDEX = "statement_text"
"""SQLite: the FTS5 table. FTS5 keeps its own parts in tables whose names begin with this one and `_`."""

SERVER_INDEX = "ix_statement_words"
"""PostgreSQL: the index of words."""

_FILL = text(
    """
    INSERT INTO statement_text (rowid, text)
    SELECT id, text FROM statement
    WHERE id > (SELECT coalesce(max(id), 0) FROM statement_text_docsize)
    """
)
_REBUILD = text("INSERT INTO statement_text (statement_text) VALUES ('rebuild')")
_MISFITS = text(
    """
    SELECT count(*) FROM (
        SELECT id FROM statement EXCEPT SELECT id FROM statement_text_docsize
        UNION ALL
        SELECT * FROM (SELECT id FROM statement_text_docsize EXCEPT SELECT id FROM statement)
    )
    """
)


def is_of_models(_object: Any, name: str | None, _kind: str, _reflected: bool, _other: Any) -> bool:
    """For Alembic's `include_object`: the search index stands in no model, and is not to be dropped."""
    return name is None or not (name in (INDEX, SERVER_INDEX) or name.startswith(f"{INDEX}_"))


def fill_index(session: Session) -> None:
    """Add the statements behind the newest that is indexed. Call it after each batch, before its commit."""
    if _has_index_of_ours(session):
        session.flush()
        session.execute(_FILL)


def repair_index(session: Session) -> int:
    """Make the index anew where statements are missing in it or gone; how many it was wrong about."""
    if not _has_index_of_ours(session):
        return 0
    wrong: int = session.execute(_MISFITS).scalar_one()
    if wrong:
        session.execute(_REBUILD)
    return wrong


def rebuild_index(session: Session) -> None:
    """Make the index anew, so that none of its parts holds a word of a text that is gone."""
    if _has_index_of_ours(session):
        session.execute(_REBUILD)


def _has_index_of_ours(session: Session) -> bool:
    """Whether we fill the index: SQLite. PostgreSQL keeps its own."""
    return session.get_bind().dialect.name == "sqlite"
