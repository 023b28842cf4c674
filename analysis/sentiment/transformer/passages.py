"""Which part of a text a model is given: in bounded size, always with the target inside."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from analysis.contract import Span
from analysis.text import Normalised, sentences

LONGEST = 4000
"""Code points that are given to a tokenizer: more than 512 tokens of ordinary text."""
LONGEST_MENTION = 200
"""Code points of a target that a hypothesis or a pair holds."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def readable(text: str) -> str:
    """The text for a tokenizer, which takes no halves of surrogate pairs. Places stay as they are."""
    return _SURROGATE.sub("\ufffd", text)


def mention(text: str, span: Span) -> str:
    """The target's own words, white space folded."""
    return " ".join(readable(text[span.start : min(span.end, span.start + LONGEST_MENTION)]).split())


def sentences_with(text: Normalised, span: Span) -> Span:
    """Where in the original the sentences stand that hold a place of the original.

    All of it where the place lies behind what analysis reads of a text, or between sentences.
    """
    first, last = text.from_original(*span)
    inside = [
        text.to_original(start, end) for start, end in sentences(text.text) if start < last and end > first
    ]
    if not inside:
        return Span(0, len(text.original))
    return Span(min(inside[0][0], span.start), max(inside[-1][1], span.end))


def cropped(passage: Span, focus: Span, limit: int = LONGEST) -> Span:
    """The part of a passage of at most `limit` with as much on both sides of `focus` as there is room for.

    Of a focus that is itself longer, its beginning.
    """
    if passage.end - passage.start <= limit:
        return passage
    spare = max(limit - (focus.end - focus.start), 0)
    start = max(passage.start, min(focus.start - spare // 2, passage.end - limit))
    return Span(start, start + limit)


def fitting(tokens: Sequence[tuple[int, int]], focus: Span, budget: int) -> Span:
    """Of a text of these tokens, the part of at most `budget` tokens round a focus. Places are the text's."""
    starts, ends = [start for start, _ in tokens], [end for _, end in tokens]
    first = min(bisect_right(ends, focus.start), max(len(tokens) - 1, 0))
    last = max(bisect_left(starts, focus.end), first)
    kept = cropped(Span(0, len(tokens)), Span(first, last), budget)
    if kept.start == kept.end:
        return Span(focus.start, focus.start)
    return Span(starts[kept.start], ends[kept.end - 1])
