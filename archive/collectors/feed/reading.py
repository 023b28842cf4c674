"""Reads one feed: where it is, whether it changed, and its pages from the newest back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from archive.collectors.feed.documents import Document, address_of
from archive.collectors.feed.freshness import conditions, seconds_fresh, validators_of
from archive.collectors.feed.posts import EVIDENCE, PLATFORM, parse_page, posts_of, read_document
from archive.contract import (
    AccountRef,
    AccountSeen,
    AccountUnavailable,
    CollectingError,
    CursorExpired,
    Order,
    Page,
    Policy,
    Post,
    Reject,
    Response,
    Served,
    Setup,
    SourceRefused,
    Stream,
    Stretch,
    TryLater,
    UnreadablePage,
    Web,
)
from archive.contract.web import HTTP_OK
from archive.markup import elements_of
from db.words import State

ACCEPT = {
    "Accept": "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
}
NOT_MODIFIED = 304
GONE: Mapping[int, tuple[State, str]] = {
    404: (State.NOT_FOUND, "is not there: has the feed another address now?"),
    410: (State.DELETED, "is gone for good: stop polling it"),
    451: (State.BLOCKED, "may not be shown for legal reasons"),
}
"""Status of a feed's own address -> what it says of the feed."""

REFUSALS: Mapping[int, str] = {
    401: "it wants a password, and is not public",
    403: "it refuses us, or whatever stands before it does",
}
"""Status -> what it may mean. Not a state of the feed: walls against robots come and go."""

MOST_IDLE = 3
"""Pages in a row that show nothing new, after which links to older ones are no longer believed."""

FEED_TYPES = frozenset(
    {"application/atom+xml", "application/rss+xml", "application/feed+json", "application/json"}
)
"""Types of the links by which a web page names its feeds."""
_HTML = ("text/html", "application/xhtml+xml")
_LOOKED_THROUGH = 500_000
"""Characters of a web page among which its head must be."""

POLICIES: Mapping[str, Policy] = {"": Policy(requests=60, seconds=60)}


@dataclass(frozen=True, slots=True)
class FeedCollector:
    """Collects what a feed shows; what is no longer shown is not deleted."""

    name: str = "feed-1"
    platform: str = PLATFORM
    streams: tuple[Stream, ...] = (Stream("entries", Order.WINDOW),)
    policies: Mapping[str, Policy] = field(default_factory=lambda: POLICIES)
    looks_first: bool = False

    def look(self, web: Web, account: AccountRef) -> AccountSeen:
        """See archive.contract.Collector. A web page leads to the feed that it names."""
        address = _address(account)
        response = web.get(address, headers=ACCEPT)
        named = _named_feed(response)
        if named is not None:
            address, response = named, web.get(named, headers=ACCEPT)
        page = response.page(holds=EVIDENCE)
        if response.status in GONE:
            state, why = GONE[response.status]
            return AccountSeen(
                state=state,
                platform_id=account.platform_id,
                handle=account.handle,
                home=account.home,
                detail=f"{address} {why} ({response.status})",
                pages=(page,),
            )
        _check_usable(response)
        document = read_document(response.page(**_charset(response)))
        home = response.moved_to or address
        return AccountSeen(
            state=State.ACTIVE,
            platform_id=account.platform_id or home,
            handle=home,
            display_name=document.title,
            url=document.site,
            home=home,
            pages=(page,),
        )

    def fetch(self, web: Web, account: AccountRef, stretch: Stretch) -> Iterator[Served]:
        """See archive.contract.Collector. Conditional, where it begins with the newest entries."""
        identity = account.platform_id or _address(account)
        if stretch.cursor is not None:
            served = _resumed(web, stretch.cursor, identity)
        else:
            served = _newest(web, account, identity, stretch.validators)
        seen: set[str] = set()
        idle = 0
        while True:
            idle = idle + 1 if seen.issuperset(served.positions) else 0
            if idle > MOST_IDLE:
                served = replace(served, cursor=None)
            yield served
            if served.cursor is None:
                return
            seen.update(served.positions)
            served = _older(web, served.cursor, identity)

    def parse(self, page: Page) -> Iterator[Post | Reject]:
        """See archive.contract.Collector."""
        return parse_page(page)


