"""Persons outside every list, told by the shape of their names: titles, roles, given names."""

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from analysis.targets import tables
from analysis.targets.surface import Surface, Word

_LONGEST = 3
_BEHIND = re.compile(
    r" \((?:Lab|Con|LD|Lib Dem|Green|Reform|SNP|PC|Plaid|DUP|SF|SDLP|UUP|Ind|Dem|Rep)\b"
    r"| \([RD](?:-[A-Z][A-Za-z]{1,4}\.?)?\)"
    r"|, (?:MP|MSP|MEP|TD)\b"
    r"|, (?:the |a |our )?(?:[\w']{2,20} ){0,3}?"
    r"(?:candidate|leader|minister|secretary|senator|congressman|congresswoman)\b"
)
"""What stands behind nobody but a politician."""


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
        shape, used = next(filter(None, (told(surface, run, at) for told in _WAYS)), (None, 1))
        if shape and not _is_thing(run, at + used):
            yield shape
        at += used


def _is_thing(run: list[_Word], behind: int) -> bool:
    return behind < len(run) and run[behind].lower in tables.words("thing_nouns", "word")


def _titled(_: Surface, run: list[_Word], at: int) -> tuple[Shape, int] | None:
    """'President Sall', 'Lord Digby Jones'."""
    if run[at].lower not in tables.all_titles() or run[at].text.isupper():
        return None
    first = at + 1
    while first < len(run) and run[first].lower in tables.all_titles():  # 'Lord Justice', 'Rev Dr'
        first += 1
    parts = list(takewhile(_can_be_name, run[first : first + _LONGEST]))
    is_weak = first == at + 1 and run[at].lower in tables.titles("weak")
    behind = run[first + len(parts) : first + _LONGEST]
    if (
        behind
        and not parts
        and not is_weak
        and behind[0].lower in tables.words("everyday_given_names", "name")
    ):
        parts, behind = behind[:1], behind[1:]  # 'Councillor Joy Savage'
    if behind and behind[0].lower in tables.words("everyday_surnames", "name") and (parts or not is_weak):
        parts.append(behind[0])
    if not parts:
        return None
    return _shape(run[at], parts, has_title=True), first - at + len(parts)


def _shown(surface: Surface, run: list[_Word], at: int) -> tuple[Shape, int] | None:
    """'Jonny Fear, MP for Leeds', 'Grace Worth met us': what stands behind shows that two everyday words are
    a name.
    """
    pair = run[at : at + 2]
    if len(pair) < 2 or at + 2 != len(run) or any(_is_label(word) or _is_shouted(word) for word in pair):
        return None
    first, last = pair
    if first.lower in tables.words("everyday_given_names", "name"):
        is_name = _can_be_surname(last)
    else:
        is_name = first.lower in tables.words("given_names", "name")
    if is_name and (_is_of_politicians(surface, last.end) or _does(surface.after(last.end))):
        return _shape(first, pair, has_title=False), 2
    return None


def _is_of_politicians(surface: Surface, end: int) -> bool:
    return _BEHIND.match(surface.text, end) is not None


def _does(after: Word) -> bool:
    verbs = tables.words("person_verbs", "word") | tables.words("name_verbs", "word")
    return after.is_adjacent and after.text in verbs


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


def _cued(surface: Surface, run: list[_Word], at: int) -> tuple[Shape, int] | None:
    """'candidate Zed Quimby', 'Zed Quimby (Lab)': two or three words, all a name can have, beside a cue."""
    if at or not 2 <= len(run) <= _LONGEST or not all(map(_can_be_name, run[:-1])):
        return None
    if not _can_be_surname(run[-1]):
        return None
    if any(map(_is_shouted, run)):
        return None
    before = surface.before(run[0].start)
    is_called = before.gap == " " and not before.has_capital and before.lower in tables.titles("role")
    if is_called or _is_of_politicians(surface, run[-1].end):
        return _shape(run[0], run, has_title=False), len(run)
    return None


def _is_alone(surface: Surface, run: list[_Word], at: int) -> bool:
    """'his wife Sharon', 'thank you, Dave'."""
    first, before = run[at], surface.before(run[at].start)
    comma = tables.given_cues().get(before.lower)
    if comma is None or first.text.isupper() or first.lower in tables.words("everyday", "word"):
        return False
    return at + 1 == len(run) and (before.gap == " " or (comma and before.gap == ", "))


def _can_be_name(word: _Word) -> bool:
    return word.lower not in tables.words("everyday", "word") and not _is_label(word)


def _can_be_surname(word: _Word) -> bool:
    return _can_be_name(word) or word.lower in tables.words("everyday_surnames", "name")


def _is_label(word: _Word) -> bool:
    """A title, a role, or the name of a kind of thing."""
    labels = (tables.words("thing_nouns", "word"), tables.all_titles(), tables.titles("role"))
    return any(word.lower in words for words in labels)


def _is_shouted(word: _Word) -> bool:
    return word.text.isupper() and len(word.text) > 1


_WAYS = (_titled, _shown, _given, _cued)
"""In this order they are tried at each word."""


def _shape(first: _Word, parts: list[_Word], *, has_title: bool) -> Shape:
    name = " ".join(word.text for word in parts)
    return Shape(first.start, parts[-1].end, name, has_title)
