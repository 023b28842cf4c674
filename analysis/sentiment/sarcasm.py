"""Cues that a text may mean the contrary of its words: no detection, only a reason for less confidence."""

import re
from functools import cache

from analysis.sentiment.tables import rows_of


@cache
def _cues() -> re.Pattern[str]:
    phrases = [re.escape(row["phrase"]) for row in rows_of("cues")]
    return re.compile(rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)", re.IGNORECASE)


def has_sarcasm_cue(text: str) -> bool:
    """Whether a text holds one of the phrases or signs of tables/cues.tsv."""
    return _cues().search(text) is not None
