"""Reads a channel's uploads, newest first, by the playlist that YouTube keeps of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from archive.collectors.youtube.addresses import CHANNEL_ID, VIDEO_ID, video_of
from archive.collectors.youtube.channels import (
    channel_in,
    channel_seen,
    nobody,
    playlist_or,
    questions_for,
)
from archive.collectors.youtube.problems import (
    KEY,
    MAY_PASS,
    NOT_MODIFIED,
    Means,
    is_final,
    meaning_of,
    refusal,
    refuse,
)
from archive.collectors.youtube.videos import EVIDENCE, PLATFORM, entries_of, parse_page, positions_of
from archive.contract import (
    AccountRef,
    AccountSeen,
    AccountUnavailable,
    CollectingError,
    Credential,
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
    Web,
)
from archive.contract.web import HTTP_OK
from db.words import State

API = "https://www.googleapis.com/youtube/v3"
MOST = 50
"""Videos on a page: the API's most. A page costs one unit of the quota however many it holds."""

CHANNEL_PARTS = "snippet,contentDetails"
VIDEO_PARTS = "snippet,contentDetails,status"

POLICIES: Mapping[str, Policy] = {"": Policy(requests=300, seconds=60)}
"""Google limits the day, which it tells itself when it is over; this is for fairness alone."""


@dataclass(frozen=True, slots=True)
class YouTubeCollector:
    """Collects titles and descriptions of what channels uploaded."""

    api: str = API
    credential: Credential | None = None
    name: str = "youtube-1"
    platform: str = PLATFORM
    streams: tuple[Stream, ...] = (Stream("uploads", Order.NEWEST_FIRST, overlap=5),)
    policies: Mapping[str, Policy] = field(default_factory=lambda: POLICIES)
    looks_first: bool = False
    """A playlist that is not there is looked into when it happens: each look costs a unit of the quota."""

    def look(self, web: Web, account: AccountRef) -> AccountSeen:
        """See archive.contract.Collector."""
        response = None
        for question in questions_for(account):
            response = self._ask(web, "channels", {question.parameter: question.value, "part": CHANNEL_PARTS})
            if response.status != HTTP_OK:
                raise refusal(response, f"youtube {question.value}")
            channel = channel_in(response)
            if channel is not None:
                return channel_seen(channel, account, response)
        assert response is not None  # there is always a question
        return nobody(account, response)

    def fetch(self, web: Web, account: AccountRef, stretch: Stretch) -> Iterator[Served]:
        """See archive.contract.Collector. There is no `before`: without a token it begins at the top."""
        token, validators = stretch.cursor, stretch.validators
        while True:
            served = self._page(web, account, token, validators if token is None else {})
            yield served
            if served.end or served.cursor is None:
                return
            token = served.cursor

    def parse(self, page: Page) -> Iterator[Post | Reject]:
        """See archive.contract.Collector."""
        return parse_page(page)

    def recognise(self, url: str) -> str | None:
        """See archive.contract.SinglePosts."""
        return video_of(url)

    def fetch_post(self, web: Web, address: str) -> Served:
        """See archive.contract.SinglePosts."""
        if not VIDEO_ID.fullmatch(address):
            raise CollectingError(f"{address!r} is no id of a video on YouTube")
        response = self._ask(web, "videos", {"id": address, "part": "snippet,status"})
        if response.status != HTTP_OK:
            raise refusal(response, f"youtube video {address}")
        page = response.page()
        if not entries_of(page):
            raise CollectingError(f"youtube video {address}: it is private, deleted, or was never there")
        return Served(page, end=True)

    def _ask(
        self, web: Web, what: str, params: Mapping[str, str | int], headers: Mapping[str, str] | None = None
    ) -> Response:
        """An answer of 200, 304, or one about what was asked for. Raises SourceRefused and BudgetSpent."""
        if self.credential is None:
            raise SourceRefused(f"reading YouTube needs an API key: set {KEY}")
        response = web.get(
            f"{self.api}/{what}",
            params=params,
            headers=headers,
            credential=self.credential,
            retry=MAY_PASS,
            final=is_final,
        )
        refuse(response)
        return response

    def _page(
        self, web: Web, account: AccountRef, token: str | None, validators: Mapping[str, str]
    ) -> Served:
        playlist = _playlist(account)
        asked: dict[str, str | int] = {"playlistId": playlist, "part": VIDEO_PARTS, "maxResults": MOST}
        if token is not None:
            asked["pageToken"] = token
        etag = validators.get("etag")
        response = self._ask(web, "playlistItems", asked, {"If-None-Match": etag} if etag else None)
        if response.status == NOT_MODIFIED and etag:
            return Served(response.page(holds=EVIDENCE), end=True, unchanged=True, validators=validators)
        if response.status != HTTP_OK:
            return self._without_page(web, account, response)
        return _served(response, first=token is None)

    def _without_page(self, web: Web, account: AccountRef, response: Response) -> Served:
        """An answer that is no page of the list: what is it then?"""
        meaning = meaning_of(response)
        if meaning is Means.TOKEN:
            raise CursorExpired(
                f"youtube {account.handle or account.platform_id}: the page token has expired"
            )
        if meaning is not Means.MISSING:
            raise refusal(response, f"youtube {account.handle or account.platform_id}")
        seen = self.look(web, account)
        if seen.state is not State.ACTIVE:
            raise AccountUnavailable(
                f"youtube {account.handle or account.platform_id}: {seen.detail}", seen.state, *seen.pages
            )
        # The list of a channel that never uploaded anything does not exist.
        return Served(response.page(holds=EVIDENCE), end=True)


def collector(setup: Setup) -> YouTubeCollector:
    """The collector of a user's settings. HUSTINGS_YOUTUBE_API: where the API is."""
    return YouTubeCollector(
        api=setup.settings.get("HUSTINGS_YOUTUBE_API", API).rstrip("/"),
        credential=setup.credential(KEY, header="x-goog-api-key", form="{}"),
    )


def _playlist(account: AccountRef) -> str:
    """The list of an account's uploads. Raises CollectingError where the channel's id is not known."""
    channel_id = account.platform_id or ""
    if not CHANNEL_ID.fullmatch(channel_id):
        raise CollectingError(
            f"youtube {account.handle or channel_id}: no channel id; check the account first"
        )
    return playlist_or(account.home, channel_id)


def _served(response: Response, *, first: bool) -> Served:
    """One page of the list. Raises UnreadablePage where it is none."""
    page = response.page()
    entries = entries_of(page)
    token = response.json().get("nextPageToken")
    cursor = token if isinstance(token, str) and token else None
    etag = response.headers.get("etag", "")
    usable = first and 0 < len(etag) <= 1_000 and etag.isascii() and etag.isprintable()
    return Served(
        page,
        positions=positions_of(entries),
        cursor=cursor,
        end=cursor is None,
        validators={"etag": etag} if usable else {},
    )
