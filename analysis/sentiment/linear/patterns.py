"""The features that say in which order good words, bad words and small words stand round a target."""

from collections.abc import Iterator

from analysis.sentiment.lexicon import lexicon
from analysis.sentiment.linear.view import NAME, TARGET
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


def patterns_of(around: Surroundings) -> Iterator[tuple[str, Word, Word]]:
    """Each run of signs that holds the target, with its first and last word."""
    if around.place.first == around.place.last:
        return
    signs, at = _signs(around)
    for first in range(max(at - LONGEST + 1, 0), at + 1):
        for last in range(max(at, first + 1), min(first + LONGEST, len(signs))):
            name = " ".join(sign for sign, _ in signs[first : last + 1])
            yield f"p {name}", signs[first][1], signs[last][1]


def _signs(around: Surroundings) -> tuple[list[tuple[str, Word]], int]:
    """The signs of the words round a target, and which of them is the target; a row of the same is one."""
    sentence, place = around.sentence, around.place
    first, end = max(place.first - BEFORE, 0), min(place.last + BEHIND, len(sentence.words))
    signs: list[tuple[str, Word]] = []
    at = 0
    for i in range(first, end):
        if i == place.first:
            at = len(signs)
            signs.append((TARGET, sentence.words[i]))
        elif not place.first < i < place.last:
            sign = _sign(sentence.words[i], sentence.valences[i])
            if not (signs and sign == signs[-1][0] and sign in (ANY, NAME)):
                signs.append((sign, sentence.words[i]))
    return signs, at


def _sign(word: Word, value: float) -> str:
    if word.is_name:
        return NAME
    verb = "v" if word.key in lexicon().verbs else ""
    if abs(value) >= CLEAR:
        return f"{verb}{'+' if value > 0 else '-'}"
    return verb or (word.key if word.key in SMALL else ANY)
