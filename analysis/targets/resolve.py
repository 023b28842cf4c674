"""Which person a name, an office or a handle means: linked where it is certain, else left open."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from analysis.contract import Basis, TargetType
from analysis.targets import tables
from analysis.targets.entries import OfficeTitle
from analysis.targets.facts import Tenure
from analysis.targets.gazetteer import Gazetteer
from analysis.targets.occasion import Occasion
from analysis.targets.parties import Parties
from analysis.targets.people import People, is_surname_only, key, surname_of
from analysis.targets.surface import Place

CONFIDENCE = {
    Basis.HANDLE: 0.99,
    Basis.REPLY: 0.95,
    Basis.QUOTED: 0.9,
    Basis.ADDRESSEE: 0.95,
    Basis.FULL_NAME: 0.95,
    Basis.SURNAME: 0.9,
    Basis.OFFICE: 0.9,
    Basis.OPPONENT: 0.9,
    Basis.OWN_SIDE: 0.8,
    Basis.ALIAS: 0.9,
    Basis.LIST: 0.8,
    Basis.SHAPE: 0.6,
    Basis.AMBIGUOUS: 0.4,
}
"""That a mention of this basis speaks of its target: set by hand, to be calibrated on coded data."""


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a mention means: what becomes a target."""

    who: str
    type: TargetType
    basis: Basis
    person: int | None = None
    """Index into the roster's persons."""
    party_id: str | None = None
    candidates: tuple[int, ...] = ()
    """All persons who fit, where `basis` is ambiguous."""


