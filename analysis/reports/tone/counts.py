"""What charts of an election count of one candidacy: statements by the hour, and whose party they name."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analysis.contract import Sentiment, Target
from analysis.outcomes.accused import Parties
from analysis.outcomes.found import FoundStatement, Outcome
from analysis.reports.contests.parts import CandidatePart
from analysis.reports.tone.candidates import is_self
from analysis.reports.tone.sums import MILLION
from analysis.reports.tones import tone_of, toward

FIRST_HOUR, LAST_HOUR = -24, 48
"""Hours from the declaration between which charts show single hours; the last is excluded."""

TYPE = "type:"
"""Before the type of a target that belongs to no party."""


@dataclass(frozen=True, slots=True)
class HourTone:
    """Statements of one candidacy in one hour from the declaration, of which the whole text has one tone."""

    hour: int
    """0 is the first hour after it, -1 the last before."""
    tone: str
    statements: int


@dataclass(frozen=True, slots=True)
class SpokenOf:
    """How one candidacy speaks of one party and its candidates, or of one type of other targets."""

    target: str
    """Party id, else `type:` and the type."""
    name: str
    """As the text's targets name the party; empty where only its people are named."""
    statements: int
    rated: int
    """Statements with a clear score toward it."""
    total: int
    """Sum of these scores, in millionths: whole numbers, so that sums are the same in any order."""


def hour_tones(part: CandidatePart, *, threshold: float) -> tuple[HourTone, ...]:
    """Own statements near the declaration, where both times are known to the minute."""
    counts: Counter[tuple[int, str]] = Counter()
    for one, outcome in _own(part):
        minutes = outcome.minutes_from_declaration
        if minutes is not None and FIRST_HOUR * 60 <= minutes < LAST_HOUR * 60:
            sentiment = one.reading.sentiment if one.reading else None
            counts[minutes // 60, tone_of(sentiment, threshold).value] += 1
    return tuple(HourTone(hour, tone, count) for (hour, tone), count in sorted(counts.items()))


def spoken_of(part: CandidatePart, parties: Parties, *, threshold: float) -> tuple[SpokenOf, ...]:
    """By party, most statements first. The unit is the statement, however often it names the party.

    The author is no target; a name that fits several candidates belongs to no party.
    """
    sums: defaultdict[str, _Sum] = defaultdict(_Sum)
    for one, outcome in _own(part):
        for target, places in _by_party(one, outcome, parties).items():
            score = toward((sentiment for _, sentiment in places), threshold).score
            sums[target].add(score, (place for place, _ in places))
    rows = [SpokenOf(target, one.name, one.statements, one.rated, one.total) for target, one in sums.items()]
    return tuple(sorted(rows, key=lambda row: (-row.statements, row.target)))


def _own(part: CandidatePart) -> Iterator[tuple[FoundStatement, Outcome]]:
    """All statements but reposts, whose words are another's."""
    for shown in part.statements:
        outcome = shown.statement.outcome
        if shown.statement.repost_of is None and outcome is not None:
            yield shown.statement, outcome


Places = list[tuple[Target, Sentiment | None]]


def _by_party(one: FoundStatement, outcome: Outcome, parties: Parties) -> dict[str, Places]:
    found: defaultdict[str, Places] = defaultdict(list)
    for place in one.targets:
        if not is_self(place, outcome):
            found[_party_of(place.target, parties)].append((place.target, place.sentiment))
    return found


def _party_of(target: Target, parties: Parties) -> str:
    """Of somebody who stands for several parties, the first by id."""
    if target.party_id is not None:
        return target.party_id
    theirs = parties.get(target.person_id or "")
    return min(theirs) if theirs else f"{TYPE}{target.type.value}"


class _Sum:
    """One target while statements are counted."""

    def __init__(self) -> None:
        self.name, self.statements, self.rated, self.total = "", 0, 0, 0

    def add(self, score: float | None, targets: Iterable[Target]) -> None:
        self.statements += 1
        if score is not None:
            self.rated += 1
            self.total += round(score * MILLION)
        self.name = self.name or next((one.who for one in targets if one.party_id is not None), "")
