"""The two vocabularies of X's API, as its fake speaks them."""

from typing import Any

Entry = dict[str, Any]

FIELDS: dict[str, tuple[str, ...]] = {
    "tweet": (
        *("attachments", "author_id", "conversation_id", "created_at", "edit_history_tweet_ids"),
        *("entities", "id", "in_reply_to_user_id", "lang", "note_tweet", "referenced_tweets", "text"),
    ),
    "post": ("attachments", "conversation_id", "created_at", "entities", "id", "lang", "note_post", "text"),
}
"""What each vocabulary takes as fields."""
NAMES: dict[str, dict[str, str]] = {
    "tweet": {},
    "post": {
        "edit_history_tweet_ids": "edit_history_post_ids",
        "referenced_tweets": "referenced_posts",
        "note_tweet": "note_post",
        "tweets": "posts",
    },
}
"""How each vocabulary calls what answers hold."""


def spelt(entry: Entry, vocabulary: str, wanted: set[str]) -> Entry:
    """What is wanted of an entry, in the words of a vocabulary."""
    names = NAMES[vocabulary]
    return {
        names.get(name, name): value
        for name, value in entry.items()
        if name in wanted or names.get(name, name) in wanted
    }
