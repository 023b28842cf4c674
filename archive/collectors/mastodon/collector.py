"""Reads accounts on Mastodon and what speaks its API, from the account's home server alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from archive.collectors.mastodon.accounts import OK, ask, find_account, words_of
from archive.collectors.mastodon.addresses import Home, home_of, post_address, split_handle
from archive.collectors.mastodon.histories import histories_of
from archive.collectors.mastodon.rechecking import recheck_statuses
from archive.collectors.mastodon.statuses import PLATFORM, STATUS, Whose, is_published, parse_page
from archive.collectors.mastodon.timeline import PAGING, Proof, Timeline
from archive.contract import (
    AccountRef,
    AccountSeen,
    AccountUnavailable,
    CollectingError,
    KnownPost,
    Order,
    Page,
    Policy,
    Post,
    Rechecked,
    Reject,
    Served,
    Setup,
    Stream,
    Stretch,
    Web,
)
from archive.contract.web import read_json
from db.words import SHOWING

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
        """See archive.contract.Collector. The Link header is not followed: its `next` goes back in time.

        Where the first page is not proven to begin where the stretch does, nothing after it is asked for.
        """
        timeline = Timeline(web, self.setup, *self._whose(web, account))
        served = _proven(timeline, account, self._page(timeline, stretch.after), stretch.after)
        yield served
        while served.cursor is not None and not served.end:
            here = served.cursor
            served = self._page(timeline, here)
            yield _with(served, timeline.nothing_after(here)) if served.end else served

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
        record = read_json(page)
        if not is_published(record):
            raise CollectingError(f"{address}: is not published: it is for some readers alone")
        histories = histories_of(web, self.setup, whose, [record])
        return Served(page, (status_id,), end=True, enclosed=histories.pages, missing=histories.missing)

    def recheck(self, web: Web, account: AccountRef, posts: Sequence[KnownPost]) -> Iterator[Rechecked]:
        """See archive.contract.Rechecks."""
        home, whose = self._whose(web, account)
        return recheck_statuses(web, self.setup, home, whose, posts)

    def _whose(self, web: Web, account: AccountRef) -> tuple[Home, Whose]:
        """Where to ask, and for whom: the server's own id, which a renamed account keeps."""
        home = home_of(account.home)
        named = split_handle(account.handle)
        if home is None or home.local_id is None:
            found = find_account(web, self.setup, account)
            if found.seen.state not in SHOWING:
                detail = found.seen.detail or found.seen.state.value
                raise AccountUnavailable(
                    f"mastodon {_called(account)}: {detail}", found.seen.state, *found.seen.pages
                )
            home, domain = found.home, found.domain
            account = replace(account, platform_id=account.platform_id or found.seen.platform_id)
        else:
            domain = named[1] if named else home.host
        return home, Whose(home.server, domain, home.local_id, account.platform_id)

    def _page(self, timeline: Timeline, after: str | None) -> Served:
        """The oldest posts after an id; an empty page is the end."""
        page, records = timeline.after(after)
        newest_first = [
            one["id"]
            for one in records
            if isinstance(one, dict) and one.get("id") and isinstance(one["id"], str)
        ]
        positions = tuple(reversed(newest_first))
        kept = [one for one in records if is_published(one)]
        histories = histories_of(timeline.web, self.setup, timeline.whose, kept)
        return Served(
            page,
            positions,
            cursor=positions[-1] if positions else None if records else after,
            end=not records,
            enclosed=histories.pages,
            missing=histories.missing,
        )


def _proven(timeline: Timeline, account: AccountRef, served: Served, after: str | None) -> Served:
    """The first page of a stretch with its proof; where it has none, it gives no way to go on."""
    if served.positions:
        proof = timeline.begins_at(served.positions, after)
    elif served.end:
        proof = timeline.ends_at(served.page, replace(account, home=timeline.home.address), after)
    else:
        return served
    return _with(served, proof)


def _with(served: Served, proof: Proof) -> Served:
    """A page with what proves it; where nothing does, it gives no way to go on."""
    enclosed = (*proof.pages, *served.enclosed)
    if proof.holds:
        return replace(served, enclosed=enclosed)
    return replace(served, cursor=None, end=False, enclosed=enclosed)


def collector(setup: Setup) -> MastodonCollector:
    """The collector with these settings."""
    return MastodonCollector(setup)


def _called(account: AccountRef) -> str:
    return f"@{account.handle}" if account.handle else str(account.platform_id or account.home)
