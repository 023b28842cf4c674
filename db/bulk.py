"""Putting many rows into one table as fast as its database takes them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Column, MetaData, Table, Text, insert
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlmodel import Session


def put_rows(session: Session, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of `names`; JSON as its text, times aware.

    On PostgreSQL by COPY, in the session's transaction: a third of the time of INSERT. Columns that are not
    named get what the database gives them. Raises SQLAlchemy's errors, whichever way they go.
    """
    if not rows:
        return
    if session.get_bind().dialect.driver == "psycopg":
        _copy_in(session, table, names, rows)
        return
    session.execute(
        insert(_with_json_as_text(table)).execution_options(render_nulls=True),
        [dict(zip(names, row, strict=True)) for row in rows],
    )


def _copy_in(session: Session, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    session.flush()
    connection = session.connection()
    errors = connection.dialect.loaded_dbapi
    # Names of tables and columns are our own, never a user's.
    columns = ", ".join(f'"{name}"' for name in names)
    command = f'COPY "{table.name}" ({columns}) FROM STDIN'
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(command) as lines:
            for row in rows:
                lines.write_row(row)
    except errors.OperationalError as error:
        raise OperationalError(command, None, error) from error
    except errors.DatabaseError as error:
        raise DatabaseError(command, None, error) from error


def _with_json_as_text(table: Table) -> Table:
    """The table as one whose JSON columns are texts, so that what was read is written to the letter."""
    return Table(
        table.name,
        MetaData(),
        *(
            Column(column.name, Text() if isinstance(column.type, JSON) else column.type)
            for column in table.columns
        ),
    )
