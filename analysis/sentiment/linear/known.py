"""The features of a target that a model has a weight for, found without naming them.

They are those of `grams_of`, `part_verbs` and `patterns_of`, in the order of these.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from zlib import crc32

from analysis.sentiment.linear.evidence import part_verbs
from analysis.sentiment.linear.grams import ANCHORED, BEFORE, BEHIND
from analysis.sentiment.linear.met import EDGE, Met, start_of
from analysis.sentiment.linear.model import Grams
from analysis.sentiment.linear.patterns import SIGNS, runs_of, signs_of
from analysis.sentiment.toward import Surroundings

_ANCHORS = [(steps, start_of(",".join(map(str, steps)))) for steps in ANCHORED]
_FARTHEST = max(abs(step) for steps in ANCHORED for step in steps)
_EDGES = (f" {EDGE}".encode(),) * _FARTHEST
_PATTERN = start_of("p")
_TAILS = {sign: f" {sign}".encode() for sign in SIGNS}

Rows = Mapping[int, int]
"""Key of the name of a feature -> its row."""
Known = Sequence[int | None]
Parts = Sequence[Mapping[str, int]]


def known_features(
    grams: Grams, around: Surroundings, met: Sequence[Met], at: int, alone: tuple[range, range]
) -> list[int]:
    """The rows of all known features of a target that is the word `at` of those that are met.

    `alone`: the places before and behind it, up to the next name.
    """
    rows = grams.rows
    texts, tails, _, _, _, such, starts, left, left_starts, *rest = zip(*met, strict=True)
    right, right_starts, alone_before, alone_behind, parts, near_parts = rest
    near = range(max(at - BEFORE, 0), min(at + 1 + BEHIND, len(met)))
    before, behind = slice(near.start, at), slice(at + 1, near.stop)
    return [
        *_words_and_pairs(rows, texts, tails, such, starts),
        *_words_and_pairs(rows, texts[before], tails[before], left[before], left_starts[before]),
        *_words_and_pairs(rows, texts[behind], tails[behind], right[behind], right_starts[behind]),
        *_anchored(rows, tails, at),
        *_words(texts, alone_before, alone[0]),
        *_words(texts, alone_behind, alone[1]),
        *_parts(parts, near_parts, near),
        *_part_verbs(grams, around),
        *_patterns(rows, around),
    ]


def _words_and_pairs(
    rows: Rows, texts: Sequence[str], tails: Sequence[bytes], words: Known, starts: Sequence[int]
) -> Iterable[int]:
    """Each word, and each with the next; one that stands there twice counts once."""
    pairs = [*map(rows.get, map(crc32, tails[1:], starts)), None]
    known: dict[object, int] = {}
    for i, word in enumerate(words):
        if word is not None:
            known[texts[i]] = word
        pair = pairs[i]
        if pair is not None:
            known[texts[i : i + 2]] = pair
    return known.values()


def _anchored(rows: Rows, tails: tuple[bytes, ...], at: int) -> Iterator[int]:
    before, behind = tails[max(at - _FARTHEST, 0) : at], tails[at + 1 : at + 1 + _FARTHEST]
    # By steps from the target: behind it from 0 on, before it from the end on.
    beside = (b"", *(behind + _EDGES)[:_FARTHEST], *(_EDGES + before)[-_FARTHEST:])
    for steps, key in _ANCHORS:
        for step in steps:
            key = crc32(beside[step], key)
        row = rows.get(key)
        if row is not None:
            yield row


def _words(texts: Sequence[str], words: Known, places: range) -> Iterable[int]:
    found = words[places.start : places.stop]
    texts = texts[places.start : places.stop]
    return {text: row for text, row in zip(texts, found, strict=True) if row is not None}.values()


def _parts(parts: Parts, near_parts: Parts, near: range) -> Iterable[int]:
    known: dict[str, int] = {}
    for i, anywhere in enumerate(parts):
        if anywhere:
            known.update(anywhere)
        if i in near and near_parts[i]:
            known.update(near_parts[i])
    return known.values()


def _part_verbs(grams: Grams, around: Surroundings) -> Iterable[int]:
    names = dict.fromkeys([name for name, _ in part_verbs(around)])
    return [row for name in names if (row := grams.row(name)) is not None]


def _patterns(rows: Rows, around: Surroundings) -> Iterator[int]:
    if around.place.first == around.place.last:
        return
    signs, at = signs_of(around)
    tails = [_TAILS[sign] for sign, _ in signs]
    for first, lasts in runs_of(len(signs), at):
        key, done = _PATTERN, first
        for last in lasts:
            for tail in tails[done : last + 1]:
                key = crc32(tail, key)
            done = last + 1
            row = rows.get(key)
            if row is not None:
                yield row
