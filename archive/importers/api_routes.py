"""Which addresses are those of platforms' APIs that collectors read, and what their pages must know.

Each row names a collector; what it parses is a page with the context that this collector gives its own.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from archive.atproto.addresses import POST, REPOST, is_did, record_address
from archive.contract import Page
from archive.importers.http_answers import Answer


class Unplaced(ValueError):
    """An answer of a known API that does not say what its collector must know; the message says what."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was asked, and what came back."""

    url: SplitResult
    answer: Answer
    at: datetime

    @property
    def query(self) -> Mapping[str, str]:
        """The first value of each parameter."""
        return {name: values[0] for name, values in parse_qs(self.url.query, max_num_fields=200).items()}

    def page(self, **context: str | None) -> Page:
        """The answer with its address, without the query: keys and tokens stand there."""
        return Page(
            source=bare(self.url),
            body=self.answer.body,
            media_type=self.answer.media_type,
            retrieved_at=self.at,
            context={name: value for name, value in context.items() if value is not None},
        )


@dataclass(frozen=True, slots=True)
class Route:
    """One kind of request."""

    collector: str
    """Its name in archive.collectable.COLLECTORS."""
    hosts: frozenset[str]
    """None of them: whatever the host."""
    path: re.Pattern[str]
    pages: Callable[[Exchange, re.Match[str]], Iterator[Page]]
    """What the collector parses. Raises Unplaced."""


def _feed_of_author(exchange: Exchange, path: re.Match[str]) -> Iterator[Page]:
    actor = exchange.query.get("actor", "")
    did = actor if is_did(actor) else _did_called(actor, _listed(exchange, "feed"))
    if did is not None:
        yield exchange.page(holds="feed", did=did)


def _did_called(handle: str, items: list[Any]) -> str | None:
    """Whose feed it is, where it was asked for by handle; None for an empty one."""
    if not items:
        return None
    for item in items:
        by = (_at(item, "reason", "by"), _at(item, "post", "author"))
        for one in by:
            did = _at(one, "did")
            if isinstance(did, str) and is_did(did) and str(_at(one, "handle")).lower() == handle.lower():
                return did
    raise Unplaced("the address does not say whose feed it is, nor does the answer")


def _posts_by_address(exchange: Exchange, path: re.Match[str]) -> Iterator[Page]:
    """Each post of app.bsky.feed.getPosts as the feed of its author."""
    for post in _listed(exchange, "posts"):
        did = _at(post, "author", "did")
        if not isinstance(did, str):
            raise Unplaced("a post without an author")
        body = json.dumps({"feed": [{"post": post}]}).encode()
        one = Answer(exchange.answer.status, exchange.answer.headers, body)
        yield Exchange(exchange.url, one, exchange.at).page(holds="feed", did=did)


def _records(exchange: Exchange, path: re.Match[str]) -> Iterator[Page]:
    query = exchange.query
    if query.get("collection") not in (POST, REPOST):
        raise Unplaced("records of another collection than posts and reposts")
    did = query.get("repo", "")
    if not is_did(did):
        records = _listed(exchange, "records")
        found = record_address(_at(records[0], "uri")) if records else None
        if found is None:
            return
        did = found.repo
    yield exchange.page(holds="listing", did=did, collection=query["collection"])


def _repository(exchange: Exchange, path: re.Match[str]) -> Iterator[Page]:
    did = exchange.query.get("did", "")
    if not is_did(did):
        raise Unplaced("the address does not say whose repository it is")
    yield exchange.page(holds="export", did=did)


def _statuses(exchange: Exchange, path: re.Match[str]) -> Iterator[Page]:
    server = f"{exchange.url.scheme}://{exchange.url.netloc.lower()}"
    yield exchange.page(server=server, domain=exchange.url.netloc.lower(), account=path["account"])


def _status(exchange: Exchange, path: re.Match[str]) -> Iterator[Page]:
    server = f"{exchange.url.scheme}://{exchange.url.netloc.lower()}"
    yield exchange.page(server=server, domain=exchange.url.netloc.lower(), holds="status")


