"""A server on 127.0.0.1 for the fakes of platforms: it logs what is asked, and fails when it is told to."""

import gzip
import json
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from world import World, WorldPost

from archive.contract import AccountRef


@dataclass(frozen=True)
class Asked:
    """One request."""

    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    """Names in lower case."""

    def first(self, name: str) -> str | None:
        """The first value of a parameter."""
        return self.query[name][0] if name in self.query else None


@dataclass(frozen=True)
class Answer:
    """One answer."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    claims: int | None = None
    """Content-Length, where it is not the body's: the connection is closed after the body."""
    endless: bool = False
    """The body is sent again and again, without a Content-Length, until the other side hangs up."""
    hangs_up: bool = False
    """No answer at all."""


def json_answer(value: Any, status: int = 200, **headers: str) -> Answer:
    """An answer in JSON; header names are written with underscores."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json", **named})


@dataclass
class Switches:
    """Faults that a fake shows in its own way; each is counted in `Fake.fired` when it has its effect."""

    repeat_cursor: bool = False
    """Every page gives the cursor with which it was asked for."""
    empty_page_at: int | None = None
    """The n-th page (from 1) holds no item although there are more, with a cursor to go on."""
    expire_cursors: bool = False
    """The next token that is used is no longer known."""
    malformed_every: int | None = None
    """Each n-th record lacks what every record has."""
    duplicates: bool = False
    """Each page shows the last item of the page before once more."""
    partial_errors: bool = False
    """Answers hold errors beside data, where the platform does that."""


class Fake(Protocol):
    """A platform in small: shows a World by the platform's own rules (PLATFORMS.md)."""

    collector: str
    """Name of the collector in archive.registry."""
    world: World
    switches: Switches
    fired: Counter[str]
    page_size: int

    def settings(self, url: str) -> dict[str, str]:
        """The environment with which the collector reaches this fake at `url` (addresses and secrets)."""
        ...

    def ref(self, name: str, url: str) -> AccountRef:
        """The account, as a user would give it: by handle (or address), without an immutable id."""
        ...

    def answer(self, asked: Asked) -> Answer:
        """What the platform says."""
        ...

    def is_page(self, asked: Asked) -> bool:
        """Whether a request is for a page of posts (rather than for an account, a history, ...)."""
        ...

    def post_id(self, post: WorldPost) -> str:
        """The id under which the archive must hold a post."""
        ...

    def text(self, post: WorldPost, version: int = -1) -> str:
        """The text that the archive must hold of it."""
        ...

    def too_many(self, reset: datetime, form: str) -> Answer:
        """429 with the platform's own headers, the reset written as `epoch`, `iso`, `date` or `missing`."""
        ...


Fault = Callable[[Asked, Answer], Answer]
"""Makes another answer of the one that the fake would give."""


