"""The partial sums of all candidates as measures side by side, and the groups that figures are given for."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from analysis.contract import KindName
from analysis.reports.accusations.network import ELECTED, NO_RESULT, NOT_ELECTED
from analysis.reports.concessions.summary import BANDS, NO_MARGIN, WIDEST, band_at
from analysis.reports.tone.observed import Candidate
from analysis.reports.tone.slots import HOUR_SLOTS, PHASES
from analysis.reports.tone.sums import COVERED, MILLION, CandidateTones, Counted
from analysis.statistics.aligned import Aligned, Pair, aligned

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
    cells = [{(cell.slot, cell.measure): cell for cell in one.cells} for one in listed]
    covered = [dict(one.covered) for one in listed]
    ids: list[Hashable] = [one.candidate.person_id for one in listed]

    def pairs(slot: str, measure: str) -> Iterator[Pair]:
        for row in cells:
            cell = row.get((slot, measure))
            if measure in TONES:
                yield (cell.total / MILLION, cell.statements) if cell else (0.0, 0.0)
            else:
                read = row.get((slot, Counted.READ))
                yield (cell.statements if cell else 0.0, read.statements if read else 0.0)

    def events(slot: str, measure: str) -> Iterator[Pair]:
        for row, minutes in zip(cells, covered, strict=True):
            cell = row.get((slot, f"{COVERED}{measure}"))
            yield (cell.statements if cell else 0.0, minutes.get(slot, 0) / MINUTES_A_DAY)

    return Grid(
        candidates=tuple(one.candidate for one in listed),
        tones=aligned(ids, _columns([*SAID, *SAID_BY_HOURS], pairs)),
        activity=aligned(ids, _columns([*DONE, *DONE_BY_HOURS], events)),
    )


def _columns(
    names: Iterable[Name], pairs: Callable[[str, str], Iterator[Pair]]
) -> Mapping[Hashable, Sequence[Pair]]:
    return {(slot, measure): list(pairs(slot, measure)) for slot, measure in names}


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
