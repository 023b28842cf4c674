"""Posts of X as the browser extension Zeeschuimer captures them, also after their way through 4CAT."""

from collections.abc import Iterator, Mapping
from typing import Any

from archive.contract import Choices, Companions, Layout, Post, Reject
from archive.importers.records.completing import mapping, post_or_reject
from archive.importers.records.x_classic import Parts, classic_post
from archive.x_posts.answers import WrongRecord, text_in

_PLATFORMS = frozenset({"twitter.com", "x.com"})


class ZeeschuimerX:
    """NDJSON of Zeeschuimer: an envelope with X's own record in `data`; in 4CAT's NDJSON that record alone.

    Both shapes of X's pages are read: that of GraphQL (`legacy`, `core`, `note_tweet`), and the older one
    (`type: adaptive`). What stands there in place of a post (`TweetTombstone`) is rejected.
    Source: github.com/digitalmethodsinitiative/zeeschuimer (modules/twitter.js, js/zs-background.js) and
    .../4cat (datasources/twitter-import/search_twitter.py).
    """

    name = "zeeschuimer-x-1"

    def recognises(self, record: Mapping[str, Any]) -> bool:
        if "source_platform" in record:
            platform = record.get("source_platform")
            is_ours = isinstance(platform, str) and platform in _PLATFORMS
            return is_ours and "item_id" in record and isinstance(record.get("data"), dict)
        data = _unwrapped(record)
        return isinstance(data.get("legacy"), dict) and ("rest_id" in data or data.get("type") == "adaptive")

    def complete(self, choices: Choices, companions: Companions) -> Choices:
        return choices

    def posts(self, record: Mapping[str, Any], layout: Layout, position: str) -> Iterator[Post | Reject]:
        data = mapping(record.get("data")) if "source_platform" in record else record
        yield post_or_reject(record, position, lambda: classic_post(_parts(data), layout, position))


def _parts(data: Mapping[str, Any]) -> Parts:
    found = _shown(data)
    legacy = mapping(found.get("legacy"))
    return Parts(
        tweet=legacy,
        holder=found,
        user=_user(found),
        long_text=_long_text(found),
        repeated=_nested(legacy, "retweeted_status_result"),
        quoted=_quoted(found),
    )


def _shown(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """X's record of a post. Raises WrongRecord where it shows none."""
    found = _unwrapped(data)
    if not isinstance(found.get("legacy"), dict):
        kind = found.get("__typename")
        raise WrongRecord(f"no post but {kind[:40] if isinstance(kind, str) else 'something without legacy'}")
    return found


def _unwrapped(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """A record, which X wraps once more where it limits who sees or answers it."""
    inner = data.get("tweet")
    return inner if isinstance(inner, dict) else data


def _user(found: Mapping[str, Any]) -> dict[str, Any]:
    """The author as one object: X has moved the name and handle from `legacy` to `core`."""
    if isinstance(found.get("user"), dict):
        return mapping(found.get("user"))
    result = mapping(mapping(mapping(found.get("core")).get("user_results")).get("result"))
    user = {**mapping(result.get("legacy")), **mapping(result.get("core"))}
    user.pop("id", None)  # GraphQL's own, which is no id of X's
    user.setdefault("id_str", result.get("rest_id") or mapping(found.get("legacy")).get("user_id_str"))
    return user


def _long_text(found: Mapping[str, Any]) -> str | None:
    note = mapping(mapping(mapping(found.get("note_tweet")).get("note_tweet_results")).get("result"))
    return text_in(note, "text") if note.get("text") is not None else None


def _nested(holder: Mapping[str, Any], name: str) -> Parts | None:
    """A post within a record, one level deep."""
    result = mapping(holder.get(name)).get("result")
    if result is None:
        return None
    found = _shown(mapping(result))
    return Parts(mapping(found.get("legacy")), found, _user(found), _long_text(found))


def _quoted(found: Mapping[str, Any]) -> Parts | None:
    """The quoted post; None where X no longer shows it (the classic object still says its id)."""
    result = mapping(mapping(found.get("quoted_status_result")).get("result"))
    return _nested(found, "quoted_status_result") if "legacy" in _unwrapped(result) else None
