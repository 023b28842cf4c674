"""Whom a statement targets: every name, handle, hashtag and pronoun in it, resolved."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from analysis.contract import Basis, Roster, Span, StatementText, Target, TargetType
from analysis.targets import tables
from analysis.targets.acceptance import Acceptance
from analysis.targets.addressed import find_addressed, find_pronouns
from analysis.targets.entries import Alias, Entry, HolderName, OfficeTitle, RosterName, Rule
from analysis.targets.gazetteer import Gazetteer, built_in
from analysis.targets.governments import Government, find_governments
from analysis.targets.marks import (
    Handles,
    Mark,
    find_handles,
    find_hashtags,
    find_persons,
    hashtag_words,
    squeezed,
)
from analysis.targets.matcher import Hit, Matcher
from analysis.targets.names import names_of
from analysis.targets.occasion import Occasion, Occasions
from analysis.targets.parties import Parties
from analysis.targets.people import People, is_everyday, is_surname_only, key
from analysis.targets.resolve import CONFIDENCE, Resolver, Who
from analysis.targets.shapes import Shape, find_shapes
from analysis.targets.surface import Place, Surface
from analysis.text import LINK, Normalised

METHOD = "targets-2"

_MASKED_TYPES = frozenset(
    {TargetType.PERSON, TargetType.PARTY, TargetType.GOVERNMENT, TargetType.INSTITUTION, TargetType.MEDIA}
)
"""Whose names say nothing of the tone; 'terrorists' or 'volunteers' do."""


_ADDRESS = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,255}"
    r"|(?<![\w.-])(?:[\w-]{1,63}\.){1,8}(?:com|co|org|net|info|gov|edu|eu|uk|us|io|tv|news|scot|wales|london)\b"
    r"(?:/[^\s)]{0,300})?"
)
"""Of a mail box, or a site without 'https://'."""

_DOTTED = re.compile(r"[.@](?<=\w[.@])(?=\w)")
"""What every address holds, and hardly any other text: a quick look before the slow one."""

Reading = tuple[Hit[Entry], Entry]
"""A place and what it is read as."""
Introduced = dict[str, frozenset[Who]]
"""Whom a text names in full, by surname."""


@dataclass(frozen=True, slots=True)
class Found:
    """What `TargetFinder.find` returns; all places count code points of the original text."""

    targets: tuple[Target, ...]
    """In order of place; those without a place (replies, addressees) last."""
    names: tuple[Span, ...]
    """Every recognised name, the author's own too, in order, none overlapping: no word in it tells a tone."""


@dataclass(frozen=True, slots=True)
class _Mention:
    """A place in the original and whom it means; None: somebody who is no target (the author)."""

    span: Span
    who: Who | None
    is_name: bool = True


