"""What a reviewer decided of one finding, as a checked value. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from analysis.contract import AccusationType, Kind, Reviewed, Scope, Strength, Target, TargetType
from db.errors import Refusal
from db.words import ReviewSubject, ReviewVerdict

HOLDING = frozenset({ReviewVerdict.CONFIRMED, ReviewVerdict.CORRECTED, ReviewVerdict.ADDED})
"""Verdicts after which there is a finding."""


class ReviewRefused(Refusal):
    """A review says what cannot be; the message says what."""


@dataclass(frozen=True, slots=True)
class KindValue:
    """A kind as a reviewer says that it is. Places count code points of the statement's text."""

    start: int
    end: int
    strength: Strength | None = None
    scope: Scope | None = None
    types: tuple[AccusationType, ...] = ()
    incivility: bool = False
    targets: tuple[str, ...] = ()
    """Places of the targets that it is about."""

    @classmethod
    def of(cls, kind: Kind, targets: Iterable[Target]) -> Self:
        """A found kind, with the places of the reading's targets in its own."""
        places = [place_of_target(target) for target in targets]
        return cls(
            start=kind.start,
            end=kind.end,
            strength=kind.strength,
            scope=kind.scope,
            types=kind.types,
            incivility=kind.incivility,
            targets=tuple(places[index] for index in kind.targets),
        )

    @classmethod
    def parse(cls, cells: Mapping[str, Any]) -> Self:
        """From stored JSON. Raises ReviewRefused for a word that no list has."""
        try:
            return cls(
                start=int(cells["start"]),
                end=int(cells["end"]),
                strength=Strength(cells["strength"]) if cells.get("strength") else None,
                scope=Scope(cells["scope"]) if cells.get("scope") else None,
                types=tuple(AccusationType(word) for word in cells.get("types", ())),
                incivility=bool(cells.get("incivility")),
                targets=tuple(cells.get("targets", ())),
            )
        except (KeyError, ValueError) as error:
            raise ReviewRefused(f"not a kind: {error}") from error

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        return {**asdict(self), "types": list(self.types), "targets": list(self.targets)}


@dataclass(frozen=True, slots=True)
class TargetValue:
    """A target as a reviewer says that it is; without a place it is only addressed."""

    start: int | None
    end: int | None
    mention: str
    who: str
    type: TargetType
    person_id: str | None = None
    party_id: str | None = None

    @classmethod
    def of(cls, target: Target) -> Self:
        """A found target."""
        return cls(
            start=target.start,
            end=target.end,
            mention=target.mention,
            who=target.who,
            type=target.type,
            person_id=target.person_id,
            party_id=target.party_id,
        )

    @classmethod
    def parse(cls, cells: Mapping[str, Any]) -> Self:
        """From stored JSON. Raises ReviewRefused for a word that no list has."""
        try:
            return cls(
                start=cells["start"],
                end=cells["end"],
                mention=str(cells["mention"]),
                who=str(cells["who"]),
                type=TargetType(cells["type"]),
                person_id=cells.get("person_id"),
                party_id=cells.get("party_id"),
            )
        except (KeyError, ValueError) as error:
            raise ReviewRefused(f"not a target: {error}") from error

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Decision:
    """One review of one kind or one target of a statement."""

    subject: ReviewSubject
    place: str
    """The kind's name, or the target's place (`place_of_target`)."""
    verdict: ReviewVerdict
    value: KindValue | TargetValue | None
    """What is right; None where the finding was rejected or the review withdrawn."""
    by: str
    at: datetime
    note: str | None = None
    found: KindValue | TargetValue | None = None
    """What the program had found; None where it had found nothing."""

    @property
    def mark(self) -> Reviewed:
        """What a finding says of its review."""
        return Reviewed(self.verdict, self.by, self.at, self.note)


def place_of_target(target: Target | TargetValue) -> str:
    """The place by which a review knows a target."""
    return f"addressed:{target.who}" if target.start is None else f"{target.start}-{target.end}"


def in_force(decisions: Iterable[Decision]) -> dict[tuple[ReviewSubject, str], Decision]:
    """The decision that counts for each finding, of decisions in the order of their times: the last one.

    A withdrawn one leaves none.
    """
    newest = {(one.subject, one.place): one for one in decisions}
    return {key: one for key, one in newest.items() if one.verdict is not ReviewVerdict.WITHDRAWN}
