"""Evidence weighed into kinds: what single rules and sentiments say, taken together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod

from analysis.contract import AccusationType, KindName, Scope, Strength
from analysis.kinds.tables import KindRow

ORDER = tuple(KindName)
_SPEAKS = 0.3
"""Evidence below this confidence adds to a kind, but does not say which strength, scope or type it has."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for one kind, at a place in the normalised text."""

    kind: KindName
    start: int
    end: int
    confidence: float
    strength: Strength | None = None
    scope: Scope | None = None
    types: tuple[AccusationType, ...] = ()
    insult: bool = False
    apart: bool = False
    """Does not come from the words at its place: counts beside other evidence there."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A kind that the evidence carries, strongest place first."""

    kind: KindName
    confidence: float
    evidence: tuple[Evidence, ...]

    @property
    def strength(self) -> Strength | None:
        """A loss that is acknowledged plainly somewhere is acknowledged plainly."""
        return min((e.strength for e in self.evidence if e.strength), default=None)

    @property
    def scope(self) -> Scope | None:
        """The scope of the strongest place that has one."""
        return next((e.scope for e in self.evidence if e.scope), None)

    @property
    def types(self) -> tuple[AccusationType, ...]:
        """Every type that a place speaks of clearly, else those of the strongest place; in fixed order."""
        clear = {name for e in self.evidence if e.confidence >= _SPEAKS for name in e.types}
        found = clear or next(({*e.types} for e in self.evidence if e.types), set())
        return tuple(name for name in AccusationType if name in found)

    @property
    def insult(self) -> bool:
        """Whether some place insults or mocks."""
        return any(e.insult for e in self.evidence)


def _apart(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Strongest words first, without places that overlap a stronger one: the same words count once."""
    kept: list[Evidence] = []
    for one in sorted(evidence, key=lambda e: (-e.confidence, e.start, -e.end)):
        if one.apart or all(o.apart or one.end <= o.start or o.end <= one.start for o in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda e: e.apart))


def weigh(evidence: Sequence[Evidence], row: KindRow) -> Weighed | None:
    """The kind, where its reasons together reach its threshold (noisy-or: each may fail by itself)."""
    kept = _apart(one for one in evidence if one.kind is row.kind)
    confidence = 1 - prod(1 - one.confidence for one in kept)
    if not kept or confidence < row.threshold:
        return None
    return Weighed(row.kind, round(confidence, 3), kept)
