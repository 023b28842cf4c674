"""Where quotations stand in a text: pairs of quotation marks, paragraph by paragraph."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from archive.quotes.tables import words

LINE = re.compile(r"[^\n]+")
BLOCK = re.compile(r"[^\n]+(?:\n(?![ \t\r]*(?:\n|\Z))[^\n]+)*")
MARKUP = re.compile(r"<[A-Za-z/][^<>\n]*>")
DOUBLE = re.compile(r'["“”„]')
SINGLE = re.compile(r"(?<!['‘’])['‘’](?!['‘’])")
WORD = re.compile(r"[^\W_]+")
OPENING_BEFORE = frozenset(" \t\r\n\xa0([{-—–/“‘\"'…:;,>")
CLOSING_AFTER = frozenset(" \t\r\n\xa0.,;:!?)]}-—–/”’\"'…<")
WRAPPED_WIDTH = 100
"""No line of a hard-wrapped text is longer than this many code points."""
STATEMENT_WORDS = 4
"""Fewer quoted words are a scare quote or a fragment, no statement (METHODS: quotes in news articles)."""


@dataclass(frozen=True, slots=True)
class Span:
    """A pair of quotation marks; `end` is behind the closing one."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A quotation mark with what its surroundings allow."""

    at: int
    opens: bool
    closes: bool


def find_paragraphs(text: str) -> list[tuple[int, int]]:
    """Return start and end of each paragraph: a line, or a block of lines where the text is hard-wrapped."""
    lines = [match.span() for match in LINE.finditer(text)]
    pattern = BLOCK if _is_wrapped(text, lines) else LINE
    return [match.span() for match in pattern.finditer(text) if not match.group().isspace()]


def _is_wrapped(text: str, lines: list[tuple[int, int]]) -> bool:
    if any(end - start > WRAPPED_WIDTH for start, end in lines):
        return False
    joined = sum(after == end + 1 for (_, end), (after, _) in pairwise(lines))
    broken = sum(text[end - 1].isalnum() or text[end - 1] == "," for _, end in lines)
    return joined > len(lines) / 3 and broken > len(lines) / 3


def find_spans(text: str) -> list[Span]:
    """Return the outermost quotations in order; an unpaired mark reaches no farther than its paragraph.

    An article quotes with double or with single marks; the style that holds more quotations counts, and the
    other one is what it uses for quotations inside quotations, and for headlines.
    """
    text = MARKUP.sub(lambda tag: " " * len(tag.group()), text)
    paragraphs = find_paragraphs(text)
    double = list(_pair(paragraphs, [list(_double_marks(text, *place)) for place in paragraphs], text))
    if not SINGLE.search(text):
        return double
    single = list(_pair(paragraphs, [list(_single_marks(text, *place)) for place in paragraphs], text))
    alone = [_statements(text, _outside(one, other)) for one, other in ((double, single), (single, double))]
    return double if alone[0] >= alone[1] else single


def quoted_words(text: str, span: Span) -> int:
    """Count the words (between white space) of a quotation."""
    return len(text[span.start : span.end].strip("\"“”„'‘’ ").split())


def _statements(text: str, spans: list[Span]) -> int:
    return sum(quoted_words(text, span) >= STATEMENT_WORDS for span in spans)


def _outside(spans: list[Span], others: list[Span]) -> list[Span]:
    """Return those that lie in none of the others; both are in order and without overlap."""
    rest, i = [], 0
    for span in spans:
        while i < len(others) and others[i].end <= span.start:
            i += 1
        if i == len(others) or not others[i].start < span.start < others[i].end:
            rest.append(span)
    return rest


def _double_marks(text: str, start: int, end: int) -> Iterator[Mark]:
    for match in DOUBLE.finditer(text, start, end):
        at = match.start()
        before = text[at - 1] if at > start else " "
        after = text[at + 1] if at + 1 < end else " "
        may_open = before in OPENING_BEFORE and not after.isspace()
        may_close = after in CLOSING_AFTER and not before.isspace()
        if may_open != may_close:
            yield Mark(at, opens=may_open, closes=may_close)
        else:
            yield Mark(at, opens=text[at] != "”", closes=text[at] in '”"')


def _single_marks(text: str, start: int, end: int) -> Iterator[Mark]:
    """Yield the single marks that can be no apostrophe."""
    places = (match.start() for match in SINGLE.finditer(text, start, end))
    marks = [mark for at in places for mark in _single_mark(text, at, start, end)]
    for mark, following in pairwise([*marks, Mark(end, opens=False, closes=False)]):
        plural = mark.closes and text[mark.at - 1] in "sS"
        if not (plural and following.closes):
            yield mark


def _single_mark(text: str, at: int, start: int, end: int) -> Iterator[Mark]:
    before = text[at - 1] if at > start else " "
    after = text[at + 1] if at + 1 < end else " "
    if before in OPENING_BEFORE and not after.isspace() and text[at] != "’":
        word = WORD.match(text, at + 1, min(end, at + 12))
        if word is None or not (
            word.group().lower() in words("apostrophe_words") or word.group()[0].isdigit()
        ):
            yield Mark(at, opens=True, closes=False)
    elif not after.isalnum() and not before.isspace() and text[at] != "‘":
        yield Mark(at, opens=False, closes=True)


def _pair(paragraphs: list[tuple[int, int]], marks: list[list[Mark]], text: str) -> Iterator[Span]:
    """Pair the marks of each paragraph; yields the outermost pairs in order."""
    for number, (_, end) in enumerate(paragraphs):
        found, left_open = _pair_paragraph(marks[number])
        if left_open is not None and _reopens(paragraphs, marks, number + 1):
            found.append(Span(left_open, left_open + len(text[left_open:end].rstrip())))
        yield from (span for span in _outermost(found) if WORD.search(text, span.start, span.end))


def _pair_paragraph(marks: list[Mark]) -> tuple[list[Span], int | None]:
    """Return all pairs, and the place of the paragraph's last mark if it stayed open."""
    stack: list[int] = []
    found = []
    for mark in marks:
        if stack and mark.closes:
            found.append(Span(stack.pop(), mark.at + 1))
        elif mark.opens:
            stack.append(mark.at)
    return found, stack[-1] if stack and stack[-1] == marks[-1].at else None


def _outermost(spans: list[Span]) -> Iterator[Span]:
    reached = -1
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.start >= reached:
            reached = span.end
            yield span


def _reopens(paragraphs: list[tuple[int, int]], marks: list[list[Mark]], number: int) -> bool:
    if number >= len(paragraphs) or not marks[number]:
        return False
    first = marks[number][0]
    return first.opens and first.at - paragraphs[number][0] <= 2
