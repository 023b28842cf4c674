"""One text with what is known of its occasion, and whether a condition holds near a place in it."""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, time, timedelta

from analysis.contract import StatementText, TargetType
from analysis.kinds.sides import Place, Side
from analysis.kinds.tables import Condition
from analysis.text import clauses, sentences

AFTERMATH = timedelta(days=400)
"""How long after polling day a win or a loss can be that of this election (tribunals take their time)."""
RESULTS_TIME = timedelta(days=21)
"""How long after polling day thanks and good-byes are still about the result."""

_CLOSED = time(20)
"""From when on polling day (UTC) polls may be closed, where nothing below says otherwise."""
_CLOSED_EARLIER = (
    (
        time(7),
        re.compile(
            r"\b(?:australian?|new south wales|nsw|queensland|tasmanian?|new zealand|nz|fiji|samoa|tonga"
            r"|papua new guinea|japan|japanese|philippines)\b"
        ),
    ),
    (
        time(13),
        re.compile(
            r"\b(?:indian?|lok sabha|vidhan sabha|pakistan|bangladesh|sri lankan?|nepal|bhutan|maldives"
            r"|malaysian?|singapore|indonesian?|thailand|south korean?|korean?|taiwan|mongolian?)\b"
        ),
    ),
)
"""The same where the day begins earlier, by words of the party, the office or the contest."""

_QUOTE = re.compile(r"\"[^\"\n]{1,1000}\"|(?<![\w'])'(?=\w)[^\"\n]{15,400}?(?<=[\w.,!?])'(?![\w'])")
"""Between double marks; or between single ones that are no apostrophes, if it is as long as a sentence."""
_NEAR = 24
"""Characters before or after a match that count as "just" before or after it."""
_TOUCH = 2
"""Characters that may stand between a match and what touches it."""
_FAR = 160
"""Characters before or after a match that are looked at in its clause (four times that in its sentence)."""
_AROUND = 800
"""Characters before or after a match that count as its text: a speech of an hour is not one text."""
_SCARE = 30
"""Length of a quotation that puts words in doubt ('we "won"') and is no quotation of anybody."""


