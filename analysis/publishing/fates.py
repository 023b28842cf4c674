"""What became of a statement, as HTML: edits with both texts side by side, and what a recheck missed.

Whatever comes from outside passes `_text`.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from html import escape
from itertools import pairwise

from analysis.outcomes.ballot import Contest
from analysis.outcomes.fates import Fate, Unseen
from analysis.outcomes.timing import Moment
from analysis.site import wording
from analysis.site.harmless import shown as harmless

LONGEST = 3_000
"""Characters of each text that are shown side by side."""

MOST_COMPARED = 600
"""Words and gaps up to which texts are compared: beyond, both stand there without marks."""

UNSEEN = {
    "missing": ("not there", "at one check; a second one, hours later, decides whether it was deleted"),
    "deleted": ("deleted", "not there at two checks hours apart, while its account was active"),
    "not_found": ("not found from here", "nothing proves why"),
    "suspended": ("not shown", "the platform says that it or its account is suspended"),
    "deactivated": ("not shown", "the platform says that its account is deactivated"),
    "protected": ("not shown", "the platform shows it to followers only, or not to us"),
    "blocked": ("not shown", "the platform says that we are blocked"),
    "age_gated": ("age-restricted", "the platform does not show it to everybody"),
    "moved": ("not shown", "the platform says that its account moved"),
}
"""State -> what is said of the statement, and why."""

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


def fate_line(fate: Fate | None, contest: Contest) -> str:
    """What became of a statement, in a line or two; empty where nothing did."""
    if fate is None:
        return ""
    lines = (*_edited(fate, contest), *_missed(fate.unseen, contest))
    return "".join(f'<p class="fate">{line}</p>\n' for line in lines)


def both_texts(fate: Fate | None, present: str, contest: Contest) -> str:
    """Each earlier text beside the one that replaced it, with what changed; empty without edits."""
    if fate is None or not fate.earlier:
        return ""
    texts = [(one.text, _when(one.published_at, one.seen_at, contest)) for one in fate.earlier]
    texts.append((present, _when(fate.edited_at, fate.text_seen_at, contest)))
    return "".join(_pair(before, after) for before, after in pairwise(texts))


def _edited(fate: Fate, contest: Contest) -> Iterator[str]:
    if not fate.earlier:
        return
    times = "" if len(fate.earlier) == 1 else f" {len(fate.earlier)} times, last"
    if fate.edited_at is not None:
        yield f"<strong>edited</strong>{times} {_relative(fate.edited_at, contest)}"
    elif fate.text_seen_at is not None:
        seen = _relative(fate.text_seen_at, contest)
        yield f"<strong>edited</strong>{times}: the present text was first seen {seen}"
    else:
        yield f"<strong>edited</strong>{times}"


def _missed(unseen: Unseen | None, contest: Contest) -> Iterator[str]:
    if unseen is None:
        return
    what, why = UNSEEN.get(unseen.state, ("not shown", "the platform does not say why"))
    seen = unseen.last_seen_at
    last = f", last seen {_relative(seen, contest)}" if seen is not None else ""
    at = unseen.missed_at or unseen.observed_at
    capture = f", capture {unseen.capture_id}" if unseen.capture_id is not None else ""
    first = f"first missed {_absolute(at, contest)}" if unseen.missed_at else f"seen {_absolute(at, contest)}"
    yield f'<strong>{what}</strong>{last} <span class="muted">({why}; {first}{capture})</span>'


def _relative(at: datetime, contest: Contest) -> str:
    """`14 minutes after the declaration (5 July 2024, 03:26 BST)`; without a declaration the time alone."""
    absolute, declared = _absolute(at, contest), contest.declared
    if declared is None or not declared.is_exact:
        return absolute
    seconds = (at - declared.at).total_seconds()
    side = "before" if seconds < 0 else "after"
    return f"{_length(int(abs(seconds)) // 60)} {side} the declaration ({absolute})"


def _length(minutes: int) -> str:
    """`14 minutes`, `1 h 16 min`."""
    if minutes >= 60:
        return wording.duration(minutes)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def _absolute(at: datetime, contest: Contest) -> str:
    return escape(wording.moment(Moment(at, "minute"), contest.zone))


def _when(published_at: datetime | None, seen_at: datetime | None, contest: Contest) -> str:
    if published_at is not None:
        return f"published {_relative(published_at, contest)}"
    return f"first seen {_relative(seen_at, contest)}" if seen_at is not None else "as published"


def _pair(before: tuple[str, str], after: tuple[str, str]) -> str:
    old, new = _compared(before[0], after[0])
    sides = (("Earlier text", before[1], old), ("Later text", after[1], new))
    shown = "".join(
        f'<div><p class="small">{name}, {when}</p><blockquote dir="auto">{text}</blockquote></div>\n'
        for name, when, text in sides
    )
    return f'<div class="texts">\n{shown}</div>\n'


def _compared(old: str, new: str) -> tuple[str, str]:
    """Both texts as HTML, with the words that went and those that came."""
    before, after = (_PIECES.findall(harmless(text[:LONGEST])) for text in (old, new))
    if max(len(before), len(after)) > MOST_COMPARED:
        return _cut(old, escape("".join(before))), _cut(new, escape("".join(after)))
    left, right = [], []
    for change, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        same = change == "equal"
        left.append(_piece("del", before[i:j], same=same))
        right.append(_piece("ins", after[k:m], same=same))
    return _cut(old, "".join(left)), _cut(new, "".join(right))


def _piece(tag: str, pieces: Sequence[str], *, same: bool) -> str:
    text = escape("".join(pieces))
    return text if same or not text else f"<{tag}>{text}</{tag}>"


def _cut(text: str, written: str) -> str:
    left_out = len(text) - LONGEST
    more = f" … {wording.number(left_out)} characters more in the data files"
    return f'{written}<span class="cut">{more}</span>' if left_out > 0 else written
