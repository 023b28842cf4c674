"""One POST to the address that the user named: sent once, answered within bounds, led nowhere else."""

import socket
import ssl
from collections.abc import Callable, Collection, Mapping
from contextlib import closing

import httpx

from archive.contract import AddressRefused, Response, Unreachable
from archive.contract.web import HTTP_OK
from archive.web.addresses import Resolve, check_url
from archive.web.bodies import read_body
from archive.web.network import Head, Limits, Wire
from archive.web.opening import agent_of, trusted
from archive.web.passing import PassingTrouble
from archive.web.polite import REDIRECTS
from archive.web.quiet import quiet
from archive.web.redaction import shown
from archive.web.waiting import SystemClock


def post_once(
    url: str,
    content: bytes,
    *,
    headers: Mapping[str, str],
    release: str,
    contact: str | None = None,
    allowed: Collection[str] = (),
    limits: Limits | None = None,
    resolve: Resolve = socket.getaddrinfo,
    tls: Callable[[], ssl.SSLContext] = trusted,
) -> Response:
    """The answer of status 200. No credential, cookie or proxy is used; see open_web for the options.

    A redirect is not followed: what is sent was meant for the address that was named.

    Raises Unreachable (also for any other status), AddressRefused, TooLarge.
    """
    limits = limits or Limits()
    checked = check_url(url)
    sent = {"User-Agent": agent_of(release, contact), **headers, "Accept-Encoding": "gzip"}
    with quiet(), closing(Wire(limits, allowed, resolve, tls)) as wire:
        wire.restart()
        try:
            with wire.post(checked, sent, content) as head:
                return _answer(checked, head, limits.body)
        except PassingTrouble as trouble:
            raise Unreachable(str(trouble)) from None


def _answer(url: httpx.URL, head: Head, cap: int) -> Response:
    if head.status in REDIRECTS:
        raise Unreachable(f"{shown(url)} answers {head.status}{_leading(url, head)}, which is not followed")
    if head.status != HTTP_OK:
        raise Unreachable(f"{shown(url)} answers {head.status}")
    return Response(
        url=shown(url),
        status=head.status,
        headers=head.headers,
        body=read_body(head.headers, head.chunks, cap),
        retrieved_at=SystemClock().now(),
    )


def _leading(url: httpx.URL, head: Head) -> str:
    """Where a redirect leads, for the user to name it; empty where that is no address."""
    try:
        return f" and leads to {shown(check_url(str(url.join(head.headers.get('location', '')))))[:200]}"
    except (httpx.InvalidURL, UnicodeError, AddressRefused):
        return ""
