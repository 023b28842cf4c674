"""A text made readable for rules, with the way back to the original."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from analysis.rewriting import LINK as LINK
from analysis.rewriting import SIGNS as SIGNS
from analysis.rewriting import STEPS, Piece, Rewrite

METHOD = "text-2"
"""Changes whenever a normalised text could."""

MAX_LENGTH = 20_000
"""Code points of a text that are analysed; the rest is kept, not read."""


REMEMBERED = 1024
"""Texts whose sentences are remembered: those of one batch, which several parts of the analysis ask for."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """A normalised text and, for each of its characters, where it stands in the original.

    A piece that was rewritten as a whole (a link, an entity) maps as a whole; an inserted space has no
    width. Both columns never fall.
    """

    original: str
    text: str
    offsets: Sequence[int]
    """Index in `original` of each character of `text`, and one more: the end of what was read."""
    ends: Sequence[int]
    """Index in `original` just behind each character of `text`."""

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that a span of `text` came from; an inserted space at its edge came
        from nothing.
        """
        while start < end and self.offsets[start] == self.ends[start]:
            start += 1
        while start < end and self.offsets[end - 1] == self.ends[end - 1]:
            end -= 1
        if start >= end:
            return self.offsets[start], self.offsets[start]
        return self.offsets[start], self.ends[end - 1]

    def from_original(self, start: int, end: int) -> tuple[int, int]:
        """The span of `text` that a span of the original became (may be empty where it was dropped)."""
        first = bisect_right(self.ends, start)
        return first, max(first, bisect_left(self.offsets, end, hi=len(self.text)))


def normalise(text: str) -> Normalised:
    """Straighten quotes, cut glued links free, split CamelCase hashtags, cap floods; offsets are kept.

    Links become `LINK`, surrounded by space. A hashtag loses its '#'. Reads `MAX_LENGTH` code points.
    """
    read = text[:MAX_LENGTH]
    draft = Normalised(text, read, range(len(read) + 1), range(1, len(read) + 1))
    for hint, pattern, pieces in STEPS:
        if hint.search(draft.text):
            draft = _rewritten(draft, pattern, pieces)
    return draft


def _rewritten(draft: Normalised, pattern: re.Pattern[str], pieces: Rewrite) -> Normalised:
    matches = list(pattern.finditer(draft.text))
    if not matches:
        return draft
    texts: list[str] = []
    offsets: list[int] = []
    ends: list[int] = []
    for put, start, end in _covering(matches, pieces, len(draft.text)):
        if put is None:
            texts.append(draft.text[start:end])
            offsets.extend(draft.offsets[start:end])
            ends.extend(draft.ends[start:end])
        else:
            texts.append(put)
            first, last = _place(draft, start, end)
            offsets.extend([first] * len(put))
            ends.extend([last] * len(put))
    offsets.append(draft.offsets[-1])
    return Normalised(draft.original, "".join(texts), tuple(offsets), tuple(ends))


def _covering(matches: list[re.Match[str]], pieces: Rewrite, length: int) -> Iterator[Piece]:
    done = 0
    for match in matches:
        yield None, done, match.start()
        yield from pieces(match)
        done = match.end()
    yield None, done, length


def _place(draft: Normalised, start: int, end: int) -> tuple[int, int]:
    if end > start:
        return draft.offsets[start], draft.ends[end - 1]
    behind = draft.ends[start - 1] if start else draft.offsets[0]
    return behind, behind


_TITLES = "mr mrs ms dr prof rev hon rt st sen rep gov gen col lt sgt capt pres jr sr vs ft"
TITLES = frozenset(_TITLES.split())
"""Abbreviations whose full stop ends no sentence."""
NUMBERED = frozenset(["no", "nos", "p", "pp", "art", "sec", "vol", "fig"])
"""Abbreviations only before a number."""
_STARTERS = "The We I It He She They This That There But And In On My Our You Your If As So"
STARTERS = frozenset(_STARTERS.split())
"""Words that begin a sentence even after an initial ('in the U.S. We ...')."""

