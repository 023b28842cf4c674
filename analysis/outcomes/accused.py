"""Whom a candidate accuses of what, before and after the declaration. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from analysis.contract import AccusationType, Basis, Kind, KindName, Reading, Target, TargetType
from analysis.outcomes.found import FoundStatement, Outcome
from analysis.outcomes.timing import Phase

ELECTORAL = re.compile(r"\belect(?:ion|oral)|^(?:INEC|IEC|IEBC|ECI|TSE|INE|FEC)$", re.IGNORECASE)
"""Institutions that run, count or judge elections, by the short name that the target's table gives."""


class Accused(StrEnum):
    """Whom an accusation is directed at, seen from the author's contest."""

    OPPONENT = "opponent"  # stands in the same contest
    OWN_PARTY = "own_party"  # the author's party, or another candidate of it
    OTHER_PARTY = "other_party"  # another party, or a candidate of one elsewhere
    GOVERNMENT = "government"  # or an office holder who is no candidate
    ELECTORAL_ADMINISTRATION = "electoral_administration"
    MEDIA = "media"
    VOTERS = "voters"
    OTHER = "other"  # anything else, and a name that fits several candidates
    NOBODY_NAMED = "nobody_named"


class When(StrEnum):
    """Before or after the declaration of the author's contest."""

    BEFORE = "before"
    AFTER = "after"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Accusations:
    """How often a candidate accuses one sort of target on one side of the declaration."""

    accused: Accused
    when: When
    statements: int
    """Statements, each counted once a sort of target."""
    types: tuple[tuple[AccusationType, int], ...]
    """Of how many of these statements each type was found in, commonest first."""


BY_TYPE = {
    TargetType.PARTY: Accused.OTHER_PARTY,
    TargetType.GOVERNMENT: Accused.GOVERNMENT,
    TargetType.MEDIA: Accused.MEDIA,
    TargetType.VOTERS: Accused.VOTERS,
}
"""Sort of a target whose type alone tells it; any other type is OTHER."""

BY_PHASE = {
    Phase.BEFORE_POLLS_CLOSE: When.BEFORE,
    Phase.BETWEEN: When.BEFORE,
    Phase.AFTER_DECLARATION: When.AFTER,
    Phase.UNKNOWN: When.UNKNOWN,
}

Parties = Mapping[str, frozenset[str]]
"""Person id -> ids of the parties for which the person stands in the election; independents: none."""


def accusations_in(statements: Iterable[FoundStatement], parties: Parties) -> tuple[Accusations, ...]:
    """The accusations of one candidate's statements, reposts left out, in the order of Accused and When."""
    counts: Counter[tuple[Accused, When]] = Counter()
    types: defaultdict[tuple[Accused, When], Counter[AccusationType]] = defaultdict(Counter)
    for statement in statements:
        if statement.reading is None or statement.outcome is None or statement.repost_of is not None:
            continue
        when = BY_PHASE[statement.outcome.phase]
        for accused, found in _of_one(statement.reading, statement.outcome, parties).items():
            counts[accused, when] += 1
            types[accused, when].update(found)
    return tuple(
        Accusations(accused, when, counts[accused, when], _ranked(types[accused, when]))
        for accused in Accused
        for when in When
        if counts[accused, when]
    )


def _of_one(reading: Reading, outcome: Outcome, parties: Parties) -> dict[Accused, set[AccusationType]]:
    found: defaultdict[Accused, set[AccusationType]] = defaultdict(set)
    for kind in reading.kinds:
        if kind.kind is KindName.ACCUSATION:
            for accused in accused_by(kind, reading, outcome, parties):
                found[accused].update(kind.types)
    return found


def accused_by(kind: Kind, reading: Reading, outcome: Outcome, parties: Parties) -> frozenset[Accused]:
    """Whom one accusation is directed at; NOBODY_NAMED where no target was found for it."""
    targets = (reading.targets[index] for index in kind.targets)
    found = frozenset(
        accused_of(target, outcome, parties) for target in targets if target.basis is not Basis.OWN_SIDE
    )
    return found or frozenset({Accused.NOBODY_NAMED})


def accused_of(target: Target, outcome: Outcome, parties: Parties) -> Accused:
    """What a target is to the author of a statement."""
    if target.person_id is not None:
        return _person(target, target.person_id, outcome, parties)
    if target.basis is Basis.AMBIGUOUS:
        return Accused.OTHER
    if target.basis is Basis.OPPONENT:
        return Accused.OPPONENT
    if target.basis is Basis.OFFICE:
        return Accused.GOVERNMENT
    own = outcome.candidacy
    if target.party_id is not None and target.type is TargetType.PARTY:
        return Accused.OWN_PARTY if target.party_id == own.party_id else Accused.OTHER_PARTY
    if target.type is TargetType.INSTITUTION and ELECTORAL.search(target.who):
        return Accused.ELECTORAL_ADMINISTRATION
    return BY_TYPE.get(target.type, Accused.OTHER)


def _person(target: Target, person_id: str, outcome: Outcome, parties: Parties) -> Accused:
    own = outcome.candidacy
    if person_id != own.person_id and any(one.person_id == person_id for one in outcome.contest.candidacies):
        return Accused.OPPONENT
    theirs = parties.get(person_id, frozenset())
    if own.party_id is not None and own.party_id in theirs:
        return Accused.OWN_PARTY
    if theirs:
        return Accused.OTHER_PARTY
    return Accused.GOVERNMENT if target.basis is Basis.OFFICE else Accused.OTHER


def _ranked(types: Counter[AccusationType]) -> tuple[tuple[AccusationType, int], ...]:
    return tuple(sorted(types.items(), key=lambda pair: (-pair[1], pair[0])))
