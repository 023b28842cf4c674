"""A real Bluesky network of the tests' own (PLC, PDS, AppView) on loopback, and accounts that post there."""

import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
from postgresql_server import free_port, postgresql_server

SOURCES = Path(__file__).parent / "bluesky_network"
PASSWORD = "correct-horse"
POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"
BYPASS = "requests-of-the-tests-themselves"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How many requests an address may send to the PDS in how many seconds; by default as on real ones."""

    requests: int = 3000
    seconds: int = 300


@dataclass(frozen=True, slots=True)
class Record:
    """One version of a record: an edit keeps the URI and changes the CID."""

    uri: str
    cid: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A post to be published, now or back-dated.

    Without a key, the server makes one that sorts after all earlier ones: 13 characters such as
    3jzfcijpj2z2a, which tell a time. Keys of any other form are accepted for records that it does not check.
    """

    text: str
    created_at: datetime | None = None
    reply_to: Record | None = None
    rkey: str | None = None

    def write(self) -> dict[str, Any]:
        """As com.atproto.repo.applyWrites takes it."""
        record: dict[str, Any] = {"$type": POST, "text": self.text, "createdAt": _stamp(self.created_at)}
        if self.reply_to:
            record["reply"] = {"root": _reference(self.reply_to), "parent": _reference(self.reply_to)}
        key = {"rkey": self.rkey} if self.rkey else {}
        return {"$type": "com.atproto.repo.applyWrites#create", "collection": POST, "value": record, **key}


@dataclass(frozen=True, slots=True)
class RealAccount:
    """An account on the network's PDS, logged in."""

    did: str
    handle: str
    token: str
    server: httpx.Client

    def post(
        self,
        text: str,
        *,
        created_at: datetime | None = None,
        reply_to: Record | None = None,
        rkey: str | None = None,
    ) -> Record:
        """Publish a post, as its draft says."""
        return self.post_all([Draft(text, created_at, reply_to, rkey)])[0]

    def post_all(self, drafts: Sequence[Draft]) -> list[Record]:
        """Publish posts in their order, up to a hundred in one change of the repository."""
        records: list[Record] = []
        for start in range(0, len(drafts), 100):
            some = drafts[start : start + 100]
            # What it checks must have a key of its own form.
            checked = {} if all(draft.rkey is None for draft in some) else {"validate": False}
            request = {"repo": self.did, "writes": [draft.write() for draft in some], **checked}
            results = self._call("com.atproto.repo.applyWrites", request)["results"]
            records += [_record(result) for result in results]
        return records

    def edit(self, post: Record, text: str) -> Record:
        """Replace a post's text and keep all else; returns its new version."""
        named = _named(post)
        old = answer(self.server.get("/xrpc/com.atproto.repo.getRecord", params=named))
        edited = {**old["value"], "text": text}
        return _record(self._call("com.atproto.repo.putRecord", {**named, "record": edited}))

    def delete(self, record: Record) -> None:
        """Delete a post or a repost."""
        self._call("com.atproto.repo.deleteRecord", _named(record))

    def repost(self, post: Record) -> Record:
        """Repost anyone's post; returns the repost."""
        record = {"subject": _reference(post), "createdAt": _stamp(None)}
        request = {"repo": self.did, "collection": REPOST, "record": record}
        return _record(self._call("com.atproto.repo.createRecord", request))

    def rename(self, handle: str) -> None:
        """Take another handle, in the directory too."""
        self._call("com.atproto.identity.updateHandle", {"handle": handle})

    def deactivate(self) -> None:
        """Hide the account and all that it published until it is activated again."""
        self._call("com.atproto.server.deactivateAccount", {})

    def activate(self) -> None:
        """Undo a deactivation."""
        self._call("com.atproto.server.activateAccount", None)

    def records(self, collection: str = POST) -> tuple[dict[str, Any], ...]:
        """All records of a collection as the PDS lists them: newest key first, pages joined."""
        query = {"repo": self.did, "collection": collection, "limit": "100"}
        found: list[dict[str, Any]] = []
        while page := answer(self.server.get("/xrpc/com.atproto.repo.listRecords", params=query))["records"]:
            found += page
            query["cursor"] = page[-1]["uri"].rpartition("/")[2]
        return tuple(found)

    def _call(self, method: str, request: Mapping[str, Any] | None) -> dict[str, Any]:
        authorization = {"Authorization": f"Bearer {self.token}"}
        return answer(self.server.post(f"/xrpc/{method}", json=request, headers=authorization))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the PDS answered to a request."""

    came_at: float
    """When the request came: seconds since 1970."""
    agent: str
    """The program that sent it, as it calls itself."""
    path: str
    status: int
    reset: int
    """When its limit ends, as the header says: seconds since 1970, rounded down."""


@dataclass(frozen=True, slots=True)
class RealNetwork:
    """A running network: the addresses of its three servers."""

    plc: str
    pds: str
    appview: str
    process_id: int
    server: httpx.Client
    log: Path

    def limited(self) -> tuple[Answer, ...]:
        """All answers so far of a PDS with a rate limit that count against it, in their order."""
        lines = self.log.read_text().rpartition("\n")[0].splitlines()
        return tuple(Answer(**json.loads(line)) for line in lines if line.startswith("{"))

    def create_account(self, handle: str) -> RealAccount:
        """Open an account; the handle ends in .test or .example, as the PDS serves no other domain."""
        request = {"handle": handle, "email": f"{handle}@example.org", "password": PASSWORD}
        session = answer(self.server.post("/xrpc/com.atproto.server.createAccount", json=request))
        return RealAccount(session["did"], session["handle"], session["accessJwt"], self.server)


@contextmanager
def bluesky_network(folder: Path, *, rate_limit: RateLimit | None = None) -> Iterator[RealNetwork]:
    """Start a network with empty databases; whatever it writes lies in the folder.

    With a rate limit, the PDS applies it and its own limits for each method, though not to what the
    accounts here do. Raises FileNotFoundError with what to install when a component is missing.
    """
    node, redis = _program("node", "nodejs"), _program("redis-server", "redis-server")
    if not (SOURCES / "node_modules").is_dir():
        raise FileNotFoundError(f"no packages of the Bluesky network in {SOURCES}: run `make test-real`")
    command = [node, "--require", "./loopback.cjs", "network.mjs"]
    if rate_limit:
        command += ["--limit", f"{rate_limit.requests}/{rate_limit.seconds}", "--bypass", BYPASS]
    with ExitStack() as stack:
        environment = {
            "PATH": os.environ["PATH"],
            "TMPDIR": str(folder),
            "LOG_ENABLED": "false",
            "DB_POSTGRES_URL": stack.enter_context(postgresql_server()).replace("+psycopg", ""),
            "DB_POSTGRES_SCHEMA": "network",
            "REDIS_HOST": stack.enter_context(_redis_server(redis, folder)),
        }
        log = folder / "network.log"
        process = stack.enter_context(_running(command, log, environment))
        addresses = _addresses(process, log)
        server = stack.enter_context(_client(addresses["pds"]))
        yield RealNetwork(**addresses, process_id=process.pid, server=server, log=log)


def until(condition: Callable[[], T], seconds: float = 30) -> T:
    """Ask again until the condition holds, and return what it gave; TimeoutError after so many seconds."""
    end = time.monotonic() + seconds
    while not (given := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"still not so after {seconds} seconds: {condition}")
        time.sleep(0.1)
    return given


def ask(server: str, method: str, **query: str) -> httpx.Response:
    """Send one XRPC query to a server, as anyone may who is not logged in."""
    # Nothing is encrypted here: loading the certificates would take longer than the request.
    return httpx.get(f"{server}/xrpc/{method}", params=query, timeout=30, trust_env=False, verify=False)


def answer(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of a successful answer; AssertionError with the server's words otherwise."""
    assert response.is_success, f"{response.request.url}: {response.status_code} {response.text}"
    given: dict[str, Any] = response.json() if response.content else {}
    return given


