"""The two vocabularies of X's answers (API v2): tweet (prose docs) and post (OpenAPI from 2.167 on)."""

from collections.abc import Mapping
from typing import Any

IN_ANSWERS: dict[str, tuple[str, str]] = {
    # what              tweet                     post
    "edit history": ("edit_history_tweet_ids", "edit_history_post_ids"),
    "references": ("referenced_tweets", "referenced_posts"),
    "long text": ("note_tweet", "note_post"),
    "included posts": ("tweets", "posts"),
}
"""What answers call it. Both are read, whatever was asked for."""

REPOST = frozenset({"retweeted", "reposted"})
"""The type of a reference to a post that is repeated."""


def either(entry: Mapping[str, Any], what: str) -> Any:
    """What an answer holds under either of its names; None where it has neither."""
    first, second = IN_ANSWERS[what]
    return entry[first] if first in entry else entry.get(second)
