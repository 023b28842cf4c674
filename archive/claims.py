"""What a source says of a post beside its text, and what several sources together say. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from archive.precedence import How, SourceKind, rules
from db.words import Precision

Values = Mapping[str, Any]
"""Column of a statement -> value."""

TEXT_FIELDS = frozenset({"text", "edited_at"})
"""Fields that go with a text: archive.edits decides them."""

EVERYTHING = "*"
"""In a statement's `sources`: all columns that are not named."""

EXACTNESS = {Precision.DAY: 0, Precision.MINUTE: 1, Precision.SECOND: 2}

AS_EXACT = {
    Precision.SECOND: timedelta(seconds=1),
    Precision.MINUTE: timedelta(minutes=1),
}

ANY_ZONE = timedelta(hours=14)
"""How far a day that a source gives, in whatever zone, may lie from the same day in UTC."""


@dataclass(frozen=True, slots=True)
class Named:
    """An account as two claims about an author are compared."""

    label: str
    platform_id: str | None
    handles: frozenset[str]

    def contradicts(self, other: "Named") -> bool:
        """Whether they are not one account, by what is known of them."""
        if self.platform_id and other.platform_id:
            return self.platform_id != other.platform_id
        return not self.handles & other.handles


@dataclass(slots=True)
class Merged:
    """What is to be changed in a statement, and what was said in vain."""

    values: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    contradictions: list[tuple[str, str]] = field(default_factory=list)
    """Field and what was said that does not count."""
    accepted: list[tuple[str, str]] = field(default_factory=list)
    """Field and what counts now: it may have been said in vain before."""


def kind_in(sources: Mapping[str, str], column: str) -> SourceKind:
    """The kind of source that a column is from; what nobody noted is somebody's table."""
    return SourceKind(sources.get(column) or sources.get(EVERYTHING) or SourceKind.TABLE)


def merge(
    stored: Values,
    sources: Mapping[str, str],
    said: Values,
    kind: SourceKind,
    account: Callable[[int], Named],
) -> Merged:
    """Bring what a source says into what is stored. In whatever order sources come, the same is left."""
    merged = Merged(sources=dict(sources))
    _merge_author(merged, stored, said, kind, account)
    _merge_time(merged, stored, said, kind)
    for column, rule in rules().items():
        if rule.how is How.ORDER and column != "person_id" and said.get(column) is not None:
            _by_order(merged, column, stored[column], said[column], kind)
    return merged


def _by_order(merged: Merged, column: str, before: Any, now: Any, kind: SourceKind) -> None:
    rank, there = rules()[column].rank, kind_in(merged.sources, column)
    better = before is None or rank(kind) > rank(there)
    if better or (rank(kind) == rank(there) and str(now) < str(before)):
        _take(merged, column, before, now, kind)


def _take(merged: Merged, column: str, before: Any, now: Any, kind: SourceKind) -> None:
    if before != now:
        merged.values[column] = now
    if kind_in(merged.sources, column) is not kind:
        merged.sources[column] = str(kind)


# ---- the author -----------------------------------------------------------------------------------------


def _merge_author(
    merged: Merged, stored: Values, said: Values, kind: SourceKind, account: Callable[[int], Named]
) -> None:
    there, told = stored["account_id"], said.get("account_id")
    rank = rules()["account_id"].rank
    kind_there = kind_in(merged.sources, "account_id")
    if told is None or there is None or told == there:
        if told is not None and (there is None or rank(kind) > rank(kind_there)):
            _take(merged, "account_id", there, told, kind)
        _merge_person(merged, stored, said, kind)
        return
    mine, theirs = account(told), account(there)
    better = _author_key(rank(kind), mine) > _author_key(rank(kind_there), theirs)
    if theirs.contradicts(mine):
        merged.contradictions.append(("author", theirs.label if better else mine.label))
    if better:
        merged.accepted.append(("author", mine.label))
    if better:
        _take(merged, "account_id", there, told, kind)
    if not (theirs.platform_id and mine.platform_id):
        _merge_person(merged, stored, said, kind)  # it may be one account that was renamed
    elif better:
        # Somebody else's account: its owner did not write this.
        _take(merged, "person_id", stored["person_id"], said.get("person_id"), kind)


def _author_key(rank: int, one: Named) -> tuple[int, bool, list[int]]:
    """The last: of two the one that stands first in the alphabet."""
    return rank, one.platform_id is not None, [-ord(sign) for sign in one.label] + [1]


def _merge_person(merged: Merged, stored: Values, said: Values, kind: SourceKind) -> None:
    before, now = stored["person_id"], said.get("person_id")
    if now is None:
        return
    _by_order(merged, "person_id", before, now, kind)
    if before not in (None, now):
        better = "person_id" in merged.values
        merged.contradictions.append(("author", str(before if better else now)))
        merged.accepted += [("author", str(now))] if better else []


# ---- the time ---------------------------------------------------------------------------------------------


def _merge_time(merged: Merged, stored: Values, said: Values, kind: SourceKind) -> None:
    column = "published_at"
    now, before = said.get(column), stored[column]
    if now is None:
        return
    exactness = Precision(said["published_precision"] or Precision.SECOND)
    stored_exactness = Precision(stored["published_precision"] or Precision.SECOND)
    there = kind_in(merged.sources, column)
    rank = rules()[column].rank
    better = before is None or (
        (EXACTNESS[exactness], rank(kind), -now.timestamp())
        > (EXACTNESS[stored_exactness], rank(there), -before.timestamp())
    )
    if before is not None and (kind is not there or kind is not SourceKind.PLATFORM):
        times = (before, stored_exactness), (now, exactness)
        if not _agree(*times):
            merged.contradictions.append((column, _shown(*times[0 if better else 1])))
    if better:
        merged.accepted.append((column, _shown(now, exactness)))
        _take(merged, column, before, now, kind)
        if stored["published_precision"] != exactness:
            merged.values["published_precision"] = exactness


def _agree(one: tuple[datetime, Precision], other: tuple[datetime, Precision]) -> bool:
    (first, exact), (second, as_exact) = one, other
    if exact is as_exact is Precision.DAY:
        return first == second
    if Precision.DAY in (exact, as_exact):
        day, moment = (first, second) if exact is Precision.DAY else (second, first)
        return day - ANY_ZONE <= moment < day + timedelta(days=1) + ANY_ZONE
    return abs(first - second) < max(AS_EXACT[exact], AS_EXACT[as_exact])


def _shown(at: datetime, precision: Precision) -> str:
    at = at.astimezone(UTC)
    return at.date().isoformat() if precision is Precision.DAY else at.isoformat()
