"""A bulletin server in small: the invented platform of docs/collectors.md."""

from collections import Counter
from datetime import datetime

from loopback import Answer, Asked, Switches
from world import World, WorldAccount, WorldPost

from archive.contract import AccountRef
from db.words import State

KEY = "let-me-read"
STATUSES = {State.DELETED: 410, State.SUSPENDED: 423}


class FakeBulletin:
    """Boards at `/boards/<number or name>`, a board's posts at `/boards/<number>/posts?after=<number>`.

    Of the switches only `malformed_every` makes sense here.
    """

    collector = "bulletin"

    def __init__(self, world: World, *, page_size: int = 100) -> None:
        self.world = world
        self.switches = Switches()
        self.fired: Counter[str] = Counter()
        self.page_size = page_size

    def settings(self, url: str) -> dict[str, str]:
        return {"HUSTINGS_BULLETIN_SERVER": url, "HUSTINGS_BULLETIN_KEY": KEY}

    def ref(self, name: str, url: str) -> AccountRef:
        return AccountRef("bulletin", handle=self.world.accounts[name].handle)

    def is_page(self, asked: Asked) -> bool:
        return asked.path.endswith("/posts")

    def post_id(self, post: WorldPost) -> str:
        return f"{self.world.accounts[post.author].number}/{post.serial}"

    def text(self, post: WorldPost, version: int = -1) -> str:
        return post.texts[version][1]

    def too_many(self, reset: datetime, form: str) -> Answer:
        seconds = max(0, int((reset - self.world.clock.now()).total_seconds()))
        return Answer(429, b"slow down\n", {} if form == "missing" else {"Retry-After": str(seconds)})

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return _text("who are you?", 401)
        account = self._account(asked.path.split("/")[2])
        if account is None:
            return _text("no such board", 404)
        if account.state is not State.ACTIVE:
            return _text("closed", STATUSES.get(account.state, 404))
        if not self.is_page(asked):
            return _text(f"{account.number}\t{account.handle}\nend\n")
        return self._posts(account, int(asked.first("after") or 0))

    def _account(self, word: str) -> WorldAccount | None:
        return self.world.by_number(int(word)) if word.isdigit() else self.world.by_handle(word)

    def _posts(self, account: WorldAccount, after: int) -> Answer:
        ahead = [post for post in self.world.shown(account.name) if post.serial > after]
        lines = [self._line(post) for post in ahead[: self.page_size]]
        return _text("\n".join([*lines, "more" if len(ahead) > self.page_size else "end"]) + "\n")

    def _line(self, post: WorldPost) -> str:
        every = self.switches.malformed_every
        if every and post.serial % every == 0:
            self.fired["malformed_every"] += 1
            return f"{post.serial}\tsome day\t{post.text}"
        return f"{post.serial}\t{post.published_at.isoformat()}\t{post.text}"


def _text(body: str, status: int = 200) -> Answer:
    return Answer(status, body.encode(), {"Content-Type": "text/plain; charset=utf-8"})
