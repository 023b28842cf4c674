"""What the search of a report is told of statements, and what it says of its work."""

from dataclasses import dataclass
from typing import NamedTuple

TONES = ("negative", "neutral", "positive", "mixed", "unclear", "unscored")
"""How a text, or what it says of a target, counts."""


class UnreadableIndex(Exception):
    """The last report's index cannot be built on: hand over every statement, with no old folder."""


@dataclass(frozen=True, slots=True)
class SearchDoc:
    """One statement as the search knows it."""

    key: str
    """`platform:post id`."""
    address: str
    """Of its record, seen from the report's first folder."""
    at: float | None
    """Seconds since 1970, UTC."""
    local_time: str
    """The time as a page shows it."""
    election_id: str
    election: str
    contest_id: str
    contest: str
    person_id: str
    author: str
    party: str
    """Empty where there is none."""
    elected: bool | None
    """None: no result is known."""
    status: str
    phase: str
    minutes: int | None
    """From the declaration; None where that cannot be said."""
    kinds: tuple[str, ...]
    tone: str
    """Of the whole text: one of TONES."""
    targets: tuple[tuple[str, str], ...]
    """Who is spoken of, and how (one of TONES)."""
    text: str


class Speaker(NamedTuple):
    """All that statements of one author in one contest share."""

    election_id: str
    election: str
    contest_id: str
    contest: str
    person_id: str
    author: str
    party: str
    elected: bool | None
    status: str


class Row(NamedTuple):
    """The rest of a statement: one line of a file of documents."""

    key: str
    address: str
    at: int | None
    local_time: str
    kinds: tuple[str, ...]
    tone: str
    targets: tuple[tuple[str, str], ...]
    phase: str
    minutes: int | None
    text: str


@dataclass(frozen=True, slots=True)
class IndexTally:
    """What was done."""

    documents: int
    segments: int
    written: int
    """Segments that were written anew; the files of the others are the last report's."""
    cut: int
    """Texts handed over that are longer than what is searched and shown: their rest is neither."""
