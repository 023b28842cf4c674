"""All spellings that the matcher looks for, with what each can stand for, the surest first."""

from collections import defaultdict
from collections.abc import Iterator

from analysis.targets.entries import Entry, HolderName, OfficeTitle, RosterName
from analysis.targets.gazetteer import Gazetteer
from analysis.targets.parties import Parties
from analysis.targets.people import People, key, surname_of


def names_of(people: People, parties: Parties, gazetteer: Gazetteer) -> Iterator[tuple[str, Entry]]:
    """Persons of the roster, office holders, offices, parties, then everybody in the lists."""
    yield from _roster_names(people)
    yield from _holders(gazetteer)
    yield from _titles(parties, gazetteer)
    yield from parties.names()
    yield from ((named.name, named.alias) for named in gazetteer.actors)


def _roster_names(people: People) -> Iterator[tuple[str, Entry]]:
    for name, persons in people.by_name.items():
        yield name, RosterName(tuple(sorted(persons)), surname_only=False)
    for surname, persons in people.by_surname.items():
        yield surname, RosterName(tuple(sorted(persons)), surname_only=True)


def _holders(gazetteer: Gazetteer) -> Iterator[tuple[str, Entry]]:
    for name in dict.fromkeys(tenure.name for tenure in gazetteer.tenures):
        yield name, HolderName(name, surname_only=False)
        yield surname_of(name), HolderName(name, surname_only=True)


def _titles(parties: Parties, gazetteer: Gazetteer) -> Iterator[tuple[str, Entry]]:
    leaders = {
        (tenure.office.removeprefix(_LEADER), tenure.country)
        for tenure in gazetteer.tenures
        if tenure.office.startswith(_LEADER)
    }
    written: dict[str, set[str]] = defaultdict(set)
    for named in gazetteer.parties:
        written[named.alias.who].add(key(named.name))
    for row in gazetteer.office_titles:
        if "{party}" not in row.name:
            yield row.name, row.title
            continue
        for who, country in sorted(leaders):
            title = OfficeTitle(f"{_LEADER}{who}", country, row.title.rule)
            for spelling in sorted(parties.spellings(who) | written.get(who, set())):
                # the Scottish Labour leader leads no more than that
                if spelling.split()[0] not in gazetteer.nationalities:
                    yield row.name.replace("{party}", key(spelling)), title


_LEADER = "leader of "
