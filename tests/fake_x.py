"""X's API v2 in small: timelines, look-ups of posts and users, both vocabularies, limits, refusals."""

import base64
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from fake_x_problems import bad, hidden, not_found
from fake_x_words import FIELDS, NAMES, spelt
from loopback import Answer, Asked, Switches, json_answer
from world import World, WorldAccount, WorldPost

from archive.contract import AccountRef
from db.words import State

EPOCH_MS = 1_288_834_974_657
BEARER = "AAAA-bearer-of-the-tests"
USERS_FROM = 1_700_000_000_000_000_000
"""Ids of accounts lie beyond what a double holds exactly."""
LONG = 280
LIMITS = {"timeline": 10_000, "posts": 3_500, "users": 300}
QUARTER_HOUR = timedelta(minutes=15)
Entry = dict[str, Any]


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def id_of(post: WorldPost, version: int) -> str:
    """Every version has an id of its own: milliseconds, then 22 bits that tell equal times apart."""
    at = post.texts[version][0]
    milliseconds = int(at.timestamp() * 1000) - EPOCH_MS
    return str(milliseconds << 22 | post.serial)


class FakeX:
    """Shows a world as X would. X knows no back-dating, pins or moves: those of the world have no effect.

    The switch `duplicates` shows a page's last post on the next page too; `partial_errors` leaves the posts
    that are answered or quoted out of `includes`, with an error for each, and adds an error of its own.
    """

    collector = "x"

    def __init__(
        self,
        world: World,
        *,
        page_size: int = 100,
        window: int = 3200,
        knows: Sequence[str] = ("tweet", "post"),
        ignores: bool = False,
    ) -> None:
        self.world = world
        self.page_size = page_size
        self.window = window
        """How many of an account's newest posts it shows."""
        self.knows = knows
        """The vocabularies that it understands."""
        self.ignores = ignores
        """It ignores the words of the other one, instead of refusing them."""
        self.switches = Switches()
        self.fired: Counter[str] = Counter()
        self.trouble: Answer | None = None
        """What it answers to everything."""
        self.silent = False
        """A timeline that may not be seen is an empty one, without a reason."""
        self.look_ups: Answer | None = None
        """What it answers to every look-up of posts, instead of them."""
        self.oldest_since: str | None = None
        """It refuses a `since_id` below this."""
        self._pages = 0
        self._window_began = world.clock.now()
        self._used: Counter[str] = Counter()

    # ---- the loopback's questions ----

    def settings(self, url: str) -> dict[str, str]:
        return {"HUSTINGS_X_API": url, "HUSTINGS_X_TOKEN": BEARER, "HUSTINGS_X_BUDGET": "1000000"}

    def ref(self, name: str, url: str) -> AccountRef:
        return AccountRef("x", handle=self.world.accounts[name].handle)

    def is_page(self, asked: Asked) -> bool:
        return asked.path.startswith("/2/users/") and asked.path.endswith("/tweets")

    def post_id(self, post: WorldPost) -> str:
        return id_of(post, 0)

    def text(self, post: WorldPost, version: int = -1) -> str:
        """A repost holds the present text of what it repeats, or nothing when that is gone."""
        if post.repost_of is not None:
            return post.repost_of.text if self._is_shown(post.repost_of) else ""
        return post.texts[version][1]

    def too_many(self, reset: datetime, form: str) -> Answer:
        forms = {
            "epoch": str(int(reset.timestamp())),
            "iso": reset.isoformat(),
            "date": format_datetime(reset.astimezone(UTC), usegmt=True),
        }
        headers = {"x-rate-limit-limit": "10000", "x-rate-limit-remaining": "0"}
        if form in forms:
            headers["x-rate-limit-reset"] = forms[form]
        problem = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank"}
        return json_answer({**problem, "status": 429}, 429, **headers)

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {BEARER}":
            return json_answer(
                {"title": "Unauthorized", "type": "about:blank", "detail": "Unauthorized"}, 401
            )
        if self.trouble is not None:
            return self.trouble
        match asked.path.split("/")[2:]:
            case ["users", user_id, "tweets"]:
                return self._limited("timeline", lambda: self._timeline(asked, user_id))
            case ["users", "by", "username", handle]:
                return self._limited("users", lambda: self._user("username", handle))
            case ["users", user_id]:
                return self._limited("users", lambda: self._user("id", user_id))
            case ["tweets"] if self.look_ups is not None:
                return self.look_ups
            case ["tweets"]:
                return self._limited("posts", lambda: self._posts(asked))
        return json_answer({"title": "Not Found", "detail": "Not Found", "type": "about:blank"}, 404)

    # ---- limits ----

    def _limited(self, kind: str, respond: Callable[[], Answer]) -> Answer:
        now = self.world.clock.now()
        if now - self._window_began >= QUARTER_HOUR:
            self._window_began = now
            self._used.clear()
        reset = self._window_began + QUARTER_HOUR
        if self._used[kind] >= LIMITS[kind]:
            return self.too_many(reset, "epoch")
        self._used[kind] += 1
        answer = respond()
        headers = {
            "x-rate-limit-limit": str(LIMITS[kind]),
            "x-rate-limit-remaining": str(LIMITS[kind] - self._used[kind]),
            "x-rate-limit-reset": str(int(reset.timestamp())),
        }
        return Answer(answer.status, answer.body, {**answer.headers, **headers})

    # ---- timelines ----

    def _timeline(self, asked: Asked, user_id: str) -> Answer:
        if refusal := self._refused(asked, {"max_results", "since_id", "until_id", "pagination_token"}):
            return refusal
        account = self._account(user_id)
        why = None if account is None else hidden(account, "id", user_id)
        if account is None or why:
            if self.silent:
                return json_answer({"meta": {"result_count": 0}})
            return json_answer({"errors": [why or not_found("user", "id", user_id)]})
        token, since = asked.first("pagination_token"), asked.first("since_id")
        if token is not None and (self._expires() or _from_token(token) is None):
            return bad(
                "pagination_token",
                token,
                f"The `pagination_token` query parameter value [{token}] is not valid",
            )
        if since is not None and self.oldest_since is not None and int(since) < int(self.oldest_since):
            return bad("since_id", since, "'since_id' must be a tweet id created after 2024-06-24T09:00Z.")
        return self._page(asked, account, token)

    def _page(self, asked: Asked, account: WorldAccount, token: str | None) -> Answer:
        size = min(self.page_size, int(asked.first("max_results") or 10))
        posts = self._newest_first(account)
        posts = [post for post in posts if int(id_of(post, -1)) > int(asked.first("since_id") or 0)]
        if (until := asked.first("until_id")) is not None:
            posts = [post for post in posts if int(id_of(post, -1)) < int(until)]
        below = _from_token(token) if token is not None else None
        if below is not None:
            kept = [post for post in posts if int(id_of(post, -1)) < below]
            if self.switches.duplicates and len(kept) < len(posts):
                self.fired["duplicates"] += 1
                kept = posts[len(posts) - len(kept) - 1 :]
                size += 1
            posts = kept
        shown, more = posts[:size], len(posts) > size
        self._pages += bool(posts)
        if self.switches.empty_page_at == self._pages and posts:
            self.switches.empty_page_at = None
            self.fired["empty_page_at"] += 1
            top = int(id_of(posts[0], -1)) + 1
            return json_answer({"meta": {"result_count": 0, "next_token": _to_token(top)}})
        meta: Entry = {"result_count": len(shown)}
        if shown:
            meta |= {"newest_id": id_of(shown[0], -1), "oldest_id": id_of(shown[-1], -1)}
        if more:
            meta["next_token"] = _to_token(int(id_of(shown[-1], -1)))
            if self.switches.repeat_cursor and token is not None:
                self.fired["repeat_cursor"] += 1
                meta["next_token"] = token
        return self._shows(asked, [self._entry(post, -1) for post in shown], [], meta)

    def _newest_first(self, account: WorldAccount) -> list[WorldPost]:
        shown = sorted(self.world.shown(account.name), key=lambda post: int(id_of(post, -1)), reverse=True)
        return shown[: self.window]

    def _expires(self) -> bool:
        if not self.switches.expire_cursors:
            return False
        self.switches.expire_cursors = False
        self.fired["expire_cursors"] += 1
        return True

    # ---- look-ups ----

    def _posts(self, asked: Asked) -> Answer:
        if refusal := self._refused(asked, {"ids"}):
            return refusal
        ids = (asked.first("ids") or "").split(",")
        if len(ids) > 100:
            return bad("ids", ids[0], f"size must be between 1 and 100 but was {len(ids)}")
        versions = {
            id_of(post, version): (post, version)
            for post in self.world.posts
            for version in range(len(post.texts))
        }
        found, errors = [], []
        for one in dict.fromkeys(ids):
            post, version = versions.get(one, (None, 0))
            if post is not None and self._is_shown(post):
                found.append(self._entry(post, version))
            else:
                errors.append(not_found("tweet", "ids", one))
        return self._shows(asked, found, errors, None)

    def _user(self, parameter: str, value: str) -> Answer:
        account = self._account(value) if parameter == "id" else self.world.by_handle(value)
        if account is None:
            return json_answer({"errors": [not_found("user", parameter, value)]})
        problem = hidden(account, parameter, value)
        if problem and account.state not in (State.PROTECTED, State.BLOCKED):
            return json_answer({"errors": [problem]})
        return json_answer(
            {"data": {**self._as_user(account), "protected": account.state is State.PROTECTED}}
        )

    def _account(self, user_id: str) -> WorldAccount | None:
        return self.world.by_number(int(user_id) - USERS_FROM)

    def _as_user(self, account: WorldAccount) -> Entry:
        return {"id": self._user_id(account.name), "name": account.name.title(), "username": account.handle}

    def _user_id(self, name: str) -> str:
        return str(USERS_FROM + self.world.accounts[name].number)

    def _is_shown(self, post: WorldPost) -> bool:
        state = self.world.accounts[post.author].state
        return not post.deleted and state in (State.ACTIVE, State.MOVED)

    # ---- what answers hold ----

    def _entry(self, post: WorldPost, version: int) -> Entry:
        """One version with all that may be asked for, in the vocabulary of tweets."""
        text = escaped(post.texts[version][1])
        entry: Entry = {
            "id": id_of(post, version),
            "text": text if len(text) <= LONG else f"{text[: LONG - 4]}…",
            "author_id": self._user_id(post.author),
            "conversation_id": id_of(post, 0),
            "created_at": f"{post.texts[version][0]:%Y-%m-%dT%H:%M:%S.000Z}",
            "edit_history_tweet_ids": [id_of(post, number) for number in range(len(post.texts))],
            "lang": "en",
        }
        if len(text) > LONG:
            entry["note_tweet"] = {"text": text}
        if post.reply_to is not None:
            entry["in_reply_to_user_id"] = self._user_id(post.reply_to.author)
            entry["referenced_tweets"] = [{"type": "replied_to", "id": id_of(post.reply_to, -1)}]
        if post.repost_of is not None:
            handle = self.world.accounts[post.repost_of.author].handle
            entry["text"] = f"RT @{handle}: {escaped(post.repost_of.text)[:100]}…"
            entry["referenced_tweets"] = [{"type": "retweeted", "id": id_of(post.repost_of, -1)}]
        return entry

    def _shows(self, asked: Asked, entries: list[Entry], errors: list[Entry], meta: Entry | None) -> Answer:
        vocabulary = next((name for name in self.knows if f"{name}.fields" in asked.query), self.knows[0])
        wanted = set((asked.first(f"{vocabulary}.fields") or "").split(",")) & set(FIELDS[vocabulary])
        expanded = set((asked.first("expansions") or "").split(","))
        always = {"id", "text", "edit_history_tweet_ids"}
        references = bool(expanded & {"referenced_tweets.id", "referenced_posts"})
        if vocabulary == "post":
            always |= {"referenced_tweets"} if references else set()
            always |= {"author_id"} if "author_id" in expanded else set()
        included, lost = self._referenced(entries, meta is not None) if references else ([], [])
        answer: Entry = {}
        if entries:
            answer["data"] = [
                spelt(entry, vocabulary, wanted | always)
                for entry in (self._broken(entry) for entry in entries)
            ]
        includes: Entry = {}
        if included:
            includes["tweets"] = [spelt(entry, vocabulary, wanted | always) for entry in included]
        if "author_id" in expanded and entries:
            authors = dict.fromkeys(entry["author_id"] for entry in entries)
            includes["users"] = [
                self._as_user(account) for one in authors if (account := self._account(one)) is not None
            ]
        if includes:
            answer["includes"] = {
                NAMES[vocabulary].get(name, name): found for name, found in includes.items()
            }
        if errors or lost:
            answer["errors"] = errors + lost
        if meta is not None:
            answer["meta"] = meta
        return json_answer(answer)

    def _referenced(self, entries: Iterable[Entry], paged: bool) -> tuple[list[Entry], list[Entry]]:
        versions = {id_of(post, -1): post for post in self.world.posts}
        included: dict[str, Entry] = {}
        errors: list[Entry] = []
        partial = paged and self.switches.partial_errors
        for reference in [one for entry in entries for one in entry.get("referenced_tweets", ())]:
            post = versions[reference["id"]]
            if not self._is_shown(post) or (partial and reference["type"] != "retweeted"):
                errors.append(not_found("tweet", "referenced_tweets.id", reference["id"]))
            else:
                included[reference["id"]] = self._entry(post, -1)
        if partial:
            self.fired["partial_errors"] += 1
            errors.append(not_found("tweet", "referenced_tweets.id", "1234567890123456789"))
        return list(included.values()), errors

    def _broken(self, entry: Entry) -> Entry:
        every = self.switches.malformed_every
        serial = int(entry["id"]) & (1 << 22) - 1
        if not every or serial % every:
            return entry
        self.fired["malformed_every"] += 1
        return {name: value for name, value in entry.items() if name != "text"}

    def _refused(self, asked: Asked, allowed: set[str]) -> Answer | None:
        """400 for a parameter that is not one of the endpoint's, or for a value out of bounds."""
        known = allowed | {"expansions", "user.fields"} | {f"{name}.fields" for name in self.knows}
        for name in asked.query:
            if name not in known and not (self.ignores and name.endswith(".fields")):
                listed = ",".join(sorted(known))
                return bad(
                    name, asked.query[name][0], f"The query parameter [{name}] is not one of [{listed}]"
                )
        size = asked.first("max_results")
        if size is not None and not 5 <= int(size) <= 100:
            return bad(
                "max_results",
                size,
                f"The `max_results` query parameter value [{size}] is not between 5 and 100",
            )
        for name in ("since_id", "until_id"):
            value = asked.first(name)
            if value is not None and (not value.isdigit() or len(value) > 19):
                return bad(
                    name,
                    value,
                    f"The `{name}` query parameter value [{value}] does not match ^[0-9]{{1,19}}$",
                )
        return None


def _to_token(below: int) -> str:
    """Where to go on, so that nobody reads it by accident; posts added or deleted meanwhile do no harm."""
    return base64.b32encode(f"v1:{below}".encode()).decode().lower().rstrip("=")


def _from_token(token: str) -> int | None:
    padded = token.upper() + "=" * (-len(token) % 8)
    try:
        version, _, below = base64.b32decode(padded).decode().partition(":")
        return int(below) if version == "v1" else None
    except ValueError:
        return None
