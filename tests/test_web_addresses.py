"""archive.web.addresses: only http(s), and only what lies on the public internet."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.contract import AddressRefused
from archive.web.addresses import check_addresses, check_url, host_of, is_allowed, why_not_public

NOT_PUBLIC = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.31.255.255",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.251",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]

PUBLIC = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_of_this_machine_and_of_private_networks_are_refused_in_every_form(address: str) -> None:
    assert why_not_public(address)
    with pytest.raises(AddressRefused, match=r"a\.example is at .*not public"):
        check_addresses("a.example", ["8.8.8.8", address])


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_read(address: str) -> None:
    assert why_not_public(address) is None


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_what_is_read_is_global_and_no_group(address: IPv4Address | IPv6Address) -> None:
    """Held against Python's own reading of IANA's registries."""
    if why_not_public(str(address)) is None:
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_in_an_ipv6_one_is_judged_as_itself(address: IPv4Address) -> None:
    why = why_not_public(str(address))
    number = int(address)
    for network, shift in (("::ffff:0:0", 0), ("64:ff9b::", 0), ("2002::", 80)):
        embedded = IPv6Address(int(ip_address(network)) | number << shift)
        assert why_not_public(str(embedded)) == why


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/passwd", "only http and https"),
        ("ftp://example.org/", "only http and https"),
        ("gopher://example.org/", "only http and https"),
        ("example.org/feed", "only http and https"),
        ("//example.org/feed", "only http and https"),
        ("http://", "not the address of a server"),
        ("http:///feed", "not the address of a server"),
        ("http://example.org:0/", "not the address of a server"),
        ("http://example.org:99999/", "not the address of a server"),
        ("http://[::1/", "not an address"),
        ("http://exa\nmple.org/", "not an address"),
        ("https://name:secretword@example.org/", "name or password"),
        ("https://secretword@example.org/", "name or password"),
    ],
)
def test_what_is_not_the_address_of_a_server_is_refused(url: str, why: str) -> None:
    with pytest.raises(AddressRefused, match=why) as refused:
        check_url(url)
    assert "secretword" not in str(refused.value)


@given(st.text(max_size=60).map(lambda text: f"http://{text}"))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        url = check_url(text)
    except AddressRefused:
        return
    assert url.host
    assert not url.userinfo


def test_a_fragment_is_not_sent() -> None:
    assert str(check_url("https://example.org/feed?x=1#top")) == "https://example.org/feed?x=1"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Example.org/x", "example.org"),
        ("https://example.org:443/x", "example.org"),
        ("http://example.org:443/x", "example.org:443"),
        ("http://[2606:4700::1111]:8080/", "[2606:4700::1111]:8080"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
    ],
)
def test_limits_are_kept_by_host_and_by_port_where_it_is_another(url: str, host: str) -> None:
    assert host_of(check_url(url)) == host


@pytest.mark.parametrize(
    ("allowed", "answer"),
    [
        (["127.0.0.1"], True),
        (["127.0.0.1:8080"], True),
        (["127.0.0.1:8081"], False),
        (["localhost"], False),
        ([], False),
    ],
)
def test_a_host_is_allowed_by_name_or_by_name_and_port(allowed: list[str], answer: bool) -> None:
    assert is_allowed("127.0.0.1", 8080, allowed) is answer


def test_an_ipv6_host_is_allowed_with_and_without_brackets() -> None:
    assert is_allowed("::1", 80, ["::1"])
    assert is_allowed("::1", 80, ["[::1]:80"])
