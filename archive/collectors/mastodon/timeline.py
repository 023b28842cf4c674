"""An account's posts on its home server: one page of them, and what shows that none lies before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from archive.collectors.mastodon.accounts import (
    EVIDENCE,
    OK,
    ask,
    find_account,
    get,
    gone_of,
    statuses_counted,
    words_of,
)
from archive.collectors.mastodon.addresses import Home
from archive.collectors.mastodon.statuses import Whose, listed, published
from archive.collectors.mastodon.tokens import credential_for
from archive.contract import (
    AccountRef,
    AccountUnavailable,
    CollectingError,
    Page,
    Response,
    Setup,
    UnreadablePage,
    Web,
)
from archive.contract.web import Params, read_json
from db.words import SHOWING, State

MOST = 40
"""Posts on a page: the server's most."""
BEGINNING = "0"
"""`min_id` below every id."""
PAGING = "paging"
FEW = 5
"""Posts that a proof asks for: some servers leave out what they may not show only after they counted."""
UNCUT = 10
"""Posts on a page up to which no server cuts it (20 is what they show unasked): what a round reads again
where nothing is new."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether something is proven, and the answers that say so."""

    holds: bool
    pages: tuple[Page, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """Asks for the posts of one account, in the place where it is at home."""

    web: Web
    setup: Setup
    home: Home
    whose: Whose

    def after(self, position: str | None) -> tuple[Page, list[Any]]:
        """The oldest posts after an id, newest first: the page as it is kept, and all its records."""
        response = self._ask({"limit": MOST, "min_id": position or BEGINNING})
        self._check_there(response, response.page(**self.whose.context()))
        if response.status != OK:
            raise CollectingError(f"{response.url}: answers {response.status} ({words_of(response)})")
        return self._shown(response)

    def begins_at(self, positions: Sequence[str], after: str | None) -> Proof:
        """Whether no post lies before these, the oldest first, and after `after` (None: at all).

        Some servers take `min_id` for `since_id`, or do without it, and hand over the newest page. Whether
        that is the oldest too only a request for what lies before it tells. After something known it is not
        asked for where the page is too short to be cut.
        """
        if after is not None and len(positions) <= UNCUT:
            return Proof(True)
        oldest = next((one for one in positions if one != after), positions[0])
        lower: Params = {} if after is None else {"min_id": after}
        response = self._ask({"limit": FEW, "max_id": oldest, **lower})
        if response.status != OK:
            page = response.page(holds=EVIDENCE)
            self._check_there(response, page)
            return Proof(False, (page,))
        page, records = self._shown(response)
        found = [one.get("id") if isinstance(one, dict) else None for one in records]
        return Proof(_touches(found, positions, after), (page,))

    def ends_at(self, empty: Page, account: AccountRef, after: str | None) -> Proof:
        """Whether an empty page, the first of a stretch, says that nothing follows.

        Who is blocked, and who asks for a suspended account, is shown an empty list too: after something
        known, it is an end where any post is shown at all. Posts that are counted while none is shown may be
        for followers alone, or be withheld from us: that is not known, and so nothing is proven.

        Raises AccountUnavailable where the server says why it shows none.
        """
        shown = self._any() if after is not None else Proof(False)
        if shown.holds and after is not None:
            last = self.nothing_after(after)
            return Proof(last.holds, (*shown.pages, *last.pages))
        related = self._relationship(empty)
        seen = find_account(self.web, self.setup, account).seen
        if seen.state not in SHOWING:
            raise AccountUnavailable(
                f"{self.home.address}: {seen.detail or seen.state}", seen.state, empty, *seen.pages
            )
        return Proof(statuses_counted(seen) == 0, (*shown.pages, *related, *seen.pages))

    def nothing_after(self, position: str) -> Proof:
        """Whether an empty page after an id is the end.

        Mastodon itself chooses what we may see before it counts out a page. GoToSocial and others do so
        afterwards: a page's worth of posts for followers alone leaves an empty page in the middle. Their ids
        are no numbers; they are asked for the newest posts after the id, too.
        """
        if position.isdecimal():
            return Proof(True)
        response = self._ask({"limit": MOST, "since_id": position})
        if response.status != OK:
            return Proof(False, (response.page(holds=EVIDENCE),))
        page, records = self._shown(response)
        found = [one.get("id") if isinstance(one, dict) else None for one in records]
        return Proof(not found or found[0] == position, (page,))  # some servers do without since_id

    def _any(self) -> Proof:
        """Whether the account shows us any post."""
        response = self._ask({"limit": FEW})
        self._check_there(response, response.page(**self.whose.context()))
        if response.status != OK:
            return Proof(False)
        page, records = self._shown(response)
        return Proof(bool(records), (page,))

    def _relationship(self, empty: Page) -> tuple[Page, ...]:
        """How the account stands to the bearer of our token, if we have one and it may know.

        Raises AccountUnavailable where it blocks us.
        """
        if credential_for(self.setup, self.home.server) is None:
            return ()
        params = {"id[]": [self.home.local_id or ""]}
        response = get(self.web, self.setup, self.home.server, self.home.relationships, params=params)
        page = response.page(holds=EVIDENCE)
        if _says_blocked(response):
            message = f"{self.home.address}: it blocks the account of our token at {self.home.host}"
            raise AccountUnavailable(message, State.BLOCKED, empty, page)
        return (page,)

    def _shown(self, response: Response) -> tuple[Page, list[Any]]:
        """The page as it is kept, and all the records that the server showed. Raises UnreadablePage."""
        page = response.page(**self.whose.context())
        records = _records(page)
        return published(page, records), records

    def _ask(self, params: Params) -> Response:
        address = f"{self.home.address}/statuses"
        return ask(self.web, self.setup, self.home.server, address, params=params, bucket=PAGING)

    def _check_there(self, response: Response, page: Page) -> None:
        """Raises AccountUnavailable where the server has no such account."""
        gone = gone_of(response)
        if gone is not None:
            said = f"{self.home.address} answers {response.status}: {words_of(response)}"
            raise AccountUnavailable(said, gone, page)


def _records(page: Page) -> list[Any]:
    try:
        return listed(page, read_json(page))
    except UnreadablePage as error:
        raise UnreadablePage(str(error), page) from error


def _touches(before: Sequence[Any], positions: Sequence[str], after: str | None) -> bool:
    """Whether nothing is shown (newest first) between these posts and `after`.

    Of two bounds some servers forget the lower one: what is known comes first then. Mastodon before 3.3
    forgets the upper one, and shows the oldest of the posts themselves.
    """
    if after is None or not before:
        return not before
    return before[0] == after or all(one in positions[:FEW] for one in before)


def _says_blocked(response: Response) -> bool:
    """Whether the one relationship that was asked for says so."""
    if response.status != OK:
        return False
    try:
        said = response.json()
    except UnreadablePage:
        return False
    relations = said if isinstance(said, list) else []
    return any(isinstance(one, dict) and one.get("blocked_by") is True for one in relations)
