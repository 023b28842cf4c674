"""The seam of collectors: what reads accounts on platforms.

A collector knows how a platform pages, never what is stored: it is told from where to where (Stretch), and
says with each page how far that page reaches (Served). `archive.ledger` decides from that what is proven.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from archive.contract.pages import Page, Post, Reject
from archive.contract.web import Web
from db.words import State


class Order(StrEnum):
    """In which order a platform serves a stream."""

    OLDEST_FIRST = "oldest-first"
    """From a position on: each page's far end is proven at once."""
    NEWEST_FIRST = "newest-first"
    """From the top down; positions sort as strings: proven only when it meets what was proven before."""
    WINDOW = "window"
    """The newest few without order (feeds): joined only where an item of the last time is seen again."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One sequence of posts that an account has on a platform."""

    name: str
    """Such as `posts`."""
    order: Order
    overlap: int = 0
    """How many of the newest known items each round reads again, for late arrivals and edits."""
    shows: int | None = None
    """How many of the newest items the platform shows at most; None: all."""
    relisted: bool = True
    """Whether a full round reads it again from its beginning."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The most that we ask of one host for one kind of request, whatever its headers allow."""

    requests: int
    """Requests in `seconds`."""
    seconds: float
    apart: float = 0.0
    """Least seconds between two requests."""


@dataclass(frozen=True, slots=True)
class AccountRef:
    """An account to be asked for. At least one of `platform_id`, `handle` and `home` is there."""

    platform: str
    platform_id: str | None = None
    """The platform's immutable id."""
    handle: str | None = None
    """Without a leading @."""
    home: str | None = None
    """Where it was served from last: server or feed address."""


@dataclass(frozen=True, slots=True)
class AccountSeen:
    """What a platform says of an account at one time."""

    state: State
    platform_id: str | None = None
    handle: str | None = None
    display_name: str | None = None
    url: str | None = None
    """Its page for people."""
    home: str | None = None
    """Where it is served from now."""
    moved_to: str | None = None
    """Handle of the account that it says it moved to."""
    detail: str | None = None
    """The platform's own words for the state."""
    pages: tuple[Page, ...] = ()
    """The answers that say so."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is wanted of a stream. All None: everything that the platform shows."""

    stream: str
    after: str | None = None
    """Only what lies after this position (oldest first: go on from here; newest first: stop below it)."""
    before: str | None = None
    """Newest first: only what lies before this position; used where there is no `cursor`."""
    cursor: str | None = None
    """The platform's own token to go on with, from the page that was served last."""
    validators: Mapping[str, str] = field(default_factory=dict)
    """What the last answer from the top left for the next one, as Served gave it: `etag` and `last-modified`
    for a conditional request, or what else a collector keeps of a stream for itself."""

    @property
    def is_fresh(self) -> bool:
        """Newest first: whether it begins at the top, and does not go on with what was interrupted."""
        return self.cursor is None and self.before is None


@dataclass(frozen=True, slots=True)
class Served:
    """One step through a stream: a page, what belongs to it, and how far it reaches."""

    page: Page
    positions: tuple[str, ...] = ()
    """Where its items stand, in the order of the page; pinned and other items out of their place left out.

    Oldest first: as `cursor` and `after` take them. Newest first: strings that sort as the stream does.
    Window: whatever tells items apart."""
    cursor: str | None = None
    """From where to go on. Oldest first: a position. None without `end`: go on is not possible."""
    end: bool = False
    """The platform says that nothing follows in this direction."""
    unchanged: bool = False
    """304: nothing changed since the validators that were sent."""
    validators: Mapping[str, str] = field(default_factory=dict)
    enclosed: Sequence[Page] = ()
    """Further answers that belong to this page's posts (edit histories); kept in the same transaction."""
    missing: Sequence[Reject] = ()
    """What belongs to this page's posts and was not to be had (an edit history that is refused); quarantined
    with the page, which it does not hold up."""


class Collector(Protocol):
    """Reads one platform."""

    @property
    def name(self) -> str:
        """Name and version, kept with every capture: `bluesky-1`."""
        ...

    @property
    def platform(self) -> str:
        """The platform's name in the archive: `bluesky`."""
        ...

    @property
    def streams(self) -> tuple[Stream, ...]:
        """What an account has, in the order in which it must be read."""
        ...

    @property
    def policies(self) -> Mapping[str, Policy]:
        """Our own limits, by the `bucket` of the request; `""` for all others."""
        ...

    @property
    def looks_first(self) -> bool:
        """Whether an empty stream proves nothing unless the account was looked at in the same round."""
        ...

    def look(self, web: Web, account: AccountRef) -> AccountSeen:
        """Who and where the account is, and in what state. A handle alone is enough.

        Raises CollectingError and UnreadablePage; never for a state that the platform states.
        """
        ...

    def fetch(self, web: Web, account: AccountRef, stretch: Stretch) -> Iterator[Served]:
        """The stretch, page by page, until its end; lazy: the next request is made when it is asked for.

        The one who asks stops asking when it has met what it knows. Raises CollectingError,
        AccountUnavailable with its state, and UnreadablePage.
        """
        ...

    def parse(self, page: Page) -> Iterator[Post | Reject]:
        """The posts of one page, each bad record a Reject. Pure.

        Raises UnreadablePage where the page as a whole is not what the platform promises.
        """
        ...


@runtime_checkable
class SinglePosts(Protocol):
    """What a collector can do besides: one post by its address."""

    def recognise(self, url: str) -> str | None:
        """What `fetch_post` needs to know of an address; None where it is not a post of this platform."""
        ...

    def fetch_post(self, web: Web, address: str) -> Served:
        """The page with that post; `parse` gives that post alone (its context says which).

        Raises CollectingError and UnreadablePage.
        """
        ...
