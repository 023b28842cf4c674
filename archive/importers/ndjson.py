"""Posts as NDJSON: one JSON object a line."""

from collections.abc import Iterator
from itertools import islice

from archive.contract import Choices, Layout, LeftOut, Page, Post, Reject, Source
from archive.importers.files import LOOKED_AT, Cut, check_text, cut_pages, first_of, lines_of, oversized
from archive.importers.json_decoding import QuickColumns
from archive.importers.json_records import Placed, nothing_in, parse_object, plan_records, read_record
from archive.importers.layouts import WrongRecord


class NdjsonImporter:
    """NDJSON: records of a known format, or columns named by their key (`user.screen_name`: nested)."""

    name = "ndjson-1"
    media_type = "application/x-ndjson"

    def plan(self, source: Source, choices: Choices) -> Layout:
        check_text(source)
        objects = list(first_of(_objects(source)))
        if not objects:
            raise nothing_in(source, f"first {LOOKED_AT} lines: is it NDJSON?")
        return plan_records(source, objects, choices)

    def read(self, source: Source) -> Iterator[Page]:
        return cut_pages(source, self.media_type, lines_of(source))

    def parse(self, page: Page, layout: Layout) -> Iterator[Post | Reject | LeftOut]:
        if page.oversized:
            yield from oversized(page)
            return
        quick = QuickColumns(layout)
        is_plain = quick.reads(page.body)
        for line, body in enumerate(page.body.split(b"\n"), start=page.first_line):
            if is_plain and (post := quick.read(body, f"line {line}")):
                yield post
            elif body.strip():
                yield from read_record(body, layout, f"line {line}")


def _objects(source: Source) -> Iterator[tuple[Placed, int]]:
    """The objects in a source's first lines, each with its size."""
    whole = (body for body, cut in lines_of(source) if cut is not Cut.FURTHER_PIECE)
    for line, body in enumerate(islice(whole, LOOKED_AT), start=1):
        try:
            _, entry = parse_object(body)
        except WrongRecord:
            continue  # this record alone, when it is read
        if isinstance(entry, dict):
            yield (line, entry), len(body)
