"""Decisions made from what a reviewer says of a reading, refused where they cannot be. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from analysis.contract import (
    RESULT_KINDS,
    AccusationType,
    Kind,
    KindName,
    Reading,
    Scope,
    Strength,
    Target,
    TargetType,
)
from analysis.reviews.decisions import (
    Decision,
    KindValue,
    ReviewRefused,
    TargetValue,
    place_of_target,
)
from db.words import ReviewSubject, ReviewVerdict

SHOWN = 60
"""Characters of the reviewed text that a refusal repeats."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who signs, when, and with what remark."""

    name: str
    at: datetime
    note: str | None = None


@dataclass(frozen=True, slots=True)
class KindChange:
    """What is said of a kind beside the verdict; None: as it was found."""

    words: str | None = None
    """The words of the text that show it."""
    strength: Strength | None = None
    scope: Scope | None = None
    types: tuple[AccusationType, ...] | None = None
    incivility: bool | None = None
    targets: tuple[str, ...] | None = None
    """Places of the targets that it is about, or their words."""


@dataclass(frozen=True, slots=True)
class TargetChange:
    """What is said of a target beside the verdict; None: as it was found."""

    who: str | None = None
    type: TargetType | None = None
    person_id: str | None = None
    party_id: str | None = None


def decide_kind(
    text: str,
    reading: Reading,
    name: KindName,
    verdict: ReviewVerdict,
    reviewer: Reviewer,
    change: KindChange | None = None,
) -> Decision:
    """A decision about a kind of a statement.

    Raises ReviewRefused where it confirms or corrects what is not found, adds what is, changes nothing,
    or names words, strengths or targets that the text or the kind cannot have.
    """
    change = change or KindChange()
    _check_fit(name, change)
    found = next((kind for kind in reading.kinds if kind.kind is name), None)
    value = KindValue.of(found, reading.targets) if found else None
    _check_found(verdict, f"the kind {name.value}", value is not None, change != KindChange())
    return Decision(
        subject=ReviewSubject.KIND,
        place=name.value,
        verdict=verdict,
        value=_kind_value(text, reading, value, change) if verdict in _WITH_VALUE else None,
        by=reviewer.name,
        at=reviewer.at,
        note=reviewer.note,
        found=value,
    )


def decide_target(
    text: str,
    reading: Reading,
    place: str,
    verdict: ReviewVerdict,
    reviewer: Reviewer,
    change: TargetChange | None = None,
) -> Decision:
    """A decision about a target. `place` is `start-end`, `addressed:NAME`, or words of the text.

    Raises ReviewRefused as decide_kind does.
    """
    change = change or TargetChange()
    key = place_in(text, reading.targets, place)
    found = next((one for one in reading.targets if place_of_target(one) == key), None)
    value = TargetValue.of(found) if found else None
    _check_found(verdict, f"a target at {key}", value is not None, change != TargetChange())
    return Decision(
        subject=ReviewSubject.TARGET,
        place=key,
        verdict=verdict,
        value=_target_value(text, key, value, change) if verdict in _WITH_VALUE else None,
        by=reviewer.name,
        at=reviewer.at,
        note=reviewer.note,
        found=value,
    )


_WITH_VALUE = frozenset({ReviewVerdict.CONFIRMED, ReviewVerdict.CORRECTED, ReviewVerdict.ADDED})


def _check_found(verdict: ReviewVerdict, what: str, is_found: bool, is_changed: bool) -> None:
    if verdict in (ReviewVerdict.CONFIRMED, ReviewVerdict.CORRECTED) and not is_found:
        raise ReviewRefused(f"{what} is not found in this statement, so it cannot be {verdict}: add it")
    if verdict is ReviewVerdict.ADDED and is_found:
        raise ReviewRefused(f"{what} is there already: confirm or correct it")
    if verdict is ReviewVerdict.CORRECTED and not is_changed:
        raise ReviewRefused(f"{what} is said to be corrected, but not in what")
    if verdict not in (ReviewVerdict.CORRECTED, ReviewVerdict.ADDED) and is_changed:
        raise ReviewRefused(f"{what} is {verdict}: only what is corrected or added takes other values")


def _check_fit(name: KindName, change: KindChange) -> None:
    if change.strength and name is not KindName.CONCESSION:
        raise ReviewRefused(f"{name.value} has no strength: only a concession has")
    if change.scope and name not in RESULT_KINDS:
        raise ReviewRefused(f"{name.value} has no scope: only {', '.join(sorted(RESULT_KINDS))} have")
    if (change.types or change.incivility) and name is not KindName.ACCUSATION:
        raise ReviewRefused(f"{name.value} has neither types nor incivility: only an accusation has")


def _kind_value(text: str, reading: Reading, found: KindValue | None, change: KindChange) -> KindValue:
    value = found or KindValue(0, len(text))
    changed: dict[str, Any] = {
        name: getattr(change, name)
        for name in ("strength", "scope", "types", "incivility")
        if getattr(change, name) is not None
    }
    if change.words is not None:
        start, end = _span_of(text, change.words)
        changed |= {"start": start, "end": end}
    if change.targets is not None:
        places = [place_in(text, reading.targets, one) for one in change.targets]
        known = {place_of_target(target) for target in reading.targets}
        strangers = [one for one in places if one not in known]
        if strangers:
            raise ReviewRefused(f"no target stands at {', '.join(strangers)}: add it first")
        changed["targets"] = tuple(places)
    return replace(value, **changed)


def _target_value(text: str, key: str, found: TargetValue | None, change: TargetChange) -> TargetValue:
    if found is None:
        if change.who is None or change.type is None:
            raise ReviewRefused(f"the target at {key} needs a name and a type to be added")
        start, end = _bounds(key)
        mention = text[start:end] if start is not None else ""
        found = TargetValue(start, end, mention, change.who, change.type)
    if change.who or change.person_id or change.party_id:
        # Another actor: the ids of the one that was found do not carry over.
        found = replace(found, person_id=change.person_id, party_id=change.party_id)
    return replace(found, who=change.who or found.who, type=change.type or found.type)


def place_in(text: str, targets: Sequence[Target], place: str) -> str:
    """The place that a reviewer means: as it is, or that of the words where they stand once.

    Raises ReviewRefused where the words stand nowhere or several times, or a span lies outside the text.
    """
    if place in {place_of_target(target) for target in targets} or place.startswith("addressed:"):
        return place
    start, end = _bounds(place)
    if start is None or end is None:
        start, end = _span_of(text, place)
    if not 0 <= start < end <= len(text):
        raise ReviewRefused(f"{place} lies outside the text, which has {len(text)} characters")
    return f"{start}-{end}"


def _bounds(key: str) -> tuple[int | None, int | None]:
    first, dash, last = key.partition("-")
    if dash and first.isascii() and first.isdigit() and last.isascii() and last.isdigit():
        return int(first), int(last)
    return None, None


def _span_of(text: str, words: str) -> tuple[int, int]:
    times = text.count(words) if words else 0
    if times != 1:
        where = "nowhere" if not times else f"{times} times"
        raise ReviewRefused(
            f"the words {words[:SHOWN]!r} stand {where} in the text: give more of them, or start-end"
        )
    start = text.index(words)
    return start, start + len(words)


def shown_kind(kind: Kind) -> str:
    """A found kind in a few words, for a reviewer."""
    parts = [kind.kind.value, kind.strength, kind.scope, *kind.types, "uncivil" if kind.incivility else None]
    return " · ".join(part for part in parts if part)
