"""Records as posts, or as what is wrong with them."""

from typing import Any

from archive.atproto.addresses import RecordAddress, is_key
from archive.atproto.car import decode
from archive.atproto.records import WrongRecord, read_record
from archive.contract import Post, Reject

EXCERPT = 120


def read_block(address: RecordAddress, body: bytes) -> Post | Reject:
    """The record that a repository's block holds."""
    position = f"{address.collection}/{address.key}"
    if not is_key(address.key):
        return Reject(position, "no record can have this key")
    try:
        value = decode(body)
    except (ValueError, RecursionError) as error:
        return Reject(position, f"not DAG-CBOR: {str(error)[:120]}", excerpt(body[:EXCERPT]))
    return read_value(value, address, position)


def read_value(value: Any, address: RecordAddress, position: str) -> Post | Reject:
    """A record that is decoded."""
    try:
        return read_record(value, address, position)
    except WrongRecord as error:
        return Reject(position, str(error), excerpt(value))


def excerpt(value: object) -> str:
    """The beginning of a record, fit to be shown and stored."""
    shown = str(value) if not isinstance(value, dict | list) else _short(value)
    return "".join(c if c.isprintable() else " " for c in shown[:EXCERPT])


def _short(value: dict[str, Any] | list[Any]) -> str:
    """The first few fields only: a record may be as large and as deep as it likes."""
    shown = list(value.items() if isinstance(value, dict) else enumerate(value))[:6]
    return ", ".join(
        f"{key}: {one if isinstance(one, str) else type(one).__name__}"[:EXCERPT] for key, one in shown
    )
