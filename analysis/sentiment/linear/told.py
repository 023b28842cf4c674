"""What a question tells a model, as rows of its tables: the traits that it knows, without their names.

The same as `traits_toward` and `traits_of_text` say for an explanation; `answer` makes the same of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from analysis.contract import Span
from analysis.sentiment import vader
from analysis.sentiment.linear.evidence import evidence_of_text, evidence_toward, standing_of
from analysis.sentiment.linear.grams import before_name, behind_name
from analysis.sentiment.linear.induced import put_induced
from analysis.sentiment.linear.known import known_features
from analysis.sentiment.linear.met import Acquaintance, Met
from analysis.sentiment.linear.model import LABELS, Floats, Head, Model
from analysis.sentiment.linear.opened import OpenedText
from analysis.sentiment.linear.traits import AROUND, NEAR, ZONES, hidden
from analysis.sentiment.toward import surroundings_of

Zones = Sequence[tuple[int, Sequence[int]]]
"""Number of a zone, and the rows of its known words in the word table."""


class Told(NamedTuple):
    """What a model is told of one question."""

    head: Head
    grams: Iterable[int]
    """Rows of the known features."""
    zones: Zones
    evidence: Mapping[str, float]


def told_toward(model: Model, known: Acquaintance, text: OpenedText, target: Span) -> Told:
    """What there is to tell of a target, which counts in the normalised text."""
    around = surroundings_of(text.reader, target)
    words, place = around.sentence.words, around.place
    before, behind = known.of(words[: place.first]), known.of(words[place.last :])
    met, at = [*before, known.target, *behind], len(before)
    texts = [word.text for word in met]
    whole = text.tone_with(target, around.sentence)
    evidence = evidence_toward(around, standing_of(texts, at), whole)
    alone = before_name(texts, at), behind_name(texts, at)
    zones = list(_told_by_zone(met, _zones(len(met), at, alone), evidence))
    return Told(model.toward, known_features(model.grams, around, met, at, alone), zones, evidence)


def told_of_text(model: Model, known: Acquaintance, text: OpenedText) -> Told:
    """What there is to tell of a whole text."""
    met = [word for sentence in text.sentences for word in known.of(sentence.words)]
    evidence = evidence_of_text(text, len(met), met.count(known.name), vader.compound(hidden(text.source)))
    zones = list(_told_by_zone(met, [(len(ZONES) - 1, 0, len(met))], evidence))
    return Told(model.whole, (), zones, evidence)


_Zone = tuple[int, int, int]
"""Its number, and its first and last (exclusive) word."""


def _zones(end: int, at: int, alone: tuple[range, range]) -> Iterator[_Zone]:
    """Every zone but the last; the target, which has no row, is none of its words."""
    yield 0, max(at - NEAR, 0), at
    yield 1, at + 1, min(at + 1 + NEAR, end)
    yield 2, max(at - AROUND, 0), at
    yield 3, at + 1, min(at + 1 + AROUND, end)
    yield 4, 0, end
    yield 5, alone[1].start, alone[1].stop
    yield 6, alone[0].start, alone[0].stop


def _told_by_zone(
    met: Sequence[Met], zones: Iterable[_Zone], evidence: dict[str, float]
) -> Iterator[tuple[int, Sequence[int]]]:
    """The rows of each zone; adds what its words are rated to the evidence."""
    rows = [word.row for word in met if word.row is not None]
    good = [word.good for word in met if word.row is not None]
    bad = [word.bad for word in met if word.row is not None]
    before = [0, *accumulate([word.row is not None for word in met])]
    for number, first, last in zones:
        places = slice(before[first], before[last])
        if rows[places]:
            put_induced(evidence, ZONES[number], good[places], bad[places])
            yield number, rows[places]


def logits_of(model: Model, told: Sequence[Told]) -> list[list[float]]:
    """What the model makes of each question: log odds of each label, up to a constant."""
    if not told:
        return []
    found = _by_evidence(told) + _by_grams(model, told) + _by_zone(model, told)
    logits: list[list[float]] = found.tolist()
    return logits


def _by_evidence(told: Sequence[Told]) -> Floats:
    """(questions, 3)"""
    found = np.empty((len(told), len(LABELS)), np.float32)
    for head in {id(one.head): one.head for one in told}.values():
        asked = [i for i, one in enumerate(told) if one.head is head]
        rows: list[int] = []
        values: list[float] = []
        ends: list[int] = []
        for i in asked:
            for name, value in told[i].evidence.items():
                if value and (row := head.names.get(name)) is not None:
                    rows.append(row)
                    values.append(value)
            ends.append(len(rows))
        numbers, weights = np.asarray(values, np.float32), head.weights[rows]
        start = 0
        for i, end in zip(asked, ends, strict=True):
            found[i] = head.bias + numbers[start:end] @ weights[start:end] if start < end else head.bias
            start = end
    return found


def _by_grams(model: Model, told: Sequence[Told]) -> Floats:
    """(questions, 3)"""
    rows: list[int] = []
    ends: list[int] = []
    for one in told:
        rows += one.grams
        ends.append(len(rows))
    return _summed(model.grams.weights[rows] * model.grams.scale, ends)


def _by_zone(model: Model, told: Sequence[Told]) -> Floats:
    """(questions, 3): the words of a zone are divided by the root of their number."""
    rows: list[int] = []
    zones: list[int] = []
    sizes: list[int] = []
    ends: list[int] = []
    for one in told:
        for zone, known in one.zones:
            rows += known
            zones += [zone] * len(known)
            sizes += [len(known)] * len(known)
        ends.append(len(rows))
    words, places = model.words, np.asarray(zones, np.intp)
    roots = np.sqrt(np.asarray(sizes, np.float32))[:, None]
    found = words.vectors[np.asarray(rows, np.intp), places] * words.scale[places] / roots
    return _summed(found.astype(np.float32, copy=False), ends)


def _summed(parts: Floats, ends: Sequence[int]) -> Floats:
    """(questions, 3): the sums of (parts, 3), those of each question up to its end.

    One after the other, as all sums of a model: so no rounding hangs on what else is asked.
    """
    found = np.empty((len(ends), len(LABELS)), np.float32)
    start = 0
    for i, end in enumerate(ends):
        np.add.reduce(parts[start:end], axis=0, out=found[i])
        start = end
    return found
