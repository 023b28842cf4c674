"""Rows that speak of the same contest or candidate, made one; contradictions and doubles refused."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from enum import Enum
from typing import Any, TypeVar

from archive.ballots.names import words
from archive.ballots.rows import Ballot, CandidateRow, ContestRow

Row = TypeVar("Row", ContestRow, CandidateRow)


class Repeats(Enum):
    """When a format may name a candidate in several rows."""

    NEVER = "never"
    FOR_ACCOUNTS = "a row for each account"
    IF_AGREEING = "if the rows do not contradict each other"


UNCOMPARED = frozenset({"place", "name", "accounts", "identifiers", "other_names"})
"""Fields of a candidate that rows about one person may differ in; names and lists add up."""


def folded(ballot: Ballot, repeats: Repeats) -> Ballot:
    """The ballot with each contest and each candidate once.

    Raises UnreadableSource where two rows disagree, or a candidate is there twice without need.
    """
    return replace(
        ballot,
        contests=tuple(_contests(ballot)),
        candidates=tuple(_candidates(ballot, repeats)),
    )


def _contests(ballot: Ballot) -> Iterable[ContestRow]:
    found: dict[str, ContestRow] = {}
    for row in ballot.contests:
        known = found.get(row.id)
        if known is None:
            found[row.id] = row
        else:
            found[row.id] = _joined(ballot, known, row, {"place"}, {"name": "contest_name"})
    return found.values()


def _candidates(ballot: Ballot, repeats: Repeats) -> list[CandidateRow]:
    kept: list[CandidateRow] = []
    by_name: defaultdict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    by_id: dict[tuple[str, str], int] = {}
    for row in ballot.candidates:
        namesakes = by_name[row.contest_id, words(row.name)]
        ids = [(row.contest_id, str(identifier)) for identifier in row.identifiers]
        at = next((by_id[key] for key in ids if key in by_id), None)
        if at is None:
            at = next((index for index in namesakes if _may_be_same(kept[index], row)), None)
        if at is None:
            at = len(kept)
            kept.append(row)
            namesakes.append(at)
        else:
            kept[at] = _repeated(ballot, kept[at], row, repeats)
        by_id.update(dict.fromkeys(ids, at))
    return kept


def _may_be_same(known: CandidateRow, row: CandidateRow) -> bool:
    """Two rows of one name are one person unless their ids or their parties differ."""
    stated = {identifier.scheme: identifier.value for identifier in known.identifiers}
    if any(stated.get(one.scheme, one.value) != one.value for one in row.identifiers):
        return False
    return known.ballot_label == row.ballot_label or None in (known.ballot_label, row.ballot_label)


def _repeated(ballot: Ballot, known: CandidateRow, row: CandidateRow, repeats: Repeats) -> CandidateRow:
    if not set(words(known.name)) & set(words(row.name)):
        message = f"{row.name} has the id of {known.name}: row {known.place.row}"
        raise ballot.wrong(row.place, "name", message)
    adds_account = bool(row.accounts) and not set(row.accounts) <= set(known.accounts)
    if repeats is Repeats.NEVER or (repeats is Repeats.FOR_ACCOUNTS and not adds_account):
        message = f"{row.name} is already a candidate of {row.contest_id}: row {known.place.row}"
        raise ballot.wrong(row.place, "name", message)
    return replace(
        _joined(ballot, known, row, UNCOMPARED, {}),
        accounts=tuple(dict.fromkeys((*known.accounts, *row.accounts))),
        identifiers=tuple(dict.fromkeys((*known.identifiers, *row.identifiers))),
        other_names=tuple(dict.fromkeys((*known.other_names, *row.other_names))),
    )


def _joined(
    ballot: Ballot, known: Row, row: Row, uncompared: Iterable[str], renamed: Mapping[str, str]
) -> Row:
    """The first row with what the second adds. Raises where both say something different."""
    added: dict[str, Any] = {}
    for field in fields(known):
        old, new = getattr(known, field.name), getattr(row, field.name)
        if field.name in uncompared or new is None or old == new:
            continue
        if old is not None:
            message = f"{_shown(new)}, but row {known.place.row} says {_shown(old)}"
            raise ballot.wrong(row.place, renamed.get(field.name, field.name), message)
        added[field.name] = new
    return replace(known, **added) if added else known


def _shown(value: object) -> str:
    return str(getattr(value, "name", None) or getattr(value, "at", None) or value)
