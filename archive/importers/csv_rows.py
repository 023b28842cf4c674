"""Posts as CSV: one row a post, columns named by a header."""

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from archive.contract import Choices, Layout, Page, Post, Reject, UnreadableSource
from archive.importers.files import Cut, check_text, cut_pages, excerpt, lines_of, oversized
from archive.importers.layouts import WrongRecord, check_times, layout_for, make_post
from archive.times import WrongTime

DELIMITERS = ",;\t|"

SPAN_LINES = 500
"""Lines that one record may span. A quotation mark that is open for longer was never closed."""

SPAN_BYTES = 1 << 17
"""Bytes that a record of several lines may have: with SPAN_LINES, the most that is read twice for a line."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a CSV file as written: its bytes, and its fields or what is wrong with it."""

    body: bytes
    fields: tuple[str, ...] = ()
    wrong: str | None = None


def csv_rows(lines: Iterable[bytes], delimiter: str) -> Iterator[Row]:
    """Records of CSV lines, each with the lines that it spans.

    A quotation mark that is never closed costs its own line only: reading goes on with the next.
    """
    waiting: deque[bytes] = deque()
    source = iter(lines)
    while True:
        used: list[bytes] = []

        def feed(used: list[bytes] = used) -> Iterator[str]:
            size = 0
            for line in _rest(waiting, source):
                size = size + len(line) if used else len(line)
                used.append(line)
                if len(used) > SPAN_LINES or (len(used) > 1 and size > SPAN_BYTES):
                    raise csv.Error(f"a quotation mark is not closed within {len(used) - 1} lines")
                yield line.decode("utf-8")

        reader = csv.reader(feed(), delimiter=delimiter, strict=True)
        try:
            for fields in reader:
                yield Row(b"".join(used), tuple(fields))
                used.clear()
            return
        except csv.Error as error:
            yield Row(used[0], wrong=f"not CSV: {error}")
            waiting.extendleft(reversed(used[1:]))


def _rest(waiting: deque[bytes], source: Iterator[bytes]) -> Iterator[bytes]:
    """First what was read too far, then what was not read yet."""
    while waiting:
        yield waiting.popleft()
    # `yield from` would close the source together with this generator.
    for line in source:  # noqa: UP028
        yield line


class CsvImporter:
    """CSV with a header; the delimiter is found from it."""

    name = "csv-1"
    media_type = "text/csv"

    def plan(self, path: Path, choices: Choices) -> Layout:
        check_text(path)
        header, delimiter = _header_of(path)
        layout = replace(layout_for(str(path), header, choices), delimiter=delimiter)
        rows = (row for page in self.read(path) if not page.oversized for row in _numbered(page, layout))
        check_times(str(path), "column", layout, rows, _post)
        return layout

    def read(self, path: Path) -> Iterator[Page]:
        _, delimiter = _header_of(path)
        return cut_pages(path, self.media_type, _records(path, delimiter))

    def parse(self, page: Page, layout: Layout) -> Iterator[Post | Reject]:
        if page.oversized:
            yield from oversized(page)
            return
        for line, row in _numbered(page, layout):
            try:
                yield _post(row, layout, line)
            except (WrongRecord, WrongTime) as error:
                yield Reject(position=f"line {line}", reason=str(error), excerpt=excerpt(row.body))


def _records(path: Path, delimiter: str) -> Iterator[tuple[bytes, Cut]]:
    """The bytes of each record in order; an oversized line in its pieces."""
    lines = lines_of(path)
    piece: list[tuple[bytes, Cut]] = []

    def whole_lines() -> Iterator[bytes]:
        for line, cut in lines:
            if cut is not Cut.WHOLE:
                piece.append((line, cut))
                return
            yield line

    while True:
        for row in csv_rows(whole_lines(), delimiter):
            yield row.body, Cut.WHOLE
        if not piece:
            return
        yield piece.pop()


def _numbered(page: Page, layout: Layout) -> Iterator[tuple[int, Row]]:
    """The rows of a page below the header, each with the line on which it begins."""
    line = page.first_line
    for row in csv_rows(io.BytesIO(page.body), layout.delimiter):
        is_header = page.number == 0 and line == page.first_line
        if not is_header and (row.fields or row.wrong):
            yield line, row
        line += row.body.count(b"\n")


def _post(row: Row, layout: Layout, line: int) -> Post:
    if row.wrong:
        raise WrongRecord(row.wrong)
    if b"\0" in row.body:
        raise WrongRecord("the row holds a NUL byte")
    if len(row.fields) != len(layout.header):
        raise WrongRecord(f"{len(row.fields)} fields, but the header has {len(layout.header)}")
    values = dict(zip(layout.header, row.fields, strict=True))
    return make_post(layout, lambda field: values.get(layout.columns.get(field, "")) or None, f"line {line}")


def _header_of(path: Path) -> tuple[tuple[str, ...], str]:
    """The columns and the delimiter. Raises UnreadableSource where the first line is no header."""
    first, cut = next(lines_of(path), (b"", Cut.WHOLE))
    if not first.strip():
        raise UnreadableSource(f"{path} is empty" if not first else f"{path}: line 1 is no header but blank")
    if cut is not Cut.WHOLE or b"\0" in first or first.lstrip().startswith((b"{", b"[", b"<")):
        raise UnreadableSource(f"{path} is not a CSV: its first line is no header")
    text = first.decode("utf-8-sig")
    delimiter = max(DELIMITERS, key=text.count)
    row = next(csv_rows([text.encode()], delimiter))
    header = tuple(name.strip() for name in row.fields)
    if row.wrong or len(header) < 2:
        raise UnreadableSource(f"{path} is not a CSV: its first line is no header of columns")
    if doubled := [name for name in header if header.count(name) > 1]:
        raise UnreadableSource(f"{path}: line 1: two columns are named {doubled[0]!r}")
    return header, delimiter
