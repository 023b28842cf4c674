"""Posts of members of the United States Congress as the daily files of congresstweets hold them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from archive.contract import Choices, Companions, Layout, Post, Reject
from archive.importers.records.completing import completed, post_or_reject
from archive.importers.records.x_classic import handle_in
from archive.times import parse_moment
from archive.x_posts.addresses import permalink, post_of
from archive.x_posts.answers import id_in, optional_id, text_in
from archive.x_posts.posts import PLATFORM

_NEEDED = ("id", "screen_name", "time", "link", "text")
_REPEATED = re.compile(r"RT @[A-Za-z0-9_]{1,20} (?P<text>.*)", re.DOTALL)
_QUOTED = re.compile(r"https://t\.co/\w{1,30} QT @(?P<handle>[A-Za-z0-9_]{1,15}) ")


class CongressTweets:
    """The daily JSON arrays of alexlitel/congresstweets.

    A repost's link is that of the original: so its id is known, and its text is read without `RT @handle`.
    To a post with a quotation the file adds ` QT @handle` and the quoted words, and nothing says for certain
    where they begin: the text is kept as it stands, and is longer than what was published.
    Whom a post answers is not in the files.
    Source: github.com/alexlitel/congresstweets (data/), .../congresstweets-automator (src/twitter.js).
    """

    name = "congresstweets-1"

    def recognises(self, record: Mapping[str, Any]) -> bool:
        link = record.get("link")
        texts = all(isinstance(record.get(name), str) for name in _NEEDED)
        return texts and "created_at" not in record and post_of(str(link)) is not None

    def complete(self, choices: Choices, companions: Companions) -> Choices:
        return choices

    def posts(self, record: Mapping[str, Any], layout: Layout, position: str) -> Iterator[Post | Reject]:
        yield post_or_reject(record, position, lambda: _post(record, layout, position))


def _post(record: Mapping[str, Any], layout: Layout, position: str) -> Post:
    own_id, link, text = id_in(record, "id"), text_in(record, "link"), text_in(record, "text")
    linked = post_of(link)
    repeated = _REPEATED.fullmatch(text) if linked and linked[0] != own_id else None
    quoted = None if repeated else _QUOTED.search(text)
    return completed(
        Post(
            platform=PLATFORM,
            post_id=own_id,
            text=repeated["text"] if repeated else text,
            position=position,
            published=parse_moment(text_in(record, "time")),
            author_handle=handle_in(record),
            author_platform_id=optional_id(record, "user_id"),
            url=permalink(own_id, handle_in(record)) if repeated else link,
            quoted=quoted["handle"] if quoted else None,
            repost_of=linked[0] if repeated and linked else None,
        ),
        layout,
    )
