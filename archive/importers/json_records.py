"""What JSON records become, whatever file they stand in: by their format, else by columns."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from archive.contract import Choices, Layout, LeftOut, Post, Reject, Source, Unrecognised, whole_characters
from archive.importers.choosing import SUSPECT, choose_format, records_of
from archive.importers.files import excerpt
from archive.importers.json_decoding import decode_json
from archive.importers.layouts import WrongRecord, check_times, layout_for, make_post
from archive.importers.records.table import RECORD_FORMATS
from archive.times import WrongTime

Placed = tuple[int, dict[str, Any]]
"""A record, and the line where it begins."""


def plan_records(source: Source, objects: Sequence[Placed], choices: Choices) -> Layout:
    """How records are read of which these are the first. Raises UnreadableSource, Unrecognised."""
    found = choose_format(source, [entry for _, entry in objects], choices, RECORD_FORMATS)
    if found is not None:
        return found
    keys = dict.fromkeys(key for _, entry in objects for key in entry)
    layout = layout_for(source.name, keys, choices)
    check_times(source.name, "key", layout, objects, _by_columns)
    return layout


def is_record(entry: Any) -> bool:
    """Whether a value is a record of a format that we know."""
    return isinstance(entry, dict) and any(one.recognises(entry) for one in RECORD_FORMATS.values())


def read_record(body: bytes, layout: Layout, position: str) -> Iterator[Post | Reject | LeftOut]:
    """What one record holds, as written."""
    try:
        text, entry = parse_object(body)
    except WrongRecord as error:
        yield Reject(position=position, reason=str(error), excerpt=excerpt(body))
        return
    yield from read_entry(text, entry, layout, position)


def read_entry(text: str, entry: Any, layout: Layout, position: str) -> Iterator[Post | Reject | LeftOut]:
    """What one record holds: `text` as it is written, `entry` what that says."""
    try:
        if not isinstance(entry, dict):
            raise WrongRecord(f"not a JSON object but {type(entry).__name__}")
        if layout.record is None:
            yield make_post(layout, _lookup(entry, layout), position)
            return
    except (WrongRecord, WrongTime) as error:
        yield Reject(position=position, reason=str(error), excerpt=_beginning(text))
        return
    suspect = SUSPECT.search(text) is not None
    for found in records_of(entry, layout, position, RECORD_FORMATS, suspect=suspect):
        if isinstance(found, Reject) and not found.excerpt:
            found = replace(found, excerpt=_beginning(text))
        yield found


def _beginning(text: str) -> str:
    return excerpt(text[:480].encode())


def parse_object(body: bytes) -> tuple[str, Any]:
    """A line's text, and what it says. Raises WrongRecord for what is no JSON."""
    if b"\0" in body:
        raise WrongRecord("the line holds a NUL byte")
    try:
        text = body.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
        entry = decode_json(text)
    except UnicodeDecodeError as error:
        raise WrongRecord(f"not UTF-8: byte 0x{body[error.start]:02x} at {error.start + 1}") from error
    except (ValueError, RecursionError) as error:
        raise WrongRecord(f"not JSON: {error}") from error
    return text, entry


def nothing_in(source: Source, what: str) -> Unrecognised:
    """That a file has no record in its beginning."""
    return Unrecognised(f"{source.name}: no JSON object in its {what}")


def _by_columns(entry: dict[str, Any], layout: Layout, line: int) -> Post:
    return make_post(layout, _lookup(entry, layout), f"line {line}")


def _lookup(entry: dict[str, Any], layout: Layout) -> Callable[[str], str | None]:
    """The values of one record by our names. Raises WrongRecord for what is no text."""
    columns = layout.columns

    def value(field: str) -> str | None:
        column = columns.get(field)
        return _text_of(_at(entry, column), field) if column else None

    return value


def _at(entry: Any, column: str) -> Any:
    """The value under a key, or under a path of keys joined by dots."""
    if column in entry:
        return entry[column]
    for key in column.split("."):
        if not isinstance(entry, dict) or key not in entry:
            return None
        entry = entry[key]
    return entry


def _text_of(value: Any, field: str) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        if "\0" in value:
            raise WrongRecord(f"{field}: holds a NUL byte")
        return whole_characters(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise WrongRecord(f"{field}: a text or whole number is needed, not {type(value).__name__}")
