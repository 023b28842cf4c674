"""archive.web over real sockets: it waits, counts, retries, refuses, and keeps secrets."""

import gzip
import io
import logging
import random
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
from loopback import (
    Answer,
    Asked,
    Fault,
    Loopback,
    Switches,
    bomb,
    cut_short,
    hang_up,
    huge,
    huge_and_says_so,
    json_answer,
    redirect,
    server_error,
    serving,
    truncated_gzip,
)
from sqlalchemy import Engine
from world import Clock, World, WorldPost

from archive.budgets import DatabaseBook, spent_this_month
from archive.collecting import BadSetting, Means, opening
from archive.contract import (
    AccountRef,
    AddressRefused,
    BudgetSpent,
    Charge,
    CollectingError,
    Credential,
    Policy,
    Response,
    SourceRefused,
    TooLarge,
    TryLater,
    Unreachable,
    Web,
)
from archive.web import BudgetBook, Key, Limits, MemoryBook, PoliteWeb, open_web
from archive.web.addresses import Resolved
from archive.web.bodies import read_body
from archive.web.passing import PassingTrouble
from archive.web.quiet import TALKATIVE
from archive.web.transport import ERRORS
from db.release import release

TOKEN = Credential("HUSTINGS_X_TOKEN", "Bearer s3cr3t/token+value")
SECRET = "s3cr3t/token+value"
BODY = b"Thank you to everybody who voted. " * 40


@dataclass
class Site:
    """A server in small: says what it is told to, by path; else BODY."""

    world: World = field(default_factory=World)
    says: dict[str, Answer | Callable[[Asked], Answer]] = field(default_factory=dict)
    collector: str = "site"
    switches: Switches = field(default_factory=Switches)
    fired: Counter[str] = field(default_factory=Counter)
    page_size: int = 1

    def settings(self, url: str) -> dict[str, str]:
        return {}

    def ref(self, name: str, url: str) -> AccountRef:
        return AccountRef("site", handle=name, home=url)

    def answer(self, asked: Asked) -> Answer:
        said = self.says.get(asked.path, Answer(200, BODY, {"Content-Type": "text/plain"}))
        return said(asked) if callable(said) else said

    def is_page(self, asked: Asked) -> bool:
        return True

    def post_id(self, post: WorldPost) -> str:
        return str(post.serial)

    def text(self, post: WorldPost, version: int = -1) -> str:
        return post.texts[version][1]

    def too_many(self, reset: datetime, form: str) -> Answer:
        return Answer(429, b"", {"RateLimit-Reset": str(int(reset.timestamp()))})


