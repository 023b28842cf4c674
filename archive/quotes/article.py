"""A news article's file as plain text, with what the file says about itself; the door to BeautifulSoup."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

from archive.quotes.tables import words
from db.errors import Refusal

HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
HTML_START = re.compile(
    r"\ufeff?\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body|article)\b", re.I | re.S
)
HIDDEN = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "nav",
        "footer",
        "aside",
        "figure",
        "form",
        "button",
        "select",
        "iframe",
        "svg",
        "head",
        "header",
        "menu",
    ]
)
"""Elements that hold no words of the article; pictures' captions (in `figure`) are among them."""
BLOCKS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "main",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "blockquote",
        "pre",
        "table",
        "tr",
        "td",
        "th",
        "dl",
        "dt",
        "dd",
        "br",
        "hr",
    ]
)
BODIES = ("article", "main", "body")
"""Where the text is looked for, best first."""
DATE_FIELDS = ("article:published_time", "datePublished", "date", "dc.date", "DC.date.issued", "pubdate")
TITLE_FIELDS = ("og:title", "twitter:title")
HEAD_LINES = 15
"""Title, address and date of a plain text are looked for in this many lines with text."""
LABELLED = re.compile(r"(?:published|posted|date|url|source|link)\s*(?:on|at)?\s*:?\s*(.{1,300})", re.I)
ADDRESS = re.compile(r"https?://\S{3,2000}")
DATE_FORMATS = ("%d %B %Y", "%B %d %Y", "%A %d %B %Y", "%d %b %Y", "%b %d %Y")


class NotAnArticle(Refusal):
    """The file cannot be read as a news article; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Article:
    """A news article; offsets of quotations refer to `text`."""

    text: str
    """Plain text: of a plain file all of it, unchanged; of HTML the paragraphs, a blank line between two."""
    title: str
    """Empty where the file gives none."""
    url: str | None
    published: date | None
    """The day of publication as the file writes it, in the publisher's zone."""
    media_type: str
    """`text/plain` or `text/html`."""


def read_article(body: bytes, *, name: str) -> Article:
    """Return the article in a file's bytes; `name` (its file name or address) tells HTML by its suffix.

    Raises:
        NotAnArticle: the bytes are not UTF-8, hold NUL bytes, or hold no text.
    """
    text = _decoded(body, name)
    is_html = PurePosixPath(name).suffix.lower() in HTML_SUFFIXES or HTML_START.match(text) is not None
    article = _read_html(text) if is_html else _read_plain(text)
    if not article.text.strip("\ufeff \t\r\n"):
        raise NotAnArticle(f"{name}: holds no text")
    return article


def _decoded(body: bytes, name: str) -> str:
    if b"\0" in body:
        raise NotAnArticle(f"{name}: holds NUL bytes: a binary file or UTF-16, not an article in UTF-8")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotAnArticle(f"{name}: is not UTF-8 (byte {error.start}: 0x{body[error.start]:02x})") from error


# ---- plain text ------------------------------------------------------------


def _read_plain(text: str) -> Article:
    head = [line for line in _head_lines(text) if line.lower() not in words("page_furniture")]
    values = [found.group(1) if (found := LABELLED.fullmatch(line)) else line for line in head]
    return Article(
        text=text,
        title=next((line for line in head if not ADDRESS.match(line) and _date(line) is None), ""),
        url=next((value for value in values if ADDRESS.fullmatch(value)), None),
        published=next((day for value in values if (day := _date(value)) is not None), None),
        media_type="text/plain",
    )


def _head_lines(text: str) -> Iterator[str]:
    seen = 0
    for match in re.finditer(r"[^\r\n]+", text):
        line = match.group().strip("\ufeff \t")
        if line:
            yield line
            seen += 1
        if seen == HEAD_LINES:
            return


def _date(value: str) -> date | None:
    """Return the day that is the whole of a value, in ISO or in English words."""
    plain = value.strip().rstrip(".")
    if len(plain) > 40:
        return None
    try:
        return datetime.fromisoformat(plain).date()
    except ValueError:
        pass
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(" ".join(plain.replace(",", " ").split()), form).date()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return None


# ---- HTML ------------------------------------------------------------


def _read_html(text: str) -> Article:
    soup = BeautifulSoup(_close_loose_ends(text), "html.parser")
    body = next((found for name in BODIES if (found := soup.find(name)) is not None), soup)
    return Article(
        text=_paragraphs(body),
        title=_meta(soup, TITLE_FIELDS) or _words_of(soup.find("h1")) or _words_of(soup.find("title")),
        url=_link(soup) or _meta(soup, ("og:url",)),
        published=_published(soup),
        media_type="text/html",
    )


def _close_loose_ends(text: str) -> str:
    """Return the markup with openings that nothing closes as plain text.

    html.parser searches the rest of the file anew for each of them: minutes for a hundred thousand.
    """
    for opening, closing in (("<!--", "-->"), ("<", ">")):
        head, end, tail = text.rpartition(closing)
        text = head + end + tail.replace(opening, "&lt;" + opening[1:])
    return text


def _paragraphs(body: Tag) -> str:
    """Return the visible words, a blank line between two blocks; no recursion, whatever the depth."""
    blocks: list[list[str]] = [[]]
    pending: list[object] = [body]
    while pending:
        node = pending.pop()
        if node is None:
            blocks.append([])
        elif isinstance(node, Tag):
            if node.name not in HIDDEN:
                inside = list(reversed(node.contents))
                pending.extend([None, *inside, None] if node.name in BLOCKS else inside)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            blocks[-1].append(str(node))
    lines = (" ".join("".join(block).split()) for block in blocks)
    return "\n\n".join(line for line in lines if line)


def _words_of(tag: Tag | None) -> str:
    return "" if tag is None else _paragraphs(tag).replace("\n\n", " ")


def _meta(soup: BeautifulSoup, fields: tuple[str, ...]) -> str | None:
    for field in fields:
        for attribute in ("property", "name", "itemprop"):
            tag = soup.find("meta", attrs={attribute: field})
            if tag is not None and (value := str(tag.get("content") or "").strip()):
                return value
    return None


def _link(soup: BeautifulSoup) -> str | None:
    tag = soup.find("link", rel="canonical")
    return str(tag.get("href") or "").strip() or None if tag is not None else None


def _published(soup: BeautifulSoup) -> date | None:
    times = soup.find("time")
    values = [
        _meta(soup, DATE_FIELDS),
        _linked_data_date(soup),
        str(times.get("datetime") or "") if times else None,
    ]
    return next((day for value in values if value and (day := _date(value)) is not None), None)


def _linked_data_date(soup: BeautifulSoup) -> str | None:
    """Return `datePublished` of a schema.org block, where one can be read."""
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            data = json.loads(script.get_text())
        except ValueError:
            continue
        for entry in data if isinstance(data, list) else [data]:
            if isinstance(entry, dict) and isinstance(entry.get("datePublished"), str):
                return str(entry["datePublished"])
    return None
