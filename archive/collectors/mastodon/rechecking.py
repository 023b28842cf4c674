"""Whether an account's home server still shows posts that are archived, and with what words."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from archive.collectors.mastodon.accounts import EVIDENCE, OK, ask, gone_of, words_of
from archive.collectors.mastodon.addresses import Home, post_address
from archive.collectors.mastodon.histories import Histories, histories_of
from archive.collectors.mastodon.statuses import STATUS, Whose, parse_page
from archive.contract import KnownPost, Page, Post, PostSeen, Rechecked, Response, Served, Setup, Web
from archive.contract.web import read_json
from db.words import State


def recheck_statuses(
    web: Web, setup: Setup, home: Home, whose: Whose, posts: Sequence[KnownPost]
) -> Iterator[Rechecked]:
    """What the server says of each, one request a post; of one edited since, its versions too.

    A post whose address does not say its number on the server (a repost) is not asked for.
    """
    for post in posts:
        number = local_id_of(post)
        if number is not None:
            response = ask(web, setup, home.server, home.status(number))
            yield _told(web, setup, whose, post, response)


def local_id_of(post: KnownPost) -> str | None:
    """The number of a post on its own server, by its page for people or its URI."""
    found = (post_address(address) for address in (post.url, post.post_id) if address)
    return next((one.rpartition("/")[2] for one in found if one), None)


def _told(web: Web, setup: Setup, whose: Whose, post: KnownPost, response: Response) -> Rechecked:
    if response.status != OK:
        page = response.page(holds=EVIDENCE)
        gone = gone_of(response) is not None
        detail = f"{response.status}: {words_of(response)}"
        seen = (PostSeen(post.post_id, State.NOT_FOUND, detail),) if gone else ()
        return Rechecked(Served(page, end=True), seen)
    page = response.page(holds=STATUS, **whose.context())
    shown = _shown(page, post)
    if shown is None:
        return Rechecked(Served(response.page(holds=EVIDENCE), end=True))
    found = Histories()
    if shown.edited is not None and _is_news(shown.edited.at, post.edited_at):
        record: Any = read_json(page)
        found = histories_of(web, setup, whose, [record])
    served = Served(page, end=True, enclosed=found.pages, missing=found.missing)
    return Rechecked(served, (PostSeen(post.post_id, State.ACTIVE),))


def _shown(page: Page, post: KnownPost) -> Post | None:
    """The post, where the page shows it and no other. Raises UnreadablePage."""
    posts = [one for one in parse_page(page) if isinstance(one, Post)]
    return next((one for one in posts if one.post_id == post.post_id), None)


def _is_news(edited: datetime, known: datetime | None) -> bool:
    return known is None or edited > known
