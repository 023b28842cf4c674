"""What is new since the concession tracker was last shown. Pure but for what it remembers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from analysis.reports.concessions.elections import ElectionConcessions
from analysis.reports.concessions.rows import ClaimRow

Place = tuple[str, str]
"""Contest and person."""


@dataclass(slots=True)
class Follower:
    """Remembers which claims were told, and how each candidacy stood."""

    is_first: bool = True
    """Nothing was told yet."""
    _claims: set[object] = field(default_factory=set)
    _stood: dict[Place, object] = field(default_factory=dict)

    def new_claims(self, found: Iterable[ElectionConcessions]) -> list[ClaimRow]:
        """The claims that were not told before, oldest first; those without a time first."""
        self.is_first = False
        fresh: list[ClaimRow] = []
        for one in (row for election in found for row in election.claims):
            if _key(one) not in self._claims:
                self._claims.add(_key(one))
                fresh.append(one)
        return sorted(fresh, key=lambda one: one.published_at.timestamp() if one.published_at else 0.0)

    def changed(self, found: Iterable[ElectionConcessions]) -> dict[str, set[Place]]:
        """Election -> candidacies of which something is other than before: a claim, a review, the result."""
        new: dict[str, set[Place]] = {}
        for election in found:
            for place, stands in _standings(election).items():
                if self._stood.get(place) != stands:
                    self._stood[place] = stands
                    new.setdefault(election.election.id, set()).add(place)
        return new


def _standings(found: ElectionConcessions) -> dict[Place, object]:
    claims: dict[Place, list[object]] = {}
    for one in found.claims:
        claims.setdefault((one.contest_id, one.person_id), []).append(_key(one))
    return {
        place: (row.concession, row.elected, row.declared_at, tuple(claims.get(place, ())))
        for place, row in (((row.contest_id, row.person_id), row) for row in found.rows)
    }


def _key(one: ClaimRow) -> Sequence[object]:
    """What makes a claim the same when it is seen again; a review or a new remark makes it another."""
    return one.contest_id, one.statement, one.kind, one.scope, one.start, one.end, one.review, one.remarks
