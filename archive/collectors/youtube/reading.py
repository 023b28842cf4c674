"""Reads a channel's uploads, newest first, by the playlist that YouTube keeps of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from archive.collectors.youtube.addresses import CHANNEL_ID, VIDEO_ID, video_of
from archive.collectors.youtube.channels import (
    channel_in,
    channel_seen,
    nobody,
    playlist_or,
    public_videos,
    questions_for,
)
from archive.collectors.youtube.places import Descent, positions_of
from archive.collectors.youtube.problems import (
    KEY,
    MAY_PASS,
    NOT_MODIFIED,
    Means,
    is_final,
    meaning_of,
    refusal,
    refuse,
    words_of,
)
from archive.collectors.youtube.rechecking import recheck_videos
from archive.collectors.youtube.videos import EVIDENCE, PLATFORM, entries_of, parse_page
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
    Setup,
    SourceRefused,
    Stream,
    Stretch,
    Web,
)
from archive.contract.web import HTTP_OK

API = "https://www.googleapis.com/youtube/v3"
MOST = 50
"""Videos on a page: the API's most. A page costs one unit of the quota however many it holds."""

CHANNEL_PARTS = "snippet,contentDetails,statistics"
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
        channel, response = self._channel(web, account)
        return nobody(account, response) if channel is None else channel_seen(channel, account, response)

    def fetch(self, web: Web, account: AccountRef, stretch: Stretch) -> Iterator[Served]:
        """See archive.contract.Collector. There is no `before`: without a token it begins at the top."""
        token = stretch.cursor
        # What was read last was the goal itself: older ones follow from here.
        descent = Descent(stretch.after, met=token is not None and stretch.before == stretch.after)
        while True:
            served = self._page(web, account, stretch, token)
            descent = descent.past(served.positions)
            yield replace(served, positions=descent.proven(served.positions))
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

    def recheck(self, web: Web, account: AccountRef, posts: Sequence[KnownPost]) -> Iterator[Rechecked]:
        """See archive.contract.Rechecks."""
        return recheck_videos(lambda params: self._ask(web, "videos", params), posts)

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

    def _channel(self, web: Web, account: AccountRef) -> tuple[Mapping[str, Any] | None, Response]:
        """The channel by the first question that finds it, and the answer. Raises CollectingError."""
        response = None
        for question in questions_for(account):
            response = self._ask(web, "channels", {question.parameter: question.value, "part": CHANNEL_PARTS})
            if response.status != HTTP_OK:
                raise refusal(response, f"youtube {question.value}")
            channel = channel_in(response)
            if channel is not None:
                return channel, response
        assert response is not None  # there is always a question
        return None, response

    def _page(self, web: Web, account: AccountRef, stretch: Stretch, token: str | None) -> Served:
        """One page, with the positions of all that it lists."""
        asked: dict[str, str | int] = {
            "playlistId": _playlist(account),
            "part": VIDEO_PARTS,
            "maxResults": MOST,
        }
        if token is not None:
            asked["pageToken"] = token
        etag = stretch.validators.get("etag") if token is None else None
        response = self._ask(web, "playlistItems", asked, {"If-None-Match": etag} if etag else None)
        if response.status == NOT_MODIFIED and etag:
            page = response.page(holds=EVIDENCE)
            return Served(page, end=True, unchanged=True, validators=stretch.validators)
        if response.status != HTTP_OK:
            return self._without_page(web, account, response, stretch, token)
        return _served(response, first=token is None)

    def _without_page(
        self, web: Web, account: AccountRef, response: Response, stretch: Stretch, token: str | None
    ) -> Served:
        """An answer that is no page of the list: the end of one that does not exist, or an error."""
        subject, meaning = f"youtube {account.handle or account.platform_id}", meaning_of(response)
        if meaning is Means.TOKEN:
            raise CursorExpired(f"{subject}: the page token has expired")
        if meaning not in (Means.MISSING, Means.UNSEEN):
            raise refusal(response, subject)
        channel, said = self._channel(web, account)
        if channel is None:
            seen = nobody(account, said)
            raise AccountUnavailable(f"{subject}: {seen.detail}", seen.state, *seen.pages)
        if token is not None:
            raise CursorExpired(f"{subject}: the list does not go on ({words_of(response)})")
        if meaning is Means.MISSING and _is_empty(channel, stretch):
            return Served(response.page(holds=EVIDENCE), end=True)
        raise refusal(response, subject)


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


def _is_empty(channel: Mapping[str, Any], stretch: Stretch) -> bool:
    """Whether a channel that is there need have no list: nothing was ever uploaded, or nothing is left.

    A channel that does not say how many videos it has is empty only where none is known.
    """
    videos = public_videos(channel)
    return videos == 0 if videos is not None else stretch.after is None and stretch.before is None


def _served(response: Response, *, first: bool) -> Served:
    """One page of the list. Raises UnreadablePage where it is none."""
    page = response.page()
    token = response.json().get("nextPageToken")
    cursor = token if isinstance(token, str) and token else None
    etag = response.headers.get("etag", "")
    usable = first and 0 < len(etag) <= 1_000 and etag.isascii() and etag.isprintable()
    return Served(
        page,
        positions=positions_of(entries_of(page)),
        cursor=cursor,
        end=cursor is None,
        validators={"etag": etag} if usable else {},
    )
