"""Runs the analysis over the statements that it has not seen, and keeps what it finds."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, delete, func, insert
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from analysis import contract
from analysis.reader import Reader
from db.engine import writing
from db.models import Account, AccountHandle, Kind, KindTarget, Rating, Reading, Statement, Target

log = logging.getLogger(__name__)

BATCH = 1000
"""Statements read, and stored in one transaction."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one run of the analysis did."""

    read: int = 0
    unscored: int = 0
    """Of these: in a language that no method reads, or without text."""
    targets: int = 0
    kinds: int = 0

    def __str__(self) -> str:
        return (
            f"read {self.read:,} statements ({self.unscored:,} unscored):"
            f" {self.targets:,} targets, {self.kinds:,} kinds"
        )


def analyse(
    engine: Engine,
    reader: Reader,
    *,
    again: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Tally:
    """Read every statement that `reader`'s method has not read in its present text, by its present author;
    with `again`, every one.

    Each batch is one transaction: an interrupted run goes on where it stopped. Readings of other
    methods stay beside the new ones.
    """
    with Session(engine) as session:
        highest = session.exec(select(func.max(Statement.id))).one() or 0
        total = session.exec(select(func.count()).where(*_due(reader.method, 0, highest, again))).one()
    tally, last = Tally(), 0
    while last < highest:
        with Session(engine) as session:
            due = _next_statements(session, _due(reader.method, last, highest, again))
        if not due:
            break
        readings = reader.read([text for _, text in due])
        with writing(engine) as session:
            _keep(session, [statement for statement, _ in due], readings, reader.method)
        last = due[-1][0].id or highest
        tally = _add(tally, readings)
        log.info("%s of %s", tally, f"{total:,}")
        if progress:
            progress(tally.read, total)
    return tally


def _due(method: str, after: int, highest: int, again: bool) -> list[ColumnElement[bool]]:
    """Conditions on a statement that is to be read."""
    span = [col(Statement.id) > after, col(Statement.id) <= highest]
    if again:
        return span
    read = select(Reading.id).where(
        Reading.statement_id == Statement.id,
        Reading.method == method,
        Reading.text_sha256 == Statement.text_sha256,
        col(Reading.person_id).is_not_distinct_from(col(Statement.person_id)),
    )
    return [*span, ~read.exists()]


def _next_statements(
    session: Session, due: Sequence[ColumnElement[bool]]
) -> list[tuple[Statement, contract.StatementText]]:
    """The next batch, each statement as the analysis wants it."""
    statements = session.exec(select(Statement).where(*due).order_by(col(Statement.id)).limit(BATCH)).all()
    account_ids = {statement.account_id for statement in statements if statement.account_id}
    owners = _owners(session, account_ids)
    return [(statement, _statement_text(statement, owners)) for statement in statements]


def texts_of(session: Session, statements: Sequence[int]) -> dict[int, contract.StatementText]:
    """Statement id -> the statement as the analysis reads it."""
    found = session.exec(select(Statement).where(col(Statement.id).in_(statements))).all()
    owners = _owners(session, {statement.account_id for statement in found if statement.account_id})
    return {statement.id or 0: _statement_text(statement, owners) for statement in found}


@dataclass(frozen=True, slots=True)
class _Owner:
    person_id: str | None
    handle: str | None


def _owners(session: Session, account_ids: set[int]) -> dict[int, _Owner]:
    query = (
        select(Account.id, Account.person_id, AccountHandle.handle)
        .join(AccountHandle, isouter=True)
        .where(col(Account.id).in_(account_ids))
    )
    return {account_id or 0: _Owner(person, handle) for account_id, person, handle in session.exec(query)}


def _statement_text(statement: Statement, owners: dict[int, _Owner]) -> contract.StatementText:
    owner = owners.get(statement.account_id or 0, _Owner(None, None))
    return contract.StatementText(
        id=str(statement.id),
        text=statement.text,
        platform=statement.platform,
        author=owner.handle or statement.attribution_text,
        person_id=statement.person_id or owner.person_id,
        posted_at=statement.published_at,
        reply_to=statement.reply_to,
        quoted=statement.quoted,
        addressee=statement.addressee,
        lang=statement.lang,
    )


def _keep(
    session: Session,
    statements: Sequence[Statement],
    readings: Sequence[contract.Reading],
    method: str,
) -> None:
    """Replace what the method found in these statements by what it finds now."""
    statement_ids = [statement.id or 0 for statement in statements]
    _forget(session, statement_ids, method)
    rows = [
        {
            "statement_id": statement.id,
            "method": method,
            "text_sha256": statement.text_sha256,
            "person_id": statement.person_id,
            "lang": reading.lang,
            "lang_confidence": reading.lang_confidence,
            "languages": list(reading.languages),
            "left_out": [[part.start, part.end, part.lang] for part in reading.left_out],
            "unscored": reading.unscored,
        }
        for statement, reading in zip(statements, readings, strict=True)
    ]
    _insert(session, Reading, rows)
    found = dict(_readings(session, statement_ids, method))
    ids = [found[statement_id] for statement_id in statement_ids]
    target_ids = _keep_targets(session, ids, readings)
    _keep_ratings(session, ids, target_ids, readings)
    _keep_kinds(session, ids, target_ids, readings)


def _readings(session: Session, statement_ids: Sequence[int], method: str) -> list[tuple[int, int]]:
    """Statement id and id of each stored reading by a method."""
    query = select(Reading.statement_id, col(Reading.id)).where(
        col(Reading.statement_id).in_(statement_ids), Reading.method == method
    )
    return [(statement_id, reading_id or 0) for statement_id, reading_id in session.exec(query)]


def _forget(session: Session, statement_ids: Sequence[int], method: str) -> None:
    old = [reading_id for _, reading_id in _readings(session, statement_ids, method)]
    if not old:
        return
    kinds = select(col(Kind.id)).where(col(Kind.reading_id).in_(old))
    session.execute(delete(KindTarget).where(col(KindTarget.kind_id).in_(kinds)))
    for table in (Kind, Rating, Target):
        session.execute(delete(table).where(col(table.reading_id).in_(old)))
    session.execute(delete(Reading).where(col(Reading.id).in_(old)))


def _keep_targets(
    session: Session, ids: Sequence[int], readings: Sequence[contract.Reading]
) -> list[list[int]]:
    """The ids of the stored targets, a list a reading."""
    rows = [
        {
            "reading_id": reading_id,
            "start_at": target.start,
            "end_at": target.end,
            "mention": target.mention,
            "who": target.who,
            "type": target.type,
            "basis": target.basis,
            "confidence": target.confidence,
            "person_id": target.person_id,
            "party_id": target.party_id,
            "candidates": list(target.candidates),
        }
        for reading_id, reading in zip(ids, readings, strict=True)
        for target in reading.targets
    ]
    _insert(session, Target, rows)
    return _ids_within(session, Target, ids)


def _keep_ratings(
    session: Session,
    ids: Sequence[int],
    target_ids: Sequence[Sequence[int]],
    readings: Sequence[contract.Reading],
) -> None:
    rows = []
    for reading_id, targets, reading in zip(ids, target_ids, readings, strict=True):
        pairs: Iterator[tuple[int | None, contract.Sentiment | None]] = zip(
            [None, *targets], [reading.sentiment, *reading.toward], strict=True
        )
        for target_id, sentiment in pairs:
            if sentiment is not None:
                rows.append(
                    {
                        "reading_id": reading_id,
                        "target_id": target_id,
                        "method": sentiment.method,
                        "score": sentiment.score,
                        "label": sentiment.label,
                        "confidence": sentiment.confidence,
                    }
                )
    _insert(session, Rating, rows)


def _keep_kinds(
    session: Session,
    ids: Sequence[int],
    target_ids: Sequence[Sequence[int]],
    readings: Sequence[contract.Reading],
) -> None:
    rows = [
        {
            "reading_id": reading_id,
            "kind": kind.kind,
            "method": kind.method,
            "start_at": kind.start,
            "end_at": kind.end,
            "confidence": kind.confidence,
            "strength": kind.strength,
            "scope": kind.scope,
            "types": list(kind.types),
            "incivility": kind.incivility,
        }
        for reading_id, reading in zip(ids, readings, strict=True)
        for kind in reading.kinds
    ]
    _insert(session, Kind, rows)
    about = [
        {"kind_id": kind_id, "target_id": targets[index]}
        for kind_ids, targets, reading in zip(
            _ids_within(session, Kind, ids), target_ids, readings, strict=True
        )
        for kind_id, kind in zip(kind_ids, reading.kinds, strict=True)
        for index in dict.fromkeys(kind.targets)
    ]
    _insert(session, KindTarget, about)


def _insert(
    session: Session,
    table: type[Reading | Target | Rating | Kind | KindTarget],
    rows: Sequence[Mapping[str, object]],
) -> None:
    """Store rows in bulk, in order: their ids rise."""
    if rows:
        # Without render_nulls every change in which cells are empty begins a new statement.
        session.execute(insert(table), rows, execution_options={"render_nulls": True})


def _ids_within(session: Session, table: type[Target | Kind], reading_ids: Sequence[int]) -> list[list[int]]:
    """The ids of the rows of each reading, in the order in which they were stored.

    Asked for after the insert: in SQLite RETURNING in a sure order costs a statement a row.
    """
    query = select(table.reading_id, col(table.id)).where(col(table.reading_id).in_(reading_ids))
    found: dict[int, list[int]] = {reading_id: [] for reading_id in reading_ids}
    for reading_id, row_id in session.exec(query.order_by(col(table.id))):
        found[reading_id].append(row_id or 0)
    return [found[reading_id] for reading_id in reading_ids]


def _add(tally: Tally, readings: Sequence[contract.Reading]) -> Tally:
    return Tally(
        read=tally.read + len(readings),
        unscored=tally.unscored + sum(reading.unscored is not None for reading in readings),
        targets=tally.targets + sum(len(reading.targets) for reading in readings),
        kinds=tally.kinds + sum(len(reading.kinds) for reading in readings),
    )
