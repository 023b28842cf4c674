"""Reads the rule tables of this package: tab-separated, a header, a source in every line."""

import csv
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

TABLES = files("analysis.sentiment") / "tables"


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """The lines of one table, by the names in its header."""
    with (TABLES / f"{name}.tsv").open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


@cache
def weights(section: str) -> dict[str, float]:
    """The fitted numbers of one section of weights.toml."""
    table = tomllib.loads((TABLES / "weights.toml").read_text(encoding="utf-8"))[section]
    return {name: float(value) for name, value in table.items()}
