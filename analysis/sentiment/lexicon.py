"""What words mean to the rules: the tables of this package over VADER's lexicon, looked up once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from analysis.sentiment.tables import rows_of
from analysis.sentiment.vader import WordValences, emoji_valence

VERSION = "3"
"""Version of the tables: part of the method's name; raised whenever a line of them changes."""


class Roles(NamedTuple):
    """How a verb speaks of who does it and of whom it is done to (-4..4)."""

    agent: float
    patient: float


Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All word tables, ready for look-up by lower-case word."""

    valences: WordValences
    phrases: Mapping[tuple[str, str], Sequence[tuple[Phrase, float]]]
    """By their first two words, longest first."""
    topics: frozenset[str]
    verbs: Mapping[str, Roles]
    reporting: frozenset[str]
    negators: frozenset[str]
    affirmers: frozenset[Phrase]
    """'not only' and its like: a negator that denies nothing."""
    reversals: frozenset[str]
    takings: frozenset[str]
    """Verbs that take their object away."""

    def base(self, word: str) -> float:
        """The valence of a word or emoji alone; of a compound word, that of its strongest part."""
        known = self.valences.lexicon.get(word)
        if known is not None:
            return known
        if len(word) == 1 and not word.isascii():
            return emoji_valence(word) or 0.0
        parts = word.split("-") if "-" in word else ()
        return max((self.valences.lexicon.get(part, 0.0) for part in parts), key=abs, default=0.0)


@cache
def lexicon() -> Lexicon:
    """The lexicon that `vader-target` reads with."""
    overlay = {row["phrase"]: float(row["valence"]) for row in rows_of("overlay")}
    shifters = {
        kind: [row["word"] for row in rows_of("shifters") if row["kind"] == kind]
        for kind in ("negator", "no negator", "reversal", "taking")
    }
    verbs = dict(_verbs())
    return Lexicon(
        valences=WordValences(
            {**_verb_valences(verbs), **{word: v for word, v in overlay.items() if " " not in word}},
            removed=[*(row["word"] for row in rows_of("neutral")), *shifters["negator"]],
        ),
        phrases=_by_first_words(overlay),
        topics=frozenset(row["word"] for row in rows_of("topics")),
        verbs=verbs,
        reporting=frozenset(form for row in rows_of("reporting") for form in _forms(row)),
        negators=frozenset(shifters["negator"]),
        affirmers=frozenset(tuple(phrase.split()) for phrase in shifters["no negator"]),
        reversals=frozenset(shifters["reversal"]),
        takings=frozenset(shifters["taking"]),
    )


@cache
def grammar(kind: str) -> frozenset[str]:
    """The small words of one kind in grammar.tsv."""
    return frozenset(row["word"] for row in rows_of("grammar") if row["kind"] == kind)


def _forms(row: Mapping[str, str]) -> list[str]:
    return [row["lemma"], *row["forms"].split()]


def _verbs() -> Iterator[tuple[str, Roles]]:
    for row in rows_of("verbs"):
        roles = Roles(float(row["agent"]), float(row["patient"]))
        for form in _forms(row):
            yield form, roles


def _verb_valences(verbs: Mapping[str, Roles]) -> dict[str, float]:
    """A verb whose agent and patient are unknown still tells the tone of its sentence."""
    return {form: max(roles, key=abs) for form, roles in verbs.items()}


def _by_first_words(overlay: Mapping[str, float]) -> dict[tuple[str, str], list[tuple[Phrase, float]]]:
    found: dict[tuple[str, str], list[tuple[Phrase, float]]] = {}
    for phrase in sorted(overlay, key=len, reverse=True):
        words = tuple(phrase.split())
        if len(words) > 1:
            found.setdefault((words[0], words[1]), []).append((words, overlay[phrase]))
    return found
