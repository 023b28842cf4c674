"""A news article's file as plain text, with what the file says about itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from archive.quotes.embeds import EmbeddedPost
from archive.quotes.tables import words
from archive.quotes.written_dates import day_of
from db.errors import Refusal

HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
HTML_START = re.compile(
    r"\ufeff?\s*(?:<\?xml[^<>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body|article)\b",
    re.I | re.S,
)
PLAIN = "plain-1"
"""The reader of plain text, as its name is kept with a capture."""
HEAD_LINES = 15
"""Title, address and date of a plain text are looked for in this many lines with text."""
LABELLED = re.compile(r"(?:published|posted|date|url|source|link)\s*(?:on|at)?\s*:?\s*(.{1,300})", re.I)
ADDRESS = re.compile(r"https?://\S{3,2000}")


class NotAnArticle(Refusal):
    """The file cannot be read as a news article; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Article:
    """A news article; offsets of quotations refer to `text`."""

    text: str
    """Plain text: of a plain file all of it, unchanged; of HTML the paragraphs, a blank line between two,
    and behind them the captions."""
    title: str
    """Empty where the file gives none."""
    url: str | None
    published: date | None
    """The day of publication as the file writes it, in the publisher's zone."""
    media_type: str
    """`text/plain` or `text/html`."""
    author: str | None = None
    """Who wrote it, as the page's own metadata says."""
    site: str | None = None
    """The publication, likewise."""
    captions: tuple[tuple[int, int], ...] = ()
    """Start and end of each text beside a picture, photo credits included; code points in `text`."""
    posts: tuple[EmbeddedPost, ...] = ()
    """Posts that the page embeds; their words are no part of `text`."""
    extractor: str = PLAIN
    """What took the text out of the file, with its version: the same one gives the same offsets again."""


def is_html(body: bytes, name: str) -> bool:
    """Return whether a file is read as HTML, by its name's ending or its first tag."""
    if PurePosixPath(name).suffix.lower() in HTML_SUFFIXES:
        return True
    return HTML_START.match(body[:8_000].decode("utf-8", "replace")) is not None


def read_article(body: bytes, *, name: str, extractor: str | None = None) -> Article:
    """Return the article in a file's bytes; `name` (its file name or address) tells HTML by its suffix.

    `extractor` is the one that an earlier reading named; None takes trafilatura where it is installed.

    Raises:
        NotAnArticle: the bytes are not UTF-8, hold NUL bytes, or hold no text; the extractor asked for is
            not installed.
    """
    text = _decoded(body, name)
    if is_html(body, name):
        from archive.quotes.page import read_page

        try:
            article = read_page(text, extractor)
        except ModuleNotFoundError as error:
            raise NotAnArticle(
                f"{name}: was read with {extractor}: pip install 'hustings[articles]'"
            ) from error
    else:
        article = _read_plain(text)
    if not article.text.strip("\ufeff \t\r\n") and not article.posts:
        raise NotAnArticle(f"{name}: holds no text")
    return article


def _decoded(body: bytes, name: str) -> str:
    if b"\0" in body:
        raise NotAnArticle(f"{name}: holds NUL bytes: a binary file or UTF-16, not an article in UTF-8")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotAnArticle(f"{name}: is not UTF-8 (byte {error.start}: 0x{body[error.start]:02x})") from error


def _read_plain(text: str) -> Article:
    head = [line for line in _head_lines(text) if line.lower() not in words("page_furniture")]
    values = [found.group(1) if (found := LABELLED.fullmatch(line)) else line for line in head]
    return Article(
        text=text,
        title=next((line for line in head if not ADDRESS.match(line) and day_of(line) is None), ""),
        url=next((value for value in values if ADDRESS.fullmatch(value)), None),
        published=next((day for value in values if (day := day_of(value)) is not None), None),
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
