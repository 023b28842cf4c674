"""Why a word of a sentence has its valence: where it comes from, and what its scope made of it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

from vaderSentiment.vaderSentiment import BOOSTER_DICT

from analysis.sentiment.lexicon import Lexicon, lexicon
from analysis.sentiment.raw import raw_valences
from analysis.sentiment.scope import MAX_EMOJI, Sentence
from analysis.sentiment.tables import rows_of, weights
from analysis.sentiment.vader import emoji_valence
from analysis.sentiment.words import Word

BOOSTER_REACH = 3
"""Words before a scored one at which VADER looks for boosters."""


class Cause(NamedTuple):
    """The valence that its scope leaves a word or a phrase, and the rules behind it."""

    first: int
    last: int
    """Places of its words in the sentence, `last` exclusive."""
    valence: float
    rules: tuple[str, ...]


def causes_of(sentence: Sentence) -> dict[int, Cause]:
    """Place of each word that has a valence of its own (a phrase: of its last word) -> why it has it.

    Words that their scope silenced are among them, with valence 0.
    """
    found = {}
    within = {i for last, first in sentence.phrases.items() for i in range(first, last)}
    for i, raw in enumerate(_raw(sentence.words)):
        if i in sentence.phrases:
            found[i] = _phrase_cause(sentence, sentence.phrases[i], i)
        elif raw and i not in within:
            found[i] = Cause(i, i + 1, sentence.valences[i], tuple(_rules(sentence, i, raw)))
    return found


def _raw(words: Sequence[Word]) -> list[float]:
    """What the words mean before any scope, clause by clause as they were read."""
    lex = lexicon()
    clauses = (list(clause) for _, clause in groupby(words, key=lambda word: word.clause))
    return [value for clause in clauses for value in raw_valences(clause, lex)]


def _phrase_cause(sentence: Sentence, first: int, last: int) -> Cause:
    phrase = " ".join(word.key for word in sentence.words[first : last + 1])
    value, source = _overlay()[phrase]
    rules = (f"phrase {value:+.1f} in overlay.tsv ({source})", *_scoped(sentence, last, value))
    return Cause(first, last + 1, sentence.valences[last], rules)


def _rules(sentence: Sentence, i: int, raw: float) -> Iterator[str]:
    word = sentence.words[i]
    yield f"{word.base:+.1f} in {_origin(word, lexicon())}"
    if raw != word.base:
        yield f"{_amplifiers(sentence.words, i)} {raw:+.2f}"
    yield from _scoped(sentence, i, raw)


def _scoped(sentence: Sentence, i: int, raw: float) -> Iterator[str]:
    """What topic, reversal and negation made of a valence, in the order in which they are applied."""
    words, scope, value = sentence.words, weights("scope"), raw
    if words[i].key in lexicon().topics and i not in sentence.phrases:
        value *= scope["topic"]
        yield f"a topic ×{scope['topic']:g}"
    if i in sentence.turned:
        value *= -scope["reversal"]
        yield f'turned by "{words[sentence.turned[i]].key}" ×{-scope["reversal"]:g}'
    if i in sentence.denied:
        factor = -scope["denied_good" if value > 0 else "denied_bad"] + 0.0
        value *= factor
        yield f'denied by "{words[sentence.denied[i]].key}" ×{factor:g}'
    if value and not sentence.valences[i]:
        yield _silence(sentence, i)


def _silence(sentence: Sentence, i: int) -> str:
    word = sentence.words[i]
    if word.key in lexicon().reversals:
        return "only its object counts"
    if i in sentence.silent:
        return "did not come about: no praise"
    return f"beyond the first {MAX_EMOJI} emoji of its clause"


def _amplifiers(words: Sequence[Word], i: int) -> str:
    """The words and signs by which VADER raises or lowers a valence."""
    near = [word for word in words[max(i - BOOSTER_REACH, 0) : i] if word.clause == words[i].clause]
    boosters = [f'"{word.key}"' for word in near if word.key in BOOSTER_DICT]
    if words[i].surface.isupper() and len(words[i].surface) > 1:
        boosters.append("capitals")
    return f"with {' and '.join(boosters)}" if boosters else "by VADER's idioms"


def _origin(word: Word, lex: Lexicon) -> str:
    """The table that gives a word its valence, with the source that its line names."""
    if word.key in lex.valences.lexicon:
        return _table_of(word.key)
    if len(word.key) == 1 and emoji_valence(word.key) is not None:
        return "VADER's words for this emoji"
    part = max(word.key.split("-"), key=lambda part: abs(lex.valences.lexicon.get(part, 0.0)))
    return f'{_table_of(part)}, for its part "{part}"'


def _table_of(key: str) -> str:
    if key in _overlay():
        return f"overlay.tsv ({_overlay()[key][1]})"
    source = verb_sources().get(key)
    return f"verbs.tsv ({source})" if source else "VADER's lexicon"


@cache
def _overlay() -> Mapping[str, tuple[float, str]]:
    """Word or phrase -> its valence and the source of its line."""
    return {row["phrase"]: (float(row["valence"]), row["source"]) for row in rows_of("overlay")}


@cache
def verb_sources() -> Mapping[str, str]:
    """Form of a verb -> the source of its line."""
    return {form: row["source"] for row in rows_of("verbs") for form in (row["lemma"], *row["forms"].split())}
