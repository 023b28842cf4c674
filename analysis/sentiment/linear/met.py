"""What a model knows of a word wherever it stands: asked once a word, not once a place."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple
from zlib import crc32

from analysis.sentiment.linear.grams import parts_of
from analysis.sentiment.linear.model import Model
from analysis.sentiment.linear.view import NAME, TARGET, shown
from analysis.sentiment.words import Word

REMEMBERED = 1 << 14
"""Words whose answers are kept at hand."""
LONGEST = 40
"""Characters of such a word: words repeat, floods do not."""
EDGE = "^"
"""Stands for a word where the sentence has none."""


def start_of(beginning: str) -> int:
    """The checksum of the beginning of a name; `crc32` goes on from there."""
    return crc32(beginning.encode())


_F, _L, _R = map(start_of, "flr")


class Met(NamedTuple):
    """A word as a model meets it. A row is None where the model does not know the feature."""

    text: str
    tail: bytes
    """What it adds to the name of a feature: a space, and itself."""
    row: int | None
    """In the word table."""
    good: float
    bad: float
    """Its induced valence, by sign; both 0 for a word that is not in the table."""
    such: int | None
    such_start: int
    """Row and checksum of its feature "f"; the other pairs are those of "l" and "r"."""
    before: int | None
    before_start: int
    behind: int | None
    behind_start: int
    alone_before: int | None
    alone_behind: int | None
    """Rows of its features "ln" and "rn"."""
    parts: Mapping[str, int]
    near_parts: Mapping[str, int]
    """Its known parts, as those of any word, and of one near the target: their rows by name."""


class Acquaintance:
    """A model's words, as they are met; remembers the last ones."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._remembered: Callable[[str, str], Met] = lru_cache(maxsize=REMEMBERED)(self._seen)

    @cached_property
    def name(self) -> Met:
        """What stands for a name."""
        return self._met(NAME)

    @cached_property
    def target(self) -> Met:
        """What stands for a target: no word by itself."""
        return self._met(TARGET)._replace(such=None, row=None, good=0.0, bad=0.0)

    def of(self, words: Sequence[Word]) -> list[Met]:
        """Each word as it is shown; several names in a row are one."""
        remembered, name = self._remembered, self.name
        found: list[Met] = []
        last: Met | None = None
        for word in words:
            if word.is_name:
                met = name
            elif len(word.surface) <= LONGEST:
                met = remembered(word.surface, word.key)
            else:
                met = self._seen(word.surface, word.key)
            if met is not name or last is not name:
                found.append(met)
            last = met
        return found

    def _seen(self, surface: str, key: str) -> Met:
        text = shown(surface, key, self._model.words.is_common)
        return self.name if text == NAME else self._met(text)

    def _met(self, text: str) -> Met:
        words, known = self._model.words, self._model.grams.row
        row, tail = words.row(text), f" {text}".encode("utf-8", "surrogatepass")
        valence = 0.0 if row is None else words.valences[row]
        anywhere, beside = parts_of(text)
        return Met(
            text=text,
            tail=tail,
            row=row,
            good=max(valence, 0.0),
            bad=max(-valence, 0.0),
            such=known(f"f {text}"),
            such_start=crc32(tail, _F),
            before=known(f"l {text}"),
            before_start=crc32(tail, _L),
            behind=known(f"r {text}"),
            behind_start=crc32(tail, _R),
            alone_before=known(f"ln {text}"),
            alone_behind=known(f"rn {text}"),
            parts=self._rows(anywhere),
            near_parts=self._rows(beside),
        )

    def _rows(self, names: Sequence[str]) -> Mapping[str, int]:
        known = self._model.grams.row
        return {name: row for name in names if (row := known(name)) is not None}
