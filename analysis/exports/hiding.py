"""What an export leaves out or hides: dehydrated without words, pseudonymised without names."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from hashlib import sha256
from operator import attrgetter
from typing import Any

from analysis.exports.errors import BadKey
from analysis.exports.rows import Row
from analysis.exports.tables import TABLES, Column, classes, columns_of
from analysis.exports.units import Actor, Made
from db.errors import Refusal

KEY_BYTES = 32
"""Least length of a key for pseudonyms: as many as its hash has (RFC 2104)."""

DIGITS = 32
"""Hexadecimal digits of a pseudonym: 128 bits, so that two never fall together."""

DEHYDRATED, PSEUDONYMISED = "dehydrated", "pseudonymised"
KEEP, LEAVE_OUT = "keep", "leave_out"

WITH_TEXTS = ("text",)
"""Classes that a pseudonymised export keeps where texts are asked for."""

FEED = "feed"
"""The platform whose ids are addresses that hold the words of headlines."""

Transform = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Hiding:
    """What is hidden, and by which key. Both modes at once hide what either hides."""

    dehydrated: bool = False
    key: bytes | None = field(default=None, repr=False)
    """For pseudonyms; None: none are made."""
    with_texts: bool = False

    def __post_init__(self) -> None:
        """Refuse a key that could be guessed, and texts where they are to be left out."""
        if self.key is not None and len(self.key) < KEY_BYTES:
            raise BadKey(f"the key for pseudonyms has {len(self.key)} bytes: it needs {KEY_BYTES} or more")
        if self.with_texts and self.dehydrated:
            raise Refusal("a dehydrated export has no texts: leave one of the two options out")

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes in force, as `classes.csv` names them."""
        wanted = ((DEHYDRATED, self.dehydrated), (PSEUDONYMISED, self.key is not None))
        return tuple(mode for mode, is_on in wanted if is_on)

    def rules_for(self, column: Column) -> tuple[str, ...]:
        """What becomes of a column, one rule a mode."""
        rules = [classes()[column.kind][mode] for mode in self.modes]
        if self.with_texts and column.kind in WITH_TEXTS:
            rules = []
        return tuple(rule for rule in rules if rule != KEEP)

    def keeps(self, column: Column) -> bool:
        """Whether the export has the column."""
        return LEAVE_OUT not in self.rules_for(column)

    def pseudonym(self, domain: str, value: str) -> str:
        """The same for the same value and key, in whatever table and export (HMAC-SHA256)."""
        assert self.key is not None  # only then a rule asks for it
        made = hmac.new(self.key, f"{domain}\x00{value}".encode("utf-8", "surrogatepass"), sha256)
        return f"{domain}-{made.hexdigest()[:DIGITS]}"


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of a table that an export has, and how a row's values are taken."""

    table: str
    columns: tuple[Column, ...]
    values: Callable[[Row], Sequence[Any]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def primary(self) -> tuple[str, ...]:
        """The columns that identify a row; () where one of them is left out."""
        keys = TABLES[self.table].primary
        return keys if set(keys) <= set(self.names) else ()


def shape_of(table: str, hiding: Hiding) -> Shape:
    """How a table is exported under what is hidden."""
    columns = tuple(column for column in columns_of(table) if hiding.keeps(column))
    transforms = {
        place: made
        for place, column in enumerate(columns)
        if (made := _transform(column, hiding)) is not None
    }
    return Shape(table, columns, _taker([column.name for column in columns], transforms))


def _taker(names: Sequence[str], transforms: Mapping[int, Transform]) -> Callable[[Row], Sequence[Any]]:
    take = attrgetter(*names)

    def values(row: Row) -> Sequence[Any]:
        taken = list(take(row))
        for place, transform in transforms.items():
            if taken[place] is not None:
                taken[place] = transform(taken[place])
        return taken

    return values


def _transform(column: Column, hiding: Hiding) -> Transform | None:
    rules = hiding.rules_for(column)
    if column.kind == "actor":
        return lambda value: _actor(value, rules, hiding)
    if not rules:
        return None
    if "hash" in rules:
        return lambda value: _hashed(value, column.kind, hiding)
    [rule] = rules
    return PLAIN[rule]


def _hashed(value: Any, domain: str, hiding: Hiding) -> Any:
    if isinstance(value, tuple):
        return tuple(hiding.pseudonym(domain, one) for one in value)
    return hiding.pseudonym(domain, value)


def _actor(actor: Actor, rules: Sequence[str], hiding: Hiding) -> str:
    """A person by the pseudonym that it has in every table; a party as it is; a name by a hash."""
    if actor.made_of is Made.PARTY or not rules:
        return actor.key
    if "hash" in rules:
        return hiding.pseudonym(actor.made_of, actor.key)
    return actor.key if actor.made_of is Made.PERSON else f"name-{_sha(actor.key)}"


def _day(value: datetime) -> datetime:
    return datetime.combine(value.astimezone(UTC).date(), time(), UTC)


def _address(value: str) -> str:
    """An id of a feed by a hash of it; every other as it is."""
    platform, _, rest = value.partition(":")
    return f"{FEED}:sha256-{_sha(rest)}" if platform == FEED else value


PLAIN: dict[str, Transform] = {"day": _day, "address": _address}
"""Rule that needs no key -> what it makes of a value."""


def _sha(value: str) -> str:
    return sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]
