"""The rule tables of this package, read once from the CSV and TOML files beside this module."""

import csv
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from db.words import Channel


@dataclass(frozen=True, slots=True)
class Cue:
    """One row of cues.csv."""

    name: str
    channel: Channel | None
    """The channel that the verb itself tells: who tweets, posts."""
    takes_addressee: bool
    """Whether the verb's object is who was spoken to: "told supporters"."""


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """One row of channels.csv: the words that tell a channel."""

    channel: Channel
    pattern: re.Pattern[str]


def read_rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV table of this package, column name to cell."""
    yield from csv.DictReader(files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines())


@cache
def cues() -> dict[str, Cue]:
    """Return each inflected form of a cue verb (lower case) with its row of cues.csv."""
    return {form: _cue(row) for row in read_rows("cues.csv") for form in row["forms"].split()}


def _cue(row: dict[str, str]) -> Cue:
    channel = Channel(row["channel"]) if row["channel"] else None
    return Cue(row["cue"], channel, row["addressee"] == "object")


@cache
def channel_rules() -> tuple[ChannelRule, ...]:
    """Return channels.csv in its order, which is the order of precedence."""
    return tuple(
        ChannelRule(Channel(row["channel"]), re.compile(rf"(?<![^\W_])(?:{row['words']})(?![^\W_])"))
        for row in read_rows("channels.csv")
    )


@cache
def words(name: str) -> frozenset[str]:
    """Return one list of words.toml.

    Raises:
        KeyError: there is no such list.
    """
    return frozenset(_all_words()[name])


@cache
def _all_words() -> dict[str, list[str]]:
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
