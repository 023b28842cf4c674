"""Whom a statement targets: every name, handle, hashtag and pronoun in it, resolved."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from analysis.contract import Basis, Roster, Span, StatementText, Target, TargetType
from analysis.targets import tables
from analysis.targets.acceptance import Acceptance
from analysis.targets.addressed import find_addressed, find_pronouns
from analysis.targets.entries import Alias, Entry, HolderName, OfficeTitle, RosterName, Rule
from analysis.targets.governments import Government, find_governments
from analysis.targets.marks import Handles, Mark, find_handles, find_hashtags, hashtag_words, squeezed
from analysis.targets.matcher import Hit, Matcher
from analysis.targets.names import names_of
from analysis.targets.occasion import Occasion, Occasions
from analysis.targets.parties import Parties
from analysis.targets.people import People, key
from analysis.targets.resolve import CONFIDENCE, Resolver, Who
from analysis.targets.shapes import Shape, find_shapes
from analysis.targets.surface import Place, Surface
from analysis.text import LINK, Normalised

METHOD = "targets-1"

_MASKED_TYPES = frozenset(
    {TargetType.PERSON, TargetType.PARTY, TargetType.GOVERNMENT, TargetType.INSTITUTION, TargetType.MEDIA}
)
"""Whose names say nothing of the tone; 'terrorists' or 'volunteers' do."""


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

    method = METHOD

    def __init__(self, roster: Roster) -> None:
        self._people = People(roster)
        self._parties = Parties(roster)
        self._resolver = Resolver(self._people, self._parties)
        self._occasions = Occasions(self._people, self._parties)
        self._handles = Handles(self._people, self._resolver)
        self._acceptance = Acceptance(self._people, self._parties.is_party_word)
        self._matcher: Matcher[Entry] = Matcher(names_of(self._people, self._parties))

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
        """A party or a person by full name; '#votelabour' without capitals too."""
        words = hashtag_words(tag)
        if words.islower():
            words = self._parties.in_small_letters(squeezed(tag))
        surface = Surface(words, [])
        for hit, entry in self._read(surface, occasion):
            if isinstance(entry, Alias) and entry.type is TargetType.PARTY:
                return _alias(entry, occasion)
            if isinstance(entry, RosterName | HolderName) and not entry.surname_only:
                return self._resolved(entry, surface.place(hit.start, hit.end), occasion, {})
        return None

    def _named(self, surface: Surface, text: Normalised, occasion: Occasion) -> Iterator[_Mention]:
        governments = list(find_governments(surface.text))
        read = self._read(surface, occasion)
        shapes = [s for s in find_shapes(surface) if not _is_inside(s, read)]
        introduced = self._introduced(surface, read, shapes, occasion)
        for place in governments:
            who = _government(place.whose, occasion)
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
        """The first that may stand here; a surname from another contest only if nothing else may."""
        place = surface.place(hit.start, hit.end)
        may_stand = [entry for entry in hit.items if self._acceptance.accepts(entry, place, occasion)]
        return next((e for e in may_stand if not self._is_far(e, occasion)), next(iter(may_stand), None))

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
                return _alias(entry, occasion)
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


def _is_covered(place: Hit[Entry] | Shape, governments: list[Government]) -> bool:
    return any(g.start < place.end and place.start < g.end for g in governments)


def _stranger(shape: Shape) -> Who:
    return Who(shape.name, TargetType.PERSON, Basis.SHAPE)


def _government(whose: str, occasion: Occasion) -> Who:
    alias = Alias(f"{whose or '{country}'} government", TargetType.GOVERNMENT, Rule.ANY, Basis.LIST)
    return _alias(alias, occasion)


def _alias(alias: Alias, occasion: Occasion) -> Who:
    names = {cue.country: cue.name for cue in tables.countries()}
    country = names.get(occasion.country, "the")
    who = (
        alias.who.replace("{country}", country).replace("United Kingdom", "UK").replace("United States", "US")
    )
    return Who(who, alias.type, alias.basis, party_id=alias.party_id)


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
