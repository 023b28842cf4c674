"""The one door to vaderSentiment: its compound score and its word valences, both in bounded time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from vaderSentiment.vaderSentiment import BOOSTER_DICT, C_INCR, NEGATE, SentimentIntensityAnalyzer

from analysis.sentiment.but_rule import weighed_by_but
from analysis.sentiment.fast_vader import OPENERS, analyzer, compound_of

MAX_READ = 20_000
"""Code points of a text that VADER is given: what analysis reads of any text."""


@dataclass(frozen=True, slots=True)
class _Words:
    """What vaderSentiment's rules look at."""

    words_and_emoticons: Sequence[str]
    is_cap_diff: bool


class BoundedAnalyzer(SentimentIntensityAnalyzer):  # type: ignore[misc]  # vaderSentiment ships no types
    """VADER with the same answers in linear time: its rules see the words they read, not the whole text.

    vaderSentiment lowers every word of the text anew for every scored word (its issue #110).
    """

    def _special_idioms_check(self, valence: float, words: Sequence[str], i: int) -> float:
        return float(super()._special_idioms_check(valence, words[i - 3 : i + 3], 3))

    @staticmethod
    def _negation_check(valence: float, words: Sequence[str], start_i: int, i: int) -> float:
        window = [word.lower() for word in words[i - start_i - 1 : i]]
        if not _NEGATORS.isdisjoint(window) or start_i == 2 or any("n't" in word for word in window):
            whole = SentimentIntensityAnalyzer._negation_check(valence, [*window, ""], start_i, start_i + 1)
            return float(whole)
        return valence

    @staticmethod
    def _but_check(words: Sequence[str], sentiments: list[float]) -> list[float]:
        at = next((i for i, word in enumerate(words) if word.lower() == "but"), None)
        return sentiments if at is None else weighed_by_but(sentiments, at)


_NEGATORS = frozenset(NEGATE)


class _ClauseAnalyzer(BoundedAnalyzer):
    """VADER's word rules (boosters, capitals, idioms) without its negation, which stops after 3 words."""

    @staticmethod
    def _negation_check(valence: float, words: Sequence[str], start_i: int, i: int) -> float:
        return valence


@cache
def method() -> str:
    """Name and version of plain VADER."""
    return f"vader-{version('vaderSentiment')}"


def compound(text: str) -> float:
    """vaderSentiment's own `polarity_scores(text)['compound']`, of the first `MAX_READ` code points."""
    return compound_of(text[:MAX_READ])


@cache
def emoji_valence(sign: str) -> float | None:
    """The summed valence of the words that describe an emoji; None where `sign` is none."""
    description = analyzer().emojis.get(sign)
    if description is None:
        return None
    return float(sum(analyzer().lexicon.get(word, 0.0) for word in description.split()))


def acts(word: str) -> bool:
    """Whether VADER's rules may let a lower-case word change the valence of one beside it."""
    return word in BOOSTER_DICT or word in OPENERS or word in ("no", "least")


class WordValences:
    """VADER's valence of each word among its neighbours, under a changed lexicon."""

    def __init__(self, changes: Mapping[str, float], removed: Collection[str]) -> None:
        self._analyzer = _ClauseAnalyzer()
        lexicon: dict[str, float] = self._analyzer.lexicon
        lexicon.update(changes)
        for word in {*removed, *BOOSTER_DICT}:
            lexicon.pop(word, None)
        self.lexicon: Mapping[str, float] = lexicon

    def among(self, words: Sequence[str], i: int, *, has_capitals: bool) -> float:
        """The valence (about -4..4) of one of the words, raised and lowered by boosters and capitals."""
        if words[i].lower() not in self.lexicon:
            return 0.0
        seen = _Words(words, has_capitals)
        return float(self._analyzer.sentiment_valence(0, seen, words[i], i, [])[0])

    def alone(self, word: str, *, has_capitals: bool) -> float:
        """As `among`, where neither the word nor any of the three before it `acts`."""
        valence = self.lexicon.get(word.lower())
        if valence is None:
            return 0.0
        if has_capitals and word.isupper():
            return float(valence + C_INCR if valence > 0 else valence - C_INCR)
        return valence
