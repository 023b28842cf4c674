"""Entries of feeds: who they are, what their text is, when they were published, and hostile documents."""

import html
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.collectors.feed.documents import MOST_ENTRIES
from archive.collectors.feed.posts import parse_page
from archive.contract import Page, Post, Reject, UnreadablePage
from db.words import Precision

SOURCE = "https://ada.example/feed"
SEEN = datetime(2024, 7, 5, 12, tzinfo=UTC)


def page_of(body: str | bytes, **context: str) -> Page:
    raw = body.encode() if isinstance(body, str) else body
    return Page(SOURCE, raw, "application/xml", SEEN, context={"feed": SOURCE, **context})


def rss(items: str, *, head: str = "") -> str:
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>Ada writes</title>{head}{items}</channel></rss>"
    )


def atom(entries: str) -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Ada</title>{entries}</feed>'


def json_feed(*items: Any) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Ada", "items": items})


def parsed(body: str | bytes, **context: str) -> list[Post | Reject]:
    return list(parse_page(page_of(body, **context)))


def the_post(body: str | bytes, **context: str) -> Post:
    [post] = parsed(body, **context)
    assert isinstance(post, Post)
    return post


def published(written: str) -> tuple[datetime, Precision] | None:
    post = the_post(rss(f"<item><title>A</title><pubDate>{written}</pubDate></item>"))
    return (post.published.at, post.published.precision) if post.published else None


# ---- who an entry is --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "identity"),
    [
        ("<guid>https://ada.example/?p=7</guid>", "https://ada.example/?p=7"),
        ("<guid isPermaLink='false'>urn:uuid:7</guid>", "urn:uuid:7"),
        ("<guid isPermaLink='false'>tag:ada.example,2024:7</guid>", "tag:ada.example,2024:7"),
        ("<guid>7</guid><link>https://ada.example/7</link>", f"{SOURCE}#7"),
        ("<guid isPermaLink='false'>7 at ada.example</guid>", f"{SOURCE}#7 at ada.example"),
        ("<link>/7</link>", "https://ada.example/7"),
    ],
)
def test_an_entry_is_who_its_id_says_else_its_link(item: str, identity: str) -> None:
    assert the_post(rss(f"<item><title>A</title>{item}</item>")).post_id == identity


def test_an_entry_without_id_and_link_is_known_by_title_and_date() -> None:
    item = "<item><title>A</title><pubDate>Mon, 01 Jul 2024 09:00:00 GMT</pubDate>{}</item>"
    one = the_post(rss(item.format("<description>Text.</description>")))
    other = the_post(rss(item.format("<description>Edited.</description>")))
    assert one.post_id == other.post_id
    assert one.post_id.startswith(f"{SOURCE}#sha256:")
    third = the_post(rss(item.replace("A</title>", "B</title>").format("")))
    assert third.post_id != one.post_id


def test_entries_that_share_an_id_but_not_a_link_are_not_one() -> None:
    item = (
        "<item><guid>https://ada.example/</guid><link>https://ada.example/{}</link><title>{}</title></item>"
    )
    found = parsed(rss(item.format(1, "A") + item.format(2, "B")))
    ids = [one.post_id for one in found if isinstance(one, Post)]
    assert ids == ["https://ada.example/1", "https://ada.example/2"]


def test_entries_without_id_that_all_link_to_the_site_are_not_one() -> None:
    item = "<item><link>https://ada.example/</link><title>{}</title></item>"
    found = parsed(rss(item.format("A") + item.format("B")))
    assert len({one.post_id for one in found if isinstance(one, Post)}) == 2


def test_entries_with_one_id_are_versions_of_one_post() -> None:
    entry = (
        "<entry><id>tag:a,1:1</id><published>2024-07-01T09:00:00Z</published>"
        "<updated>2024-07-0{}T09:00:00Z</updated><content>{}</content></entry>"
    )
    post = the_post(atom(entry.format(1, "First.") + entry.format(3, "Third.") + entry.format(2, "Second.")))
    assert post.text == "Third."
    assert [version.text for version in post.versions] == ["First.", "Second."]


def test_an_endless_id_counts_by_its_hash() -> None:
    assert len(the_post(rss(f"<item><title>A</title><guid>{'7' * 5000}</guid></item>")).post_id) < 200


