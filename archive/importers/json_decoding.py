"""JSON, decoded fast: where records are read by columns, only what a column names becomes objects.

Building objects of everything takes most of the time of an import whose records carry a platform's whole
answer. What is not plain at a glance is left to the one that looks closely (`json_records`).
"""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from archive.contract import Layout, Post
from archive.importers.files import is_utf8
from archive.importers.layouts import WrongRecord, make_post
from archive.times import WrongTime

NUL = rb"\u0000"
"""How a NUL stands in a record; halves of surrogate pairs, the decoder refuses."""


def decode_json(text: str) -> Any:
    """What a JSON text says, as `json.loads` has it. Raises ValueError, RecursionError."""
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return json.loads(text)  # it takes NaN, numbers beyond a float, halves of surrogate pairs


class QuickColumns:
    """Reads records of one layout; the same layout for a whole page."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._fields = tuple(layout.columns)
        self._decoder = _decoder_for(layout) if layout.record is None else None

    def reads(self, page: bytes) -> bool:
        """Whether the records of a page may be read: the decoder looks at the columns only."""
        return self._decoder is not None and b"\0" not in page and is_utf8(page)

    def read(self, body: bytes, position: str) -> Post | None:
        """The post of one record of a page that may be read, as the one that looks closely would have it.

        None: that one is needed.
        """
        if self._decoder is None or NUL in body:
            return None
        try:
            said = _texts(self._decoder.decode(body), self._fields)
            return None if said is None else make_post(self._layout, said.get, position)
        except (ValueError, RecursionError, WrongRecord, WrongTime):
            return None


def _decoder_for(layout: Layout) -> "msgspec.json.Decoder[Any] | None":
    """What decodes the layout's columns; None where one is a path, or stands for two fields."""
    columns = [*layout.columns.values()]
    if any("." in column for column in columns) or len({*columns}) < len(columns):
        return None
    names = [f"c{place}" for place in range(len(columns))]
    record = msgspec.defstruct(
        "Record", [(name, Any, None) for name in names], rename=dict(zip(names, columns, strict=True))
    )
    return msgspec.json.Decoder(record)


def _texts(record: msgspec.Struct, fields: tuple[str, ...]) -> Mapping[str, str] | None:
    """Field -> text, of those that have one; None where a value is neither text nor whole number."""
    said = {}
    for field, value in zip(fields, msgspec.structs.astuple(record), strict=True):
        kind = type(value)
        if kind is str:
            if value:
                said[field] = value
        elif kind is int:
            said[field] = str(value)
        elif value is not None:
            return None
    return said
