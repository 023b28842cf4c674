"""YouTube's Data API v3 in small: channels, playlists of uploads, videos, a quota and its reasons."""

import base64
import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from loopback import Answer, Asked, Switches, json_answer
from world import World, WorldAccount, WorldPost

from archive.contract import AccountRef
from db.words import State

KEY = "AIza-key-of-the-tests"
MOST = 50


def problem(status: int, reason: str, message: str = "The request cannot be served.") -> Answer:
    """An error as Google's older APIs write it."""
    entry = {"message": message, "domain": "youtube.quota", "reason": reason}
    return json_answer({"error": {"code": status, "message": message, "errors": [entry]}}, status)


class FakeYouTube:
    """Shows a world as YouTube would: an upload is a video, its text is title and description.

    Edits replace texts without a trace. A channel without uploads, like one that is gone, has no list of
    them (404); one that is gone is left out of channels.list, with its `items`. Pins, replies, reposts and
    moves have no effect; of the switches `partial_errors` makes no sense here.
    """

    collector = "youtube"

    def __init__(self, world: World, *, page_size: int = MOST) -> None:
        self.world = world
        self.page_size = page_size
        self.switches = Switches()
        self.fired: Counter[str] = Counter()
        self.units = 0
        """Of the quota, spent so far."""
        self.quota: int | None = None
        self.placeholders: dict[int, str] = {}
        """Serial of a video that is listed although it cannot be seen -> `Private video`, `Deleted video`."""
        self.listed_at: dict[int, int] = {}
        """Serial of a video -> its place in the list (from 0), whatever its time."""
        self.counts = True
        """Whether channels say how many videos they have."""
        self.restricted: set[int] = set()
        """Serials of videos that are not for minors."""
        self.trouble: list[Answer] = []
        """Answers to the next requests."""

    def settings(self, url: str) -> dict[str, str]:
        return {"HUSTINGS_YOUTUBE_API": f"{url}/youtube/v3", "HUSTINGS_YOUTUBE_KEY": KEY}

    def ref(self, name: str, url: str) -> AccountRef:
        return AccountRef("youtube", handle=self.world.accounts[name].handle)

    def is_page(self, asked: Asked) -> bool:
        return asked.path.endswith("/playlistItems")

    def channel_id(self, account: WorldAccount) -> str:
        return f"UC{account.number:022d}"

    def post_id(self, post: WorldPost) -> str:
        return f"v-{post.serial:08d}_"

    def text(self, post: WorldPost, version: int = -1) -> str:
        text = post.texts[version][1]
        return f"{_title(post)}\n\n{text}" if text else _title(post)

    def too_many(self, reset: datetime, form: str) -> Answer:
        """429; of the forms of a reset YouTube knows Retry-After alone, in seconds or as a date."""
        seconds = str(max(0, int((reset - self.world.clock.now()).total_seconds())))
        written = {"date": format_datetime(reset.astimezone(UTC), usegmt=True), "missing": ""}
        after = written.get(form, seconds)
        answer = problem(429, "rateLimitExceeded")
        headers = {**answer.headers, "Retry-After": after} if after else answer.headers
        return Answer(429, answer.body, headers)

    # ---- what it answers ---------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        self.units += 1
        if "key" in asked.query or asked.headers.get("x-goog-api-key") != KEY:
            return problem(400, "keyInvalid", "API key not valid. Please pass a valid API key.")
        if self.quota is not None and self.units > self.quota:
            return problem(403, "quotaExceeded", "The request cannot be completed: quota.")
        if self.trouble:
            return self.trouble.pop(0)
        answers = {"channels": self._channels, "playlistItems": self._playlist, "videos": self._videos}
        made = answers.get(asked.path.removeprefix("/youtube/v3/"))
        return made(asked) if made else problem(404, "notFound")

    def _channels(self, asked: Asked) -> Answer:
        if channel_id := asked.first("id"):
            found = (one for one in self.world.accounts.values() if self.channel_id(one) == channel_id)
            account = next(found, None)
        else:
            account = self.world.by_handle((asked.first("forHandle") or " ").removeprefix("@"))
        said: dict[str, Any] = {"kind": "youtube#channelListResponse", "pageInfo": {"totalResults": 0}}
        if account is not None and account.state == State.ACTIVE:
            said["items"] = [self._channel(account)]
        return json_answer(said)

    def _channel(self, account: WorldAccount) -> dict[str, Any]:
        channel_id, uploads = self.channel_id(account), self.world.shown(account.name)
        public = sum(post.serial not in self.placeholders for post in uploads)
        return {
            "kind": "youtube#channel",
            "id": channel_id,
            "snippet": {"title": account.name.title(), "customUrl": f"@{account.handle}"},
            "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": f"UU{channel_id[2:]}"}},
            "statistics": {"videoCount": str(public)} if self.counts else {},
        }

    def _playlist(self, asked: Asked) -> Answer:
        channel_id = f"UC{(asked.first('playlistId') or '')[2:]}"
        found = (one for one in self.world.accounts.values() if self.channel_id(one) == channel_id)
        account = next(found, None)
        uploads = self._listed(account) if account else []
        if account is None or not uploads:
            return problem(404, "playlistNotFound", "The playlist cannot be found.")
        token = asked.first("pageToken")
        before, number = None, 1
        if token is not None:
            if self.switches.expire_cursors or (read := _read(token)) is None:
                self.fired["expire_cursors"] += int(self.switches.expire_cursors)
                self.switches.expire_cursors = False
                return problem(400, "invalidPageToken", "The request specifies an invalid page token.")
            before, number = read
        return self._page(asked, account, uploads, before, number)

    def _listed(self, account: WorldAccount) -> list[WorldPost]:
        """The newest first, save those that have another place."""
        uploads = list(reversed(self.world.shown(account.name)))
        for post in [one for one in uploads if one.serial in self.listed_at]:
            uploads.remove(post)
            uploads.insert(self.listed_at[post.serial], post)
        return uploads

    def _page(
        self, asked: Asked, account: WorldAccount, uploads: list[WorldPost], before: int | None, number: int
    ) -> Answer:
        below = uploads if before is None else _after(uploads, before)
        shown = below[: min(self.page_size, MOST, int(asked.first("maxResults") or 5))]
        following = _token(shown[-1].serial, number + 1) if len(below) > len(shown) else None
        if following and self.switches.repeat_cursor and (token := asked.first("pageToken")):
            self.fired["repeat_cursor"] += 1
            following = token
        if following and self.switches.empty_page_at == number:
            self.fired["empty_page_at"] += 1
            shown, following = [], _token(before or uploads[0].serial + 1, number + 1)
        last_seen = next((one for one in uploads if one.serial == before), None)
        if self.switches.duplicates and last_seen:
            self.fired["duplicates"] += 1
            shown = [last_seen, *shown]
        said: dict[str, Any] = {
            "kind": "youtube#playlistItemListResponse",
            "items": [self._item(one, account) for one in shown],
            "pageInfo": {"totalResults": len(uploads), "resultsPerPage": len(shown)},
        }
        return _tagged(asked, {**said, "nextPageToken": following} if following else said)

    def _item(self, post: WorldPost, account: WorldAccount) -> dict[str, Any]:
        placeholder = self.placeholders.get(post.serial)
        item: dict[str, Any] = {
            "kind": "youtube#playlistItem",
            "id": base64.b64encode(f"UU.{post.serial}".encode()).decode(),
            "snippet": {**self._snippet(post, account), "publishedAt": _written(post.made_at)},
            "contentDetails": {"videoId": self.post_id(post)},
            "status": {"privacyStatus": "private" if placeholder else "public"},
        }
        item["snippet"]["resourceId"] = {"kind": "youtube#video", "videoId": self.post_id(post)}
        if placeholder:
            item["snippet"] |= {"title": placeholder, "description": "This video is unavailable."}
        else:
            item["contentDetails"]["videoPublishedAt"] = _written(post.published_at)
            item["snippet"]["videoOwnerChannelId"] = self.channel_id(account)
            item["snippet"]["videoOwnerChannelTitle"] = account.name.title()
        if self.switches.malformed_every and post.serial % self.switches.malformed_every == 0:
            self.fired["malformed_every"] += 1
            del item["snippet"]
        return item

    def _snippet(self, post: WorldPost, account: WorldAccount) -> dict[str, Any]:
        return {
            "title": _title(post),
            "description": post.text,
            "channelId": self.channel_id(account),
            "channelTitle": account.name.title(),
            "publishedAt": _written(post.published_at),
        }

    def _videos(self, asked: Asked) -> Answer:
        shown = (one for name in self.world.accounts for one in self.world.shown(name))
        wanted = (asked.first("id") or "").split(",")
        said: dict[str, Any] = {"kind": "youtube#videoListResponse"}
        videos = [
            {
                "kind": "youtube#video",
                "id": self.post_id(post),
                "snippet": self._snippet(post, self.world.accounts[post.author]),
                "status": {"privacyStatus": "public"},
                "contentDetails": self._details(post),
            }
            for post in shown
            if self.post_id(post) in wanted and post.serial not in self.placeholders
        ]
        return json_answer({**said, "items": videos} if videos else said)

    def _details(self, post: WorldPost) -> dict[str, Any]:
        return {"contentRating": {"ytRating": "ytAgeRestricted"} if post.serial in self.restricted else {}}


def _after(uploads: list[WorldPost], serial: int) -> list[WorldPost]:
    """What the list has below a video; below where it would be, if it is gone."""
    place = next((number for number, one in enumerate(uploads, start=1) if one.serial == serial), None)
    return [one for one in uploads if one.serial < serial] if place is None else uploads[place:]


def _title(post: WorldPost) -> str:
    return f"Video {post.serial}"


def _written(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _token(before: int, number: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([before, number]).encode()).decode()


def _read(token: str) -> tuple[int, int] | None:
    try:
        before, number = json.loads(base64.urlsafe_b64decode(token))
    except ValueError:
        return None
    return int(before), int(number)


def _tagged(asked: Asked, said: dict[str, Any]) -> Answer:
    etag = hashlib.sha256(json.dumps(said).encode()).hexdigest()[:20]
    if asked.headers.get("if-none-match") == etag:
        return Answer(304, b"", {"ETag": etag})
    return json_answer({**said, "etag": etag}, ETag=etag)
