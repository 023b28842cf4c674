"""Which language a text is written in, and whether we can read it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol, cast

from analysis.text import LINK, Normalised

METHOD = "language-1"
"""Changes whenever an answer of `language_of` could."""

SUPPORTED = frozenset({"en"})
"""Languages whose texts are scored."""

_LANGUAGES = (
    "af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu ha he hi hr hu hy id ig is "
    "it ja ka kk km kn ko ku ky lo lt lv mk ml mn mr ms my ne nl no pa pcm pl ps pt ro ru si sk sl so sq "
    "sr sv sw ta te th tl tr uk ur uz vi xh yo zh zu"
)
LANGUAGES = tuple(_LANGUAGES.split())
"""Languages told apart. The model's small ones draw short English posts to themselves."""

ENGLISH_KIN = {"pcm": 20.0}
"""Counted as English unless so many times likelier: to the model Nigerian English looks like Pidgin."""

_ENGLISH_ONLY = (
    "the and of that this these those with which have has had been were are our your you they their them "
    "his her she from would could should not what when who how why because about there than then must can "
    "my it its for we be being by as at will who's it's don't we're i'm we'll we've can't won't isn't "
    "you're they're doesn't more up people today great support election government vote thank thanks just "
    "out new get make work need now time country good day only if but us like also after want every know "
    "many under let's that's there's he's said says while into during before against"
)
ENGLISH_ONLY = frozenset(_ENGLISH_ONLY.split())
"""Words that English shares with no neighbour (not 'in', 'is', 'me'): a foreign text holds few of them."""

_ENGLISH_SHORT = (
    "yes no wow congrats congratulations cheers well excellent brilliant fantastic awesome welcome "
    "delighted proud happy sad sorry agreed disgraceful shameful shame pathetic desperate grim indeed "
    "again tomorrow tonight yesterday here done luck best love lovely hope true right wrong nice fair "
    "never always voting labour win won lost lose please join less too little big first last back on to "
    "in is was birthday night morning week year news party fabulous hello ok yep thx"
)
ENGLISH_SHORT = frozenset(_ENGLISH_SHORT.split())
"""Words of posts so short that the model has little to go by."""

FAST_WORDS = 3
FAST_SHARE = 0.2
"""So many different ones, and so large a share of all words, are English without asking the model."""
FAST_CONFIDENCE = 0.99
"""What the first test is right in, at least, on posts whose language two detectors agree on."""
WORD_WEIGHT, MAX_WORD_WEIGHT = 0.7, 2.1
"""Log odds that a known English word adds, and all of them together."""
HINT_WEIGHT = 1.0
"""Log odds of the platform's own opinion."""
SHORT, SHORT_DOUBT = 4, 1.0
"""Under so many words, odds within this of even say nothing."""
CLEAR = 0.9
"""So sure of one language, the model is not asked about the others (which costs as much again)."""
MAX_READ = 1_000
"""Code points that are looked at."""

_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_HANDLES = re.compile(rf"[@＠][\w.]*|\b{LINK}\b")
_HASHTAGS = re.compile(r"#\w+")


@dataclass(frozen=True, slots=True)
class Language:
    """A language and how sure that is; `code` is None where no words show one."""

    code: str | None
    confidence: float
    """0..1: that `code` is right."""


class _Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...

    def rank(self, text: str) -> list[tuple[str, float]]: ...

    def set_languages(self, langs: tuple[str, ...]) -> None: ...


def language_of(text: Normalised, hint: str | None = None) -> Language:
    """Tell the language of a text (ISO 639-1) without its links, handles and hashtags.

    `hint` is the platform's own opinion ('en', 'pt-BR', 'und'); it tips the scales of short texts only.
    A text that is nothing but hashtags is read by their words.
    """
    readable = _without_names(text)
    words = _WORDS.findall(readable.lower())
    if not words:
        readable = _HANDLES.sub(" ", text.text[:MAX_READ])
        words = _WORDS.findall(readable.lower())
    if not words:
        return Language(None, 0.0)
    if _is_plainly_english(words):
        return Language("en", FAST_CONFIDENCE)
    identifier = _identifier()
    code, sure = identifier.classify(readable.strip())
    if sure >= CLEAR and code not in ENGLISH_KIN:
        return Language(code, sure)
    return _decided(dict(identifier.rank(readable.strip())), words, hint)


def _without_names(text: Normalised) -> str:
    readable = text.text[:MAX_READ]
    if "#" in text.original:
        for match in reversed(list(_HASHTAGS.finditer(text.original, 0, text.offsets[len(readable)]))):
            start, end = text.from_original(*match.span())
            readable = f"{readable[:start]} {readable[end:]}"
    return _HANDLES.sub(" ", readable)


def _is_plainly_english(words: list[str]) -> bool:
    found = [word for word in words if word in ENGLISH_ONLY]
    return len(set(found)) >= FAST_WORDS and len(found) >= FAST_SHARE * len(words)


def _decided(likely: Mapping[str, float], words: list[str], hint: str | None) -> Language:
    english = likely["en"] + sum(
        likely[kin] for kin, most in ENGLISH_KIN.items() if likely[kin] < most * likely["en"]
    )
    others = [
        code for code in likely if code != "en" and (code not in ENGLISH_KIN or english == likely["en"])
    ]
    other = max(others, key=likely.__getitem__)
    odds = _log_ratio(english, likely[other]) + _known_words(words) + _hinted(hint)
    if odds >= 0:
        return Language("en", _sureness(odds))
    if len(words) < SHORT and odds > -SHORT_DOUBT:
        return Language(None, _sureness(-odds))
    return Language(other, max(likely[other], _sureness(-odds)))


def _log_ratio(one: float, other: float) -> float:
    tiny = 1e-30
    return math.log((one + tiny) / (other + tiny))


def _known_words(words: list[str]) -> float:
    if len(words) > 2 * SHORT:
        return 0.0
    known = sum(word in ENGLISH_ONLY or word in ENGLISH_SHORT for word in words)
    return min(known * WORD_WEIGHT, MAX_WORD_WEIGHT)


def _hinted(hint: str | None) -> float:
    code = (hint or "").partition("-")[0].lower()
    if code not in LANGUAGES:
        return 0.0
    return HINT_WEIGHT if code == "en" else -HINT_WEIGHT


def _sureness(odds: float) -> float:
    return 1 / (1 + math.exp(-min(odds, 30.0)))


@cache
def _identifier() -> _Identifier:
    # Loaded on first need: it takes 0.6 s and 85 MB.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = cast(_Identifier, LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True))
    identifier.set_languages(LANGUAGES)
    return identifier
