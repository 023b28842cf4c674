"""What a statement does: the rules that match a text, weighed into kinds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from analysis.contract import RESULT_KINDS, Kind, KindName, Scope, Sentiment, Span, StatementText, Target
from analysis.kinds.asking import Asks
from analysis.kinds.hostility import find_accused, find_hostility, with_accused
from analysis.kinds.index import Hit, RuleIndex
from analysis.kinds.passage import Passage
from analysis.kinds.phrases import read_phrase
from analysis.kinds.settle import settle
from analysis.kinds.sides import places_of, side_of
from analysis.kinds.tables import read_tables
from analysis.kinds.weigh import Evidence, Weighed, is_attack, weigh
from analysis.text import Normalised

METHOD = "kinds-rules-5"

SCOPES_BY = ("nomination", "own_seat", "party_outcome", "first_person")
"""Conditions that tell whose outcome is meant, where the rule itself does not say."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A statement with everything that speaks for any kind of it."""

    passage: Passage
    text: Normalised
    targets: Sequence[Target]
    toward: Sequence[Sentiment | None]
    evidence: Sequence[Evidence]


class Scored(NamedTuple):
    """A statement as finders of kinds are given it."""

    statement: StatementText
    text: Normalised
    targets: Sequence[Target]
    toward: Sequence[Sentiment | None]
    """Sentiment toward each of `targets`; None: unscored."""
    names: Sequence[Span]
    """Places of recognised names in the original, by which nobody may be judged."""


class KindFinder:
    """Finds the kinds of a statement by the tables in `rules/`. Pure: holds nothing but compiled rules."""

    method: str = METHOD

    def __init__(self) -> None:
        self._tables = read_tables()
        self._asks = Asks(self._tables, first=len(self._tables.rules))
        self._actor = read_phrase("<actor>", self._tables.words)
        self._index = RuleIndex(self._tables.rules, self._asks.phrases)

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
        heard = self.hear(statement, text, targets, toward)
        return self.kinds_of(heard, settle(reaching(self.weighed(heard))))

    def hear(
        self,
        statement: StatementText,
        text: Normalised,
        targets: Sequence[Target],
        toward: Sequence[Sentiment | None],
    ) -> Heard:
        """All that speaks for any kind, however weakly."""
        side = side_of(statement)
        passage = Passage(text.text, statement, side, places_of(side, text, targets))
        evidence = with_accused(
            [
                *self.find_evidence(passage),
                *find_hostility(passage, targets, toward, self._tables.hostility),
            ],
            passage,
            self._actor,
        )
        return Heard(passage, text, targets, toward, evidence)

    def weighed(self, heard: Heard) -> list[Weighed]:
        """The kinds for which anything speaks, in the order of the codebook."""
        spoken_for = {one.kind for one in heard.evidence}
        rows = [row for kind, row in self._tables.kinds.items() if kind in spoken_for]
        return [one for row in rows if (one := weigh(heard.evidence, row))]

    def kinds_of(self, heard: Heard, weighed: Sequence[Weighed]) -> tuple[Kind, ...]:
        """What was weighed, as findings with their places in the original text and their targets."""
        return tuple(self._kind(one, heard) for one in weighed)

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
                rule.scope or (self._scope(passage, hit) if rule.kind in RESULT_KINDS else None),
                rule.types,
                rule.insult,
            )

    def find_hits(self, passage: Passage) -> Iterator[Hit]:
        """The places of a passage where a rule matches and its conditions agree."""
        chances = self._index.chances(passage.text)
        passage.met = chances.met
        return (
            hit
            for hit in self._index.find(passage.text, chances)
            if self._asks.agree(hit.rule, passage, hit.start, hit.end)
        )

    def _scope(self, passage: Passage, hit: Hit) -> Scope:
        """Own contest, unless a nomination or the party's outcome is spoken of, or a leader speaks."""
        nomination, own, of_party, first_person = (
            self._asks.holds(name, passage, hit.start, hit.end) for name in SCOPES_BY
        )
        if nomination or passage.side.is_in_primary:
            return Scope.OTHER
        if own:
            return Scope.OWN_CONTEST
        if passage.side.is_leader:
            return Scope.PARTY
        return Scope.PARTY if of_party and not first_person else Scope.OWN_CONTEST

    def _kind(self, one: Weighed, heard: Heard) -> Kind:
        best = one.evidence[0]
        start, end = heard.text.to_original(best.start, best.end)
        types = self._tables.kinds[one.kind].about
        if one.kind is KindName.ACCUSATION:
            about = find_accused(heard.passage, heard.targets, heard.toward, one.evidence, types)
        else:
            about = heard.passage.about([(e.start, e.end) for e in one.evidence], types, rivals=False)
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
            targets=about,
        )


def reaching(weighed: Sequence[Weighed]) -> list[Weighed]:
    """The kinds whose reasons reach their thresholds, in their order, not yet settled."""
    found = [one for one in weighed if one.reaches]
    if any(one.kind in RESULT_KINDS for one in found):
        found = [one for one in found if one.kind is not KindName.ACCUSATION or is_attack(one)]
    return found


@cache
def compiled_rules() -> KindFinder:
    """The rules, compiled when the first text is read, which takes a second or two, for all who ask."""
    return KindFinder()
