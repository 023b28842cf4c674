"""All that a model is told of a target or a text: named features, words by zone, what the rules see."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.contract import Span
from analysis.sentiment import vader
from analysis.sentiment.linear.evidence import (
    Evidence,
    evidence_of_text,
    evidence_toward,
    part_verbs,
    standing_of,
)
from analysis.sentiment.linear.grams import before_name, behind_name, grams_of
from analysis.sentiment.linear.opened import OpenedText
from analysis.sentiment.linear.patterns import patterns_of
from analysis.sentiment.linear.view import NAME, IsCommon, Seen, View, seen, view_toward
from analysis.sentiment.toward import surroundings_of
from analysis.sentiment.words import MaskedText

NEAR, AROUND = 3, 8
"""Words on each side of a target that make its two zones."""
ZONES = ("near before", "near behind", "before", "behind", "all", "alone behind", "alone before", "text")
"""Places round a target whose words are added up; the last is that of a whole text."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What a model is told."""

    grams: Mapping[str, tuple[int, int]]
    """Name of a feature -> start and end of its (first) place in the normalised text."""
    zones: Mapping[str, Sequence[Seen]]
    """Zone -> its words."""
    evidence: Evidence


def traits_toward(text: OpenedText, target: Span, is_common: IsCommon) -> Traits:
    """What there is to tell of a target, which counts in the normalised text."""
    around = surroundings_of(text.reader, target)
    view = view_toward(around, is_common)
    starts, ends = [word.start for word in view.words], [word.end for word in view.words]
    grams = {name: (starts[first], ends[last]) for name, (first, last) in grams_of(view).items()}
    for name, word in part_verbs(around):
        grams.setdefault(name, (word.start, word.end))
    for name, first, last in patterns_of(around):
        grams.setdefault(name, (first.start, last.end))
    whole = text.tone_with(target, around.sentence)
    standing = standing_of([word.text for word in view.words], view.at)
    return Traits(grams, dict(_zones(view)), evidence_toward(around, standing, whole))


def traits_of_text(text: OpenedText, is_common: IsCommon) -> Traits:
    """What there is to tell of a whole text."""
    words = [word for sentence in text.sentences for word in seen(sentence.words, is_common)]
    names = sum(word.text == NAME for word in words)
    evidence = evidence_of_text(text, len(words), names, vader.compound(hidden(text.source)))
    return Traits({}, {"text": words}, evidence)


_NAMED = re.compile(rb"\x01+")


def hidden(source: MaskedText) -> str:
    """A text in which one word without valence stands for every name, however long: for plain VADER."""
    pieces: list[str] = []
    done = 0
    for name in _NAMED.finditer(source.mask):
        between = source.text[done : name.start()]
        if not pieces or between.strip():
            pieces += [between, "Name"]
        done = name.end()
    return "".join([*pieces, source.text[done:]])


def _zones(view: View) -> Iterator[tuple[str, Sequence[Seen]]]:
    words, at = view.words, view.at
    texts = [word.text for word in words]
    yield "near before", words[max(at - NEAR, 0) : at]
    yield "near behind", words[at + 1 : at + 1 + NEAR]
    yield "before", words[max(at - AROUND, 0) : at]
    yield "behind", words[at + 1 : at + 1 + AROUND]
    yield "all", [*words[:at], *words[at + 1 :]]
    yield "alone behind", [words[i] for i in behind_name(texts, at)]
    yield "alone before", [words[i] for i in before_name(texts, at)]
