"""Collects an account from its own server (PDS): its posts and reposts listed once, then what changes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from archive.atproto.addresses import PLATFORM, POST, RecordAddress, post_address
from archive.atproto.car import commit_of, is_revision, read_export
from archive.collectors.bluesky.pages import (
    COMMIT,
    EXPORT,
    LISTING,
    RECORD,
    Listing,
    parse_page,
    read_listing,
)
from archive.collectors.bluesky.places import Place
from archive.collectors.bluesky.presence import Directories, did_of, look, server_of
from archive.collectors.bluesky.rechecking import Records
from archive.collectors.bluesky.xrpc import (
    OK,
    Refusal,
    ask,
    evidence,
    not_understood,
    refusal_of,
    unavailable,
)
from archive.contract import (
    AccountRef,
    AccountSeen,
    CollectingError,
    KnownPost,
    Order,
    Page,
    Policy,
    Post,
    Rechecked,
    Reject,
    Response,
    Served,
    Setup,
    Stream,
    Stretch,
    TooLarge,
    Unreachable,
    UnreadablePage,
    Web,
)
from db.words import State

PLC = "https://plc.directory"
APPVIEW = "https://public.api.bsky.app"

PAGE_SIZE = 100
"""The most that listRecords gives."""

POLITE = Policy(requests=1000, seconds=300, apart=0.2)
"""A third of the 3,000 in 5 minutes that a server of Bluesky's own allows an address (read 2026-11)."""


def collector(setup: Setup) -> "RepositoryCollector":
    """The collector, with the directories that the user set, else the public ones."""
    return RepositoryCollector(directories_of(setup))


def directories_of(setup: Setup) -> Directories:
    """From HUSTINGS_BLUESKY_PLC and HUSTINGS_BLUESKY_APPVIEW."""
    return Directories(
        plc=setup.settings.get("HUSTINGS_BLUESKY_PLC", PLC),
        appview=setup.settings.get("HUSTINGS_BLUESKY_APPVIEW", APPVIEW),
    )


