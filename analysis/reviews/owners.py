"""Whose account it is, as a person says: the account and what it published follow, and the saying is kept."""

from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import Session, col, select

from analysis.reviews.deciding import Reviewer
from analysis.reviews.decisions import ReviewRefused
from db import models
from db.words import ReviewSubject, ReviewVerdict

SOURCE = "review"
"""Where an owner that a person named comes from."""


@dataclass(frozen=True, slots=True)
class OwnerReview:
    """What a review of an account's owner came to."""

    account_id: int
    verdict: ReviewVerdict
    person_id: str | None
    """The owner now."""
    before: str | None
    """The owner before."""
    statements: int
    """Statements that got another author by it."""


def account_for(session: Session, reference: str) -> models.Account:
    """The account with that number, or `platform:handle` as it is now. Raises ReviewRefused."""
    found: list[models.Account] = []
    if reference.isascii() and reference.isdigit():
        account = session.get(models.Account, int(reference)) if len(reference) <= 18 else None
        found = [account] if account else []
    platform, colon, handle = reference.partition(":")
    if colon:
        query = (
            select(models.Account)
            .join(models.AccountHandle)
            .where(models.Account.platform == platform)
            .where(models.AccountHandle.handle_key == handle.removeprefix("@").casefold())
            .where(col(models.AccountHandle.valid_to).is_(None))
        )
        found = list(session.exec(query).unique())
    if len(found) != 1:
        how = "no account" if not found else f"{len(found)} accounts"
        raise ReviewRefused(
            f"{how} of the archive {'is' if len(found) < 2 else 'are'} {reference!r}: name its number or"
            " platform:handle (hustings account list)"
        )
    return found[0]


def review_owner(session: Session, reference: str, person_id: str | None, reviewer: Reviewer) -> OwnerReview:
    """Say whose an account is: `person_id`, or None for nobody whom the archive has named.

    The account's statements become that person's (those that have another author of their own stay),
    and no import of accounts overrules it later. Raises ReviewRefused for an unknown account or person.
    """
    account = account_for(session, reference)
    if person_id is not None and session.get(models.Person, person_id) is None:
        raise ReviewRefused(f"there is no person {person_id} in the archive (hustings roster import)")
    before = account.person_id
    if person_id is None and before is None:
        raise ReviewRefused(f"account {reference} has no owner already")
    verdict = _verdict(before, person_id)
    statements = _name_author(session, account, person_id) if before != person_id else 0
    session.add(
        models.Review(
            subject=ReviewSubject.OWNER,
            account_id=account.id,
            place="owner",
            verdict=verdict,
            value={"person_id": person_id},
            found={"person_id": before, "source": account.owner_source},
            reviewer=reviewer.name,
            note=reviewer.note,
            reviewed_at=reviewer.at,
        )
    )
    account.person_id = person_id
    if before != person_id:
        account.owner_source = SOURCE if person_id else None
    session.add(account)
    session.flush()
    return OwnerReview(account.id or 0, verdict, person_id, before, statements)


def _verdict(before: str | None, person_id: str | None) -> ReviewVerdict:
    if person_id is None:
        return ReviewVerdict.REJECTED
    if before is None:
        return ReviewVerdict.ADDED
    return ReviewVerdict.CONFIRMED if before == person_id else ReviewVerdict.CORRECTED


def _name_author(session: Session, account: models.Account, person_id: str | None) -> int:
    """The statements whose author was the old owner, or nobody, get the new one."""
    statement = models.Statement
    theirs = col(statement.person_id).is_not_distinct_from(account.person_id)
    changed = session.execute(
        update(statement)
        .where(col(statement.account_id) == account.id)
        .where(theirs | col(statement.person_id).is_(None))
        .values(person_id=person_id)
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]
