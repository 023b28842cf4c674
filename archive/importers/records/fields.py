"""Records of other tools as posts, or as what is wrong with them."""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime

from archive.contract import Moment, Post, Reject
from archive.contract.web import json_excerpt
from archive.entities import Entity, WrongRecord
from archive.times import WrongTime


def read_record(make: Callable[[Entity], Post], record: Entity, position: str) -> Post | Reject:
    """What `make` gives, which raises WrongRecord or WrongTime with the reason."""
    try:
        post = make(record)
        _check_storable(post)
    except (WrongRecord, WrongTime) as error:
        return Reject(position, str(error), _excerpt(record))
    return post


def _excerpt(record: Entity) -> str:
    """The beginning of a record; empty where it holds a number that Python does not write."""
    try:
        return json_excerpt(record)
    except ValueError:
        return ""


def epoch_moment(said: Entity, name: str) -> Moment:
    """Seconds since 1970, as number or text; 0 is how tools write that none is known. Raises WrongRecord."""
    value = said.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise WrongRecord(f"{name}: seconds since 1970 are needed, not {_shown(value)}")
    try:
        return Moment(datetime.fromtimestamp(value, UTC))
    except (OverflowError, ValueError, OSError) as error:
        raise WrongRecord(f"{name}: {_shown(value)} lies outside the calendar") from error


def _shown(value: object) -> str:
    return repr(value[:40]) if isinstance(value, str) else type(value).__name__


def id_text(said: Entity, *names: str) -> str | None:
    """The first of these fields that holds an id, as text: 64-bit ids are written as numbers, too."""
    for name in names:
        value = said.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**40:
            return str(value)
        if isinstance(value, str) and value and value.isprintable() and not any(map(str.isspace, value)):
            return value
    return None


def needed_id(said: Entity, *names: str) -> str:
    """As `id_text`. Raises WrongRecord where none holds one."""
    found = id_text(said, *names)
    if found is None:
        raise WrongRecord(f"no {' or '.join(names)}")
    return found


def _check_storable(post: Post) -> None:
    """Raises WrongRecord for a NUL byte, which no database takes."""
    for field in fields(post):
        value = getattr(post, field.name)
        if isinstance(value, str) and "\0" in value:
            raise WrongRecord(f"{field.name}: holds a NUL byte")
