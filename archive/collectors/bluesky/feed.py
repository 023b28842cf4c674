"""Pages of the AppView's app.bsky.feed.getAuthorFeed, read as posts, and where their items stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from archive.atproto.addresses import POST, RecordAddress, handle_of, record_address
from archive.atproto.reading import excerpt
from archive.atproto.records import WrongRecord, published_at, read_record
from archive.atproto.texts import shown
from archive.collectors.bluesky.pages import cursor_of
from archive.contract import Page, Post, Reject, UnreadablePage
from archive.contract.web import read_json

REPOSTED = "app.bsky.feed.defs#reasonRepost"
PINNED = "app.bsky.feed.defs#reasonPin"

QUOTE_VIEWS: dict[str, tuple[str, ...]] = {
    "app.bsky.embed.record#view": ("record", "author", "handle"),
    "app.bsky.embed.recordWithMedia#view": ("record", "record", "author", "handle"),
}
"""Kind of embed as the AppView shows it -> the keys that lead to the quoted author's handle in it."""

_BY_NUMBER = re.compile(r"\d{1,15}__\w+")
_BY_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T[0-9:.]{8,20}Z")
_JUST_ABOVE = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of a feed."""

    items: list[Any]
    cursor: str | None

    @property
    def positions(self) -> tuple[str, ...]:
        """The times by which the AppView sorts, in fixed width; pinned items stand out of their place."""
        times = (sort_time(item) for item in self.items if not is_pinned(item))
        return tuple(position_of(time) for time in times if time)


def read_feed(page: Page) -> Feed:
    """Raises UnreadablePage where the page is no feed."""
    said = read_json(page)
    items = said.get("feed") if isinstance(said, dict) else None
    if not isinstance(items, list):
        raise UnreadablePage(f"{page.source}: not a feed but {excerpt(said)}")
    return Feed(items, cursor_of(said, page))


def position_of(time: datetime) -> str:
    """`2026-11-23T23:10:54.878Z`: the AppView compares milliseconds."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def cursor_above(position: str, given: str) -> str | None:
    """A cursor that leads to a position, in the form of one that the AppView gave; None: unknown form.

    Both forms name the place by its time (packages/bsky/src/data-plane/server/db/pagination.ts and what
    public.api.bsky.app gives, read 2026-11), so that one can go there without what lies above it.
    """
    try:
        above = datetime.fromisoformat(position) + _JUST_ABOVE
    except OverflowError:  # the end of the calendar
        return None
    if _BY_NUMBER.fullmatch(given):
        return f"{(above - datetime.fromtimestamp(0, UTC)) // _JUST_ABOVE}__a"
    return position_of(above) if _BY_TIME.fullmatch(given) else None


def sort_time(item: Any) -> datetime | None:
    """When the AppView thinks that this was published: the claimed time, unless it was seen before that."""
    reason, post = _at(item, "reason"), _at(item, "post")
    if _at(reason, "$type") == REPOSTED:
        seen = published_at(_at(reason, "indexedAt"))
        return seen.at if seen else None
    times = (published_at(_at(post, "record", "createdAt")), published_at(_at(post, "indexedAt")))
    return min((time.at for time in times if time), default=None)


def is_pinned(item: Any) -> bool:
    """Whether an item stands on top because its author pinned it."""
    return bool(_at(item, "reason", "$type") == PINNED)


def parse_feed(page: Page) -> Iterator[Post | Reject]:
    """The posts of a feed. Raises UnreadablePage."""
    did = page.context.get("did")
    if did is None:
        raise UnreadablePage(f"{page.source}: kept without its did")
    for number, item in enumerate(read_feed(page).items, start=1):
        position = f"item {number}"
        try:
            yield _read_item(item, did, position)
        except WrongRecord as error:
            yield Reject(position, str(error), excerpt(_at(item, "post", "record") or item))


def _read_item(item: Any, did: str, position: str) -> Post:
    view = _at(item, "post")
    address = record_address(_at(view, "uri"))
    if address is None or address.collection != POST:
        raise WrongRecord("post.uri: no address of a post")
    post = read_record(_at(view, "record"), address, position)
    if _at(item, "reason", "$type") == REPOSTED:
        return _repost(post, _at(item, "reason"), did)
    if address.repo != did:
        raise WrongRecord(f"post.uri: {address} is not of {did}")
    return replace(
        post,
        author_handle=_handle(_at(view, "author", "handle")),
        author_name=shown(_at(view, "author", "displayName")),
        quoted=_quoted_handle(_at(view, "embed")) or post.quoted,
    )


def _repost(original: Post, reason: Any, did: str) -> Post:
    """The repost of a post; AppViews that do not tell its own address give it one of ours."""
    if _at(reason, "by", "did") != did:
        raise WrongRecord(f"reason.by.did: not of {did}")
    told = record_address(_at(reason, "uri"))
    if told is not None and told.repo != did:
        raise WrongRecord(f"reason.uri: {told} is not of {did}")
    return Post(
        platform=original.platform,
        post_id=_repost_id(told, original, did),
        text=original.text,
        position=original.position,
        published=published_at(_at(reason, "indexedAt")),
        author_platform_id=did,
        author_handle=_handle(_at(reason, "by", "handle")),
        author_name=shown(_at(reason, "by", "displayName")),
        lang=original.lang,
        repost_of=original.post_id,
    )


def _repost_id(told: RecordAddress | None, original: Post, did: str) -> str:
    return str(told) if told else f"{original.post_id}#repost-by-{did}"


def _quoted_handle(embed: Any) -> str | None:
    kind = _at(embed, "$type")
    if not isinstance(kind, str) or kind not in QUOTE_VIEWS:
        return None
    return _handle(_at(embed, *QUOTE_VIEWS[kind]))


def _handle(value: Any) -> str | None:
    return handle_of(value) if isinstance(value, str) else None


def _at(value: Any, *keys: str) -> Any:
    """What lies under these keys; None where anything on the way is missing or no object."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
