"""The collector for X, API v2: user timelines, newest first."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from archive.collectors.x import addresses
from archive.collectors.x.answers import read_answer
from archive.collectors.x.asking import LOOKUP, TIMELINE, USERS, Asking, is_refused_for
from archive.collectors.x.costs import SHOWS, user_charge
from archive.collectors.x.histories import Histories, edited_chains, histories_of
from archive.collectors.x.posts import Shows, parse_page
from archive.collectors.x.problems import detail_of, problems_in, problems_of, refusal, state_of
from archive.collectors.x.rechecking import recheck_posts
from archive.collectors.x.spelling import TWEET, Spelling
from archive.contract import (
    AccountRef,
    AccountSeen,
    AccountUnavailable,
    CollectingError,
    Credential,
    CursorExpired,
    KnownPost,
    Order,
    Page,
    Policy,
    Post,
    Rechecked,
    Reject,
    Response,
    Served,
    Stream,
    Stretch,
    UnreadablePage,
    Web,
)
from archive.contract.web import HTTP_OK
from archive.x_posts.addresses import HANDLE, ID, post_of, profile
from archive.x_posts.answers import Answer, shown_name
from archive.x_posts.posts import PLATFORM
from db.words import State

QUARTER_HOUR = 15 * 60.0
LOOKED = "looked"
"""Validator, which the archive keeps for us from round to round: the day (UTC) on which the account was last
seen to show posts or was looked at; for one that was never looked at, on which its silence began."""
LOOK_AT_EMPTY, LOOK_AT_QUIET = timedelta(days=1), timedelta(days=7)
"""After what time an account without posts, and a known one without new ones, is looked at again."""
_ABOUT_ACCOUNT = frozenset({HTTP_OK, 403, 404})
"""Statuses with which X answers for an account that shows nothing."""


@dataclass(frozen=True, slots=True)
class XCollector:
    """X by its API v2, with a bearer token. What is returned is charged: see `costs`."""

    api: str
    credential: Credential | None = field(repr=False)
    page_size: int = 100
    spelling: Spelling = TWEET
    fixed: bool = False
    """Whether the user chose the spelling: then the other one is not tried."""

    name: str = "x-1"
    platform: str = PLATFORM
    streams: tuple[Stream, ...] = (Stream("posts", Order.NEWEST_FIRST, shows=SHOWS, relisted=False),)
    """Without overlap and full rounds: each post that is read again is paid for again."""
    policies: Mapping[str, Policy] = field(
        default_factory=lambda: {
            # What X allows a user, where an app has more (10,000 timelines, 5,000 look-ups for users).
            TIMELINE: Policy(900, QUARTER_HOUR),
            LOOKUP: Policy(3500, QUARTER_HOUR),
            USERS: Policy(300, QUARTER_HOUR),
            "": Policy(300, QUARTER_HOUR),
        }
    )
    looks_first: bool = False
    """A look is charged twice as much as a post: `fetch` looks where a timeline is empty."""

    def look(self, web: Web, account: AccountRef) -> AccountSeen:
        """Who the account is, by its id or else its handle; charged as one user where there is one."""
        return self._look(self._asking(web), account)

    def fetch(self, web: Web, account: AccountRef, stretch: Stretch) -> Iterator[Served]:
        """The timeline from its top, from `cursor`, or below `before`, down to `after` or its end.

        An answer without posts proves nothing by itself: where a stretch gave none, the account is looked at
        if that is due, and it is an end only for an active account that is not protected.
        """
        user_id = _user_id(account)
        asking, token, met, empty = self._asking(web), stretch.cursor, False, True
        while True:
            response = self._timeline(asking, user_id, stretch, token)
            answer = read_answer(_page(response, user_id, account))
            empty = empty and not answer.entries
            looked: tuple[Page, ...] = ()
            if not answer.entries and answer.next_token is None:
                looked = self._looked_behind(asking, account, stretch, response, quiet=empty)
            histories = self._histories(asking, answer, account)
            positions = positions_of(answer.entries)
            met = met or _meets(stretch, positions, asking)
            yield Served(
                page=_page(response, user_id, account),
                positions=positions,
                cursor=answer.next_token,
                end=answer.next_token is None and met,
                validators={LOOKED: _last_look(stretch if empty and not looked else None, response)},
                enclosed=(*histories.pages, *looked),
                missing=histories.missing,
            )
            if answer.next_token is None:
                return
            if answer.next_token == token:
                raise CursorExpired(f"X account {user_id}: the timeline gives the same token again and again")
            token = answer.next_token

    def parse(self, page: Page) -> Iterator[Post | Reject]:
        return parse_page(page)

    def recognise(self, url: str) -> str | None:
        """The id in the address of a post on x.com or twitter.com."""
        found = post_of(url)
        return found[0] if found else None

    def fetch_post(self, web: Web, address: str) -> Served:
        """The post with that id, and with its earlier versions where it was edited."""
        asking = self._asking(web)
        response = asking.posts(addresses.posts(self.api), {"ids": address}, LOOKUP, 1, authors=True)
        if response.status != HTTP_OK:
            raise refusal(response, f"X post {address}", problems_of(response))
        page = response.page(shows=Shows.POST)
        answer = read_answer(page)
        if not answer.entries:
            said = detail_of(problems_of(response)) or "no reason given"
            raise CollectingError(f"X shows no post {address}: {said}")
        chains = edited_chains(answer.entries)
        if any(address != chain[-1] for chain in chains):
            page = response.page(shows=Shows.EVIDENCE)
        histories = self._histories(asking, answer, None)
        return Served(
            page,
            (addresses.position_of(address),),
            end=True,
            enclosed=histories.pages,
            missing=histories.missing,
        )

    def recheck(self, web: Web, account: AccountRef, posts: Sequence[KnownPost]) -> Iterator[Rechecked]:
        """As `rechecking.recheck_posts`; charged by the post that is shown."""
        return recheck_posts(self._asking(web), self.api, account, posts)

    def _asking(self, web: Web) -> Asking:
        return Asking(web, self.credential, self.spelling, self.fixed)

    def _timeline(self, asking: Asking, user_id: str, stretch: Stretch, token: str | None) -> Response:
        """One page of the timeline.

        Raises CursorExpired for a token that X no longer knows, CollectingError for what nothing explains.
        """
        params = _params(stretch, token, self.page_size)
        url = addresses.timeline(self.api, user_id)
        response = asking.posts(url, params, TIMELINE, self.page_size)
        if is_refused_for(response, "pagination_token", "next_token"):
            raise CursorExpired(f"X account {user_id}: X no longer knows the token to go on with")
        if response.status not in _ABOUT_ACCOUNT:
            raise refusal(response, f"X account {user_id}", problems_of(response))
        return response

    def _histories(self, asking: Asking, answer: Answer, account: AccountRef | None) -> Histories:
        return histories_of(asking, self.api, edited_chains(answer.entries), account)

    def _looked_behind(
        self, asking: Asking, account: AccountRef, stretch: Stretch, response: Response, *, quiet: bool
    ) -> tuple[Page, ...]:
        """The evidence that an account has no more than it shows, where it has to be asked for."""
        if problems_of(response) or (quiet and _look_is_due(stretch, response)):
            return self._prove_empty(asking, account, response)
        return ()

    def _prove_empty(self, asking: Asking, account: AccountRef, response: Response) -> tuple[Page, ...]:
        """The evidence that a timeline without posts is one. Raises AccountUnavailable where it is not."""
        seen, problems = self._look(asking, account), problems_of(response)
        state = seen.state
        if state is State.ACTIVE and problems:
            state = State.BLOCKED if state_of(problems) is State.PROTECTED else state_of(problems) or state
        pages = (response.page(shows=Shows.EVIDENCE), *seen.pages)
        if state is not State.ACTIVE:
            said = seen.detail or detail_of(problems) or "no reason given"
            raise AccountUnavailable(f"X account {_user_id(account)} is {state}: {said}", state, *pages)
        if problems:
            raise refusal(response, f"X account {_user_id(account)}", problems)
        return seen.pages

    def _look(self, asking: Asking, account: AccountRef) -> AccountSeen:
        subject = f"X account {account.handle or account.platform_id}"
        response = asking.get(
            _user_address(self.api, account),
            {"user.fields": "name,protected,username"},
            USERS,
            user_charge(),
        )
        if response.status not in _ABOUT_ACCOUNT:
            raise refusal(response, subject, problems_of(response))
        seen = account_seen(response)
        if seen is None:
            raise refusal(response, subject, problems_of(response))
        return seen


def account_seen(response: Response) -> AccountSeen | None:
    """What a look-up says of an account; None where its problems say nothing of one.

    Raises UnreadablePage for anything but an answer of X's.
    """
    page = response.page(shows=Shows.EVIDENCE)
    answer = response.json()
    data = answer.get("data") if isinstance(answer, dict) else None
    problems = problems_in(answer)
    if data is None and problems:
        state = state_of(problems)
        return AccountSeen(state, detail=detail_of(problems), pages=(page,)) if state else None
    if not isinstance(data, dict) or not _is_account(data):
        raise UnreadablePage(f"{response.url}: neither an account with id and username nor a problem")
    if not isinstance(data.get("protected"), bool):
        raise UnreadablePage(f"{response.url}: does not say whether the account is protected")
    return AccountSeen(
        state=State.PROTECTED if data["protected"] else State.ACTIVE,
        platform_id=data["id"],
        handle=data["username"],
        display_name=shown_name(data.get("name")),
        url=profile(data["username"]),
        pages=(page,),
    )


def _is_account(data: Mapping[str, object]) -> bool:
    user_id, handle = data.get("id"), data.get("username")
    return (
        isinstance(user_id, str)
        and isinstance(handle, str)
        and ID.fullmatch(user_id) is not None
        and HANDLE.fullmatch(handle) is not None
    )


def positions_of(entries: Sequence[object]) -> tuple[str, ...]:
    """Where a page's posts stand, newest first: the longest falling row of their ids.

    What breaks the order, such as an edited post that kept its old place under its new id, is left out.
    """
    ids = [entry.get("id") for entry in entries if isinstance(entry, dict)]
    positions = [addresses.position_of(one) for one in ids if isinstance(one, str) and ID.fullmatch(one)]
    before: dict[str, str | None] = {}  # position -> the one before it in the longest row that it ends
    ends: list[str] = []  # n-th: the lowest end of a rising row of n + 1, read from the page's foot
    for position in reversed(positions):
        place = bisect_left(ends, position)
        before[position] = ends[place - 1] if place else None
        ends[place : place + 1] = [position]
    row: list[str] = []
    at = ends[-1] if ends else None
    while at is not None:
        row.append(at)
        at = before[at]
    return tuple(row)


def _meets(stretch: Stretch, positions: Sequence[str], asking: Asking) -> bool:
    """Whether the timeline's end is that of the stretch too.

    It is where X stops at `after` by itself. Where X does not take that, only if a post from below it was
    seen: otherwise X's window may end above it.
    """
    if stretch.after is None or "since_id" not in asking.refused:
        return True
    return bool(positions) and positions[-1] <= stretch.after


def _last_look(stretch: Stretch | None, response: Response) -> str:
    """The day that the archive kept for us, if it kept one; else that of an answer."""
    today = response.retrieved_at.date().isoformat()
    return (stretch.validators.get(LOOKED) if stretch is not None else None) or today


def _look_is_due(stretch: Stretch, response: Response) -> bool:
    """Whether an account that shows nothing (new) has to be looked at.

    A look costs as much as two posts. Where posts are known, X says by an error why it shows none, and a
    look only makes sure of it; where none are, nothing else tells an empty account from a hidden one.
    """
    if LOOKED not in stretch.validators:
        return stretch.after is None
    days = response.retrieved_at.date() - date.fromisoformat(_last_look(stretch, response))
    return days >= (LOOK_AT_EMPTY if stretch.after is None else LOOK_AT_QUIET)


def _params(stretch: Stretch, token: str | None, size: int) -> dict[str, str]:
    """The parameters of one page of a timeline. A token holds its own upper end."""
    params = {"max_results": str(size)}
    if stretch.after is not None:
        params["since_id"] = addresses.id_at(stretch.after)
    if token is not None:
        params["pagination_token"] = token
    elif stretch.before is not None:
        params["until_id"] = addresses.id_at(stretch.before)
    return params


def _page(response: Response, user_id: str, account: AccountRef) -> Page:
    return response.page(shows=Shows.TIMELINE, account=user_id, handle=account.handle)


def _user_id(account: AccountRef) -> str:
    """The account's id, as X's addresses take it. Raises CollectingError."""
    if account.platform_id is None or not ID.fullmatch(account.platform_id):
        raise CollectingError(f"X account {account.handle}: {account.platform_id!r} is no id of X")
    return account.platform_id


def _user_address(api: str, account: AccountRef) -> str:
    if account.platform_id is not None:
        return addresses.user(api, _user_id(account))
    if account.handle is None or not HANDLE.fullmatch(account.handle):
        raise CollectingError(f"{account.handle!r} is no handle of X: 1 to 15 of letters, digits and _")
    return addresses.user_called(api, account.handle)