class Resolver:
    """Decides between the persons of one roster; never guesses."""

    def __init__(self, people: People, parties: Parties, gazetteer: Gazetteer) -> None:
        self._people = people
        self._parties = parties
        self._gazetteer = gazetteer
        self._famous = _famous(gazetteer)

    def person(self, index: int, basis: Basis) -> Who:
        """A person of the roster."""
        return Who(self._people.all[index].name, TargetType.PERSON, basis, person=index)

    def ambiguous(self, who: str, persons: Iterable[int]) -> Who:
        """Somebody of whom only the possible persons are known."""
        return Who(who, TargetType.PERSON, Basis.AMBIGUOUS, candidates=tuple(sorted(persons)))

    def by_full_name(self, mention: str, persons: frozenset[int], occasion: Occasion) -> Who:
        """By full name: unique in the author's contest, else in the election, else in the whole roster."""
        if fit := persons & self._people.in_contest(occasion.contest_id):
            return self._only(mention, fit, Basis.FULL_NAME)
        fit = persons & self._people.in_election(occasion.election_id) or persons
        if key(mention) in tables.words("namesakes", "name"):
            return self.ambiguous(mention, fit)
        return self._only(mention, fit, Basis.FULL_NAME)

    def by_surname(
        self, place: Place, persons: frozenset[int], occasion: Occasion, introduced: frozenset[Who]
    ) -> Who | None:
        """By surname: one person of the author's contest, or whom the text names in full (`introduced`).

        Both at once, a stranger of that surname, or a leader whom everybody knows by it leave it open; a
        title settles the last. Outside the contest a word that is more than a surname is nobody (None).
        """
        mention = place.mention
        in_contest = persons & self._people.in_contest(occasion.contest_id)
        if not introduced and not in_contest:
            return self._outside(mention, persons, occasion)
        if not in_contest and len(introduced) == 1:
            return next(iter(introduced))
        named = {who.person for who in introduced}
        is_titled = place.before.lower in tables.titles("title")
        is_famous = not named and not is_titled and self._is_famous(mention, in_contest, occasion)
        if None in named or is_famous:
            return self.ambiguous(mention, persons)
        return self._only(mention, in_contest | {i for i in named if i is not None}, Basis.SURNAME)

    def _is_famous(self, surname: str, persons: frozenset[int], occasion: Occasion) -> bool:
        """Whether everybody knows somebody else of this surname: 'Johnson' where an Ian Johnson stands."""
        names = {key(n) for i in persons for n in self._people.all[i].full_names()}
        return any(
            key(t.name) not in names
            for t in self._famous.get(key(surname), ())
            if t.country in {occasion.country, "US"} and _is_recent(t, occasion.at)
        )

    def _outside(self, mention: str, persons: frozenset[int], occasion: Occasion) -> Who | None:
        if not is_surname_only(mention):
            return None
        return self.ambiguous(mention, persons & self._people.in_election(occasion.election_id) or persons)

    def has_in_contest(self, persons: frozenset[int], occasion: Occasion) -> bool:
        """Whether one of these persons stands in the author's contest."""
        return bool(persons & self._people.in_contest(occasion.contest_id))

    def _only(self, mention: str, fit: frozenset[int], basis: Basis) -> Who:
        if len(fit) == 1:
            return self.person(next(iter(fit)), basis)
        return self.ambiguous(mention, fit)

    def by_office(self, mention: str, title: OfficeTitle, occasion: Occasion) -> Who:
        """Who holds an office on the day of the statement; open where several do or nobody is known."""
        country = title.country or occasion.country
        names = {t.name for t in self._gazetteer.tenures_in(title.office, country) if t.holds(occasion.at)}
        if len(names) != 1:
            return Who(mention, TargetType.PERSON, Basis.OFFICE if not names else Basis.AMBIGUOUS)
        return self.holder(names.pop(), occasion)

    def holder(self, name: str, occasion: Occasion) -> Who:
        """An office holder by name, linked where the roster certainly has the same person."""
        return Who(name, TargetType.PERSON, Basis.OFFICE, person=self._in_roster(name, occasion))

    def holder_by_surname(
        self, mention: str, name: str, occasion: Occasion, introduced: frozenset[Who]
    ) -> Who:
        """An office holder by surname: open where the text names somebody else so.

        Of those whom not everybody knows by it, only where nobody else of that surname stands for election.
        """
        if not all(key(who.who) == key(name) for who in introduced):
            return self.ambiguous(mention, ())
        holder = self.holder(name, occasion)
        others = self._bearers(mention, occasion) - {holder.person}
        if others and not introduced and not self._is_known_by_surname(name):
            return self.ambiguous(mention, self._bearers(mention, occasion))
        return holder

    def _bearers(self, surname: str, occasion: Occasion) -> frozenset[int]:
        everybody = frozenset(self._people.by_surname.get(key(surname), ()))
        return everybody & self._people.in_election(occasion.election_id)

    def _is_known_by_surname(self, name: str) -> bool:
        return any(tenure.office in WELL_KNOWN for tenure in self._gazetteer.tenures_of(name))

    def _in_roster(self, name: str, occasion: Occasion) -> int | None:
        named = frozenset(self._people.with_name(name))
        fit = named & self._people.in_election(occasion.election_id) or named
        parties = {t.party for t in self._gazetteer.tenures_of(name)}
        same = [i for i in fit if self._is_same(i, parties)]
        return same[0] if len(fit) == len(same) == 1 else None

    def _is_same(self, index: int, parties: set[str]) -> bool:
        candidacies = self._people.all[index].candidacies
        return any(c.incumbent or self._parties.who(c.party_name) in parties for c in candidacies)

    def opponent(self, mention: str, occasion: Occasion) -> Who | None:
        """'My opponent': the other one in a contest of two; None where the contest is not known."""
        if occasion.contest_id is None or occasion.author is None:
            return None
        others = self._people.standing_in(occasion.contest_id) - {occasion.author}
        return self._only(mention, others, Basis.OPPONENT) if others else None

    def addressed(self, given: str, basis: Basis, occasion: Occasion) -> Who:
        """Somebody whom the source names by handle or full name."""
        owners = self._people.with_handle(given, occasion.platform, occasion.on)
        if not owners:
            owners = frozenset(self._people.with_name(given))
            owners = owners & self._people.in_contest(occasion.contest_id) or owners
        if owners:
            return self._only(given, owners, basis)
        name = given if " " in given or given.startswith("@") else f"@{given}"
        return Who(name, TargetType.PERSON, basis)


_FAMOUS = frozenset(
    {
        "prime minister",
        "president",
        "presidential nominee",
        "leader of Labour",
        "leader of Conservatives",
        "leader of Reform UK",
    }
)
"""Whose holders everybody knows by their surname, for years."""
_KNOWN = frozenset({"chancellor", "leader of Liberal Democrats"})
"""Whose holders everybody knows by their surname, while they are in office."""
WELL_KNOWN = _FAMOUS | _KNOWN
_REMEMBERED = timedelta(days=3652)


def _famous(gazetteer: Gazetteer) -> dict[str, list[Tenure]]:
    """Leaders whom everybody knows by their surname."""
    found: dict[str, list[Tenure]] = defaultdict(list)
    for tenure in gazetteer.tenures:
        if tenure.office in _FAMOUS:
            found[key(surname_of(tenure.name))].append(tenure)
    return found


def _is_recent(tenure: Tenure, at: datetime | None) -> bool:
    """In office at that moment or in the ten years before."""
    if at is None:
        return True
    return tenure.begins <= at and (tenure.ends is None or at - tenure.ends < _REMEMBERED)
