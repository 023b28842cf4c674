"""Posts in JSON documents: one long array, of records or under a key; or values one after another."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from archive.contract import Choices, Layout, LeftOut, Page, Post, Reject, Source
from archive.importers.files import (
    LOOKED_AT,
    Cut,
    check_text,
    cut_pages,
    excerpt,
    first_of,
    is_utf8,
    oversized,
)
from archive.importers.json_cutting import (
    BETWEEN,
    DECODER,
    ESCAPED,
    Window,
    beginning_of,
    cut_document,
    plain,
)
from archive.importers.json_records import Placed, is_record, nothing_in, plan_records, read_entry


class JsonImporter:
    """A JSON document, also behind `window.name =`, however its lines are broken."""

    name = "json-1"
    media_type = "application/json"

    def plan(self, source: Source, choices: Choices) -> Layout:
        check_text(source)
        with source.open() as file:
            begins = beginning_of(Window(file), is_record)
        bare = Layout(array=begins.array if begins else None)
        objects = list(first_of(_objects(self.read(source), bare)))
        if not objects:
            raise nothing_in(source, "first records: is it JSON, with an array of posts?")
        layout = plan_records(source, objects, choices)
        return replace(layout, array=bare.array)

    def read(self, source: Source) -> Iterator[Page]:
        return cut_pages(source, self.media_type, _pieces(source))

    def parse(self, page: Page, layout: Layout) -> Iterator[Post | Reject | LeftOut]:
        if page.oversized:
            yield from _oversized(page)
            return
        for element in elements_of(page, layout):
            if isinstance(element, Reject):
                yield element
            else:
                yield from read_entry(element.text, element.entry, layout, element.position)


def _pieces(source: Source) -> Iterator[tuple[bytes, Cut]]:
    with source.open() as file:
        yield from cut_document(file, is_record)


@dataclass(frozen=True, slots=True)
class Element:
    """One record as written."""

    text: str
    entry: Any
    line: int
    position: str
    """Its line; where several begin on one, also its number on its page."""


def elements_of(page: Page, layout: Layout) -> Iterator[Element | Reject]:
    """The records of a page. What is broken is a page's last."""
    if layout.array is not None and page.number == 0:
        return  # the beginning of the document
    text, strict = page.body.decode("utf-8", ESCAPED), is_utf8(page.body)
    at, line, number = 0, page.first_line, 0
    while True:
        start = _begin(text, at)
        line += text.count("\n", at, start)
        if start == len(text):
            if number == 0 and layout.array is not None:
                yield Reject(f"line {line}", "the array of records is not closed: the file is cut off here")
            return
        if text[start] == "]" and layout.array is not None:
            yield from _after(text, start, line, layout.array)
            return
        try:
            entry, end = DECODER.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            yield _broken(text, start, line, error)
            return
        number += 1
        alone = "\n" in text[at:start]
        place = f"line {line}" if alone else f"line {line}, record {number} of part {page.number}"
        written = text[start:end]
        if strict or is_utf8(plain(written)):
            yield Element(written, entry, line, place)
        else:
            yield Reject(place, "not UTF-8", excerpt(plain(written)))
        line += text.count("\n", start, end)
        at = end


def _begin(text: str, at: int) -> int:
    found = BETWEEN.match(text, at)
    return found.end() if found else at


def _broken(text: str, start: int, line: int, error: Exception) -> Reject:
    why = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
    return Reject(
        position=f"line {line}",
        reason=f"not JSON ({why}): nothing could be read from here to the next record that is whole, if any",
        excerpt=excerpt(plain(text[start : start + 480])),
    )


def _after(text: str, start: int, line: int, array: str) -> Iterator[Reject]:
    """A rejection where what ends the array does not end the document: then it was another bracket."""
    begins = f'{{"{array}":[' if array else "["
    try:
        json.loads(begins + text[start:].rstrip().removesuffix(";"))
    except (ValueError, RecursionError):
        yield Reject(
            position=f"line {line}",
            reason="what follows the array of records is not JSON: nothing could be read from here on",
            excerpt=excerpt(plain(text[start : start + 480])),
        )


def _oversized(page: Page) -> Iterator[Reject]:
    if page.body.lstrip().startswith(b"]"):
        yield Reject(
            position=f"line {page.first_line}",
            reason="what follows the array of records is too long to be read",
            excerpt=excerpt(page.body),
        )
        return
    yield from oversized(page)


def _objects(pages: Iterator[Page], layout: Layout) -> Iterator[tuple[Placed, int]]:
    """The objects in a document's first pages, each with its size."""
    for page in islice(pages, LOOKED_AT):
        if page.oversized:
            continue
        for element in elements_of(page, layout):
            if isinstance(element, Element) and isinstance(element.entry, dict):
                yield (element.line, element.entry), len(element.text)
