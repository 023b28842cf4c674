"""Who is spoken to or of without a name: the author replied to, 'you', 'we', 'my opponent', 'our party'."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from analysis.contract import Basis, StatementText, TargetType
from analysis.targets.marks import HANDLE
from analysis.targets.occasion import Occasion
from analysis.targets.parties import Parties
from analysis.targets.people import key, plain_handle
from analysis.targets.resolve import Resolver, Who
from analysis.targets.surface import Surface

_WE = re.compile(r"\b(?:[Ww]e|WE|us|[Oo]urs?|OUR)\b")
_YOU = re.compile(r"\byou(?:r|rs)?\b", re.IGNORECASE)
_OPPONENT = re.compile(r"\bmy opponents?\b", re.IGNORECASE)
_OWN_PARTY = re.compile(r"\b(?:our|my) party\b", re.IGNORECASE)
_CALLED = re.compile(r"\W{0,4}@")


class Found(NamedTuple):
    """A place in the text and whom it means."""

    start: int
    end: int
    who: Who


def find_pronouns(
    surface: Surface, statement: StatementText, occasion: Occasion, resolver: Resolver, parties: Parties
) -> Iterator[Found]:
    """The first 'we', the first 'you' to nobody in particular, 'my opponent', 'our party'."""
    text, party = surface.text, parties.who(occasion.party)
    party_id = parties.party_id(party)
    if match := _WE.search(text):
        own = Who(party or "own side", TargetType.PARTY, Basis.OWN_SIDE, party_id=party_id)
        yield Found(*match.span(), own)
    if party:
        for match in _OWN_PARTY.finditer(text):
            yield Found(*match.span(), Who(party, TargetType.PARTY, Basis.ALIAS, party_id=party_id))
    for match in _OPPONENT.finditer(text):
        if opponent := resolver.opponent(match.group(), occasion):
            yield Found(*match.span(), opponent)
    if _speaks_to_all(statement) and (match := _YOU.search(text)):
        yield Found(*match.span(), Who("voters", TargetType.VOTERS, Basis.LIST))


def _speaks_to_all(statement: StatementText) -> bool:
    is_directed = statement.reply_to or statement.addressee
    return not is_directed and not _CALLED.match(statement.text)


def find_addressed(statement: StatementText, occasion: Occasion, resolver: Resolver) -> Iterator[Who]:
    """Whom the source says that it was directed at: the author replied to, quoted, or named as addressee.

    Nobody answers himself: a thread is no reply. Who also stands in the text by handle is not said twice.
    """
    named = {plain_handle(match.group()) for match in HANDLE.finditer(statement.text)}
    given = (
        (statement.reply_to, Basis.REPLY),
        (statement.quoted if _is_handle(statement.quoted) else None, Basis.QUOTED),
        (statement.addressee, Basis.ADDRESSEE),
    )
    for name, basis in given:
        if not name or plain_handle(name) in named or _is_own(name, occasion):
            continue
        named.add(plain_handle(name))
        who = resolver.addressed(name.strip(), basis, occasion)
        if occasion.author is None or who.person != occasion.author:
            yield who


def _is_handle(quoted: str | None) -> bool:
    return bool(quoted) and quoted is not None and HANDLE.fullmatch(f"@{plain_handle(quoted)}") is not None


def _is_own(name: str, occasion: Occasion) -> bool:
    return plain_handle(name) in occasion.own_names or key(name) in occasion.own_names
