"""httpx's transport over connections to addresses that were checked."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpcore
import httpx

TARGET = "target"
"""The extension of a request that holds its path and query as they are sent, where its URL is not to."""

ERRORS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.TimeoutException: httpx.TimeoutException,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.NetworkError: httpx.NetworkError,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
    httpcore.ProtocolError: httpx.ProtocolError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
}
"""httpcore's errors -> httpx's, each before the more general ones."""


class GuardedTransport(httpx.BaseTransport):
    """Sends a client's requests through `network`. TLS is set up when it is first needed."""

    def __init__(self, network: httpcore.NetworkBackend, tls: Callable[[], ssl.SSLContext]) -> None:
        self._network = network
        self._tls = tls
        self._pools: dict[str, httpcore.ConnectionPool] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx.TransportError, and what `network` raises besides httpcore's errors."""
        url = request.url
        asked = httpcore.Request(
            request.method,
            httpcore.URL(
                scheme=url.raw_scheme,
                host=url.raw_host,
                port=url.port,
                target=request.extensions.get(TARGET, url.raw_path),
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions={"timeout": request.extensions.get("timeout", {})},
        )
        with _as_httpx():
            answer = self._pool(url.scheme).handle_request(asked)
        return _Unfollowed(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()

    def _pool(self, scheme: str) -> httpcore.ConnectionPool:
        if scheme not in self._pools:
            self._pools[scheme] = httpcore.ConnectionPool(
                ssl_context=self._tls() if scheme == "https" else None,
                network_backend=self._network,
                max_connections=8,
                keepalive_expiry=30.0,
            )
        return self._pools[scheme]


class _Unfollowed(httpx.Response):
    """An answer of which httpx does not read where it leads: that is checked and followed by us."""

    @property
    def has_redirect_location(self) -> bool:
        return False


class _Body(httpx.SyncByteStream):
    """A body as it is sent."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        with _as_httpx():
            self._answer.close()


@contextmanager
def _as_httpx() -> Iterator[None]:
    """httpcore's errors as httpx's."""
    try:
        yield
    except tuple(ERRORS) as error:
        kind = next(ours for theirs, ours in ERRORS.items() if isinstance(error, theirs))
        raise kind(str(error)) from error
