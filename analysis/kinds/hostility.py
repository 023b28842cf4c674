"""Accusations shown by whom a statement speaks of: a rival, and how (rules/hostility.csv)."""

from collections.abc import Mapping, Sequence

from analysis.contract import KindName, Label, Sentiment, Target, TargetType
from analysis.kinds.passage import Passage
from analysis.kinds.weigh import Evidence


def find_hostility(
    passage: Passage,
    targets: Sequence[Target],
    toward: Sequence[Sentiment | None],
    weights: Mapping[tuple[TargetType, Label], float],
) -> list[Evidence]:
    """One reason for `accusation`: the rival whose mention speaks most for it; [] where none does."""
    found: list[Evidence] = []
    for place, target, sentiment in zip(passage.places, targets, toward, strict=True):
        if place.rival and sentiment is not None:
            weight = weights.get((target.type, sentiment.label), 0.0) * target.confidence
            found.append(Evidence(KindName.ACCUSATION, place.start or 0, place.end or 0, weight, apart=True))
    return sorted(found, key=lambda one: -one.confidence)[:1]
