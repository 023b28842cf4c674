"""Which lines of the rule tables showed the kinds of a statement, and what the layer over them says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from analysis.contract import KindName, Reading, Roster, StatementText
from analysis.kinds.finder import compiled_rules
from analysis.reader import FindsKinds
from analysis.targets import Gazetteer, TargetFinder
from analysis.text import Normalised

if TYPE_CHECKING:
    from analysis.kinds.layer import LayeredKinds
    from analysis.kinds.layer.why import LayerSays


class MayHaveLayer(FindsKinds, Protocol):
    """A way to find kinds by the rules, with or without a layer over them."""

    def layered(self) -> "LayeredKinds | None":
        """The rules with the layer; None: the rules alone."""
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


def kind_reasons(
    roster: Roster,
    statement: StatementText,
    text: Normalised,
    reading: Reading,
    kinds: MayHaveLayer,
    gazetteer: Gazetteer | None = None,
) -> "tuple[Sequence[KindRule], Sequence[LayerSays]]":
    """Every rule that speaks for a kind of the statement that was read, in order of place, and what the layer
    over the rules says of each of its kinds."""
    finder = TargetFinder(roster, gazetteer)
    statement = finder.complete(statement)
    rules = compiled_rules()
    heard = rules.hear(statement, text, reading.targets, reading.toward)
    found = [
        KindRule(hit.rule.kind, *text.to_original(hit.start, hit.end), hit.rule.line, hit.rule.confidence)
        for hit in rules.find_hits(heard.passage)
    ]
    layered = kinds.layered()
    says = layered.why(heard, finder.find(statement, text).names) if layered else ()
    return sorted(found, key=lambda one: (one.start, one.end, one.line)), says
