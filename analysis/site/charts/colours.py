"""The colours of parties, from a table; a party that is not in it gets the neutral one."""

import re
import unicodedata
from functools import cache

from analysis.rule_tables import RuleError, read_table

NO_COLOUR = "var(--chart-neutral)"
HEX = re.compile(r"#[0-9a-f]{6}")


@cache
def party_colours() -> dict[str, dict[str, str]]:
    """Country -> folded name, abbreviation or id -> colour. Raises RuleError for a bad or doubled cell."""
    found: dict[str, dict[str, str]] = {}
    for place, row in read_table("analysis.site.charts", "party-colours.csv"):
        if not HEX.fullmatch(row["colour"]):
            raise RuleError(f"{place}: {row['colour']!r} is no colour such as #d50000")
        country = found.setdefault(row["country"], {})
        for name in [row["party"], *filter(None, row["also"].split(";"))]:
            if country.setdefault(_folded(name), row["colour"]) != row["colour"]:
                raise RuleError(f"{place}: {name!r} has two colours in {row['country']}")
    return found


@cache
def country_codes() -> dict[str, str]:
    """Folded name or code of a country -> its code. Raises RuleError for a name that two countries have."""
    found: dict[str, str] = {}
    for place, row in read_table("analysis.site.charts", "countries.csv"):
        for name in [row["country"], row["name"], *filter(None, row["also"].split(";"))]:
            if found.setdefault(_folded(name), row["country"]) != row["country"]:
                raise RuleError(f"{place}: {name!r} is a name of two countries")
    return found


def colour_of(*names: str | None, country: str | None) -> str:
    """The colour of the first name, abbreviation or id that the country's table knows.

    `country`: its code (`GB`, `US`, ...) or its name.
    """
    known = party_colours().get(country_codes().get(_folded(country or ""), ""), {})
    for name in names:
        if name and _folded(name) in known:
            return known[_folded(name)]
    return NO_COLOUR


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.strip()[:200])
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).casefold().split())
