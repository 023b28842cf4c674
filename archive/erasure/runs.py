"""Which runs of bytes must not be left of removed texts, and where they stand. Pure."""

import html
import json
from collections.abc import Iterable, Iterator

RUN = 12
"""Bytes of the shortest run that must not be left."""

STRIDE = 8
"""Every so many bytes are looked at: a run of 12 bytes holds five that begin at one of these places."""

GRAM = RUN - STRIDE + 1

Span = tuple[int, int]
"""Where a run begins and ends."""


class Runs:
    """The runs of 12 bytes of removed texts that stand in no kept one, in every spelling of a page."""

    def __init__(self, removed: Iterable[str], kept: Iterable[str] = ()) -> None:
        self._runs = {run for text in removed for body in spellings(text) for run in _runs_of(body)}
        self._index()
        common: set[bytes] = set()
        for text in kept:
            for body in spellings(text):
                common.update(self._found(body))
        self._runs -= common
        self._index()

    def _index(self) -> None:
        self._grams = {run[at : at + GRAM] for run in self._runs for at in range(STRIDE)}

    def __bool__(self) -> bool:
        return bool(self._runs)

    def __len__(self) -> int:
        return len(self._runs)

    def spans(self, body: bytes) -> list[Span]:
        """Where such runs stand, in order; those that touch or overlap are one."""
        found: list[Span] = []
        for start in sorted(set(self._places(body))):
            if found and start <= found[-1][1]:
                found[-1] = (found[-1][0], start + RUN)
            else:
                found.append((start, start + RUN))
        return found

    def are_in(self, body: bytes) -> bool:
        """Whether any stands there."""
        return next(self._places(body), None) is not None

    def are_in_text(self, text: str | None) -> bool:
        """Whether any stands in a text."""
        return bool(text) and self.are_in(str(text).encode("utf-8", "surrogatepass"))

    def without(self, body: bytes) -> bytes:
        """The bytes without them, and without those that come about where others are taken out."""
        while found := self.spans(body):
            kept, at = [], 0
            for start, end in found:
                kept.append(body[at:start])
                at = end
            body = b"".join([*kept, body[at:]])
        return body

    def _found(self, body: bytes) -> set[bytes]:
        return {body[start : start + RUN] for start in self._places(body)}

    def _places(self, body: bytes) -> Iterator[int]:
        """Where runs begin; in no order that means anything, and some twice."""
        grams, runs, last = self._grams, self._runs, len(body) - RUN
        if not runs:
            return
        for at in range(0, len(body) - GRAM + 1, STRIDE):
            if body[at : at + GRAM] in grams:
                for start in range(max(0, at - STRIDE + 1), min(at, last) + 1):
                    if body[start : start + RUN] in runs:
                        yield start


def spellings(text: str) -> set[bytes]:
    """A text's bytes as pages write them: plain, in JSON, in HTML, in a field of a CSV."""
    written = {
        text,
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        html.escape(text),
        html.escape(text, quote=False),
        text.replace('"', '""'),
    }
    written |= {one.replace("/", "\\/") for one in written}
    return {one.encode("utf-8", "surrogatepass") for one in written}


def _runs_of(body: bytes) -> Iterator[bytes]:
    for start in range(len(body) - RUN + 1):
        yield body[start : start + RUN]
