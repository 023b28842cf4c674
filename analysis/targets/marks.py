"""Handles and hashtags in a text: where they stand and whose they are."""

import re
from typing import NamedTuple

from analysis.contract import Basis, Span, TargetType
from analysis.targets import tables
from analysis.targets.gazetteer import Gazetteer
from analysis.targets.occasion import Occasion
from analysis.targets.people import People, is_everyday, key, plain_handle, squeezed_name
from analysis.targets.resolve import Resolver, Who

_LETTER = r"(?:(?!https?://|pic\.twitter\.com)\w)"
"""A letter of a handle or hashtag: old archives glue links to the word before."""
_DOMAIN = r"(?:[.-](?!twitter\.com)[a-z0-9]{1,60}){1,6}"
HANDLE = re.compile(rf"(?<![\w@/])@{_LETTER}{{1,50}}(?:{_DOMAIN})?(?:@[a-z0-9]{{1,60}}{_DOMAIN})?")
HASHTAG = re.compile(rf"(?<![\w&/])#(?=\w*[^\W\d_]){_LETTER}{{2,100}}")
_HUMP = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z]|\d|$)|[A-Z]?[^\W\dA-Z_]+|\d+|[A-Z]+")
_CALLS = ("vote", "voting", "voted")


class Mark(NamedTuple):
    """A handle or hashtag: its place in the original and itself."""

    span: Span
    text: str


def find_handles(original: str) -> list[Mark]:
    """All handles, with '@'; a mail address is none."""
    return [Mark(Span(*m.span()), m.group()) for m in HANDLE.finditer(original)]


def find_hashtags(original: str) -> list[Mark]:
    """All hashtags, with '#'; a number is none."""
    return [Mark(Span(*m.span()), m.group()) for m in HASHTAG.finditer(original)]


def hashtag_words(tag: str) -> str:
    """A CamelCase hashtag as words: '#VoteLabour' is 'Vote Labour'."""
    return " ".join(_HUMP.findall(tag.lstrip("#").replace("_", " ")))


class Handles:
    """Whose a handle is: by the roster on that date, by a list, else by its shape."""

    def __init__(self, people: People, resolver: Resolver, gazetteer: Gazetteer) -> None:
        self._people = people
        self._listed = gazetteer.handles
        self._resolver = resolver

    def who(self, handle: str, occasion: Occasion) -> Who:
        """The owner; two owners on one date are left open."""
        owners = self._people.with_handle(handle, occasion.platform, occasion.on)
        if len(owners) == 1:
            return self._resolver.person(next(iter(owners)), Basis.HANDLE)
        if owners:
            return self._resolver.ambiguous(handle, owners)
        listed = self._listed.get(plain_handle(handle))
        if listed:
            return Who(listed.who, listed.type, Basis.HANDLE)
        return Who(handle, handle_type(handle), Basis.HANDLE)


def handle_type(handle: str) -> TargetType:
    """What kind of actor an unknown handle belongs to, by its parts; a person where nothing else shows."""
    name = plain_handle(handle)
    for shape in tables.handle_shapes():
        if _fits(name, shape):
            return shape.type
    return TargetType.PERSON


def _fits(name: str, shape: tables.HandleShape) -> bool:
    match shape.place:
        case "start":
            return name.startswith(shape.part)
        case "end":
            return name.endswith(shape.part)
        case _:
            return shape.part in name


def find_persons(tag: str, people: People) -> frozenset[int]:
    """Everybody whose full name a hashtag is, but for a call to vote: '#VoteRushanaraAli'."""
    plain = tag.lstrip("#").replace("_", "")
    for call in ("", *_CALLS):
        name = plain[len(call) :] if plain.lower().startswith(call) else ""
        persons = people.with_squeezed(squeezed_name(name)) if name else frozenset()
        fit = frozenset(i for i in persons if any(_shows(name, n) for n in people.all[i].full_names()))
        if fit:
            return fit
    return frozenset()


def _shows(word: str, name: str) -> bool:
    """Whether a word without spaces shows where a name's parts begin, or holds no part that is a word."""
    parts = name.split()
    if word.islower() or word.isupper():
        return not any(is_everyday(part) for part in key(name).split())
    lengths = [len(squeezed_name(part)) for part in parts]
    starts = [sum(lengths[:i]) for i in range(len(parts))]
    if sum(lengths) != len(word):
        return False
    return all(word[at].isupper() or part.islower() for at, part in zip(starts, parts, strict=True))


def squeezed(tag: str) -> str:
    """A small-letter hashtag without the call to vote before the name: '#votelabour' is 'labour'."""
    plain = tag.lstrip("#").lower()
    for call in _CALLS:
        plain = plain.removeprefix(call)
    return plain
