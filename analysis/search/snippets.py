"""The part of a text that shows why a query found it, with its words marked. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from db.search.query import Phrase, Query, phrases_of, words_of

LENGTH = 240
"""Characters of a snippet, about."""

_RUN = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a snippet; `found`: it is what was asked for."""

    text: str
    found: bool = False


def snippet_of(text: str, query: Query | None, *, length: int = LENGTH) -> list[Piece]:
    """About `length` characters round the first words that were asked for; `…` where text is left out.

    White space is one blank each. Without a query: the beginning.
    """
    line = " ".join(text.split())
    places = _places(line, query) if query else []
    start = _beginning(line, places[0][0] if places else 0, length)
    end = _end(line, start, length)
    pieces = list(_pieces(line, start, end, places))
    before, after = [Piece("… ")] * (start > 0), [Piece(" …")] * (end < len(line))
    return [*before, *pieces, *after]


def _places(line: str, query: Query) -> list[tuple[int, int]]:
    """Where the query's phrases stand, in order, none within another."""
    runs = [(run.start(), run.end(), word) for run in _RUN.finditer(line) for word in words_of(run[0])[:1]]
    spans = sorted(span for phrase in phrases_of(query) for span in _found(runs, phrase))
    places: list[tuple[int, int]] = []
    for start, end in spans:
        if places and start < places[-1][1]:
            places[-1] = (places[-1][0], max(end, places[-1][1]))
        else:
            places.append((start, end))
    return places


def _found(runs: Sequence[tuple[int, int, str]], phrase: Phrase) -> Iterator[tuple[int, int]]:
    size = len(phrase.words)
    for first in range(len(runs) - size + 1):
        row = runs[first : first + size]
        *whole, last = (word for _, _, word in row)
        ends = last.startswith(phrase.words[-1]) if phrase.begun else last == phrase.words[-1]
        if ends and tuple(whole) == phrase.words[:-1]:
            yield row[0][0], row[-1][1]


def _beginning(line: str, place: int, length: int) -> int:
    """Where to begin, at a word: the text's beginning where the place fits in with it."""
    if len(line) <= length or place < length * 2 // 3:
        return 0
    wanted = min(place - length // 3, len(line) - length)
    blank = line.find(" ", wanted, place)
    return wanted if blank < 0 else blank + 1


def _end(line: str, start: int, length: int) -> int:
    if len(line) - start <= length:
        return len(line)
    blank = line.rfind(" ", start + length * 2 // 3, start + length)
    return start + length if blank < 0 else blank


def _pieces(line: str, start: int, end: int, places: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    done = start
    for first, last in places:
        if first >= end or last <= start:
            continue
        first, last = max(first, start), min(last, end)
        if first > done:
            yield Piece(line[done:first])
        yield Piece(line[first:last], found=True)
        done = last
    if done < end:
        yield Piece(line[done:end])
