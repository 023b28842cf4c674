"""The rule tables of this package: words by tab, a source in every line; the fitted numbers in TOML."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from analysis.rule_tables import read_table


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """The lines of one table, by the names in its header."""
    return (row for _, row in read_table("analysis.sentiment", f"tables/{name}.tsv"))


@cache
def weights(section: str) -> dict[str, float]:
    """The fitted numbers of one section of weights.toml."""
    text = files("analysis.sentiment").joinpath("tables/weights.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)[section]
    return {name: float(value) for name, value in table.items()}