class Around:
    """A server and a polite client, with one clock."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.clock = Clock()
        self.site = Site(World(self.clock))
        self.server = stack.enter_context(serving(self.site))
        self.book: BudgetBook = MemoryBook({TOKEN.name: 10.0})
        self.told: list[tuple[str, float, str]] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    @property
    def url(self) -> str:
        return f"{self.server.url}/feed"

    def web(self, **changed: Any) -> PoliteWeb:
        """A client, of the usual manners but for what is changed."""
        usual: dict[str, Any] = {
            "book": self.book,
            "release": "9.9",
            "allowed": [self.host],
            "patience": 1000.0,
            "clock": self.clock,
            "waiting": lambda host, left, why: self.told.append((host, left, why)),
            "chance": random.Random(7),
        }
        return self._stack.enter_context(open_web(**{**usual, **changed}))

    def says(self, *answers: Answer, path: str = "/feed") -> None:
        """These answers, one after the other; the last one from then on."""
        left = list(answers)
        self.site.says[path] = lambda _: left.pop(0) if len(left) > 1 else left[0]

    def slept(self) -> float:
        return sum(self.clock.slept)


@pytest.fixture
def around() -> Iterator[Around]:
    with ExitStack() as stack:
        yield Around(stack)


def posts(response: Response) -> int:
    return int(response.json()["posts"])


ASKED = (Asked("/feed", {}, {}), Answer(200, BODY))
"""What a fault is made of."""

FOR_POSTS = Charge("posts", 0.005, 100, posts)


# ---- an answer --------------------------------------------------------------------------------------


def test_an_answer_is_handed_out_whole(around: Around) -> None:
    web: Web = around.web()
    response = web.get(
        around.url, params={"limit": 3, "id[]": ["a b", "c"]}, headers={"If-None-Match": '"7"'}
    )
    asked = around.server.asked[0]
    assert (response.status, response.body, response.media_type) == (200, BODY, "text/plain")
    assert response.url == f"{around.url}?limit=3&id%5B%5D=a+b&id%5B%5D=c"
    assert response.retrieved_at == around.clock.now()
    assert response.moved_to is None
    assert asked.query == {"limit": ["3"], "id[]": ["a b", "c"]}
    assert asked.headers["if-none-match"] == '"7"'
    assert asked.headers["host"] == around.host
    assert around.clock.slept == []


def test_a_request_has_no_headers_but_ours(around: Around) -> None:
    around.web().get(around.url)
    assert around.server.asked[0].headers == {
        "host": around.host,
        "user-agent": "hustings/9.9",
        "accept": "*/*",
        "accept-encoding": "gzip",
    }


@pytest.mark.parametrize(
    "contact", ["observer@example.org", "https://example.org/who-we-are?~x=1", "x" * 200]
)
def test_servers_are_shown_the_contact_that_the_user_gave(around: Around, contact: str) -> None:
    around.web(contact=contact).get(around.url)
    assert around.server.asked[0].headers["user-agent"] == f"hustings/9.9 (+{contact})"


@pytest.mark.parametrize(
    "contact", ["", " ", "a\nb", "a\r\nX-Other: 1", "(me)", "a)", "a\\", "é@example.org", "x" * 201, "a\0"]
)
def test_a_contact_that_no_user_agent_can_hold_is_refused(contact: str) -> None:
    with (
        pytest.raises(ValueError, match="contact"),
        open_web(book=MemoryBook(), release="9", contact=contact),
    ):
        pass


def test_the_users_contact_comes_from_the_environment() -> None:
    assert Means({}).contact() is None
    assert Means({"HUSTINGS_CONTACT": ""}).contact() is None
    assert Means({"HUSTINGS_CONTACT": " observer@example.org\n"}).contact() == "observer@example.org"
    with pytest.raises(BadSetting, match="HUSTINGS_CONTACT"):
        Means({"HUSTINGS_CONTACT": "(observer)"}).contact()


def test_a_collectors_client_shows_the_users_contact(around: Around, engine: Engine) -> None:
    means = Means({"HUSTINGS_CONTACT": "observer@example.org"}, allow=[around.host], clock=around.clock)
    with opening(means, engine)(means.collectors()["feed"]) as web:
        web.get(around.url)
    assert around.server.asked[0].headers["user-agent"] == f"hustings/{release()} (+observer@example.org)"


@pytest.mark.parametrize("status", [304, 400, 401, 403, 404, 410, 422])
def test_what_a_status_means_is_the_collectors_to_say(around: Around, status: int) -> None:
    around.says(Answer(status, b"", {"ETag": '"7"'}))
    response = around.web().get(around.url)
    assert (response.status, response.headers["etag"]) == (status, '"7"')
    assert len(around.server.asked) == 1


def raw_deflate(data: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packing.compress(data) + packing.flush()


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("X-GZIP", gzip.compress),
        ("gzip", lambda data: gzip.compress(data[:50]) + gzip.compress(data[50:])),
        ("gzip", lambda data: gzip.compress(data) + bytes(64)),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
        ("identity", bytes),
    ],
)
def test_a_packed_answer_is_unpacked(around: Around, coding: str, pack: Callable[[bytes], bytes]) -> None:
    around.says(Answer(200, pack(BODY), {"Content-Encoding": coding}))
    assert around.web().get(around.url).body == BODY
    assert around.server.asked[0].headers["accept-encoding"] == "gzip"


def test_a_packing_that_nobody_asked_for_is_refused(around: Around) -> None:
    around.says(Answer(200, b"?", {"Content-Encoding": "br"}))
    with pytest.raises(Unreachable, match="packed as 'br'"):
        around.web().get(around.url)


# ---- passing trouble --------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [truncated_gzip, cut_short, hang_up, server_error])
def test_what_breaks_off_is_asked_for_again(around: Around, fault: Fault) -> None:
    around.server.fail(0, "fault", fault)
    assert around.web().get(around.url).body == BODY
    assert around.server.fired == {"fault": 1}
    assert len(around.server.asked) == 2
    assert 0.5 <= around.slept() <= 2


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (truncated_gzip, "breaks off"),
        (cut_short, "broke"),
        (hang_up, "broke"),
        (server_error, "answers 503"),
        (lambda _asked, _answer: Answer(200, b"no gzip", {"Content-Encoding": "gzip"}), "packed wrongly"),
        (lambda _asked, _answer: json_answer({"error": "Database is down"}, 500), "Database is down"),
    ],
)
def test_what_breaks_off_four_times_is_unreachable(around: Around, fault: Fault, said: str) -> None:
    for number in range(4):
        around.server.fail(number, "fault", fault)
    with pytest.raises(Unreachable, match=f"{said}.*4 tries"):
        around.web().get(around.url)
    assert len(around.server.asked) == 4
    assert 1.5 <= around.slept() <= 2 + 4 + 8


@pytest.mark.parametrize("status", [408, 425, 500, 501, 502, 503, 504, 522])
def test_passing_statuses_are_tried_again(around: Around, status: int) -> None:
    around.says(Answer(status), Answer(200, b"there"))
    assert around.web().get(around.url).body == b"there"


def test_a_collector_names_further_statuses_that_pass(around: Around) -> None:
    around.says(Answer(400), Answer(200, b"there"))
    assert around.web().get(around.url, retry=[400]).body == b"there"


def test_a_server_that_is_not_there_is_unreachable(around: Around) -> None:
    around.server.stop()
    with pytest.raises(Unreachable, match=r"no connection to 127\.0\.0\.1 .*refused"):
        around.web().get(around.url)


def test_a_name_that_nobody_knows_is_unreachable_and_the_message_says_dns(around: Around) -> None:
    with pytest.raises(Unreachable, match=r"no-such-party\.invalid is not found \(DNS"):
        around.web().get("http://no-such-party.invalid/feed")


@pytest.mark.parametrize("pause", [0.05, 60])
def test_a_server_that_sends_drop_by_drop_does_not_keep_us(around: Around, pause: float) -> None:
    """Each byte comes in time, or none does; the answer as a whole does not."""
    with dripping(pause) as port:
        web = around.web(allowed=["127.0.0.1"], limits=Limits(read=5, overall=0.3), patience=0)
        began = time.monotonic()
        with pytest.raises(Unreachable, match="in time"):
            web.get(f"http://127.0.0.1:{port}/")
        assert time.monotonic() - began < 10


@contextmanager
def dripping(pause: float) -> Iterator[int]:
    """A server that sends the bytes of its headers one by one, so many seconds apart; gives its port."""
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection:
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not over.wait(pause):
                    connection.sendall(b"x")
            except OSError:
                return

    def serve(listener: socket.socket) -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=drip, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_every_error_of_httpcore_becomes_httpxs_own_of_that_name() -> None:
    """The first entry that fits is taken: none stands behind a more general one."""
    named = [thing for thing in vars(httpcore).values() if isinstance(thing, type)]
    network = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)
    for error in [*filter(lambda kind: issubclass(kind, network), named), httpcore.UnsupportedProtocol]:
        found = next(ours for theirs, ours in ERRORS.items() if issubclass(error, theirs))
        assert found is getattr(httpx, error.__name__)


# ---- too large --------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [huge, huge_and_says_so, bomb])
def test_a_body_over_the_cap_is_refused_in_little_memory(around: Around, fault: Fault) -> None:
    answer = fault(*ASKED)
    around.says(answer)
    web = around.web(limits=Limits(body=1 << 20))

    def ask() -> None:
        with pytest.raises(TooLarge, match="larger than 1 MiB"):
            web.get(around.url)

    assert peak_of(ask) < 6 << 20
    assert len(around.server.asked) == 1


def test_an_announced_gigabyte_is_refused_before_a_byte_is_read() -> None:
    def chunks() -> Iterator[bytes]:
        raise AssertionError("nothing is read")
        yield b""

    with pytest.raises(TooLarge):
        read_body({"content-length": str(1 << 30)}, chunks(), 32 << 20)


@pytest.mark.parametrize("size", [0, 1, 999, 1000])
def test_a_body_of_just_the_cap_is_read(size: int) -> None:
    packed = gzip.compress(b"x" * size)
    pieces = [packed[at : at + 3] for at in range(0, len(packed), 3)]
    assert read_body({"content-encoding": "gzip"}, pieces, 1000) == b"x" * size
    assert read_body({}, [b"x" * size], 1000) == b"x" * size


@pytest.mark.parametrize(
    ("coding", "pack"), [("", bytes), ("gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_a_body_of_one_byte_more_is_refused(coding: str, pack: Callable[[bytes], bytes]) -> None:
    with pytest.raises(TooLarge):
        read_body({"content-encoding": coding}, [pack(b"x" * 1001)], 1000)


def test_a_bomb_is_not_unpacked_further_than_the_cap() -> None:
    """64 MiB that are packed into 64 KiB, which come in one piece."""
    packed = gzip.compress(bytes(64 << 20))
    assert len(packed) < 1 << 17
    assert peak_of(lambda: refused(packed)) < 4 << 20


def refused(packed: bytes) -> None:
    with pytest.raises(TooLarge):
        read_body({"content-encoding": "gzip"}, [packed], 1 << 20)


def peak_of(work: Callable[[], object]) -> int:
    """Bytes of memory that some work took at its most."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_body_of_very_many_packed_pieces_is_refused() -> None:
    with pytest.raises(PassingTrouble, match="too many pieces"):
        read_body({"content-encoding": "gzip"}, [gzip.compress(b"") * 5000], 1 << 20)


