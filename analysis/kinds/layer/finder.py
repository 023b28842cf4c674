"""The kinds of a statement by the rules with a trained layer over them."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import itemgetter

from analysis.contract import Kind, KindName, Span
from analysis.kinds.encoder import Asked, general_encoder
from analysis.kinds.finder import Heard, KindFinder, Scored, compiled_rules
from analysis.kinds.layer.gate import gate
from analysis.kinds.layer.model import AGAIN, Layer, UnusableLayer
from analysis.kinds.layer.telling import VOICES, Told, hear_and_tell, tell
from analysis.kinds.layer.traits import readings, was_read
from analysis.kinds.layer.why import DIGITS, LayerSays, said
from analysis.kinds.settle import DENIAL, settle
from analysis.kinds.weigh import Evidence, Weighed
from analysis.text import Normalised, sentences

MOST_READ = 3
"""Sentences that the encoder reads to find a kind's place."""
OPPOSED = frozenset({KindName.VICTORY, KindName.REFUSAL})
"""Where the layer knows both, they are calibrated probabilities: the likelier stands."""


class LayeredKinds:
    """Finds kinds by the rules; those that the layer knows stand or fall by its calibrated probability.

    The kinds of the rules keep their place, strength, scope, types and targets. A kind that the layer adds
    takes them from what the rules heard too weakly; where they heard nothing, its place is the sentence
    that weighs most, and strength, scope and types are unknown. Of statements that the encoder was not asked
    about a layer that learned from read ones alone says nothing: the gate decides. Raises UnusableLayer for
    a layer that was trained over other rules, or beside another encoder, than this release has.
    """

    def __init__(self, layer: Layer) -> None:
        trained, has = f"{layer.rules} and {layer.encoder}", " and ".join(VOICES.values())
        if trained != has:
            said = f"trained over {trained}, and this release has {has}"
            raise UnusableLayer(f"{layer.source}: {said}; {AGAIN}")
        self._layer = layer
        self._unasked = gate() if layer.knows_only_read else layer
        self._denial = 0.0 if set(layer.kinds) >= OPPOSED else DENIAL
        self.method = f"{KindFinder.method}~{layer.name}"

    def find(self, scored: Sequence[Scored]) -> list[tuple[Kind, ...]]:
        """Of each statement every kind that applies, each once, in the order of the codebook.

        Of what stands at the places of recognised names the words of the layer see nothing.
        """
        return [self._kinds(*one) for one in hear_and_tell(compiled_rules(), scored)]

    def _kinds(self, heard: Heard, told: Told) -> tuple[Kind, ...]:
        settled = settle(list(self._weighed(told, heard.text)), denial=self._denial)
        return tuple(replace(kind, method=self.method) for kind in compiled_rules().kinds_of(heard, settled))

    def layered(self) -> "LayeredKinds":
        """Itself."""
        return self

    def why(self, heard: Heard, names: Sequence[Span]) -> list[LayerSays]:
        """What the layer says of each of its kinds of a statement that the rules have heard, and what added
        how much; `names`: places of recognised names in the original."""
        [told] = tell(compiled_rules(), [heard], [names])
        return said(self._deciding(told), told, heard.text)

    def _deciding(self, told: Told) -> Layer:
        return self._layer if was_read(told.traits) else self._unasked

    def _weighed(self, told: Told, text: Normalised) -> Iterator[Weighed]:
        """The kinds that stand, by the layer where it knows them, else by the rules."""
        layer = self._deciding(told)
        chances = layer.chances(told.traits)
        for name in KindName:
            ruled, chance = told.by_rules.get(name), chances.get(name)
            if chance is None:
                if ruled:
                    yield ruled
            elif chance >= layer.least(name, by_rules=name in told.found):
                yield self._by_layer(name, round(chance, DIGITS), told, text)

    def _by_layer(self, name: KindName, chance: float, told: Told, text: Normalised) -> Weighed:
        heard = told.weighed.get(name)
        evidence = heard.evidence if heard else ()
        if not evidence or evidence[0].start == evidence[0].end:  # somebody is only addressed: no place
            start, end = self._weightiest(name, told, text)
            evidence = (Evidence(name, start, end, chance), *evidence)
        return Weighed(name, chance, evidence, heard.said if heard else ())

    def _weightiest(self, name: KindName, told: Told, text: Normalised) -> tuple[int, int]:
        """The sentence that adds most to a kind, in the normalised text: its words, and what the encoder, if
        it was asked, reads in it alone. Of many sentences those are read whose words add most."""
        spans = sentences(text.text) or ((0, len(text.text)),)
        weights = [0.0] * len(spans)
        grams, layer = told.traits.grams, self._deciding(told)
        for (start, _), weight in zip(grams.values(), layer.added(name, list(grams)), strict=True):
            weights[max(bisect_right(spans, start, key=itemgetter(0)) - 1, 0)] += weight
        likely = sorted(range(len(spans)), key=weights.__getitem__, reverse=True)[:MOST_READ]
        if len(likely) > 1 and was_read(told.traits):
            parts = [text.original[slice(*text.to_original(*spans[place]))] for place in likely]
            odds = general_encoder().odds([Asked(told.occasion, part) for part in parts])
            for place, one in zip(likely, odds, strict=True):
                weights[place] += layer.added_by_reading(name, readings(one))
        return spans[max(likely, key=weights.__getitem__)]
