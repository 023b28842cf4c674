"""Reviews laid over a reading: what a person decided wins, whatever the program finds now. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from analysis.contract import Basis, Kind, KindName, Reading, Sentiment, Target
from analysis.reviews.decisions import (
    HOLDING,
    Decision,
    KindValue,
    TargetValue,
    in_force,
    place_of_target,
)
from db.words import ReviewSubject, ReviewVerdict

METHOD = "review"
"""Method of a kind that a person added or corrected."""

SURE = 1.0
"""Confidence of what a person says."""

ORDER = {name: place for place, name in enumerate(KindName)}

Scored = tuple[Target, Sentiment | None]


def reviewed(reading: Reading, decisions: Iterable[Decision]) -> Reading:
    """The reading as the decisions (of its text, in the order of their times) say that it is.

    - What was rejected is left out: a target only as long as the program says the same of that place.
    - What was confirmed, corrected or added is there and says so, also where the program does not find
      it any more. A target takes the place of those that overlap it; the sentiment of its own place stays.
    - Kinds keep the order of the codebook, targets that of the text.
    """
    ruling = in_force(decisions)
    if not ruling:
        return reading
    targets = _targets(reading, [one for one in ruling.values() if one.subject is ReviewSubject.TARGET])
    places = {place_of_target(target): index for index, (target, _) in enumerate(targets)}
    before = [place_of_target(target) for target in reading.targets]
    kinds = {kind.kind: _moved(kind, before, places) for kind in reading.kinds}
    for one in ruling.values():
        if one.subject is ReviewSubject.KIND:
            name = KindName(one.place)
            ruled = _kind(name, kinds.get(name), one, places)
            kinds.pop(name, None)
            kinds.update({name: ruled} if ruled else {})
    return replace(
        reading,
        kinds=tuple(sorted(kinds.values(), key=lambda kind: ORDER[kind.kind])),
        targets=tuple(target for target, _ in targets),
        toward=tuple(sentiment for _, sentiment in targets),
    )


def _kind(name: KindName, found: Kind | None, decision: Decision, places: Mapping[str, int]) -> Kind | None:
    if decision.verdict not in HOLDING:
        return None
    if decision.verdict is ReviewVerdict.CONFIRMED and found is not None:
        return replace(found, reviewed=decision.mark)
    value = decision.value
    assert isinstance(value, KindValue)  # what holds has a value
    return Kind(
        kind=name,
        start=value.start,
        end=value.end,
        confidence=SURE,
        method=METHOD,
        strength=value.strength,
        scope=value.scope,
        types=value.types,
        incivility=value.incivility,
        targets=tuple(places[place] for place in value.targets if place in places),
        reviewed=decision.mark,
    )


def _moved(kind: Kind, before: Sequence[str], places: Mapping[str, int]) -> Kind:
    """The kind with its targets where they stand now; those that are gone are left out."""
    now = [places[before[index]] for index in kind.targets if before[index] in places]
    return replace(kind, targets=tuple(now))


def _targets(reading: Reading, decisions: Iterable[Decision]) -> list[Scored]:
    targets = list(zip(reading.targets, reading.toward, strict=True))
    for decision in decisions:
        targets = list(_ruled(targets, decision))
    return sorted(targets, key=lambda pair: _order(pair[0]))


def _order(target: Target) -> tuple[bool, int, int]:
    """Those that are only addressed come last, as they were found."""
    return target.start is None, target.start or 0, target.end or 0


def _ruled(targets: Sequence[Scored], decision: Decision) -> Iterable[Scored]:
    """The targets after one decision."""
    if decision.verdict not in HOLDING:
        yield from (pair for pair in targets if not _is_what_was_found(pair[0], decision))
        return
    value = decision.value
    assert isinstance(value, TargetValue)  # what holds has a value
    there = next((pair for pair in targets if place_of_target(pair[0]) == decision.place), None)
    yield from (pair for pair in targets if not _overlaps(pair[0], value) and pair is not there)
    if there and _says(there[0], value):
        yield replace(there[0], reviewed=decision.mark), there[1]
    else:
        yield _target(value, decision), there[1] if there else None


def _is_what_was_found(target: Target, decision: Decision) -> bool:
    """Whether it is the finding that was rejected, and not another one that a later method has there."""
    if place_of_target(target) != decision.place:
        return False
    return not isinstance(decision.found, TargetValue) or _says(target, decision.found)


def _says(target: Target, value: TargetValue) -> bool:
    """Whether a found target is linked as the value says."""
    linked = (target.person_id, target.party_id, target.type, target.who)
    return linked == (value.person_id, value.party_id, value.type, value.who)


def _overlaps(target: Target, value: TargetValue) -> bool:
    if target.start is None or target.end is None or value.start is None or value.end is None:
        return False
    return target.start < value.end and value.start < target.end


def _target(value: TargetValue, decision: Decision) -> Target:
    return Target(
        start=value.start,
        end=value.end,
        mention=value.mention,
        who=value.who,
        type=value.type,
        basis=Basis.REVIEW,
        confidence=SURE,
        person_id=value.person_id,
        party_id=value.party_id,
        reviewed=decision.mark,
    )
