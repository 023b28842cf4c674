"""JSON Feed, versions 1 and 1.1 (jsonfeed.org)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from archive.collectors.feed.dates import moment_of
from archive.collectors.feed.documents import (
    MOST_ENTRIES,
    Document,
    Entry,
    address_of,
    bounded,
    cleaned,
    language_of,
    name_of,
)
from archive.contract import Moment, Page, Reject, UnreadablePage
from archive.contract.web import json_excerpt, read_json
from archive.markup import text_of_html

VERSIONS = "https://jsonfeed.org/version/"

Said = Mapping[str, Any]


class WrongItem(ValueError):
    """An item that cannot be read; the message names the field."""


def read_json_feed(page: Page) -> Document:
    """The document of a page. Raises UnreadablePage where it is no JSON Feed."""
    said = read_json(page)
    version = said.get("version") if isinstance(said, dict) else None
    if not isinstance(version, str) or not version.startswith(VERSIONS):
        raise UnreadablePage(f"{page.source}: JSON, but not a JSON Feed (no version of it)", page)
    items = said.get("items")
    if not isinstance(items, list):
        raise UnreadablePage(f"{page.source}: a JSON Feed without a list of items", page)
    return Document(
        entries=bounded(_entries(said, items, page), len(items)),
        older=address_of(said.get("next_url"), page.source),
        title=name_of(said.get("title")),
        site=address_of(said.get("home_page_url"), page.source),
    )


def _entries(feed: Said, items: list[Any], page: Page) -> Iterator[Entry | Reject]:
    for number, item in enumerate(islice(items, MOST_ENTRIES), start=1):
        position = f"item {number}"
        try:
            yield _entry(item, feed, page, position)
        except WrongItem as error:
            yield Reject(position, str(error), json_excerpt(item))


def _entry(item: Any, feed: Said, page: Page, position: str) -> Entry:
    """One item. Raises WrongItem."""
    if not isinstance(item, dict):
        raise WrongItem(f"no item but {type(item).__name__}")
    stamp = _text(item, "date_published") or _text(item, "date_modified")
    return Entry(
        position=position,
        id=_id(item.get("id")),
        link=address_of(item.get("url"), page.source) or address_of(item.get("external_url"), page.source),
        title=" ".join(_text(item, "title").split()),
        body=_body(item),
        author=_author(item) or _author(feed),
        lang=language_of(item.get("language"), feed.get("language")),
        published=_moment(item, "date_published", page.retrieved_at),
        updated=_moment(item, "date_modified", page.retrieved_at),
        stamp=stamp,
    )


def _id(found: object) -> str:
    """An id, which must be there; a number counts as its digits (version 1.1, `id`)."""
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str) or not found.strip():
        raise WrongItem("no id" if found in (None, "") else f"id is {type(found).__name__}")
    return cleaned(found).strip()


def _text(item: Said, name: str) -> str:
    """A text that may be missing. Raises WrongItem where it is something else."""
    value = item.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise WrongItem(f"{name} is {type(value).__name__}")
    return cleaned(value)


def _body(item: Said) -> str:
    """The plain text where there is one, else that of the HTML, else the summary."""
    return _text(item, "content_text").strip() or (
        text_of_html(_text(item, "content_html")) or _text(item, "summary").strip()
    )


def _author(said: Said) -> str | None:
    """The first author; version 1 had one only."""
    listed = said.get("authors")
    first = listed[0] if isinstance(listed, list) and listed else said.get("author")
    return name_of(first.get("name")) if isinstance(first, dict) else None


def _moment(item: Said, name: str, seen: datetime) -> Moment | None:
    value = item.get(name)
    return moment_of(value, None, seen=seen) if isinstance(value, str) else None
