"""Bluesky's AppView in small: profiles and feeds."""

from typing import Any

from fake_bluesky import GONE, HIDDEN, FakeBluesky, refusal, stamp
from loopback import Answer, Asked, json_answer
from world import World, WorldAccount, WorldPost


class FakeAppView(FakeBluesky):
    """What the collector of feeds sees: the same network, with the AppView's own methods.

    A cursor names the time and CID of the last item, so that it stays right whatever is added or deleted.
    Answers have no errors beside data: `partial_errors` changes nothing.
    """

    collector = "bluesky-appview"

    def __init__(self, world: World, *, page_size: int = 100) -> None:
        super().__init__(world, page_size=page_size)
        self._directory["app.bsky.actor.getProfile"] = self._get_profile
        self._directory["app.bsky.feed.getAuthorFeed"] = self._get_author_feed

    def is_page(self, asked: Asked) -> bool:
        return asked.path.endswith("/app.bsky.feed.getAuthorFeed")

    def text(self, post: WorldPost, version: int = -1) -> str:
        """A repost is shown with the text of what it repeats."""
        return post.repost_of.text if post.repost_of else post.texts[version][1]

    def _get_profile(self, asked: Asked) -> Answer:
        account = self.account(asked.first("actor"))
        if account is None or account.state in GONE:
            return refusal("InvalidRequest", "Profile not found")
        if account.state in HIDDEN:
            return refusal(HIDDEN[account.state][2], "Account is not shown")
        return json_answer({**self._author(account), "postsCount": len(self._posts(account))})

    def _get_author_feed(self, asked: Asked) -> Answer:
        account = self.account(asked.first("actor"))
        if account is None or account.state in GONE or account.state in HIDDEN:
            return refusal("InvalidRequest", "Profile not found")
        limit = int(asked.first("limit") or 50)
        if not 1 <= limit <= self.largest:
            return refusal("InvalidRequest", "limit must be between 1 and 100")
        cursor = asked.first("cursor")
        if cursor is not None and self.switches.expire_cursors:
            self.switches.expire_cursors = False
            self.fired["expire_cursors"] += 1
            return refusal("InvalidRequest", "Malformed cursor")
        place = _place(cursor)
        if place is None:
            return refusal("InternalServerError", "Internal Server Error", 500)
        return self._feed(account, asked, place, min(limit, self.page_size))

    def _feed(self, account: WorldAccount, asked: Asked, place: tuple[int, str], size: int) -> Answer:
        posts = sorted(filter(self._is_shown, self._posts(account)), key=self._place, reverse=True)
        ahead = [post for post in posts if self._place(post) < place]
        page, cursor = ahead[:size], asked.first("cursor")
        if self.hides_page(bool(page)):
            ms, cid = self._place(page[0])  # just above the next item: all are still to come
            return json_answer({"feed": [], "cursor": f"{ms}__{cid}0"})
        shown = self.doubled(posts[: len(posts) - len(ahead)][-1:], page)
        items = [self._item(post) for post in shown]
        if cursor is None and asked.first("includePins") == "true":
            items = [self._pin(post) for post in posts if post.serial == account.pinned] + items
        if not page:
            return json_answer({"feed": items})
        ms, cid = self._place(page[-1])
        return json_answer({"feed": items, "cursor": self.repeated(cursor, f"{ms}__{cid}")})

    def _is_shown(self, post: WorldPost) -> bool:
        """Reposts of what is no longer there are not."""
        original = post.repost_of
        if original is None:
            return True
        state = self.world.accounts[original.author].state
        return not original.deleted and state not in HIDDEN and state not in GONE

    def _place(self, post: WorldPost) -> tuple[int, str]:
        moment = min(post.published_at, post.made_at)
        return round(moment.timestamp() * 1000), self.cid(post)

    def _item(self, post: WorldPost) -> dict[str, Any]:
        if post.repost_of is None:
            return {"post": self._view(post)}
        reason = {
            "$type": "app.bsky.feed.defs#reasonRepost",
            "by": self._author(self.world.accounts[post.author]),
            "uri": self.post_id(post),
            "cid": self.cid(post),
            "indexedAt": stamp(min(post.published_at, post.made_at)),
        }
        return {"post": self._view(post.repost_of), "reason": reason}

    def _pin(self, post: WorldPost) -> dict[str, Any]:
        return {"post": self._view(post), "reason": {"$type": "app.bsky.feed.defs#reasonPin"}}

    def _view(self, post: WorldPost) -> dict[str, Any]:
        return {
            "uri": self.post_id(post),
            "cid": self.cid(post),
            "author": self._author(self.world.accounts[post.author]),
            "record": self.spoilt(post, self.record(post)),
            "replyCount": 0,
            "repostCount": 0,
            "likeCount": 0,
            "indexedAt": stamp(min(post.published_at, post.made_at)),
            "labels": [],
        }

    def _author(self, account: WorldAccount) -> dict[str, Any]:
        names = {"did": self.did(account.name), "handle": self.handle(account)}
        return {**names, "displayName": account.name.title(), "labels": []}


def _place(cursor: str | None) -> tuple[int, str] | None:
    """The place that a cursor names; without one, above everything. None: it is no cursor."""
    if cursor is None:
        return 1 << 60, ""
    ms, _, cid = cursor.partition("__")
    return (int(ms), cid) if ms.isdigit() and cid else None
