"""Fields of JSON records (entities), of which none is taken to be what it should be."""

from collections.abc import Mapping
from typing import Any

from archive.contract import Moment, whole_characters
from archive.times import WrongTime, parse_moment

Entity = Mapping[str, Any]


class WrongRecord(ValueError):
    """A record without what it must have; the message names the field."""


def text(said: Entity, name: str) -> str | None:
    """A text that may be missing; an empty one is none. Halves of surrogate pairs become U+FFFD."""
    value = said.get(name)
    return whole_characters(value) if isinstance(value, str) and value else None


def needed_text(said: Entity, name: str, *, empty: bool = False) -> str:
    """A text that must be there. Raises WrongRecord."""
    value = said.get(name)
    if not isinstance(value, str) or not (value or empty):
        raise WrongRecord(f"no {name}" if value in (None, "") else f"{name} is {type(value).__name__}")
    return whole_characters(value)


def needed_time(said: Entity, name: str) -> Moment:
    """A time that must be there. Raises WrongRecord."""
    try:
        return parse_moment(needed_text(said, name))
    except WrongTime as error:
        raise WrongRecord(f"{name}: {error}") from error


def entity(said: Entity, name: str) -> Entity | None:
    """A record inside a record."""
    value = said.get(name)
    return value if isinstance(value, dict) else None


def entities(said: Entity, name: str) -> list[Entity]:
    """The records of a list inside a record; what is none is left out."""
    value = said.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
