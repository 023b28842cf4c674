"""Opening the door to the network."""

import random
import socket
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

import httpx

from archive.contract import Policy
from archive.web.addresses import Resolve
from archive.web.budget import BudgetBook
from archive.web.network import Limits, Wire
from archive.web.polite import PoliteWeb
from archive.web.quiet import quiet
from archive.web.waiting import Clock, Countdown, SystemClock, Turn, never, silent

LONGEST_CONTACT = 200

QUOTED = frozenset("()\\")
"""What no comment of a User-Agent holds as it is (RFC 9110, 5.6.5)."""


def is_contact(text: str) -> bool:
    """Whether servers can be shown an e-mail address or URL: printable ASCII without parentheses."""
    clean = text.isascii() and text.isprintable() and QUOTED.isdisjoint(text)
    return clean and len(text) <= LONGEST_CONTACT and bool(text.strip())


def agent_of(release: str, contact: str | None) -> str:
    """Who servers are told that we are: `hustings/1.0 (+mail@example.org)`. Raises ValueError."""
    if contact is None:
        return f"hustings/{release}"
    if not is_contact(contact):
        raise ValueError("no User-Agent can hold that contact")
    return f"hustings/{release} (+{contact})"


def trusted() -> ssl.SSLContext:
    """Certificates by which servers are told from others."""
    return httpx.create_ssl_context(trust_env=False)


@contextmanager
def open_web(
    *,
    book: BudgetBook,
    release: str,
    contact: str | None = None,
    policies: Mapping[str, Policy] | None = None,
    allowed: Collection[str] = (),
    patience: float = 60.0,
    clock: Clock | None = None,
    waiting: Countdown = silent,
    chance: random.Random | None = None,
    stop: Callable[[], bool] = never,
    limits: Limits | None = None,
    resolve: Resolve = socket.getaddrinfo,
    tls: Callable[[], ssl.SSLContext] = trusted,
) -> Iterator[PoliteWeb]:
    """A polite client until the end of the block; one request at a time.

    `release` is shown to servers, and `contact`: where those who run them reach the user, by e-mail or URL
    (raises ValueError unless is_contact). `policies` are our own limits by bucket. `allowed` are hosts
    (`name` or `name:port`) that may be private, or be sent credentials without TLS. `patience` is seconds
    of the longest single wait that is sat out; a longer one raises TryLater. `waiting` is told host,
    seconds left and reason about once a second; `stop` is asked as often whether to end the wait with
    TryLater. `tls` is called when https is first needed.
    """
    limits = limits or Limits()
    turn = Turn(book, policies or {}, patience, clock or SystemClock(), waiting, stop)
    agent = agent_of(release, contact)
    wire = Wire(limits, allowed, resolve, tls)
    with quiet():
        try:
            yield PoliteWeb(
                wire,
                turn,
                agent=agent,
                allowed=allowed,
                limits=limits,
                chance=chance or random.SystemRandom(),
            )
        finally:
            wire.close()
