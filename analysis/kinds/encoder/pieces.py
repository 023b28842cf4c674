"""Texts as numbers of word pieces, as BERT's uncased vocabulary has them (Devlin et al. 2019, section 3).

Words are split at spaces and signs, in small letters and without accents; a word that the vocabulary lacks
becomes the longest pieces that it has (Wu et al. 2016). The tests compare with Hugging Face's tokenizer.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

BEGIN, END, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
INSIDE = "##"
"""Before a piece that goes on within a word."""
LONGEST_WORD = 100
"""Characters: a longer one is unknown."""
NOT_WRITTEN = frozenset({"Cc", "Cf", "Co", "Cs"})
"""Categories of what has no shape of its own; what Unicode has not assigned yet is a sign like others."""

_SPACES = re.compile(r"[\t\n\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
"""What parts words; other signs that Python calls spaces are not written at all."""
_IDEOGRAPHS = (
    *((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F)),
    *((0x2B920, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)),
)
"""Blocks of Chinese characters, each of which is a word; one begins late, as in the tokenizer that trained
the model."""


class Pieces:
    """The pieces of a vocabulary. Raises ValueError for one that lacks the marks of beginning and end."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(vocabulary)}
        if lacking := [mark for mark in (BEGIN, END, UNKNOWN) if mark not in self._numbers]:
            raise ValueError(f"the vocabulary lacks {', '.join(lacking)}")
        self.begin, self.end = self._numbers[BEGIN], self._numbers[END]
        self._of_word = lru_cache(maxsize=1 << 15)(self._split)

    def of(self, text: str, most: int) -> list[int]:
        """The first pieces of a text, at most so many, without the marks of beginning and end."""
        found: list[int] = []
        for word in _words(text):
            found += self._of_word(word)
            if len(found) >= most:
                return found[:most]
        return found

    def _split(self, word: str) -> tuple[int, ...]:
        unknown = (self._numbers[UNKNOWN],)
        if len(word) > LONGEST_WORD:
            return unknown
        found: list[int] = []
        start = 0
        while start < len(word):
            number, start = self._longest(word, start)
            if number is None:
                return unknown
            found.append(number)
        return tuple(found)

    def _longest(self, word: str, start: int) -> tuple[int | None, int]:
        """The longest piece of a word from a place on, and where it ends."""
        before = INSIDE if start else ""
        for end in range(len(word), start, -1):
            number = self._numbers.get(before + word[start:end])
            if number is not None:
                return number, end
        return None, start


def _words(text: str) -> Iterator[str]:
    """Words and signs, in small letters without accents, each as long as it is asked for."""
    for run in _SPACES.split(text):
        if run:
            yield from _parts(run)


@lru_cache(maxsize=1 << 14)
def _parts(run: str) -> tuple[str, ...]:
    """The words and signs of what stands between two spaces."""
    if run.isascii() and run.isalnum():
        return (run.lower(),)
    return tuple(_spaced(run).split())


def _spaced(run: str) -> str:
    """The same with spaces round each sign, and without what is not written."""
    if not run.isascii():
        run = "".join(f" {one} " if _is_ideograph(one) else one for one in run if _is_written(one))
        run = "".join(one for one in unicodedata.normalize("NFD", run) if unicodedata.category(one) != "Mn")
    return "".join(f" {one} " if _is_sign(one) else one.lower() for one in run if _is_written(one))


def _is_written(one: str) -> bool:
    return one != "\ufffd" and unicodedata.category(one) not in NOT_WRITTEN


def _is_sign(one: str) -> bool:
    if one.isascii():
        return one.isprintable() and not one.isalnum() and one != " "
    return unicodedata.category(one)[0] == "P"


def _is_ideograph(one: str) -> bool:
    code = ord(one)
    return code >= 0x3400 and any(first <= code <= last for first, last in _IDEOGRAPHS)
