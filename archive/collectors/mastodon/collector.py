"""Reads accounts on Mastodon and what speaks its API, from the account's home server alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from archive.collectors.mastodon.accounts import OK, ask, find_account, gone_of, words_of
from archive.collectors.mastodon.addresses import Home, home_of, post_address, split_handle
from archive.collectors.mastodon.entities import WrongRecord
from archive.collectors.mastodon.statuses import (
    PLATFORM,
    STATUS,
    Whose,
    addresses_of,
    history_context,
    listed,
    parse_page,
    wants_history,
)
from archive.collectors.mastodon.tokens import credential_for
from archive.contract import (
    AccountRef,
    AccountSeen,
    AccountUnavailable,
    CollectingError,
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
from archive.contract.web import read_json
from db.words import State

MOST = 40
"""Posts on a page: the server's most."""
BEGINNING = "0"
"""`min_id` below every id."""
PAGING = "paging"

POLICIES: Mapping[str, Policy] = {
    "": Policy(requests=300, seconds=300),
    PAGING: Policy(requests=300, seconds=900),
}
"""What Mastodon allows an address without a token; for pages it allows less than its documents say
(config/initializers/rack_attack.rb, `throttle_unauthenticated_paging`)."""


@dataclass(frozen=True, slots=True)
class MastodonCollector:
    """Collects by `min_id`, so that each page proves what lies before it."""

    setup: Setup
    name: str = "mastodon-1"
    platform: str = PLATFORM
    streams: tuple[Stream, ...] = (Stream("posts", Order.OLDEST_FIRST, overlap=10),)
    policies: Mapping[str, Policy] = field(default_factory=lambda: POLICIES)
    looks_first: bool = True
    """A suspended account's pages are empty, like those of one that never posted."""

    def look(self, web: Web, account: AccountRef) -> AccountSeen:
        """See archive.contract.Collector."""
        return find_account(web, self.setup, account).seen

    def fetch(self, web: Web, account: AccountRef, stretch: Stretch) -> Iterator[Served]:
        """See archive.contract.Collector. The Link header is not followed: its `next` goes back in time."""
        home, whose = self._whose(web, account)
        after = stretch.after
        while True:
            served = self._page(web, home, whose, after)
            yield served
            if served.end or served.cursor is None:
                return
            after = served.cursor

    def parse(self, page: Page) -> Iterator[Post | Reject]:
        """See archive.contract.Collector."""
        return parse_page(page)

    def recognise(self, url: str) -> str | None:
        """See archive.contract.SinglePosts."""
        return post_address(url)

    def fetch_post(self, web: Web, address: str) -> Served:
        """See archive.contract.SinglePosts."""
        server, _, status_id = address.partition("/api/v1/statuses/")
        response = ask(web, self.setup, server, address)
        if response.status != OK:
            raise CollectingError(
                f"{address}: answers {response.status} ({words_of(response)}): no such post"
            )
        whose = Whose(server, Home(server).host)
        page = response.page(holds=STATUS, **whose.context())
        histories = self._histories(web, whose, [read_json(page)])
        return Served(page, (status_id,), end=True, enclosed=histories)

    def _whose(self, web: Web, account: AccountRef) -> tuple[Home, Whose]:
        """Where to ask, and for whom: the server's own id, which a renamed account keeps."""
        home = home_of(account.home)
        named = split_handle(account.handle)
        if home is None or home.local_id is None:
            found = find_account(web, self.setup, account)
            if found.seen.state not in (State.ACTIVE, State.MOVED):  # a moved one still shows its posts
                detail = found.seen.detail or found.seen.state.value
                raise AccountUnavailable(
                    f"mastodon {_called(account)}: {detail}", found.seen.state, *found.seen.pages
                )
            home, domain = found.home, found.domain
            account = replace(account, platform_id=account.platform_id or found.seen.platform_id)
        else:
            domain = named[1] if named else home.host
        return home, Whose(home.server, domain, home.local_id, account.platform_id)

    def _page(self, web: Web, home: Home, whose: Whose, after: str | None) -> Served:
        """The oldest posts after an id; an empty page is the end."""
        response = ask(
            web,
            self.setup,
            home.server,
            f"{home.address}/statuses",
            params={"limit": MOST, "min_id": after or BEGINNING},
            bucket=PAGING,
        )
        page = response.page(**whose.context())
        _check(response, home, page)
        records = listed(page, _json(page))
        newest_first = [
            one["id"]
            for one in records
            if isinstance(one, dict) and one.get("id") and isinstance(one["id"], str)
        ]
        positions = tuple(reversed(newest_first))
        return Served(
            page,
            positions,
            cursor=positions[-1] if positions else None if records else after,
            end=not records,
            enclosed=self._histories(web, whose, records),
        )

    def _histories(self, web: Web, whose: Whose, records: list[Any]) -> tuple[Page, ...]:
        """The versions of those posts that were edited, as far as the server shows them (from 3.5 on).

        Whether it refuses or has none: the posts themselves are on the page.
        """
        addresses = addresses_of(records)
        found = []
        for record in records:
            if not wants_history(record):
                continue
            try:
                context = history_context(record, whose, addresses)
            except WrongRecord:
                continue  # Said once, when the page itself is parsed.
            url = f"{Home(whose.server).status(record['id'])}/history"
            response = web.get(url, credential=credential_for(self.setup, whose.server))
            if response.status == OK:
                found.append(response.page(**context))
        return tuple(found)


def collector(setup: Setup) -> MastodonCollector:
    """The collector with these settings."""
    return MastodonCollector(setup)


def _called(account: AccountRef) -> str:
    return f"@{account.handle}" if account.handle else str(account.platform_id or account.home)


def _json(page: Page) -> Any:
    try:
        return read_json(page)
    except UnreadablePage as error:
        raise UnreadablePage(str(error), page) from error


def _check(response: Response, home: Home, page: Page) -> None:
    """Raises AccountUnavailable where the server has no such account, CollectingError for other trouble."""
    gone = gone_of(response)
    if gone is not None:
        raise AccountUnavailable(
            f"{home.address} answers {response.status}: {words_of(response)}", gone, page
        )
    if response.status != OK:
        raise CollectingError(f"{response.url}: answers {response.status} ({words_of(response)})")
