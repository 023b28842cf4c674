"""The features that say in which order good words, bad words and small words stand round a target."""

from collections.abc import Iterator

from analysis.sentiment.linear.view import NAME, TARGET
from analysis.sentiment.marks import VERB
from analysis.sentiment.scope import Sentence
from analysis.sentiment.toward import Surroundings
from analysis.sentiment.words import Word

BEFORE, BEHIND = 8, 10
"""Words before and behind a target that are looked at."""
LONGEST = 5
"""Signs of a pattern."""
CLEAR = 0.4
"""Valence from which a word counts as good or bad."""
_SMALL = (
    "a an the of by to for with from at on in and or but as that who which not no n't is are was were be "
    "been being has have had will would can could should must may said says if than about against over "
    "after his her their its my our your he she they it i we you"
)
SMALL = frozenset([*_SMALL.split(), *",.:;-()?!", '"'])
"""Words and signs that stand for themselves."""
ANY = "*"
SIGNS = SMALL | {ANY, NAME, TARGET, "+", "-", "v", "v+", "v-"}
"""All that a pattern may hold."""


def patterns_of(around: Surroundings) -> Iterator[tuple[str, Word, Word]]:
    """Each run of signs that holds the target, with its first and last word."""
    if around.place.first == around.place.last:
        return
    signs, at = signs_of(around)
    for first, lasts in runs_of(len(signs), at):
        for last in lasts:
            name = " ".join(sign for sign, _ in signs[first : last + 1])
            yield f"p {name}", signs[first][1], signs[last][1]


def runs_of(signs: int, at: int) -> Iterator[tuple[int, range]]:
    """Where the runs of so many signs that hold the sign `at` begin, and where each ends (inclusive)."""
    for first in range(max(at - LONGEST + 1, 0), at + 1):
        yield first, range(max(at, first + 1), min(first + LONGEST, signs))


def signs_of(around: Surroundings) -> tuple[list[tuple[str, Word]], int]:
    """The signs of the words round a target, and which of them is the target; a row of the same is one."""
    sentence, place = around.sentence, around.place
    first, end = max(place.first - BEFORE, 0), min(place.last + BEHIND, len(sentence.words))
    before = _signs(sentence, range(first, place.first))
    behind = _signs(sentence, range(place.last, end))
    return [*before, (TARGET, sentence.words[place.first]), *behind], len(before)


def _signs(sentence: Sentence, places: range) -> list[tuple[str, Word]]:
    words, values = sentence.words, sentence.valences
    signs: list[tuple[str, Word]] = []
    last = ""
    for i in places:
        word = words[i]
        if word.is_name:
            sign = NAME
        elif word.marks & VERB or (values[i] and abs(values[i]) >= CLEAR):
            sign = _told_sign(word, values[i])
        else:
            sign = word.key if word.key in SMALL else ANY
        if sign != last or sign not in _SAME:
            signs.append((sign, word))
        last = sign
    return signs


_SAME = (ANY, NAME)
"""A row of these is one."""


def _told_sign(word: Word, value: float) -> str:
    sign = "" if abs(value) < CLEAR else "+" if value > 0 else "-"
    return f"v{sign}" if word.marks & VERB else sign
