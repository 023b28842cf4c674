"""What changed in all candidacies together, counted and in a sentence. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from analysis.contract import KindName
from analysis.outcomes.candidacies import ConcessionStatus
from analysis.publishing.changes.deltas import CandidacyDelta, KindCounts, in_order
from analysis.site.wording import number, plural

MOST_ROWS = 200
"""Candidacies in the table of what changed."""

STANCES = {
    ConcessionStatus.STRONG: "conceded",
    ConcessionStatus.WEAK: "conceded",
    ConcessionStatus.REFUSED_THEN_CONCEDED: "conceded",
    ConcessionStatus.REFUSED: "refused",
    ConcessionStatus.CONCEDED_THEN_WITHDRAWN: "withdrawn",
    ConcessionStatus.ORDER_UNKNOWN: "order_unknown",
}
"""Where a candidacy stands once it has said something; of all others nothing is said."""

Count = Annotated[int, Meta(ge=0, le=10**12)]


@dataclass(frozen=True, slots=True)
class Counted:
    """What one report holds that the one before did not."""

    statements: Count
    gone: Count
    new_kinds: KindCounts
    """Of the new statements."""
    found: Count
    """Known statements in which a kind was newly found."""
    found_kinds: KindCounts
    conceded: Count
    """Candidacies that count as having conceded, and did not before. The same for those that follow."""
    refused: Count
    withdrawn: Count
    order_unknown: Count
    silent: Count
    """Candidacies of which a concession or refusal no longer counts."""
    results: Count
    """Contests whose result came in."""
    results_changed: Count
    first_collected: Count
    candidacies: Count
    candidacies_gone: Count
    not_compared: Count
    """Candidacies whose part of the last report is there, but cannot be read by this release."""

    @property
    def words(self) -> str:
        """All that is not nought, in words."""
        groups = (self._of_statements(), self._of_contests(), self._of_candidacies())
        found = "; ".join(joined for group in groups if (joined := ", ".join(group)))
        return found or "nothing new, no statement, concession or result changed"

    def _of_statements(self) -> Iterator[str]:
        for count, one, many in (
            (self.statements, "new statement", "new statements"),
            (self.gone, "statement gone", "statements gone"),
            (self.conceded, "new concession", "new concessions"),
            (self.refused, "refusal", "refusals"),
            (self.withdrawn, "concession withdrawn", "concessions withdrawn"),
            (self.order_unknown, "concession and refusal in an unknown order", "in an unknown order"),
            (
                self.silent,
                "concession or refusal no longer counts",
                "concessions or refusals no longer count",
            ),
        ):
            if count:
                yield plural(count, one, many)

    def _of_contests(self) -> Iterator[str]:
        if self.results:
            yield plural(self.results, "result came in", "results came in")
        if self.results_changed:
            yield plural(self.results_changed, "result changed", "results changed")

    def _of_candidacies(self) -> Iterator[str]:
        if self.found:
            yield f"kinds newly found in {plural(self.found, 'known statement')}"
        if self.first_collected:
            yield f"{plural(self.first_collected, 'candidate')} collected for the first time"
        if self.candidacies:
            yield plural(self.candidacies, "new candidacy", "new candidacies")
        if self.candidacies_gone:
            yield plural(self.candidacies_gone, "candidacy gone", "candidacies gone")
        if self.not_compared:
            yield (
                f"{number(self.not_compared)} {'candidacy' if self.not_compared == 1 else 'candidacies'} "
                "not compared, as this release cannot read what the last report kept of them"
            )


def stance(status: str | None) -> str | None:
    """The name in `Counted` of where a candidacy stands; None: nothing was found, or nothing is due."""
    return STANCES.get(ConcessionStatus(status)) if status in set(ConcessionStatus) else None


@dataclass(slots=True)
class Tally:
    """Counts candidacies as they come, and holds those that a page has room for."""

    rows: list[CandidacyDelta] = field(default_factory=list)
    changed: int = 0
    """Candidacies that belong in the table, with those that have no room."""
    _counts: Counter[str] = field(default_factory=Counter)
    _new_kinds: Counter[KindName] = field(default_factory=Counter)
    _found_kinds: Counter[KindName] = field(default_factory=Counter)
    _came_in: set[str] = field(default_factory=set)
    _changed: set[str] = field(default_factory=set)

    def add(self, delta: CandidacyDelta) -> None:
        """Count one that was compared."""
        self._count(delta)
        if delta.says_something:
            self.changed += 1
            self.rows.append(delta)
            if len(self.rows) >= 2 * MOST_ROWS:
                self.rows = self.shown

    def leave_out(self) -> None:
        """Count one that could not be compared."""
        self._counts["not_compared"] += 1

    @property
    def shown(self) -> list[CandidacyDelta]:
        """The rows of the table: what was said of the result first, then where most is new."""
        return sorted(self.rows, key=_weight)[:MOST_ROWS]

    @property
    def counted(self) -> Counted:
        """Everything so far."""
        counts = self._counts
        return Counted(
            statements=counts["statements"],
            gone=counts["gone"],
            new_kinds=in_order(self._new_kinds),
            found=counts["found"],
            found_kinds=in_order(self._found_kinds),
            conceded=counts["conceded"],
            refused=counts["refused"],
            withdrawn=counts["withdrawn"],
            order_unknown=counts["order_unknown"],
            silent=counts["silent"],
            results=len(self._came_in),
            results_changed=len(self._changed - self._came_in),
            first_collected=counts["first_collected"],
            candidacies=counts["candidacies"],
            candidacies_gone=counts["candidacies_gone"],
            not_compared=counts["not_compared"],
        )

    def _count(self, delta: CandidacyDelta) -> None:
        self._counts["statements"] += delta.new
        self._counts["gone"] += delta.gone
        self._counts["found"] += delta.found
        self._counts["first_collected"] += delta.first_collected
        self._counts["candidacies"] += delta.is_new
        self._counts["candidacies_gone"] += delta.is_gone
        self._new_kinds.update(dict(delta.new_kinds))
        self._found_kinds.update(dict(delta.found_kinds))
        if (moved := _moved(delta)) and not delta.is_gone:
            self._counts[moved] += 1
        if delta.elected is not None:
            (self._came_in if delta.elected[0] is None else self._changed).add(delta.contest_id)


def _moved(delta: CandidacyDelta) -> str | None:
    """The count in which a change of a candidacy's stance belongs."""
    then, now = map(stance, delta.concession or (None, None))
    return None if then == now else now or "silent"


def _weight(delta: CandidacyDelta) -> tuple[object, ...]:
    news = delta.new + delta.found + delta.gone
    return (_moved(delta) is None, -news, delta.elected is None, delta.contest, delta.name, delta.candidacy)
