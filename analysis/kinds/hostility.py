"""Whom an accusation is about, and accusations shown by how a rival is spoken of (rules/hostility.csv)."""

from collections.abc import Collection, Mapping, Sequence

from analysis.contract import AccusationType, Basis, KindName, Label, Sentiment, Target, TargetType
from analysis.kinds.passage import Passage
from analysis.kinds.phrases import Phrase
from analysis.kinds.sides import Place
from analysis.kinds.weigh import SPEAKS, Evidence

_BLAMED = frozenset({TargetType.PERSON, TargetType.PARTY, TargetType.GOVERNMENT})
"""What can be the own side and be blamed by it."""

_ALONE = 0.5
"""Words from this confidence on accuse without naming anybody."""
_OF_SOMEBODY = frozenset({AccusationType.POLICY, AccusationType.CHARACTER})
"""Accusations that need somebody; a wrong in a count or a crime is one whoever did it."""


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


def with_accused(evidence: Sequence[Evidence], passage: Passage, actor: Phrase) -> Sequence[Evidence]:
    """The evidence without weak signs of an accusation, where the text speaks of nobody who could be accused.

    "Robbed in extra time!" and "Asked and answered" attack nobody, whatever their words; strong words name
    their wrong themselves ("malpractice").
    """
    weak = [one for one in evidence if _is_weak(one)]
    if not weak or any(place.rival for place in passage.places) or actor.pattern.search(passage.text):
        return evidence
    return [one for one in evidence if not _is_weak(one)]


def _is_weak(one: Evidence) -> bool:
    return (
        one.kind is KindName.ACCUSATION
        and one.confidence < _ALONE
        and not one.insult
        and _OF_SOMEBODY.issuperset(one.types)
    )


def find_accused(
    passage: Passage,
    targets: Sequence[Target],
    toward: Sequence[Sentiment | None],
    evidence: Sequence[Evidence],
    types: Collection[TargetType],
) -> tuple[int, ...]:
    """Indexes of the targets that an accusation is about; () where nobody is named.

    These are the rivals in the sentences that accuse, else the own side where it is named there and spoken of
    negatively, else a rival who is addressed or was named last before. A rival's sentiment does not decide:
    who is accused in mild words often reads as neutral or better.
    """
    placed = [one for one in evidence if one.start < one.end]
    spans = [(one.start, one.end) for one in placed if one.confidence >= SPEAKS]
    spans = spans or [(one.start, one.end) for one in placed]
    starts = [start for start, _ in spans]
    rivals = [place for place in passage.places if place.rival and place.type in types]
    cold = {i for i, sentiment in enumerate(toward) if sentiment and sentiment.label is Label.NEGATIVE}
    own = [
        place
        for place in passage.places
        if place.type in _BLAMED and place.index in cold and _is_own(place, targets[place.index])
    ]
    return (
        passage.beside(starts, rivals)
        or passage.beside(starts, own)
        or passage.about(spans, types, rivals=True)
    )


def _is_own(place: Place, target: Target) -> bool:
    """Whether the own side stands there by name."""
    return not place.rival and target.basis is not Basis.OWN_SIDE