# ---- its text ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("<title>A</title><description>B</description>", "A\n\nB"),
        ("<title>A</title>", "A"),
        ("<description>B</description>", "B"),
        ("<title>Vote for us</title><description>Vote for us on Thursday.</description>", None),
        ("<title>Vote for…</title><description>Vote for us on Thursday.</description>", None),
        (
            "<title>A</title><description>short</description><content:encoded>long</content:encoded>",
            "A\n\nlong",
        ),
        ("<title>Tom &amp;amp; Una</title>", "Tom & Una"),
        ("<title>5 &lt; 6</title>", "5 < 6"),
        (
            "<title>A</title><description>&lt;script&gt;x&lt;/script&gt;&lt;p&gt;B&lt;/p&gt;</description>",
            "A\n\nB",
        ),
        ("<description><![CDATA[<p>One</p><p>Two</p>]]></description>", "One\n\nTwo"),
    ],
)
def test_the_text_is_title_and_content_without_markup(item: str, text: str | None) -> None:
    assert the_post(rss(f"<item><guid>1</guid>{item}</item>")).text == (text or "Vote for us on Thursday.")


def test_xhtml_and_plain_content_of_atom_are_read() -> None:
    xhtml = '<div xmlns="http://www.w3.org/1999/xhtml"><p>One &amp; two</p><p>Three</p></div>'
    entry = "<entry><id>tag:a,1:1</id><content type='{}'>{}</content></entry>"
    assert the_post(atom(entry.format("xhtml", xhtml))).text == "One & two\n\nThree"
    assert the_post(atom(entry.format("text", "5 &lt; 6 &amp;amp; 7"))).text == "5 < 6 &amp; 7"


def test_author_language_and_address_are_taken_from_entry_or_feed() -> None:
    item = "<item><title>A</title><link>/1</link>{}</item>"
    post = the_post(rss(item.format("<dc:creator>Ada Quill</dc:creator>"), head="<language>en-gb</language>"))
    assert (post.author_name, post.lang, post.url) == ("Ada Quill", "en-gb", "https://ada.example/1")
    mailed = the_post(rss(item.format("<author>ada@quill.example (Ada Quill)</author>")))
    assert mailed.author_name == "Ada Quill"
    author = "<author><name>Ada Quill</name><email>ada@quill.example</email></author>"
    assert the_post(atom(f"{author}<entry><id>urn:1</id></entry>")).author_name == "Ada Quill"
    assert post.author_platform_id == SOURCE


@pytest.mark.parametrize(
    ("encoding", "declared", "charset"),
    [
        ("utf-8", "", ""),
        ("utf-8", '<?xml version="1.0" encoding="iso-8859-1"?>', ""),
        ("utf-8", "", "iso-8859-1"),
        ("iso-8859-1", '<?xml version="1.0" encoding="iso-8859-1"?>', ""),
        ("cp1252", "", "windows-1252"),
        ("cp1252", "", ""),
        ("utf-16", '<?xml version="1.0" encoding="utf-16"?>', ""),
        ("utf-8-sig", "", "utf-8"),
    ],
)
def test_a_document_is_read_in_its_encoding_whatever_is_said_of_it(
    encoding: str, declared: str, charset: str
) -> None:
    body = f"{declared}{rss('<item><title>Café – Zoë</title></item>')}"
    raw = body.encode(encoding) if encoding != "iso-8859-1" else body.replace("–", "-").encode(encoding)
    context = {"charset": charset} if charset else {}
    assert the_post(raw, **context).text.replace("-", "–") == "Café – Zoë"


def test_one_wrong_byte_spoils_no_other_character() -> None:
    raw = rss("<item><title>Café X</title></item>").encode().replace(b"X", b"\xff")
    assert the_post(raw).text == "Café \ufffd"


# ---- its times --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("Mon, 01 Jul 2024 09:00:00 GMT", "2024-07-01T09:00"),
        ("Mon, 01 Jul 2024 09:00:00 +0200", "2024-07-01T07:00"),
        ("Mon, 01 Jul 2024 09:00:00 EST", "2024-07-01T14:00"),
        ("1 Jul 2024 09:00:00 GMT", "2024-07-01T09:00"),
        ("2024-07-01T09:00:00+02:00", "2024-07-01T07:00"),
        ("Mon, 01 Jul 2024 09:00:00", "2024-07-01"),
        ("2024-07-01 23:30:00", "2024-07-01"),
        ("2024-07-01", "2024-07-01"),
        ("yesterday", None),
        ("2024-07", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Fri, 01 Jul 2044 09:00:00 GMT", None),
        ("Wed, 30 Nov -0001 00:00:00 +0000", None),
        ("Mon, 99 Jul 2024 99:00:00 GMT", None),
        ("", None),
    ],
)
def test_a_date_is_believed_as_far_as_it_goes(written: str, at: str | None) -> None:
    found = published(written)
    if at is None:
        assert found is None
        return
    expected = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert found == (expected, Precision.SECOND if "T" in at else Precision.DAY)


