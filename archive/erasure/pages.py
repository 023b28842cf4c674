"""One page without what is forgotten, checked by reading it again: every other post is still there. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from archive.contract import Layout, Page, Post
from archive.erasure.cutting import CannotCut, ToCut, cut
from archive.erasure.gone import Gone, OnPage
from archive.erasure.reading import Contents, PageReaders, platform_of
from archive.erasure.runs import Runs
from archive.precedence import stem_of

Key = tuple[str, str]
"""Platform and id of a post."""

ANY_PLATFORM = ""
"""The ids of one file's records are of one platform, whichever that is."""

OF_OTHERS = ("reply_to", "reply_to_post", "quoted", "quoted_post", "repost_of", "addressee", "url")
"""What a post tells of other posts and their authors, which may go with these."""


@dataclass(frozen=True, slots=True)
class CutPage:
    """What is left of a page."""

    body: bytes
    """None at all: nothing could be kept of it."""
    positions: Mapping[Key, str]
    """Where the posts that stay stand now."""
    changed: Mapping[Key, Mapping[str, tuple[str | None, str | None]]] = field(default_factory=dict)
    """Of posts that stay: what they told of others and tell otherwise now, by its name: before, and now."""
    lost: bool = False
    """Whether posts stood there that stay: their page is gone all the same, for want of an exact cut."""


def without_gone(
    page: Page, reader: str | None, layout: Layout | None, gone: Gone, runs: Runs, readers: PageReaders
) -> CutPage:
    """A page without what is forgotten, and without runs of it; without any byte where that cannot be."""
    before = readers.contents(page, reader, layout)
    stays = [post for post in before.posts if not gone.holds(post)]
    try:
        body = _cut(page, reader, layout, gone, before)
        body = runs.without(body)
        after = readers.contents(replace(page, body=body), reader, layout) if body else Contents()
        _check(body, before, after, stays)
    except CannotCut:
        return CutPage(b"", {}, lost=bool(stays))
    return CutPage(body, {post.key: post.position for post in after.posts}, _changed(stays, after.posts))


def without_private(
    page: Page, reader: str | None, layout: Layout | None, ids: Collection[str], readers: PageReaders
) -> bytes:
    """A piece of a file without the records of these ids; as it is where others would change with them."""
    before = readers.contents(page, reader, layout)
    gone = Gone(
        is_post=lambda platform, one: one in ids,
        is_account=lambda platform, one: False,
        is_handle=lambda platform, one: False,
    )
    try:
        on_page = OnPage(gone, frozenset({ANY_PLATFORM}))
        body = cut(ToCut(page, layout, on_page, frozenset()), stem_of(reader or ""))
        after = readers.contents(replace(page, body=body), reader, layout)
        _check(body, before, after, list(before.posts))
    except CannotCut:
        return page.body
    return body


def _changed(
    before: Sequence[Post], after: Sequence[Post]
) -> dict[Key, dict[str, tuple[str | None, str | None]]]:
    now = {post.key: post for post in after}
    pairs = {
        post.key: {name: (getattr(post, name), getattr(now[post.key], name)) for name in OF_OTHERS}
        for post in before
    }
    told = {key: {name: two for name, two in row.items() if two[0] != two[1]} for key, row in pairs.items()}
    return {key: row for key, row in told.items() if row}


def _cut(page: Page, reader: str | None, layout: Layout | None, gone: Gone, before: Contents) -> bytes:
    platforms = {post.platform for post in before.posts} | ({platform_of(reader)} - {None})
    positions = frozenset(post.position for post in before.posts if gone.holds(post))
    on_page = OnPage(gone, frozenset(one for one in platforms if one is not None))
    return cut(ToCut(page, layout, on_page, positions), stem_of(reader or ""))


def _check(body: bytes, before: Contents, after: Contents, stays: list[Post]) -> None:
    """Raises CannotCut where a page that was cut does not hold just the posts that stay."""
    if before.is_read and body and not after.is_read:
        raise CannotCut("it cannot be read any more")
    if _told(stays) != _told(after.posts):
        raise CannotCut("other posts would change with it")
    if after.rejects > before.rejects:
        raise CannotCut("records that could be read could be no more")


def _told(posts: tuple[Post, ...] | list[Post]) -> list[tuple[str, str, str, datetime | None]]:
    """What posts say for themselves: what they embed of others may have gone."""
    return sorted(
        ((one.platform, one.post_id, one.text, one.published.at if one.published else None) for one in posts),
        key=str,
    )
