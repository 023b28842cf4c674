"""RSS and Atom, by feedparser: the only module that knows it, which gives it bytes and never an address."""

import io
import re
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from time import struct_time
from typing import Any

import feedparser

from archive.collectors.feed.dates import moment_of
from archive.collectors.feed.decoding import SEAM, readable_text, unseamed
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
from archive.markup import text_of_html

HEADERS = {"content-type": "application/xml; charset=utf-8"}
"""What feedparser is told of the bytes: ours."""

OLDER = ("prev-archive", "next")
"""Relations of links to older entries, the better first (RFC 5005, 3 and 4)."""
HTML = frozenset({"text/html", "application/xhtml+xml"})
PLAIN = "text/plain"

_NAMED_MAIL = re.compile(r"[^\s()@]{1,64}@[^\s()@]{1,255}\s{1,9}\((.{1,200})\)")
_MAILED_NAME = re.compile(r"(.{1,200}?) \([^\s()@]{1,64}@[^\s()@]{1,255}\)")
_BOUNDARY = re.compile(r"<(/?)(?:[\w.-]{1,40}:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
_ROOT_END = re.compile(r"</(?:[\w.-]{1,40}:)?(?:rss|feed|rdf)\s{0,99}>", re.IGNORECASE)
_END = 2_000
"""Characters at the end of a document among which its root must be closed."""

STUMBLES = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RecursionError,
)
"""What feedparser lets through where elements stand in places that it does not expect (6.0.14: KeyError)."""
_NEVER_READ = re.compile(
    r"</?(?:(?:georss|gml|geo|psc|media|itunes|cc):[\w-]+|textinput)(?=[\s/>])[^<>]*+>", re.I
)

Said = dict[str, Any]


def read_xml(page: Page) -> Document:
    """The document of a page. Raises UnreadablePage where it is no feed.

    feedparser's sanitizer is off: it takes the square of the length, and of its HTML only the text is
    taken, by archive.markup, which leaves scripts and styles out. Addresses are not resolved by it either:
    it would make addresses of ids.
    """
    text, sound = readable_text(page)
    found = _found(text, page)
    if not found.get("version"):
        begins = " ".join(text[:60].replace(SEAM, "").split())
        raise UnreadablePage(f"{page.source}: not a feed but {page.media_type}: {begins!r}", page)
    feed, entries = found["feed"], found["entries"]
    listed = bounded(_entries(feed, entries, page, cut=_ends_inside(text)), len(entries))
    return Document(
        entries=listed,
        older=_older(feed, page.source),
        title=name_of(_plain(feed, "title")),
        site=address_of(_text(feed, "link"), page.source),
        minutes=_minutes(_text(feed, "ttl")),
        whole=sound and _ROOT_END.search(text, max(0, len(text) - _END)) is not None,
    )


def _found(text: str, page: Page) -> Said:
    """What feedparser finds; where it stumbles, without the elements over which it does."""
    try:
        return _parsed(text)
    except STUMBLES:
        pass
    try:
        return _parsed(_NEVER_READ.sub("", text))
    except STUMBLES as error:
        raise UnreadablePage(f"{page.source}: a feed on which the parser fails ({error!r})", page) from error


def _parsed(text: str) -> Said:
    # A stream: what is not one, feedparser may take for the name of a file.
    stream = io.BytesIO(text.encode())
    found: Said = feedparser.parse(
        stream, response_headers=HEADERS, sanitize_html=False, resolve_relative_uris=False
    )
    return found


def _entries(feed: Said, entries: list[Said], page: Page, *, cut: bool) -> Iterator[Entry | Reject]:
    """The entries in order. `cut`: the last one is only a part of one, whose text is not its text."""
    for number, said in enumerate(islice(entries, MOST_ENTRIES), start=1):
        position = f"item {number}"
        if cut and number == len(entries):
            yield Reject(position, "the page ends before the entry does", _plain(said, "title")[:200])
            continue
        entry = _entry(said, feed, page, position)
        if entry.id or entry.link or entry.title or entry.body:
            yield entry
        else:
            yield Reject(position, "no id, no link, no title and no text", ", ".join(said)[:200])


def _entry(said: Said, feed: Said, page: Page, position: str) -> Entry:
    content = _content(said)
    return Entry(
        position=position,
        id=_text(said, "id").strip() or None,
        link=_link(said, page.source),
        title=" ".join(_plain(said, "title").split()),
        body=_shown(content),
        author=_author(said) or _author(feed),
        lang=language_of(content.get("language"), feed.get("language")),
        published=_moment(said, "published", page.retrieved_at),
        updated=_moment(said, "updated", page.retrieved_at),
        stamp=_text(said, "published") or _text(said, "updated"),
    )


def _own(said: Said, name: str) -> object:
    """A value that is there. By dict's own `get`: feedparser's gives the date of publishing for `updated`."""
    return dict.get(said, name)


def _text(said: Said, name: str) -> str:
    """A value as the feed has it."""
    value = _own(said, name)
    return cleaned(unseamed(value)) if isinstance(value, str) else ""


def _content(said: Said) -> Said:
    """The piece that holds an entry's text: the whole content where it is there, else its summary."""
    pieces = [one for one in said.get("content") or () if one.get("type") in (*HTML, PLAIN)]
    filled = (one for one in pieces if one.get("value"))
    return next(filled, None) or said.get("summary_detail") or {}


def _shown(piece: Said) -> str:
    value = _text(piece, "value")
    return (value if piece.get("type") == PLAIN else text_of_html(value)).strip()


def _plain(said: Said, name: str) -> str:
    """A title, which may be HTML."""
    return _shown(said.get(f"{name}_detail") or {})


def _link(said: Said, base: str) -> str | None:
    """The entry's page. feedparser takes every guid for one."""
    link = _text(said, "link")
    if link == _text(said, "id") and not link.lower().startswith(("http://", "https://")):
        return None
    return address_of(link, base)


def _author(said: Said) -> str | None:
    """`Name`, of RSS's `mail (Name)` and of what feedparser makes of Atom's, `Name (mail)`."""
    written = _text(said, "author").strip()[:600]
    named = _NAMED_MAIL.fullmatch(written) or _MAILED_NAME.fullmatch(written)
    return name_of(named[1] if named else written)


def _moment(said: Said, name: str, seen: datetime) -> Moment | None:
    read = _own(said, f"{name}_parsed")
    return moment_of(_text(said, name), read if isinstance(read, struct_time) else None, seen=seen)


def _older(feed: Said, base: str) -> str | None:
    links = [link for link in feed.get("links") or () if isinstance(link, dict)]
    for relation in OLDER:
        found = next((link for link in links if link.get("rel") == relation), None)
        if found is not None:
            return address_of(_text(found, "href"), base)
    return None


def _minutes(written: str) -> int | None:
    stated = written.strip()
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 7 else None


def _ends_inside(text: str) -> bool:
    """Whether a document ends before its last entry does."""
    for last in deque(_BOUNDARY.finditer(text), maxlen=1):
        tag = text[last.start() : text.find(">", last.start()) + 1]
        return not (last[1] or tag.endswith("/>"))
    return False
