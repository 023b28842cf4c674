"""Partial sums of one candidate: all that the figures need, added up without reading a statement again."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from analysis.reports.tone.observed import Candidate, Observation
from analysis.reports.tone.slots import PHASES, slots_of

MILLION = 1_000_000


class Counted(StrEnum):
    """What is counted of statements, besides their kinds."""

    STATEMENTS = "statements"
    SENTIMENT = "sentiment"
    TOWARD_RIVALS = "toward_rivals"
    TOWARD_OWN_PARTY = "toward_own_party"
    READ = "read"  # statements whose kinds are known


COVERED = "covered "
"""Before the name of what is counted: only statements made in time that the archive covers."""

BY_THE_HOUR = frozenset({Counted.STATEMENTS, f"{COVERED}{Counted.STATEMENTS}", Counted.SENTIMENT})
"""What is counted in the stretches of hours; the rest by phase alone."""


class Cell(NamedTuple):
    """What one candidate has of one measure in one stretch of time."""

    slot: str
    measure: str
    """A `Counted`, or a kind; also `covered statements`, `covered accusation` ..."""
    statements: int
    """How many."""
    total: int
    """Sum of their scores in millionths; 0 for what is only counted. A whole number, so that sums are
    the same in any order."""


@dataclass(frozen=True, slots=True)
class CandidateTones:
    """All sums of one candidate: frozen, picklable, and JSON by `as_json`. Empty cells are left out."""

    candidate: Candidate
    cells: tuple[Cell, ...] = ()
    """In order of stretch and measure."""
    covered: tuple[tuple[str, int], ...] = ()
    """Stretch -> minutes of it that the archive covers (`slots.covered_minutes`)."""

    def plus(self, other: "CandidateTones") -> "CandidateTones":
        """Both together: of the same candidate, from statements of which none is in both.

        Raises ValueError for two candidates, and for two different accounts of what is covered.
        """
        if self.candidate != other.candidate:
            raise ValueError(f"{self.candidate} and {other.candidate} are not the same candidacy")
        if self.covered and other.covered and self.covered != other.covered:
            raise ValueError(f"{self.candidate.person_id}: two different times are given as covered")
        sums = _Sums()
        for cell in (*self.cells, *other.cells):
            sums.add(*cell)
        return CandidateTones(self.candidate, sums.cells(), self.covered or other.covered)

    def as_json(self) -> list[Any]:
        """Lists, words and numbers alone: for a file that an incremental report keeps."""
        one = self.candidate
        who = [one.contest_id, one.person_id, one.party, one.elected, one.margin_share]
        return [who, [list(cell) for cell in self.cells], [list(pair) for pair in self.covered]]


def from_json(stored: list[Any]) -> CandidateTones:
    """What `as_json` gave. Raises ValueError for anything else."""
    try:
        who, cells, covered = stored
        candidate = Candidate(*who)
        found = tuple(Cell(*cell) for cell in cells)
        times = tuple((slot, minutes) for slot, minutes in covered)
    except (TypeError, ValueError) as error:
        raise ValueError("these are no partial sums of a candidate: make them again") from error
    return CandidateTones(candidate, found, times)


def tones_of(
    observations: Iterable[Observation], covered: Mapping[Candidate, tuple[tuple[str, int], ...]]
) -> list[CandidateTones]:
    """The sums of each candidate, in order of contest and person.

    `covered`: every candidate that is to count, also those of whom nothing was kept, with the minutes that
    are covered. Raises ValueError for an observation of any other.
    """
    sums: dict[Candidate, _Sums] = {candidate: _Sums() for candidate in covered}
    for one in observations:
        found = sums.get(one.candidate)
        if found is None:
            raise ValueError(f"{one.candidate.person_id}: not among the candidates of the report")
        _count(found, one)
    ordered = sorted(sums, key=lambda one: (one.contest_id, one.person_id))
    return [CandidateTones(one, sums[one].cells(), covered[one]) for one in ordered]


def merged(parts: Iterable[CandidateTones]) -> list[CandidateTones]:
    """Parts of several runs or processes as one value a candidate, in order of contest and person."""
    found: dict[Candidate, CandidateTones] = {}
    for part in parts:
        found[part.candidate] = found[part.candidate].plus(part) if part.candidate in found else part
    return [found[one] for one in sorted(found, key=lambda one: (one.contest_id, one.person_id))]


class _Sums:
    """Counts and totals while they grow."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[int]] = {}

    def add(self, slot: str, measure: str, statements: int, total: int) -> None:
        found = self._found.setdefault((slot, measure), [0, 0])
        found[0] += statements
        found[1] += total

    def cells(self) -> tuple[Cell, ...]:
        return tuple(Cell(*key, *self._found[key]) for key in sorted(self._found))


def _count(sums: _Sums, one: Observation) -> None:
    """Add one statement to its stretches of time."""
    slots = slots_of(one.phase, one.minutes)
    for measure, total in _measures(one):
        for slot in slots:
            if measure in BY_THE_HOUR or slot in PHASES:
                sums.add(slot, measure, 1, total)


def _measures(one: Observation) -> Iterator[tuple[str, int]]:
    """What a statement is counted as, each with its score in millionths."""
    yield Counted.STATEMENTS.value, 0
    for measure, score in (
        (Counted.SENTIMENT, one.sentiment),
        (Counted.TOWARD_RIVALS, one.toward_rivals),
        (Counted.TOWARD_OWN_PARTY, one.toward_own_party),
    ):
        if score is not None:
            yield measure.value, round(score * MILLION)
    if one.kinds is not None:
        yield Counted.READ.value, 0
    for kind in sorted(one.kinds or ()):
        yield str(kind), 0
    if one.in_covered_time:
        yield f"{COVERED}{Counted.STATEMENTS}", 0
        for kind in sorted(one.kinds or ()):
            yield f"{COVERED}{kind}", 0
