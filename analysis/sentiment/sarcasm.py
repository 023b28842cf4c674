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


def has_sarcasm_cue(text: str) -> bool:
    """Whether a text holds one of the phrases or signs of tables/cues.tsv."""
    return find_sarcasm_cue(text) is not None


def find_sarcasm_cue(text: str) -> str | None:
    """The first of the phrases or signs of tables/cues.tsv in a text."""
    found = _cues().search(text)
    return found and found.group()