def test_no_body_at_all_is_an_empty_one() -> None:
    assert read_body({"content-encoding": "gzip"}, [], 1000) == b""


# ---- limits -----------------------------------------------------------------------------------------


def test_429_is_waited_out_with_a_countdown(around: Around) -> None:
    reset = around.clock.now() + timedelta(seconds=30)
    around.says(Answer(429, b"", {"X-RateLimit-Reset": reset.isoformat()}), Answer(200, b"there"))
    assert around.web().get(around.url).body == b"there"
    assert around.slept() == pytest.approx(31)
    assert max(around.clock.slept) <= 1
    lefts = [left for _, left, _ in around.told]
    assert lefts == sorted(lefts, reverse=True)
    assert len(lefts) == 31
    assert lefts[0] == pytest.approx(31)
    assert around.told[0][::2] == (around.host, "the server asks to wait")


def test_429_without_a_word_of_when_waits_longer_each_time(around: Around) -> None:
    around.says(Answer(429), Answer(429), Answer(200, b"there"))
    assert around.web().get(around.url).body == b"there"
    assert around.slept() == pytest.approx(60 + 120)


def test_429_for_ever_ends_with_when_to_try_again(around: Around) -> None:
    around.says(json_answer({"title": "UsageCapExceeded"}, 429))
    with pytest.raises(TryLater, match=r"answers 429: .*UsageCapExceeded.*4 tries") as later:
        around.web().get(around.url)
    assert later.value.until == around.clock.now() + timedelta(seconds=480)


