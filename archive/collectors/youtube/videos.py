"""Videos as YouTube's answers list them, read without the network."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from archive.collectors.youtube.addresses import VIDEO_ID, watch_page
from archive.contract import Moment, Page, Post, Reject, UnreadablePage, whole_characters
from archive.contract.web import json_excerpt, read_json
from archive.times import WrongTime, parse_moment

PLATFORM = "youtube"
EVIDENCE = "evidence"
"""`holds` of a page that speaks of a channel or a list, and has no videos."""

UPLOADS, VIDEOS = "youtube#playlistItemListResponse", "youtube#videoListResponse"
KINDS = frozenset({UPLOADS, VIDEOS})

PLACEHOLDERS = frozenset({"Private video", "Deleted video"})
"""Titles of what stands in the list where a video was."""
HIDDEN = ("private", "privacyStatusUnspecified")


Entry = Mapping[str, Any]


class WrongRecord(ValueError):
    """A record without what it must have; the message names the field."""


def parse_page(page: Page) -> Iterator[Post | Reject]:
    """The videos of a page. Raises UnreadablePage where it is no list of videos."""
    if page.context.get("holds") == EVIDENCE:
        return iter(())
    return _posts(entries_of(page))


def entries_of(page: Page) -> list[Any]:
    """The records of a page as they came; YouTube leaves an empty list out."""
    said = read_json(page)
    kind = said.get("kind") if isinstance(said, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise UnreadablePage(f"{page.source}: JSON, but no list of videos of YouTube's", page)
    items = said.get("items", [])
    if not isinstance(items, list):
        raise UnreadablePage(f"{page.source}: items are no list but {type(items).__name__}", page)
    return items


def _posts(entries: list[Any]) -> Iterator[Post | Reject]:
    for number, entry in enumerate(entries, start=1):
        position = f"item {number}"
        try:
            if not isinstance(entry, dict):
                raise WrongRecord(f"no video but {type(entry).__name__}")
            if not is_placeholder(entry):
                yield _post(entry, position)
        except WrongRecord as error:
            yield Reject(position, str(error), json_excerpt(entry))


def is_placeholder(entry: Entry) -> bool:
    """Whether a record only says that a video is private or deleted now.

    Its title is YouTube's word and no edit of the author's; that the video was seen so stays known by the
    page, which is kept.
    """
    if _part(entry, "status").get("privacyStatus") in HIDDEN:
        return True
    title = _part(entry, "snippet").get("title")
    dated = _part(entry, "contentDetails").get("videoPublishedAt")
    return isinstance(title, str) and title in PLACEHOLDERS and not dated and "contentDetails" in entry


def _post(entry: Entry, position: str) -> Post:
    """One record. Raises WrongRecord."""
    snippet = _part(entry, "snippet")
    if not snippet:
        raise WrongRecord("no snippet")
    video_id = video_id_of(entry)
    owner = "videoOwnerChannel" if snippet.get("videoOwnerChannelId") else "channel"
    return Post(
        platform=PLATFORM,
        post_id=video_id,
        text=_words(snippet),
        position=position,
        published=_published(entry, snippet),
        author_platform_id=_text(snippet, f"{owner}Id") or None,
        author_name=_text(snippet, f"{owner}Title") or None,
        url=watch_page(video_id),
        lang=_text(snippet, "defaultLanguage") or None,
    )


def _words(snippet: Entry) -> str:
    """Title, empty line, description."""
    title, description = _text(snippet, "title").strip(), _text(snippet, "description").strip()
    if not title and not description:
        raise WrongRecord("no title")
    return "\n\n".join(filter(None, (title, description)))


def _published(entry: Entry, snippet: Entry) -> Moment:
    """When the video came out, else when it was added to the list."""
    details = _part(entry, "contentDetails")
    if details.get("videoPublishedAt") is not None:
        return _moment(details, "videoPublishedAt")
    return _moment(snippet, "publishedAt")


def added_at(entry: Entry) -> datetime:
    """When a video was added to the list, by which the list is sorted. Raises WrongRecord."""
    return _moment(_part(entry, "snippet"), "publishedAt").at


def video_id_of(entry: Entry) -> str:
    """A video's id: that of a record in a playlist is another one. Raises WrongRecord."""
    resource = _part(_part(entry, "snippet"), "resourceId")
    in_list = _part(entry, "contentDetails").get("videoId") or resource.get("videoId")
    found = in_list or (entry.get("id") if entry.get("kind") == "youtube#video" else None)
    if not isinstance(found, str):
        raise WrongRecord("no videoId" if found is None else f"videoId is {type(found).__name__}")
    if not VIDEO_ID.fullmatch(found):
        raise WrongRecord("videoId is no id of a video")
    return found


def _part(entry: Entry, name: str) -> Entry:
    found = entry.get(name)
    return found if isinstance(found, dict) else {}


def _text(entry: Entry, name: str) -> str:
    """A text that may be missing. Raises WrongRecord where it is something else."""
    value = entry.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise WrongRecord(f"{name} is {type(value).__name__}")
    return whole_characters(value.replace("\0", "\ufffd"))


def _moment(entry: Entry, name: str) -> Moment:
    """A time that must be there. Raises WrongRecord."""
    written = _text(entry, name)
    if not written:
        raise WrongRecord(f"no {name}")
    try:
        return parse_moment(written)
    except WrongTime as error:
        raise WrongRecord(f"{name}: {error}") from error
