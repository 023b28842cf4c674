"""Storing what was found, in bulk: the one place that writes findings."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete
from sqlmodel import Session, col, select

from analysis.running.packing import Packed
from db.batches import batches
from db.bulk import insert_rows
from db.models import Kind, KindTarget, Rating, Reading, Statement, Target
from db.rows import table_of


def keep_findings(session: Session, found: Sequence[Packed], method: str) -> None:
    """Replace what the method found in these statements by what it finds now.

    Of those that are gone or have another text meanwhile nothing is stored: SQLite gives numbers out again.
    """
    found = _still_there(session, found)
    statement_ids = [one.reading.statement_id or 0 for one in found]
    _forget(session, statement_ids, method)
    _insert(session, Reading, (one.reading._asdict() for one in found))
    stored = dict(_readings(session, statement_ids, method))
    ids = [stored[statement_id] for statement_id in statement_ids]
    target_ids = _keep_targets(session, ids, found)
    _keep_ratings(session, ids, target_ids, found)
    _keep_kinds(session, ids, target_ids, found)


def _still_there(session: Session, found: Sequence[Packed]) -> list[Packed]:
    there: set[tuple[int | None, str]] = set()
    for numbers in batches(one.reading.statement_id for one in found):
        query = select(Statement.id, Statement.text_sha256).where(col(Statement.id).in_(numbers))
        there.update((number, digest) for number, digest in session.exec(query))
    return [one for one in found if (one.reading.statement_id, one.reading.text_sha256) in there]


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


def _keep_targets(session: Session, ids: Sequence[int], found: Sequence[Packed]) -> list[list[int]]:
    """The ids of the stored targets, a list a reading."""
    rows = (
        {"reading_id": reading_id, **target._asdict()}
        for reading_id, one in zip(ids, found, strict=True)
        for target in one.targets
    )
    _insert(session, Target, rows)
    return _ids_within(session, Target, ids)


def _keep_ratings(
    session: Session, ids: Sequence[int], target_ids: Sequence[Sequence[int]], found: Sequence[Packed]
) -> None:
    rows = (
        {
            "reading_id": reading_id,
            "target_id": None if rating.target is None else targets[rating.target],
            "method": rating.method,
            "score": rating.score,
            "label": rating.label,
            "confidence": rating.confidence,
        }
        for reading_id, targets, one in zip(ids, target_ids, found, strict=True)
        for rating in one.ratings
    )
    _insert(session, Rating, rows)


def _keep_kinds(
    session: Session, ids: Sequence[int], target_ids: Sequence[Sequence[int]], found: Sequence[Packed]
) -> None:
    rows = (
        {"reading_id": reading_id, **kind._asdict()}
        for reading_id, one in zip(ids, found, strict=True)
        for kind in one.kinds
    )
    _insert(session, Kind, rows)
    about = (
        {"kind_id": kind_id, "target_id": targets[index]}
        for kind_ids, targets, one in zip(_ids_within(session, Kind, ids), target_ids, found, strict=True)
        for kind_id, indexes in zip(kind_ids, one.about, strict=True)
        for index in indexes
    )
    _insert(session, KindTarget, about)


def _insert(
    session: Session,
    table: type[Reading | Target | Rating | Kind | KindTarget],
    rows: Iterable[Mapping[str, object]],
) -> None:
    """Store rows in bulk, in order: their ids rise."""
    insert_rows(session, table_of(table), list(rows))


def _ids_within(session: Session, table: type[Target | Kind], reading_ids: Sequence[int]) -> list[list[int]]:
    """The ids of the rows of each reading, in the order in which they were stored.

    Asked for after the insert: in SQLite RETURNING in a sure order costs a statement a row.
    """
    query = select(table.reading_id, col(table.id)).where(col(table.reading_id).in_(reading_ids))
    found: dict[int, list[int]] = {reading_id: [] for reading_id in reading_ids}
    for reading_id, row_id in session.exec(query.order_by(col(table.id))):
        found[reading_id].append(row_id or 0)
    return [found[reading_id] for reading_id in reading_ids]
