"""Which parts of a text are English and which are not, where it mixes languages."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from analysis.language import (
    ENGLISH_ONLY,
    common_words,
    english_words,
    is_plainly_english,
    model_guess,
    without_signs,
)
from analysis.text import Normalised, sentences

METHOD = "mixing-1"
"""Changes whenever an answer of `parts_of` could."""

ENGLISH = "en"
FOREIGN_WORDS = 2
"""So many different common words of one language show it."""
LEAST_WORDS = 4
"""Words of a part; a shorter one is a greeting or a name within the other language."""
OTHER_LETTERS = 6
"""Letters of another script that show a foreign part."""
CLEAR = 0.9
"""So sure of its language, the model names it; else the words do."""
MOST_GUESSES = 8
"""Parts that the model is asked about: bounds the work for a text that changes language all the time."""

_WORDS = re.compile(r"(?<![\w@#.])[^\W\d_]+(?:'[^\W\d_]+)?")
_OTHER = r"[^\W\d_\u0000-\u024f\u1e00-\u1eff]"
_OTHER_SCRIPT = re.compile(_OTHER)
_CUTS = re.compile(
    rf"(?<!\S)[/|]{{1,3}}\s|(?<=[。！？؟।])|(?<={_OTHER})\s+(?=[A-Za-z])|(?<=[A-Za-z])\s+(?={_OTHER})"
)
"""Where a part may end within a sentence: a slash or bar that stands alone, a full stop of another script, or
where the script changes."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the original text in one language (ISO 639-1)."""

    start: int
    end: int
    lang: str


@dataclass(frozen=True, slots=True)
class _Segment:
    """A sentence of the normalised text, and what its common words show."""

    start: int
    end: int
    words: tuple[str, ...]
    lang: str | None
    """None: it may belong to what stands before it."""


def parts_of(text: Normalised, lang: str | None) -> tuple[Part, ...]:
    """The parts of a text that mixes English with other languages, in order; () if it does not.

    `lang` is the language of the whole. A part is one sentence or more. What is foreign shows by its common
    words (`common_words`) or its script, and the model has to agree; a foreign text is only mixed where a
    sentence or more is plainly English.
    """
    if lang is None or not _may_mix(text.text, lang):
        return ()
    runs = list(_runs(_segments(text.text)))
    if len(runs) < 2:
        return ()
    runs = list(_runs(_confirmed(text.text, runs, lang)))
    if not {ENGLISH} < {run.lang for run in runs}:
        return ()
    return tuple(Part(*text.to_original(run.start, run.end), run.lang or ENGLISH) for run in runs)


def _may_mix(text: str, lang: str) -> bool:
    """A cheap look that most texts fail: are there common words, or letters, of the other side at all?"""
    words = set(_WORDS.findall(text))
    if lang != ENGLISH:
        return len(words & ENGLISH_ONLY) >= FOREIGN_WORDS
    is_other = not text.isascii() and len(_OTHER_SCRIPT.findall(text)) >= OTHER_LETTERS
    return is_other or not common_words().keys().isdisjoint(word.lower() for word in words)


def _segments(text: str) -> Iterator[_Segment]:
    for start, end in sentences(text):
        for cut in _CUTS.finditer(text, start, end):
            yield from _segment(text, start, cut.start())
            start = cut.end()
        yield from _segment(text, start, end)


def _segment(text: str, start: int, end: int) -> Iterator[_Segment]:
    part = text[start:end]
    start, end = end - len(part.lstrip()), start + len(part.rstrip())
    if start >= end:
        return
    found = _WORDS.findall(text, start, end)
    # Capitals inside a sentence are names, which are no sign of its language.
    plain = [word for i, word in enumerate(found) if i == 0 or part.isupper() or not word[0].isupper()]
    words = tuple(word.lower() for word in plain)
    yield _Segment(start, end, words, _shown(part, words, len(found)))


def _shown(text: str, words: Sequence[str], length: int) -> str | None:
    """The language that the script or the common words of a sentence show."""
    if not text.isascii():
        others = len(_OTHER_SCRIPT.findall(text))
        if others >= OTHER_LETTERS and 2 * others > sum(map(str.isalpha, text)):
            return _guessed(text)
    different = set(words)
    english = len(different & ENGLISH_ONLY)
    foreign = Counter(code for word in different for code in common_words().get(word, ()))
    code, count = max(foreign.items(), key=lambda item: (item[1], item[0]), default=(ENGLISH, 0))
    if count >= FOREIGN_WORDS and count > 2 * english and length >= LEAST_WORDS:
        return code
    if count and not english and len(words) > LEAST_WORDS and different.isdisjoint(english_words()):
        guess = model_guess(without_signs(text))
        return guess.code if guess.confidence >= CLEAR and guess.code in foreign else None
    if english > count or (not count and different & english_words()):
        return ENGLISH
    return None


def _guessed(text: str) -> str | None:
    code = model_guess(without_signs(text)).code
    return code if code != ENGLISH else None


def _runs(segments: Iterable[_Segment]) -> Iterator[_Segment]:
    """Neighbours in one language made one; what shows none goes with what stands before it."""
    run: _Segment | None = None
    for segment in segments:
        if run is None:
            run = segment
        elif None in (run.lang, segment.lang) or run.lang == segment.lang:
            words = run.words + segment.words
            run = _Segment(run.start, segment.end, words, run.lang or segment.lang)
        else:
            yield run
            run = segment
    if run:
        yield run


def _confirmed(text: str, runs: Iterable[_Segment], lang: str) -> Iterator[_Segment]:
    """The runs in the language that the model, too, finds them in; what stays in doubt is as the whole."""
    guesses = 0
    for run in runs:
        if run.lang == ENGLISH:
            is_sure = lang == ENGLISH or (len(run.words) >= LEAST_WORDS and is_plainly_english(run.words))
            yield run if is_sure else replace(run, lang=lang)
            continue
        guesses += 1
        yield replace(run, lang=_named(text, run) if guesses <= MOST_GUESSES else run.lang)


def _named(text: str, run: _Segment) -> str | None:
    guess = model_guess(without_signs(text[run.start : run.end]))
    return guess.code if guess.code == ENGLISH or guess.confidence >= CLEAR else run.lang
