"""Every row accounted for: read from the database, written, or left out for a reason."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlmodel import Session, col

from analysis.exports.choosing import Choice
from analysis.exports.errors import Unreconciled
from db import models
from db.batches import batches

NOT_WANTED = "not referred to by what was chosen"
OTHER_STATEMENT = "of statements that were left out"
OTHER_METHOD = "by other methods"
EARLIER_TEXT = "of texts that were edited since"
OWN_SIDE = "the author's own side, no target"
REJECTED = "rejected or replaced by reviewers"
ADDED = "added by reviewers"
OTHER_BALLOT = "of other elections or contests"

Thing = TypeVar("Thing")

STORED: dict[str, Any] = {
    "elections": models.Election,
    "contests": models.Contest,
    "candidacies": models.Candidacy,
    "persons": models.Person,
    "parties": models.Party,
    "accounts": models.Account,
    "coverage": models.Coverage,
    "captures": models.Capture,
    "statements": models.Statement,
    "statement-versions": models.StatementVersion,
    "statement-captures": models.StatementCapture,
    "observations": models.Observation,
    "readings": models.Reading,
    "targets": models.Target,
    "ratings": models.Rating,
    "kinds": models.Kind,
    "kind-targets": models.KindTarget,
    "cross-posts": models.CrossPost,
    "quotation-links": models.QuotationLink,
    "hand-codes": models.HandCode,
}
"""Table -> the table of the database whose rows it holds. The others are reckoned from these."""


@dataclass(frozen=True, slots=True)
class Count:
    """What became of the rows of one table."""

    table: str
    written: int
    in_database: int | None = None
    """Counted afresh; None for a table that is reckoned from others."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Why -> rows."""
    added: Mapping[str, int] = field(default_factory=dict)
    """Why -> rows that the database does not hold as such."""

    @property
    def difference(self) -> int:
        """Rows that are not accounted for; 0 where all are."""
        if self.in_database is None:
            return 0
        there = self.in_database + sum(self.added.values())
        return there - self.written - sum(self.left_out.values())


class Ledger:
    """Counts, table by table."""

    def __init__(self) -> None:
        self._written: Counter[str] = Counter()
        self._left_out: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._added: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def write(self, table: str, rows: int) -> None:
        """So many rows were written."""
        self._written[table] += rows

    def leave_out(self, table: str, why: str, rows: int = 1) -> None:
        """So many rows were not."""
        self._left_out[table][why] += rows

    def add(self, table: str, why: str, rows: int = 1) -> None:
        """So many rows were written that the database does not hold as such."""
        self._added[table][why] += rows

    def kept(self, table: str, rows: Iterable[Thing | None], why: str = NOT_WANTED) -> Iterator[Thing]:
        """The rows that are not None; the others are counted."""
        for row in rows:
            if row is None:
                self.leave_out(table, why)
            else:
                yield row

    def counts(self, session: Session, tables: Iterable[str]) -> list[Count]:
        """What became of the rows of these tables, beside what the database holds."""
        return [
            Count(
                table=table,
                written=self._written[table],
                in_database=rows_in(session, STORED[table]) if table in STORED else None,
                left_out=+self._left_out[table],
                added=+self._added[table],
            )
            for table in tables
        ]


def rows_in(session: Session, model: Any) -> int:
    """Rows of a table, counted now."""
    return session.scalar(select(func.count()).select_from(model)) or 0


def check(counts: Iterable[Count]) -> None:
    """Raises Unreconciled, which names the tables whose rows are not all accounted for."""
    wrong = [f"{one.table} ({one.difference:+,} rows)" for one in counts if one.difference]
    if wrong:
        raise Unreconciled(
            f"nothing was exported: rows are not accounted for in {', '.join(wrong)}: run it again, and "
            "if it says the same, report this as a fault (docs/exporting.md)"
        )


def count_left_out(session: Session, choice: Choice, ledger: Ledger) -> None:
    """Count, by queries of their own, the rows of statements and readings that are not exported."""
    for why, rows in choice.left_out.items():
        ledger.leave_out("statements", why, rows)
    for table in ("statement-versions", "statement-captures"):
        model = STORED[table]
        _count_others(session, choice, ledger, table, select(func.count()), model.statement_id)
    for table, query in _per_method().items():
        _count_others(session, choice, ledger, table, query, col(models.Reading.statement_id))


def _count_others(
    session: Session, choice: Choice, ledger: Ledger, table: str, query: Any, statement: Any
) -> None:
    """Rows of statements that were left out, and of readings that are not exported, by an aggregate query."""
    if choice.filters.is_everything:
        asked = [query.select_from(STORED[table]) if table not in READ else query]
    else:
        asked = [query.where(statement.in_(some)) for some in batches(choice.statements)]
    of_chosen = 0
    for one in asked:
        for rows, *read in session.execute(one):
            of_chosen += rows
            why = _why_not(read, choice)
            if why is not None:
                ledger.leave_out(table, why, rows)
    ledger.leave_out(table, OTHER_STATEMENT, rows_in(session, STORED[table]) - of_chosen)


READ = ("readings", "targets", "ratings", "kinds", "kind-targets")
"""Tables whose rows a method made."""


def _why_not(read: Sequence[Any], choice: Choice) -> str | None:
    """`read`: method, and whether it read the present text; nothing for rows that no method made."""
    if not read:
        return None
    method, is_current = read
    if method not in choice.methods:
        return OTHER_METHOD
    return None if is_current else EARLIER_TEXT


def _per_method() -> dict[str, Any]:
    """Table -> number of its rows by method and whether the text is the present one."""
    reading, statement = models.Reading, models.Statement
    by: tuple[Any, ...] = (
        col(reading.method),
        col(reading.text_sha256) == col(statement.text_sha256),
    )
    readings: Any = (
        select(func.count(), *by)
        .select_from(reading)
        .join(statement, col(statement.id) == col(reading.statement_id))
        .group_by(*by)
    )
    of: dict[str, Any] = {"targets": models.Target, "ratings": models.Rating, "kinds": models.Kind}
    queries = {
        table: readings.join(model, col(model.reading_id) == col(reading.id)) for table, model in of.items()
    }
    queries["readings"] = readings
    queries["kind-targets"] = queries["kinds"].join(
        models.KindTarget, col(models.KindTarget.kind_id) == col(models.Kind.id)
    )
    return queries
