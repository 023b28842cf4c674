"""The built-in word lists, read from the CSV files of this package."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from analysis.contract import TargetType
from analysis.rule_tables import read_table


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


def _rows(table: str) -> Iterator[dict[str, str]]:
    return (row for _, row in read_table("analysis.targets", f"tables/{table}.csv"))


@cache
def words(table: str, column: str) -> frozenset[str]:
    """One column of a word list, in small letters."""
    return frozenset(row[column].lower() for row in _rows(table))


@cache
def titles(kind: str) -> frozenset[str]:
    """Words before a name: kind `title`, `weak` or `role`."""
    return frozenset(row["title"] for row in _rows("titles") if row["kind"] == kind)


@cache
def others_titles(country: str) -> frozenset[str]:
    """Titles that no candidate of a country bears."""
    return frozenset(row["title"] for row in _rows("others_titles") if row["country"] in {"", country})


@cache
def usual_surnames(by: str) -> frozenset[str]:
    """Everyday words that are read as surnames by their `place` in a sentence, or before a `verb`."""
    return frozenset(row["name"] for row in _rows("usual_surnames") if row["by"] == by)


@cache
def all_titles() -> frozenset[str]:
    """Titles of both kinds."""
    return titles("title") | titles("weak")


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
