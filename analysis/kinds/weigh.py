"""Evidence weighed into kinds: what single rules and sentiments say, taken together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, prod

from analysis.contract import AccusationType, KindName, Scope, Strength
from analysis.kinds.tables import KindRow

ORDER = tuple(KindName)
SPEAKS = 0.3
"""Evidence below this confidence adds to a kind, but does not say where its targets stand."""
_BESIDE = 0.6
"""A type stands beside the one that most is said for, if this share of that is said for it."""
_COMMON = {AccusationType.POLICY: 0.5}
"""Words about deeds and plans stand in every attack: for the type they count half."""


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
    """What makes the kind: places that do not overlap."""
    said: tuple[Evidence, ...] = ()
    """All that was found, overlapping or not."""
    reaches: bool = True
    """Whether the reasons together reach the kind's threshold."""

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
        """The types that most is said for, in fixed order; policy where no words tell."""
        weights = {name: _weight_of(name, self.said) for name in AccusationType}
        most = max(weights.values())
        if not most:
            return (AccusationType.POLICY,) if self.kind is KindName.ACCUSATION else ()
        return tuple(name for name, weight in weights.items() if weight >= _BESIDE * most)

    @property
    def insult(self) -> bool:
        """Whether some place insults or mocks."""
        return any(e.insult for e in self.said)


def is_attack(one: Weighed) -> bool:
    """Whether some of an accusation's words blame: beside a claim of a win or a loss the mere mention of
    rivals and offices is no attack, since the result is told of them."""
    return any(e.confidence >= SPEAKS and not e.apart for e in one.evidence)


def _weight_of(name: AccusationType, said: Iterable[Evidence]) -> float:
    """What speaks for a type: the chances that each place fails to, multiplied, as a logarithm."""
    places = _apart(e for e in said if name in e.types)
    return sum(-log(1 - e.confidence) for e in places if e.confidence < 1) * _COMMON.get(name, 1.0)


def _apart(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Strongest words first, without places that overlap a stronger one: the same words count once."""
    kept: list[Evidence] = []
    for one in sorted(evidence, key=lambda e: (-e.confidence, e.start, -e.end)):
        if one.apart or all(o.apart or one.end <= o.start or o.end <= one.start for o in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda e: e.apart))


def weigh(evidence: Sequence[Evidence], row: KindRow) -> Weighed | None:
    """The kind with its reasons taken together (noisy-or: each may fail by itself); None without any."""
    said = tuple(one for one in evidence if one.kind is row.kind)
    if not said:
        return None
    kept = _apart(said)
    confidence = 1 - prod([1 - one.confidence for one in kept])
    return Weighed(row.kind, round(confidence, 3), kept, said, confidence >= row.threshold)
