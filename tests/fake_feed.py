"""A blog's feed in small: RSS 2.0, Atom or JSON Feed, with archive pages (RFC 5005) or without."""

import hashlib
import html
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from loopback import Answer, Asked, Switches
from world import World, WorldAccount, WorldPost

from archive.contract import AccountRef
from db.words import State

TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
STATUSES = {State.DELETED: 410, State.PROTECTED: 401, State.BLOCKED: 403}
"""What a feed that is not active answers; any other state: 404."""


class FakeFeed:
    """One blog for each account, at `/<handle>/feed`: a renamed one answers 301 at its old addresses.

    The feed shows the newest `page_size` entries; older ones are on archive pages, which stay as they are
    but for deletions. Of the switches `expire_cursors` and `partial_errors` make no sense here, and
    `repeat_cursor` and `empty_page_at` (from 2) concern the archive pages. Pins, replies and moves do not
    show in a feed; a repost is an entry like any other.
    """

    collector = "feed"

    def __init__(
        self,
        world: World,
        *,
        page_size: int = 20,
        form: str = "rss",
        archives: bool = True,
        etags: bool = True,
        ids: str = "tag:feeds.example,2024:{}",
    ) -> None:
        self.world = world
        self.switches = Switches()
        self.fired: Counter[str] = Counter()
        self.page_size = page_size
        self.form = form
        self.archives = archives
        self.etags = etags
        self.ids = ids
        """What an entry's id is made of; empty: entries have none."""
        self.temporarily: str | None = None
        """Where all requests for a feed are sent for now (302)."""
        self.headers: dict[str, str] = {}
        """Further headers of every page."""
        self.lost_archives = False
        """Archive pages are linked to, but are not there."""

    def settings(self, url: str) -> dict[str, str]:
        return {}

    def ref(self, name: str, url: str) -> AccountRef:
        return AccountRef("feed", handle=f"{url}/{self.world.accounts[name].handle}/feed")

    def is_page(self, asked: Asked) -> bool:
        handle, _, rest = asked.path.strip("/").partition("/")
        return self.world.by_handle(handle) is not None and rest.split("/")[0] in ("feed", "archive")

    def post_id(self, post: WorldPost) -> str:
        return self.ids.format(post.serial)

    def text(self, post: WorldPost, version: int = -1) -> str:
        text = post.texts[version][1]
        return f"{_title(post)}\n\n{text}" if text else _title(post)

    def too_many(self, reset: datetime, form: str) -> Answer:
        """Retry-After is all that feeds have: a date, or seconds."""
        seconds = str(max(0, int((reset - self.world.clock.now()).total_seconds())))
        written = {"date": format_datetime(reset.astimezone(UTC), usegmt=True), "missing": ""}
        after = written.get(form, seconds)
        return Answer(429, b"slow down", {"Retry-After": after} if after else {})

    # ---- what it answers ---------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        handle, _, rest = asked.path.strip("/").partition("/")
        account = self.world.by_handle(handle)
        if account is None:
            return self._moved(handle, rest)
        if account.state != State.ACTIVE:
            return Answer(STATUSES.get(account.state, 404), b"no feed here", {"Content-Type": "text/plain"})
        if self.temporarily is not None and rest == "feed":
            return Answer(302, b"", {"Location": self.temporarily})
        if rest in ("feed", "for-now"):
            return self._validated(asked, self._newest(asked, account))
        if rest.startswith("archive/") and not self.lost_archives:
            return self._archive(asked, account, int(rest.removeprefix("archive/")))
        if rest == "":
            return Answer(200, _web_page(account), {"Content-Type": "text/html; charset=utf-8"})
        return Answer(404, b"not found", {"Content-Type": "text/plain"})

    def _moved(self, handle: str, rest: str) -> Answer:
        found = (one for one in self.world.accounts.values() if handle in one.handles)
        account = next(found, None)
        if account is None:
            return Answer(404, b"not found", {"Content-Type": "text/plain"})
        return Answer(301, b"", {"Location": f"/{account.handle}/{rest}"})

    def _newest(self, asked: Asked, account: WorldAccount) -> bytes:
        posts = list(reversed(self.world.shown(account.name)))[: self.page_size]
        last = len(self._all(account)) // self.page_size
        older = f"{_root(asked, account)}/archive/{last}" if self.archives and last else None
        return self._document(asked, account, posts, older)

    def _all(self, account: WorldAccount) -> list[WorldPost]:
        return [post for post in self.world.posts if post.author == account.name]

    def _archive(self, asked: Asked, account: WorldAccount, number: int) -> Answer:
        everything = self._all(account)
        chunk = everything[(number - 1) * self.page_size : number * self.page_size]
        posts = [post for post in reversed(chunk) if not post.deleted]
        if self.switches.empty_page_at == 2 + len(everything) // self.page_size - number:
            self.fired["empty_page_at"] += 1
            posts = []
        if self.switches.duplicates and (newer := everything[number * self.page_size :]):
            self.fired["duplicates"] += 1
            posts = [newer[0], *posts]
        previous = number - 1
        if self.switches.repeat_cursor:
            self.fired["repeat_cursor"] += 1
            previous = number
        older = f"{_root(asked, account)}/archive/{previous}" if previous else None
        return self._page(self._document(asked, account, posts, older))

    def _page(self, body: bytes, **headers: str) -> Answer:
        return Answer(200, body, {"Content-Type": TYPES[self.form], **headers, **self.headers})

    def _validated(self, asked: Asked, body: bytes) -> Answer:
        if not self.etags:
            return self._page(body)
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if asked.headers.get("if-none-match") == tag:
            return Answer(304, b"", {"ETag": tag, **self.headers})
        return self._page(body, ETag=tag)

    # ---- documents ---------------------------------------------------------------------------------

    def _document(
        self, asked: Asked, account: WorldAccount, posts: Sequence[WorldPost], older: str | None
    ) -> bytes:
        root = _root(asked, account)
        written = {"rss": self._rss, "atom": self._atom, "json": self._json}[self.form]
        return written(root, account, posts, older).encode()

    def _is_malformed(self, post: WorldPost) -> bool:
        bad = bool(self.switches.malformed_every) and post.serial % (self.switches.malformed_every or 1) == 0
        self.fired["malformed_every"] += int(bad)
        return bad

    def _rss(self, root: str, account: WorldAccount, posts: Sequence[WorldPost], older: str | None) -> str:
        link = f'<atom:link rel="prev-archive" href="{older}"/>' if older else ""
        items = "".join("<item/>" if self._is_malformed(one) else self._item(one, root) for one in posts)
        return (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
            'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<channel><title>{account.name.title()} writes</title><link>{root}/</link>"
            f"<language>en-gb</language>{link}{items}</channel></rss>"
        )

    def _item(self, post: WorldPost, root: str) -> str:
        guid = f'<guid isPermaLink="false">{self.post_id(post)}</guid>' if self.ids else ""
        edited = post.edited_at
        updated = f"<atom:updated>{edited.isoformat()}</atom:updated>" if edited else ""
        return (
            f"<item><title>{_title(post)}</title><link>{root}/{post.serial}</link>{guid}"
            f"<description>{html.escape(as_html(post.text))}</description><dc:creator>Ada Quill</dc:creator>"
            f"<pubDate>{format_datetime(post.published_at)}</pubDate>{updated}</item>"
        )

    def _atom(self, root: str, account: WorldAccount, posts: Sequence[WorldPost], older: str | None) -> str:
        link = f'<link rel="prev-archive" href="{older}"/>' if older else ""
        entries = "".join("<entry/>" if self._is_malformed(one) else self._entry(one, root) for one in posts)
        return (
            '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-gb">'
            f'<title>{account.name.title()} writes</title><link href="{root}/"/>{link}'
            f"<author><name>Ada Quill</name></author>{entries}</feed>"
        )

    def _entry(self, post: WorldPost, root: str) -> str:
        ident = f"<id>{self.post_id(post)}</id>" if self.ids else ""
        updated = post.edited_at or post.published_at
        return (
            f'<entry><title>{_title(post)}</title><link href="{root}/{post.serial}"/>{ident}'
            f"<published>{post.published_at.isoformat()}</published><updated>{updated.isoformat()}</updated>"
            f'<content type="html">{html.escape(as_html(post.text))}</content></entry>'
        )

    def _json(self, root: str, account: WorldAccount, posts: Sequence[WorldPost], older: str | None) -> str:
        items = [{} if self._is_malformed(one) else self._json_item(one, root) for one in posts]
        said: dict[str, Any] = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": f"{account.name.title()} writes",
            "home_page_url": f"{root}/",
            "language": "en-gb",
            "authors": [{"name": "Ada Quill"}],
            "items": items,
        }
        return json.dumps({**said, "next_url": older} if older else said)

    def _json_item(self, post: WorldPost, root: str) -> dict[str, Any]:
        item = {
            "id": self.post_id(post),
            "url": f"{root}/{post.serial}",
            "title": _title(post),
            "content_html": as_html(post.text),
            "date_published": post.published_at.isoformat(),
        }
        return {**item, "date_modified": post.edited_at.isoformat()} if post.edited_at else item


def as_html(text: str) -> str:
    """A text as blogs write it: a paragraph for each empty line, a break for each line."""
    paragraphs = text.split("\n\n")
    return "".join(f"<p>{html.escape(one).replace(chr(10), '<br>')}</p>" for one in paragraphs)


def _title(post: WorldPost) -> str:
    return f"Note {post.serial}"


def _root(asked: Asked, account: WorldAccount) -> str:
    return f"http://{asked.headers['host']}/{account.handle}"


def _web_page(account: WorldAccount) -> bytes:
    return (
        f"<!doctype html><html><head><title>{account.name.title()}</title>"
        '<link rel="stylesheet" href="style.css">'
        f'<link rel="alternate" type="application/rss+xml" href="/{account.handle}/feed">'
        f'<link rel="alternate" type="application/rss+xml" href="/{account.handle}/comments">'
        "</head><body><p>Welcome.</p></body></html>"
    ).encode()
