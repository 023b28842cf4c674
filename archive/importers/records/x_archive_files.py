"""The files of X's data archive (`window.YTD.tweets.part0 = [...]`), record by record."""

import codecs
import json
from collections.abc import Iterator
from itertools import count
from typing import Any, BinaryIO

from archive.contract import Companions, Source, UnreadableSource

_BLOCK = 1 << 16
_LONGEST = 1 << 20
"""Characters of the longest record that is read."""
_BEFORE = 1 << 10
"""Characters in which the array must begin."""


def records_in(companions: Companions, *stems: str) -> Iterator[dict[str, Any]]:
    """The records of the archive's files that bear these names (`tweets` for `tweets.js`), all their parts.

    Raises UnreadableSource for a file that is not what X's archive holds.
    """
    for stem in stems:
        for number in count():
            source = _named(companions, f"{stem}-part{number}.js" if number else f"{stem}.js")
            if source is None:
                break
            yield from _records(source)


def _named(companions: Companions, name: str) -> Source | None:
    """The file of exactly that name: `deleted-tweets.js` ends as `tweets.js` does, and is another."""
    source = companions.find(name)
    return source if source is not None and source.plain_name.rpartition("/")[2] == name else None


def _records(source: Source) -> Iterator[dict[str, Any]]:
    with source.open() as file:
        text = _Text(file, source.name)
        text.skip_to_array()
        while (record := text.next_record()) is not None:
            if isinstance(record, dict):
                yield record


class _Text:
    """A file's text, of which only what is being read is held."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name, self._held, self._at = file, name, "", 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._json = json.JSONDecoder()

    def _more(self) -> bool:
        block = self._file.read(_BLOCK)
        self._held = self._held[self._at :] + self._decoder.decode(block, final=not block)
        self._at = 0
        return bool(block)

    def _wrong(self, what: str) -> UnreadableSource:
        return UnreadableSource(f"{self._name}: {what}: is it a file of X's data archive?")

    def skip_to_array(self) -> None:
        while (begins := self._held.find("[")) < 0:
            if len(self._held) > _BEFORE or not self._more():
                raise self._wrong("no array in it")
        self._at = begins + 1

    def next_record(self) -> object | None:
        """The next value of the array; None at its end. What cannot be read ends it with an error."""
        while True:
            while self._at < len(self._held) and self._held[self._at] in " \t\r\n,":
                self._at += 1
            if self._held.startswith("]", self._at):
                return None
            try:
                record, self._at = self._json.raw_decode(self._held, self._at)
            except (ValueError, RecursionError) as error:
                if len(self._held) - self._at > _LONGEST or not self._more():
                    raise self._wrong("it is cut off, or no JSON") from error
            else:
                return record if record is not None else ()
