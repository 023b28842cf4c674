"""Pages without the posts that are forgotten: one way for each form in which posts are written. Pure.

Whatever a cut leaves is read again before it is kept (archive.erasure.pages): a way that fails here costs
the page, never the promise.
"""

import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from archive.contract import Layout, Page
from archive.erasure.gone import OnPage
from archive.erasure.json_pruning import DROP, pruned
from archive.importers.csv_rows import csv_rows
from archive.importers.json_cutting import BETWEEN, DECODER, ESCAPED, plain


class CannotCut(Exception):
    """A page is not cut this way; the message says why."""


@dataclass(frozen=True, slots=True)
class ToCut:
    """A page, and what is to go from it."""

    page: Page
    layout: Layout | None
    """How its file is read; None for what a platform served."""
    gone: OnPage
    positions: frozenset[str]
    """Places of the posts that are forgotten, as its reader gives them: `line 17`, `item 3`."""


Cutter = Callable[[ToCut], bytes]


def cut(wanted: ToCut, stem: str) -> bytes:
    """The bytes of a page without what is forgotten; none where that was all of it.

    `stem`: name of the page's reader, without its version. Raises CannotCut.
    """
    return CUTTERS.get(stem, cut_served)(wanted)


def cut_served(wanted: ToCut) -> bytes:
    """What a platform served: JSON, or else markup."""
    try:
        value = json.loads(wanted.page.body)
    except (ValueError, RecursionError):
        return cut_markup(wanted)
    left = pruned(value, wanted.gone)
    if left is DROP:
        return b""
    return wanted.page.body if left == value else _written(left)


def cut_lines(wanted: ToCut) -> bytes:
    """NDJSON: a line stays where it was, empty."""
    lines = wanted.page.body.split(b"\n")
    return b"\n".join(_cut_line(line, wanted.gone) for line in lines)


def _cut_line(line: bytes, gone: OnPage) -> bytes:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return line
    left = pruned(value, gone)
    return b"" if left is DROP else line if left == value else _written(left)


def cut_values(wanted: ToCut) -> bytes:
    """A piece of a JSON document: its records stay on their lines."""
    layout, page = wanted.layout, wanted.page
    if layout is not None and layout.array is not None and page.number == 0:
        return page.body  # what stands before the first record
    text, at, kept = page.body.decode("utf-8", ESCAPED), 0, []
    while True:
        between = BETWEEN.match(text, at)
        start = between.end() if between else at
        kept.append(text[at:start])
        if start == len(text) or text[start] == "]":
            return plain("".join([*kept, text[start:]]))
        try:
            value, at = DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            return plain("".join([*kept, text[start:]]))
        left = pruned(value, wanted.gone)
        written = text[start:at]
        kept.append(written if left == value else _on_its_lines(left, written))


def _on_its_lines(left: Any, written: str) -> str:
    return ("" if left is DROP else _written(left).decode()) + "\n" * written.count("\n")


def cut_rows(wanted: ToCut) -> bytes:
    """CSV: a row's lines stay, empty."""
    layout, page = wanted.layout, wanted.page
    if layout is None:
        raise CannotCut("a CSV without its layout")
    line, kept = page.first_line, []
    for row in csv_rows(io.BytesIO(page.body), layout.delimiter):
        breaks = row.body.count(b"\n")
        kept.append(b"\n" * breaks if f"line {line}" in wanted.positions else row.body)
        line += breaks
    return b"".join(kept)


ELEMENTS = (
    re.compile(rb"<(item|entry)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE),
    re.compile(rb"<(div)\b[^>]*\bclass=\"[^\"]*\btgme_widget_message_wrap\b[^>]*>", re.IGNORECASE),
)
"""How a feed's entries begin and end, and how a message of Telegram's preview begins."""

_DIV = re.compile(rb"<(/?)div\b[^>]*>", re.IGNORECASE)


def cut_markup(wanted: ToCut) -> bytes:
    """A feed, or a preview of Telegram: its n-th element goes where `item n` is forgotten."""
    body = wanted.page.body
    if not wanted.positions:
        return body
    spans = [(one.start(), one.end()) for one in ELEMENTS[0].finditer(body)]
    spans = spans or [(one.start(), _div_end(body, one.end())) for one in ELEMENTS[1].finditer(body)]
    named = {f"item {number}": span for number, span in enumerate(spans, start=1)}
    if not wanted.positions <= named.keys():
        raise CannotCut("its elements are not the ones that its reader counts")
    kept, at = [], 0
    for start, end in sorted(named[one] for one in wanted.positions):
        kept.append(body[at:start])
        at = end
    return b"".join([*kept, body[at:]])


def _div_end(body: bytes, at: int) -> int:
    """Behind the end of the div that was opened before. Raises CannotCut where it has none."""
    depth = 1
    for mark in _DIV.finditer(body, at):
        depth += -1 if mark[1] else 1
        if depth == 0:
            return mark.end()
    raise CannotCut("an element is not closed")


def cut_nothing(wanted: ToCut) -> bytes:
    """What is checked against hashes of its own, or is read by its place: it stays as it is, or goes."""
    if wanted.positions:
        raise CannotCut("parts cannot be taken out of it")
    return wanted.page.body


CUTTERS: Mapping[str, Cutter] = {
    "ndjson": cut_lines,
    "json": cut_values,
    "csv": cut_rows,
    "bluesky-car": cut_nothing,
    "warc": cut_nothing,
    "article": cut_nothing,
}
"""Reader, without its version -> how its pages are cut. All others are what platforms served."""


def _written(value: Any) -> bytes:
    # Half of a surrogate pair, which JSON may escape, is written escaped again.
    return json.dumps(value, separators=(",", ":")).encode()