class TargetFinder:
    """Finds targets against one roster, for which everything is prepared once.

    Order of resolution (docs/methods.md): handle valid on that date, reply or addressee, full name in the
    author's contest, full name unique in the election, surname unique in the contest, office holders on
    that date; else ambiguous with all candidates.
    """

    def __init__(self, roster: Roster, gazetteer: Gazetteer | None = None) -> None:
        known = gazetteer or built_in()
        self.method = f"{METHOD}+gaz.{known.version}" if known.version else METHOD
        """Name and version, with the hash of what a user added to the tables."""
        self._people = People(roster)
        self._parties = Parties(roster, known)
        self._resolver = Resolver(self._people, self._parties, known)
        self._occasions = Occasions(self._people, self._parties, known)
        self._handles = Handles(self._people, self._resolver, known)
        self._acceptance = Acceptance(self._people, self._parties.is_party_word, known)
        self._matcher: Matcher[Entry] = Matcher(names_of(self._people, self._parties, known))
        self._countries = known.country_names

    def complete(self, statement: StatementText) -> StatementText:
        """The statement with what the roster knows of its author: party, contest, election, polling day."""
        return self._occasions.complete(statement)

    def find(self, statement: StatementText, text: Normalised) -> Found:
        """All targets of a statement; `text` is its normalised text."""
        occasion = self._occasions.read(statement)
        read = text.original[: text.offsets[-1]]  # beyond MAX_LENGTH nothing is read
        handles, hashtags = find_handles(read), find_hashtags(read)
        surface = Surface(text.text, _masks(text, [*handles, *hashtags]))
        mentions = [
            *self._marked(handles, hashtags, occasion),
            *self._named(surface, text, occasion),
            *self._unnamed(surface, text, statement, occasion),
        ]
        mentions.sort(key=lambda mention: mention.span)
        placed = (self._target(text, m.span, m.who) for m in mentions if m.who)
        addressed = find_addressed(statement, occasion, self._resolver)
        return Found(
            targets=tuple(chain(placed, (self._target(text, None, who) for who in addressed))),
            names=_apart(mention.span for mention in mentions if mention.is_name),
        )

    def _marked(self, handles: list[Mark], hashtags: list[Mark], occasion: Occasion) -> Iterator[_Mention]:
        for mark in handles:
            who = self._handles.who(mark.text, occasion)
            is_own = mark.text.lstrip("@").lower() in occasion.own_names
            yield _Mention(mark.span, None if is_own else self._unless_author(who, occasion))
        for mark in hashtags:
            meant = self._in_hashtag(mark.text, occasion)
            if meant:
                yield _Mention(mark.span, self._unless_author(meant, occasion))

    def _in_hashtag(self, tag: str, occasion: Occasion) -> Who | None:
        """A person by name, or a party; '#votelabour' without capitals too."""
        if persons := find_persons(tag, self._people):
            name = self._people.all[min(persons)].name
            return self._resolver.by_full_name(name, persons, occasion)
        words = hashtag_words(tag)
        if words.islower():
            words = self._parties.in_small_letters(squeezed(tag))
        surface = Surface(words, [])
        for hit, entry in self._read(surface, occasion):
            if isinstance(entry, Alias) and entry.type is TargetType.PARTY:
                return self._alias(entry, occasion)
            if isinstance(entry, RosterName | HolderName):
                return self._person_in_hashtag(entry, surface.place(hit.start, hit.end), occasion)
        return None

    def _person_in_hashtag(
        self, entry: RosterName | HolderName, place: Place, occasion: Occasion
    ) -> Who | None:
        """Somebody whom a hashtag names among everyday words: '#MasroorOut', not '#MichaelHowardSorrell'."""
        if not all(is_everyday(word.lower) for word in (place.before, place.after) if word.text):
            return None
        if entry.surname_only and (not is_surname_only(place.mention) or self._is_far(entry, occasion)):
            return None
        return self._resolved(entry, place, occasion, {})

    def _named(self, surface: Surface, text: Normalised, occasion: Occasion) -> Iterator[_Mention]:
        governments = list(find_governments(surface.text))
        read = self._read(surface, occasion)
        shapes = [s for s in find_shapes(surface) if not _is_inside(s, read)]
        introduced = self._introduced(surface, read, shapes, occasion)
        for place in governments:
            who = self._government(place.whose, occasion)
            yield _Mention(Span(*text.to_original(place.start, place.end)), who)
        read = [(hit, entry) for hit, entry in read if not _is_covered(hit, governments)]
        shapes = [shape for shape in shapes if not _is_covered(shape, governments)]
        for hit, entry in read:
            if any(s.start <= hit.start and hit.end <= s.end for s in shapes):
                continue
            resolved = self._resolved(entry, surface.place(hit.start, hit.end), occasion, introduced)
            if resolved is None:
                continue
            is_name = resolved.type in _MASKED_TYPES
            span = Span(*text.to_original(hit.start, hit.end))
            yield _Mention(span, self._unless_author(resolved, occasion), is_name)
        for shape in shapes:
            who = _stranger(shape)
            span = Span(*text.to_original(shape.start, shape.end))
            yield _Mention(span, self._unless_author(who, occasion))

    def _read(self, surface: Surface, occasion: Occasion) -> list[Reading]:
        """Which names are read where: the leftmost, there the longest."""
        read: list[Reading] = []
        behind = 0
        for hit in self._matcher.find(surface.text):
            if hit.start < behind:
                continue
            entry = self._entry(hit, surface, occasion)
            if entry:
                read.append(_with_members(hit, entry, surface))
                behind = read[-1][0].end
        return read

    def _entry(self, hit: Hit[Entry], surface: Surface, occasion: Occasion) -> Entry | None:
        """The first that may stand here; a surname from another contest, and what is at home in another
        country, only if nothing else may."""
        place = surface.place(hit.start, hit.end)
        may_stand = [entry for entry in hit.items if self._acceptance.accepts(entry, place, occasion)]
        if len(may_stand) < 2:
            return may_stand[0] if may_stand else None
        return min(may_stand, key=lambda entry: (self._is_far(entry, occasion), _is_foreign(entry, occasion)))

    def _is_far(self, entry: Entry, occasion: Occasion) -> bool:
        if not isinstance(entry, RosterName) or not entry.surname_only:
            return False
        return not self._resolver.has_in_contest(frozenset(entry.persons), occasion)

    def _introduced(
        self, surface: Surface, read: list[Reading], shapes: list[Shape], occasion: Occasion
    ) -> Introduced:
        """Whom the text names in full, by surname."""
        found: dict[str, set[Who]] = defaultdict(set)
        for hit, entry in read:
            if isinstance(entry, RosterName | HolderName) and not entry.surname_only:
                place = surface.place(hit.start, hit.end)
                who = self._resolved(entry, place, occasion, {})
                found[key(place.mention).split()[-1]] |= {who} if who else set()
        for shape in shapes:
            if " " in shape.name:
                found[key(shape.name).split()[-1]].add(_stranger(shape))
        return {surname: frozenset(who) for surname, who in found.items()}

    def _resolved(self, entry: Entry, place: Place, occasion: Occasion, introduced: Introduced) -> Who | None:
        known = introduced.get(key(place.mention), frozenset())
        match entry:
            case Alias():
                return self._alias(entry, occasion)
            case OfficeTitle():
                return self._resolver.by_office(place.mention, entry, occasion)
            case HolderName(name, True):
                return self._resolver.holder_by_surname(place.mention, name, occasion, known)
            case HolderName():
                return self._resolver.holder(entry.name, occasion)
            case RosterName(persons, True):
                return self._resolver.by_surname(place, frozenset(persons), occasion, known)
            case RosterName():
                return self._resolver.by_full_name(place.mention, frozenset(entry.persons), occasion)

    def _government(self, whose: str, occasion: Occasion) -> Who:
        who = f"{whose or '{country}'} government"
        return self._alias(Alias(who, TargetType.GOVERNMENT, Rule.ANY, Basis.LIST), occasion)

    def _alias(self, alias: Alias, occasion: Occasion) -> Who:
        country = self._countries.get(occasion.country, "the")
        who = alias.who.replace("{country}", country)
        short = who.replace("United Kingdom", "UK").replace("United States", "US")
        return Who(short, alias.type, alias.basis, party_id=alias.party_id)

    def _unnamed(
        self, surface: Surface, text: Normalised, statement: StatementText, occasion: Occasion
    ) -> Iterator[_Mention]:
        for place in find_pronouns(surface, statement, occasion, self._resolver, self._parties):
            span = Span(*text.to_original(place.start, place.end))
            yield _Mention(span, place.who, is_name=False)

    def _unless_author(self, who: Who, occasion: Occasion) -> Who | None:
        is_author = who.person is not None and who.person == occasion.author
        is_named = who.type is TargetType.PERSON and key(who.who) in occasion.own_names
        return None if is_author or (who.person is None and is_named) else who

    def _target(self, text: Normalised, span: Span | None, who: Who) -> Target:
        person = None if who.person is None else self._people.all[who.person]
        return Target(
            start=span.start if span else None,
            end=span.end if span else None,
            mention=text.original[span.start : span.end] if span else "",
            who=who.who,
            type=who.type,
            basis=who.basis,
            confidence=CONFIDENCE[who.basis],
            person_id=person.person_id if person else None,
            public_id=person.public_id if person else None,
            party_id=who.party_id,
            candidates=tuple(self._people.all[i].public_id for i in who.candidates),
        )


