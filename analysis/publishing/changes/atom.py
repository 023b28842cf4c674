"""Feeds as Atom (RFC 4287). Pure: the same entries give the same bytes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree

from analysis.publishing.changes.entries import FeedEntry, characters
from analysis.site.wording import KINDS

ATOM = "http://www.w3.org/2005/Atom"

PAGE = "changes.html"
"""What a feed is the other form of, seen from the report's first folder."""

SUBTITLE = (
    "Statements that came into this report or changed in it. What a statement does is found by a program "
    "and can be wrong; every entry links to its record."
)

_IN_NO_ADDRESS = {ord(sign): f"%{ord(sign):02X}" for sign in '"<>\\^`{|}'}


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed with its entries, newest first, each with the time of its last change."""

    id: str
    address: str
    """Seen from the report's first folder, one folder deep."""
    title: str
    updated: datetime
    entries: tuple[tuple[FeedEntry, datetime], ...]


def atom(feed: Feed, base: str | None) -> bytes:
    """A feed as a file. Links begin with `base` (with `/` at its end), or lead on from the feed itself."""
    root = ElementTree.Element("feed", {"xmlns": ATOM})
    _text(root, "id", f"urn:uuid:{feed.id}")
    _text(root, "title", feed.title, type="text")
    _text(root, "subtitle", SUBTITLE, type="text")
    _text(root, "updated", _time(feed.updated))
    _text(ElementTree.SubElement(root, "author"), "name", "Hustings")
    _text(root, "generator", "Hustings")
    _link(root, "self", "application/atom+xml", _href(feed.address, base))
    _link(root, "alternate", "text/html", _href(PAGE, base))
    for entry, updated in feed.entries:
        _add(ElementTree.SubElement(root, "entry"), entry, updated, base)
    ElementTree.indent(root, space=" ")
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _add(element: ElementTree.Element, entry: FeedEntry, updated: datetime, base: str | None) -> None:
    _text(element, "id", f"urn:uuid:{entry.id}")
    _text(element, "title", title_of(entry), type="text")
    _text(element, "updated", _time(updated))
    if entry.published is not None:
        _text(element, "published", _time(entry.published))
    _text(ElementTree.SubElement(element, "author"), "name", entry.name or "unknown")
    for kind in entry.kinds:
        ElementTree.SubElement(
            element, "category", {"term": kind.value, "label": KINDS.get(kind, kind.value)}
        )
    _link(element, "alternate", "text/html", _href(entry.address, base))
    if entry.original is not None:
        _link(element, "via", None, entry.original.translate(_IN_NO_ADDRESS))
    if entry.text:
        _text(element, "summary", entry.text, type="text")


def title_of(entry: FeedEntry) -> str:
    """Who, where, and what the statement does."""
    kinds = ", ".join(KINDS.get(kind, kind.value) for kind in entry.kinds)
    return ", ".join(filter(None, _who(entry))) + f": {kinds or 'statement'}"


def _who(entry: FeedEntry) -> Iterator[str]:
    yield f"{entry.name} ({entry.party})" if entry.party else entry.name
    yield entry.contest
    yield "repost" if entry.is_repost else ""


def _href(address: str, base: str | None) -> str:
    return f"../{address}" if base is None else base + address


def _time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds")


def _text(parent: ElementTree.Element, tag: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, tag, attributes).text = characters(text)


def _link(parent: ElementTree.Element, rel: str, kind: str | None, href: str) -> None:
    attributes = {"rel": rel, "type": kind or "", "href": characters(href)}
    ElementTree.SubElement(parent, "link", {name: value for name, value in attributes.items() if value})
