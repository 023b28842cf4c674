"""Bluesky in small: the PLC directory, personal data servers and the AppView, all behind one address."""

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import libipld
from bluesky_repository import Repository, cid_of, tid, written
from loopback import Answer, Asked, Switches, json_answer
from world import World, WorldAccount, WorldPost

from archive.contract import AccountRef
from db.words import State

POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"
PROFILE = "app.bsky.actor.profile"

KEYS_FROM = 1_720_000_000_000_000 << 10
"""The first record key is made of this time, in microseconds."""
REVISIONS_FROM = 1_730_000_000_000_000 << 10

HIDDEN: dict[State, tuple[str, str, str]] = {
    State.SUSPENDED: ("takendown", "RepoTakendown", "AccountTakedown"),
    State.DEACTIVATED: ("deactivated", "RepoDeactivated", "AccountDeactivated"),
}
"""State -> what a server calls it, its error there, and the AppView's."""
GONE = frozenset({State.DELETED, State.NOT_FOUND})

Method = Callable[[Asked], Answer]


class FakeBluesky:
    """What the collector of an account's own server sees.

    Which server serves an account is its `home`: the ones before it say that it is deactivated, as a server
    does that was left. A post with the words `arbitrary-key` gets a key that sorts before all that are made
    of times, one with `high-key` a key that sorts after them.
    Record keys are no tokens that expire, and answers have no errors beside data: `expire_cursors` and
    `partial_errors` change nothing; exports are hashed, so `malformed_every` shows in listings only. Bluesky
    has no protected, blocked or moved accounts: those states change nothing.
    """

    collector = "bluesky"
    largest = 100

    def __init__(self, world: World, *, page_size: int = 100) -> None:
        self.world = world
        self.switches = Switches()
        self.fired: Counter[str] = Counter()
        self.page_size = page_size
        self.ignores_since = False
        """Servers export everything, whatever revision they are asked for."""
        self.taken_down: set[int] = set()
        """Serials of posts that the server's operator took down: the signed repository still has them."""
        self._pages = 0
        self._repositories: dict[int, Repository] = {}
        self._paths: dict[int, str] = {}
        self._blocks: dict[tuple[int, int], bytes] = {}
        self._directory: dict[str, Method] = {"com.atproto.identity.resolveHandle": self._resolve_handle}
        self._server: dict[str, Callable[[Asked, int], Answer]] = {
            "com.atproto.identity.resolveHandle": lambda asked, _home: self._resolve_handle(asked),
            "com.atproto.sync.getRepoStatus": self._get_status,
            "com.atproto.sync.getLatestCommit": self._get_latest_commit,
            "com.atproto.sync.getRepo": self._get_repo,
            "com.atproto.sync.getRecord": self._get_signed,
            "com.atproto.repo.listRecords": self._list_records,
            "com.atproto.repo.getRecord": self._get_record,
        }

    # ---- what tests ask -------------------------------------------------------------------------

    def settings(self, url: str) -> dict[str, str]:
        return {"HUSTINGS_BLUESKY_PLC": f"{url}/plc", "HUSTINGS_BLUESKY_APPVIEW": url}

    def ref(self, name: str, url: str) -> AccountRef:
        return AccountRef("bluesky", handle=self.handle(self.world.accounts[name]))

    def answer(self, asked: Asked) -> Answer:
        place, _, rest = asked.path.removeprefix("/").partition("/")
        if place == "plc":
            return self._document(rest, f"http://{asked.headers['host']}")
        if place == "xrpc":
            method = self._directory.get(rest)
            return method(asked) if method else refusal("MethodNotImplemented", "Method Not Implemented", 501)
        answer = self._server.get(rest.removeprefix("xrpc/"))
        if not place.startswith("pds") or answer is None:
            return refusal("AuthMissing", "Authentication Required", 401)
        return limited(answer(asked, int(place.removeprefix("pds"))))

    def is_page(self, asked: Asked) -> bool:
        return asked.path.endswith(("/com.atproto.repo.listRecords", "/com.atproto.sync.getRepo"))

    def post_id(self, post: WorldPost) -> str:
        return f"at://{self.did(post.author)}/{self.path(post)}"

    def text(self, post: WorldPost, version: int = -1) -> str:
        """A server's record of a repost has no text."""
        return "" if post.repost_of else post.texts[version][1]

    def too_many(self, reset: datetime, form: str) -> Answer:
        forms = {
            "epoch": str(int(reset.timestamp())),
            "iso": reset.isoformat(),
            "date": reset.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        }
        answer = refusal("RateLimitExceeded", "Rate Limit Exceeded", 429)
        named = {"RateLimit-Reset": forms[form]} if form in forms else {}
        limits = {"RateLimit-Limit": "3000", "RateLimit-Remaining": "0", "RateLimit-Policy": "3000;w=300"}
        return replace(answer, headers={**answer.headers, **limits, **named})

    # ---- names ----------------------------------------------------------------------------------

    def did(self, name: str) -> str:
        """Made of the account's number, as a real one is of its first document."""
        number = self.world.accounts[name].number
        digest = hashlib.sha256(f"account {number}".encode()).digest()
        return f"did:plc:{base64.b32encode(digest).decode().lower()[:24]}"

    def handle(self, account: WorldAccount) -> str:
        return f"{account.handle}.test"

    def path(self, post: WorldPost) -> str:
        """Collection and key of a post's record."""
        if post.serial not in self._paths:
            self._paths[post.serial] = self._new_path(post)
        return self._paths[post.serial]

    def _new_path(self, post: WorldPost) -> str:
        key = tid(KEYS_FROM + post.serial)
        for words, begins in {"arbitrary-key": "2", "high-key": "my"}.items():
            if words in post.texts[0][1]:
                key = f"{begins}-own-key-{post.serial}"
        return f"{REPOST if post.repost_of else POST}/{key}"

    def account(self, actor: str | None) -> WorldAccount | None:
        """Who goes by a DID or a handle."""
        accounts = self.world.accounts.values()
        return next((one for one in accounts if actor in (self.did(one.name), self.handle(one))), None)

    # ---- directory ------------------------------------------------------------------------------

    def _document(self, did: str, url: str) -> Answer:
        account = self.account(did)
        if account is None or account.state is State.NOT_FOUND:
            return json_answer({"message": f"DID not registered: {did}"}, 404)
        server = {
            "id": "#atproto_pds",
            "type": "AtprotoPersonalDataServer",
            "serviceEndpoint": f"{url}/pds{account.home}",
        }
        known_as = [f"at://{self.handle(account)}"]
        document = {"@context": ["https://www.w3.org/ns/did/v1"], "id": did, "alsoKnownAs": known_as}
        return json_answer({**document, "verificationMethod": [], "service": [server]})

    def _resolve_handle(self, asked: Asked) -> Answer:
        account = self.account(asked.first("handle"))
        if account is None or account.state in GONE:
            return refusal("InvalidRequest", "Unable to resolve handle")
        return json_answer({"did": self.did(account.name)})

    # ---- servers --------------------------------------------------------------------------------

    def _get_status(self, asked: Asked, home: int) -> Answer:
        account = self._at(asked.first("did"), home)
        if account is None:
            return _no_repo(asked.first("did"))
        said = {"did": asked.first("did"), "active": False}
        if account.home > home:
            return json_answer({**said, "status": "deactivated"})
        if account.state in HIDDEN:
            return json_answer({**said, "status": HIDDEN[account.state][0]})
        return json_answer({**said, "active": True, "rev": self._repository(account).rev})

    def _get_latest_commit(self, asked: Asked, home: int) -> Answer:
        account = self._at(asked.first("did"), home)
        if refused := self._refused(account, asked.first("did"), home):
            return refused
        assert account
        repository = self._repository(account)
        return json_answer({"cid": written(repository.root), "rev": repository.rev})

    def _get_repo(self, asked: Asked, home: int) -> Answer:
        account = self._at(asked.first("did"), home)
        if refused := self._refused(account, asked.first("did"), home):
            return refused
        assert account
        since = None if self.ignores_since else asked.first("since")
        body = self._repository(account).export(since)
        return Answer(200, body, {"Content-Type": "application/vnd.ipld.car"})

    def _get_signed(self, asked: Asked, home: int) -> Answer:
        """The whole tree, where real servers give the branch that leads to the record."""
        account = self._at(asked.first("did"), home)
        if refused := self._refused(account, asked.first("did"), home):
            return refused
        assert account
        return Answer(
            200, self._repository(account).export(None), {"Content-Type": "application/vnd.ipld.car"}
        )

    def _list_records(self, asked: Asked, home: int) -> Answer:
        actor, collection = asked.first("repo"), asked.first("collection") or ""
        account = self._shown(actor, home)
        if account is None:
            return refusal("InvalidRequest", f"Could not find repo: {actor}")
        limit = int(asked.first("limit") or 50)
        if not 1 <= limit <= self.largest:
            return refusal("InvalidRequest", "limit must be between 1 and 100")
        ascending = asked.first("reverse") == "true"
        shown = (post for post in self._posts(account) if post.serial not in self.taken_down)
        paths = ((self.path(post).partition("/"), post) for post in shown)
        posts = {key: post for (kind, _, key), post in paths if kind == collection}
        keys = sorted(posts, reverse=not ascending)
        cursor = asked.first("cursor")
        ahead = [key for key in keys if cursor is None or (key > cursor if ascending else key < cursor)]
        page = ahead[: min(limit, self.page_size)]
        behind = keys[: len(keys) - len(ahead)]
        if self.hides_page(bool(page)):
            return json_answer({"records": [], "cursor": f"{cursor or ''}-"})
        listed = self.doubled(behind[-1:], page)
        records = [self._entry(posts[key]) for key in listed]
        given = {"cursor": self.repeated(cursor, page[-1])} if page else {}
        return json_answer({"records": records, **given})

    def _get_record(self, asked: Asked, home: int) -> Answer:
        account = self._shown(asked.first("repo"), home)
        if account is None:
            return refusal("InvalidRequest", f"Could not find repo: {asked.first('repo')}")
        path = f"{asked.first('collection')}/{asked.first('rkey')}"
        found = next((post for post in self._posts(account) if self.path(post) == path), None)
        if found is None or found.serial in self.taken_down:
            uri = f"at://{self.did(account.name)}/{path}"
            return refusal("RecordNotFound", f"Could not locate record: {uri}")
        return json_answer(self._entry(found))

    def _at(self, actor: str | None, home: int) -> WorldAccount | None:
        """The account that a server has, or had before it moved on."""
        account = self.account(actor)
        return None if account is None or account.state in GONE or account.home < home else account

    def _shown(self, actor: str | None, home: int) -> WorldAccount | None:
        account = self._at(actor, home)
        return account if account and account.home == home and account.state not in HIDDEN else None

    def _refused(self, account: WorldAccount | None, did: str | None, home: int) -> Answer | None:
        if account is None:
            return _no_repo(did)
        state = State.DEACTIVATED if account.home > home else account.state
        if state not in HIDDEN:
            return None
        status, name, _ = HIDDEN[state]
        return refusal(name, f"Repo has been {status}: {did}")

    # ---- records --------------------------------------------------------------------------------

    def _posts(self, account: WorldAccount) -> list[WorldPost]:
        return [post for post in self.world.posts if post.author == account.name and not post.deleted]

    def record(self, post: WorldPost, version: int = -1) -> dict[str, Any]:
        """A post's record as its author's software wrote it."""
        created = {"createdAt": stamp(post.published_at)}
        if post.repost_of:
            return {"$type": REPOST, "subject": self._reference(post.repost_of), **created}
        record = {"$type": POST, "text": post.texts[version][1], "langs": ["en"], **created}
        if post.reply_to:
            root = post.reply_to
            while root.reply_to:
                root = root.reply_to
            parents = {"root": self._reference(root), "parent": self._reference(post.reply_to)}
            return {**record, "reply": parents}
        return record

    def cid(self, post: WorldPost) -> str:
        """Changes with every edit."""
        return written(cid_of(self._block(post, len(post.texts) - 1)))

    def _reference(self, post: WorldPost) -> dict[str, str]:
        """To a post as it was first."""
        return {"uri": self.post_id(post), "cid": written(cid_of(self._block(post, 0)))}

    def _block(self, post: WorldPost, version: int) -> bytes:
        if (post.serial, version) not in self._blocks:
            block = libipld.encode_dag_cbor(self.record(post, version))
            self._blocks[post.serial, version] = block
        return self._blocks[post.serial, version]

    def _entry(self, post: WorldPost) -> dict[str, Any]:
        value = self.spoilt(post, self.record(post))
        return {"uri": self.post_id(post), "cid": self.cid(post), "value": value}

    def _repository(self, account: WorldAccount) -> Repository:
        """The account's records at a revision that grows with every change."""
        ever = [post for post in self.world.posts if post.author == account.name]
        changes = sum(len(post.texts) + post.deleted for post in ever)
        rev = tid(REVISIONS_FROM + changes)
        repository = self._repositories.setdefault(account.number, Repository(self.did(account.name)))
        if repository.rev != rev:
            profile = libipld.encode_dag_cbor({"$type": PROFILE, "displayName": account.name.title()})
            blocks = {
                self.path(post): self._block(post, len(post.texts) - 1) for post in self._posts(account)
            }
            repository.commit(rev, {**blocks, f"{PROFILE}/self": profile})
        return repository

    # ---- faults ---------------------------------------------------------------------------------

    def hides_page(self, holds: bool) -> bool:
        """Whether this page is the one that is shown empty; on a page without items, the next one is."""
        at = self.switches.empty_page_at
        if at is None:
            return False
        self._pages += 1
        if self._pages < at or not holds:
            return False
        self.switches.empty_page_at = None
        self.fired["empty_page_at"] += 1
        return True

    def doubled(self, last: list[Any], page: list[Any]) -> list[Any]:
        """The page with the last item of the page before."""
        if not self.switches.duplicates or not last or not page:
            return page
        self.fired["duplicates"] += 1
        return last + page

    def repeated(self, asked: str | None, cursor: str) -> str:
        """The cursor that a page gives."""
        if not self.switches.repeat_cursor or asked is None:
            return cursor
        self.fired["repeat_cursor"] += 1
        return asked

    def spoilt(self, post: WorldPost, record: dict[str, Any]) -> dict[str, Any]:
        """The record, without what it needs if it is the n-th."""
        every = self.switches.malformed_every
        if every is None or post.serial % every:
            return record
        self.fired["malformed_every"] += 1
        return {key: value for key, value in record.items() if key not in {"text", "subject"}}


def refusal(name: str, message: str, status: int = 400) -> Answer:
    """An error in the protocol's form."""
    return json_answer({"error": name, "message": message}, status)


def limited(answer: Answer) -> Answer:
    """With the headers that a server counts by."""
    limits: Mapping[str, str] = {"RateLimit-Limit": "3000", "RateLimit-Remaining": "2999"}
    return replace(answer, headers={**answer.headers, **limits, "RateLimit-Policy": "3000;w=300"})


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _no_repo(did: str | None) -> Answer:
    return refusal("RepoNotFound", f"Could not find repo for DID: {did}")