_STOP = re.compile(r"\n|[.!?]+[\"')\]]*")
_LAST_WORD = re.compile(r"[\w.]*\Z")
_NEXT_WORD = re.compile(r"\s*[\"'(\[]*(\w*)")


@lru_cache(maxsize=REMEMBERED)
def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of the sentences of a (normalised) text, in order, without the white space between them."""
    spans: list[tuple[int, int]] = []
    start = 0
    for stop in _STOP.finditer(text):
        if _ends_sentence(text, stop.start(), stop.end()):
            spans.append((start, stop.end()))
            start = stop.end()
    spans.append((start, len(text)))
    return tuple(_trimmed(text, spans, " \n\t\r"))


def _ends_sentence(text: str, start: int, end: int) -> bool:
    if end == len(text) or text[start] == "\n":
        return True
    match = _NEXT_WORD.match(text, end, end + 60)
    following = match.group(1) if match else ""
    if not text[end].isspace():
        # A space was forgotten: 'in Camden.We won'.
        is_word_before = text[max(start - 2, 0) : start].islower() and start > 1
        return is_word_before and following[:1].isupper() and following[1:2].islower()
    if following[:1].islower() and (text[start] == "." or end - start > 1):
        return False
    return text[start] != "." or not _is_abbreviated(text, start, following)


def _is_abbreviated(text: str, stop: int, following: str) -> bool:
    match = _LAST_WORD.search(text, max(stop - 12, 0), stop)
    word = match.group() if match else ""
    if word.lower() in NUMBERED:
        return following[:1].isdigit()
    is_initial = len(word.rpartition(".")[2]) == 1 and word[-1:].isupper()
    return word.lower() in TITLES or (is_initial and following not in STARTERS)


def _trimmed(text: str, spans: list[tuple[int, int]], edges: str) -> list[tuple[int, int]]:
    kept = []
    for start, end in spans:
        part = text[start:end]
        first = start + len(part) - len(part.lstrip(edges))
        last = end - (len(part) - len(part.rstrip(edges)))
        if first < last:
            kept.append((first, last))
    return kept


_NO_VERB = (
    "a an the and or of for to in on at by with from as not our my your his her their its this that these "
    "those both all also"
)
NO_VERB = frozenset(_NO_VERB.split())
"""Lower-case words that are no predicate: what holds only these and names is a list, not a clause."""

_NAME = r"(?:the\s)?[A-Z@][\w'.-]{0,40}(?:\s[A-Z][\w'.-]{0,40}){0,3}"
_CUT = re.compile(
    r";|\s-+\s|:\s|[()]"
    r"|\s(?=(?:but|yet|although|though|whereas|while|whilst|however|unlike|instead of|rather than)\s)"
    r"|\s(?=(?:and|so|because|when|as|after)\s(?:i|we|he|she|they)\s)"
    r"|,\s(?=(?:i|we|he|she|they|you|it|this|there)\s)"
    rf"|,\s(?=(?:and\s|while\s|as\s)?(?-i:{_NAME})\s(?P<verb>(?-i:[a-z]){{2,20}})\b)",
    re.IGNORECASE,
)
_LOWER_WORD = re.compile(r"(?<![\w@#])[a-z]+\b")


def clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the clauses of one sentence, in order.

    Cut at 'but' and its like, ';', dashes, brackets, and commas before a new subject: a pronoun, or a name
    with a predicate behind it where a predicate stands before it, too ('A praised B, and C slammed D').
    """
    spans: list[tuple[int, int]] = []
    for cut in _CUT.finditer(text, start, end):
        verb = cut.group("verb")
        if verb and (verb.lower() in NO_VERB or not _has_predicate(text[start : cut.start()])):
            continue
        spans.append((start, cut.start()))
        start = cut.end()
    spans.append((start, end))
    return _trimmed(text, spans, " \n\t\r,-")


def _has_predicate(part: str) -> bool:
    return any(word not in NO_VERB for word in _LOWER_WORD.findall(part))
