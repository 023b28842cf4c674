"""The rows of which coverage is told, a query a table: of thousands of accounts in a fraction of a second."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from db.plain import Query

Rows = Sequence[Sequence[Any]]

OF_THESE = "OF_THESE"
"""Stands in a command for the accounts that are asked for."""

_ACCOUNTS = """
    SELECT id, platform, platform_id, home, person_id, checked_at FROM account
    WHERE id OF_THESE ORDER BY id
    """
_SCHEDULES = """
    SELECT account_id, due_at, tried_at, succeeded_at, held_until, failures, error, holder FROM schedule
    WHERE account_id OF_THESE
    """
_HANDLES = """
    SELECT account_id, handle FROM account_handle
    WHERE valid_to IS NULL AND account_id OF_THESE ORDER BY id
    """
"""The handles that accounts have now."""

_STATES = """
    SELECT account_id, state FROM observation
    WHERE account_id OF_THESE ORDER BY observed_at, id
    """
"""The states in which accounts were seen, the last one last."""

_COUNTS = """
    SELECT account_id, count(*) FROM statement
    WHERE account_id OF_THESE GROUP BY account_id
    """
_INTERVALS = """
    SELECT account_id, stream, status, "full", low, since, until, reason FROM coverage
    WHERE account_id OF_THESE ORDER BY stream, id
    """


@dataclass(frozen=True, slots=True)
class CoverageRows:
    """What is stored of accounts; times as the driver gives them."""

    accounts: Rows
    """Number, platform, immutable id, home, person, checked_at; by number."""
    schedules: Rows
    """Number of the account, due_at, tried_at, succeeded_at, held_until, failures, error, holder."""
    intervals: Rows
    """Number of the account, stream, status, full, low, since, until, reason; by stream and age."""
    handles: dict[int, str]
    """Number of an account -> the handle that it has now."""
    states: dict[int, str]
    """Number of an account -> the state in which it was seen last."""
    counts: dict[int, int]
    """Number of an account -> how many statements are its."""


def coverage_rows(query: Query, ids: Collection[int] | None = None) -> CoverageRows:
    """The rows of the accounts of these numbers; None: of all."""

    def rows(command: str) -> Rows:
        return list(query(_of(ids, command)))

    return CoverageRows(
        accounts=rows(_ACCOUNTS),
        schedules=rows(_SCHEDULES),
        intervals=rows(_INTERVALS),
        handles=_pairs(rows(_HANDLES)),
        states=_pairs(rows(_STATES)),
        counts=_pairs(rows(_COUNTS)),
    )


def _of(ids: Collection[int] | None, command: str) -> str:
    """The command for the accounts of these numbers, which stand in it: databases bind few."""
    if ids is None:
        return command.replace(OF_THESE, "IS NOT NULL")
    return command.replace(OF_THESE, f"IN ({', '.join(map(str, ids)) or 'NULL'})")


def _pairs(rows: Iterable[Sequence[Any]]) -> dict[int, Any]:
    """Number of an account -> what its last row says."""
    return {row[0]: row[1] for row in rows}
