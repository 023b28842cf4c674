"""Pages of X, written after the documented layout, for tests of reading them."""

import json
from datetime import UTC, datetime
from typing import Any

from archive.collectors.x.posts import parse_page
from archive.contract import Page, Post, Reject

ACCOUNT = "2244994945123456789"
"""Beyond 2**53: a float would change it."""
LONG = "A plan for every school in the county. " * 20 + "Read it all & share it."
SENT = datetime(2024, 7, 3, 8, 0, tzinfo=UTC)


def snowflake(minute: int) -> str:
    """An id that X would give on 3 July 2024, so many minutes after eight."""
    return str((int(SENT.timestamp()) * 1000 + minute * 60_000 - 1_288_834_974_657) << 22 | 5)


PLAIN, REPLY, QUOTE, REPOST, NOTE, FIRST, SECOND = (snowflake(minute) for minute in range(7))
THEIRS, QUOTED, REPEATED = "1801000000000000001", "1801000000000000002", "1801000000000000003"


def entry(post_id: str, text: str, **more: Any) -> dict[str, Any]:
    minute = ((int(post_id) >> 22) + 1_288_834_974_657) // 60_000 - int(SENT.timestamp()) // 60
    return {
        "id": post_id,
        "text": text,
        "author_id": ACCOUNT,
        "conversation_id": post_id,
        "created_at": f"2024-07-03T08:{minute:02}:00.000Z",
        "edit_history_tweet_ids": [post_id],
        "lang": "en",
        **more,
    }


def included(post_id: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "id": post_id,
        "text": text,
        "author_id": "777",
        "created_at": "2024-06-12T10:00:00.000Z",
        "edit_history_tweet_ids": [post_id],
        **more,
    }


TIMELINE: dict[str, Any] = {
    "data": [
        entry(SECOND, "Corrected: 12 schools", edit_history_tweet_ids=[FIRST, SECOND]),
        entry(NOTE, LONG[:270] + "…", note_tweet={"text": LONG.replace("&", "&amp;")}),
        entry(
            REPOST,
            "RT @rival: The whole of a long text that X cuts off after some 140 charac…",
            referenced_tweets=[{"type": "retweeted", "id": REPEATED}],
            entities={"mentions": [{"start": 3, "end": 9, "username": "rival", "id": "777"}]},
        ),
        entry(
            QUOTE,
            "Judge for yourselves https://t.co/abc",
            referenced_tweets=[{"type": "quoted", "id": QUOTED}],
            entities={
                "urls": [
                    {
                        "start": 21,
                        "end": 37,
                        "url": "https://t.co/abc",
                        "expanded_url": f"https://twitter.com/rival/status/{QUOTED}",
                        "display_url": "twitter.com/rival/status/1…",
                    }
                ]
            },
        ),
        entry(
            REPLY,
            "@rival Show us your numbers &lt;now&gt;",
            in_reply_to_user_id="777",
            referenced_tweets=[{"type": "replied_to", "id": THEIRS}],
            entities={"mentions": [{"start": 0, "end": 6, "username": "rival", "id": "777"}]},
        ),
        entry(PLAIN, "Good morning &amp;amp; hello", lang="und"),
    ],
    "includes": {
        "tweets": [
            included(THEIRS, "We have done the sums."),
            included(QUOTED, "Nobody will pay more.", edit_history_tweet_ids=["1801000000000000000", QUOTED]),
            included(REPEATED, "cut…", note_tweet={"text": "The whole of a long text &amp; more."}),
        ]
    },
    "errors": [
        {
            "value": "1700000000000000001",
            "detail": "Could not find tweet with referenced_tweets.id: [1700000000000000001].",
            "title": "Not Found Error",
            "resource_type": "tweet",
            "parameter": "referenced_tweets.id",
            "resource_id": "1700000000000000001",
            "type": "https://api.twitter.com/2/problems/resource-not-found",
        }
    ],
    "meta": {
        "result_count": 6,
        "newest_id": SECOND,
        "oldest_id": PLAIN,
        "next_token": "7140dibdnow9c7",
    },
}
RENAMED = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "referenced_tweets": "referenced_posts",
    "note_tweet": "note_post",
    "tweets": "posts",
}


def renamed(value: Any) -> Any:
    """The same answer in the vocabulary of posts, which does not repeat whose timeline it is."""
    if isinstance(value, list):
        return [renamed(one) for one in value]
    if isinstance(value, dict):
        return {RENAMED.get(name, name): renamed(one) for name, one in value.items()}
    return value


def page(answer: Any, **context: str) -> Page:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    named = {"shows": "timeline", "account": ACCOUNT, "handle": "ada", **context}
    return Page("https://api.x.com/2/users/1/tweets", body, "application/json", SENT, context=named)


def parsed(answer: Any, **context: str) -> list[Post | Reject]:
    return list(parse_page(page(answer, **context)))


def posts(answer: Any, **context: str) -> dict[str, Post]:
    records = parsed(answer, **context)
    assert not [one for one in records if isinstance(one, Reject)]
    return {one.post_id: one for one in records if isinstance(one, Post)}