def _masks(text: Normalised, marks: list[Mark]) -> list[Span]:
    spans = [Span(*text.from_original(*mark.span)) for mark in marks]
    if _DOTTED.search(text.text):
        spans += [Span(*match.span()) for match in _ADDRESS.finditer(text.text)]
    at = text.text.find(LINK)
    while at >= 0:
        spans.append(Span(at, at + len(LINK)))
        at = text.text.find(LINK, at + len(LINK))
    return spans


def _with_members(hit: Hit[Entry], entry: Entry, surface: Surface) -> Reading:
    """'Tory voters' are people, no party: the place grows, the target changes."""
    after = surface.after(hit.end)
    if not isinstance(entry, Alias) or not after.is_adjacent or after.lower not in tables.members():
        return hit, entry
    if entry.type not in _MASKED_TYPES:
        return hit, entry
    end = hit.end + 1 + len(after.text)
    people = replace(
        entry, who=f"{entry.who} {after.lower}", type=tables.members()[after.lower], party_id=None
    )
    return Hit(hit.start, end, (people,)), people


def _is_foreign(entry: Entry, occasion: Occasion) -> bool:
    return isinstance(entry, Alias) and entry.country not in {"", occasion.country} and bool(occasion.country)


def _is_covered(place: Hit[Entry] | Shape, governments: list[Government]) -> bool:
    return any(g.start < place.end and place.start < g.end for g in governments)


def _stranger(shape: Shape) -> Who:
    return Who(shape.name, TargetType.PERSON, Basis.SHAPE)


def _is_inside(shape: Shape, read: list[Reading]) -> bool:
    """A shape gives way to a full name or any longer name of a list that it overlaps."""
    return any(
        hit.start < shape.end and shape.start < hit.end and not _is_partial(hit, entry, shape)
        for hit, entry in read
    )


def _is_partial(hit: Hit[Entry], entry: Entry, shape: Shape) -> bool:
    is_surname = isinstance(entry, RosterName | HolderName) and entry.surname_only
    return is_surname and not shape.has_title and (hit.start, hit.end) != (shape.start, shape.end)


def _apart(spans: Iterator[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(span.end, merged[-1].end))
        else:
            merged.append(span)
    return tuple(merged)
