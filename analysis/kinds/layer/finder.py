"""The kinds of a statement by the rules with a trained layer over them."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import itemgetter

from analysis.contract import Kind, KindName, Sentiment, Span, StatementText, Target
from analysis.kinds.layer.model import AGAIN, Layer, UnusableLayer
from analysis.kinds.layer.traits import HearingRules, Told, tell
from analysis.kinds.tables import read_tables
from analysis.text import Normalised, sentences

DIGITS = 3
"""Of a confidence."""


class LayeredKinds:
    """Finds kinds by the rules; those that the layer knows stand or fall by its calibrated probability.

    The kinds of the rules keep their place, strength, scope, types and targets. A kind that the layer adds
    takes them from what the rules heard too weakly; where they heard nothing, its place is the sentence
    whose words weighed most, and strength, scope and types are unknown. Raises UnusableLayer for a layer
    that was trained over other rules than this release has.
    """

    def __init__(self, layer: Layer) -> None:
        self._rules = HearingRules()
        self._layer = layer
        if layer.rules != self._rules.method:
            raise UnusableLayer(
                f"{layer.source}: trained over the rules {layer.rules}, and this release has"
                f" {self._rules.method}; {AGAIN}"
            )
        self.method = f"{self._rules.method}~{layer.name}"

    def find(
        self,
        statement: StatementText,
        text: Normalised,
        targets: Sequence[Target],
        toward: Sequence[Sentiment | None],
        names: Sequence[Span],
    ) -> tuple[Kind, ...]:
        """Every kind that applies, each once, in the order of the codebook.

        `toward` holds the sentiment toward each of `targets`. `names` are places of recognised names in
        the original: of what stands there the layer sees nothing.
        """
        told = tell(self._rules, statement, text, targets, toward, names)
        return tuple(self._kinds(told, text))

    def _kinds(self, told: Told, text: Normalised) -> Iterator[Kind]:
        by_rules = {kind.kind: kind for kind in told.found}
        chances = self._layer.chances(told.traits)
        for name in KindName:
            kind, chance = by_rules.get(name), chances.get(name)
            if chance is None:
                if kind:
                    yield replace(kind, method=self.method)
            elif chance >= self._layer.thresholds[name]:
                kind = kind or self._added(name, told, text)
                yield replace(kind, method=self.method, confidence=round(chance, DIGITS))

    def _added(self, name: KindName, told: Told, text: Normalised) -> Kind:
        weighed = told.weighed.get(name)
        places = [(one.start, one.end) for one in weighed.evidence] if weighed else []
        if not places or places[0][0] == places[0][1]:  # somebody is only addressed: there is no place
            places = [self._weightiest(name, told, text)]
        start, end = text.to_original(*places[0])
        about = read_tables().kinds[name].about
        return Kind(
            kind=name,
            start=start,
            end=end,
            confidence=0.0,
            method=self.method,
            strength=weighed.strength if weighed else None,
            scope=weighed.scope if weighed else None,
            types=weighed.types if weighed else (),
            incivility=weighed.insult if weighed else False,
            targets=told.passage.about(places, about, rivals=name is KindName.ACCUSATION),
        )

    def _weightiest(self, name: KindName, told: Told, text: Normalised) -> tuple[int, int]:
        """The sentence whose words say most for a kind, in the normalised text."""
        spans = sentences(text.text) or [(0, len(text.text))]
        weights = [0] * len(spans)
        grams = told.traits.grams
        for (start, _), weight in zip(grams.values(), self._layer.added(name, list(grams)), strict=True):
            weights[max(bisect_right(spans, start, key=itemgetter(0)) - 1, 0)] += weight
        return spans[weights.index(max(weights))]
