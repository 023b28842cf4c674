"""JSON documents cut between their records: decoded over a window, never whole; together the file's bytes.

A document is one array, an object with an array of records under a known key, either behind a script's
`name =`, or values one after another. Bytes that are not UTF-8 are carried along, so that a broken text
costs its own record only.
"""

import codecs
import json
import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from archive.importers.files import RECORD_BYTES, Cut

ARRAY_KEYS = (
    *("orderedItems", "items", "data", "tweets", "posts", "statuses", "toots", "messages", "results"),
    *("records", "entries", "statements"),
)
"""Keys of a document under which its records may stand, where the document is no record itself."""

BLOCK = 1 << 20
"""Bytes that are read at a time."""

ESCAPED = "surrogateescape"
"""How bytes that are not UTF-8 are carried in a text, and back into bytes."""

DECODER = json.JSONDecoder()
BETWEEN = re.compile(r"[\ufeff \t\r\n,]*")
"""What may stand between two records. Also a comma too many."""

_SPACE = re.compile(r"[\ufeff\s]*")
_SCRIPT = re.compile(r"(?:(?:var|let|const)\s+)?[A-Za-z_$][\w$.\[\]\"']{0,199}\s*=\s*")
"""What makes a script of a document, such as `window.YTD.tweets.part0 = `."""
_FIRST_KEY = re.compile(r'\{\s*("[^"\\]*+(?:\\.[^"\\]*+)*+")\s*:')
_MARK = re.compile(r'["{}\[\]]')
_STRING_END = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a document's records begin."""

    end: int
    """Characters before the first record, the bracket among them."""
    array: str
    """The key under which they stand; `` for the document itself."""


def find_array(text: str) -> Beginning | None:
    """The array of records of the document that begins with this text; None where there is none."""
    at = _after(_SPACE, text, 0)
    at = _after(_SCRIPT, text, at)
    if text[at : at + 1] == "[":
        return Beginning(at + 1, "")
    if text[at : at + 1] != "{":
        return None
    return _find_key(text, at + 1)


def _find_key(text: str, at: int) -> Beginning | None:
    """Go through an object's keys, as far as the text goes."""
    try:
        while True:
            at = _after(BETWEEN, text, at)
            key, at = DECODER.raw_decode(text, at)
            at = _after(_SPACE, text, at)
            if not isinstance(key, str) or text[at : at + 1] != ":":
                return None
            at = _after(_SPACE, text, at + 1)
            if key in ARRAY_KEYS and text[at : at + 1] == "[" and text[_after(_SPACE, text, at + 1)] in "{]":
                return Beginning(at + 1, key)
            _, at = DECODER.raw_decode(text, at)
    except (ValueError, IndexError, RecursionError):
        return None


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