def test_a_clock_that_is_a_little_ahead_is_believed() -> None:
    found = published((SEEN + timedelta(hours=3)).isoformat())
    assert found is not None


def test_an_entry_that_says_only_when_it_was_updated_was_published_then() -> None:
    post = the_post(atom("<entry><id>urn:1</id><updated>2024-07-01T09:00:00Z</updated></entry>"))
    assert post.published is not None
    assert post.published.at == datetime(2024, 7, 1, 9, tzinfo=UTC)
    assert post.edited is None


# ---- JSON Feed --------------------------------------------------------------------------------------


def test_items_of_a_json_feed_are_read() -> None:
    item = {
        "id": 12345678901234567890,
        "url": "https://ada.example/1",
        "title": "A",
        "content_text": "Text\nof two lines.",
        "date_published": "2024-07-01T09:00:00Z",
        "authors": [{"name": "Ada Quill"}],
        "language": "en",
        "unknown": {"ignored": True},
    }
    post = the_post(json_feed(item))
    assert (post.post_id, post.text) == (f"{SOURCE}#12345678901234567890", "A\n\nText\nof two lines.")
    assert (post.author_name, post.lang, post.url) == ("Ada Quill", "en", "https://ada.example/1")


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"title": "A"}, "no id"),
        ({"id": 1.5}, "id is float"),
        ({"id": True}, "id is bool"),
        ({"id": "1", "content_text": 7}, "content_text is int"),
        ("text", "no item but str"),
    ],
)
def test_an_item_that_is_none_is_rejected_by_its_field(item: Any, reason: str) -> None:
    [reject] = parsed(json_feed(item))
    assert isinstance(reject, Reject)
    assert reject.reason == reason


# ---- what is no feed, and what is hostile -----------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   \n",
        b"/etc/passwd",
        b"<!doctype html><title>Back soon</title>",
        b"<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>",
        b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>",
        b"<opml version='2.0'><body/></opml>",
        b'{"version": "1.0", "items": []}',
        b'{"version": "https://jsonfeed.org/version/1.1"}',
        b"[]",
        b"[" * 100_000,
        b"\x00\x01\x02" * 1000,
        bytes(range(256)) * 100,
        b"<x " + b" ".join(b"a%d='1'" % number for number in range(20_000)) + b"/>",
        b"<rss version='2.0'>" + b" " * 9_000_000,
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_is_no_feed_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadablePage) as error:
        parsed(body)
    assert error.value.page is not None


def test_a_feed_with_mistakes_gives_what_can_be_read() -> None:
    bozo = rss("<item><title>Tom & Una</title><guid>1</guid></item><item><title>B</b><guid>2</guid></item>")
    found = parsed(bozo)
    assert next(one.text for one in found if isinstance(one, Post)) == "Tom & Una"
    assert len(found) == 2
    wrong = rss("<item><title>A & B &#99999999999; &#xD800; &#x110000; &#0;</title></item>")
    assert the_post(wrong).text.startswith("A & B \ufffd")


def test_an_element_over_which_the_parser_stumbles_costs_no_entry() -> None:
    item = "<item><guid>1</guid><title>A</title></item>"
    place = "<item><guid>2</guid><title>B</title><georss:polygon>1 2 3</georss:polygon></item>"
    assert [one.text for one in parsed(rss(item + place)) if isinstance(one, Post)] == ["A", "B"]
    assert the_post(rss(f"<textinput/>{item}</textinput>")).text == "A"


def test_entities_neither_expand_without_end_nor_read_files() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "ha">{levels}]>{rss("<item><guid>1</guid><title>&e9;</title></item>")}'
    assert all(len(one.text) < 1000 for one in parsed(bomb) if isinstance(one, Post))
    outside = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>{rss("<item><guid>1</guid><title>&e;</title></item>")}'
    assert all("root" not in one.text for one in parsed(outside) if isinstance(one, Post))


