"""Which addresses may be read: http(s), without credentials in them, and only on the public internet."""

import socket
from collections.abc import Callable, Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpx

from archive.contract import AddressRefused
from archive.web.redaction import shown, without_userinfo

PORTS = {"http": 80, "https": 443}
"""The schemes that are read, and their own ports."""

NOT_PUBLIC_IPV4: dict[str, str] = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared by a carrier's customers",
    "127.0.0.0/8": "this machine",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "reserved for protocols",
    "192.0.2.0/24": "documentation",
    "192.88.99.0/24": "6to4 relays",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "benchmarks",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
}
"""IANA's IPv4 Special-Purpose Address Registry, and multicast."""

NOT_PUBLIC_IPV6: dict[str, str] = {
    "2001::/23": "reserved for protocols",
    "2001:db8::/32": "documentation",
    "3fff::/20": "documentation",
}
"""IANA's IPv6 Special-Purpose Address Registry, as far as it lies within global unicast."""

GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that IANA gives out: loopback, private, link-local, multicast and mapped ones lie outside."""

EMBEDDING: dict[str, int] = {
    "2002::/16": 80,
    "64:ff9b::/96": 0,
    "::ffff:0:0/96": 0,
}
"""IPv6 networks that stand for IPv4 (6to4, NAT64, mapped) -> bits to the right of the IPv4 address."""

Resolved = list[tuple[Any, Any, Any, Any, Any]]
Resolve = Callable[..., Resolved]
"""Shaped like socket.getaddrinfo."""

_IPV4 = {IPv4Network(network): why for network, why in NOT_PUBLIC_IPV4.items()}
_IPV6 = {IPv6Network(network): why for network, why in NOT_PUBLIC_IPV6.items()}
_EMBEDDING = {IPv6Network(network): shift for network, shift in EMBEDDING.items()}


def check_url(text: str) -> httpx.URL:
    """An address that may be asked for, without its fragment. Raises AddressRefused."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise AddressRefused(f"{without_userinfo(text)[:200]!r} is not an address: {error}") from None
    if url.scheme not in PORTS:
        raise AddressRefused(f"{shown(url)[:200]}: only http and https are read")
    if not url.host or not 0 < port_of(url) < 1 << 16:
        raise AddressRefused(f"{shown(url)[:200]}: not the address of a server")
    if url.userinfo:
        raise AddressRefused(f"{shown(url)[:200]}: an address must not hold a name or password")
    return url.copy_with(fragment=None)


def port_of(url: httpx.URL) -> int:
    """The port that is connected to."""
    return url.port if url.port is not None else PORTS[url.scheme]


def host_of(url: httpx.URL) -> str:
    """The host as limits are kept by: with its port where that is not the scheme's own."""
    return url.netloc.decode("ascii").lower()


def is_allowed(host: str, port: int, allowed: Collection[str]) -> bool:
    """Whether the user allowed a host, or that port of it, although it is not public."""
    name = f"[{host}]" if ":" in host else host
    return any(one.lower() in (host, name, f"{name}:{port}") for one in allowed)


def why_not_public(address: str) -> str | None:
    """Why an IP address (text) is not one of the public internet; None where it is."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv4Address):
        return next((why for network, why in _IPV4.items() if ip in network), None)
    for network, shift in _EMBEDDING.items():
        if ip in network:
            return why_not_public(str(IPv4Address(int(ip) >> shift & 0xFFFF_FFFF)))
    if ip not in GLOBAL_UNICAST:
        return _outside(ip)
    return next((why for network, why in _IPV6.items() if ip in network), None)


def find_addresses(resolve: Resolve, host: str, port: int) -> list[str]:
    """The IP addresses of a host, each once. Raises OSError or UnicodeError where there are none."""
    found = resolve(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def check_addresses(host: str, addresses: Collection[str]) -> None:
    """Raise AddressRefused unless all addresses that a name has are public."""
    for address in addresses:
        if why := why_not_public(address):
            raise AddressRefused(
                f"{host} is at {address}, which is not public ({why}): it is read only where it is allowed"
            )


def _outside(ip: IPv6Address) -> str:
    for said, why in ((ip.is_loopback, "this machine"), (ip.is_link_local, "link-local")):
        if said:
            return why
    return "multicast" if ip.is_multicast else "private" if ip in ip_network("fc00::/7") else "reserved"
