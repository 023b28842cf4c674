"""What reviewers say of accounts' owners: no import overrules them."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from archive.batches import batches
from db.models import Review
from db.words import ReviewSubject, ReviewVerdict


def denied_owners(session: Session, account_ids: Iterable[int | None]) -> dict[int, str]:
    """Account id -> the person whose account it is not, as its last review says."""
    found: dict[int, str] = {}
    for ids in batches(sorted({one for one in account_ids if one is not None})):
        query = select(Review).where(
            col(Review.account_id).in_(ids), col(Review.subject) == ReviewSubject.OWNER
        )
        for row in session.exec(query.order_by(col(Review.reviewed_at), col(Review.id))):
            assert row.account_id is not None  # asked for
            found.pop(row.account_id, None)
            if row.verdict == ReviewVerdict.REJECTED:
                found[row.account_id] = str(row.found.get("person_id"))
    return found
