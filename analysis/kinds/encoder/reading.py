"""What the encoder says of a text."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from analysis.contract import KindName
from analysis.kinds.encoder.network import Network, load_network
from analysis.kinds.encoder.pieces import Pieces

ENCODER = Path(__file__).parent / "general.npz"
"""Written by benchmarks/fit_encoder.py."""
ENCODER_NAME = "encoder-6290ccfb"
"""What that file is called by: the beginning of its SHA-256."""
AT_ONCE = 384
"""Pieces of words: of more, each is read no faster."""
MOST_WINDOWS = 8
"""Of a long text so many parts are read, one after the other: what stands behind them is not heard."""
DIGITS = 2
"""Of log odds. What processors add differently in the last digits of a sum makes no difference."""


class Asked(NamedTuple):
    """A text, and when it was said."""

    occasion: str
    """One of `analysis.kinds.layer.traits.OCCASIONS`; the encoder reads it as the first words."""
    text: str


Odds = Mapping[KindName, float]
"""Log odds of each kind."""


class Encoder:
    """Reads texts of any length, part by part."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.name = network.name

    def odds(self, asked: Sequence[Asked]) -> list[Odds]:
        """Of each text the highest log odds of all its parts. Equal ones are read once."""
        network = self._network
        parts = {one: parts_of(one, network.pieces, network.longest) for one in dict.fromkeys(asked)}
        rows = iter([row for some in _together([*chain(*parts.values())]) for row in network.odds(some)])
        heard = {one: self._highest([next(rows) for _ in some]) for one, some in parts.items()}
        return [heard[one] for one in asked]

    def _highest(self, rows: Sequence[Sequence[float]]) -> Odds:
        highest = [max(float(row[place]) for row in rows) for place in range(len(self._network.kinds))]
        return {kind: round(odds, DIGITS) for kind, odds in zip(self._network.kinds, highest, strict=True)}


def parts_of(asked: Asked, pieces: Pieces, longest: int) -> list[list[int]]:
    """The parts of a text as the encoder reads them, and learned to: the numbers of their pieces, at most
    `longest`, each with the occasion before it and the marks round it."""
    before = [pieces.begin, *pieces.of(f"{asked.occasion}:", longest)]
    room = longest - len(before) - 1
    found = pieces.of(asked.text, room * MOST_WINDOWS)
    starts = range(0, max(len(found), 1), room)
    return [[*before, *found[start : start + room], pieces.end] for start in starts]


def _together(parts: Sequence[list[int]]) -> Iterator[list[list[int]]]:
    """Parts that are read at once, of about so many pieces."""
    some: list[list[int]] = []
    for part in parts:
        some.append(part)
        if sum(map(len, some)) >= AT_ONCE:
            yield some
            some = []
    if some:
        yield some


@cache
def general_encoder() -> Encoder:
    """The encoder that ships, read from its file when the first text is read."""
    return Encoder(load_network(ENCODER))
