"""Entries as posts: which is which, and what their text is."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from archive.collectors.feed.documents import Document, Entry
from archive.collectors.feed.json_feed import read_json_feed
from archive.collectors.feed.syndication import read_xml
from archive.contract import Page, Post, Reject, UnreadablePage, Version

PLATFORM = "feed"
EVIDENCE = "evidence"
"""`holds` of a page that speaks of the feed's state, and is not read for entries."""

LONGEST_ID = 500
"""Characters of an id; a longer one counts by its hash."""

_GLOBAL = re.compile(r"(?:https?://|urn:|tag:)\S+", re.IGNORECASE)
"""Ids that mean the same everywhere."""
_JSON_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{]")
_ELLIPSIS = " .…[]"
_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


def read_document(page: Page) -> Document:
    """The feed document of a page. Raises UnreadablePage, which says what it is instead."""
    if not page.body.strip():
        raise UnreadablePage(f"{page.source}: an empty page", page)
    return read_json_feed(page) if _JSON_BEGINS.match(page.body) else read_xml(page)


def parse_page(page: Page) -> Iterator[Post | Reject]:
    """The posts of a page. Raises UnreadablePage where it is no feed."""
    if page.context.get("holds") == EVIDENCE:
        return iter(())
    return iter(posts_of(read_document(page).entries, page.context.get("feed", page.source)))


def posts_of(entries: Iterable[Entry | Reject], feed: str) -> list[Post | Reject]:
    """Entries as posts, in their order; those of one identity are versions of one post (RFC 4287, 4.1.1)."""
    rejects = [one for one in entries if isinstance(one, Reject)]
    readable = [one for one in entries if isinstance(one, Entry)]
    versions: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry, post_id in zip(readable, identities(readable, feed), strict=True):
        versions[post_id].append(entry)
    return [*(_post(post_id, found, feed) for post_id, found in versions.items()), *rejects]


def identities(entries: Sequence[Entry], feed: str) -> list[str]:
    """Who each entry is: its id, else its link, else a hash of title and date.

    An id that entries with different links share tells nothing, and neither does a link (of entries
    without an id) that different titles share: software wrote the address of the whole site.
    """
    ids = _shared((one.id, one.link) for one in entries if one.link)
    links = _shared((one.link, one.title) for one in entries if not one.id or one.id in ids)
    return [_identity(one, feed, ids, links) for one in entries]


def _shared(pairs: Iterable[tuple[str | None, str | None]]) -> frozenset[str]:
    """Those that come with more than one other."""
    others: defaultdict[str, set[str | None]] = defaultdict(set)
    for one, other in pairs:
        if one:
            others[one].add(other)
    return frozenset(one for one, found in others.items() if len(found) > 1)


def _identity(entry: Entry, feed: str, ids: frozenset[str], links: frozenset[str]) -> str:
    if entry.id and entry.id not in ids:
        return _short(entry.id if _GLOBAL.fullmatch(entry.id) else f"{feed}#{entry.id}", feed)
    if entry.link and entry.link not in links:
        return _short(entry.link, feed)
    known = (entry.title, entry.stamp)
    told = known if all(known) else (*known, entry.body)
    return _hashed("\n".join(told), feed)


def _short(identity: str, feed: str) -> str:
    return identity if len(identity) <= LONGEST_ID else _hashed(identity, feed)


def _hashed(told: str, feed: str) -> str:
    return f"{feed}#sha256:{hashlib.sha256(told.encode()).hexdigest()}"


def _post(post_id: str, found: list[Entry], feed: str) -> Post:
    """The newest of the entries with that identity; the texts of the others are earlier ones."""
    entry, *earlier = sorted(found, key=_age, reverse=True)
    text = text_of(entry)
    texts = {text_of(one): one.updated or one.published for one in reversed(earlier)}
    published = entry.published or entry.updated
    edited = entry.updated if published and entry.updated and entry.updated.at > published.at else None
    return Post(
        platform=PLATFORM,
        post_id=post_id,
        text=text,
        position=entry.position,
        published=published,
        author_platform_id=feed,
        author_name=entry.author,
        url=entry.link,
        lang=entry.lang,
        edited=edited,
        versions=tuple(Version(words, when) for words, when in texts.items() if words != text),
    )


def _age(entry: Entry) -> datetime:
    known = entry.updated or entry.published
    return known.at if known else _BEGINNING


def text_of(entry: Entry) -> str:
    """Title, empty line, text. Without the title where the text begins with it, also with it cut short."""
    if not entry.title or not entry.body:
        return entry.title or entry.body
    title = entry.title.casefold()
    begins = " ".join(entry.body[: 4 * len(title) + 40].split()).casefold()
    cut_short = title.rstrip(_ELLIPSIS) if title.endswith(("…", "...", "[…]", "[...]")) else title
    repeats = bool(cut_short) and begins.startswith(cut_short)
    return entry.body if repeats else f"{entry.title}\n\n{entry.body}"
