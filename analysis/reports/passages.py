"""A statement's text cut where targets begin and end, made fit to be shown. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from analysis.contract import Target
from analysis.site.harmless import shown

SHOWN = 5_000
"""Code points of a text that a page shows; the rest stands in the data files."""

LONGEST_QUOTE = 300
"""Characters of the words of one finding where they stand by themselves."""


def words_at(text: str, start: int, end: int) -> str:
    """The words of a place, on one line."""
    return " ".join(text[start:end].split())


def quoted(text: str, start: int, end: int) -> str:
    """The words of a place as a page shows them: on one line, without what disturbs it, not too long."""
    words = " ".join(shown(text[start:end]).split())
    return words if len(words) <= LONGEST_QUOTE else f"{words[: LONGEST_QUOTE - 1]}…"


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text that speaks of the same targets throughout."""

    text: str
    targets: tuple[int, ...] = ()
    """Places in the list of targets."""


@dataclass(frozen=True, slots=True)
class Passages:
    """A text in stretches, and how much of it is not shown."""

    passages: tuple[Passage, ...]
    left_out: int = 0
    """Code points behind the last stretch."""


def passages_of(text: str, targets: Sequence[Target], *, limit: int = SHOWN) -> Passages:
    """Cut a text at the edges of its targets' places; places may touch, nest and overlap."""
    places = [
        (min(target.start, limit), min(target.end, limit), number)
        for number, target in enumerate(targets)
        if target.start is not None and target.end is not None and target.start < target.end
    ]
    read = text[:limit]
    cut = [0, *sorted({edge for place in places for edge in place[:2] if 0 < edge < len(read)}), len(read)]
    stretches = (
        Passage(shown(read[start:end]), _covering(places, start, end)) for start, end in pairwise(cut)
    )
    return Passages(tuple(one for one in stretches if one.text), len(text) - len(read))


def _covering(places: Iterable[tuple[int, int, int]], start: int, end: int) -> tuple[int, ...]:
    return tuple(number for first, last, number in places if first <= start and end <= last)
