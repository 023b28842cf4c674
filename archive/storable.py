"""Texts as every database stores them."""

import re
from dataclasses import Field, fields, replace
from typing import Any, ClassVar, Protocol, TypeVar, cast

from archive.contract import Post

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""NUL, which PostgreSQL refuses, and halves of surrogate pairs, which are no Unicode text."""

REPLACED = "\N{REPLACEMENT CHARACTER}"


class Told(Protocol):
    """A frozen dataclass: what a platform told."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Kind = TypeVar("Kind", bound=Told)


def storable_text(text: str) -> str:
    """A text without characters that no database takes: each is replaced by U+FFFD."""
    return UNSTORABLE.sub(REPLACED, text)


def storable(told: Kind) -> Kind:
    """What a platform told with all its texts storable; the same object where they are."""
    changed: dict[str, Any] = {}
    for field in fields(told):
        value = getattr(told, field.name)
        if isinstance(value, str) and UNSTORABLE.search(value):
            changed[field.name] = storable_text(value)
    if isinstance(told, Post) and told.versions:
        changed["versions"] = tuple(map(storable, told.versions))
    return cast(Kind, replace(cast(Any, told), **changed)) if changed else told
