"""Connections to addresses that were checked, within a deadline."""

import ssl
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

import httpcore

from archive.contract import Unreachable
from archive.web.addresses import Resolve, check_addresses, find_addresses, is_allowed
from archive.web.passing import PassingTrouble


class Deadline:
    """Real time that is left for one try; runs only while the network is used."""

    def __init__(self) -> None:
        self._left = 0.0
        self._since: float | None = None

    def restart(self, seconds: float) -> None:
        self._left = seconds

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let it run during the block."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._left, self._since = self.left(), None

    def left(self) -> float:
        return self._left - (time.monotonic() - self._since if self._since is not None else 0.0)

    def cut(self, timeout: float | None) -> float:
        """A timeout, made shorter where less time is left. Raises httpcore.ReadTimeout where none is."""
        left = self.left()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the whole answer is over")
        return left if timeout is None else min(timeout, left)


class CheckedNetwork(httpcore.NetworkBackend):
    """Connects to the address that was checked, so that a second look-up cannot give another one."""

    def __init__(self, allowed: Collection[str], resolve: Resolve, deadline: Deadline) -> None:
        self._allowed = frozenset(allowed)
        self._resolve = resolve
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Raises AddressRefused besides httpcore's errors."""
        addresses = self._addresses(host, port)
        share = self._deadline.cut(timeout) / max(len(addresses), 1)
        for number, address in enumerate(addresses, start=1):
            try:
                stream = self._sockets.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
            else:
                return _TimedStream(stream, self._deadline)
        raise PassingTrouble(f"the name {host} has no address (DNS)")

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            addresses = find_addresses(self._resolve, host, port)
        except (OSError, UnicodeError) as error:
            raise PassingTrouble(f"the name {host} is not found (DNS: {error})") from error
        if not is_allowed(host, port, self._allowed):
            check_addresses(host, addresses)
        return addresses


class _TimedStream(httpcore.NetworkStream):
    """A connection that no drop by drop answer keeps open for longer than the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.cut(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.cut(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Raises Unreachable for a certificate that is not trusted, PassingTrouble for other failures."""
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.cut(timeout))
        except httpcore.ConnectError as error:
            if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                why = f"is not trusted (TLS: {error.__cause__.verify_message})"
                raise Unreachable(f"the certificate of {server_hostname} {why}") from None
            raise PassingTrouble(f"no secure connection to {server_hostname} (TLS: {error})") from None
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