@pytest.mark.parametrize("status", [400, 429, 503])
def test_an_answer_that_a_collector_takes_as_final_is_not_waited_for(around: Around, status: int) -> None:
    """A cap for the month comes as 429 too, and waiting does not help."""
    around.says(json_answer({"title": "UsageCapExceeded"}, status))
    capped = around.web().get(around.url, retry=[400], final=lambda said: b"UsageCap" in said.body)
    assert (capped.status, capped.json()) == (status, {"title": "UsageCapExceeded"})
    assert (len(around.server.asked), around.clock.slept) == (1, [])
    assert around.book.read(Key(around.host)).not_before is None


def test_what_a_collector_does_not_take_as_final_is_tried_again(around: Around) -> None:
    around.says(Answer(429), hang_up(*ASKED), Answer(503, b"", {"Retry-After": "5"}), Answer(200, b"there"))
    assert around.web().get(around.url, final=lambda said: b"UsageCap" in said.body).body == b"there"


def test_a_wait_beyond_our_patience_is_left_to_the_next_process(around: Around, engine: Engine) -> None:
    around.book = DatabaseBook(engine, {})
    around.says(Answer(503, b"", {"Retry-After": "500"}), Answer(200, b"there"))
    until = around.clock.now() + timedelta(seconds=500)
    for _ in range(2):
        with pytest.raises(TryLater, match="server asks to wait, until 2024-07-01 09:08:20 UTC") as later:
            around.web(patience=499, book=DatabaseBook(engine, {})).get(around.url)
        assert later.value.until == until
    assert (len(around.server.asked), around.clock.slept) == (1, [])
    around.clock.pass_(2)
    assert around.web(patience=499, book=DatabaseBook(engine, {})).get(around.url).body == b"there"
    assert around.slept() == pytest.approx(498)


def test_a_limit_that_is_used_up_is_not_tested(around: Around) -> None:
    """No 429 is provoked where the answer before said that nothing remains."""
    used_up = {"RateLimit-Limit": "3", "RateLimit-Remaining": "0", "RateLimit-Reset": "40"}
    around.says(Answer(200, b"one", used_up), Answer(200, b"two"))
    web = around.web()
    assert [web.get(around.url).body for _ in range(2)] == [b"one", b"two"]
    assert around.slept() == pytest.approx(41)
    assert around.told[0][2] == "the server's limit is used up"


def test_buckets_and_credentials_have_limits_of_their_own(around: Around) -> None:
    used_up = {"RateLimit-Remaining": "0", "RateLimit-Reset": "40"}
    around.says(Answer(200, b"", used_up), Answer(200, b""))
    web = around.web()
    web.get(around.url, bucket="pages")
    web.get(around.url)
    web.get(around.url, bucket="pages", credential=TOKEN)
    assert around.clock.slept == []
    assert around.book.read(Key(around.host, "", "pages")).remaining == 0