@dataclass(frozen=True, slots=True)
class RepositoryCollector:
    """Reads an account's records where they are kept.

    The first round, and each full one, notes the repository's revision and then lists both collections by
    key from beginning to end, so that no key, whatever its form, can hide another. Every other round asks
    for the difference since the revision of the last: all that is new or edited, whatever its key or age.
    """

    directories: Directories = field(default_factory=lambda: Directories(PLC, APPVIEW))
    name: str = "bluesky-1"
    platform: str = PLATFORM
    streams: tuple[Stream, ...] = (Stream("repository", Order.OLDEST_FIRST),)
    policies: Mapping[str, Policy] = field(default_factory=lambda: {"": POLITE})
    looks_first: bool = True

    def look(self, web: Web, account: AccountRef) -> AccountSeen:
        """As `presence.look`: by DID document and com.atproto.sync.getRepoStatus."""
        return look(web, self.directories, account)

    def fetch(self, web: Web, account: AccountRef, stretch: Stretch) -> Iterator[Served]:
        """As the contract says. Positions are texts of `Place`; one that is not understood is none."""
        account = self._placed(web, account)
        place = Place.read(stretch.after)
        if place is not None and place.collection is None:
            changes = self._changes(web, account, place)
            if changes is not None:
                yield changes
                return
            place = None
        if place is None:
            place, page = self._beginning(web, account)
            yield Served(page, cursor=str(place))
        yield from self._listing(web, account, place)

    def parse(self, page: Page) -> Iterator[Post | Reject]:
        """As `pages.parse_page`."""
        return parse_page(page)

    def recognise(self, url: str) -> str | None:
        """The at:// address of a post on bsky.app."""
        address = post_address(url)
        return str(address) if address else None

    def fetch_post(self, web: Web, address: str) -> Served:
        """The post's record from its author's server."""
        named = post_address(address)
        if named is None:
            raise CollectingError(f"{address!r} is no post of Bluesky")
        account = self._placed(web, AccountRef(PLATFORM, handle=named.repo))
        did = _did(account)
        params = {"repo": did, "collection": POST, "rkey": named.key}
        response, _ = self._ask(web, account, "com.atproto.repo.getRecord", params)
        if response.status != OK:
            raise _no_post(RecordAddress(did, POST, named.key), refusal_of(response))
        return Served(response.page(holds=RECORD, did=did), end=True)

    def recheck(self, web: Web, account: AccountRef, posts: Sequence[KnownPost]) -> Iterator[Rechecked]:
        """As `rechecking.Records.recheck`, where the account is now."""
        account = self._placed(web, account)
        records = Records(_did(account), lambda method, params: self._ask(web, account, method, params)[0])
        return records.recheck(posts)

    # ---- streams --------------------------------------------------------------------------------

    def _changes(self, web: Web, account: AccountRef, place: Place) -> Served | None:
        """What is new in the repository since a revision; None where the server cannot say.

        Then all must be listed again: a server that ignores `since` and has a large repository, one that
        does not export, or whose export breaks down. One that is away does not answer that either.
        """
        did = _did(account)
        try:
            params = {"did": did, "since": place.rev}
            response, account = self._ask(web, account, "com.atproto.sync.getRepo", params)
        except (TooLarge, Unreachable):
            return None
        if response.status != OK:
            return None
        page = response.page(holds=EXPORT, did=did)
        try:
            commit = commit_of(read_export(response.body), did)
        except UnreadablePage as error:
            raise UnreadablePage(str(error), page) from error
        if commit is None or commit.rev == place.rev:
            return Served(page, cursor=str(place), end=True)
        here = str(Place(commit.rev))
        return Served(page, (here,), here, end=True)

    def _beginning(self, web: Web, account: AccountRef) -> tuple[Place, Page]:
        """Where a listing begins, and the answer that says so: at the revision of this moment."""
        did = _did(account)
        response, _ = self._ask(web, account, "com.atproto.sync.getLatestCommit", {"did": did})
        if response.status != OK:
            raise not_understood(response)
        page = response.page(holds=COMMIT, did=did)
        said = response.json()
        rev = said.get("rev") if isinstance(said, dict) else None
        if not is_revision(rev):
            raise UnreadablePage(f"{response.url}: no revision in the answer", page)
        return Place.beginning(rev), page

    def _listing(self, web: Web, account: AccountRef, place: Place) -> Iterator[Served]:
        """All records from a place on, collection after collection."""
        did = _did(account)
        while place.collection is not None:
            params: dict[str, str | int | None] = {
                "repo": did,
                "collection": place.collection,
                "limit": PAGE_SIZE,
                "reverse": "true",
                "cursor": place.key,
            }
            response, account = self._ask(web, account, "com.atproto.repo.listRecords", params)
            if response.status != OK:
                raise not_understood(response)
            page = response.page(holds=LISTING, did=did, collection=place.collection)
            listing = read_listing(page)
            following = _following(place, listing)
            positions = tuple(str(place.at(key)) for key in listing.keys)
            yield Served(page, positions, str(following), end=following.collection is None)
            if following == place:
                return
            place = following

    # ---- servers --------------------------------------------------------------------------------

    def _placed(self, web: Web, account: AccountRef) -> AccountRef:
        """The account with its DID and its server, looked up where one is not known."""
        if account.home and did_of(account):
            return account
        return self._looked_up(web, account)

    def _looked_up(self, web: Web, account: AccountRef, *pages: Page) -> AccountRef:
        """Where the account is now. Raises AccountUnavailable where that is nowhere."""
        seen = self.look(web, account)
        if seen.state is not State.ACTIVE:
            name = seen.platform_id or account.platform_id or account.handle or ""
            raise unavailable(name, seen.state, seen.detail, *pages, *seen.pages)
        return replace(account, platform_id=seen.platform_id, handle=seen.handle, home=seen.home)

    def _ask(
        self, web: Web, account: AccountRef, method: str, params: Mapping[str, str | int | None]
    ) -> tuple[Response, AccountRef]:
        """An answer from the account's server, and where that is: accounts move between servers.

        Raises AccountUnavailable where the account is nowhere shown.
        """
        assert account.home is not None
        try:
            response = ask(web, account.home, method, **params)
        except Unreachable:
            home = server_of(web, self.directories, _did(account))
            if home is None or home == account.home:
                raise
            account = replace(account, home=home)
            response = ask(web, home, method, **params)
        if response.status == OK or not refusal_of(response).of_account:
            return response, account
        moved = self._looked_up(web, account, evidence(response))
        if moved.home == account.home:
            raise not_understood(response)
        assert moved.home is not None
        return ask(web, moved.home, method, **params), moved


def _did(account: AccountRef) -> str:
    did = did_of(account)
    assert did is not None, "the engine knows an account's DID before it asks for its posts"
    return did


def _following(place: Place, listing: Listing) -> Place:
    """From where to go on after a page: its last key, whatever its cursor says; never back.

    Servers give a cursor with the last records too: only a page without one is a collection's end.
    """
    if listing.cursor is None:
        return place.after_collection()
    last = listing.keys[-1] if listing.keys else listing.cursor
    return place.at(last) if place.key is None or last > place.key else place


def _no_post(address: RecordAddress, refusal: Refusal) -> CollectingError:
    if refusal.name in {"RecordNotFound", "InvalidRequest"}:
        return CollectingError(f"{address} is not there, or no longer ({refusal.message})")
    return CollectingError(f"{address}: refused with {refusal}")