def test_more_entries_than_any_feed_has_are_told_and_not_read() -> None:
    found = parsed(rss("<item><guid>{}</guid></item>" * (MOST_ENTRIES + 5)))
    assert isinstance(found[-1], Reject)
    assert "5 more entries" in found[-1].reason
    items = [{"id": str(number)} for number in range(MOST_ENTRIES + 5)]
    assert len(parsed(json_feed(*items))) == MOST_ENTRIES + 1


LONG = 50_000
WORDS = {
    "one word": "a" * LONG,
    "digits": "1" * LONG,
    "brackets": "<" * LONG,
    "tags": "<a " * LONG,
    "comments": "<!--" * LONG,
    "nested": "<div>" * LONG,
    "emoji": "\U0001f389" * LONG,
    "combining": "e" + "\u0301" * LONG,
    "mails": "a@" * LONG,
    "ampersands": "&" * LONG,
    "megabyte": "word " * 200_000,
}


PLACES = ("title", "description", "author", "dc:creator", "pubDate", "guid", "link", "category")


def read_in_any_place(words: str) -> list[Post | Reject]:
    text = html.escape(words)
    items = "".join(f"<item><guid>{place}</guid><{place}>{text}</{place}></item>" for place in PLACES)
    found = parsed(rss(items)) if len(text) * len(PLACES) < 7_000_000 else []
    return [*found, *parsed(rss(f"<item><guid>1</guid><description>{words}</description></item>"))]


def calls_of(read: Callable[[], object]) -> int:
    """How many functions are called meanwhile: the same number on any machine, however busy it is."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        read()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("name", WORDS)
def test_any_text_in_any_place_ends_in_bounded_time(name: str) -> None:
    """Twice the text is twice the work, with room. What is worse within one call, the whole would not end."""
    words = WORDS[name]
    some = calls_of(lambda: read_in_any_place(words[: len(words) // 20]))
    twice = calls_of(lambda: read_in_any_place(words[: len(words) // 10]))
    assert twice <= 3 * some + 1000
    assert all(isinstance(one, (Post, Reject)) for one in read_in_any_place(words))


def test_a_long_word_is_kept_as_it_is() -> None:
    assert the_post(rss(f"<item><title>{'a' * 5000}</title></item>")).text == "a" * 5000


def test_control_characters_and_half_surrogates_do_not_reach_the_archive() -> None:
    post = the_post(json_feed({"id": "1\0", "title": "A\ud800\0", "content_html": "<p>\ud800</p>"}))
    assert post.text.encode()
    assert "\0" not in post.text + post.post_id
    assert the_post(rss("<item><title>A\x08B</title></item>")).text == "AB"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
FIELDS = (
    *("id", "url", "external_url", "title", "content_text", "content_html", "summary", "language"),
    *("date_published", "date_modified", "authors", "author"),
)


@given(field=st.sampled_from(FIELDS), value=anything)
@settings(max_examples=150, deadline=None)
def test_whatever_a_json_item_holds_it_is_a_post_or_a_reject(field: str, value: Any) -> None:
    found = parsed(json_feed({"id": "1", "title": "A"}, {"id": "2", "title": "B", field: value}))
    assert len(found) in (1, 2)  # The second may have the first one's id.
    assert all(isinstance(one, (Post, Reject)) for one in found)


SOUND = (
    "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'b'>]>"
    + rss(
        "<item><guid>1</guid><title>A &amp; B</title><description><![CDATA[<p>C</p>]]></description></item>"
        * 2
    )
).encode()


@given(
    start=st.integers(0, len(SOUND)),
    length=st.integers(0, 40),
    put=st.binary(max_size=12)
    | st.sampled_from([b"<", b"]]>", b"&#x;", b"<!--", b"<item>", b"</item>", b"\0"]),
)
@settings(max_examples=300, deadline=None)
def test_however_a_feed_is_damaged_it_is_read_or_said_to_be_none(start: int, length: int, put: bytes) -> None:
    try:
        found = parsed(SOUND[:start] + put + SOUND[start + length :])
    except UnreadablePage:
        return
    assert all(isinstance(one, (Post, Reject)) for one in found)
    assert all(one.text.encode() is not None for one in found if isinstance(one, Post))
