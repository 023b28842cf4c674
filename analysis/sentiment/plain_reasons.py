"""What plain VADER counted, word by word: the sum behind its compound score."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from string import punctuation
from typing import Any

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from analysis.contract import Explanation, Question, Reason, Sentiment
from analysis.sentiment.vader import MAX_READ, BoundedAnalyzer

_WORD = re.compile(r"\S+")
_EMPHATIC = re.compile(r"[!?]+")


class _Listening(BoundedAnalyzer):
    """VADER that gives its sum away: word by word, and what exclamation marks add."""

    def score_valence(self, sentiments: Sequence[float], text: str) -> Any:
        total = sum(sentiments)
        emphasis = self._punctuation_emphasis(text) * ((total > 0) - (total < 0))
        return _Heard(tuple(map(float, sentiments)), float(emphasis))


@dataclass(frozen=True, slots=True)
class _Heard:
    valences: tuple[float, ...]
    """One a word of the text in which emoji are described."""
    emphasis: float


@cache
def _analyzer() -> SentimentIntensityAnalyzer:
    return _Listening()


def explain_plain(question: Question, sentiment: Sentiment) -> Explanation:
    """Why plain VADER gave this answer: it reads the whole text, and masks nothing."""
    reasons = _heard(question.text.original[:MAX_READ])
    remarks = ["This method reads the whole text, whatever the target, and hides no name."]
    if not reasons:
        remarks.append("No word of the text has a valence.")
    return Explanation(sentiment, (), reasons, tuple(remarks))


@lru_cache(maxsize=1)
def _heard(text: str) -> tuple[Reason, ...]:
    """Questions about one text, explained in a row, share its reading."""
    heard: _Heard = _analyzer().polarity_scores(text)
    reasons = [*_reasons(text, heard.valences), *_emphasis(text, heard.emphasis)]
    return tuple(sorted(reasons, key=lambda one: one.start))


def _reasons(text: str, valences: Sequence[float]) -> Iterator[Reason]:
    for (start, end, read), valence in zip(_words(text), valences, strict=True):
        if valence:
            yield Reason(start, end, read, _rule(text[start:end], read, valence), valence)


def _words(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each word that VADER reads stands in the text, and how it is read; emoji are read as words."""
    described, places = _described(text)
    for word in _WORD.finditer(described):
        stripped = word.group().strip(punctuation)
        read = stripped if len(stripped) > 2 else word.group()  # else it may be an emoticon
        first = word.start() + word.group().index(read)
        yield places[first], places[first + len(read) - 1] + 1, read


def _described(text: str) -> tuple[str, list[int]]:
    """The text with emoji as VADER describes them, and where each of its characters comes from."""
    emojis = _analyzer().emojis
    pieces: list[str] = []
    places: list[int] = []
    is_behind_space = True
    for place, sign in enumerate(text):
        piece = emojis.get(sign, sign)
        if sign in emojis and not is_behind_space:
            piece = f" {piece}"
        is_behind_space = sign == " " and sign not in emojis
        pieces.append(piece)
        places += [place] * len(piece)
    return "".join(pieces), places


def _rule(words: str, read: str, valence: float) -> str:
    """The lexicon's own valence, and whether the words round it changed that."""
    analyzer = _analyzer()
    base = float(analyzer.lexicon.get(read.lower(), 0.0))
    rule = f"{base:+.1f} in VADER's lexicon"
    if any(sign in analyzer.emojis for sign in words):
        rule += ", of the words for this emoji"
    return rule if base == valence else f"{rule}; {valence:+.2f} by the words round it"


def _emphasis(text: str, emphasis: float) -> Iterator[Reason]:
    signs = _EMPHATIC.search(text)
    if emphasis and signs:
        yield Reason(*signs.span(), signs.group(), "exclamation and question marks of the text", emphasis)
