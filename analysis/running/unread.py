"""Which statements are to be read, as ranges of ids, and each of them as the analysis wants it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, func
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from analysis import contract
from db.models import Account, AccountHandle, Reading, Statement


@dataclass(frozen=True, slots=True)
class Range:
    """Statements whose ids lie in a range, both ends included."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"statements {self.first} to {self.last}"


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be read: with `again` everything, else what the method has not read in its present text, by
    its present author."""

    method: str
    again: bool = False

    def within(self, span: Range) -> list[ColumnElement[bool]]:
        """Conditions on a statement of a range."""
        inside = [col(Statement.id) >= span.first, col(Statement.id) <= span.last]
        if self.again:
            return inside
        read = select(Reading.id).where(
            Reading.statement_id == Statement.id,
            Reading.method == self.method,
            Reading.text_sha256 == Statement.text_sha256,
            col(Reading.person_id).is_not_distinct_from(col(Statement.person_id)),
        )
        return [*inside, ~read.exists()]


def all_of(session: Session) -> Range:
    """The range of all that is stored now."""
    return Range(1, session.exec(select(func.max(Statement.id))).one() or 0)


def count_due(session: Session, due: Due, span: Range) -> int:
    """How many statements of a range are to be read."""
    return session.exec(select(func.count()).where(*due.within(span))).one()


def ranges(engine: Engine, due: Due, span: Range, size: int) -> Iterator[Range]:
    """A range cut into ranges with `size` statements to read, each looked for when it is asked for."""
    first = span.first
    while first <= span.last:
        with Session(engine) as session:
            query = select(col(Statement.id)).where(*due.within(Range(first, span.last)))
            ids = session.exec(query.order_by(col(Statement.id)).limit(size)).all()
        if not ids:
            return
        last = ids[-1] or span.last
        yield Range(ids[0] or first, last)
        first = last + 1


def statements_in(session: Session, due: Due, span: Range) -> list[tuple[Statement, contract.StatementText]]:
    """The statements of a range that are to be read, in order, each also as the analysis wants it."""
    query = select(Statement).where(*due.within(span)).order_by(col(Statement.id))
    statements = session.exec(query).all()
    owners = _owners(session, statements)
    return [(statement, _statement_text(statement, owners)) for statement in statements]


def texts_of(session: Session, statements: Sequence[int]) -> dict[int, contract.StatementText]:
    """Statement id -> the statement as the analysis reads it."""
    found = session.exec(select(Statement).where(col(Statement.id).in_(statements))).all()
    owners = _owners(session, found)
    return {statement.id or 0: _statement_text(statement, owners) for statement in found}


@dataclass(frozen=True, slots=True)
class _Owner:
    person_id: str | None
    handle: str | None


def _owners(session: Session, statements: Sequence[Statement]) -> dict[int, _Owner]:
    account_ids = {statement.account_id for statement in statements if statement.account_id}
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
