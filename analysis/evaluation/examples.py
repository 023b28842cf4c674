"""Coded statements as a layer over the rules is told of them, and which of them must not be parted."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from analysis.contract import Kind, KindName
from analysis.evaluation.codes import CodedStatement
from analysis.kinds.finder import KindFinder, Scored, compiled_rules
from analysis.kinds.layer.telling import hear_and_tell
from analysis.kinds.layer.traits import Traits
from analysis.reader import FindsKinds, Reader

BATCH = 500
"""Coded statements read at a time."""


@dataclass(frozen=True, slots=True)
class Example:
    """A coded statement as a layer is told of it."""

    traits: Traits
    found: frozenset[KindName]
    """By the rules."""
    kinds: frozenset[KindName]
    """By the coders."""
    judged: frozenset[KindName]
    author: str
    text: str


class _Listening:
    """Finds no kind, but keeps what the rules find, and what a layer would be told."""

    def __init__(self) -> None:
        self.method = KindFinder.method
        self.heard: dict[str, tuple[Traits, frozenset[KindName]]] = {}

    def find(self, scored: Sequence[Scored]) -> list[tuple[Kind, ...]]:
        for heard, told in hear_and_tell(compiled_rules(), scored):
            self.heard[heard.passage.statement.id] = told.traits, told.found
        return [()] * len(scored)


def read_examples(
    coded: Iterable[CodedStatement], reader_with: Callable[[FindsKinds], Reader]
) -> tuple[list[Example], int]:
    """The coded statements as a layer is told of them, and how many could not be read.

    Raises ValueError where two have one id: the codes of one would go with the words of the other.
    """
    listening = _Listening()
    reader = reader_with(listening)
    listed = list(coded)
    again = [id_ for id_, count in Counter(one.text.id for one in listed).items() if count > 1]
    if again:
        raise ValueError(f"{len(again)} ids of coded statements are there twice, such as {again[0]!r}")
    for start in range(0, len(listed), BATCH):
        reader.read([one.text for one in listed[start : start + BATCH]])
    examples = [
        Example(*listening.heard[one.text.id], one.kinds, one.judged, one.author, one.text.text)
        for one in listed
        if one.text.id in listening.heard
    ]
    return examples, len(listed) - len(examples)


def groups_of(examples: Sequence[Example]) -> list[int]:
    """A number for each statement: those of one author, and of whoever says the same words, have the same.

    Whole groups go to one fold: neither an author nor a text that many post is on both sides.
    """
    parents = list(range(len(examples)))

    def first(row: int) -> int:
        while parents[row] != row:
            parents[row] = parents[parents[row]]
            row = parents[row]
        return row

    met: dict[tuple[str, str], int] = {}
    for row, one in enumerate(examples):
        for key in (("author", one.author), ("text", " ".join(one.text.lower().split()))):
            parents[first(row)] = first(met.setdefault(key, row))
    return [first(row) for row in range(len(examples))]
