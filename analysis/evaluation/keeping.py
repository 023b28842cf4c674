"""Stores what coders said, in bulk, and tells what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from db.batches import batches
from db.models import HandCode, now


@dataclass(frozen=True, slots=True)
class CodedText:
    """What one coder said of one text."""

    statement_id: int
    text_sha256: str
    is_present: bool
    """Whether it is the statement's present text."""
    coder: str
    sample_id: int | None
    answers: Mapping[str, str]
    """Code -> value."""
    asked: frozenset[str]
    """Codes about which it was asked: earlier ones among them are replaced, others stay."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of codes when they were stored."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    """Said before, and not any more."""
    outdated: int = 0
    """Statements left as they are: the coder has coded another text than the one that was replaced."""


def keep_codes(session: Session, coded: Sequence[CodedText]) -> Kept:
    """Store codes; what a coder said before of the same statements, where it was asked again, goes."""
    total = Kept()
    for some in batches(coded):
        part = _keep(session, some)
        total = Kept(
            added=total.added + part.added,
            changed=total.changed + part.changed,
            unchanged=total.unchanged + part.unchanged,
            removed=total.removed + part.removed,
            outdated=total.outdated + part.outdated,
        )
    return total


def _keep(session: Session, coded: Sequence[CodedText]) -> Kept:
    asked = {(one.statement_id, one.coder): one for one in coded}
    before = _before(session, asked)
    newer = {
        (statement, coder)
        for (statement, coder, _), (_, _, sha) in before.items()
        if not asked[statement, coder].is_present and sha != asked[statement, coder].text_sha256
    }
    before = {key: old for key, old in before.items() if key[:2] not in newer}
    after = {
        (one.statement_id, one.coder, code): (value, one)
        for one in coded
        if (one.statement_id, one.coder) not in newer
        for code, value in one.answers.items()
    }
    same = {key for key, (value, one) in after.items() if before.get(key, ())[1:] == (value, one.text_sha256)}
    gone = [row_id for key, (row_id, _, _) in before.items() if key not in same]
    session.execute(delete(HandCode).where(col(HandCode.id).in_(gone)))
    rows = [_row(key, *entry) for key, entry in after.items() if key not in same]
    if rows:
        session.execute(insert(HandCode), rows)
    return Kept(
        added=len(after.keys() - before.keys()),
        changed=len((after.keys() & before.keys()) - same),
        unchanged=len(same),
        removed=len(before.keys() - after.keys()),
        outdated=len(newer),
    )


def _before(
    session: Session, asked: Mapping[tuple[int, str], CodedText]
) -> dict[tuple[int, str, str], tuple[int, str, str]]:
    """Statement, coder and code -> id, value and text of what is stored, where it is asked again."""
    found = {}
    query = select(HandCode).where(col(HandCode.statement_id).in_({statement for statement, _ in asked}))
    for row in session.exec(query):
        one = asked.get((row.statement_id, row.coder))
        if one and row.code in one.asked:
            found[row.statement_id, row.coder, row.code] = (row.id or 0, row.value, row.text_sha256)
    return found


def _row(key: tuple[int, str, str], value: str, one: CodedText) -> dict[str, Any]:
    statement_id, coder, code = key
    return {
        "statement_id": statement_id,
        "coder": coder,
        "code": code,
        "value": value,
        "text_sha256": one.text_sha256,
        "sample_id": one.sample_id,
        "coded_at": now(),
    }
