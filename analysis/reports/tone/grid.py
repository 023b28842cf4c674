"""The partial sums of all candidates as measures side by side, and the groups that figures are given for."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from analysis.contract import KindName
from analysis.reports.accusations.network import ELECTED, NO_RESULT, NOT_ELECTED
from analysis.reports.concessions.summary import BANDS, NO_MARGIN, WIDEST, band_at
from analysis.reports.tone.observed import Candidate
from analysis.reports.tone.slots import HOUR_SLOTS, PHASES
from analysis.reports.tone.sums import COVERED, MILLION, CandidateTones, Counted
from analysis.statistics.aligned import Aligned, aligned_cells

TONES = (Counted.SENTIMENT.value, Counted.TOWARD_RIVALS.value, Counted.TOWARD_OWN_PARTY.value)
"""Measures that are mean scores, -1 to +1."""

KINDS = (KindName.ACCUSATION.value, KindName.THANKS.value, KindName.CONCESSION.value)
"""Measures that are shares of the statements whose kinds are known."""

MEASURES = (*TONES, *KINDS)

ACTIVITIES = (Counted.STATEMENTS.value, *KINDS)
"""What is counted by the candidate and day."""

MINUTES_A_DAY = 24 * 60

ALL = "all candidates"
OUTCOMES = {True: ELECTED, False: NOT_ELECTED, None: NO_RESULT}

BAND_NAMES = (*(name for _, name in BANDS), WIDEST)
SIDES = {True: "won by", False: "lost by"}

Name = tuple[str, str]
"""A stretch of time and a measure."""

SAID: list[Name] = [(str(phase), measure) for phase in PHASES for measure in MEASURES]
DONE: list[Name] = [(str(phase), measure) for phase in PHASES for measure in ACTIVITIES]
SAID_BY_HOURS: list[Name] = [(slot, Counted.SENTIMENT.value) for slot in HOUR_SLOTS]
DONE_BY_HOURS: list[Name] = [(slot, Counted.STATEMENTS.value) for slot in HOUR_SLOTS]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """All candidates of one election with their measures."""

    candidates: tuple[Candidate, ...]
    tones: Aligned
    """By `Name`: tones as sums and counts of scores, kinds as statements of the kind and statements read."""
    activity: Aligned
    """By `Name`: events in covered time, and the days that are covered."""


def grid_of(tones: Iterable[CandidateTones]) -> Grid:
    """Every candidate is a row, also one of whom nothing is known; a person's rows are one cluster."""
    listed = list(tones)
    ids: list[Hashable] = [one.candidate.person_id for one in listed]
    said = (cell for row, one in enumerate(listed) for cell in _said(row, one))
    done = (cell for row, one in enumerate(listed) for cell in _done(row, one))
    return Grid(
        candidates=tuple(one.candidate for one in listed),
        tones=aligned_cells(ids, [*SAID, *SAID_BY_HOURS], said),
        activity=aligned_cells(ids, [*DONE, *DONE_BY_HOURS], done),
    )


_Cell = tuple[int, Name, float, float]
"""Row, measure, sum and count."""

_SCORED = frozenset(name for name in (*SAID, *SAID_BY_HOURS) if name[1] in TONES)
_PHASES = frozenset(map(str, PHASES))
_COVERED = {measure: f"{COVERED}{measure}" for measure in ACTIVITIES}


def _said(row: int, one: CandidateTones) -> Iterator[_Cell]:
    """Scores; and in each phase in which something was read, how much of it is of each kind."""
    shown = {(cell.slot, cell.measure): cell for cell in one.cells}
    for name, cell in shown.items():
        if name in _SCORED:
            yield row, name, cell.total / MILLION, cell.statements
        elif name[1] == Counted.READ and name[0] in _PHASES:
            for kind in KINDS:
                found = shown.get((name[0], kind))
                yield row, (name[0], kind), found.statements if found else 0, cell.statements


def _done(row: int, one: CandidateTones) -> Iterator[_Cell]:
    """Events in covered time. What was counted in a stretch without any counts for nothing."""
    counted = {(cell.slot, cell.measure): cell.statements for cell in one.cells}
    for slot, minutes in one.covered:
        for measure in ACTIVITIES if slot in _PHASES else ACTIVITIES[:1]:
            events = counted.get((slot, _COVERED[measure]), 0)
            yield row, (slot, measure), events, minutes / MINUTES_A_DAY


def band_of(candidate: Candidate) -> str:
    """By how much a candidate won or lost, in points of the valid votes."""
    if candidate.margin_share is None or candidate.elected is None:
        return NO_MARGIN
    return f"{SIDES[candidate.elected]} {band_at(abs(candidate.margin_share))}"


GROUPINGS: dict[str, Callable[[Candidate], str]] = {
    "all": lambda _: ALL,
    "outcome": lambda one: OUTCOMES[one.elected],
    "margin": band_of,
    "party": lambda one: one.party,
}
"""By what figures are divided -> a candidate's group."""

ORDER = (
    ALL,
    *OUTCOMES.values(),
    *(f"{side} {band}" for side in SIDES.values() for band in BAND_NAMES),
    NO_MARGIN,
)


def groups_of(candidates: Sequence[Candidate], by: str) -> dict[str, list[int]]:
    """Group -> rows of its candidates; bands in their order, parties by candidates and name."""
    found: dict[str, list[int]] = {}
    for row, one in enumerate(candidates):
        found.setdefault(GROUPINGS[by](one), []).append(row)
    return dict(sorted(found.items(), key=lambda pair: _place(by, *pair)))


def _place(by: str, group: str, rows: Sequence[int]) -> tuple[int, int, str]:
    if by == "party":
        return (0, -len(rows), group)
    return (ORDER.index(group), 0, "")


def seed_of(*words: str, seed: int) -> tuple[int, int]:
    """Where chance starts for a group: by its name, so that no other group's figures move when one comes."""
    return seed, crc32("\n".join(words).encode())
