"""Victory, concession and refusal against each other: nobody claims one outcome both ways in one text."""

from collections.abc import Sequence
from dataclasses import replace

from analysis.contract import KindName, Strength
from analysis.kinds.weigh import Weighed

DENIAL = 0.2
"""So much surer a claim of victory must be than a refusal beside it: "we won" is said against counts too."""


def settle(found: Sequence[Weighed], *, denial: float = DENIAL) -> list[Weighed]:
    """The kinds that can stand together, in their order; `denial` as DENIAL, on the scale of the confidences.

    A refusal stands against a victory or a concession, whichever is the surer; a concession that stays is
    weak then, for its author doubts the outcome. A victory and a concession stand together where they speak
    of different outcomes (a leader keeps the seat and loses the country), else the surer stays.
    """
    by_kind = {one.kind: one for one in found}
    victory, concession, refusal = map(by_kind.get, (KindName.VICTORY, KindName.CONCESSION, KindName.REFUSAL))
    gone: set[KindName] = set()
    if refusal and concession:
        if concession.confidence > refusal.confidence:
            by_kind[KindName.CONCESSION] = _weak(concession)
        gone.add(_less_sure(concession, refusal))
    if refusal and victory:
        lost = victory.confidence <= refusal.confidence + denial
        gone.add(KindName.VICTORY if lost else KindName.REFUSAL)
    if victory and concession and victory.scope is concession.scope and not gone:
        gone.add(_less_sure(victory, concession))
    return [one for one in by_kind.values() if one.kind not in gone]


def _less_sure(one: Weighed, other: Weighed) -> KindName:
    """Of two kinds the one with the lower confidence; the first where they are equal."""
    return other.kind if one.confidence > other.confidence else one.kind


def _weak(one: Weighed) -> Weighed:
    return replace(one, evidence=tuple(replace(e, strength=Strength.WEAK) for e in one.evidence))
