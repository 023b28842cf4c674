"""Which lines of the rule tables showed the kinds of a statement."""

from dataclasses import dataclass

from analysis.contract import KindName, Roster, StatementText, Target
from analysis.kinds.finder import KindFinder
from analysis.kinds.passage import Passage
from analysis.kinds.sides import places_of, side_of
from analysis.targets import Gazetteer, TargetFinder
from analysis.text import Normalised


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
        for hit in KindFinder().find_hits(passage)
    ]
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.line)))
