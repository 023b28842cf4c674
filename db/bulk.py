"""Putting many rows into one table as fast as its database takes them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, Column, Dialect, MetaData, Table, Text, insert
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


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, all with the same columns; their values are Python's, as SQLAlchemy's `insert` takes them.

    On SQLite by the driver's own statement, with what SQLAlchemy's types make of the values: half the time.
    """
    if not rows:
        return
    names = [column.name for column in table.columns if column.name in rows[0]]
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        session.execute(insert(table), rows)
        return
    compiled = insert(table).compile(dialect=connection.dialect, column_keys=names)
    if compiled.positiontup != names:  # others are filled in by SQLAlchemy
        session.execute(insert(table), rows)
        return
    columns = [_driven([row[name] for row in rows], table.c[name], connection.dialect) for name in names]
    connection.exec_driver_sql(str(compiled), list(zip(*columns, strict=True)))


def _driven(values: list[Any], column: Column[Any], dialect: Dialect) -> list[Any]:
    """What the driver takes of a column's values; the same object again and again is made but once."""
    make = column.type.dialect_impl(dialect).bind_processor(dialect)
    if make is None:
        return values
    driven: list[Any] = []
    last, made = values[0], make(values[0])
    for value in values:
        if value is not last:
            last, made = value, make(value)
        driven.append(made)
    return driven


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
