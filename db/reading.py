"""Opening an archive that is already up to date, to read from it and nothing else."""

from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.pool import NullPool
from sqlmodel import create_engine

from db.engine import BUSY_SECONDS, database_url
from db.errors import NoDatabase

READ_ONLY = "PRAGMA query_only = ON"


def open_to_read(address: str) -> Engine:
    """The archive at `address` (a path or a URL), for a process beside the one that opened it to write.

    It is not migrated, nor looked over: that one did. No connection is kept between two uses. Raises
    NoDatabase where there is no file.
    """
    url = database_url(address)
    if not url.drivername.startswith("sqlite"):
        return create_engine(
            url,
            poolclass=NullPool,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
        )
    if not Path(str(url.database)).is_file():
        raise NoDatabase(
            f"there is no database at {url.database}: workers need the same file under the same path"
        )
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", lambda connection, _record: connection.execute(READ_ONLY).close())
    return engine
