"""What a report says of one candidacy that the last one did not. Pure, and small enough to be sent about."""

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from analysis.contract import KindName
from analysis.publishing.candidacies import WrittenCandidacy
from analysis.publishing.changes.entries import (
    FeedEntry,
    candidacy_id,
    entries_of,
    entry_id,
    kinds_of,
    plain_name,
)
from analysis.publishing.digests import CandidacyDigest, StatementDigest
from analysis.reports.contests.collection import Collection

ALL = "all"
"""The feed of statements of every kind."""

MOST_ENTRIES = 50
"""Of one feed."""

KindCounts = tuple[tuple[KindName, int], ...]
"""Kind -> statements, most first."""


@dataclass(frozen=True, slots=True)
class CandidacyDelta:
    """The difference between two reports in one candidacy. Names are clipped and fit to be shown."""

    candidacy: str
    """Its id in feeds."""
    contest_id: str
    name: str
    party: str
    contest: str
    page: str
    """Its page, seen from the report's first folder; not there any more if it `is_gone`."""
    is_new: bool
    """Nothing of it was read from the last report."""
    is_gone: bool
    new: int
    """Statements that the last report did not hold."""
    gone: int
    """Statements that this report does not hold any more."""
    new_kinds: KindCounts
    """Of the new statements."""
    found: int
    """Known statements in which a kind was newly found."""
    found_kinds: KindCounts
    concession: tuple[str | None, str | None] | None
    """Where it stands to the loss (`ConcessionStatus`), before and after; None: as before."""
    elected: tuple[bool | None, bool | None] | None
    """The same of its result. Of a new candidacy nothing came in."""
    first_collected: bool
    entries: tuple[FeedEntry, ...]
    """Of statements that are new or in which a kind was newly found: the newest of each feed."""
    fed: tuple[FeedEntry, ...]
    """Of the statements that feeds hold already, as far as they are still there."""

    @property
    def says_something(self) -> bool:
        """Whether a reader of the change log wants to see it."""
        counted = self.new or self.gone or self.found or self.first_collected or self.is_gone or self.is_new
        return bool(counted) or self.concession is not None or self.elected is not None


def delta_of(
    before: WrittenCandidacy | None,
    after: WrittenCandidacy | None,
    *,
    place: str,
    fed: Set[str] = frozenset(),
) -> CandidacyDelta:
    """Compare what two reports hold of one candidacy; None where one holds nothing.

    `place`: of the contest's folder, seen from the report's first. `fed`: ids of the entries that feeds
    hold (`ChangeLog.fed`). One of both reports must hold the candidacy.
    """
    known = {one.key: one for one in before.statements} if before else {}
    present = after.statements if after else ()
    new = [one for one in present if one.key not in known]
    found = {one.key: kinds for one in present if (kinds := _newly_found(known.get(one.key), one))}
    digest = _digest(before, after)
    row = digest.row
    return CandidacyDelta(
        candidacy=candidacy_id(row.contest_id, row.person_id),
        contest_id=row.contest_id,
        name=plain_name(row.name),
        party=plain_name(row.party),
        contest=plain_name(row.contest),
        page=f"{place}/{digest.address}",
        is_new=before is None,
        is_gone=after is None,
        new=len(new),
        gone=len(known.keys() - {one.key for one in present}),
        new_kinds=_counted(kinds_of(one) for one in new),
        found=len(found),
        found_kinds=_counted(found.values()),
        concession=_concession(before, after),
        elected=_elected(before, after),
        first_collected=_is_collected(after) and not _is_collected(before),
        entries=_entries(after, {one.key for one in new} | found.keys(), place),
        fed=_fed(after, fed, place),
    )


def _digest(before: WrittenCandidacy | None, after: WrittenCandidacy | None) -> CandidacyDigest:
    either = after or before
    if either is None:
        raise ValueError("neither report holds the candidacy")
    return either.digest


def _newly_found(before: StatementDigest | None, after: StatementDigest) -> list[KindName]:
    """Kinds of a statement that the last report held without them."""
    return [kind for kind in kinds_of(after) if kind not in before.kinds] if before else []


def _counted(kinds: Iterable[Iterable[KindName]]) -> KindCounts:
    return in_order(Counter(kind for some in kinds for kind in set(some)))


def in_order(counts: Mapping[KindName, int]) -> KindCounts:
    """Most first."""
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _concession(
    before: WrittenCandidacy | None, after: WrittenCandidacy | None
) -> tuple[str | None, str | None] | None:
    then, now = (one.digest.concession.concession if one else None for one in (before, after))
    return None if then == now else (then, now)


def _elected(
    before: WrittenCandidacy | None, after: WrittenCandidacy | None
) -> tuple[bool | None, bool | None] | None:
    if before is None or after is None:
        return None
    then, now = before.digest.row.elected, after.digest.row.elected
    return None if then == now else (then, now)


def _is_collected(one: WrittenCandidacy | None) -> bool:
    return one is not None and one.digest.row.collection == Collection.COLLECTED


def _entries(after: WrittenCandidacy | None, keys: Set[str], place: str) -> tuple[FeedEntry, ...]:
    """The newest of each feed: no feed has room for more."""
    if after is None:
        return ()
    room: Counter[str] = Counter()
    chosen = []
    for one in sorted(after.statements, key=_newest_first):
        feeds = (ALL, *kinds_of(one))
        if one.key in keys and any(room[feed] < MOST_ENTRIES for feed in feeds):
            chosen.append(one)
            room.update(feeds)
    return tuple(entries_of(after.digest, chosen, place))


def _newest_first(one: StatementDigest) -> tuple[float, str]:
    """Those without a time at the end."""
    return (-one.at if one.at is not None else float("inf"), one.key)


def _fed(after: WrittenCandidacy | None, fed: Set[str], place: str) -> tuple[FeedEntry, ...]:
    if after is None or not fed:
        return ()
    digest = after.digest
    return tuple(entries_of(digest, (one for one in after.statements if entry_id(digest, one) in fed), place))