class Loopback:
    """A fake behind HTTP on 127.0.0.1. `url` is where; `asked` is the log of all requests."""

    def __init__(self, fake: Fake, *, clock_off: float = 0) -> None:
        self.fake = fake
        self.asked: list[Asked] = []
        self.times: list[datetime] = []
        """When each was asked, by the world's clock."""
        self.fired: Counter[str] = Counter()
        self.clock_off = clock_off
        """Seconds by which the Date header is wrong."""
        self._faults: dict[int, tuple[str, Fault]] = {}
        self._lock = Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        return self.fake.settings(self.url)

    def fail(self, page: int, name: str, fault: Fault) -> None:
        """Apply a fault to the n-th page request from now on (0: the next)."""
        self._faults[self.pages + page] = (name, fault)

    def forgive(self) -> None:
        """Forget the faults that have not come yet."""
        self._faults.clear()

    @property
    def pages(self) -> int:
        """How many pages of posts were asked for."""
        return sum(self.fake.is_page(one) for one in self.asked)

    def respond(self, asked: Asked) -> Answer:
        with self._lock:
            number = self.pages
            self.asked.append(asked)
            self.times.append(self.fake.world.clock.now())
            answer = self.fake.answer(asked)
            if self.fake.is_page(asked) and number in self._faults:
                name, fault = self._faults.pop(number)
                self.fired[name] += 1
                answer = fault(asked, answer)
            return answer

    def start(self) -> None:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving(fake: Fake, *, clock_off: float = 0) -> Iterator[Loopback]:
    """The fake behind HTTP, until the end of the block."""
    loopback = Loopback(fake, clock_off=clock_off)
    loopback.start()
    try:
        yield loopback
    finally:
        loopback.stop()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing where the client hung up, which is part of the tests."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler(loopback: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 5
        disable_nagle_algorithm = True  # else each small answer waits 40 ms for an acknowledgement

        def do_GET(self) -> None:
            split = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = parse_qs(split.query, keep_blank_values=True)
            answer = loopback.respond(Asked(split.path, query, headers))
            if answer.hangs_up:
                self.close_connection = True
                return
            try:
                self._send(answer)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _send(self, answer: Answer) -> None:
            now = loopback.fake.world.clock.now().timestamp() + loopback.clock_off
            self.send_response_only(answer.status)
            self.send_header("Date", format_datetime(datetime.fromtimestamp(now, UTC), usegmt=True))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.endless:
                self.close_connection = True
                self.end_headers()
                while True:
                    self.wfile.write(answer.body)
            bodiless = answer.status in (204, 304)
            if not bodiless:
                length = len(answer.body) if answer.claims is None else answer.claims
                self.send_header("Content-Length", str(length))
            self.end_headers()
            if not bodiless:
                self.wfile.write(answer.body)
            self.close_connection = self.close_connection or answer.claims is not None

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the tests read `asked`."""

    return Handler


# ---- faults that are the same on every platform ----------------------------------------------------


def html(_asked: Asked, _answer: Answer) -> Answer:
    """200 with a web page, as proxies and maintenance pages do."""
    return Answer(200, b"<!doctype html><title>Back soon</title>", {"Content-Type": "text/html"})


def truncated_gzip(_asked: Asked, answer: Answer) -> Answer:
    """A compressed body whose end is missing although its length is as announced."""
    packed = gzip.compress(answer.body)
    return replace(
        answer, body=packed[: len(packed) // 2], headers={**answer.headers, "Content-Encoding": "gzip"}
    )


def cut_short(_asked: Asked, answer: Answer) -> Answer:
    """Fewer bytes than announced."""
    return replace(answer, body=answer.body[: len(answer.body) // 2], claims=len(answer.body))


def invalid_utf8(_asked: Asked, answer: Answer) -> Answer:
    """Bytes that are no UTF-8 in the middle of the body."""
    middle = len(answer.body) // 2
    return replace(answer, body=answer.body[:middle] + b"\xff\xfe" + answer.body[middle:])


def huge(_asked: Asked, answer: Answer) -> Answer:
    """A body that never ends."""
    return replace(answer, body=b" " * 65536, endless=True)


def huge_and_says_so(_asked: Asked, answer: Answer) -> Answer:
    """A body of a gigabyte, announced."""
    return replace(answer, claims=1 << 30)


def bomb(_asked: Asked, answer: Answer) -> Answer:
    """A small compressed body that becomes a gigabyte (of which 256 MiB are enough here)."""
    return replace(answer, body=_bomb(), headers={**answer.headers, "Content-Encoding": "gzip"})


@cache
def _bomb() -> bytes:
    """Made piece by piece: whoever measures memory measures this process, too."""
    packing = zlib.compressobj(1, wbits=zlib.MAX_WBITS | 16)
    return b"".join([*(packing.compress(b" " * (1 << 20)) for _ in range(256)), packing.flush()])


def hang_up(_asked: Asked, _answer: Answer) -> Answer:
    """The connection ends without an answer."""
    return Answer(hangs_up=True)


def server_error(_asked: Asked, _answer: Answer) -> Answer:
    """503 without a word of when."""
    return Answer(503, b"busy")


def redirect(to: str, status: int = 302) -> Fault:
    """A redirection to another address."""
    return lambda _asked, _answer: Answer(status, b"", {"Location": to})
