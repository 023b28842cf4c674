"""vaderSentiment's compound score, word for word by its rules, from words whose meaning is looked up once."""

import re
import string
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    C_INCR,
    N_SCALAR,
    NEGATE,
    SPECIAL_CASES,
    SentimentIntensityAnalyzer,
    normalize,
)

from analysis.sentiment.but_rule import weighed_by_but

REMEMBERED = 40
"""Characters of a word that is remembered: words repeat, floods do not."""
FADING = (1.0, 0.95, 0.9)
"""What is left of a booster one, two and three words before the word that it raises."""

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
"""Every emoji is one of these; a class of thousands of emoji is matched one by one, and slower."""
_NEGATORS = frozenset(NEGATE)
OPENERS = frozenset(phrase.split()[0] for phrase in (*SPECIAL_CASES, *BOOSTER_DICT) if " " in phrase)
"""First words of the idioms and boosters of several words."""
_INTENSE = frozenset(["so", "this"])
_ACTING = frozenset(["no", "least", *_INTENSE])


class _Word(NamedTuple):
    """What VADER's rules ask of a word, whatever stands round it."""

    key: str
    valence: float | None
    """In the lexicon; None where the word is not in it."""
    booster: float | None
    is_upper: bool
    denies: bool
    opens: bool
    """Whether an idiom or a booster of several words may begin here."""
    is_scored: bool
    acts: bool
    """Whether it may change the score of a word behind it, or its own by where it stands."""


@cache
def analyzer() -> SentimentIntensityAnalyzer:
    """vaderSentiment's own, with its lexicons."""
    return SentimentIntensityAnalyzer()


def compound_of(text: str) -> float:
    """The same as `polarity_scores(text)['compound']`, to the last bit, in linear time."""
    text = (text if text.isascii() else _BEYOND_ASCII.sub(_described, text)).strip()
    words = _words(text.split())
    if not words:
        return 0.0
    upper = sum([word.is_upper for word in words])
    scores = _scores(words, is_cap_diff=0 < upper < len(words))
    if "but" in text.lower():
        at = next((i for i, word in enumerate(words) if word.key == "but"), None)
        scores = scores if at is None else weighed_by_but(scores, at)
    total = float(sum(scores))
    if total:
        emphasis = analyzer()._punctuation_emphasis(text)
        total += emphasis if total > 0 else -emphasis
    return float(round(normalize(total), 4))


def _words(tokens: Sequence[str]) -> list[_Word]:
    if max(map(len, tokens), default=0) <= REMEMBERED:
        return list(map(_remembered, tokens))
    return [_remembered(token) if len(token) <= REMEMBERED else _word(token) for token in tokens]


def _described(match: re.Match[str]) -> str:
    """An emoji as its description, which a space parts from what stands before it; another sign as it is."""
    description = analyzer().emojis.get(match.group())
    if description is None:
        return match.group()
    start = match.start()
    return str(description if start == 0 or match.string[start - 1] == " " else f" {description}")


def _word(token: str) -> _Word:
    stripped = token.strip(string.punctuation)
    word = token if len(stripped) <= 2 else stripped
    key = word.lower()
    valence, booster = analyzer().lexicon.get(key), BOOSTER_DICT.get(key)
    denies, opens = key in _NEGATORS or "n't" in key, key in OPENERS
    return _Word(
        key,
        valence,
        booster,
        word.isupper(),
        denies,
        opens,
        is_scored=valence is not None and booster is None,
        acts=booster is not None or denies or opens or key in _ACTING,
    )


_remembered = lru_cache(maxsize=1 << 15)(_word)


def _scores(words: Sequence[_Word], *, is_cap_diff: bool) -> list[float]:
    """The score of each word; 0 for one that the lexicon lacks or that only raises another."""
    scores: list[float] = [0] * len(words)
    for i in [i for i, word in enumerate(words) if word.is_scored]:
        word = words[i]
        if True in [near.acts for near in words[max(i - 3, 0) : i + 1]]:
            if not (word.key == "kind" and i < len(words) - 1 and words[i + 1].key == "of"):
                scores[i] = _score(words, i, is_cap_diff)
        else:
            scores[i] = _raised(word, word.valence or 0.0, is_cap_diff)
    return scores


def _raised(word: _Word, value: float, is_cap_diff: bool) -> float:
    """The value of a word in capitals among others that are not."""
    if not (is_cap_diff and word.is_upper):
        return value
    return float(value + C_INCR if value > 0 else value - C_INCR)


def _score(words: Sequence[_Word], i: int, is_cap_diff: bool) -> float:
    value = _raised(words[i], _beside_no(words, i), is_cap_diff)
    for step in range(min(i, 3)):
        before = words[i - step - 1]
        if before.valence is not None:
            continue
        if before.booster is not None:
            value += _boost(before, value, is_cap_diff) * FADING[step]
        value = _negated(words, i, step, value)
        if step == 2 and True in [near.opens for near in words[i - 3 : i + 1]]:
            keys = [near.key for near in words[i - 3 : i + 3]]
            value = float(SentimentIntensityAnalyzer._special_idioms_check(value, keys, 3))
    return _after_least(words, i, value)


def _beside_no(words: Sequence[_Word], i: int) -> float:
    """The valence of a word; 'no' counts for nothing before another, and turns those behind it round."""
    word = words[i]
    valence = word.valence or 0.0
    keys = [near.key for near in words[max(i - 3, 0) : i]]
    if "no" in keys[-2:] or (len(keys) == 3 and keys[0] == "no" and keys[2] in ("or", "nor")):
        return float(valence * N_SCALAR)
    if word.key == "no" and i < len(words) - 1 and words[i + 1].valence is not None:
        return 0.0
    return valence


def _boost(booster: _Word, value: float, is_cap_diff: bool) -> float:
    scalar = booster.booster or 0.0
    if value < 0:
        scalar *= -1
    if is_cap_diff and booster.is_upper:
        scalar += C_INCR if value > 0 else -C_INCR
    return scalar


def _negated(words: Sequence[_Word], i: int, step: int, value: float) -> float:
    before = words[i - step - 1]
    if step:
        between = [near.key for near in words[i - step : i]]
        # As it stands there, 'so' or 'this' beside the word needs no 'never' three words before it.
        is_never = before.key == "never" and between[0] in _INTENSE
        if is_never or (step == 2 and between[1] in _INTENSE):
            return value * 1.25
        if before.key == "without" and "doubt" in between:
            return value
    return float(value * N_SCALAR) if before.denies else value


def _after_least(words: Sequence[_Word], i: int, value: float) -> float:
    if i == 0 or words[i - 1].key != "least" or words[i - 1].valence is not None:
        return value
    is_denied = i == 1 or words[i - 2].key not in ("at", "very")
    return float(value * N_SCALAR) if is_denied else value
