"""A row of a table of facts as a value, or which cell of it is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TypeVar

from analysis.contract import Basis, TargetType
from analysis.targets.entries import Alias, OfficeTitle, Rule

Row = Mapping[str, str]
Choice = TypeVar("Choice", bound=StrEnum)


class WrongCell(ValueError):
    """A cell does not hold what its column should."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(f"column {column}: {problem}")


@dataclass(frozen=True, slots=True)
class Named:
    """A spelling and what it stands for."""

    name: str
    alias: Alias


@dataclass(frozen=True, slots=True)
class Title:
    """A spelling and the office that it names; `{party}` in it is still to be filled."""

    name: str
    title: OfficeTitle


@dataclass(frozen=True, slots=True)
class Tenure:
    """Who held an office in a country, between two moments in UTC (None: open)."""

    office: str
    country: str
    name: str
    party: str
    begins: datetime
    ends: datetime | None
    """From then on another holds it, or nobody."""

    def holds(self, at: datetime | None) -> bool:
        """Whether it was held at a moment (None: whether it is held still)."""
        if at is None:
            return self.ends is None
        return self.begins <= at and (self.ends is None or at < self.ends)


@dataclass(frozen=True, slots=True)
class CountryCue:
    """A word that tells the country of a statement."""

    country: str
    name: str
    cue: str


@dataclass(frozen=True, slots=True)
class OwnHandle:
    """A handle of a party, a medium or an institution, in small letters."""

    handle: str
    alias: Alias


@dataclass(frozen=True, slots=True)
class Nationality:
    """A word that says of which country an office is; for a country without offices here the word itself."""

    word: str
    country: str


@dataclass(frozen=True, slots=True)
class PollingDay:
    """A day on which a country voted."""

    country: str
    day: date


Fact = Named | Title | Tenure | CountryCue | OwnHandle | Nationality | PollingDay


def party(row: Row) -> Named:
    """A row of parties.csv."""
    first, last = _day(row, "valid_from"), _day(row, "valid_to")
    if first and last and last < first:
        raise WrongCell("valid_to", f"{last} is before {first}")
    alias = Alias(
        who=_filled(row, "who"),
        type=TargetType.PARTY,
        rule=_choice(row, "rule", Rule),
        basis=Basis.ALIAS,
        country=row["country"],
        valid_from=first,
        valid_to=last,
        spelling=row["alias"],
    )
    return Named(_filled(row, "alias"), alias)


def actor(row: Row) -> Named:
    """A row of actors.csv: a government, institution, medium, voters, supporters or a group."""
    kind, rule = _choice(row, "type", TargetType), _choice(row, "rule", Rule)
    spelling = row["mention"]
    alias = Alias(_filled(row, "who"), kind, rule, Basis.LIST, row["country"], spelling=spelling)
    return Named(_filled(row, "mention"), alias)


def tenure(row: Row) -> Tenure:
    """A row of offices.csv."""
    begins, ends = _moment(row, "valid_from"), _moment(row, "valid_to")
    if begins is None:
        raise WrongCell("valid_from", "is empty")
    if ends and ends <= begins:
        raise WrongCell("valid_to", f"{row['valid_to']} is not after {row['valid_from']}")
    office, country = _filled(row, "office"), _filled(row, "country")
    return Tenure(office, country, _filled(row, "name"), row["party"], begins, ends)


def title(row: Row) -> Title:
    """A row of office_titles.csv."""
    rule = _choice(row, "rule", Rule)
    return Title(_filled(row, "title"), OfficeTitle(_filled(row, "office"), row["country"], rule))


def handle(row: Row) -> OwnHandle:
    """A row of handles.csv."""
    kind = _choice(row, "type", TargetType)
    name = _filled(row, "handle").lower().lstrip("@")
    return OwnHandle(name, Alias(_filled(row, "who"), kind, Rule.ANY, Basis.HANDLE))


def country_cue(row: Row) -> CountryCue:
    """A row of countries.csv."""
    return CountryCue(_filled(row, "country"), _filled(row, "name"), _filled(row, "cue").lower())


def nationality(row: Row) -> Nationality:
    """A row of nationalities.csv."""
    word = _filled(row, "word").lower()
    return Nationality(word, row["country"] or word)


def polling_day(row: Row) -> PollingDay:
    """A row of polling_days.csv."""
    day = _day(row, "day")
    if day is None:
        raise WrongCell("day", "is empty")
    return PollingDay(_filled(row, "country"), day)


FACTS: dict[str, Callable[[Row], Fact]] = {
    "parties": party,
    "offices": tenure,
    "office_titles": title,
    "actors": actor,
    "handles": handle,
    "countries": country_cue,
    "nationalities": nationality,
    "polling_days": polling_day,
}
"""Each table of facts and how its rows are read."""


def _filled(row: Row, column: str) -> str:
    if not row[column]:
        raise WrongCell(column, "is empty")
    return row[column]


def _choice(row: Row, column: str, choices: type[Choice]) -> Choice:
    try:
        return choices(row[column])
    except ValueError:
        raise WrongCell(column, f"{row[column]!r} is none of {', '.join(choices)}") from None


def _day(row: Row, column: str) -> date | None:
    try:
        return date.fromisoformat(row[column]) if row[column] else None
    except ValueError:
        raise WrongCell(column, f"{row[column]!r} is no day like 2024-07-05") from None


def _moment(row: Row, column: str) -> datetime | None:
    """A day, from its midnight on, or a time in UTC."""
    try:
        return datetime.fromisoformat(row[column]).replace(tzinfo=UTC) if row[column] else None
    except ValueError:
        problem = f"{row[column]!r} is no day like 2024-07-05 and no time in UTC like 2021-01-20T17:00"
        raise WrongCell(column, problem) from None


def end_of(day: date) -> datetime:
    """The last moment of a day: of what is known by the day only, the day's last holder is meant."""
    return datetime.combine(day, time.max, tzinfo=UTC)