def _client(address: str) -> httpx.Client:
    """What the accounts speak through: without a proxy, and not counted by the rate limits."""
    headers = {"x-ratelimit-bypass": BYPASS}
    return httpx.Client(base_url=address, headers=headers, timeout=30, trust_env=False)


def _program(name: str, package: str) -> str:
    found = shutil.which(name)
    if not found:
        raise FileNotFoundError(f"no {name} here: apt-get install {package}")
    return found


@contextmanager
def _running(
    command: Sequence[str], log: Path, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """Run a program among the network's sources until the block ends, however it ends."""
    pipe = subprocess.PIPE
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, cwd=SOURCES, env=environment, stdin=pipe, stdout=pipe, stderr=errors, text=True
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()  # all that it knows is thrown away with it


@contextmanager
def _redis_server(program: str, folder: Path) -> Iterator[str]:
    """Start Redis without a file; yields host and port."""
    port = free_port()
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder)]
    log = folder / "redis.log"
    with _running([program, *options, "--logfile", str(log)], log, {"PATH": os.environ["PATH"]}):
        until(lambda: "Ready to accept connections" in log.read_text())
        yield f"127.0.0.1:{port}"


def _addresses(process: subprocess.Popen[str], log: Path) -> dict[str, str]:
    """Wait for the one line that the network writes when it is ready."""
    assert process.stdout
    ready, _, _ = select.select([process.stdout], [], [], 120)
    line = process.stdout.readline() if ready else ""
    assert line, f"the Bluesky network did not start: {log.read_text()}"
    addresses: dict[str, str] = json.loads(line)
    return addresses


def _stamp(moment: datetime | None) -> str:
    moment = (moment or datetime.now(UTC)).astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _named(record: Record) -> dict[str, str]:
    """The parts of at://repo/collection/rkey."""
    _, _, repo, collection, rkey = record.uri.split("/")
    return {"repo": repo, "collection": collection, "rkey": rkey}


def _reference(record: Record) -> dict[str, str]:
    return {"uri": record.uri, "cid": record.cid}


def _record(answered: Mapping[str, Any]) -> Record:
    return Record(answered["uri"], answered["cid"])
