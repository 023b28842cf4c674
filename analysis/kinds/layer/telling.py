"""Telling a layer of a statement: what rules, words and occasion say, and the encoder where it is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.contract import KindName, Span
from analysis.kinds.encoder import ENCODER_NAME, Asked, general_encoder
from analysis.kinds.finder import Heard, KindFinder, Scored, reaching
from analysis.kinds.layer.gate import GATE_NAME, SURE, is_worth_reading
from analysis.kinds.layer.traits import UNREAD, Traits, grams_of, occasion_of, of_rules, read_anew
from analysis.kinds.layer.words import seen_words
from analysis.kinds.settle import settle
from analysis.kinds.weigh import Weighed

VOICES = {"rules": KindFinder.method, "encoder": f"{ENCODER_NAME} behind {GATE_NAME} up to {SURE}"}
"""What a layer of this release hears: its file says so."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the rules found in a statement, all that they heard however weakly, and what a layer is told."""

    by_rules: Mapping[KindName, Weighed]
    """What reaches the rules' thresholds, not yet settled."""
    found: frozenset[KindName]
    """What the rules alone would say."""
    weighed: Mapping[KindName, Weighed]
    """What speaks for each kind, before a threshold is asked for."""
    occasion: str
    """One of OCCASIONS."""
    traits: Traits


def hear_and_tell(rules: KindFinder, scored: Sequence[Scored]) -> list[tuple[Heard, Told]]:
    """What the rules hear of statements, and what there is to tell of them."""
    heard = [rules.hear(one.statement, one.text, one.targets, one.toward) for one in scored]
    return list(zip(heard, tell(rules, heard, [one.names for one in scored]), strict=True))


def tell(rules: KindFinder, heard: Sequence[Heard], names: Sequence[Sequence[Span]]) -> list[Told]:
    """What there is to tell of statements that the rules have heard; the `names` of each, of which nothing is
    told, count in its original. The encoder reads together those that are worth it."""
    told = [_without_encoder(rules, *one) for one in zip(heard, names, strict=True)]
    worth = [place for place, one in enumerate(told) if is_worth_reading(one.traits)]
    asked = [Asked(told[place].occasion, heard[place].text.original) for place in worth]
    for place, odds in zip(worth, general_encoder().odds(asked) if asked else (), strict=True):
        told[place] = replace(told[place], traits=read_anew(told[place].traits, odds))
    return told


def _without_encoder(rules: KindFinder, heard: Heard, names: Sequence[Span]) -> Told:
    all_weighed = rules.weighed(heard)
    by_rules = reaching(all_weighed)
    found = frozenset(one.kind for one in settle(by_rules))
    weighed = {one.kind: one for one in all_weighed}
    places = [Span(*heard.text.from_original(*name)) for name in names]
    occasion = occasion_of(heard.passage.statement)
    numbers = (*of_rules(found, weighed, occasion), *UNREAD)
    traits = Traits(numbers, grams_of(seen_words(heard.text.text, places)))
    return Told({one.kind: one for one in by_rules}, found, weighed, occasion, traits)
