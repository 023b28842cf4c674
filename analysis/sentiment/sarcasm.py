"""Cues that a text may mean the contrary of its words: no detection, only a reason for less confidence."""

import re
from functools import cache

from analysis.sentiment.tables import rows_of

_BEGINS = r"(?:(?<![\w,;] )(?<![\w,;]))"
"""Not behind a word or a comma: where a sentence begins."""


@cache
def _cues() -> re.Pattern[str]:
    anywhere, first = (
        "|".join(re.escape(row["phrase"]) for row in rows_of("cues") if row["place"] == place)
        for place in ("anywhere", "first")
    )
    return re.compile(rf"(?<!\w)(?:{anywhere}|{_BEGINS}(?:{first}))(?!\w)", re.IGNORECASE)


@cache
def _phrases() -> tuple[str, ...]:
    """Every cue in small letters, but for those that hold a shorter one."""
    phrases = {row["phrase"].lower() for row in rows_of("cues")}
    return tuple(sorted(one for one in phrases if not any(other in one for other in phrases if other != one)))


def _may_hold_cue(text: str) -> bool:
    return any(phrase in text for phrase in _phrases())


def has_sarcasm_cue(text: str) -> bool:
    """Whether a text holds one of the phrases or signs of tables/cues.tsv."""
    return find_sarcasm_cue(text) is not None


def find_sarcasm_cue(text: str) -> str | None:
    """The first of the phrases or signs of tables/cues.tsv in a text."""
    # Beyond ASCII a pattern that ignores case knows more forms of a letter than `lower` makes.
    if text.isascii() and not _may_hold_cue(text.lower()):
        return None
    found = _cues().search(text)
    return found and found.group()
