"""Which language a text is written in, and whether we can read it."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol, cast

from analysis.rule_tables import read_table
from analysis.text import LINK, SIGNS, Normalised

METHOD = "language-2"
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

FAST_WORDS = 3
FAST_SHARE = 0.2
"""So many different ones, and so large a share of all words, are English without asking the model."""
NAMES_WORDS, NAMES_SHARE = 2, 0.25
"""The same among the words without a capital, where none of them is a common word of another language:
foreign names make no post foreign."""
FAST_CONFIDENCE = 0.99
"""What the first test is right in, at least, on posts whose language two detectors agree on."""
FEW_WORDS = 8
"""Up to so many words the model is unsure or too sure: words known of a language count beside it."""
WORD_WEIGHT, MOST_WORDS = 1.5, 3
"""Log odds that a known word adds to its language, and how many of them count."""
HINT_WEIGHT = 1.0
"""Log odds of the platform's own opinion."""
SHORT, SHORT_DOUBT = 4, 1.0
"""Under so many words, odds within this of even say nothing, if no word is known."""
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
        readable = without_signs(text.text[:MAX_READ])
        words = _WORDS.findall(readable.lower())
    if not words:
        return Language(None, 0.0)
    if is_plainly_english(words) or _is_english_between_names(readable):
        return Language("en", FAST_CONFIDENCE)
    if len(words) > FEW_WORDS:
        guess = model_guess(readable)
        if guess.confidence >= CLEAR and guess.code not in ENGLISH_KIN:
            return guess
    return _decided(dict(_identifier().rank(readable.strip())), words, hint)


def model_guess(readable: str) -> Language:
    """What the model alone takes a text for that has words."""
    code, sure = _identifier().classify(readable.strip()[:MAX_READ])
    return Language(code, sure)


def _without_names(text: Normalised) -> str:
    readable = text.text[:MAX_READ]
    if "#" in text.original:
        for match in reversed(list(_HASHTAGS.finditer(text.original, 0, text.offsets[len(readable)]))):
            start, end = text.from_original(*match.span())
            readable = f"{readable[:start]} {readable[end:]}"
    return without_signs(readable)


def without_signs(text: str) -> str:
    """A normalised text without its links, handles and emoji."""
    return SIGNS.sub(" ", _HANDLES.sub(" ", text))


def is_plainly_english(words: Sequence[str]) -> bool:
    """Whether lower-case words are English without asking the model."""
    found = [word for word in words if word in ENGLISH_ONLY]
    return len(set(found)) >= FAST_WORDS and len(found) >= FAST_SHARE * len(words)


def _is_english_between_names(readable: str) -> bool:
    words = list(_plain_words(_WORDS.findall(readable)))
    known = [word for word in words if word in english_words()]
    if len(set(known)) < NAMES_WORDS or len(known) < NAMES_SHARE * len(words):
        return False
    return not ENGLISH_ONLY.isdisjoint(known) and common_words().keys().isdisjoint(words)


def _plain_words(words: Sequence[str]) -> Iterator[str]:
    """The words that belong to no name, in lower case."""
    for i, word in enumerate(words):
        is_opening = i == 0 and word.lower() in english_words()
        if is_opening or (word.islower() and not _is_within_name(words, i)):
            yield word.lower()


def _is_within_name(words: Sequence[str], i: int) -> bool:
    """'für' in 'Alternative für Deutschland', 'de la' in 'Juan de la Cruz'."""
    if words[i] not in common_words():
        return False
    before, behind = words[max(i - 2, 0) : i], words[i + 1 : i + 3]
    return any(word[0].isupper() for word in before) and any(word[0].isupper() for word in behind)


def _decided(likely: Mapping[str, float], words: list[str], hint: str | None) -> Language:
    english = likely["en"] + sum(
        likely[kin] for kin, most in ENGLISH_KIN.items() if likely[kin] < most * likely["en"]
    )
    known = _known_words(words)
    others = {
        code: _log(share) + WORD_WEIGHT * min(known[code], MOST_WORDS)
        for code, share in likely.items()
        if code != "en" and (code not in ENGLISH_KIN or english == likely["en"])
    }
    other = max(others, key=others.__getitem__)
    odds = _log(english) + WORD_WEIGHT * min(known["en"], MOST_WORDS) - others[other] + _hinted(hint)
    if odds >= 0:
        return Language("en", _sureness(odds))
    if len(words) < SHORT and odds > -SHORT_DOUBT and not known[other]:
        return Language(None, _sureness(-odds))
    return Language(other, max(likely[other], _sureness(-odds)))


def _log(share: float) -> float:
    return math.log(share + 1e-30)


@cache
def english_words() -> frozenset[str]:
    """Plain English words that few other languages write, too."""
    return ENGLISH_ONLY | _common()["en"]


@cache
def common_words() -> Mapping[str, frozenset[str]]:
    """Small words and greetings of the languages beside English: in which languages each is one."""
    found: dict[str, set[str]] = {}
    for code, words in _common().items():
        for word in words if code != "en" else ():
            found.setdefault(word, set()).add(code)
    return {word: frozenset(codes) for word, codes in found.items()}


@cache
def _common() -> Mapping[str, frozenset[str]]:
    rows = read_table("analysis", "tables/common_words.tsv")
    return {row["lang"]: frozenset(row["words"].split()) for _, row in rows}


def _known_words(words: list[str]) -> Counter[str]:
    """How many words of a short text are known of each language."""
    known: Counter[str] = Counter()
    if len(words) <= FEW_WORDS:
        for word in words:
            known["en"] += word in english_words()
            known.update(common_words().get(word, ()))
    return +known


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
