"""Persons outside every list, told by the shape of their names: titles, roles, given names."""

from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from analysis.targets import tables
from analysis.targets.surface import Surface

_LONGEST = 3


class Shape(NamedTuple):
    """A place that looks like a person's name."""

    start: int
    end: int
    name: str
    """Without the title."""
    has_title: bool


class _Word(NamedTuple):
    start: int
    end: int
    text: str

    @property
    def lower(self) -> str:
        return self.text.lower()


def find_shapes(surface: Surface) -> Iterator[Shape]:
    """Names by shape, in order, none overlapping another."""
    for run in _runs(surface):
        yield from _names(surface, run)


def _runs(surface: Surface) -> Iterator[list[_Word]]:
    """Words with capital letters that only a space (or a title's dot) parts."""
    run: list[_Word] = []
    for start, end in surface.words:
        has_capital = surface.text[start].isupper()
        if run and not (has_capital and _joins(surface.text[run[-1].end : start], run[-1])):
            yield run
            run = []
        if has_capital:
            bare = end - 2 if surface.text[start:end].lower().endswith("'s") else end
            run.append(_Word(start, bare, surface.text[start:bare]))
    if run:
        yield run


def _joins(gap: str, last: _Word) -> bool:
    is_short = len(last.text) == 1 or (len(last.text) < 5 and last.lower in tables.all_titles())
    return gap == " " or (gap == ". " and is_short)


def _names(surface: Surface, run: list[_Word]) -> Iterator[Shape]:
    at = 0
    while at < len(run):
        shape, used = _titled(run, at) or _given(surface, run, at) or (None, 1)
        if shape and not _is_thing(run, at + used):
            yield shape
        at += used


def _is_thing(run: list[_Word], behind: int) -> bool:
    return behind < len(run) and run[behind].lower in tables.words("thing_nouns", "word")


def _titled(run: list[_Word], at: int) -> tuple[Shape, int] | None:
    """'President Sall', 'Lord Digby Jones'."""
    if run[at].lower not in tables.all_titles() or run[at].text.isupper():
        return None
    parts = list(takewhile(_can_be_name, run[at + 1 : at + 1 + _LONGEST]))
    if not parts:
        return None
    return _shape(run[at], parts, has_title=True), 1 + len(parts)


def _given(surface: Surface, run: list[_Word], at: int) -> tuple[Shape, int] | None:
    """'Diane Abbott': a given name and one or two words that can be a surname."""
    first = run[at]
    if first.lower not in tables.words("given_names", "name"):
        return None
    is_everyday = first.lower in tables.words("everyday", "word")
    if is_everyday and surface.place(first.start, first.end).begins_sentence:
        return None
    parts = list(takewhile(_can_be_name, run[at + 1 : at + _LONGEST]))
    if (
        not parts
        and not is_everyday
        and at + 1 < len(run)
        and run[at + 1].lower in tables.words("everyday_surnames", "name")
    ):
        parts = [run[at + 1]]
    if not parts:
        return (_shape(first, [first], has_title=False), 1) if _is_alone(surface, run, at) else None
    if first.text.isupper() and len(first.text) > 1 and parts[0].text.isupper():
        return None
    return _shape(first, [first, *parts], has_title=False), 1 + len(parts)


def _is_alone(surface: Surface, run: list[_Word], at: int) -> bool:
    """'his wife Sharon', 'thank you, Dave'."""
    first, before = run[at], surface.before(run[at].start)
    comma = tables.given_cues().get(before.lower)
    if comma is None or first.text.isupper() or first.lower in tables.words("everyday", "word"):
        return False
    return at + 1 == len(run) and (before.gap == " " or (comma and before.gap == ", "))


def _can_be_name(word: _Word) -> bool:
    known = word.lower in tables.words("everyday", "word") or word.lower in tables.words(
        "thing_nouns", "word"
    )
    return not known and word.lower not in tables.all_titles() and word.lower not in tables.titles("role")


def _shape(first: _Word, parts: list[_Word], *, has_title: bool) -> Shape:
    name = " ".join(word.text for word in parts)
    return Shape(first.start, parts[-1].end, name, has_title)
