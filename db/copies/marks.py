"""How far a copy has come: a table in its target, which marks it as unfinished for as long as it is there."""

import json
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    MetaData,
    Table,
    Text,
    delete,
    insert,
    inspect,
    select,
    update,
)

from db.copies.rows import Key, Sum
from db.revisions import COPY_MARKS

_MARKS = Table(
    COPY_MARKS,
    MetaData(),
    Column("name", Text, primary_key=True),
    Column("position", Text, nullable=False),
    Column("copied", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one table is copied: the key of the last row, and the sum of all up to it, as read."""

    position: Key
    sum: Sum


def begin(connection: Connection) -> None:
    """Mark a target as the unfinished copy that it will be."""
    _MARKS.create(connection)


def is_begun(connection: Connection) -> bool:
    """Whether a target is an unfinished copy."""
    return inspect(connection).has_table(COPY_MARKS)


def end(connection: Connection) -> None:
    """The copy is whole."""
    _MARKS.drop(connection)


def mark_of(connection: Connection, table: str) -> Mark | None:
    """How far a table is copied; None: not begun."""
    columns = (_MARKS.c.position, _MARKS.c.copied, _MARKS.c.digest)
    found = connection.execute(select(*columns).where(_MARKS.c.name == table)).first()
    if found is None:
        return None
    return Mark(tuple(json.loads(found.position)), Sum(found.copied, int(found.digest, 16)))


def set_mark(connection: Connection, table: str, mark: Mark, *, before: Mark | None) -> bool:
    """Move a table's mark on from what it was `before`; False where another process moved it meanwhile."""
    if mark_of(connection, table) != before:
        return False
    values = {
        "position": json.dumps(mark.position),
        "copied": mark.sum.rows,
        "digest": mark.sum.shown,
    }
    if before is None:
        connection.execute(insert(_MARKS).values(name=table, **values))
    else:
        connection.execute(update(_MARKS).where(_MARKS.c.name == table).values(**values))
    return True


def forget_mark(connection: Connection, table: str) -> None:
    """Let a table be copied from its beginning."""
    connection.execute(delete(_MARKS).where(_MARKS.c.name == table))
