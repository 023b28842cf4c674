"""Whose word goes first where several sources speak of one post: sources.tsv and precedence.tsv."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

SOURCES, PRECEDENCE = "sources.tsv", "precedence.tsv"

_VERSION = re.compile(r"-\d+$")


class SourceKind(StrEnum):
    """What a source is to the platform whose posts it tells."""

    PLATFORM = "platform"
    OWN = "own"
    RECORDS = "records"
    TABLE = "table"
    NEWS = "news"


class How(StrEnum):
    """How one of two values is chosen; precedence.tsv says what each means."""

    ORDER = "order"
    EXACT = "exact"
    AUTHOR = "author"
    NEWEST = "newest"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Rule:
    """Of one field: how its value is chosen, and whose word goes first."""

    how: How
    order: tuple[SourceKind, ...]

    def rank(self, kind: SourceKind) -> int:
        """The higher, the earlier the kind comes."""
        return -self.order.index(kind)


@cache
def rules() -> dict[str, Rule]:
    """Column of a statement -> its rule. Raises ValueError, naming the row, where the table is wrong."""
    found: dict[str, Rule] = {}
    for field, how, order in _rows(PRECEDENCE):
        kinds = tuple(SourceKind(word) for word in order.split())
        if set(kinds) != set(SourceKind) or field in found:
            raise ValueError(f"{PRECEDENCE}: {field}: each kind of source once, each field once")
        found[field] = Rule(How(how), kinds)
    return found


@cache
def _kinds() -> dict[str, SourceKind]:
    return {reader: SourceKind(kind) for reader, kind, _ in _rows(SOURCES)}


def _rows(name: str) -> Iterator[list[str]]:
    """The rows below the header."""
    text = files("archive").joinpath(name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    for line in lines[1:]:
        yield line.split("\t")


def stem_of(reader: str) -> str:
    """A reader's name without its version: `csv` of `csv-1`."""
    return _VERSION.sub("", reader)


def kind_of(reader: str | None, *, live: bool) -> SourceKind:
    """What a reader's pages are. One that no row names is somebody's table."""
    if live:
        return SourceKind.PLATFORM
    stem = stem_of(reader or "")
    fitting = [name for name in _kinds() if stem.startswith(name)]
    return _kinds()[max(fitting, key=len)] if fitting else SourceKind.TABLE
