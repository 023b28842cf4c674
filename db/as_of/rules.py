"""What the archive knew at a time, table by table: which rows, and which of their columns were others then.

A rule reads the tables of `SOURCE`, a schema that stands for the archive as it is now.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    MetaData,
    ScalarSelect,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlmodel import SQLModel

from db import models as _tables  # noqa: F401 - makes the tables known

SOURCE = "source"

EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""Of no bytes."""

_NOW = MetaData()
NOW = {table.name: table.to_metadata(_NOW, schema=SOURCE) for table in SQLModel.metadata.sorted_tables}
"""The tables as they are now, by name."""

Condition = ColumnElement[bool]
Columns = Mapping[str, ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is taken of one table."""

    said: str
    """The rule in words; docs/as-of.md repeats it."""
    rows: Callable[[datetime], Condition]
    columns: Callable[[datetime], Columns] = lambda _when: {}
    """The columns that are not copied as they are."""


def as_of(table: str, when: datetime) -> Select[Any]:
    """The rows of a table as they were known then, in its columns' order, sorted by its key."""
    rule, now = RULES[table], NOW[table]
    then = rule.columns(when)
    taken = [then.get(column.name, column).label(column.name) for column in now.columns]
    return select(*taken).where(rule.rows(when)).order_by(*now.primary_key.columns)


# ---- rows -----------------------------------------------------------------------------------------


def _all(_when: datetime) -> Condition:
    return true()


def _none(_when: datetime) -> Condition:
    return false()


def _by(table: str, column: str) -> Callable[[datetime], Condition]:
    """Rows that were there by their own time."""
    return lambda when: NOW[table].c[column] <= when


def _leads(column: Column[Any], parent: str, when: datetime) -> Condition:
    """That a reference leads to a row that is taken: one look by its key, which lists of ids are not."""
    wanted = NOW[parent]
    return exists(wanted.c.id).where(wanted.c.id == column, RULES[parent].rows(when)).correlate(column.table)


def _of(table: str, **parents: str) -> Callable[[datetime], Condition]:
    """Rows whose references (column = table) all lead to rows that are taken."""
    return lambda when: and_(
        *(_leads(NOW[table].c[column], parent, when) for column, parent in parents.items())
    )


def _both(*conditions: Callable[[datetime], Condition]) -> Callable[[datetime], Condition]:
    return lambda when: and_(*(one(when) for one in conditions))


def _of_known_subject(table: str, time: str) -> Callable[[datetime], Condition]:
    """Rows by their own time that are about an account or about a statement."""
    row = NOW[table].c
    return lambda when: (
        (row[time] <= when)
        & or_(_leads(row.statement_id, "statement", when), _leads(row.account_id, "account", when))
    )


def _accounts(when: datetime) -> Condition:
    """Also those noted a moment after the statement with which they came."""
    account, statement = NOW["account"].c, NOW["statement"].c
    met = select(statement.account_id).where(statement.first_seen_at <= when)
    return or_(account.added_at <= when, account.id.in_(met))


def _handles(when: datetime) -> Condition:
    handle = NOW["account_handle"].c
    begun = or_(handle.valid_from.is_(None), handle.valid_from <= when.date())
    return begun & _leads(handle.account_id, "account", when)


def _captures(when: datetime) -> Condition:
    """Also files of which a part was there."""
    capture, part = NOW["capture"].c, NOW["capture"].alias("part").c
    files = select(part.part_of).where(part.retrieved_at <= when, part.part_of.is_not(None))
    return or_(capture.retrieved_at <= when, capture.id.in_(files))


def _versions(when: datetime) -> Condition:
    """Texts that had been seen, without the one that was the statement's own then."""
    version, statement = NOW["statement_version"].c, NOW["statement"].c
    own = (
        select(_version_then(when))
        .where(statement.id == version.statement_id)
        .where(_text_seen_at() > when)
        .correlate(NOW["statement_version"])
        .scalar_subquery()
    )
    return (
        (version.seen_at <= when)
        & _leads(version.statement_id, "statement", when)
        & version.id.is_distinct_from(own)
    )


# ---- columns --------------------------------------------------------------------------------------


def _reference(table: str, column: str, parent: str, when: datetime) -> ColumnElement[Any]:
    """A reference that is empty where it leads to what was not known."""
    own = NOW[table].c[column]
    return case((_leads(own, parent, when), own))


def _until(column: Column[Any], when: Any) -> ColumnElement[Any]:
    """A time that is empty where it lies ahead."""
    return case((column <= when, column))


def _text_seen_at() -> ColumnElement[Any]:
    statement = NOW["statement"].c
    return func.coalesce(statement.text_seen_at, statement.first_seen_at, type_=statement.first_seen_at.type)


def _version_then(when: datetime) -> ScalarSelect[Any]:
    """The id of the version that was the statement's text then, where it has another one now.

    Versions are stored when they are replaced, or when the platform shows them as earlier ones. So of
    those seen by then the one stored last was the statement's own.
    """
    version = NOW["statement_version"].alias("then").c
    return (
        select(func.max(version.id))
        .where(version.statement_id == NOW["statement"].c.id, version.seen_at <= when)
        .correlate(NOW["statement"])
        .scalar_subquery()
    )


def _statement_then(when: datetime) -> Columns:
    """A statement with its text of then. What was replaced and not kept was a repost without a text."""
    statement, version = NOW["statement"].c, NOW["statement_version"].alias("text_then").c
    present = _text_seen_at() <= when

    def earlier(column: ColumnElement[Any]) -> ScalarSelect[Any]:
        found = select(column).where(version.id == _version_then(when))
        return found.correlate(NOW["statement"]).scalar_subquery()

    def then(now: Column[Any], before: ColumnElement[Any]) -> ColumnElement[Any]:
        return case((present, now), else_=before)

    return {
        "text": then(statement.text, func.coalesce(earlier(version.text), literal(""))),
        "text_sha256": then(
            statement.text_sha256, func.coalesce(earlier(version.text_sha256), literal(EMPTY_SHA256))
        ),
        "text_seen_at": then(
            statement.text_seen_at, func.nullif(earlier(version.seen_at), statement.first_seen_at)
        ),
        "edited_at": then(
            statement.edited_at, func.nullif(earlier(version.published_at), statement.published_at)
        ),
        "corrected_at": _until(statement.corrected_at, when),
        "rechecked_at": _until(statement.rechecked_at, when),
        "shown_at": _until(statement.shown_at, when),
    }


def _versions_then(_when: datetime) -> Columns:
    """Numbered from 1 again, where one is the statement's own text."""
    version = NOW["statement_version"].c
    place = func.row_number().over(partition_by=version.statement_id, order_by=version.number)
    return {"number": place}


def _account_then(when: datetime) -> Columns:
    account = NOW["account"].c
    return {
        "checked_at": _until(account.checked_at, when),
        "moved_to": case((account.checked_at <= when, account.moved_to)),
    }


def _round_then(when: datetime) -> Columns:
    """A round that was still running has neither end nor counts."""
    row = NOW["round"].c
    ended = row.finished_at <= when
    return {
        "finished_at": case((ended, row.finished_at)),
        "outcome": case((ended, row.outcome)),
        "counts": case((ended, row.counts), else_=literal({}, row.counts.type)),
    }


RULES: dict[str, Rule] = {
    # The ballot. No times are kept of rosters; results are settled by db.as_of.results.
    "election": Rule("all: no time is kept of when a roster came", _all),
    "party": Rule("all: no time is kept of when a roster came", _all),
    "party_alias": Rule("all: its dates say when the name was used, not when it was learnt", _all),
    "person": Rule("all: no time is kept of when a roster came", _all),
    "person_name": Rule("all: no time is kept of when a roster came", _all),
    "person_identifier": Rule("all: no time is kept of when a roster came", _all),
    "contest": Rule("all; totals and declaration empty until the result was known", _all),
    "candidacy": Rule(
        "all; votes, share, change, elected and its basis empty until the result was known", _all
    ),
    "result_event": Rule("stages reached by then; of a day, from its end in the contest's zone", _all),
    "party_result": Rule("those declared by then; of a day, from its end in the election's zone", _all),
    # Accounts.
    "account": Rule(
        "those added by then, or met as author of a statement seen by then;"
        " what a later check said of it (checked, moved to) empty",
        _accounts,
        _account_then,
    ),
    "account_handle": Rule(
        "of these accounts, those used from that day (UTC) or earlier; an end that lies ahead empty",
        _handles,
        lambda when: {"valid_to": _until(NOW["account_handle"].c.valid_to, when.date())},
    ),
    "round": Rule(
        "those begun by then; of one that still ran: no end, outcome, counts",
        _by("round", "started_at"),
        _round_then,
    ),
    "coverage": Rule(
        "as it stood by then; what changed later is clipped to what rounds that had ended prove",
        _of("coverage", account_id="account"),
        lambda when: {"round_id": _reference("coverage", "round_id", "round", when)},
    ),
    "schedule": Rule("left out: when to collect is no knowledge", _none),
    "budget": Rule("left out: what a server allows is no knowledge", _none),
    "spending": Rule("left out: what was paid is no knowledge", _none),
    # Captures.
    "capture": Rule(
        "those retrieved by then, without their bytes",
        _captures,
        lambda when: {"body": null(), "round_id": _reference("capture", "round_id", "round", when)},
    ),
    "quarantine": Rule(
        "those found by then in such captures; resolved only if it was by then",
        _both(_by("quarantine", "found_at"), _of("quarantine", capture_id="capture")),
        lambda when: {
            "resolved_at": _until(NOW["quarantine"].c.resolved_at, when),
            "resolved_by": case((NOW["quarantine"].c.resolved_at <= when, NOW["quarantine"].c.resolved_by)),
            "round_id": _reference("quarantine", "round_id", "round", when),
        },
    ),
    "log_entry": Rule("left out: the log speaks for the archive as it is", _none),
    # Statements.
    "statement": Rule(
        "those first seen by then, in the text of then", _by("statement", "first_seen_at"), _statement_then
    ),
    "statement_version": Rule(
        "earlier texts seen by then, without the one that was the statement's own", _versions, _versions_then
    ),
    "statement_alias": Rule(
        "other ids of such statements: no time is kept of when they were learnt",
        _of("statement_alias", statement_id="statement"),
    ),
    "contradiction": Rule(
        "those found by then in such captures about such statements",
        _both(
            _by("contradiction", "found_at"),
            _of("contradiction", statement_id="statement", capture_id="capture"),
        ),
    ),
    "cross_post": Rule(
        "those found by then between such statements",
        _both(
            _by("cross_post", "found_at"), _of("cross_post", statement_id="statement", other_id="statement")
        ),
    ),
    "quotation_link": Rule(
        "those found by then between such statements",
        _both(
            _by("quotation_link", "found_at"),
            _of("quotation_link", quotation_id="statement", post_id="statement"),
        ),
    ),
    "statement_capture": Rule(
        "links between such statements and such captures",
        _of("statement_capture", statement_id="statement", capture_id="capture"),
    ),
    "observation": Rule(
        "those made by then (a deletion, a suspension) of such accounts and statements",
        _of_known_subject("observation", "observed_at"),
        lambda when: {"capture_id": _reference("observation", "capture_id", "capture", when)},
    ),
    # Findings.
    "reading": Rule(
        "those made by then of such statements; the reading of another text keeps that text's hash",
        _both(_by("reading", "read_at"), _of("reading", statement_id="statement")),
    ),
    "target": Rule("with their reading", _of("target", reading_id="reading")),
    "rating": Rule("with their reading", _of("rating", reading_id="reading")),
    "kind": Rule("with their reading", _of("kind", reading_id="reading")),
    "kind_target": Rule("with their kind and target", _of("kind_target", kind_id="kind", target_id="target")),
    # What people say.
    "code_sample": Rule("those drawn by then", _by("code_sample", "drawn_at")),
    "code_sample_item": Rule(
        "of such samples, such statements",
        _of("code_sample_item", sample_id="code_sample", statement_id="statement"),
    ),
    "hand_code": Rule(
        "those given by then to such statements",
        _both(_by("hand_code", "coded_at"), _of("hand_code", statement_id="statement")),
        lambda when: {"sample_id": _reference("hand_code", "sample_id", "code_sample", when)},
    ),
    "review": Rule(
        "those made by then of such accounts and statements", _of_known_subject("review", "reviewed_at")
    ),
    # What was forgotten is not known for any time.
    "erasure": Rule("all: what was forgotten since is not known for any time", _all),
    "tombstone": Rule("all, as erasures are", _all),
    "capture_change": Rule("of such captures", _of("capture_change", capture_id="capture")),
}
"""Table -> what is taken of it. A test holds that every table has a rule."""
