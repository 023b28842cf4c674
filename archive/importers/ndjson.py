"""Posts as NDJSON: one JSON object a line."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from archive.contract import Choices, Layout, Page, Post, Reject, UnreadableSource
from archive.importers.files import Cut, check_text, cut_pages, excerpt, lines_of, oversized
from archive.importers.layouts import LOOKED_AT, WrongRecord, check_times, layout_for, make_post
from archive.times import WrongTime


class NdjsonImporter:
    """NDJSON, columns named by their key (`user.screen_name` for nested ones)."""

    name = "ndjson-1"
    media_type = "application/x-ndjson"

    def plan(self, path: Path, choices: Choices) -> Layout:
        check_text(path)
        objects = list(_first_objects(path))
        if not objects:
            raise UnreadableSource(f"{path}: no JSON object in its first {LOOKED_AT} lines: is it NDJSON?")
        keys = dict.fromkeys(key for _, entry in objects for key in entry)
        layout = layout_for(str(path), keys, choices)
        check_times(str(path), "key", layout, objects, _post)
        return layout

    def read(self, path: Path) -> Iterator[Page]:
        return cut_pages(path, self.media_type, lines_of(path))

    def parse(self, page: Page, layout: Layout) -> Iterator[Post | Reject]:
        if page.oversized:
            yield from oversized(page)
            return
        for line, body in enumerate(page.body.split(b"\n"), start=page.first_line):
            if not body.strip():
                continue
            try:
                yield _post(parse_object(body), layout, line)
            except (WrongRecord, WrongTime) as error:
                yield Reject(position=f"line {line}", reason=str(error), excerpt=excerpt(body))


def parse_object(body: bytes) -> dict[str, Any]:
    """One line's JSON object. Raises WrongRecord for anything else."""
    if b"\0" in body:
        raise WrongRecord("the line holds a NUL byte")
    try:
        entry = json.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        raise WrongRecord(f"not JSON: {error}") from error
    if not isinstance(entry, dict):
        raise WrongRecord(f"not a JSON object but {type(entry).__name__}")
    return entry


def _first_objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    whole = (body for body, cut in lines_of(path) if cut is not Cut.FURTHER_PIECE)
    for line, body in enumerate(islice(whole, LOOKED_AT), start=1):
        try:
            yield line, parse_object(body)
        except WrongRecord:
            continue  # this record alone, when it is read


def _post(entry: dict[str, Any], layout: Layout, line: int) -> Post:
    def value(field: str) -> str | None:
        column = layout.columns.get(field)
        return _text_of(_at(entry, column), field) if column else None

    return make_post(layout, value, f"line {line}")


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
        return _without_surrogates(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise WrongRecord(f"{field}: a text or whole number is needed, not {type(value).__name__}")


def _without_surrogates(value: str) -> str:
    """Halves of surrogate pairs, which JSON may escape but no database stores, become U+FFFD."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
