"""Which statement of the archive a user means."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from analysis.contract import statement_key
from db.errors import Refusal
from db.models import Statement

LISTED = 10
"""Statements that a refusal names."""
EXCERPT = 50
"""Characters of each."""
MOST_DIGITS = 18
"""Digits of a number that a database holds as an id."""


class UnknownStatement(Refusal):
    """No statement of the archive goes by this reference."""


class UnclearStatement(Refusal):
    """Several statements of the archive go by this reference; the message lists them."""


def statement_for(session: Session, reference: str) -> Statement:
    """The one statement that goes by a reference: `id:12` or 12, `platform:post id`, post id, or address.

    Raises UnknownStatement, and UnclearStatement where several do.
    """
    found = find_statements(session, reference)
    if not found:
        raise UnknownStatement(
            f"no statement of the archive is {reference!r}: name its number, its post id, platform:post id or"
            " its address; a text that is not in the archive goes behind --text"
        )
    if len(found) > 1:
        listed = "; ".join(map(_named, found[:LISTED]))
        more = f"; and {len(found) - LISTED} more" if len(found) > LISTED else ""
        raise UnclearStatement(f"{reference!r} may mean {len(found)} statements: {listed}{more}")
    return found[0]


def find_statements(session: Session, reference: str) -> Sequence[Statement]:
    """Every statement that goes by a reference, in the order in which they were stored.

    Where none does and it is an address: those whose post id is its last part.
    """
    found = _found(session, list(_conditions(reference)))
    last = reference.partition("?")[0].rstrip("/").rpartition("/")[2]
    if found or "://" not in reference or not last:
        return found
    return _found(session, [col(Statement.post_id) == last])


def _found(session: Session, conditions: Sequence[ColumnElement[bool]]) -> Sequence[Statement]:
    if not conditions:
        return []
    return session.exec(select(Statement).where(or_(*conditions)).order_by(col(Statement.id))).all()


def _conditions(reference: str) -> Iterator[ColumnElement[bool]]:
    number = reference.removeprefix("id:")
    if number.isdecimal() and len(number) <= MOST_DIGITS:
        yield col(Statement.id) == int(number)
    if reference.startswith("id:"):
        return
    yield col(Statement.post_id) == reference
    platform, colon, post_id = reference.partition(":")
    if colon:
        yield and_(col(Statement.platform) == platform, col(Statement.post_id) == post_id)
    if "://" in reference:
        yield col(Statement.url).in_((reference, reference.rstrip("/"), f"{reference.rstrip('/')}/"))


def _named(statement: Statement) -> str:
    words = " ".join(statement.text[: 2 * EXCERPT].split())
    excerpt = words if len(words) <= EXCERPT else f"{words[:EXCERPT]}…"
    key = statement_key(statement.platform, statement.post_id)
    return f"id:{statement.id} ({key}, {excerpt!r})"
