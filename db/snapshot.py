"""Reading a whole archive as it was at one moment, whatever others write meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlmodel import Session


@contextmanager
def reading_one_moment(engine: Engine) -> Iterator[Session]:
    """A session all of whose reads see the same state; it writes nothing.

    SQLite keeps a reader's state by itself, from its first read on; PostgreSQL has to be asked.
    """
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with Session(engine) as session:
        yield session
