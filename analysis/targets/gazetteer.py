"""All tables of facts together: parties, offices, institutions, handles, countries."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import TypeVar

from analysis.rule_tables import read_table
from analysis.targets import facts
from analysis.targets.facts import FACTS, Row, Tenure

Key = TypeVar("Key")
Item = TypeVar("Item")
Rows = Mapping[str, tuple[Row, ...]]
"""Rows by table."""
LONGEST_AFTER, LONGEST_BEFORE = timedelta(days=21), timedelta(days=60)
"""How long after a polling day, and before one, a statement is taken to belong to it."""


class Gazetteer:
    """The tables of facts, prepared once; `built_in()` is what ships with Hustings."""

    def __init__(self, rows: Rows, version: str = "") -> None:
        self.version = version
        """Tells apart what users added; empty for the built-in tables alone."""
        self.parties = _read(facts.party, rows["parties"])
        self.actors = _read(facts.actor, rows["actors"])
        self.tenures = _read(facts.tenure, rows["offices"])
        self.office_titles = _read(facts.title, rows["office_titles"])
        self.handles = {own.handle: own.alias for own in _read(facts.handle, rows["handles"])}
        nationalities = _read(facts.nationality, rows["nationalities"])
        self.nationalities = {one.word: one.country for one in nationalities}
        countries = _read(facts.country_cue, rows["countries"])
        self.countries = tuple(sorted(countries, key=lambda cue: -len(cue.cue)))
        """The longest cues first: "Northern Ireland" names no Ireland."""
        self.country_names = {cue.country: cue.name for cue in countries}
        polling_days = _read(facts.polling_day, rows["polling_days"])
        self._polling_days = _grouped((one.country, one.day) for one in polling_days)
        self._by_name = _grouped((tenure.name, tenure) for tenure in self.tenures)
        self._by_office = _grouped(((tenure.office, tenure.country), tenure) for tenure in self.tenures)

    def tenures_of(self, name: str) -> tuple[Tenure, ...]:
        """All that one person held."""
        return self._by_name.get(name, ())

    def tenures_in(self, office: str, country: str) -> tuple[Tenure, ...]:
        """Everybody who held one office."""
        return self._by_office.get((office, country), ())

    def polling_day_near(self, country: str, on: date) -> date | None:
        """The last day on which a country voted, if that is not long ago; else the next, if it comes soon."""
        days = self._polling_days.get(country, ())
        past = [day for day in days if day <= on <= day + LONGEST_AFTER]
        coming = [day for day in days if day - LONGEST_BEFORE <= on < day]
        return max(past, default=None) or min(coming, default=None)


@cache
def built_in() -> Gazetteer:
    """The tables that ship with Hustings."""
    return Gazetteer(built_in_rows())


def built_in_rows() -> dict[str, tuple[Row, ...]]:
    """The rows of the tables that ship with Hustings."""
    return {
        table: tuple(row for _, row in read_table("analysis.targets", f"tables/{table}.csv"))
        for table in FACTS
    }


def _read(read: Callable[[Row], Item], rows: Iterable[Row]) -> tuple[Item, ...]:
    return tuple(read(row) for row in rows)


def _grouped(pairs: Iterable[tuple[Key, Item]]) -> Mapping[Key, tuple[Item, ...]]:
    groups: dict[Key, list[Item]] = defaultdict(list)
    for key, item in pairs:
        groups[key].append(item)
    return MappingProxyType({key: tuple(items) for key, items in groups.items()})
