"""Party names: the tables of facts joined with the parties of a roster."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace

from analysis.contract import Basis, PartyAlias, Roster, TargetType
from analysis.targets import tables
from analysis.targets.entries import Alias, Rule
from analysis.targets.facts import Named
from analysis.targets.gazetteer import Gazetteer
from analysis.targets.people import key

_WORD = re.compile(r"[^\W_]+")

NO_PARTY = frozenset({"", "independent", "ind", "speaker", "no description", "non party", "none"})
"""Descriptions of candidates without a party."""


class Parties:
    """Every party name that can be met, with the roster's ids where it has them."""

    def __init__(self, roster: Roster, gazetteer: Gazetteer) -> None:
        self.country = _country(roster, gazetteer)
        self._ids: dict[str, str] = {}
        """Party id by built-in name."""
        self._who: dict[str, str] = {}
        """Built-in (else own) name by any spelling."""
        self._known = _known(self.country, gazetteer)
        for named in self._known:
            self._who.setdefault(key(named.name), named.alias.who)
        self._own = list(self._roster_names(roster))
        self._words = NO_PARTY | {key(name) for name, alias in self.names() if alias.rule is not Rule.EXACT}
        self._squeezed = {
            key(name).replace(" ", ""): name for name, alias in self.names() if alias.rule is not Rule.CUE
        }

    def _roster_names(self, roster: Roster) -> Iterator[tuple[str, Alias]]:
        spellings = _spellings(roster)
        owners = {
            key(alias.alias): party_id for party_id, own in reversed(spellings.items()) for alias in own
        }
        for named in self._known:
            if (party_id := owners.get(key(named.name))) is not None:
                self._ids.setdefault(named.alias.who, party_id)
        for party_id, own in spellings.items():
            who = next((self._who[key(a.alias)] for a in own if key(a.alias) in self._who), own[0].alias)
            for spelling in own:
                if key(spelling.alias) not in self._who:
                    self._who[key(spelling.alias)] = who
                    yield spelling.alias, _alias(who, spelling, self._ids.get(who, party_id))
            self._ids.setdefault(who, party_id)

    def names(self) -> Iterator[tuple[str, Alias]]:
        """Spellings and what they stand for."""
        for named in self._known:
            yield named.name, replace(named.alias, party_id=self._ids.get(named.alias.who))
        yield from self._own

    def who(self, name: str) -> str:
        """The short name of a party by any of its names; the name itself where it is not known."""
        return self._who.get(key(name), "" if key(name) in NO_PARTY else name)

    def party_id(self, who: str) -> str | None:
        """The roster's id of a party by its short name."""
        return self._ids.get(who)

    def spellings(self, who: str) -> frozenset[str]:
        """All spellings of a party, compared form."""
        return frozenset(name for name, short in self._who.items() if short == who)

    def is_party(self, name: str) -> bool:
        """Whether this is a spelling of a party, with a capital letter."""
        return key(name) in self._who and name[:1].isupper()

    def in_small_letters(self, word: str) -> str:
        """The spelling of a party behind a word without spaces and capitals ('libdems'); else nothing."""
        return self._squeezed.get(word, "")

    def is_party_word(self, word: str) -> bool:
        """Whether one word is by itself a name of a party (or says that there is none)."""
        return key(word) in self._words


def _known(country: str, gazetteer: Gazetteer) -> list[Named]:
    """Built-in names, those of the roster's own country first: they win where a name is shared."""
    return sorted(gazetteer.parties, key=lambda named: bool(country) and named.alias.country != country)


def _country(roster: Roster, gazetteer: Gazetteer) -> str:
    """The country whose parties nominated most of a roster's candidates; of several (many countries have a
    Labour Party) the one that the ids of the elections name, else the first."""
    by_name: dict[str, set[str]] = defaultdict(set)
    for named in gazetteer.parties:
        by_name[key(named.name)].add(named.alias.country)
    votes = Counter(c for one in roster.candidates for c in by_name.get(key(one.party_name), ()))
    elections = " ".join({one.election_id for one in roster.candidates})
    told = f" {' '.join(_WORD.findall(elections.lower()))} "
    held_in = {cue.country for cue in gazetteer.countries if f" {cue.cue} " in told}
    return max(sorted(votes), key=lambda country: (votes[country], country in held_in), default="")


def _spellings(roster: Roster) -> dict[str, list[PartyAlias]]:
    found = {p.party_id: [PartyAlias(p.name), *p.aliases] for p in roster.parties}
    for candidate in roster.candidates:
        if candidate.party_id and candidate.party_id not in found:
            found[candidate.party_id] = [PartyAlias(candidate.party_name)]
    return {
        party_id: [alias for alias in own if key(alias.alias) not in NO_PARTY]
        for party_id, own in found.items()
        if key(own[0].alias) not in NO_PARTY
    }


def _alias(who: str, spelling: PartyAlias, party_id: str) -> Alias:
    return Alias(
        who=who,
        type=TargetType.PARTY,
        rule=_rule(spelling.alias),
        basis=Basis.ALIAS,
        valid_from=spelling.valid_from,
        valid_to=spelling.valid_to,
        party_id=party_id,
        spelling=spelling.alias,
    )


def _rule(name: str) -> Rule:
    """How careful to be with a name that no table describes; abbreviations are often words too."""
    words = key(name).split()
    if len(words) > 1:
        return Rule.ANY if "party" in words else Rule.CAPITAL
    if len(name) < 5 and any(char.isupper() for char in name[1:]):
        return Rule.EXACT
    is_everyday = words[0] in tables.words("everyday", "word") or len(name) < 5
    return Rule.CUE if is_everyday else Rule.CAPITAL
