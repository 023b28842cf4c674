"""Mastodon in small, and how its relatives differ."""

import html
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from loopback import Answer, Asked, Switches, json_answer
from world import World, WorldAccount, WorldPost

from archive.contract import AccountRef
from db.words import State

SERVER = "https://social.example"
"""What the server calls itself in identities, wherever it is reached."""
TOKEN = "let-me-read"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@cache
def _digits(number: int, alphabet: str, width: int) -> str:
    written = ""
    for _ in range(width):
        number, digit = divmod(number, len(alphabet))
        written = alphabet[digit] + written
    return written


@dataclass(frozen=True)
class Flavour:
    """How a server software differs from Mastodon."""

    alphabet: str = "0123456789"
    width: int = 18
    actor: str | None = "uri"
    """Where an account's record has the address of its ActivityPub actor."""
    link: bool = True
    pages: bool = True
    """Whether it knows `min_id` and `max_id`."""
    newest: bool = False
    """It takes `min_id` for `since_id`: of what lies after it, it shows the newest; `max_id` overrules it."""
    token: bool = False
    history: bool = True
    reset: str = "iso"


FLAVOURS = {
    "mastodon": Flavour(),
    "mastodon-4.1": Flavour(actor=None),
    "gotosocial": Flavour(alphabet=CROCKFORD, width=26, actor=None, reset="epoch"),
    "pleroma": Flavour(alphabet=BASE62, width=18, actor="pleroma", history=False),
    "takahe": Flavour(token=True, history=False),
    "pixelfed": Flavour(newest=True, history=False, actor=None),
    "snac": Flavour(link=False, pages=False, history=False, actor=None),
}


