"""Copying chosen rows of an SQLite archive, with all that they refer to, into a new one."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import SQLModel

from db import models as _tables  # noqa: F401 - makes the tables known
from db.engine import open_database, writing
from db.errors import ArchiveDatabaseError


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows are copied: those named here, what hangs on them, and what they refer to."""

    elections: Iterable[str]
    contests: Iterable[str]
    owners: Iterable[str]
    """Persons whose accounts are wanted."""
    statements: Iterable[int]
    methods: Iterable[str]
    """Whose readings are wanted."""
    everything: bool = False
    """Also what nothing refers to: all persons, parties, accounts, captures."""
    with_codes: bool = False
    with_captures: bool = False
    """The bytes of captures, too, and what of them could not be read."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of the rows of one table; all three are counted by queries of their own."""

    table: str
    in_source: int
    copied: int
    left_out: int


NOTHING = "0"

_OF_ACCOUNTS = "account_id IN (SELECT id FROM main.account)"
_OF_STATEMENTS = "statement_id IN (SELECT id FROM temp.statements)"
_OF_READINGS = "reading_id IN (SELECT id FROM main.reading)"
_OF_CONTESTS = "contest_id IN (SELECT id FROM temp.contests)"
_OF_EITHER = f"{_OF_STATEMENTS} OR {_OF_ACCOUNTS}"

RULES: dict[str, str] = {
    "election": "id IN (SELECT id FROM temp.elections)",
    "contest": "id IN (SELECT id FROM temp.contests)",
    "candidacy": _OF_CONTESTS,
    "result_event": _OF_CONTESTS,
    "party_result": "election_id IN (SELECT id FROM temp.elections)",
    "statement": "id IN (SELECT id FROM temp.statements)",
    "statement_alias": _OF_STATEMENTS,
    "statement_version": _OF_STATEMENTS,
    "statement_capture": _OF_STATEMENTS,
    "contradiction": _OF_STATEMENTS,
    "cross_post": "statement_id IN (SELECT id FROM temp.statements)"
    " AND other_id IN (SELECT id FROM temp.statements)",
    "quotation_link": "quotation_id IN (SELECT id FROM temp.statements)"
    " AND post_id IN (SELECT id FROM temp.statements)",
    "account": "{everything} OR person_id IN (SELECT id FROM temp.owners)"
    " OR id IN (SELECT account_id FROM main.statement)",
    "account_handle": _OF_ACCOUNTS,
    "coverage": _OF_ACCOUNTS,
    "schedule": _OF_ACCOUNTS,
    "observation": _OF_EITHER,
    "reading": "statement_id IN (SELECT id FROM temp.statements) AND method IN (SELECT id FROM temp.methods)",
    "target": _OF_READINGS,
    "rating": _OF_READINGS,
    "kind": _OF_READINGS,
    "kind_target": "kind_id IN (SELECT id FROM main.kind)",
    "review": _OF_EITHER,
    "hand_code": "{with_codes} AND statement_id IN (SELECT id FROM temp.statements)",
    "code_sample_item": "{with_codes} AND statement_id IN (SELECT id FROM temp.statements)",
    "code_sample": "id IN (SELECT sample_id FROM main.code_sample_item)"
    " OR id IN (SELECT sample_id FROM main.hand_code)",
    # A file comes with those of its parts that hold a chosen statement; with its bytes, whole.
    "capture": "{everything} OR id IN (SELECT id FROM temp.captures)"
    " OR {with_captures} AND part_of IN (SELECT id FROM temp.captures)",
    "quarantine": "{with_captures} AND capture_id IN (SELECT id FROM main.capture)",
    "round": "{everything} OR id IN (SELECT round_id FROM main.coverage)"
    " OR id IN (SELECT round_id FROM main.capture) OR id IN (SELECT round_id FROM main.quarantine)",
    "person": "{everything} OR id IN (SELECT person_id FROM main.candidacy)"
    " OR id IN (SELECT person_id FROM main.statement) OR id IN (SELECT person_id FROM main.account)"
    " OR id IN (SELECT person_id FROM main.target)",
    "person_name": "person_id IN (SELECT id FROM main.person)",
    "person_identifier": "person_id IN (SELECT id FROM main.person)",
    "party": "{everything} OR id IN (SELECT party_id FROM main.candidacy)"
    " OR id IN (SELECT party_id FROM main.party_result)",
    "party_alias": "party_id IN (SELECT id FROM main.party)",
    # So that a copy does not take in again what was forgotten. It says of nothing what it was.
    "erasure": "1",
    "tombstone": "1",
    "capture_change": "capture_id IN (SELECT id FROM main.capture)",
    # What a machine may still ask of servers, and has paid, is no part of the data.
    "budget": NOTHING,
    "spending": NOTHING,
    # A part cannot prove what the whole was: it gets a log of its own.
    "log_entry": NOTHING,
}
"""Table -> which of its rows are copied, in an order in which each rule finds what it asks for."""

