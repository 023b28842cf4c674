"""A JSON value without the posts that are forgotten, their authors, and what others embed of them. Pure.

A post is an object that has a forgotten id under some key, and more than that id. Where it stands in an
array it goes, with what is wrapped round it there; where another post embeds it, its ids stay alone: what
was quoted is still told, in no word of it.
"""

import re
from collections.abc import Iterator
from typing import Any

from archive.erasure.gone import OnPage

REFERENCE = re.compile(
    r"repl|parent|root|conversation|quot|referenc|retweet|reblog|subject|thread|pinned", re.I
)
"""Keys of an id that is another post's."""

EMBEDS = re.compile(
    r"^embeds?$|^record$|^media$|^parent$|^root$|^reply$|^grandparent|quot|retweeted_|^reblog|^pinned|^includes$"
    r"|^mentions$|^entities$|^facets$|^in_reply_to$|^card$|^preview|^external$|attachment|^links?$|^urls?$",
    re.I,
)
"""Keys below which a post shows others: these do not take it along where they go."""

BARE = frozenset({"$type", "type", "uri", "cid", "id", "id_str", "rest_id", "did", "__typename"})
"""Keys of an object that only refers to another. Addresses for people show handles: they are no such keys."""

HANDLE_KEYS = frozenset(
    {"handle", "username", "screen_name", "acct", "preferredUsername", "user_screen_name"}
)
NAME_KEYS = HANDLE_KEYS | {"displayName", "display_name", "name"}
AUTHOR_KEYS = frozenset({"author", "user", "account", "actor", "by", "attributedTo"})
AUTHOR_IDS = frozenset(
    {"author_id", "user_id", "user_id_str", "account_id", "channelId", "attributedTo", "actor"}
)


class _Drop:
    """Stands for a value that goes, with what is wrapped round it."""


DROP = _Drop()


def pruned(value: Any, gone: OnPage) -> Any:
    """The value without what is forgotten; DROP where nothing is left of it."""
    return _pruned(value, gone, embedded=False)


def _pruned(value: Any, gone: OnPage, *, embedded: bool) -> Any:
    if isinstance(value, list):
        items = (_pruned(one, gone, embedded=embedded) for one in value)
        return [one for one in items if one is not DROP]
    if not isinstance(value, dict):
        return value
    if _is_bare(value):
        return value
    if _is_post(value, gone) or _is_author(value, gone):
        return _reference(value) if embedded else DROP
    kept: dict[str, Any] = {}
    for key, inner in value.items():
        found = _pruned(inner, gone, embedded=embedded or EMBEDS.search(key) is not None)
        if gone.post(key):
            continue
        if found is DROP:
            return DROP
        kept[key] = found
    return kept


def _is_bare(value: dict[str, Any]) -> bool:
    return value.keys() <= BARE


def _reference(value: dict[str, Any]) -> dict[str, Any]:
    return {key: one for key, one in value.items() if key in BARE and not isinstance(one, (dict, list))}


def _is_post(value: dict[str, Any], gone: OnPage) -> bool:
    if any(gone.post(one) for _, one in _ids(value)):
        return True
    if any(gone.account(str(value[key])) for key in AUTHOR_IDS & value.keys() if _is_plain(value[key])):
        return True
    return any(
        isinstance(value[key], dict) and _is_author(value[key], gone) for key in AUTHOR_KEYS & value.keys()
    )


def _ids(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Values that may be the id of what an object is; whole numbers only under keys that say so."""
    for key, one in value.items():
        if REFERENCE.search(key):
            continue
        if isinstance(one, str) or (_is_plain(one) and "id" in key.lower()):
            yield key, str(one)


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool)


def _is_author(value: dict[str, Any], gone: OnPage) -> bool:
    """Whether an object shows an account that is forgotten: it has a name, and its id or handle."""
    if not NAME_KEYS & value.keys():
        return False
    by_id = any(
        gone.account(str(value[key]))
        for key in ("id", "id_str", "rest_id", "did", "pk", "url", "uri")
        if key in value and _is_plain(value[key])
    )
    return by_id or any(
        isinstance(value[key], str) and gone.handle(value[key]) for key in HANDLE_KEYS & value.keys()
    )
