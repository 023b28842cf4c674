"""The built-in tables, read from the CSV files of this package."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from analysis.contract import Basis, TargetType
from analysis.rule_tables import read_table
from analysis.targets.entries import Alias, OfficeTitle, Rule


@dataclass(frozen=True, slots=True)
class Named:
    """A spelling and what it stands for."""

    name: str
    alias: Alias


@dataclass(frozen=True, slots=True)
class Title:
    """A spelling and the office that it names."""

    name: str
    title: OfficeTitle


@dataclass(frozen=True, slots=True)
class Tenure:
    """Who held an office in a country, between two dates (None: open)."""

    office: str
    country: str
    name: str
    party: str
    valid_from: date
    valid_to: date | None

    def holds(self, on: date | None) -> bool:
        """Whether it was held on a date (None: whether it is held still)."""
        if on is None:
            return self.valid_to is None
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class HandleShape:
    """A part of a handle that tells the kind of its owner."""

    part: str
    place: str
    type: TargetType


@dataclass(frozen=True, slots=True)
class Cue:
    """A word beside an everyday word that shows it to be a party's name, or not."""

    side: str
    word: str
    sign: str


@dataclass(frozen=True, slots=True)
class CountryCue:
    """A word that tells the country of a statement."""

    country: str
    name: str
    cue: str


def _rows(table: str) -> Iterator[dict[str, str]]:
    return (row for _, row in read_table("analysis.targets", f"tables/{table}.csv"))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def words(table: str, column: str) -> frozenset[str]:
    """One column of a word list, in small letters."""
    return frozenset(row[column].lower() for row in _rows(table))


@cache
def titles(kind: str) -> frozenset[str]:
    """Words before a name: kind `title`, `weak` or `role`."""
    return frozenset(row["title"] for row in _rows("titles") if row["kind"] == kind)


@cache
def all_titles() -> frozenset[str]:
    """Titles of both kinds."""
    return titles("title") | titles("weak")


@cache
def parties() -> tuple[Named, ...]:
    """Parties of several countries with dated aliases."""
    return tuple(
        Named(
            row["alias"],
            Alias(
                who=row["who"],
                type=TargetType.PARTY,
                rule=Rule(row["rule"]),
                basis=Basis.ALIAS,
                country=row["country"],
                valid_from=_day(row["valid_from"]),
                valid_to=_day(row["valid_to"]),
            ),
        )
        for row in _rows("parties")
    )


@cache
def actors() -> tuple[Named, ...]:
    """Governments, institutions, media, voters, supporters and groups."""
    return tuple(
        Named(
            row["mention"],
            Alias(row["who"], TargetType(row["type"]), Rule(row["rule"]), Basis.LIST, row["country"]),
        )
        for row in _rows("actors")
    )


@cache
def handles() -> dict[str, Alias]:
    """Handles of parties, media and institutions, in small letters."""
    return {
        row["handle"]: Alias(row["who"], TargetType(row["type"]), Rule.ANY, Basis.HANDLE)
        for row in _rows("handles")
    }


@cache
def handle_shapes() -> tuple[HandleShape, ...]:
    """Parts of handles, in order: the first that fits counts."""
    return tuple(
        HandleShape(row["part"], row["place"], TargetType(row["type"])) for row in _rows("handle_shapes")
    )


@cache
def cues() -> tuple[Cue, ...]:
    """Words beside a party's name."""
    return tuple(Cue(row["side"], row["word"], row["sign"]) for row in _rows("party_cues"))


@cache
def countries() -> tuple[CountryCue, ...]:
    """Words that tell a country."""
    return tuple(CountryCue(row["country"], row["name"], row["cue"]) for row in _rows("countries"))


@cache
def tenures() -> tuple[Tenure, ...]:
    """Office holders and party leaders."""
    return tuple(
        Tenure(
            office=row["office"],
            country=row["country"],
            name=row["name"],
            party=row["party"],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
        )
        for row in _rows("offices")
    )


@cache
def tenures_of(name: str) -> tuple[Tenure, ...]:
    """All that one person held."""
    return tuple(tenure for tenure in tenures() if tenure.name == name)


@cache
def tenures_in(office: str, country: str) -> tuple[Tenure, ...]:
    """Everybody who held one office."""
    return tuple(t for t in tenures() if t.office == office and t.country == country)


@cache
def office_titles() -> tuple[Title, ...]:
    """How offices are named; `{party}` in a title is still to be filled."""
    return tuple(
        Title(row["title"], OfficeTitle(row["office"], row["country"], Rule(row["rule"])))
        for row in _rows("office_titles")
    )


@cache
def nationalities() -> dict[str, str]:
    """Words that say of which country an office is; an empty country: one without offices here."""
    return {row["word"]: row["country"] or row["word"] for row in _rows("nationalities")}


@cache
def members() -> dict[str, TargetType]:
    """Words that make a party or body the people of it."""
    return {row["word"]: TargetType(row["type"]) for row in _rows("members")}


@cache
def given_cues() -> dict[str, bool]:
    """Words before a given name alone, and whether a comma may part them."""
    return {row["word"]: row["comma"] == "yes" for row in _rows("given_cues")}


@cache
def not_in_office(side: str) -> frozenset[str]:
    """Words `before` or `after` an office that show that not its holder is meant."""
    return frozenset(row["word"] for row in _rows("not_in_office") if row["side"] == side)
