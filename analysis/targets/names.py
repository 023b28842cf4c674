"""All spellings that the matcher looks for, with what each can stand for, the surest first."""

from collections.abc import Iterator

from analysis.targets import tables
from analysis.targets.entries import Entry, HolderName, OfficeTitle, RosterName
from analysis.targets.parties import Parties
from analysis.targets.people import People, key


def names_of(people: People, parties: Parties) -> Iterator[tuple[str, Entry]]:
    """Persons of the roster, office holders, offices, parties, then everybody in the lists."""
    yield from _roster_names(people)
    yield from _holders()
    yield from _titles(parties)
    yield from parties.names()
    yield from ((named.name, named.alias) for named in tables.actors())


def _roster_names(people: People) -> Iterator[tuple[str, Entry]]:
    for name, persons in people.by_name.items():
        yield name, RosterName(tuple(sorted(persons)), surname_only=False)
    for surname, persons in people.by_surname.items():
        yield surname, RosterName(tuple(sorted(persons)), surname_only=True)


def _holders() -> Iterator[tuple[str, Entry]]:
    for name in dict.fromkeys(tenure.name for tenure in tables.tenures()):
        yield name, HolderName(name, surname_only=False)
        yield name.split()[-1], HolderName(name, surname_only=True)


def _titles(parties: Parties) -> Iterator[tuple[str, Entry]]:
    leaders = {
        t.office.removeprefix("leader of ") for t in tables.tenures() if t.office.startswith("leader of ")
    }
    for row in tables.office_titles():
        if "{party}" not in row.name:
            yield row.name, row.title
            continue
        for who in sorted(leaders):
            for spelling in sorted(parties.spellings(who)):
                if spelling.split()[0] in tables.nationalities():
                    continue  # the Scottish Labour leader leads no more than that
                title = OfficeTitle(f"leader of {who}", "UK", row.title.rule)
                yield row.name.replace("{party}", key(spelling)), title