def test_two_jobs_keep_our_own_limit_together(around: Around, engine: Engine) -> None:
    policies = {"": Policy(1000, 10), "pages": Policy(requests=8, seconds=80)}
    webs = [around.web(book=DatabaseBook(engine, {}), policies=policies) for _ in range(2)]
    sent = []
    for number in range(24):
        webs[number % 2].get(around.url, bucket="pages")
        sent.append(around.clock.now())
    for first in sent:
        assert sum(first <= at < first + timedelta(seconds=80) for at in sent) <= 8
    assert {why for _, _, why in around.told} == {"our own limit for this server"}


def test_waiting_ends_when_it_is_told_to(around: Around) -> None:
    around.says(Answer(429, b"", {"Retry-After": "100"}))
    with pytest.raises(TryLater, match="stopped while waiting"):
        around.web(stop=lambda: len(around.clock.slept) >= 3).get(around.url)
    assert around.slept() == 3


# ---- money ------------------------------------------------------------------------------------------


def test_a_request_costs_what_it_returned(around: Around, engine: Engine) -> None:
    around.says(json_answer({"posts": 3}))
    web = around.web(book=DatabaseBook(engine, {TOKEN.name: 1.0}))
    for _ in range(2):
        web.get(around.url, credential=TOKEN, charge=FOR_POSTS)
    spent = spent_this_month(engine, TOKEN.name, today=around.clock.now().date())
    assert spent == pytest.approx(6 * 0.005)


def test_no_request_is_sent_that_the_budget_may_not_bear(around: Around) -> None:
    around.says(json_answer({"posts": 90}))
    web = around.web(book=MemoryBook({TOKEN.name: 0.9}))
    web.get(around.url, credential=TOKEN, charge=FOR_POSTS)
    with pytest.raises(BudgetSpent, match=r"\$0\.45 of \$0\.90 spent") as spent:
        web.get(around.url, credential=TOKEN, charge=FOR_POSTS)
    assert SECRET not in str(spent.value)
    assert len(around.server.asked) == 1


def test_without_a_budget_a_platform_that_charges_is_not_asked(around: Around) -> None:
    with pytest.raises(BudgetSpent, match="set a budget"):
        around.web(book=MemoryBook()).get(around.url, credential=TOKEN, charge=FOR_POSTS)
    assert around.server.asked == []


@pytest.mark.parametrize(
    ("fault", "error", "units"),
    [
        (hang_up, Unreachable, 100),
        (server_error, Unreachable, 0),
        (redirect("http://10.0.0.1/"), AddressRefused, 0),
        (redirect("/feed"), Unreachable, 0),
        (huge_and_says_so, TooLarge, 100),
        (cut_short, Unreachable, 400),
    ],
)
def test_only_what_may_have_been_sent_stays_paid(
    around: Around, engine: Engine, fault: Fault, error: type[CollectingError], units: int
) -> None:
    """A refusal costs nothing. What was asked for without an answer costs what was reserved, once for all
    tries; an answer that began, and cannot be counted, each time."""
    for number in range(6):
        around.server.fail(number, "fault", fault)
    with pytest.raises(error):
        around.web(book=DatabaseBook(engine, {TOKEN.name: 10.0})).get(
            around.url, credential=TOKEN, charge=FOR_POSTS
        )
    spent = spent_this_month(engine, TOKEN.name, today=around.clock.now().date())
    assert spent == pytest.approx(units * 0.005)


def test_an_answer_that_cannot_be_counted_costs_what_was_reserved(around: Around) -> None:
    book = MemoryBook({TOKEN.name: 10.0})
    assert around.web(book=book).get(around.url, credential=TOKEN, charge=FOR_POSTS).body == BODY
    assert book.spent(TOKEN.name, around.clock.now().date()) == pytest.approx(0.5)


# ---- redirects --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "for_good"),
    [
        ((301,), True),
        ((308,), True),
        ((301, 308), True),
        ((302,), False),
        ((307,), False),
        ((301, 302), False),
    ],
)
def test_a_move_is_known_only_where_every_step_of_it_is_for_good(
    around: Around, statuses: tuple[int, ...], for_good: bool
) -> None:
    for number, status in enumerate(statuses):
        around.says(Answer(status, b"", {"Location": f"/{number + 1}"}), path=f"/{number or 'feed'}")
    response = around.web().get(around.url)
    end = f"{around.server.url}/{len(statuses)}"
    assert (response.url, response.moved_to, response.body) == (end, end if for_good else None, BODY)


