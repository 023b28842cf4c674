"""What the columns of an export hold: texts, numbers, days, times, actors by ids that say what they are."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

Texts = tuple[str, ...]


class Made(StrEnum):
    """What the id of an actor is made of."""

    PERSON = "person"
    PARTY = "party"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Actor:
    """One who speaks or is spoken of, by an id that says what it is made of."""

    key: str
    made_of: Made


class Unit(StrEnum):
    """What a column's values are."""

    TEXT = "text"
    TEXTS = "texts"
    WHOLE = "whole"
    NUMBER = "number"
    TRUTH = "truth"
    DAY = "day"
    TIME = "time"


UNITS: dict[object, Unit] = {
    str: Unit.TEXT,
    Actor: Unit.TEXT,
    Texts: Unit.TEXTS,
    int: Unit.WHOLE,
    float: Unit.NUMBER,
    bool: Unit.TRUTH,
    date: Unit.DAY,
    datetime: Unit.TIME,
}
"""Type of a field -> what its values are."""