class Window:
    """The part of a file that is held: some characters, of which those before `drop` are let go."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")(ESCAPED)
        self.text = ""
        self.ended = False

    def more(self, drop: int) -> None:
        """Let go of what stands before a place, and read some more behind."""
        block = self._file.read(BLOCK)
        self.ended = not block
        self.text = self.text[drop:] + self._decoder.decode(block, final=self.ended)


def plain(text: str) -> bytes:
    """The bytes that a text was read from."""
    return text.encode("utf-8", ESCAPED)


def beginning_of(window: Window, is_record: Callable[[Any], bool]) -> Beginning | None:
    """Where the records begin of the document at whose start the window is; None: it is values.

    An object that is a record itself, such as the page of an API's answer, is not taken apart.
    """
    window.more(0)
    start = _after(_SPACE, window.text, 0)
    if window.text[start : start + 1] == "{":
        while not window.ended and len(window.text) < RECORD_BYTES:
            window.more(0)
        end = _end_of(window.text, start)
        if end is not None and end - start <= RECORD_BYTES and is_record(json.loads(window.text[start:end])):
            return None
    return find_array(window.text)


def cut_document(file: BinaryIO, is_record: Callable[[Any], bool]) -> Iterator[tuple[bytes, Cut]]:
    """A document's bytes: what stands before the first record, then each with what parts it from the last.

    What cannot be decoded stands on a page of its own, up to the next record that can. Where an array is
    not closed, a last page holds no record and no bracket.
    """
    window = Window(file)
    found = beginning_of(window, is_record)
    if found is None:
        yield from cut_values(window, 0, closed=False)
        return
    yield plain(window.text[: found.end]), Cut.ALONE
    yield from cut_values(window, found.end, closed=True)


def cut_values(window: Window, at: int, *, closed: bool) -> Iterator[tuple[bytes, Cut]]:
    """Values one after another from a place on; `closed`: up to the bracket that ends their array."""
    key: str | None = None
    while True:
        start = _after(BETWEEN, window.text, at)
        if start - at > RECORD_BYTES:  # a desert of spaces
            yield plain(window.text[at:start]), Cut.FURTHER_PIECE
            at = start
        if closed and window.text[start : start + 1] == "]":
            yield from _tail(window, at)
            return
        end = _end_of(window.text, start)
        if end is not None and (end < len(window.text) or window.ended) and end - start <= RECORD_BYTES:
            key = key or _first_key(window.text, start)
            yield plain(window.text[at:end]), Cut.WHOLE
            at = end
        elif not window.ended and len(window.text) - start < 2 * RECORD_BYTES:
            window.more(at)
            at = 0
        elif start == len(window.text):
            yield plain(window.text[at:]), Cut.ALONE if closed else Cut.FURTHER_PIECE
            return
        elif (yield from _skip(window, at, end or _next_record(window.text, start, key), key)):
            return
        else:
            at = 0


def _end_of(text: str, start: int) -> int | None:
    """Where the value ends that begins here; None where it is broken, or not all there."""
    try:
        return DECODER.raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return None


def _first_key(text: str, start: int) -> str | None:
    """The first key of an object, quoted: by it the beginning of a record is known again."""
    found = _FIRST_KEY.match(text, start)
    return found[1] if found else None


def _skip(
    window: Window, at: int, end: int | None, key: str | None
) -> Generator[tuple[bytes, Cut], None, bool]:
    """The bytes up to `end`, of a record that is broken or too long; None: up to where one begins again.

    Returns whether the file ended without one.
    """
    cut = Cut.ALONE if end is not None and end - at <= RECORD_BYTES else Cut.FIRST_PIECE
    while end is None and not window.ended:
        yield plain(window.text[at : at + RECORD_BYTES]), cut
        cut = Cut.FURTHER_PIECE
        window.more(at + RECORD_BYTES)
        at = 0
        while not window.ended and len(window.text) < 2 * RECORD_BYTES:
            window.more(0)
        end = _candidate(window.text, 0, key)
    gone = end is None
    end = len(window.text) if end is None else end
    if cut is Cut.FIRST_PIECE and end - at <= RECORD_BYTES:
        cut = Cut.ALONE
    for place in range(at, end, RECORD_BYTES):
        yield plain(window.text[place : min(end, place + RECORD_BYTES)]), cut
        cut = Cut.FURTHER_PIECE
    window.text = window.text[end:]
    return gone


def _next_record(text: str, start: int, key: str | None) -> int | None:
    """Where a broken record ends: where its brackets are even, or else where another one seems to begin."""
    end = _even(text, start) if text[start] in "{[" else None
    if end is not None and _goes_on(text, end):
        return end
    return _candidate(text, start + 1, key)


def _even(text: str, start: int) -> int | None:
    """Where as many brackets are closed as were opened."""
    depth, at = 0, start
    while mark := _MARK.search(text, at):
        at = mark.end()
        if mark[0] == '"':
            string = _STRING_END.match(text, at)
            if string is None:
                return None
            at = string.end()
            continue
        depth += 1 if mark[0] in "{[" else -1
        if depth <= 0:
            return at
    return None


def _goes_on(text: str, at: int) -> bool:
    """Whether the array goes on here with a whole record, or ends."""
    following = _after(BETWEEN, text, at)
    if text[following : following + 1] == "]":
        return True
    return text[following : following + 1] == "{" and _end_of(text, following) is not None


def _candidate(text: str, start: int, key: str | None) -> int | None:
    """The place before an object that is whole and begins with the same key as the records before."""
    begins = re.compile(r"(?<=[,}])\s*(?=\{\s*" + (re.escape(key) + r"\s*:)" if key else '")'))
    for found in begins.finditer(text, start):
        if _end_of(text, found.end()) is not None:
            return found.start()
    return None


def _tail(window: Window, at: int) -> Iterator[tuple[bytes, Cut]]:
    """The bracket that ends the array, and what follows it."""
    while not window.ended and len(window.text) - at <= RECORD_BYTES:
        window.more(at)
        at = 0
    cut = Cut.WHOLE if window.ended else Cut.FIRST_PIECE
    while True:
        yield plain(window.text[at:]), cut
        if window.ended:
            return
        cut = Cut.FURTHER_PIECE
        window.more(len(window.text))
        at = 0
