"""What a statement does: the rules that match a text, weighed into kinds."""

from collections.abc import Iterator, Sequence

from analysis.contract import Kind, KindName, Scope, Sentiment, StatementText, Target
from analysis.kinds.hostility import find_hostility
from analysis.kinds.index import Hit, RuleIndex
from analysis.kinds.passage import OCCASIONS, Passage
from analysis.kinds.sides import places_of, side_of
from analysis.kinds.tables import read_tables
from analysis.kinds.weigh import Evidence, Weighed, weigh
from analysis.text import Normalised

METHOD = "kinds-rules-1"

SCOPED = frozenset({KindName.VICTORY, KindName.CONCESSION, KindName.REFUSAL})
"""Kinds that speak of an outcome."""

SCOPES_BY = ("own_seat", "party_outcome", "plural")
"""Conditions that tell whose outcome is meant, where the rule itself does not say."""


class KindFinder:
    """Finds the kinds of a statement by the tables in `rules/`. Pure: holds nothing but compiled rules."""

    method: str = METHOD

    def __init__(self) -> None:
        self._tables = read_tables()
        self._index = RuleIndex(self._tables.rules)

    def find(
        self,
        statement: StatementText,
        text: Normalised,
        targets: Sequence[Target],
        toward: Sequence[Sentiment | None],
    ) -> tuple[Kind, ...]:
        """Every kind that applies, each once, in the order of the codebook; () where nothing speaks for one.

        `toward` holds the sentiment toward each of `targets`, in their order (None: unscored). Spans of the
        kinds count code points of the original text; their `targets` are indexes into `targets`.
        """
        side = side_of(statement)
        passage = Passage(text.text, statement, side, places_of(side, text, targets))
        evidence = list(self.find_evidence(passage))
        evidence += find_hostility(passage, targets, toward, self._tables.hostility)
        spoken_for = {one.kind for one in evidence}
        weighed = (weigh(evidence, row) for kind, row in self._tables.kinds.items() if kind in spoken_for)
        return tuple(self._kind(one, passage, text) for one in weighed if one)

    def find_evidence(self, passage: Passage) -> Iterator[Evidence]:
        """What the rules say of a passage."""
        for hit in self.find_hits(passage):
            rule = hit.rule
            yield Evidence(
                rule.kind,
                hit.start,
                hit.end,
                rule.confidence,
                rule.strength,
                rule.scope or (self._scope(passage, hit) if rule.kind in SCOPED else None),
                rule.types,
                rule.insult,
            )

    def find_hits(self, passage: Passage) -> Iterator[Hit]:
        """The places of a passage where a rule matches and its conditions agree."""
        return (hit for hit in self._index.find(passage.text) if self._counts(passage, hit))

    def _counts(self, passage: Passage, hit: Hit) -> bool:
        rule = hit.rule
        unless = (*self._tables.kinds[rule.kind].unless, *rule.unless)
        return all(self._holds(name, passage, hit) for name in rule.needs) and not any(
            self._holds(name, passage, hit) for name in unless if name not in rule.needs
        )

    def _holds(self, name: str, passage: Passage, hit: Hit) -> bool:
        if name in OCCASIONS:
            return OCCASIONS[name](passage, hit.start, hit.end)
        return any(passage.holds(one, hit.start, hit.end) for one in self._tables.conditions[name])

    def _scope(self, passage: Passage, hit: Hit) -> Scope:
        """Own contest, unless the sentence speaks of the party's outcome or a leader says "we"."""
        own, of_party, plural = (self._holds(name, passage, hit) for name in SCOPES_BY)
        if own:
            return Scope.OWN_CONTEST
        return Scope.PARTY if of_party or (plural and passage.side.is_leader) else Scope.OWN_CONTEST

    def _kind(self, one: Weighed, passage: Passage, text: Normalised) -> Kind:
        best = one.evidence[0]
        start, end = text.to_original(best.start, best.end)
        about = self._tables.kinds[one.kind].about
        return Kind(
            kind=one.kind,
            start=start,
            end=end,
            confidence=one.confidence,
            method=self.method,
            strength=one.strength,
            scope=one.scope,
            types=one.types,
            incivility=one.insult,
            targets=passage.about(
                [(e.start, e.end) for e in one.evidence], about, rivals=one.kind is KindName.ACCUSATION
            ),
        )