MET_CAPTURES = """
INSERT OR IGNORE INTO temp.captures
WITH met(id) AS (
    SELECT capture_id FROM main.statement_capture
    UNION SELECT capture_id FROM main.observation WHERE capture_id IS NOT NULL
    UNION SELECT capture_id FROM main.contradiction
)
SELECT id FROM met UNION SELECT part_of FROM source.capture WHERE part_of IS NOT NULL AND id IN met
"""
"""Captures that copied rows refer to, and the files of which they are parts."""

BLANKED: dict[tuple[str, str], str] = {
    ("schedule", "holder"): "NULL",
    ("schedule", "held_until"): "NULL",
    ("erasure", "reason"): "NULL",
    ("tombstone", "person_id"): "CASE WHEN person_id IN (SELECT id FROM main.person) THEN person_id END",
}
"""Columns that are copied empty: no process holds a copy's accounts; why something was forgotten is told to
nobody; of a person who is not copied no fact is kept."""


def copy_subset(
    source: Engine, target: Path, chosen: Chosen, told: Callable[[int, int], None] | None = None
) -> list[Copied]:
    """Make `target`, which must not exist, an archive of the chosen rows. `told`: (tables done, all).

    Raises ArchiveDatabaseError where the source is no SQLite file, or a row would refer to nothing.
    """
    path = source.url.database
    if source.dialect.name != "sqlite" or path in (None, "", ":memory:"):
        raise ArchiveDatabaseError(
            "only an archive in an SQLite file can be copied in part: choose another format"
        )
    open_database(str(target), create=True).dispose()
    with closing(sqlite3.connect(target, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = OFF")  # a file that is not there yet has nothing to lose
        connection.execute("ATTACH DATABASE ? AS source", [str(path)])
        connection.execute("BEGIN")
        _name_chosen(connection, chosen)
        copied = []
        for number, table in enumerate(RULES, start=1):
            if table == "capture":
                connection.execute(MET_CAPTURES)
            copied.append(_copy(connection, table, chosen))
            if told is not None:
                told(number, len(RULES))
        _rebuild_search(connection)
        connection.execute("COMMIT")
        _check_references(connection)
        connection.execute("DETACH DATABASE source")
        connection.execute("PRAGMA journal_mode = WAL")
    _begin_log(target)
    return copied


def _begin_log(target: Path) -> None:
    """Entries of what was copied, as an upgrade makes them."""
    made = open_database(str(target))
    with writing(made):
        pass
    made.dispose()


def _name_chosen(connection: sqlite3.Connection, chosen: Chosen) -> None:
    named: dict[str, Iterable[str | int]] = {
        "elections": chosen.elections,
        "contests": chosen.contests,
        "owners": chosen.owners,
        "statements": chosen.statements,
        "methods": chosen.methods,
        "captures": (),
    }
    for name, ids in named.items():
        connection.execute(f"CREATE TEMP TABLE {name} (id PRIMARY KEY) WITHOUT ROWID")
        connection.executemany(f"INSERT INTO temp.{name} VALUES (?)", ((one,) for one in ids))  # noqa: S608 - names are ours


def _copy(connection: sqlite3.Connection, table: str, chosen: Chosen) -> Copied:
    rule = RULES[table].format(
        everything=int(chosen.everything),
        with_codes=int(chosen.with_codes),
        with_captures=int(chosen.with_captures),
    )
    names = [column.name for column in SQLModel.metadata.tables[table].columns]
    taken = [_taken(table, name, chosen) for name in names]
    # Names of tables and columns are our own, never a user's.
    columns = ", ".join(f'"{name}"' for name in names)
    copied = connection.execute(
        f'INSERT INTO main."{table}" ({columns}) '  # noqa: S608 - names are ours
        f'SELECT {", ".join(taken)} FROM source."{table}" WHERE {rule} ORDER BY 1'
    ).rowcount
    return Copied(
        table=table,
        in_source=_one(connection, f'SELECT count(*) FROM source."{table}"'),  # noqa: S608 - names are ours
        copied=max(0, copied),
        left_out=_one(
            connection,
            f'SELECT count(*) FROM source."{table}" WHERE NOT coalesce(({rule}), 0)',  # noqa: S608 - names are ours
        ),
    )


def _taken(table: str, column: str, chosen: Chosen) -> str:
    if (table, column) == ("capture", "body") and not chosen.with_captures:
        return "NULL"
    return BLANKED.get((table, column), f'"{column}"')


def _one(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])


def _rebuild_search(connection: sqlite3.Connection) -> None:
    """Fill the full-text indexes, which take their words from the tables that were copied."""
    query = "SELECT name FROM main.sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"
    for (name,) in connection.execute(query).fetchall():
        connection.execute(f'INSERT INTO main."{name}" ("{name}") VALUES (\'rebuild\')')  # noqa: S608 - names are ours


def _check_references(connection: sqlite3.Connection) -> None:
    wrong: Sequence[tuple[str, int, str, int]] = connection.execute(
        "PRAGMA main.foreign_key_check"
    ).fetchall()
    if wrong:
        table, row, parent, _ = wrong[0]
        raise ArchiveDatabaseError(
            f"{len(wrong)} copied rows refer to nothing, such as {table} {row} to {parent}: "
            "the archive was damaged, or changed while it was copied; run it again"
        )
