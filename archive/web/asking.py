"""What is sent to whom: one request, and the next one where a redirect leads on."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

import httpx

from archive.contract import AddressRefused, Credential, Response, SourceRefused, Unreachable
from archive.web.addresses import check_url, host_of, is_allowed, port_of
from archive.web.redaction import hidden, secret_of, shown
from archive.web.standing import Key

PASSING = frozenset({408, 425, 429})
"""Statuses below 500 with which trouble passes; from 500 on it is all of them."""

TRAVELLING = frozenset({"accept", "accept-language", "if-modified-since", "if-none-match"})
"""Headers that go along when a redirect leads to another host; any other may be a credential."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as its caller wants it."""

    url: httpx.URL
    headers: Mapping[str, str] = field(repr=False)
    credential: Credential | None
    bucket: str
    retry: frozenset[int]
    final: Callable[[Response], bool] | None = None

    @property
    def key(self) -> Key:
        """Whose limit it counts against."""
        return Key(host_of(self.url), self.credential.name if self.credential else "", self.bucket)

    @property
    def secret(self) -> str:
        """What must not come back; empty where there is no credential."""
        return secret_of(self.credential)

    def is_passing(self, status: int) -> bool:
        """Whether a status asks for another try."""
        return status >= 500 or status in PASSING or status in self.retry

    def sent(self, agent: str) -> dict[str, str]:
        """All headers but Host."""
        named = {name.title(): value for name, value in self.headers.items()}
        if self.credential:
            named[self.credential.header.title()] = self.credential.value
        return {"User-Agent": agent, "Accept": "*/*", **named, "Accept-Encoding": "gzip"}


def check_headers(asked: Asked, allowed: Collection[str]) -> None:
    """Refuse what no header can carry, and a credential that everybody could read on the way.

    Raises AddressRefused and SourceRefused.
    """
    for name, value in asked.headers.items():
        if not _is_clean(name + value):
            raise AddressRefused(f"{shown(asked.url)}: no header can carry what {name!r} is to hold")
    if not asked.credential:
        return
    if not _is_clean(asked.credential.header + asked.credential.value):
        raise SourceRefused(f"{asked.credential.name} holds characters that no header can carry")
    if asked.url.scheme != "https" and not is_allowed(asked.url.host, port_of(asked.url), allowed):
        raise AddressRefused(f"{shown(asked.url)}: {asked.credential.name} is sent over https alone")


def led_to(asked: Asked, to: str) -> Asked:
    """The next request of a redirect; credentials stay with the host that they were meant for.

    Raises AddressRefused where it leads to an address that is not read.
    """
    try:
        url = check_url(str(asked.url.join(to)))
    except (httpx.InvalidURL, UnicodeError):
        raise Unreachable(f"{shown(asked.url)} leads to no address") from None
    except AddressRefused as error:
        raise AddressRefused(f"{shown(asked.url)} leads to {hidden(str(error), asked.secret)}") from None
    if _is_same_host(asked.url, url):
        return replace(asked, url=url)
    travelling = {name: value for name, value in asked.headers.items() if name.lower() in TRAVELLING}
    return replace(asked, url=url, headers=travelling, credential=None)


def _is_same_host(one: httpx.URL, other: httpx.URL) -> bool:
    """Whether what was meant for one address may go to the other: same host and port, not less secure."""
    if one.host != other.host:
        return False
    ports = (port_of(one), port_of(other))
    if one.scheme == other.scheme:
        return ports[0] == ports[1]
    return other.scheme == "https" and ports == (80, 443)


def _is_clean(value: str) -> bool:
    """Whether a header may hold a value (visible ASCII and blanks)."""
    return value.isascii() and value.isprintable()
