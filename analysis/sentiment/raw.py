"""What the words and phrases of a clause mean before negation, reversal and topic change it."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from analysis.sentiment.lexicon import Lexicon
from analysis.sentiment.marks import ACTS, FOLLOWS, NEGATOR, OPENS, SHOUTS, VALUED
from analysis.sentiment.words import Word


def raw_valences(words: Sequence[Word], lex: Lexicon) -> list[float]:
    """The valence of each word of a clause before any scope: its own, with boosters and capitals."""
    values = [0.0] * len(words)
    valued = [i for i, word in enumerate(words) if word.marks & VALUED and _counts(word)]
    if not valued:
        return values
    capitals = len([word for word in words if word.marks & SHOUTS and _counts(word)])
    has_capitals = 0 < capitals < len(words) / 2
    surfaces: list[str] = []
    for i in valued:
        word = words[i]
        if _acts_near(words, i):
            surfaces = surfaces or [word.surface if _counts(word) else "" for word in words]
            value = lex.valences.among(surfaces, i, has_capitals=has_capitals)
        else:
            value = lex.valences.alone(word.surface, has_capitals=has_capitals)
        values[i] = value or word.base
    return values


def _acts_near(words: Sequence[Word], i: int) -> int:
    """Whether a word, or one of the three before it, may be changed by VADER's rules."""
    marks = 0
    for word in words[max(i - 3, 0) : i + 1]:
        marks |= word.marks
    return marks & ACTS


def _counts(word: Word) -> bool:
    """Neither a name nor a negator: these have no valence, and change none as VADER has it."""
    return not (word.is_name or word.marks & NEGATOR)


def may_hold_phrase(marks: Sequence[int]) -> bool:
    """Whether the first word of a phrase stands before the second word of one."""
    return True in [one & OPENS > 0 < other & FOLLOWS for one, other in pairwise(marks)]


def set_phrases(words: Sequence[Word], values: list[float], lex: Lexicon) -> tuple[dict[int, int], set[int]]:
    """Give each phrase of the overlay its one valence, at its last word; of two that overlap the later one.

    Where each ends and begins, and the places of all their words.
    """
    phrases: dict[int, int] = {}
    bound: set[int] = set()
    for i, width, value in _phrases(words, lex):
        values[i : i + width] = [0.0] * (width - 1) + [value]
        bound.update(range(i, i + width))
        for inner in range(i, i + width - 1):
            phrases.pop(inner, None)
        phrases[i + width - 1] = i
    return phrases, bound


def _phrases(words: Sequence[Word], lex: Lexicon) -> Iterator[tuple[int, int, float]]:
    for i in [i for i, word in enumerate(words[:-1]) if word.marks & OPENS and words[i + 1].marks & FOLLOWS]:
        for phrase, value in lex.phrases.get((words[i].key, words[i + 1].key), ()):
            span = words[i : i + len(phrase)]
            if tuple([word.key for word in span]) == phrase and True not in [word.is_name for word in span]:
                yield i, len(phrase), value
                break