def _timeline(exchange: Exchange, path: re.Match[str]) -> Iterator[Page]:
    yield exchange.page(shows="timeline", account=path["account"])


def _as_it_is(exchange: Exchange, path: re.Match[str]) -> Iterator[Page]:
    yield exchange.page()


def _feed(exchange: Exchange, path: re.Match[str]) -> Iterator[Page]:
    charset = exchange.answer.headers.get("content-type", "").lower().partition("charset=")[2]
    stated = charset.partition(";")[0].strip().strip("\"'")[:40]
    yield exchange.page(feed=exchange.url.geturl(), charset=stated or None)


ANY: frozenset[str] = frozenset()
X = frozenset({"api.x.com", "api.twitter.com"})
YOUTUBE = frozenset({"www.googleapis.com", "youtube.googleapis.com"})
TELEGRAM = frozenset({"t.me", "telegram.me"})


def _path(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


ROUTES: tuple[Route, ...] = (
    Route("bluesky-appview", ANY, _path(r"/xrpc/app\.bsky\.feed\.getAuthorFeed"), _feed_of_author),
    Route("bluesky-appview", ANY, _path(r"/xrpc/app\.bsky\.feed\.getPosts"), _posts_by_address),
    Route("bluesky", ANY, _path(r"/xrpc/com\.atproto\.repo\.listRecords"), _records),
    Route("bluesky", ANY, _path(r"/xrpc/com\.atproto\.sync\.getRepo"), _repository),
    Route("mastodon", ANY, _path(r"/api/v1/accounts/(?P<account>[^/]{1,40})/statuses/?"), _statuses),
    Route("mastodon", ANY, _path(r"/api/v1/statuses/[^/]{1,40}/?"), _status),
    Route("x", X, _path(r"/2/users/(?P<account>\d{1,20})/tweets"), _timeline),
    Route("x", X, _path(r"/2/tweets(?:/\d{1,20}|/search/(?:recent|all))?"), _as_it_is),
    Route("telegram", TELEGRAM, _path(r"/s/\w{2,32}/?"), _as_it_is),
    Route("youtube", YOUTUBE, _path(r"/youtube/v3/(?:playlistItems|videos)"), _as_it_is),
)

FEEDS = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
XML = frozenset({"application/xml", "text/xml"})
_FEED_ROOT = re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
FEED_ROUTE = Route("feed", ANY, _path(r".*"), _feed)


def find_route(url: SplitResult) -> Route | None:
    """The route of an address; None for one that is of no known API."""
    host = (url.netloc.rpartition("@")[2].partition(":")[0]).lower()
    for route in ROUTES:
        if (not route.hosts or host in route.hosts) and route.path.fullmatch(url.path):
            return route
    return None


def is_feed(answer: Answer) -> bool:
    """Whether an answer is RSS, Atom or JSON Feed, wherever it comes from."""
    if answer.media_type in FEEDS:
        return True
    return answer.media_type in XML and _FEED_ROOT.search(answer.body[:2000]) is not None


def split_address(target: str) -> SplitResult | None:
    """The parts of an http(s) address; None for anything else."""
    try:
        url = urlsplit(target)
    except ValueError:  # brackets without an IPv6 address
        return None
    return url if url.scheme in ("http", "https") and url.netloc else None


def bare(url: SplitResult) -> str:
    """An address without its query, where keys and tokens stand, and without names and passwords."""
    return url._replace(query="", fragment="", netloc=url.netloc.rpartition("@")[2]).geturl()


def _listed(exchange: Exchange, name: str) -> list[Any]:
    """The list under a key of the answer. Raises Unplaced."""
    try:
        said = json.loads(exchange.answer.body)
    except (ValueError, RecursionError) as error:
        raise Unplaced("not JSON") from error
    found = said.get(name) if isinstance(said, dict) else None
    if not isinstance(found, list):
        raise Unplaced(f"no list of {name}")
    return found


def _at(value: Any, *keys: str) -> Any:
    """What lies under these keys; None where anything on the way is missing or no object."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
