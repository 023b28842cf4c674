"""Posts as CSV: one row a post, columns named by a header."""

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from archive.contract import Choices, Layout, LeftOut, Page, Post, Reject, Source, Unrecognised
from archive.importers.choosing import choose_format, records_of
from archive.importers.files import Cut, check_text, cut_pages, excerpt, first_of, lines_of, oversized
from archive.importers.layouts import WrongRecord, check_times, layout_for, make_post
from archive.importers.records.table import ROW_FORMATS
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
        foreign: list[bytes] = []

        def feed(used: list[bytes] = used, foreign: list[bytes] = foreign) -> Iterator[str]:
            size = 0
            for line in _rest(waiting, source):
                size = size + len(line) if used else len(line)
                used.append(line)
                if len(used) > SPAN_LINES or (len(used) > 1 and size > SPAN_BYTES):
                    raise csv.Error(f"a quotation mark is not closed within {len(used) - 1} lines")
                yield _decoded(line, foreign)

        reader = csv.reader(feed(), delimiter=delimiter, strict=True)
        try:
            for fields in reader:
                yield Row(b"".join(used), tuple(fields), "not UTF-8" if foreign else None)
                used.clear()
                foreign.clear()
            return
        except csv.Error as error:
            yield Row(used[0], wrong=f"not CSV: {error}")
            waiting.extendleft(reversed(used[1:]))


def _decoded(line: bytes, foreign: list[bytes]) -> str:
    """A line as text; one that is not UTF-8 is noted, and cut like any other."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        foreign.append(line)
        return line.decode("utf-8", "surrogateescape")


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

    def plan(self, source: Source, choices: Choices) -> Layout:
        check_text(source, header=True)
        header, delimiter = _header_of(source)
        bare = Layout(header=header, delimiter=delimiter)
        rows = list(first_of(((line, row), len(row.body)) for line, row in self._rows(source, bare)))
        records = list(_records_in(rows, bare))
        found = choose_format(source, records, choices, ROW_FORMATS) if records or choices.record else None
        if found is not None:
            return replace(found, header=header, delimiter=delimiter)
        layout = replace(layout_for(source.name, header, choices), delimiter=delimiter)
        check_times(source.name, "column", layout, rows, _by_columns)
        return layout

    def read(self, source: Source) -> Iterator[Page]:
        _, delimiter = _header_of(source)
        return cut_pages(source, self.media_type, _records(source, delimiter))

    def parse(self, page: Page, layout: Layout) -> Iterator[Post | Reject | LeftOut]:
        if page.oversized:
            yield from oversized(page)
            return
        for line, row in _numbered(page, layout):
            try:
                if layout.record is None:
                    yield _by_columns(row, layout, line)
                else:
                    yield from _by_format(row, layout, line)
            except (WrongRecord, WrongTime) as error:
                yield Reject(position=f"line {line}", reason=str(error), excerpt=excerpt(row.body))

    def _rows(self, source: Source, layout: Layout) -> Iterator[tuple[int, Row]]:
        for page in self.read(source):
            if not page.oversized:
                yield from _numbered(page, layout)


def _records(source: Source, delimiter: str) -> Iterator[tuple[bytes, Cut]]:
    """The bytes of each record in order; an oversized line in its pieces."""
    lines = lines_of(source)
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


def _records_in(rows: Iterable[tuple[int, Row]], layout: Layout) -> Iterator[dict[str, str | None]]:
    """Those rows that are records."""
    for _, row in rows:
        try:
            yield _checked(row, layout)
        except WrongRecord:
            continue  # this row alone, when it is read


def _checked(row: Row, layout: Layout) -> dict[str, str | None]:
    """A row's fields by column. Raises WrongRecord."""
    if row.wrong:
        raise WrongRecord(row.wrong)
    if b"\0" in row.body:
        raise WrongRecord("the row holds a NUL byte")
    if len(row.fields) != len(layout.header):
        raise WrongRecord(f"{len(row.fields)} fields, but the header has {len(layout.header)}")
    return {name: field or None for name, field in zip(layout.header, row.fields, strict=True)}


def _by_columns(row: Row, layout: Layout, line: int) -> Post:
    values = _checked(row, layout)
    return make_post(layout, lambda field: values.get(layout.columns.get(field, "")), f"line {line}")


def _by_format(row: Row, layout: Layout, line: int) -> Iterator[Post | Reject | LeftOut]:
    for found in records_of(_checked(row, layout), layout, f"line {line}", ROW_FORMATS):
        if isinstance(found, Reject) and not found.excerpt:
            found = replace(found, excerpt=excerpt(row.body))
        yield found


def _header_of(source: Source) -> tuple[tuple[str, ...], str]:
    """The columns and the delimiter. Raises Unrecognised where the first line is no header."""
    first, cut = next(lines_of(source), (b"", Cut.WHOLE))
    name = source.name
    if not first.strip():
        raise Unrecognised(f"{name} is empty" if not first else f"{name}: line 1 is no header but blank")
    if (
        cut is not Cut.WHOLE
        or b"\0" in first
        or first.lstrip(b"\xef\xbb\xbf \t").startswith((b"{", b"[", b"<"))
    ):
        raise Unrecognised(f"{name} is not a CSV: its first line is no header")
    if b"\r" in first.rstrip(b"\r\n"):
        raise Unrecognised(f"{name}: its lines end in CR alone: save it with other line ends")
    header, delimiter, wrong = header_in(first)
    if wrong or len(header) < 2:
        raise Unrecognised(f"{name} is not a CSV: its first line is no header of columns")
    if doubled := [one for one in header if header.count(one) > 1]:
        raise Unrecognised(f"{name}: line 1: two columns are named {doubled[0]!r}")
    return header, delimiter


def header_in(line: bytes) -> tuple[tuple[str, ...], str, str | None]:
    """The columns of a header, their delimiter, and what is wrong with it."""
    text = line.decode("utf-8-sig")
    delimiter = max(DELIMITERS, key=text.count)
    row = next(csv_rows([text.encode()], delimiter))
    return tuple(name.strip() for name in row.fields), delimiter, row.wrong
