"""Which record format reads a source's records, and what it makes of each."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from archive.contract import (
    Accompanied,
    Choices,
    Layout,
    LeftOut,
    Post,
    RecordFormat,
    Reject,
    Source,
    UnreadableSource,
    Unrecognised,
    platform_key,
)
from archive.importers.layouts import WrongRecord
from archive.storable import storable_text
from archive.times import WrongTime, zone_for

Record = Mapping[str, Any]
Table = Mapping[str, RecordFormat]

CARRIED = tuple(
    sorted(
        {one.name for one in fields(Choices)} & {one.name for one in fields(Layout)} - {"columns", "record"}
    )
)
"""What a layout takes over of the choices."""

SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
"""How a record is written that may hold such."""


def choose_format(source: Source, records: Sequence[Record], choices: Choices, table: Table) -> Layout | None:
    """The layout for the format of which most of these records are; None where there is none.

    Columns that the user names go before what is recognised. Raises UnreadableSource where the format that
    the user names is not this one.
    """
    found = _named(source, records, choices, table) if choices.record else _recognise(records, choices, table)
    if found is None:
        return None
    known = found.complete(choices, source.beside if isinstance(source, Accompanied) else Alone())
    if known.time_zone:
        zone_for(known.time_zone)
    said = {name: getattr(known, name) for name in CARRIED}
    platform = platform_key(known.platform) if known.platform else None
    return Layout(**{**said, "record": found.name, "platform": platform})


class Alone:
    """No file beside a source."""

    def find(self, name: str) -> Source | None:
        """None."""
        return None


def _recognise(records: Sequence[Record], choices: Choices, table: Table) -> RecordFormat | None:
    if choices.columns or choices.preset:
        return None
    return next((one for one in table.values() if _is_of(one, records)), None)


def _named(source: Source, records: Sequence[Record], choices: Choices, table: Table) -> RecordFormat:
    name = choices.record or ""
    if name not in table:
        raise Unrecognised(f"{source.name}: a file of this kind holds no {name}: leave --format out")
    if not _is_of(table[name], records):
        other = _recognise(records, choices, table)
        hint = f"it looks like {_plain(other.name)}" if other else "its first records are no such ones"
        raise Unrecognised(f"{source.name} is not {name}: {hint}: leave --format out, or name another")
    return table[name]


def _is_of(one: RecordFormat, records: Sequence[Record]) -> bool:
    return 2 * sum(map(one.recognises, records)) > len(records)


def format_called(name: str, table: Table) -> RecordFormat:
    """The format that a layout names, whatever its version: another one reads the same records better.

    Raises UnreadableSource where this release has none.
    """
    for one in table.values():
        if _plain(one.name) == _plain(name):
            return one
    raise UnreadableSource(f"this release of Hustings reads no records {name!r}: use the one that kept them")


def _plain(name: str) -> str:
    """A name without its version."""
    return name.rpartition("-")[0]


def records_of(
    record: Record, layout: Layout, position: str, table: Table, *, suspect: bool = False
) -> Iterator[Post | Reject | LeftOut]:
    """What one record holds, each rejection at a position of its own. `suspect`: see SUSPECT."""
    reader = format_called(layout.record or "", table)
    rejected = 0
    try:
        for found in reader.posts(_storable(record) if suspect else record, layout, position):
            if isinstance(found, Reject):
                rejected += 1
                yield found if rejected == 1 else replace(found, position=f"{found.position} ({rejected})")
            else:
                yield found
    except (WrongRecord, WrongTime) as error:
        yield Reject(position=position, reason=str(error))


def _storable(value: Any) -> Any:
    """A value with its texts as databases store them."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict):
        return {_storable(key): _storable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_storable(inner) for inner in value]
    return value
