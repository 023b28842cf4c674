"""What methods found in statements as rows, with what reviewers decided laid over it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from analysis.contract import Basis, Reading
from analysis.exports import findings_rows, rows
from analysis.exports.counting import ADDED, OWN_SIDE, REJECTED, Ledger
from analysis.exports.statements import Brief, Met
from analysis.outcomes.readings import readings_of
from analysis.reports.concessions.evidence import review_of
from analysis.reports.passages import words_at
from analysis.reviews import decisions_on, reviewed

WHOLE = 0
"""Number of the text as a whole among the ratings."""

COUNTED = ("targets", "ratings", "kinds", "kind-targets")


@dataclass(slots=True)
class Found:
    """The rows of what was found in some statements, by table."""

    tables: dict[str, list[rows.Row]] = field(
        default_factory=lambda: {name: [] for name in ("readings", *COUNTED)}
    )


class Findings:
    """Reads what some methods found."""

    def __init__(self, session: Session, methods: Sequence[str], met: Met, ledger: Ledger) -> None:
        self._session = session
        self._methods = methods
        self._met = met
        self._ledger = ledger

    def of(self, briefs: Sequence[Brief], chosen: str | None) -> tuple[Found, dict[int, Reading]]:
        """The rows of these statements by every method, and the readings of the chosen one."""
        found, shown = Found(), dict[int, Reading]()
        ids = [brief.id for brief in briefs]
        decisions = decisions_on(self._session, ids)
        for method in self._methods:
            readings = readings_of(self._session, ids, method=method, as_found=True)
            for brief in briefs:
                if brief.id not in readings:
                    continue
                before = readings[brief.id]
                after = reviewed(before, decisions.get(brief.id, ()))
                self._count(before, after)
                self._add(found, brief, after)
                if method == chosen:
                    shown[brief.id] = after
        return found, shown

    def _add(self, found: Found, brief: Brief, reading: Reading) -> None:
        """Targets that are the author's own side are none: the numbers are those of a report."""
        key, method = brief.key, reading.method
        numbers = _numbers(reading)
        tables = found.tables
        tables["readings"].append(
            findings_rows.Reading(
                key, method, reading.lang, reading.lang_confidence, reading.languages, reading.unscored
            )
        )
        for place, number in numbers.items():
            tables["targets"].append(self._target(key, reading, place, number))
        tables["ratings"] += _ratings(key, reading, numbers)
        for kind in reading.kinds:
            tables["kinds"].append(
                findings_rows.Kind(
                    statement=key,
                    method=method,
                    kind=kind.kind,
                    strength=kind.strength,
                    scope=kind.scope,
                    types=kind.types,
                    incivility=kind.incivility,
                    words=words_at(brief.text, kind.start, kind.end),
                    start=kind.start,
                    end=kind.end,
                    confidence=kind.confidence,
                    kind_method=kind.method,
                    review=review_of(kind.reviewed),
                    reviewed_by=kind.reviewed.by if kind.reviewed else None,
                )
            )
            tables["kind-targets"] += [
                findings_rows.KindTarget(key, method, kind.kind, numbers[place])
                for place in kind.targets
                if place in numbers
            ]

    def _target(self, key: str, reading: Reading, place: int, number: int) -> findings_rows.Target:
        target = reading.targets[place]
        if target.person_id is not None:
            self._met.persons.add(target.person_id)
        return findings_rows.Target(
            statement=key,
            method=reading.method,
            number=number,
            who=target.who,
            type=target.type,
            mention=target.mention,
            start=target.start,
            end=target.end,
            target_person_id=target.person_id,
            target_party_id=target.party_id,
            ambiguous=target.basis is Basis.AMBIGUOUS,
            candidates=target.candidates,
            basis=target.basis,
            link_confidence=target.confidence,
            review=review_of(target.reviewed),
            reviewed_by=target.reviewed.by if target.reviewed else None,
        )

    def _count(self, before: Reading, after: Reading) -> None:
        """What reviewers took away or added, and what is no target, is counted apart from what is written."""
        kept = _sizes(after)
        found = kept if before is after else _sizes(before)
        has_own_side = any(target.basis is Basis.OWN_SIDE for target in after.targets)
        exported = _sizes(after, without_own_side=True) if has_own_side else kept
        for table, first, then, last in zip(COUNTED, found, kept, exported, strict=True):
            self._ledger.leave_out(table, OWN_SIDE, then - last)
            self._ledger.leave_out(table, REJECTED, max(0, first - then))
            self._ledger.add(table, ADDED, max(0, then - first))


def _numbers(reading: Reading) -> dict[int, int]:
    """Place of a target in the reading -> its number among those that are exported, from 1."""
    places = (place for place, target in enumerate(reading.targets) if target.basis is not Basis.OWN_SIDE)
    return {place: number for number, place in enumerate(places, start=1)}


def _ratings(key: str, reading: Reading, numbers: dict[int, int]) -> Iterator[findings_rows.Rating]:
    rated = [(WHOLE, reading.sentiment), *((number, reading.toward[at]) for at, number in numbers.items())]
    for number, one in rated:
        if one is not None:
            yield findings_rows.Rating(
                key, reading.method, number, one.score, one.label, one.confidence, one.method
            )


def _sizes(reading: Reading, *, without_own_side: bool = False) -> tuple[int, int, int, int]:
    """How many targets, ratings, kinds and targets of kinds a reading has."""
    places = _numbers(reading) if without_own_side else range(len(reading.targets))
    return (
        len(places),
        (reading.sentiment is not None) + sum(reading.toward[place] is not None for place in places),
        len(reading.kinds),
        sum(place in places for kind in reading.kinds for place in kind.targets),
    )
