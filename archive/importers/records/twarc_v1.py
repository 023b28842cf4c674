"""Posts as twarc 1 writes them: one object of X's API v1.1 a record."""

from collections.abc import Iterator, Mapping
from typing import Any

from archive.contract import Choices, Companions, Layout, Post, Reject
from archive.importers.records.completing import mapping, post_or_reject
from archive.importers.records.x_classic import Parts, classic_post
from archive.x_posts.answers import WrongRecord


class TwarcV1:
    """JSONL of twarc 1 (`twarc search`, `timeline`, `hydrate`, `filter`), and what else writes v1.1 objects.

    The text is `extended_tweet.full_text`, else `full_text`, else `text`; of a repost that of the original.
    Records without a text, such as the notices of a stream (`delete`, `limit`), are no posts: they are
    rejected, each with its reason. Source: github.com/DocNow/twarc (twarc 1), docs.x.com (v1.1 objects).
    """

    name = "twarc-v1-1"

    def recognises(self, record: Mapping[str, Any]) -> bool:
        has_text = isinstance(record.get("full_text"), str) or isinstance(record.get("text"), str)
        # X's data archive bears the same names, without `user`; so do many tables of one's own.
        is_api = isinstance(record.get("user"), dict)
        has_id = isinstance(record.get("id_str"), str) or isinstance(record.get("id"), int)
        return has_text and is_api and has_id and isinstance(record.get("created_at"), str)

    def complete(self, choices: Choices, companions: Companions) -> Choices:
        return choices

    def posts(self, record: Mapping[str, Any], layout: Layout, position: str) -> Iterator[Post | Reject]:
        yield post_or_reject(record, position, lambda: classic_post(_parts(record), layout, position))


def _parts(tweet: Mapping[str, Any]) -> Parts:
    return Parts(
        tweet=tweet,
        holder=tweet,
        user=mapping(tweet.get("user")),
        repeated=_nested(tweet, "retweeted_status"),
        quoted=_nested(tweet, "quoted_status"),
    )


def _nested(tweet: Mapping[str, Any], name: str) -> Parts | None:
    found = tweet.get(name)
    if found is None:
        return None
    if not isinstance(found, dict):
        raise WrongRecord(f"{name}: not an object but {type(found).__name__}")
    return Parts(tweet=found, holder=found, user=mapping(found.get("user")))
