"""Posts of platforms that a page shows among its paragraphs, by the marks of each platform's embeds."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice

from archive.markup import Element
from archive.quotes.tables import read_rows
from archive.quotes.written_dates import day_of

LONGEST_ADDRESS = 2_000
EMBED_ELEMENTS = 500
"""No more of the elements in an embed are looked at."""
_NAMED = re.compile(r"(?P<name>[^\n]{0,200}?)\s{0,9}\(@(?P<handle>[\w.-]{1,100})\)")
"""How embeds sign: `— Name (@handle) July 5, 2024`."""
_SHARED_BY = re.compile(r"\A.{0,200}shared by ", re.I)
_FURNITURE = re.compile(
    r"\[image or embed\]|View (?:this post|more) on \w+|View on \w+|A (?:post|reel) shared by .{0,200}", re.I
)
"""What platforms write into an embed besides the post."""


@dataclass(frozen=True, slots=True)
class EmbeddedPost:
    """One post as a page shows it."""

    platform: str
    post_id: str
    """The platform's own id, as collectors store it."""
    url: str
    handle: str | None
    """Without the leading @."""
    name: str | None
    text: str
    """Empty where the embed is a frame that the browser fills."""
    published: date | None
    """The day that the embed prints, in whatever zone its platform chose."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """One row of embeds.csv."""

    platform: str
    name: str
    """The class of the embed's element; empty for frames."""
    attribute: str
    """Which attribute holds the post's address; `a` for the last link that fits."""
    address: re.Pattern[str]
    """Names the groups that `post_id` and `url` are made of."""
    post_id: str
    url: str


@cache
def _shapes() -> tuple[_Shape, ...]:
    return tuple(
        _Shape(
            row["platform"],
            row["class"],
            row["attribute"],
            re.compile(row["address"]),
            row["post_id"],
            row["url"],
        )
        for row in read_rows("embeds.csv")
    )


def read_embedded(element: Element) -> EmbeddedPost | None:
    """Return the post that an element of a page embeds; None for every other element."""
    if element.name not in ("blockquote", "iframe", "div"):
        return None
    classes = element.classes
    for shape in _shapes():
        if shape.name in classes or (not shape.name and element.name == "iframe"):
            for address in _addresses(element, shape):
                found = shape.address.match(address[:LONGEST_ADDRESS])
                if found is not None:
                    return _post(element, shape, found)
    return None


def _addresses(element: Element, shape: _Shape) -> list[str]:
    if shape.attribute != "a":
        address = element.attributes.get(shape.attribute, "").strip()
        return [address] if address else []
    links = [link.attributes.get("href", "").strip() for link in _inside(element, "a")]
    # A quoted post is linked before the post's own time.
    return links[::-1]


def _inside(element: Element, name: str) -> list[Element]:
    return [found for found in islice(element.all(), EMBED_ELEMENTS) if found.name == name]


def _post(element: Element, shape: _Shape, found: re.Match[str]) -> EmbeddedPost:
    parts = {name: value or "" for name, value in found.groupdict().items()}
    paragraphs = list(_inside(element, "p"))
    printed = element.text
    body = "\n\n".join(paragraph.text for paragraph in paragraphs) if paragraphs else ""
    signed = _NAMED.search(printed, max(0, printed.rfind("(@") - 250))
    return EmbeddedPost(
        platform=shape.platform,
        post_id=shape.post_id.format(**parts),
        url=shape.url.format(**parts),
        handle=parts.get("handle") or (signed["handle"] if signed else None),
        name=_SHARED_BY.sub("", signed["name"]).strip(" \t—–-\xa0") or None if signed else None,
        text=_FURNITURE.sub("", body).strip(),
        published=next((day for link in _inside(element, "a") if (day := _printed_day(link.text))), None),
    )


def _printed_day(printed: str) -> date | None:
    return day_of(printed.partition(" at ")[0])
