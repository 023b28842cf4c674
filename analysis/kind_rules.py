"""Which lines of the rule tables showed the kinds of a statement, and what the layer over them says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.contract import KindName, Reading, Roster, StatementText, Target
from analysis.kinds.default import general_layer
from analysis.kinds.finder import compiled_rules
from analysis.kinds.passage import Passage
from analysis.kinds.sides import places_of, side_of
from analysis.targets import Gazetteer, TargetFinder
from analysis.text import Normalised

if TYPE_CHECKING:
    from analysis.kinds.layer.why import LayerSays


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
    gazetteer: Gazetteer | None = None,
) -> "Sequence[LayerSays]":
    """What the layer that ships says of each of its kinds of the statement that was read."""
    finder = TargetFinder(roster, gazetteer)
    statement = finder.complete(statement)
    names = finder.find(statement, text).names
    return general_layer().why(statement, text, reading.targets, reading.toward, names)
