"""The wire: one request at a time by httpx, its answer as bytes; no cookie kept, no redirect followed."""

import ssl
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any

import httpx

from archive.web.addresses import Resolve
from archive.web.connecting import CheckedNetwork, Deadline
from archive.web.passing import PassingTrouble
from archive.web.transport import TARGET, GuardedTransport


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may take: seconds and bytes."""

    connect: float = 10.0
    read: float = 30.0
    """Between two pieces of an answer."""
    overall: float = 120.0
    """One try with its redirects and bodies; waiting for one's turn is not part of it."""
    body: int = 32 << 20
    """As sent, and unpacked."""


@dataclass(frozen=True, slots=True)
class Head:
    """An answer whose body is still to be read."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case; values of a repeated one joined by a comma."""
    chunks: Iterable[bytes] = field(repr=False)
    """The body as it is sent."""


class Wire:
    """An httpx client whose connections are checked, kept open between requests."""

    def __init__(
        self, limits: Limits, allowed: Collection[str], resolve: Resolve, tls: Callable[[], ssl.SSLContext]
    ) -> None:
        self._overall = limits.overall
        self._deadline = Deadline()
        self._client = httpx.Client(
            transport=GuardedTransport(CheckedNetwork(allowed, resolve, self._deadline), tls),
            cookies=_NoCookies(),
            follow_redirects=False,
            trust_env=False,
            timeout=httpx.Timeout(connect=limits.connect, read=limits.read, write=limits.read, pool=None),
        )

    def restart(self) -> None:
        """A new try begins: all its time is left."""
        self._deadline.restart(self._overall)

    def get(self, url: httpx.URL, headers: Mapping[str, str]) -> AbstractContextManager[Head]:
        """One answer, open until the end of the block. Nothing but Host is added to `headers`.

        Raises PassingTrouble, AddressRefused, and Unreachable for a certificate that is not trusted; in the
        block too.
        """
        return self._answered(_request("GET", url, headers))

    def post(
        self, url: httpx.URL, headers: Mapping[str, str], content: bytes
    ) -> AbstractContextManager[Head]:
        """The answer to what is sent, as `get` gives it; Host and Content-Length are added."""
        return self._answered(_request("POST", url, headers, content))

    @contextmanager
    def _answered(self, request: httpx.Request) -> Iterator[Head]:
        host = request.url.host
        with (
            self._deadline.running(),
            _explained(host),
            closing(self._client.send(request, stream=True)) as answer,
        ):
            yield Head(answer.status_code, _joined(answer.headers.raw), _read(answer, host))

    def close(self) -> None:
        self._client.close()


class _NoCookies(CookieJar):
    """No cookie is kept, nor even read: the standard library takes seconds to read a hostile one."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        return None


def _request(
    method: str, url: httpx.URL, headers: Mapping[str, str], content: bytes | None = None
) -> httpx.Request:
    """A request whose URL, which httpx writes to its log, lacks the query, where secrets may stand.

    It is not built by the client, which would add headers of its own.
    """
    logged = url.copy_with(query=None)
    return httpx.Request(method, logged, headers=headers, content=content, extensions={TARGET: url.raw_path})


@contextmanager
def _explained(host: str) -> Iterator[None]:
    """httpx's errors as ours. Not chained: theirs may hold what was sent."""
    try:
        yield
    except httpx.TimeoutException as error:
        sent = not isinstance(error, httpx.ConnectTimeout)
        raise PassingTrouble(
            f"{host} does not answer in time ({str(error) or 'timeout'})", sent=sent
        ) from None
    except httpx.ConnectError as error:
        raise PassingTrouble(f"no connection to {host} ({error})") from None
    except httpx.TransportError as error:
        raise PassingTrouble(f"the connection to {host} broke ({error})", sent=True) from None


def _read(answer: httpx.Response, host: str) -> Iterator[bytes]:
    with _explained(host):
        yield from answer.iter_raw()


def _joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), _text(raw_value)
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _text(value: bytes) -> str:
    """A header's value: UTF-8, as some servers send addresses in it, else ISO 8859-1 (RFC 9110, 5.5)."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
