"""Which texts of one person on several platforms are one text: near-duplicates by MinHash. Pure."""

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from rensa import RMinHash, RMinHashLSH

METHOD = "minhash-1"
"""Name and version: raised where the rules below change."""

WINDOW = timedelta(days=3)
"""How far apart two texts may be published."""

LEAST_WORDS = 5
"""Words from which likeness counts. Shorter texts must be equal: "Thank you all!" is said by everybody."""

SHORT_WINDOW = timedelta(hours=1)
"""How far apart such short texts may be published."""

RUN = 5
"""Characters of a run; likeness is the Jaccard index of two texts' sets of runs."""

LEAST_LIKE = 0.6

HASHES, BANDS, SEED = 128, 32, 20240704
"""Of the sketches: with 32 bands of 4, a pair of likeness 0.6 is looked at with a chance of 0.988, one of 0.7
with 0.9998. What is looked at is then compared exactly."""

_LINK = re.compile(r"https?://\S+")
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Written:
    """One statement as it is compared."""

    id: int
    platform: str
    text: str
    at: datetime
    is_exact: bool
    """False: only the day is known, which begins at `at`."""

    @property
    def until(self) -> datetime:
        """The end of the time at which it may have been published."""
        return self.at if self.is_exact else self.at + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statements that are one text; `id` is the lower number."""

    id: int
    other: int
    similarity: float


@dataclass(frozen=True, slots=True)
class _Seen:
    written: Written
    words: str
    runs: frozenset[str]


def find_pairs(texts: Iterable[Written]) -> Iterator[Pair]:
    """The pairs among the texts of one person, on different platforms.

    Texts pass by in the order of time, and none is compared with what lies outside the window, so that an
    account that posts a lot costs no more than the days on which it does.
    """
    index = RMinHashLSH(LEAST_LIKE, HASHES, BANDS)
    near: deque[_Seen] = deque()
    by_id: dict[int, _Seen] = {}
    for one in sorted(texts, key=lambda text: (text.at, text.id)):
        words = plain_words(one.text)
        if not words:
            continue
        while near and near[0].written.at < one.at - WINDOW - timedelta(days=1):
            gone = near.popleft()
            by_id.pop(gone.written.id)
            if gone.runs:
                index.remove(gone.written.id)
        seen = _Seen(one, words, runs_of(words))
        yield from _pairs_of(seen, near, by_id, index)
        near.append(seen)
        by_id[one.id] = seen


def _pairs_of(
    seen: _Seen, near: Iterable[_Seen], by_id: dict[int, _Seen], index: RMinHashLSH
) -> Iterator[Pair]:
    """The pairs of a text with those before it, which then enters the index."""
    if not seen.runs:
        for other in near:
            if other.words == seen.words and _may_pair(seen, other, SHORT_WINDOW, exact=True):
                yield _pair(seen, other, 1.0)
        return
    sketch = RMinHash(HASHES, SEED)
    sketch.update(sorted(seen.runs))
    for number in sorted(index.query(sketch)):
        other = by_id[number]
        if _may_pair(seen, other, WINDOW, exact=False):
            likeness = jaccard(seen.runs, other.runs)
            if likeness >= LEAST_LIKE:
                yield _pair(seen, other, likeness)
    index.insert(seen.written.id, sketch)


def _may_pair(seen: _Seen, other: _Seen, window: timedelta, *, exact: bool) -> bool:
    one, before = seen.written, other.written
    if one.platform == before.platform or (exact and not (one.is_exact and before.is_exact)):
        return False
    return one.at - before.until <= window


def _pair(seen: _Seen, other: _Seen, likeness: float) -> Pair:
    low, high = sorted((seen.written.id, other.written.id))
    return Pair(low, high, round(likeness, 4))


def plain_words(text: str) -> str:
    """A text's words without case, links and signs, a blank between two."""
    folded = unicodedata.normalize("NFKC", _LINK.sub(" ", text)).casefold()
    return _SIGNS.sub(" ", folded).strip()


def runs_of(words: str) -> frozenset[str]:
    """The runs of characters of a text's words; none of a text that is too short for likeness to count."""
    if words.count(" ") + 1 < LEAST_WORDS:
        return frozenset()
    return frozenset(words[start : start + RUN] for start in range(max(1, len(words) - RUN + 1)))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """What two sets share, as a fraction of all that is in either: 0..1."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)
