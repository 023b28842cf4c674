"""Governments that are named by a word of their own: 'this government', 'the Buhari administration'."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_BODY = re.compile(r"\b(?:government|govt|administration)\b", re.IGNORECASE)
_HEAD = re.compile(
    r"(?:\b(?i:this|the|your|his|her|their) (?:(?!(?:of|in|on|for|from|by|to|our)\b)[a-z-]{1,30} )?"
    r"(?:[A-Z][\w.'-]{0,30} ){0,3}"
    r"|\b[A-Z][\w-]{1,30}(?: [A-Z][\w-]{1,30})?'s? (?:[a-z-]{1,30} )?)$",
)
_LONGEST_HEAD = 100
_NOT_THERE_YET = re.compile(r"\b(?:next|new|incoming|future|local|student)\b", re.IGNORECASE)


class Government(NamedTuple):
    """A place that names a government, and the names that tell which ('Buhari'; empty: the country's)."""

    start: int
    end: int
    whose: str


def find_governments(text: str) -> Iterator[Government]:
    """Definite mentions only (and not our own): 'a Labour government' speaks of the party."""
    for body in _BODY.finditer(text):
        begin = max(0, body.start() - _LONGEST_HEAD)
        head = _HEAD.search(text[begin : body.start()])
        if head and not _NOT_THERE_YET.search(head.group()):
            yield Government(begin + head.start(), body.end(), _whose(head.group()))


def _whose(head: str) -> str:
    names = (word.removesuffix("'s").removesuffix("'") for word in head.split())
    return " ".join(word for word in names if word[0].isupper() and word.lower() not in _DETERMINERS)


_DETERMINERS = frozenset({"this", "the", "our", "your", "his", "her", "their"})
