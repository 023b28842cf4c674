"""Cutting a text into the words under which it is found: one rule, for the index and for the page.

A text is composed (NFKC); then each sign alone is decomposed (NFKD), loses its marks, becomes small, is
replaced by `folds.csv` where that names it, and is composed again. Letters, numbers and marks make
words; everything else parts them. In scripts without spaces each sign is a word, so that any run of
signs is found as a phrase. `#` and `@` belong to the word that follows. `search-words.js` does the
same by the table of rules that the index hands it.
"""

import csv
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from unicodedata import category, normalize

MARKS = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u200c\u200d\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
)
"""Accents, vowel points, stretching and joining signs: words are the same with and without them."""

ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts without spaces: Thai, Lao, Burmese, Khmer, kana, Han."""

SIGNS = "#@"
"""What stands before a hashtag or a handle."""

LONGEST_WORD = 64
"""Code points of a word that count."""

_MARKS = re.compile(f"[{MARKS}]")
_ALONE = re.compile(f"[{ALONE}]")


@cache
def folds() -> Mapping[str, str]:
    """The signs that the general rule would leave apart."""
    table = files("analysis.publishing.search_index").joinpath("folds.csv").read_text(encoding="utf-8")
    return {row["sign"]: row["becomes"] for row in csv.DictReader(table.splitlines())}


class _Folded(dict[int, str]):
    """Code point -> what becomes of it; worked out when a sign is first met."""

    def __missing__(self, number: int) -> str:
        self[number] = found = _fold(chr(number))
        return found


_FOLDED = _Folded()
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


def _fold(sign: str) -> str:
    bare = _MARKS.sub("", normalize("NFKD", sign)).lower()
    replaced = "".join(folds().get(one, one) for one in normalize("NFC", bare))
    return "".join(map(_placed, replaced)) if replaced else ""


def _placed(sign: str) -> str:
    if sign in SIGNS:
        return sign
    if category(sign)[0] not in "LNM":
        return " "
    return f" {sign} " if _ALONE.match(sign) else sign


_ASCII = "".join(_FOLDED[number] for number in range(128)).encode("ascii") + bytes(128)


def cut(text: str) -> list[str]:
    """The words of a text in order, folded; a sign before a word stays with it, or stands alone."""
    folded = _small(text)
    for sign in SIGNS:
        if sign in folded:
            folded = folded.replace(sign, f" {sign}")
    return folded.split()


def _small(text: str) -> str:
    """A text folded: small letters, and blanks for what parts words."""
    if not text.isascii():
        composed = normalize("NFKC", text)
        text = _BEYOND_ASCII.sub(_small_run, composed)
        if not text.isascii():
            return composed.translate(_FOLDED)
    return text.encode("ascii").translate(_ASCII).decode("ascii")  # the quick way, and most texts go it


def _small_run(run: re.Match[str]) -> str:
    return run[0].translate(_FOLDED)


def words_of(token: str) -> tuple[str, ...]:
    """Under which words a token of `cut` is found: `#vote` under itself and under `vote`."""
    bare = token.lstrip(SIGNS)
    if not bare:
        return ()
    short = bare[:LONGEST_WORD]
    return (short,) if bare == token else (short, token[0] + short)


def rules() -> dict[str, object]:
    """What the page must know to cut alike."""
    return {"marks": MARKS, "alone": ALONE, "folds": sorted(folds().items()), "longest": LONGEST_WORD}
