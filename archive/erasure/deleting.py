"""Rows of statements and accounts removed with all that hangs on them, in an order that references allow."""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import CursorResult, delete, or_, update
from sqlmodel import Session, SQLModel, col, select

from archive.integrity.log import log_erased
from db.batches import batches
from db.models import (
    Account,
    AccountHandle,
    CodeSampleItem,
    Contradiction,
    Coverage,
    CrossPost,
    HandCode,
    Kind,
    KindTarget,
    Observation,
    QuotationLink,
    Rating,
    Reading,
    Review,
    Schedule,
    Statement,
    StatementAlias,
    StatementCapture,
    StatementVersion,
    Target,
)

OF_STATEMENTS: tuple[tuple[type[SQLModel], tuple[str, ...]], ...] = (
    (CodeSampleItem, ("statement_id",)),
    (HandCode, ("statement_id",)),
    (Review, ("statement_id",)),
    (CrossPost, ("statement_id", "other_id")),
    (QuotationLink, ("quotation_id", "post_id")),
    (Contradiction, ("statement_id",)),
    (Observation, ("statement_id",)),
    (StatementCapture, ("statement_id",)),
    (StatementVersion, ("statement_id",)),
    (StatementAlias, ("statement_id",)),
    (Statement, ("id",)),
)
"""Table, and its columns that lead to a statement. Findings go before, with their readings."""

OF_READINGS: tuple[type[Any], ...] = (Rating, Kind, Target)

OF_ACCOUNTS: tuple[tuple[type[SQLModel], tuple[str, ...]], ...] = (
    (Review, ("account_id",)),
    (Observation, ("account_id",)),
    (Coverage, ("account_id",)),
    (Schedule, ("account_id",)),
    (AccountHandle, ("account_id",)),
    (Account, ("id",)),
)


def delete_statements(session: Session, ids: Collection[int]) -> Counter[str]:
    """Remove statements; table -> rows that went."""
    gone: Counter[str] = Counter()
    for some in batches(sorted(ids)):
        readings = session.exec(select(col(Reading.id)).where(col(Reading.statement_id).in_(some)))
        gone["reading"] += delete_readings(session, readings.all())
        gone.update(_delete(session, OF_STATEMENTS, some))
    return gone


def delete_readings(session: Session, ids: Iterable[int | None]) -> int:
    """Remove readings with all that they found; how many there were."""
    gone = 0
    for some in batches(sorted({one for one in ids if one is not None})):
        kinds = select(col(Kind.id)).where(col(Kind.reading_id).in_(some))
        session.execute(delete(KindTarget).where(col(KindTarget.kind_id).in_(kinds)))
        for model in OF_READINGS:
            session.execute(delete(model).where(col(model.reading_id).in_(some)))
        gone += _count(session.execute(delete(Reading).where(col(Reading.id).in_(some))))
    return gone


def delete_accounts(session: Session, ids: Collection[int]) -> Counter[str]:
    """Remove accounts whose statements are gone; table -> rows that went."""
    gone: Counter[str] = Counter()
    for some in batches(sorted(ids)):
        gone.update(_delete(session, OF_ACCOUNTS, some))
    return gone


def release_statements(session: Session, accounts: Collection[int]) -> None:
    """Let statements that stay lead to none of these accounts."""
    for some in batches(sorted(accounts)):
        theirs = update(Statement).where(col(Statement.account_id).in_(some))
        session.execute(theirs.values(account_id=None))


def _delete(
    session: Session, tables: Iterable[tuple[type[SQLModel], tuple[str, ...]]], ids: list[int]
) -> Counter[str]:
    gone: Counter[str] = Counter()
    for model, columns in tables:
        wanted = or_(*(getattr(model, name).in_(ids) for name in columns))
        if model is Observation:
            seen = session.exec(select(col(Observation.id)).where(wanted))
            log_erased(session, (one for one in seen if one is not None), "observation")
        gone[str(model.__tablename__)] += _count(session.execute(delete(model).where(wanted)))
    return gone


def _count(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return max(0, result.rowcount)
