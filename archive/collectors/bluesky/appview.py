"""Collects an account's feed from the AppView: what bsky.app shows of it, with names and quoted authors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from archive.atproto.addresses import PLATFORM, handle_of, is_did, page_for_account
from archive.atproto.texts import shown
from archive.collectors.bluesky.feed import cursor_above, parse_feed, read_feed
from archive.collectors.bluesky.presence import did_of
from archive.collectors.bluesky.repository import APPVIEW
from archive.collectors.bluesky.xrpc import (
    ACCOUNT,
    OK,
    STATES,
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
    CursorExpired,
    Order,
    Page,
    Policy,
    Post,
    Reject,
    Response,
    Served,
    Setup,
    Stream,
    Stretch,
    UnreadablePage,
    Web,
)
from db.words import State

PAGE_SIZE = 100
"""The most that getAuthorFeed gives."""

FEED = "feed"
POLITE = Policy(requests=600, seconds=300, apart=0.25)
"""The AppView states no number, only that it is generous (read 2026-11)."""


def appview_collector(setup: Setup) -> "AppViewCollector":
    """The collector, with the AppView that the user set in HUSTINGS_BLUESKY_APPVIEW, else the public one."""
    return AppViewCollector(setup.settings.get("HUSTINGS_BLUESKY_APPVIEW", APPVIEW))


@dataclass(frozen=True, slots=True)
class AppViewCollector:
    """Reads the feed of an account, newest first, without logging in: no block or mute hides anything.

    What an author back-dates appears deep in the past, where only a full round looks.
    """

    appview: str = APPVIEW
    name: str = "bluesky-appview-1"
    platform: str = PLATFORM
    streams: tuple[Stream, ...] = (Stream("author-feed", Order.NEWEST_FIRST, overlap=20),)
    policies: Mapping[str, Policy] = field(default_factory=lambda: {"": POLITE})
    looks_first: bool = True

    def look(self, web: Web, account: AccountRef) -> AccountSeen:
        """By app.bsky.actor.getProfile, which does not say where the account is served from."""
        actor = did_of(account) or handle_of(account.handle or "")
        if actor is None:
            raise CollectingError(f"{account.handle!r} is no Bluesky account: give its handle or DID")
        response = ask(web, self.appview, "app.bsky.actor.getProfile", actor=actor)
        if response.status == OK:
            return _seen(response)
        refusal = refusal_of(response)
        if not refusal.of_account:
            raise not_understood(response)
        return AccountSeen(
            STATES.get(refusal.name, State.NOT_FOUND),
            platform_id=did_of(account),
            handle=None if did_of(account) else actor,
            detail=str(refusal),
            pages=(evidence(response),),
        )

    def fetch(self, web: Web, account: AccountRef, stretch: Stretch) -> Iterator[Served]:
        """As the contract says. Positions are times in fixed width, UTC, to the millisecond."""
        did = did_of(account)
        assert did is not None, "the engine knows an account's DID before it asks for its posts"
        cursor = stretch.cursor
        wanted = stretch.before if cursor is None else None
        while True:
            page = self._page(web, account, did, cursor)
            feed = read_feed(page)
            if wanted is not None and feed.cursor is not None and _lies_above(feed.positions, wanted):
                cursor, wanted = _towards(wanted, feed.cursor)
                continue
            yield Served(page, feed.positions, feed.cursor, end=feed.cursor is None)
            if feed.cursor is None or feed.cursor == cursor:
                return
            cursor = feed.cursor

    def parse(self, page: Page) -> Iterator[Post | Reject]:
        """As `feed.parse_feed`; pages that speak of the account alone have no posts."""
        holds = page.context.get("holds")
        if holds == ACCOUNT:
            return iter(())
        if holds != FEED:
            raise UnreadablePage(f"{page.source}: kept without saying what it holds")
        return parse_feed(page)

    def _page(self, web: Web, account: AccountRef, did: str, cursor: str | None) -> Page:
        method = "app.bsky.feed.getAuthorFeed"
        response = ask(
            web,
            self.appview,
            method,
            actor=did,
            filter="posts_with_replies",
            limit=PAGE_SIZE,
            cursor=cursor,
        )
        if response.status == OK:
            return response.page(holds=FEED, did=did)
        refusal = refusal_of(response)
        if refusal.of_account:
            seen = self.look(web, account)
            state = STATES.get(refusal.name, State.NOT_FOUND) if seen.state is State.ACTIVE else seen.state
            raise unavailable(did, state, seen.detail or str(refusal), evidence(response), *seen.pages)
        if cursor is not None and "cursor" in refusal.message.lower():
            raise CursorExpired(f"{did}: the AppView does not go on from {cursor[:80]!r}: {refusal}")
        raise not_understood(response)


def _seen(response: Response) -> AccountSeen:
    said = response.json()
    did = said.get("did") if isinstance(said, dict) else None
    if not isinstance(did, str) or not is_did(did):
        raise UnreadablePage(f"{response.url}: not the profile of an account")
    handle = said.get("handle")
    return AccountSeen(
        State.ACTIVE,
        platform_id=did,
        handle=handle_of(handle) if isinstance(handle, str) else None,
        display_name=shown(said.get("displayName")),
        url=page_for_account(did),
        pages=(evidence(response),),
    )


def _lies_above(positions: tuple[str, ...], wanted: str) -> bool:
    """Whether nothing of a page lies below the position; an empty page tells nothing."""
    return bool(positions) and positions[-1] >= wanted


def _towards(wanted: str, given: str) -> tuple[str, str | None]:
    """The cursor that leads down to a position, and whether to look for the position still."""
    leap = cursor_above(wanted, given)
    return (leap, None) if leap else (given, wanted)
