"""Handles, ids and addresses of accounts on each platform."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.ballots.rows import AccountRow
from archive.platforms import (
    BY_NAME,
    WrongAccount,
    account_at,
    account_row,
    find_account,
    looks_like_feed,
    platform_named,
)

CHANNEL = "UCabcdefghijklmnopqrstuv"

HANDLES = [
    ("x", "@AdaQuill", "AdaQuill"),
    ("x", "12345", "12345"),
    ("bluesky", "ada.bsky.social", "ada.bsky.social"),
    ("mastodon", "@ada@social.example", "ada@social.example"),
    ("telegram", "adaquill", "adaquill"),
    ("youtube", "@ada-quill", "ada-quill"),
    ("youtube", "@Ädä.Quill", "Ädä.Quill"),
    ("instagram", "ada.quill", "ada.quill"),
    ("facebook", "ada.quill", "ada.quill"),
    ("threads", "@ada.quill", "ada.quill"),
    ("tiktok", "@ada.quill", "ada.quill"),
    ("feed", "https://ada.example/feed.xml", "https://ada.example/feed.xml"),
    ("tumblr", "@ada", "ada"),
]

IDS = [
    ("bluesky", "did:plc:abcdefghijklmnopqrstuvwx"),
    ("youtube", CHANNEL),
    ("telegram", "-1001234567890"),
]

NO_HANDLES = [
    ("x", "ada quill"),
    ("x", "ada-quill"),
    ("x", "https://bsky.app/profile/ada.example"),
    ("x", "https://x.com/ada/status/1"),
    ("bluesky", "ada"),
    ("mastodon", "ada"),
    ("mastodon", "@ada@social"),
    ("telegram", "ada"),
    ("telegram", "ada.quill"),
    ("youtube", "https://www.youtube.com/user/AdaQuill"),
    ("youtube", "https://www.youtube.com/watch?v=abcdefghijk"),
    ("facebook", "https://www.facebook.com/groups/12345/"),
    ("feed", "ada"),
    ("feed", "file:///etc/passwd"),
    ("tumblr", "two words"),
]

ADDRESSES = [
    ("https://x.com/AdaQuill", ("x", "AdaQuill", None)),
    ("https://twitter.com/AdaQuill?lang=en", ("x", "AdaQuill", None)),
    ("https://x.com/i/user/77", ("x", None, "77")),
    ("https://bsky.app/profile/ada.example", ("bluesky", "ada.example", None)),
    ("https://bsky.app/profile/did:plc:abc", ("bluesky", None, "did:plc:abc")),
    ("https://social.example/@ada", ("mastodon", "ada@social.example", None)),
    ("https://social.example/@ada@other.example", ("mastodon", "ada@other.example", None)),
    ("https://social.example/users/ada/", ("mastodon", "ada@social.example", None)),
    ("http://social.example:8080/@ada", ("mastodon", "ada@social.example:8080", None)),
    ("https://t.me/adaquill", ("telegram", "adaquill", None)),
    ("https://t.me/s/adaquill", ("telegram", "adaquill", None)),
    ("https://www.youtube.com/@ada-quill/videos", ("youtube", "ada-quill", None)),
    (f"https://youtube.com/channel/{CHANNEL}", ("youtube", None, CHANNEL)),
    ("https://www.youtube.com/@%C3%84d%C3%A4", ("youtube", "Ädä", None)),
    ("https://www.instagram.com/ada.quill/", ("instagram", "ada.quill", None)),
    ("https://www.threads.net/@ada.quill", ("threads", "ada.quill", None)),
    ("https://www.tiktok.com/@ada.quill", ("tiktok", "ada.quill", None)),
    ("https://www.facebook.com/ada.quill?fref=ts", ("facebook", "ada.quill", None)),
    ("https://ada.example/blog/feed/", ("feed", "https://ada.example/blog/feed/", None)),
    ("https://ada.example/news.rss", ("feed", "https://ada.example/news.rss", None)),
]

NO_ACCOUNTS = [
    "https://x.com/home",
    "https://t.me/joinchat",
    "https://www.instagram.com/p/abc/",
    "https://medium.com/@ada",
    "https://ada.example/",
    "ftp://ada.example/feed.xml",
    "https://[::1/@ada",
    "ada",
    "",
    "https://x.com/two words",
]


@pytest.mark.parametrize(("platform", "text", "handle"), HANDLES)
def test_a_handle_is_taken_with_and_without_at_sign(platform: str, text: str, handle: str) -> None:
    assert account_row(platform, text) == AccountRow(platform, handle)


@pytest.mark.parametrize(("platform", "text"), IDS)
def test_an_immutable_id_that_no_handle_can_be_is_taken_for_the_id(platform: str, text: str) -> None:
    assert account_row(platform, text) == AccountRow(platform, None, text)


@pytest.mark.parametrize(("platform", "text"), NO_HANDLES)
def test_what_is_no_handle_of_the_platform_is_refused_with_what_one_looks_like(
    platform: str, text: str
) -> None:
    looks = BY_NAME[platform].looks if platform in BY_NAME else "without blanks"
    with pytest.raises(WrongAccount) as refused:
        account_row(platform, text)
    assert looks in str(refused.value)
    assert find_account(platform, text) is None


@pytest.mark.parametrize(("address", "named"), ADDRESSES)
def test_the_address_of_its_page_names_an_account(
    address: str, named: tuple[str, str | None, str | None]
) -> None:
    row = account_at(address)
    assert row is not None
    assert (row.platform, row.handle, row.platform_id) == named
    assert row.url == (None if row.platform == "feed" else address)


@pytest.mark.parametrize("address", NO_ACCOUNTS)
def test_other_addresses_name_none(address: str) -> None:
    assert account_at(address) is None


def test_an_id_of_another_shape_is_refused() -> None:
    with pytest.raises(WrongAccount, match="no immutable id"):
        account_row("bluesky", "ada.example", platform_id="77")


def test_an_id_beside_an_address_that_names_another_is_refused() -> None:
    with pytest.raises(WrongAccount, match="names 77, not 78"):
        account_row("x", "https://x.com/i/user/77", platform_id="78")


def test_an_id_alone_is_enough_and_nothing_is_too_little() -> None:
    assert account_row("x", None, platform_id="77") == AccountRow("x", None, "77")
    with pytest.raises(WrongAccount, match="needs a platform and a handle"):
        account_row("x", " ")


@pytest.mark.parametrize(
    ("name", "meant"), [("twitter", "x"), ("RSS", "feed"), ("mastadon", "mastodon"), ("blue sky", None)]
)
def test_a_slip_in_a_platforms_name_is_refused_and_the_name_told(name: str, meant: str | None) -> None:
    with pytest.raises(WrongAccount, match=f"write {meant}" if meant else "no name of a platform"):
        platform_named(name)


def test_a_platform_of_a_plug_in_is_taken_as_it_is() -> None:
    assert platform_named(" Gab ") == "gab"


@given(st.text(max_size=600) | st.from_regex(r"https?://[a-z.]{1,20}/[@\w/.?-]{0,600}"))
def test_any_text_is_an_account_or_none(text: str) -> None:
    row = account_at(text)
    assert row is None or row.handle or row.platform_id
    for platform in BY_NAME:
        found = find_account(platform, text)
        assert found is None or found.platform == platform


@pytest.mark.parametrize("text", ["a." * 50_000, "@" * 100_000, "https://a.example/" + "a/" * 50_000])
def test_long_input_is_no_account(text: str) -> None:
    assert account_at(text) is None
    assert all(find_account(platform, text) is None for platform in BY_NAME)
    assert not looks_like_feed(text)
