"""Names made comparable, and names made into ids."""

import re
import unicodedata
from functools import lru_cache

_NOT_SLUG = re.compile(r"[^\w\s-]")
_GAPS = re.compile(r"[-\s]+")

ACCENT = 200
"""Marks of this combining class and above are accents, which may be dropped; others are parts of letters."""

APOSTROPHES = "'’‘`ʼ"


def slug(text: str) -> str:
    """Democracy Club's slug of an area: ASCII, lower case, punctuation dropped, words joined by hyphens.

    Source: uk-election-ids, `slugger.slugify`, by which `Manchester, Gorton` is `manchester-gorton`.
    """
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return _GAPS.sub("-", _NOT_SLUG.sub("", folded).strip().lower())


@lru_cache(maxsize=2**16)
def words(text: str) -> tuple[str, ...]:
    """The words of a name in any script, case-folded, without accents and punctuation: for comparison.

    >>> words("Zoë O’Neill-Brown")
    ('zoe', 'oneill', 'brown')
    """
    plain = unicodedata.normalize("NFKD", text).casefold()  # in this order: some letters fold only when plain
    kept = [_kept(char) for char in unicodedata.normalize("NFKD", plain)]
    return tuple(unicodedata.normalize("NFC", "".join(kept)).split())


def word_slug(text: str) -> str:
    """An id part from a name in any script: its words joined by hyphens; empty where it has none."""
    return "-".join(words(text))


def _kept(char: str) -> str:
    if char.isalnum() or (unicodedata.category(char)[0] == "M" and unicodedata.combining(char) < ACCENT):
        return char
    return "" if char in APOSTROPHES or unicodedata.combining(char) else " "
