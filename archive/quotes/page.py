"""A news page's article: its paragraphs, captions and embedded posts, and what the page says of itself."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from archive.markup import Element, elements_of
from archive.quotes.article import Article
from archive.quotes.embeds import EmbeddedPost, read_embedded
from archive.quotes.extraction import extract_text, installed_extractor, is_extractor
from archive.quotes.written_dates import day_of

READER = "html-2"
"""This reader, as its name is kept with a capture; the number changes where the text of a page would."""
HIDDEN = frozenset(
    {
        *("script", "style", "noscript", "template", "nav", "footer", "aside", "form", "button", "select"),
        *("iframe", "svg", "header", "menu", "title", "meta", "link", "video", "audio", "object", "dialog"),
    }
)
"""Elements that hold no words of the article."""
BLOCKS = frozenset(
    {
        *("p", "div", "section", "article", "main", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol"),
        *("blockquote", "pre", "table", "tr", "td", "th", "dl", "dt", "dd", "br", "hr", "body", "html"),
        *("address", "center", "details", "summary"),
    }
)
CAPTION_CLASS = re.compile(r"(?:\A|[-_])(?:fig)?(?:caption|credit)s?(?:\Z|[-_])", re.I)
"""Classes of the texts beside pictures: `wp-caption-text`, `photo-credit`."""
BODY_CHOICES = 50
"""Of this many elements that can be the article the one with the longest text is taken."""
LEAST_SHARE = 0.1
"""The article has at least this share of the page's letters."""
DATE_FIELDS = ("article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "pubdate")
TITLE_FIELDS = ("og:title", "twitter:title")
AUTHOR_FIELDS = ("author", "article:author", "dc.creator", "byl")
SITE_FIELDS = ("og:site_name", "application-name")
HEADLINES = 5
"""The headline is looked for in this many of the first h1."""
SCRIPTS = 30
"""Blocks of linked data are looked for in this many scripts."""
LONGEST_VALUE = 1_000
_SCRIPT = re.compile(r"<script\b([^>]{0,500})>", re.I)


@dataclass(slots=True)
class _Words:
    """What a walk over the elements of an article collects."""

    blocks: list[list[str]] = field(default_factory=lambda: [[]])
    captions: list[str] = field(default_factory=list)
    posts: list[EmbeddedPost] = field(default_factory=list)

    @property
    def paragraphs(self) -> list[str]:
        """The blocks with words, white space made single."""
        lines = (" ".join("".join(block).split()) for block in self.blocks)
        return [line for line in lines if line]


def read_page(html: str, extractor: str | None) -> Article:
    """Return the article of a page; its text by trafilatura where that is installed (or was named).

    Raises:
        ModuleNotFoundError: trafilatura is named and not installed.
    """
    root = elements_of(html)
    about, body = _Metadata(root, html), _body(root)
    own = _read(body)
    used, paragraphs = READER, own.paragraphs
    if extractor is None or is_extractor(extractor):
        found = extract_text(html, needed=extractor is not None)
        if found is not None:
            used, paragraphs = installed_extractor(), _with_headline(about.headline, found)
    text, captions = _append(paragraphs, own.captions)
    return Article(
        text=text,
        title=about.value(TITLE_FIELDS) or about.headline or about.page_title,
        url=about.url,
        published=about.published,
        media_type="text/html",
        author=about.value(AUTHOR_FIELDS) or about.linked("author"),
        site=about.value(SITE_FIELDS) or about.linked("publisher"),
        captions=captions,
        posts=tuple(own.posts),
        extractor=used,
    )


def _with_headline(headline: str, paragraphs: list[str]) -> list[str]:
    """Return the paragraphs with the headline first, where the extractor left it out."""
    return paragraphs if not headline or headline in paragraphs[:3] else [headline, *paragraphs]


def _append(paragraphs: list[str], captions: list[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return one text and where in it the captions stand: last, for what runs on must not be cut by them."""
    text = "\n\n".join(paragraphs)
    places: list[tuple[int, int]] = []
    at, pieces = len(text), [text]
    for caption in captions:
        gap = "\n\n" if at else ""
        pieces += [gap, caption]
        places.append((at + len(gap), at + len(gap) + len(caption)))
        at = places[-1][1]
    return "".join(pieces), tuple(places)


def _body(root: Element) -> Element:
    """Return the element that holds the article: the longest of those marked so, else the whole page.

    Marked elements that hold little of the page are teasers, or were left empty.
    """
    whole = root.first("body") or root
    enough = _length(whole) * LEAST_SHARE
    for marked in (_marked(root), list(_outermost(root, "article")), list(_outermost(root, "main"))):
        best = max(marked[:BODY_CHOICES], key=_length, default=None)
        if best is not None and _length(best) >= enough:
            return best
    return whole


def _length(element: Element) -> int:
    return sum(map(len, _read(element).paragraphs))


def _marked(root: Element) -> list[Element]:
    return [found for found in root.all() if found.attributes.get("itemprop") == "articleBody"]


def _outermost(root: Element, name: str) -> Iterator[Element]:
    ahead: list[Element] = [root]
    while ahead:
        element = ahead.pop()
        if element.name == name:
            yield element
        else:
            ahead += [child for child in reversed(element.children) if isinstance(child, Element)]


def _read(body: Element) -> _Words:
    """Walk an element without recursion; embedded posts and captions are set aside."""
    found = _Words()
    ahead: list[Element | str | None] = [body]
    while ahead:
        node = ahead.pop()
        if node is None:
            found.blocks.append([])
        elif isinstance(node, str):
            found.blocks[-1].append(node)
        elif not _set_aside(node, found):
            inside = list(reversed(node.children))
            ahead += [None, *inside, None] if node.name in BLOCKS else inside
    return found


def _set_aside(element: Element, found: _Words) -> bool:
    """Take in an element that is no running text; return whether it is one."""
    post = read_embedded(element)
    if post is not None:
        found.posts.append(post)
        return True
    if element.name == "figure":
        _read_figure(element, found)
        return True
    if element.name == "figcaption" or any(map(CAPTION_CLASS.search, element.classes)):
        _add_caption(element, found)
        return True
    return element.name in HIDDEN or "hidden" in element.attributes


def _read_figure(figure: Element, found: _Words) -> None:
    ahead = [figure]
    while ahead:
        element = ahead.pop()
        post = read_embedded(element)
        if post is not None:
            found.posts.append(post)
        elif element.name == "figcaption":
            _add_caption(element, found)
        else:
            ahead += [child for child in reversed(element.children) if isinstance(child, Element)]


def _add_caption(element: Element, found: _Words) -> None:
    words = " ".join(element.text.split())
    if words and words not in found.captions[-3:]:
        found.captions.append(words)


class _Metadata:
    """What a page's head says, each of the fields by its name in lower case."""

    def __init__(self, root: Element, html: str) -> None:
        self._fields: dict[str, str] = {}
        self._root = root
        self._data = list(_linked_data(html))
        self.url: str | None = None
        for element in root.all():
            if element.name == "meta":
                self._note(element)
            elif element.name == "link" and element.attributes.get("rel", "").lower() == "canonical":
                self.url = self.url or element.attributes.get("href", "").strip() or None
        self.url = self.url or self.value(("og:url",))

    def _note(self, meta: Element) -> None:
        value = meta.attributes.get("content", "").strip()[:LONGEST_VALUE]
        for attribute in ("property", "name", "itemprop"):
            name = meta.attributes.get(attribute, "").strip().lower()
            if name and value:
                self._fields.setdefault(name, value)

    def value(self, fields: tuple[str, ...]) -> str | None:
        """The first of some fields that the page has."""
        return next((self._fields[name] for name in fields if name in self._fields), None)

    @property
    def headline(self) -> str:
        """The words of a first h1 that has some."""
        several = islice(self._root.all("h1"), HEADLINES)
        return next((words for tag in several if (words := " ".join(tag.text.split()))), "")

    @property
    def page_title(self) -> str:
        title = self._root.first("title")
        return " ".join(title.text.split()) if title is not None else ""

    @property
    def published(self) -> date | None:
        time = self._root.first("time")
        values = [
            self.value(DATE_FIELDS),
            self.linked("datePublished"),
            time.attributes.get("datetime") if time is not None else None,
        ]
        return next((day for value in values if value and (day := day_of(value)) is not None), None)

    def linked(self, key: str) -> str | None:
        """A value of the page's schema.org blocks; of a person or an organisation its name."""
        for entry in self._data:
            value = entry.get(key)
            value = value[0] if isinstance(value, list) and value else value
            value = value.get("name") if isinstance(value, dict) else value
            if isinstance(value, str) and value.strip():
                return value.strip()[:LONGEST_VALUE]
        return None


def _linked_data(html: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of the schema.org blocks that can be read."""
    for opening in list(_SCRIPT.finditer(html))[:SCRIPTS]:
        end = html.find("</script", opening.end())
        if "ld+json" not in opening[1].lower() or end < 0:
            continue
        try:
            data = json.loads(html[opening.end() : end])
        except (ValueError, RecursionError):
            continue
        graph = data.get("@graph", data) if isinstance(data, dict) else data
        yield from (
            entry for entry in (graph if isinstance(graph, list) else [graph]) if isinstance(entry, dict)
        )
