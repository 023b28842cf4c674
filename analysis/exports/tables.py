"""The exported tables: their columns with meaning, unit and class, and the keys by which they join."""

import types
from dataclasses import dataclass, fields
from functools import cache
from typing import Union, get_args, get_origin, get_type_hints

from analysis.exports import findings_rows, rows
from analysis.exports.rows import Row
from analysis.exports.units import UNITS, Unit
from analysis.reports.columns import MEANINGS
from analysis.rule_tables import RuleError, read_table

PACKAGE = "analysis.exports"
COLUMNS, CLASSES = "columns.csv", "classes.csv"


@dataclass(frozen=True, slots=True)
class Reference:
    """That the values of some columns stand as the key of another table."""

    columns: tuple[str, ...]
    table: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keys:
    """What identifies a row, and what it refers to."""

    row: type[Row]
    primary: tuple[str, ...]
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    unit: Unit
    required: bool
    """Whether every row has a value."""
    kind: str
    """The class of information that it is (`classes.csv`)."""
    meaning: str


def _to(table: str, column: str, key: str | None = None) -> Reference:
    return Reference((column,), table, (key or column,))


STATEMENT = _to("statements", "statement")
METHOD = Reference(("statement", "method"), "readings", ("statement", "method"))

TABLES: dict[str, Keys] = {
    "elections": Keys(rows.Election, ("election_id",)),
    "contests": Keys(rows.Contest, ("contest_id",), (_to("elections", "election_id"),)),
    "persons": Keys(rows.Person, ("person_id",)),
    "parties": Keys(rows.Party, ("party_id",)),
    "candidacies": Keys(
        rows.Candidacy,
        ("contest_id", "person_id"),
        (_to("contests", "contest_id"), _to("persons", "person_id"), _to("parties", "party_id")),
    ),
    "accounts": Keys(rows.Account, ("account",), (_to("persons", "person_id"),)),
    "coverage": Keys(rows.Coverage, ("account", "stream", "number"), (_to("accounts", "account"),)),
    "statements": Keys(
        rows.Statement,
        ("statement",),
        (_to("accounts", "account"), _to("persons", "person_id")),
    ),
    "statement-versions": Keys(rows.StatementVersion, ("statement", "number"), (STATEMENT,)),
    "statement-contests": Keys(
        rows.StatementContest,
        ("statement", "contest_id"),
        (
            STATEMENT,
            Reference(("contest_id", "person_id"), "candidacies", ("contest_id", "person_id")),
        ),
    ),
    "captures": Keys(rows.Capture, ("capture_id",), (_to("captures", "part_of", "capture_id"),)),
    "statement-captures": Keys(
        rows.StatementCapture,
        ("statement", "capture_id"),
        (STATEMENT, _to("captures", "capture_id")),
    ),
    "observations": Keys(
        rows.Observation,
        ("observation",),
        (STATEMENT, _to("accounts", "account"), _to("captures", "capture_id")),
    ),
    "readings": Keys(findings_rows.Reading, ("statement", "method"), (STATEMENT,)),
    "targets": Keys(
        findings_rows.Target,
        ("statement", "method", "number"),
        (METHOD, _to("persons", "target_person_id", "person_id")),
    ),
    "ratings": Keys(findings_rows.Rating, ("statement", "method", "number"), (METHOD,)),
    "kinds": Keys(findings_rows.Kind, ("statement", "method", "kind"), (METHOD,)),
    "kind-targets": Keys(
        findings_rows.KindTarget,
        ("statement", "method", "kind", "number"),
        (
            Reference(("statement", "method", "kind"), "kinds", ("statement", "method", "kind")),
            Reference(("statement", "method", "number"), "targets", ("statement", "method", "number")),
        ),
    ),
    "who-whom": Keys(
        findings_rows.WhoWhom,
        ("contest_id", "author_id", "target_id", "ambiguous"),
        (
            _to("contests", "contest_id"),
            Reference(("contest_id", "author_id"), "candidacies", ("contest_id", "person_id")),
        ),
    ),
    "cross-posts": Keys(
        rows.CrossPost, ("statement", "other"), (STATEMENT, _to("statements", "other", "statement"))
    ),
    "quotation-links": Keys(
        rows.QuotationLink,
        ("quotation", "post"),
        (_to("statements", "quotation", "statement"), _to("statements", "post", "statement")),
    ),
    "hand-codes": Keys(rows.HandCode, ("statement", "coder", "code"), (STATEMENT,)),
    "columns": Keys(rows.Column, ("table", "column")),
    "nodes": Keys(findings_rows.Node, ("id",)),
    "edges": Keys(
        findings_rows.Edge, ("source", "target"), (_to("nodes", "source", "id"), _to("nodes", "target", "id"))
    ),
}
"""Table -> its rows and keys. A table comes behind those that it refers to."""

NETWORK = ("nodes", "edges")
"""The tables of a network; all others are those of a folder."""

ASKED_FOR = ("hand-codes",)
"""Tables that an export holds only where they are asked for."""


@cache
def columns_of(table: str) -> tuple[Column, ...]:
    """The columns of a table, in order.

    Raises RuleError where `columns.csv` and the fields of the row differ: every column has a class.
    """
    told = {row["column"]: row for _, row in read_table(PACKAGE, COLUMNS) if row["table"] == table}
    row = TABLES[table].row
    names = [field.name for field in fields(row)]
    if list(told) != names:
        raise RuleError(f"{COLUMNS}: the columns of {table} are {', '.join(names)}, in this order")
    hints = get_type_hints(row)
    return tuple(_column(name, hints[name], told[name], table) for name in names)


def _column(name: str, hint: object, told: dict[str, str], table: str) -> Column:
    optional = get_origin(hint) in (Union, types.UnionType)
    [bare] = [one for one in get_args(hint) if one is not type(None)] if optional else [hint]
    meaning = told["meaning"] or MEANINGS.get(name)
    if meaning is None:
        raise RuleError(f"{COLUMNS}: {table}.{name} has no meaning")
    if told["class"] not in classes():
        raise RuleError(f"{COLUMNS}: {table}.{name}: {CLASSES} has no class {told['class']!r}")
    return Column(name, UNITS[bare], not optional, told["class"], meaning)


@cache
def classes() -> dict[str, dict[str, str]]:
    """Class of information -> what each mode makes of it."""
    return {row["class"]: row for _, row in read_table(PACKAGE, CLASSES)}
