"""The kinds of a statement by the rules with a trained layer over them."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import itemgetter

from analysis.contract import Kind, KindName, Sentiment, Span, StatementText, Target
from analysis.kinds.finder import Heard, KindFinder, compiled_rules
from analysis.kinds.layer.model import AGAIN, Layer, UnusableLayer
from analysis.kinds.layer.traits import Told, tell
from analysis.kinds.layer.why import DIGITS, LayerSays, said
from analysis.kinds.settle import DENIAL, settle
from analysis.kinds.weigh import Evidence, Weighed
from analysis.text import Normalised, sentences

OPPOSED = frozenset({KindName.VICTORY, KindName.REFUSAL})
"""Where the layer knows both, they are calibrated probabilities: the likelier stands."""


class LayeredKinds:
    """Finds kinds by the rules; those that the layer knows stand or fall by its calibrated probability.

    The kinds of the rules keep their place, strength, scope, types and targets. A kind that the layer adds
    takes them from what the rules heard too weakly; where they heard nothing, its place is the sentence
    whose words weighed most, and strength, scope and types are unknown. Raises UnusableLayer for a layer
    that was trained over other rules than this release has.
    """

    def __init__(self, layer: Layer) -> None:
        if layer.rules != KindFinder.method:
            raise UnusableLayer(
                f"{layer.source}: trained over the rules {layer.rules}, and this release has"
                f" {KindFinder.method}; {AGAIN}"
            )
        self._layer = layer
        self._denial = 0.0 if set(layer.kinds) >= OPPOSED else DENIAL
        self.method = f"{KindFinder.method}~{layer.name}"

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
        rules = compiled_rules()
        heard = rules.hear(statement, text, targets, toward)
        told = tell(rules, heard, names)
        kinds = rules.kinds_of(heard, settle(list(self._weighed(told, text)), denial=self._denial))
        return tuple(replace(kind, method=self.method) for kind in kinds)

    def layered(self) -> "LayeredKinds":
        """Itself."""
        return self

    def why(self, heard: Heard, names: Sequence[Span]) -> list[LayerSays]:
        """What the layer says of each of its kinds of a statement that the rules have heard, and what added
        how much; `names` as for `find`."""
        return said(self._layer, tell(compiled_rules(), heard, names), heard.text)

    def _weighed(self, told: Told, text: Normalised) -> Iterator[Weighed]:
        """The kinds that stand, by the layer where it knows them, else by the rules."""
        chances = self._layer.chances(told.traits)
        for name in KindName:
            ruled, chance = told.by_rules.get(name), chances.get(name)
            if chance is None:
                if ruled:
                    yield ruled
            elif chance >= self._layer.least(name, by_rules=name in told.found):
                yield self._by_layer(name, round(chance, DIGITS), told, text)

    def _by_layer(self, name: KindName, chance: float, told: Told, text: Normalised) -> Weighed:
        heard = told.weighed.get(name)
        evidence = heard.evidence if heard else ()
        if not evidence or evidence[0].start == evidence[0].end:  # somebody is only addressed: no place
            start, end = self._weightiest(name, told, text)
            evidence = (Evidence(name, start, end, chance), *evidence)
        return Weighed(name, chance, evidence, heard.said if heard else ())

    def _weightiest(self, name: KindName, told: Told, text: Normalised) -> tuple[int, int]:
        """The sentence whose words say most for a kind, in the normalised text."""
        spans = sentences(text.text) or ((0, len(text.text)),)
        weights = [0] * len(spans)
        grams = told.traits.grams
        for (start, _), weight in zip(grams.values(), self._layer.added(name, list(grams)), strict=True):
            weights[max(bisect_right(spans, start, key=itemgetter(0)) - 1, 0)] += weight
        return spans[weights.index(max(weights))]
