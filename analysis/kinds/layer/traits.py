"""All that a layer is told of a statement: what the rules say and what the encoder reads in it, its words
without names, its occasion."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from math import log
from zlib import crc32

from analysis.contract import KindName, StatementText
from analysis.kinds.layer.words import Seen
from analysis.kinds.weigh import Weighed

KINDS = tuple(kind for kind in KindName if kind is not KindName.OTHER)
"""What the rules, and so a layer, speak of, in the order of a layer's numbers."""
BUCKETS = 1 << 15
"""Rows of the table into which words and pairs of words are hashed."""
OCCASIONS = ("before polls", "polling day", "weeks after polls", "later", "unknown")
WEEKS_AFTER = timedelta(days=21)
OCCASION = 0.3
"""What an occasion counts beside what a rule says: whole ones told samples apart, not kinds."""
NUMBERS = (
    *(f"{what} {kind}" for kind in KINDS for what in ("found", "odds", "strongest")),
    *OCCASIONS,
    *(f"read {kind}" for kind in KINDS),
)
"""What the numbers of `Traits` say, in order."""
LONGEST_ODDS = 4.0
"""Log odds of the rules' confidence are cut here, and divided by it."""
LONGEST_READ = 8.0
"""The same for the log odds of the encoder."""
UNHEARD = {"odds": -1.0, "read": -0.75}
"""What a number says of a kind of which nothing is heard; the others are 0."""
UNREAD = (UNHEARD["read"],) * len(KINDS)
"""The last of NUMBERS where the encoder was not asked."""

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Traits:
    """What a layer is told of one statement."""

    numbers: tuple[float, ...]
    """A number for each of NUMBERS, -1..1."""
    grams: Mapping[int, Place]
    """Bucket of a word or pair -> its first place in the normalised text."""


def read_anew(traits: Traits, odds: Mapping[KindName, float]) -> Traits:
    """The same with other log odds by an encoder."""
    return replace(traits, numbers=(*traits.numbers[: -len(KINDS)], *readings(odds)))


def readings(odds: Mapping[KindName, float]) -> tuple[float, ...]:
    """The last of NUMBERS, of the encoder's log odds."""
    return tuple(max(-1.0, min(1.0, odds[kind] / LONGEST_READ)) for kind in KINDS)


def unread(traits: Traits) -> Traits:
    """The same where the encoder was not asked."""
    return replace(traits, numbers=(*traits.numbers[: -len(KINDS)], *UNREAD))


def was_read(traits: Traits) -> bool:
    """Whether the encoder has read the statement."""
    return traits.numbers[-len(KINDS) :] != UNREAD


def of_rules(
    found: Collection[KindName], weighed: Mapping[KindName, Weighed], occasion: str
) -> Iterator[float]:
    """The first of NUMBERS: what the rules say of each kind, and the occasion."""
    for kind in KINDS:
        yield from _by_rules(kind in found, weighed.get(kind))
    for name in OCCASIONS:
        yield OCCASION * (name == occasion)


def occasion_of(statement: StatementText) -> str:
    """One of OCCASIONS."""
    if statement.posted_at is None or statement.polls is None:
        return "unknown"
    days = statement.posted_at.date() - statement.polls
    if days < timedelta(0):
        return "before polls"
    if not days:
        return "polling day"
    return "weeks after polls" if days <= WEEKS_AFTER else "later"


def grams_of(sentences: Sequence[Sequence[Seen]]) -> dict[int, Place]:
    """Every word, and every pair of words beside each other; a sentence begins with "^"."""
    grams: dict[int, Place] = {}
    for words in sentences:
        before, start = "^", None
        for word in words:
            first = word.start if start is None else start
            grams.setdefault(_bucket(word.text), (word.start, word.end))
            grams.setdefault(_bucket(f"{before} {word.text}"), (first, word.end))
            before, start = word.text, word.start
    return grams


@lru_cache(maxsize=1 << 16)
def _bucket(gram: str) -> int:
    return crc32(gram.encode("utf-8", "surrogatepass")) % BUCKETS


def _by_rules(is_found: bool, weighed: Weighed | None) -> tuple[float, float, float]:
    if weighed is None:
        return float(is_found), -1.0, 0.0
    strongest = max(one.confidence for one in weighed.evidence)
    return float(is_found), _odds(weighed.confidence), strongest


def _odds(share: float) -> float:
    share = min(max(share, 1e-6), 1 - 1e-6)
    return max(-LONGEST_ODDS, min(LONGEST_ODDS, log(share / (1 - share)))) / LONGEST_ODDS