def collector(setup: Setup) -> FeedCollector:
    """The collector; feeds need no settings and no credentials."""
    return FeedCollector()


def _newest(web: Web, account: AccountRef, identity: str, validators: Mapping[str, str]) -> Served:
    """What the feed's own address shows now."""
    address = _address(account)
    response = web.get(address, headers={**ACCEPT, **conditions(validators)})
    if response.status in GONE:
        state, why = GONE[response.status]
        page, for_good = response.page(holds=EVIDENCE), state is State.DELETED
        raise AccountUnavailable(f"{address} {why} ({response.status})", state, page, for_good=for_good)
    if response.status == NOT_MODIFIED and validators:
        page = response.page(feed=identity, moved_to=response.moved_to, holds=EVIDENCE, **_fresh(response))
        return Served(page, end=True, unchanged=True, validators=validators)
    return _served(response, identity, moved_to=response.moved_to, validators=validators_of(response.headers))


def _older(web: Web, address: str, identity: str) -> Served:
    """An older page. One that is not there is the end of the way, although not of the feed."""
    response = web.get(address, headers=ACCEPT)
    if response.status in GONE:
        return Served(response.page(feed=identity, holds=EVIDENCE))
    return _served(response, identity)


def _resumed(web: Web, address: str, identity: str) -> Served:
    """The older page with which an earlier round was to go on.

    Raises CursorExpired where it cannot be read, so that the newest entries are read in any case.
    """
    try:
        return _older(web, address, identity)
    except (TryLater, SourceRefused):
        raise
    except (CollectingError, UnreadablePage) as error:
        raise CursorExpired(str(error)) from error


def _served(
    response: Response,
    identity: str,
    *,
    moved_to: str | None = None,
    validators: Mapping[str, str] | None = None,
) -> Served:
    """A page of entries. Raises UnreadablePage where it is none, CollectingError for other answers."""
    _check_usable(response)
    document = read_document(response.page(**_charset(response)))
    page = response.page(feed=identity, moved_to=moved_to, **_charset(response), **_fresh(response, document))
    posts = posts_of(document.entries, identity)
    return Served(
        page,
        positions=tuple(post.post_id for post in posts if isinstance(post, Post)),
        cursor=document.older,
        end=document.older is None,
        # A page that was cut short or has wrong bytes must not be the one that is said to be unchanged.
        validators=(validators or {}) if document.whole else {},
    )


def _check_usable(response: Response) -> None:
    if response.status != HTTP_OK:
        why = REFUSALS.get(response.status, "no feed can be read there")
        raise CollectingError(f"{response.url} answers {response.status}: {why}")


def _address(account: AccountRef) -> str:
    """Where the feed is. Raises CollectingError where nothing that is known of it is an address."""
    known = (account.home, account.handle, account.platform_id)
    found = next((address for one in known if (address := address_of(one, ""))), None)
    if found is None:
        named = account.handle or account.platform_id
        raise CollectingError(f"feed {named}: give the feed's http(s) address")
    return found


def _charset(response: Response) -> dict[str, str]:
    """The encoding that the server states, which the kept page does not say."""
    stated = response.headers.get("content-type", "").lower().partition("charset=")[2]
    charset = stated.partition(";")[0].strip().strip("\"'")
    return {"charset": charset} if charset and len(charset) <= 40 else {}


def _fresh(response: Response, document: Document | None = None) -> dict[str, str]:
    """For how many seconds it is of no use to ask again: a hint for the schedule."""
    seconds = seconds_fresh(response.headers, document.minutes if document else None)
    return {"fresh_for": str(seconds)} if seconds is not None else {}


def _named_feed(response: Response) -> str | None:
    """The first feed that a web page names in its head; None where it is no web page, or names none."""
    if response.status != HTTP_OK or response.media_type not in _HTML:
        return None
    html = response.body.decode("utf-8", "replace")[:_LOOKED_THROUGH]
    for link in elements_of(html).all("link"):
        relations = link.attributes.get("rel", "").lower().split()
        kind = link.attributes.get("type", "").partition(";")[0].strip().lower()
        if "alternate" in relations and kind in FEED_TYPES:
            return address_of(link.attributes.get("href"), response.url)
    return None