def test_the_redirect_of_an_instance_is_followed_to_its_new_server(around: Around) -> None:
    """Credentials and our own headers stay behind; conditional ones go along."""
    with serving(Site(World(around.clock))) as other:
        around.says(Answer(301, b"", {"Location": f"{other.url}/new?limit=3"}))
        response = around.web(allowed=["127.0.0.1"]).get(
            around.url, credential=TOKEN, headers={"X-Api-Key": "another", "If-None-Match": '"7"'}
        )
        assert response.moved_to == f"{other.url}/new?limit=3"
        asked = other.asked[0].headers
    assert around.server.asked[0].headers["authorization"] == TOKEN.value
    assert around.server.asked[0].headers["x-api-key"] == "another"
    assert "authorization" not in asked
    assert "x-api-key" not in asked
    assert asked["if-none-match"] == '"7"'


def test_credentials_go_along_on_the_same_server(around: Around) -> None:
    around.says(Answer(302, b"", {"Location": "/elsewhere"}))
    around.web().get(around.url, credential=TOKEN)
    assert [asked.headers["authorization"] for asked in around.server.asked] == [TOKEN.value] * 2


def test_a_redirect_to_this_machine_is_refused(around: Around) -> None:
    """Only one port of it is allowed: what listens at the other is not reached."""
    with serving(Site(World(around.clock))) as local:
        around.says(Answer(302, b"", {"Location": local.url}))
        with pytest.raises(AddressRefused, match=r"127\.0\.0\.1 is at 127\.0\.0\.1, which is not public"):
            around.web().get(around.url)
        assert local.asked == []


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "ftp://example.org/", "http://user:secretword@example.org/", "http://[::1"]
)
def test_a_redirect_to_what_is_no_public_address_is_refused(around: Around, to: str) -> None:
    around.says(Answer(302, b"", {"Location": to}))
    with pytest.raises((AddressRefused, Unreachable)) as refused:
        around.web().get(around.url)
    assert "secretword" not in str(refused.value)
    assert len(around.server.asked) == 1


def test_redirects_in_a_circle_end(around: Around) -> None:
    around.says(Answer(302, b"", {"Location": "/feed"}))
    with pytest.raises(Unreachable, match="more than 5 redirects"):
        around.web().get(around.url)
    assert len(around.server.asked) == 6


@pytest.mark.parametrize("status", [300, 302, 305])
def test_a_redirect_that_leads_nowhere_is_no_answer(around: Around, status: int) -> None:
    around.says(Answer(status))
    with pytest.raises(Unreachable, match=f"answers {status}, which leads nowhere"):
        around.web().get(around.url)


# ---- names and addresses ----------------------------------------------------------------------------


def resolver(*answers: list[str]) -> tuple[Callable[..., Resolved], list[str]]:
    """A DNS with these answers in turn (the last one from then on), and the names that it was asked for."""
    left, names = list(answers), list[str]()

    def resolve(host: str, port: int, **_: object) -> Resolved:
        names.append(host)
        addresses = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return resolve, names


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["93.184.215.14", "127.0.0.1"],
        ["127.0.0.1", "93.184.215.14"],
        ["::ffff:127.0.0.1"],
        ["10.0.0.7"],
    ],
)
def test_a_name_that_leads_to_a_private_address_too_is_refused(around: Around, addresses: list[str]) -> None:
    resolve, _ = resolver(addresses)
    with pytest.raises(AddressRefused, match=r"party\.example is at .*not public"):
        around.web(resolve=resolve).get(f"http://party.example:{around.server.port}/feed")
    assert around.server.asked == []


def test_the_address_that_was_checked_is_the_one_that_is_read(around: Around) -> None:
    """One look-up for each connection: a second answer (DNS rebinding) is never asked for."""
    resolve, names = resolver(["127.0.0.1"], ["93.184.215.14"])
    web = around.web(resolve=resolve, allowed=["party.example"])
    url = f"http://party.example:{around.server.port}/feed"
    assert [web.get(url).body for _ in range(2)] == [BODY, BODY]
    assert names == ["party.example"]
    assert around.server.asked[0].headers["host"] == f"party.example:{around.server.port}"


def test_an_address_in_another_spelling_is_still_this_machine(around: Around) -> None:
    for host in ("2130706433", "0x7f.1", "127.1"):
        with pytest.raises(AddressRefused, match="not public"):
            around.web(allowed=[]).get(f"http://{host}:{around.server.port}/feed")
    assert around.server.asked == []


def test_the_next_address_of_a_name_is_tried_where_one_does_not_listen(around: Around) -> None:
    resolve, _ = resolver(["127.0.0.2", "127.0.0.1"])
    with socket.create_server(("127.0.0.2", 0)) as taken:
        taken.close()
    web = around.web(resolve=resolve, allowed=["party.example"])
    assert web.get(f"http://party.example:{around.server.port}/feed").body == BODY