class FakeMastodon:
    """One server with all accounts of a world.

    Shows its traps: the Link header forgets since_id; suspended accounts answer 200 with an empty list;
    with min_id the oldest window comes newest first; `accounts/:id` outlives a rename, `lookup` does not.
    `repeat_cursor` makes it ignore min_id (positions are its cursors). Of the switches `empty_page_at`
    (an empty page is the end), `expire_cursors` and `partial_errors` make no sense here.
    """

    collector = "mastodon"

    def __init__(self, world: World, *, page_size: int = 40, flavour: str = "mastodon") -> None:
        self.world = world
        self.switches = Switches()
        self.for_followers: set[int] = set()
        """Serials of posts that are left out only once a page is counted out, as GoToSocial does."""
        self.private: set[int] = set()
        """Serials of posts for followers alone: the bearer of a token, who is one, is shown them."""
        self.fired: Counter[str] = Counter()
        self.page_size = page_size
        self.flavour = FLAVOURS[flavour]
        self.limited: set[str] = set()
        self.blocking: set[str] = set()
        """Accounts that block the bearer of the token."""
        self.unseen = 0
        """Posts of every account that are counted and shown to nobody but followers."""
        self.histories: Answer | None = None
        """What it answers for the versions of any post, instead of them."""
        self.deprecation: str | None = None
        """What the header `Deprecation` of its answers says."""
        self.quotes: dict[int, WorldPost] = {}
        """Serial of a post -> the post that it quotes."""

    def settings(self, url: str) -> dict[str, str]:
        host = url.partition("://")[2]
        found = {"HUSTINGS_MASTODON_WEBFINGER": "http://{host}/.well-known/webfinger"}
        if self.flavour.token:
            found |= {"HUSTINGS_MASTODON_TOKEN": TOKEN, "HUSTINGS_MASTODON_TOKEN_HOST": host}
        return found

    def ref(self, name: str, url: str) -> AccountRef:
        host = url.partition("://")[2]
        return AccountRef("mastodon", handle=f"{self.world.accounts[name].handle}@{host}")

    def is_page(self, asked: Asked) -> bool:
        """A request for a few posts asks for no page: it proves something of one."""
        about_posts = asked.path.startswith("/api/v1/accounts/") and asked.path.endswith("/statuses")
        return about_posts and asked.first("limit") == "40"

    def status_id(self, post: WorldPost) -> str:
        number = (int(post.made_at.timestamp() * 1000) << 16) | post.serial
        return _digits(number, self.flavour.alphabet, self.flavour.width)

    def local_id(self, account: WorldAccount) -> str:
        return _digits(109_000_000_000_000_000 + account.number, self.flavour.alphabet, self.flavour.width)

    def post_id(self, post: WorldPost) -> str:
        account = self.world.accounts[post.author]
        uri = f"{SERVER}/ap/users/{self.local_id(account)}/statuses/{self.status_id(post)}"
        return f"{uri}/activity" if post.repost_of else uri

    def text(self, post: WorldPost, version: int = -1) -> str:
        shown = post.repost_of or post
        return shown.texts[version][1]

    def too_many(self, reset: datetime, form: str) -> Answer:
        """429 as rack_attack answers it; GoToSocial writes the reset as epoch seconds."""
        written = {
            "epoch": str(int(reset.timestamp())),
            "iso": reset.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "date": reset.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"),
        }
        headers = {"X_RateLimit_Limit": "300", "X_RateLimit_Remaining": "0"}
        if form in written:
            headers["X_RateLimit_Reset"] = written[form]
        return json_answer({"error": "Too many requests"}, 429, **headers)

    # ---- what it answers ---------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        answer = self._answer(asked)
        if self.deprecation is None:
            return answer
        return replace(answer, headers={**answer.headers, "Deprecation": self.deprecation})

    def _answer(self, asked: Asked) -> Answer:
        if asked.path == "/.well-known/webfinger":
            return self._webfinger(asked)
        if self.flavour.token and asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return json_answer({"error": "This method requires an authenticated user"}, 401)
        parts = asked.path.removeprefix("/api/v1/").split("/")
        if parts == ["accounts", "lookup"]:
            name = (asked.first("acct") or "").partition("@")[0]
            return self._account(self.world.by_handle(name))
        if parts == ["accounts", "relationships"]:
            return self._relationships(asked)
        if parts[0] == "accounts" and len(parts) <= 3:
            account = next((one for one in self._accounts() if self.local_id(one) == parts[1]), None)
            if parts[2:] == ["statuses"] and account is not None and account.state != State.NOT_FOUND:
                return self._statuses(account, asked)
            return self._account(account)
        if parts[0] == "statuses":
            return self._status(asked, parts[1], history=parts[2:] == ["history"])
        return _nothing()

    def _accounts(self) -> list[WorldAccount]:
        return list(self.world.accounts.values())

    def _webfinger(self, asked: Asked) -> Answer:
        acct = (asked.first("resource") or "").removeprefix("acct:")
        account = self.world.by_handle(acct.partition("@")[0])
        if account is None:
            return Answer(404)
        actor = f"http://{asked.headers['host']}/ap/users/{self.local_id(account)}"
        page = {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": actor}
        own = {"rel": "self", "type": "application/activity+json", "href": actor}
        return json_answer({"subject": f"acct:{acct}", "aliases": [actor], "links": [page, own]})

    def _account(self, account: WorldAccount | None) -> Answer:
        if account is None or account.state == State.NOT_FOUND:
            return _nothing()
        if account.state == State.DELETED:
            return json_answer({"error": "Gone"}, 410)
        count = sum(post.author == account.name and not post.deleted for post in self.world.posts)
        return json_answer({**self.account_record(account), "statuses_count": count + self.unseen})

    def _relationships(self, asked: Asked) -> Answer:
        """What lies between the bearer of the token and the accounts that are asked for."""
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return json_answer({"error": "The access token is invalid"}, 401)
        wanted = asked.query.get("id[]", [])
        found = [one for one in self._accounts() if self.local_id(one) in wanted]
        return json_answer(
            [{"id": self.local_id(one), "blocked_by": one.name in self.blocking} for one in found]
        )

    def account_record(self, account: WorldAccount) -> dict[str, Any]:
        """The entity `Account`."""
        actor = f"{SERVER}/ap/users/{self.local_id(account)}"
        record: dict[str, Any] = {
            "id": self.local_id(account),
            "username": account.handle,
            "acct": account.handle,
            "display_name": account.name.title(),
            "url": f"{SERVER}/@{account.handle}",
            "note": "<p>Standing for the council.</p>",
        }
        if self.flavour.actor == "uri":
            record["uri"] = actor
        if self.flavour.actor == "pleroma":
            record["pleroma"] = {"ap_id": actor}
        if account.state == State.SUSPENDED:
            record |= {"suspended": True, "display_name": "", "note": ""}
        if account.name in self.limited:
            record["limited"] = True
        if account.moved_to:
            record["moved"] = {"id": "9", "username": account.moved_to, "acct": account.moved_to}
        return record

    def _statuses(self, account: WorldAccount, asked: Asked) -> Answer:
        blocked = account.name in self.blocking and "authorization" in asked.headers
        shown = [] if blocked else self.world.shown(account.name)
        limit = min(int(asked.first("limit") or 20), 40, self.page_size)
        after = asked.first("min_id")
        window = [one for one in self._window(shown, asked, limit) if one.serial not in self.for_followers]
        if self.switches.duplicates and window and (before := self._last_seen(shown, after)):
            window = [before, *window]
            self.fired["duplicates"] += 1
        records = [self._listed(one) for one in reversed(window)]
        headers = self._link(asked, window) if self.flavour.link and len(window) >= limit else {}
        answer = json_answer(records)
        return replace(answer, headers={**answer.headers, **headers})

    def _window(self, shown: list[WorldPost], asked: Asked, limit: int) -> list[WorldPost]:
        """The posts of a page: with `min_id` the oldest that lie after it, else the newest."""
        after, below = asked.first("min_id"), asked.first("max_id")
        if not self.flavour.pages:
            return shown[:limit]
        if below is not None:
            shown = [one for one in shown if self._sort(self.status_id(one)) < self._sort(below)]
        if (since := asked.first("since_id")) is not None:
            shown = self._after(shown, since)
        if after is None or (below is not None and self.flavour.newest):
            return shown[-limit:]
        if self._ignores(after):
            return shown[:limit]
        found = self._after(shown, after)
        return found[-limit:] if self.flavour.newest else found[:limit]

    def _sort(self, status_id: str) -> str:
        return status_id.rjust(26, "\0") if status_id != "0" else ""

    def _after(self, shown: list[WorldPost], after: str) -> list[WorldPost]:
        return [one for one in shown if self._sort(self.status_id(one)) > self._sort(after)]

    def _last_seen(self, shown: list[WorldPost], after: str | None) -> WorldPost | None:
        return next((one for one in shown if self.status_id(one) == after), None)

    def _ignores(self, after: str) -> bool:
        if self.switches.repeat_cursor and after != "0":
            self.fired["repeat_cursor"] += 1
            return True
        return False

    def _link(self, asked: Asked, window: list[WorldPost]) -> dict[str, str]:
        address = f"http://{asked.headers['host']}{asked.path}"
        older, newer = self.status_id(window[0]), self.status_id(window[-1])
        return {"Link": f'<{address}?max_id={older}>; rel="next", <{address}?min_id={newer}>; rel="prev"'}

    def _listed(self, post: WorldPost) -> dict[str, Any]:
        record = self.status_record(post)
        if self.switches.malformed_every and post.serial % self.switches.malformed_every == 0:
            self.fired["malformed_every"] += 1
            del record["uri"]
        return record

    def _status(self, asked: Asked, status_id: str, *, history: bool) -> Answer:
        """One post; whom its author blocks, and who shows it by a token, is told that it is not there."""
        if history and self.histories is not None:
            return self.histories
        blocked = self.blocking if "authorization" in asked.headers else set()
        names = (name for name in self.world.accounts if name not in blocked)
        shown = (one for name in names for one in self.world.shown(name))
        post = next((one for one in shown if self.status_id(one) == status_id), None)
        if post is None or (history and not self.flavour.history):
            return _nothing()
        return json_answer(self._versions(post) if history else self.status_record(post))

    def status_record(self, post: WorldPost) -> dict[str, Any]:
        """The entity `Status`."""
        account = self.world.accounts[post.author]
        quoted = self.quotes.get(post.serial)
        record: dict[str, Any] = {
            "id": self.status_id(post),
            "uri": self.post_id(post),
            "url": None if post.repost_of else f"{SERVER}/@{account.handle}/{self.status_id(post)}",
            "created_at": _written(post.published_at),
            "edited_at": _written(post.edited_at) if post.edited_at else None,
            "content": as_html(self.text(post)),
            "spoiler_text": "",
            "visibility": "private" if post.serial in self.private else "public",
            "language": "en",
            "account": self.account_record(account),
            "reblog": self.status_record(post.repost_of) if post.repost_of else None,
            "in_reply_to_id": self.status_id(post.reply_to) if post.reply_to else None,
            "in_reply_to_account_id": None,
            "mentions": [],
            "poll": None,
            "quote": None,
        }
        if post.reply_to:
            asked = self.world.accounts[post.reply_to.author]
            record["in_reply_to_account_id"] = self.local_id(asked)
            if asked is not account:
                record["mentions"] = [{"id": self.local_id(asked), "acct": asked.handle}]
        if quoted:
            record["quote"] = {"state": "accepted", "quoted_status": self.status_record(quoted)}
            fallback = f'<p class="quote-inline">RE: <a href="{self.post_id(quoted)}">the post</a></p>'
            record["content"] = fallback + record["content"]
        return record

    def _versions(self, post: WorldPost) -> list[dict[str, Any]]:
        account = self.account_record(self.world.accounts[post.author])
        return [
            {"content": as_html(text), "spoiler_text": "", "created_at": _written(at), "account": account}
            for at, text in post.texts
        ]


def as_html(text: str) -> str:
    """A text as Mastodon's formatter writes it: a paragraph for each empty line, a break for each line."""
    paragraphs = text.split("\n\n")
    return "".join(f"<p>{html.escape(one).replace(chr(10), '<br />')}</p>" for one in paragraphs)


def _written(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _nothing() -> Answer:
    return json_answer({"error": "Record not found"}, 404)