@dataclass(slots=True)
class Passage:
    """A normalised text as the conditions see it. Spans count characters of the normalised text."""

    text: str
    statement: StatementText
    side: Side
    places: tuple[Place, ...] = ()
    met: int = -1
    """A bit for each phrase that the text may hold; at first none is ruled out."""
    _sentences: Sequence[tuple[int, int]] | None = field(default=None, init=False)
    _clauses: dict[int, list[tuple[int, int]]] = field(default_factory=dict, init=False)
    _quotes: list[tuple[int, int]] | None = field(default=None, init=False)
    _answers: dict[tuple[str, int, int], bool] = field(default_factory=dict, init=False)

    def sentence(self, at: int) -> tuple[int, int]:
        """The sentence that holds a character."""
        if self._sentences is None:
            self._sentences = sentences(self.text)
        return _holding(self._sentences, at, len(self.text))

    def clause(self, at: int) -> tuple[int, int]:
        """The clause that holds a character."""
        start, end = self.sentence(at)
        if start not in self._clauses:
            self._clauses[start] = clauses(self.text, start, end)
        return _holding(self._clauses[start], at, len(self.text))

    def quotes(self) -> list[tuple[int, int]]:
        """Spans in quotation marks, but not one that holds most of the text (then it is the statement)."""
        if self._quotes is None:
            spans = [match.span() for match in _QUOTE.finditer(self.text)]
            self._quotes = [(start, end) for start, end in spans if (end - start) * 2 < len(self.text)]
        return self._quotes

    def is_quoted(self, start: int, end: int) -> bool:
        """Whether a place lies inside words in quotation marks, or holds a word that they put in doubt."""
        return any(
            (first <= start and end <= last) or (first < end and start < last and last - first <= _SCARE)
            for first, last in self.quotes()
        )

    def is_cited(self, start: int, end: int) -> bool:
        """Whether a place lies inside words in quotation marks; words that mock a quotation do not."""
        return any(first <= start and end <= last for first, last in self.quotes())

    def is_question(self, start: int, _: int) -> bool:
        """Whether the sentence around a place asks."""
        _, end = self.sentence(start)
        return self.text[max(end - 3, 0) : end].rstrip("\"') ").endswith("?")

    def about(
        self, spans: Iterable[tuple[int, int]], types: Collection[TargetType], *, rivals: bool
    ) -> tuple[int, ...]:
        """Indexes of the targets that words at `spans` are about: those of the same sentences, else whoever
        is addressed, else the last one named before."""
        fitting = [p for p in self.places if p.type in types and (p.rival or not rivals)]
        starts = [start for start, _ in spans]
        addressed = [p.index for p in fitting if p.start is None]
        first = min((self.sentence(start)[0] for start in starts), default=0)
        before = [p.index for p in fitting if p.start is not None and p.start < first]
        return self.beside(starts, fitting) or tuple(addressed or before[-1:])

    def beside(self, starts: Iterable[int], among: Iterable[Place]) -> tuple[int, ...]:
        """Indexes of the targets that stand in the same sentences as words at `starts`."""
        sentences = {self.sentence(start) for start in starts}
        return tuple(p.index for p in among if p.start is not None and self.sentence(p.start) in sentences)

    @property
    def is_dated(self) -> bool:
        """Whether polling day and the day of the statement are known."""
        return self._days() is not None

    def _days(self) -> timedelta | None:
        known = self.statement
        if known.posted_at is None or known.polls is None:
            return None
        return known.posted_at.date() - known.polls

    def is_after_polls(self, *_: int) -> bool:
        """Not known to be before polling day, nor so long after it that other elections are meant."""
        days = self._days()
        return days is None or timedelta(0) <= days <= AFTERMATH

    def is_before_polls(self, *_: int) -> bool:
        """Not known to be after polling day."""
        days = self._days()
        return days is None or days <= timedelta(0)

    def is_results_time(self, *_: int) -> bool:
        """Known to be within three weeks after the polls closed."""
        days = self._days()
        if days == timedelta(0) and self._polls_open():
            return False
        return days is not None and timedelta(0) <= days <= RESULTS_TIME

    def _polls_open(self) -> bool:
        """Whether a post of polling day has an hour (midnight is none) at which people still vote."""
        posted = self.statement.posted_at
        told = self.side.known, self.statement.contest, self.statement.election
        where = " ".join(one for one in told if one).lower()
        closed = next((at for at, places in _CLOSED_EARLIER if places.search(where)), _CLOSED)
        return posted is not None and time(0) < posted.astimezone(UTC).time() < closed

    def names_own_party(self, start: int, end: int) -> bool:
        """Whether a place names the author's own side."""
        return self.side.is_named_in(self.text[start:end])

    def names_own_label(self, start: int, end: int) -> bool:
        """Whether a place names the author's party, whatever places and persons it names besides."""
        return self.side.has_label_in(self.text[start:end])

    def names_own_colour(self, start: int, end: int) -> bool:
        """Whether a place names the author's party, or the colour by which its country knows it."""
        return self.side.has_label_in(self.text[start:end]) or self.side.has_colour_in(self.text[start:end])

    def names_rival_colour(self, start: int, end: int) -> bool:
        """Whether the colour of the author's party is known and a place names another."""
        return self.side.has_rival_colour_in(self.text[start:end])

    def names_rival_party(self, start: int, end: int) -> bool:
        """Whether the author's side is known and a place names a party that is not it."""
        return self.side.has_rival_in(self.text[start:end])

    def speaks_for_party(self, *_: int) -> bool:
        """Whether the author leads a party, so that its outcome is the author's."""
        return self.side.is_leader

    def is_in_power(self, *_: int) -> bool:
        """Whether the author holds an office of government."""
        return self.side.governs

    def is_in_primary(self, *_: int) -> bool:
        """Whether the author's contest is a primary or nomination."""
        return self.side.is_in_primary

    def holds(self, condition: Condition, start: int, end: int) -> bool:
        """Whether the phrase of a condition stands where it must, seen from a match."""
        first, last = self._window(condition.where, start, end)
        last = _word_end(self.text, last)
        pattern = condition.phrase.pattern
        if condition.where == "within":
            return pattern.search(self.text[first:last]) is not None
        if condition.where == "elsewhere":
            return any(self.side.is_foreign(m.group()) for m in pattern.finditer(self.text, first, last))
        if condition.where == "touching":
            return any(match.end() >= start - _TOUCH for match in pattern.finditer(self.text, first, last))
        if condition.where == "next":
            return any(match.start() <= end + _TOUCH for match in pattern.finditer(self.text, first, last))
        place = (condition.phrase.regex, first, last)
        if place not in self._answers:  # most rules ask the same of the whole text
            self._answers[place] = pattern.search(self.text, first, last) is not None
        return self._answers[place]

    def _window(self, where: str, start: int, end: int) -> tuple[int, int]:
        if where == "text":
            return max(start - _AROUND, 0), min(end + _AROUND, len(self.text))
        if where == "within":
            return start, end
        if where == "elsewhere":
            return max(start - 2 * _FAR, 0), end + 2 * _FAR
        if where == "sentence":
            first, last = self.sentence(start)
            return max(first, start - 4 * _FAR), min(max(last, end), end + 4 * _FAR)
        first, last = self.clause(start)
        first, last = max(first, start - _FAR), min(max(last, end), end + _FAR)
        match where:
            case "clause":
                return first, last
            case "before":
                return first, start
            case "after":
                return end, last
            case "just_before" | "touching":
                return max(first, start - _NEAR), start
            case "next" | "just_after":
                return end, end + _NEAR
        raise ValueError(f"no place is called {where!r}")


OCCASIONS: Mapping[str, Callable[[Passage, int, int], bool]] = {
    "after_polls": Passage.is_after_polls,
    "before_polls": Passage.is_before_polls,
    "results_time": Passage.is_results_time,
    "quoted": Passage.is_quoted,
    "cited": Passage.is_cited,
    "question": Passage.is_question,
    "own_party": Passage.names_own_party,
    "rival_party": Passage.names_rival_party,
    "own_label": Passage.names_own_label,
    "own_colour": Passage.names_own_colour,
    "rival_colour": Passage.names_rival_colour,
    "leads": Passage.speaks_for_party,
    "in_power": Passage.is_in_power,
    "in_primary": Passage.is_in_primary,
}
"""What the conditions of tables.OCCASIONS ask of a passage and a place in it."""


def _word_end(text: str, at: int) -> int:
    """The end of the word that a window would cut: half of `overall` is not `over`."""
    while 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum():
        at += 1
    return at


def _holding(spans: Sequence[tuple[int, int]], at: int, length: int) -> tuple[int, int]:
    if not spans:
        return 0, length
    start, end = spans[min(bisect_right(spans, (at, length)), len(spans)) - 1]
    return min(start, at), max(end, at)