def test_a_name_without_addresses_is_unreachable(around: Around) -> None:
    resolve, _ = resolver([])
    with pytest.raises(Unreachable, match="no address"):
        around.web(resolve=resolve).get("http://party.example/feed")


# ---- TLS --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for `localhost` that only itself vouches for, with its key in the same file."""
    folder = tmp_path_factory.mktemp("tls")
    key, made = folder / "key.pem", folder / "made.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(made)),
        ],
        check=True,
        capture_output=True,
    )
    made.write_bytes(made.read_bytes() + key.read_bytes())
    return made


@contextmanager
def over_tls(server: Loopback, certificate: Path) -> Iterator[str]:
    """The server behind TLS as well; gives the address. Each connection carries what the plain one says."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def relay(connection: socket.socket) -> None:
        with connection:
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    asked = secure.recv(65536)
                    with socket.create_connection(("127.0.0.1", server.port)) as plain:
                        plain.sendall(asked.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
                        while said := plain.recv(65536):
                            secure.sendall(said)
            except OSError:
                return

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            relay(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield f"https://localhost:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def test_a_certificate_that_nobody_vouches_for_is_unreachable_at_once(
    around: Around, certificate: Path
) -> None:
    refused = pytest.raises(Unreachable, match="certificate of localhost is not trusted")
    with over_tls(around.server, certificate) as url, refused:
        around.web(allowed=["localhost"]).get(f"{url}/feed", credential=TOKEN)
    assert (around.server.asked, around.clock.slept) == ([], [])


def test_a_certificate_for_another_name_is_not_trusted(around: Around, certificate: Path) -> None:
    with over_tls(around.server, certificate) as url:
        web = around.web(allowed=["127.0.0.1"], tls=partial(trusting, certificate))
        with pytest.raises(Unreachable, match="certificate of 127"):
            web.get(f"{url.replace('localhost', '127.0.0.1')}/feed")
    assert around.server.asked == []


def test_a_trusted_certificate_of_the_name_that_was_asked_for_is_read(
    around: Around, certificate: Path
) -> None:
    """The name is verified although the connection goes to an address."""
    resolve, _ = resolver(["127.0.0.1"])
    with over_tls(around.server, certificate) as url:
        web = around.web(allowed=["localhost"], tls=partial(trusting, certificate), resolve=resolve)
        assert web.get(f"{url}/feed", credential=TOKEN).body == BODY


def test_a_step_down_to_plain_http_leaves_the_credential_behind(around: Around, certificate: Path) -> None:
    with over_tls(around.server, certificate) as url:
        plain = f"http://localhost:{around.server.port}/plain"
        around.says(Answer(302, b"", {"Location": plain}))
        web = around.web(allowed=["localhost"], tls=partial(trusting, certificate))
        assert web.get(f"{url}/feed", credential=TOKEN).url == plain
    assert ["authorization" in asked.headers for asked in around.server.asked] == [True, False]


def test_a_server_that_speaks_no_tls_is_unreachable(around: Around) -> None:
    with pytest.raises(Unreachable, match="TLS"):
        around.web().get(around.url.replace("http:", "https:"))


def test_tls_is_set_up_only_when_it_is_needed(around: Around, monkeypatch: pytest.MonkeyPatch) -> None:
    """By httpx neither: it takes longer than all else that a client needs."""

    def tls(*_: object, **__: object) -> ssl.SSLContext:
        raise AssertionError("no https was asked for")

    monkeypatch.setattr(ssl, "create_default_context", tls)
    monkeypatch.setattr(ssl, "SSLContext", tls)
    assert around.web(tls=tls).get(around.url).body == BODY


# ---- secrets ----------------------------------------------------------------------------------------


def test_a_credential_is_not_sent_in_the_clear_to_a_public_server(around: Around) -> None:
    resolve, names = resolver(["93.184.215.14"])
    with pytest.raises(AddressRefused, match="HUSTINGS_X_TOKEN is sent over https alone"):
        around.web(resolve=resolve).get("http://api.example/posts", credential=TOKEN)
    assert names == []


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, f'{{"you sent": "{SECRET}"}}'.encode()),
        Answer(401, f"bad token {SECRET}".encode()),
        Answer(200, json_answer(SECRET).body.replace(b"/", b"\\/")),
        Answer(200, b"s3cr3t%2Ftoken%2Bvalue"),
        Answer(200, gzip.compress(SECRET.encode()), {"Content-Encoding": "gzip"}),
        Answer(200, b"", {"X-Debug": f"Authorization: Bearer {SECRET}"}),
        Answer(302, b"", {"Location": f"/next?session={SECRET}"}),
    ],
)
def test_an_answer_that_repeats_our_credential_is_not_handed_out(around: Around, answer: Answer) -> None:
    around.says(answer)
    with pytest.raises(SourceRefused, match="the answer repeats our credential; nothing kept") as refused:
        around.web().get(around.url, credential=TOKEN)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("status", [429, 500])
def test_no_message_holds_a_credential(around: Around, status: int) -> None:
    around.says(json_answer({"error": f"{'x' * 185} {SECRET} is over its limit"}, status))
    with pytest.raises(CollectingError) as error:
        around.web().get(around.url, params={"access_token": "quite private"}, credential=TOKEN)
    assert "REDACTED" in str(error.value)
    assert "s3cr3t" not in str(error.value)
    assert "private" not in str(error.value)


@pytest.mark.parametrize("value", ["Bearer s3cr3t\nX-Other: 1", "Bearer s3cr3té", "Bearer s3cr3t\0"])
def test_a_credential_that_no_header_can_carry_is_refused_by_its_name(around: Around, value: str) -> None:
    with pytest.raises(SourceRefused) as refused:
        around.web().get(around.url, credential=Credential("HUSTINGS_X_TOKEN", value))
    assert "HUSTINGS_X_TOKEN" in str(refused.value)
    assert "s3cr3t" not in str(refused.value)


def test_secret_parameters_are_not_part_of_an_answers_address(around: Around) -> None:
    secrets: Mapping[str, str] = {"key": "k1", "Access_Token": "k2", "api_key": "k3"}
    response = around.web().get(around.url, params={**secrets, "pagination_token": "7140w", "max": 5})
    assert response.url == (
        f"{around.url}?key=REDACTED&Access_Token=REDACTED&api_key=REDACTED&pagination_token=7140w&max=5"
    )
    assert around.server.asked[0].first("key") == "k1"


def test_a_move_to_an_address_that_holds_a_secret_is_not_remembered(around: Around) -> None:
    around.says(Answer(301, b"", {"Location": "/new?token=abc"}))
    response = around.web().get(around.url)
    assert (response.url, response.moved_to) == (f"{around.server.url}/new?token=REDACTED", None)


def test_no_log_holds_an_address_or_a_credential_and_loggers_stay_as_they_were(around: Around) -> None:
    written, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(written), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with open_web(
            book=around.book, release="9.9", allowed=[around.host], clock=around.clock, patience=100
        ) as web:
            around.says(Answer(500), Answer(200, b"", {"Set-Cookie": "session=1"}))
            web.get(around.url, params={"key": "k1"}, credential=TOKEN)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert written.getvalue() == ""
    assert levels() == [logging.NOTSET] * 2


def levels() -> list[int]:
    return [logging.getLogger(name).level for name in TALKATIVE]


def test_loggers_are_silent_until_the_last_client_closes() -> None:
    """Threads open theirs, and close them, in any order."""
    clients = [open_web(book=MemoryBook(), release="9") for _ in range(3)]
    for client in clients:
        client.__enter__()
    for client in clients:
        assert levels() == [logging.WARNING] * 2
        client.__exit__(None, None, None)
    assert levels() == [logging.NOTSET] * 2


def test_the_line_that_httpx_logs_holds_no_secret_even_where_somebody_turns_it_on(
    around: Around, caplog: pytest.LogCaptureFixture
) -> None:
    web = around.web()
    with caplog.at_level(logging.DEBUG, "httpx"):
        web.get(around.url, params={"key": "k1"}, credential=TOKEN)
    assert caplog.messages == [f'HTTP Request: GET {around.url} "HTTP/1.1 200 OK"']
    assert around.server.asked[0].first("key") == "k1"


def test_cookies_are_not_sent_back(around: Around) -> None:
    around.says(Answer(302, b"", {"Location": "/next", "Set-Cookie": "session=1; Path=/"}))
    around.says(Answer(200, b"", {"Set-Cookie": "session=2; Path=/"}), path="/next")
    web = around.web()
    assert [web.get(around.url).headers["set-cookie"] for _ in range(2)] == ["session=2; Path=/"] * 2
    assert ["cookie" in asked.headers for asked in around.server.asked] == [False] * 4


def test_a_cookie_that_takes_long_to_read_is_not_read(around: Around) -> None:
    """The standard library takes quadratic time for this one."""
    around.says(Answer(200, BODY, {"Set-Cookie": "a=1", "Set-Cookie2": "a," * 30_000}))
    began = time.process_time()
    assert around.web().get(around.url).body == BODY
    assert time.process_time() - began < 0.25


def test_the_environments_proxies_are_not_used(around: Around, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert around.web().get(around.url).body == BODY
