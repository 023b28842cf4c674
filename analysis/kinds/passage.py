"""One text with what is known of its occasion, and whether a condition holds near a place in it."""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from analysis.contract import StatementText, TargetType
from analysis.kinds.sides import Place, Side
from analysis.kinds.tables import Condition
from analysis.text import clauses, sentences

RESULTS_TIME = timedelta(days=21)
"""How long after polling day thanks and good-byes are still about the result."""

_QUOTE = re.compile(r'"[^"\n]{1,1000}"')
_NEAR = 24
"""Characters before or after a match that count as "just" before or after it."""
_TOUCH = 2
"""Characters that may stand between a match and what touches it."""
_FAR = 160
"""Characters before or after a match that are looked at in its clause (four times that in its sentence)."""


@dataclass(slots=True)
class Passage:
    """A normalised text as the conditions see it. Spans count characters of the normalised text."""

    text: str
    statement: StatementText
    side: Side
    places: tuple[Place, ...] = ()
    _sentences: list[tuple[int, int]] | None = field(default=None, init=False)
    _clauses: dict[int, list[tuple[int, int]]] = field(default_factory=dict, init=False)
    _quotes: list[tuple[int, int]] | None = field(default=None, init=False)

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
        """Whether a place lies inside words in quotation marks."""
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
        sentences = {self.sentence(start) for start, _ in spans}
        near = [p.index for p in fitting if p.start is not None and self.sentence(p.start) in sentences]
        addressed = [p.index for p in fitting if p.start is None]
        first = min((start for start, _ in sentences), default=0)
        before = [p.index for p in fitting if p.start is not None and p.start < first]
        return tuple(near or addressed or before[-1:])

    def _days(self) -> timedelta | None:
        known = self.statement
        if known.posted_at is None or known.polls is None:
            return None
        return known.posted_at.date() - known.polls

    def is_after_polls(self, *_: int) -> bool:
        """Not known to be before polling day."""
        days = self._days()
        return days is None or days >= timedelta(0)

    def is_before_polls(self, *_: int) -> bool:
        """Not known to be after polling day."""
        days = self._days()
        return days is None or days <= timedelta(0)

    def is_results_time(self, *_: int) -> bool:
        """Known to be within three weeks after polling day began."""
        days = self._days()
        return days is not None and timedelta(0) <= days <= RESULTS_TIME

    def names_own_party(self, start: int, end: int) -> bool:
        """Whether a place names the author's own side."""
        return self.side.is_named_in(self.text[start:end])

    def names_rival_party(self, start: int, end: int) -> bool:
        """Whether the author's side is known and a place names a party that is not it."""
        return self.side.has_rival_in(self.text[start:end])

    def holds(self, condition: Condition, start: int, end: int) -> bool:
        """Whether the phrase of a condition stands where it must, seen from a match."""
        first, last = self._window(condition.where, start, end)
        pattern = condition.phrase.pattern
        if condition.where == "within":
            return pattern.search(self.text[first:last]) is not None
        if condition.where == "touching":
            return any(match.end() >= start - _TOUCH for match in pattern.finditer(self.text, first, last))
        if condition.where == "next":
            return any(match.start() <= end + _TOUCH for match in pattern.finditer(self.text, first, last))
        return pattern.search(self.text, first, last) is not None

    def _window(self, where: str, start: int, end: int) -> tuple[int, int]:
        if where == "text":
            return 0, len(self.text)
        if where == "within":
            return start, end
        if where == "sentence":
            first, last = self.sentence(start)
            return max(first, start - 4 * _FAR), min(max(last, end), end + 4 * _FAR)
        first, last = self.clause(start)
        first, last = max(first, start - _FAR), min(max(last, end), end + _FAR)
        windows = {
            "clause": (first, last),
            "before": (first, start),
            "after": (end, last),
            "just_before": (max(first, start - _NEAR), start),
            "touching": (max(first, start - _NEAR), start),
            "next": (end, end + _NEAR),
            "just_after": (end, end + _NEAR),
        }
        return windows[where]


OCCASIONS: Mapping[str, Callable[[Passage, int, int], bool]] = {
    "after_polls": Passage.is_after_polls,
    "before_polls": Passage.is_before_polls,
    "results_time": Passage.is_results_time,
    "quoted": Passage.is_quoted,
    "question": Passage.is_question,
    "own_party": Passage.names_own_party,
    "rival_party": Passage.names_rival_party,
}
"""What the conditions of tables.OCCASIONS ask of a passage and a place in it."""


def _holding(spans: Sequence[tuple[int, int]], at: int, length: int) -> tuple[int, int]:
    if not spans:
        return 0, length
    start, end = spans[min(bisect_right(spans, (at, length)), len(spans)) - 1]
    return min(start, at), max(end, at)
