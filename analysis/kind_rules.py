"""Which lines of the rule tables showed the kinds of a statement, and what the layer over them says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from analysis.contract import KindName, Reading, Roster, Sentiment, Span, StatementText, Target
from analysis.kinds.finder import compiled_rules
from analysis.kinds.passage import Passage
from analysis.kinds.sides import places_of, side_of
from analysis.reader import FindsKinds
from analysis.targets import Gazetteer, TargetFinder
from analysis.text import Normalised

if TYPE_CHECKING:
    from analysis.kinds.layer.why import LayerSays


class SaysWhy(FindsKinds, Protocol):
    """A way to find kinds that can say what its layer, if it has one, adds."""

    def why(
        self,
        statement: StatementText,
        text: Normalised,
        targets: Sequence[Target],
        toward: Sequence[Sentiment | None],
        names: Sequence[Span],
    ) -> "Sequence[LayerSays]":
        """What the layer says of each of its kinds; told as `find` is."""
        ...


@dataclass(frozen=True, slots=True)
class KindRule:
    """One line of a table that matched; the place counts in the original text."""

    kind: KindName
    start: int
    end: int
    line: str
    """File and line."""
    confidence: float


def kind_rules(
    roster: Roster,
    statement: StatementText,
    text: Normalised,
    targets: tuple[Target, ...],
    gazetteer: Gazetteer | None = None,
) -> tuple[KindRule, ...]:
    """Every rule that speaks for a kind of the statement, in order of place."""
    statement = TargetFinder(roster, gazetteer).complete(statement)
    side = side_of(statement)
    passage = Passage(text.text, statement, side, places_of(side, text, targets))
    found = [
        KindRule(hit.rule.kind, *text.to_original(hit.start, hit.end), hit.rule.line, hit.rule.confidence)
        for hit in compiled_rules().find_hits(passage)
    ]
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.line)))


def layer_says(
    roster: Roster,
    statement: StatementText,
    text: Normalised,
    reading: Reading,
    kinds: "SaysWhy",
    gazetteer: Gazetteer | None = None,
) -> "Sequence[LayerSays]":
    """What the layer over the rules, with which the statement was read, says of each of its kinds."""
    finder = TargetFinder(roster, gazetteer)
    statement = finder.complete(statement)
    names = finder.find(statement, text).names
    return kinds.why(statement, text, reading.targets, reading.toward, names)
