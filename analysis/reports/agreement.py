"""How often two methods that stand side by side give the same label."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from analysis.contract import Basis, Reading, Sentiment
from analysis.reports.rows import AgreementRow
from analysis.reports.tones import Tone, tone_of

Place = tuple[object, ...]
UNITS = ("target", "text")
"""What is compared: a place toward which both have scored, or the whole text."""


@dataclass(slots=True)
class Comparison:
    """Counts of two methods, over everything that both have scored."""

    places: int = 0
    same: int = 0
    opposite: int = 0
    unclear: int = 0


@dataclass(slots=True)
class Agreement:
    """The comparisons of all pairs of methods in one election. Each statement counts once."""

    methods: Sequence[str]
    threshold: float
    counts: dict[tuple[str, str, str], Comparison] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    def add(self, readings: Mapping[str, Mapping[int, Reading]]) -> None:
        """Compare readings of statements: sentiment method -> statement -> its reading."""
        for statement in {one for found in readings.values() for one in found} - self.seen:
            self.seen.add(statement)
            read = {method: found[statement] for method, found in readings.items() if statement in found}
            for one, other in combinations([method for method in self.methods if method in read], 2):
                self._compare(one, other, read[one], read[other])

    def _compare(self, one: str, other: str, left: Reading, right: Reading) -> None:
        for unit, scored in zip(UNITS, (_toward, _whole), strict=True):
            first, second = scored(left), scored(right)
            counts = self.counts.setdefault((unit, one, other), Comparison())
            for place in first.keys() & second.keys():
                _count(counts, tone_of(first[place], self.threshold), tone_of(second[place], self.threshold))

    def rows(self, election: str) -> list[AgreementRow]:
        """A row a unit and pair of methods."""
        return [_row(election, *key, counts) for key, counts in sorted(self.counts.items())]


def together(rows: Iterable[AgreementRow]) -> list[AgreementRow]:
    """The comparisons of several sets of statements, of which none is in two, as one row a unit and pair."""
    sums: dict[tuple[str, str, str, str], Comparison] = {}
    for row in rows:
        counts = sums.setdefault((row.election_id, row.unit, row.method, row.other_method), Comparison())
        counts.places += row.places
        counts.same += row.same
        counts.opposite += row.opposite
        counts.unclear += row.unclear
    return [_row(*key, counts) for key, counts in sorted(sums.items())]


def _count(counts: Comparison, one: Tone, other: Tone) -> None:
    counts.places += 1
    if Tone.UNCLEAR in (one, other):
        counts.unclear += 1
        return
    counts.same += one is other
    counts.opposite += {one, other} == {Tone.NEGATIVE, Tone.POSITIVE}


def _toward(reading: Reading) -> dict[Place, Sentiment]:
    numbers: Counter[Place] = Counter()  # one place may speak of two targets of one name
    found: dict[Place, Sentiment] = {}
    for target, sentiment in zip(reading.targets, reading.toward, strict=True):
        place = (target.start, target.end, target.who, target.basis)
        numbers[place] += 1
        if sentiment is not None and target.basis is not Basis.OWN_SIDE:
            found[(*place, numbers[place])] = sentiment
    return found


def _whole(reading: Reading) -> dict[Place, Sentiment]:
    return {(): reading.sentiment} if reading.sentiment else {}


def _row(election: str, unit: str, one: str, other: str, counts: Comparison) -> AgreementRow:
    compared = counts.places - counts.unclear
    return AgreementRow(
        election_id=election,
        unit=unit,
        method=one,
        other_method=other,
        places=counts.places,
        unclear=counts.unclear,
        same=counts.same,
        opposite=counts.opposite,
        same_share=counts.same / compared if compared else None,
    )
