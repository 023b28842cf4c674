"""Pages of Bluesky's servers: each record is a post or a rejection that says why, whatever it holds."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.atproto.addresses import handle_of, record_address
from archive.atproto.records import published_at
from archive.collectors.bluesky import AppViewCollector, RepositoryCollector
from archive.collectors.bluesky.feed import cursor_above, read_feed
from archive.contract import Page, Post, Reject, UnreadablePage
from db.models import now

RECORDED = Path(__file__).parent / "fixtures" / "bluesky"
"""Answers of a network of Bluesky's own servers (PDS, AppView), run for the purpose; texts are ours."""

ANNA = "did:plc:m6sgjkbkfjljvatx4kr3zpff"
BEN = "did:plc:bkyzxy7yrgs3v23rumxbif6j"
KEY = "3n2zauellrs2x"
URI = f"at://{ANNA}/app.bsky.feed.post/{KEY}"
OTHER = f"at://{BEN}/app.bsky.feed.post/3n2zaueqh2k2x"
RECORD = {"$type": "app.bsky.feed.post", "text": "We won.", "createdAt": "2026-11-23T23:10:54.344Z"}


def page(value: Any, **context: str) -> Page:
    """A page of the collection of posts, unless the context says otherwise."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    said = {"did": ANNA, "holds": "listing", "collection": "app.bsky.feed.post", **context}
    return Page("https://pds.example", body, "application/json", now(), context=said)


def listed(*values: Any, **context: str) -> list[Post | Reject]:
    """These records in one listing, parsed."""
    records = [{"uri": URI, "cid": "bafy", "value": value} for value in values]
    return list(RepositoryCollector().parse(page({"records": records}, **context)))


def one(value: Any) -> Post:
    (post,) = listed(value)
    assert isinstance(post, Post), post
    return post


def item(record: Any = RECORD, *, uri: str = URI, **more: Any) -> dict[str, Any]:
    """An item of a feed."""
    author = {"did": ANNA, "handle": "anna.test", "displayName": "Anna"}
    view = {"uri": uri, "author": author, "record": record, "indexedAt": "2026-11-23T23:10:54.500Z"}
    return {"post": {**view, **more.pop("view", {})}, **more}


def fed(*items: Any) -> list[Post | Reject]:
    return list(AppViewCollector().parse(page({"feed": items}, holds="feed")))


# ---- as recorded -----------------------------------------------------------------------------------


def test_a_recorded_listing_is_read_whole() -> None:
    body = (RECORDED / "pds_listRecords_after_edit_and_delete.json").read_bytes()
    posts = list(RepositoryCollector().parse(page(body)))

    assert len(posts) == 9
    assert all(isinstance(post, Post) for post in posts)
    texts = {post.post_id: post.text for post in posts if isinstance(post, Post)}
    assert texts[f"at://{ANNA}/app.bsky.feed.post/my-own-key"] == "unvalidated key"


def test_a_recorded_repost_is_read() -> None:
    body = (RECORDED / "pds_listRecords_reposts.json").read_bytes()
    (post,) = RepositoryCollector().parse(page(body, collection="app.bsky.feed.repost"))

    assert isinstance(post, Post)
    assert (post.repost_of, post.text, post.url) == (OTHER, "", None)


def test_a_recorded_feed_is_read_and_its_pinned_post_has_no_place() -> None:
    kept = page((RECORDED / "appview_getAuthorFeed_includePins.json").read_bytes(), holds="feed")
    pinned, newest, _, _, repost = AppViewCollector().parse(kept)
    positions = read_feed(kept).positions

    assert isinstance(pinned, Post)
    assert isinstance(newest, Post)
    assert isinstance(repost, Post)
    assert (newest.author_handle, newest.author_name) == ("anna.test", "Anna of the Harbour")
    assert repost.post_id == f"at://{ANNA}/app.bsky.feed.repost/3n2zauerp3s2x"
    assert (repost.repost_of, repost.text) == (OTHER, "Ben says thanks to all the tellers")
    assert repost.author_handle == "anna.test"
    assert positions[0] == "2026-11-23T23:10:54.878Z"
    assert list(positions) == sorted(positions, reverse=True)
    assert len(positions) == 4


# ---- records ---------------------------------------------------------------------------------------


def test_a_quoted_post_is_named_by_its_author_and_address() -> None:
    plain = {"$type": "app.bsky.embed.record", "record": {"uri": OTHER, "cid": "bafy"}}
    media = {"$type": "app.bsky.embed.recordWithMedia", "record": {"record": {"uri": OTHER}}, "media": {}}

    for embed in (plain, media):
        post = one({**RECORD, "embed": embed})
        assert (post.quoted, post.quoted_post) == (BEN, OTHER)


def test_embedded_images_and_lists_are_no_quotes_and_their_texts_not_the_posts() -> None:
    images = {"$type": "app.bsky.embed.images", "images": [{"alt": "A harbour"}]}
    some_list = {"$type": "app.bsky.embed.record", "record": {"uri": f"at://{BEN}/app.bsky.graph.list/3l"}}

    for embed in (images, some_list):
        post = one({**RECORD, "embed": embed})
        assert (post.quoted, post.quoted_post, post.text) == (None, None, "We won.")


@pytest.mark.parametrize(
    "claimed",
    [
        None,
        "",
        "yesterday",
        1720161000,
        "2024-13-40T00:00:00Z",
        "0000-00-00",
        "9" * 100_000,
        "2024-01-01T00:00",
    ],
)
def test_a_time_that_is_none_does_not_lose_the_post(claimed: Any) -> None:
    assert one({**RECORD, "createdAt": claimed}).published is None
    assert published_at("2024-07-05T06:30:00+02:00") is not None


@pytest.mark.parametrize(
    ("langs", "lang"),
    [(["cy", "en"], "cy"), ([], None), (None, None), ("en", None), ([7], None), (["<b>"], None)],
)
def test_the_language_is_the_first_that_the_author_names(langs: Any, lang: str | None) -> None:
    assert one({**RECORD, "langs": langs}).lang == lang


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({**RECORD, "$type": "app.bsky.feed.like"}, "$type: 'app.bsky.feed.like'"),
        ({"text": "We won."}, "$type: 'None'"),
        ({**RECORD, "text": None}, "text: a text is needed, not nothing"),
        ({**RECORD, "text": ["We won."]}, "text: a text is needed, not list"),
        ({**RECORD, "text": "We\0won."}, "text: holds a NUL byte"),
        ({**RECORD, "reply": {}}, "reply.parent.uri: no address"),
        ({**RECORD, "reply": {"parent": {"uri": "https://bsky.app"}}}, "reply.parent.uri: no address"),
        ({**RECORD, "embed": {"$type": "app.bsky.embed.record"}}, "embed.record.uri: no address"),
        (None, "a record is needed, not nothing"),
        ([RECORD], "a record is needed, not list"),
    ],
)
def test_a_record_that_lacks_what_it_needs_is_rejected_by_the_fields_name(value: Any, reason: str) -> None:
    before, rejected, after = listed(RECORD, value, RECORD)

    assert isinstance(before, Post)
    assert isinstance(rejected, Reject)
    assert isinstance(after, Post)
    assert rejected.reason.startswith(reason)
    assert rejected.position == "item 2"


@pytest.mark.parametrize("uri", [None, 7, "", "at://", OTHER, URI.replace("post", "repost"), f"{URI}/x"])
def test_a_record_of_another_account_or_collection_is_rejected(uri: Any) -> None:
    kept = page({"records": [{"uri": uri, "value": RECORD}, "no object"]})
    records = list(RepositoryCollector().parse(kept))

    assert [type(record) for record in records] == [Reject, Reject]


def test_hostile_texts_are_kept_as_they_are() -> None:
    for text in ("<script>alert(1)</script>", "\u202e\u0007", "x" * 1_000_000, "\U0001f5f3" * 100_000):
        assert one({**RECORD, "text": text}).text == text


def test_half_a_surrogate_pair_becomes_a_replacement_character() -> None:
    assert one({**RECORD, "text": "\ud83d!"}).text == "\ufffd!"


# ---- feeds -----------------------------------------------------------------------------------------


def test_the_feed_names_quoted_authors_by_handle() -> None:
    embed = {"$type": "app.bsky.embed.record", "record": {"uri": OTHER}}
    view = {"embed": {"$type": "app.bsky.embed.record#view", "record": {"author": {"handle": "ben.test"}}}}
    (post,) = fed(item({**RECORD, "embed": embed}, view=view))

    assert isinstance(post, Post)
    assert (post.quoted, post.quoted_post) == ("ben.test", OTHER)


def test_a_repost_without_an_address_of_its_own_gets_one_of_ours() -> None:
    reason = {
        "$type": "app.bsky.feed.defs#reasonRepost",
        "by": {"did": ANNA},
        "indexedAt": "2026-11-24T00:00:00Z",
    }
    (post,) = fed(item(uri=OTHER, reason=reason))

    assert isinstance(post, Post)
    assert post.post_id == f"{OTHER}#repost-by-{ANNA}"


@pytest.mark.parametrize(
    "wrong",
    [
        item(uri=OTHER),
        item(uri=OTHER, reason={"$type": "app.bsky.feed.defs#reasonRepost", "by": {"did": BEN}}),
        item(uri="https://bsky.app"),
        item(uri=URI.replace("post", "like")),
        item(None),
        {},
        None,
    ],
)
def test_an_item_that_is_not_the_accounts_is_rejected(wrong: Any) -> None:
    good, rejected = fed(item(), wrong)

    assert isinstance(good, Post)
    assert isinstance(rejected, Reject)


def test_a_broken_handle_is_no_handle() -> None:
    (post,) = fed(item(view={"author": {"handle": "handle.invalid", "displayName": "A\0\ud83d"}}))

    assert isinstance(post, Post)
    assert (post.author_handle, post.author_name) == (None, "A\ufffd\ufffd")


def test_the_place_is_the_claimed_time_unless_it_was_seen_before() -> None:
    times = ("2020-01-01T00:00:00+01:00", "2030-01-01T00:00:00Z", "never")
    items = [item({**RECORD, "createdAt": time}) for time in times]
    positions = read_feed(page({"feed": items})).positions

    assert positions == ("2019-12-31T23:00:00.000Z", "2026-11-23T23:10:54.500Z", "2026-11-23T23:10:54.500Z")


@pytest.mark.parametrize(
    ("given_form", "cursor"),
    [
        ("1795475454543__bafyreia", "1720161000001__a"),
        ("2026-11-23T23:10:54.878Z", "2024-07-05T06:30:00.001Z"),
        ("b3BhcXVl", None),
    ],
)
def test_a_cursor_to_a_time_is_made_in_the_servers_own_form(given_form: str, cursor: str | None) -> None:
    assert cursor_above("2024-07-05T06:30:00.000Z", given_form) == cursor
    assert cursor_above("9999-12-31T23:59:59.999Z", given_form) is None


# ---- whole pages -----------------------------------------------------------------------------------

NOT_PAGES = [
    b"<!doctype html><title>Back soon</title>",
    b"",
    b"\xff\xfe",
    b"[" * 100_000,
    b"[]",
    b"null",
    b"{}",
    b'{"records": 7, "feed": 7}',
    b'{"records": [], "feed": [], "cursor": 7}',
    b'{"records": [], "feed": [], "cursor": "\\u0000"}',
]


@pytest.mark.parametrize("body", NOT_PAGES)
@pytest.mark.parametrize("holds", ["listing", "feed", "export", "surprise"])
def test_what_is_no_page_is_unreadable(body: bytes, holds: str) -> None:
    collector = AppViewCollector() if holds == "feed" else RepositoryCollector()
    with pytest.raises(UnreadablePage):
        list(collector.parse(page(body, holds=holds)))


def test_a_page_kept_without_its_account_is_unreadable() -> None:
    for holds, collector in (("listing", RepositoryCollector()), ("feed", AppViewCollector())):
        bare = Page("x", b'{"feed": [], "records": []}', "x", now(), context={"holds": holds})
        with pytest.raises(UnreadablePage, match="without its did"):
            list(collector.parse(bare))


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from([URI, OTHER, "app.bsky.feed.post"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FULL = {
    **RECORD,
    "langs": ["en"],
    "reply": {"root": {"uri": OTHER}, "parent": {"uri": OTHER, "cid": "bafy"}},
    "embed": {"$type": "app.bsky.embed.recordWithMedia", "record": {"record": {"uri": OTHER}}, "media": {}},
}
REPOSTED = {
    "$type": "app.bsky.feed.defs#reasonRepost",
    "by": {"did": ANNA, "handle": "anna.test"},
    "uri": f"at://{ANNA}/app.bsky.feed.repost/3n2zauerp3s2x",
    "indexedAt": "2026-11-24T00:00:00Z",
}


def _paths(value: Any) -> list[tuple[Any, ...]]:
    if not isinstance(value, dict):
        return [()]
    return [(), *((key, *rest) for key in value for rest in _paths(value[key]))]


def _changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    return {**value, path[0]: _changed(value[path[0]], path[1:], new)}


@settings(max_examples=150, deadline=None)
@given(
    data=st.data(),
    new=ANYTHING,
    subject=st.sampled_from([item(FULL), item(FULL, uri=OTHER, reason=REPOSTED)]),
)
def test_any_change_of_an_item_gives_a_post_or_a_rejection(
    data: st.DataObject, new: Any, subject: Any
) -> None:
    wrong = _changed(subject, data.draw(st.sampled_from(_paths(subject))), new)
    kept = page({"feed": [wrong, item()]}, holds="feed")
    records = list(AppViewCollector().parse(kept))

    assert [type(record) in (Post, Reject) for record in records] == [True, True]
    assert isinstance(records[1], Post)
    assert len(read_feed(kept).positions) in (1, 2)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), new=ANYTHING)
def test_any_change_of_a_record_gives_a_post_or_a_rejection(data: st.DataObject, new: Any) -> None:
    subject = {"uri": URI, "cid": "bafy", "value": FULL}
    wrong = _changed(subject, data.draw(st.sampled_from(_paths(subject))), new)
    records = list(RepositoryCollector().parse(page({"records": [wrong, {"uri": URI, "value": RECORD}]})))

    assert len(records) == 2
    for record in records:
        shown = record.text if isinstance(record, Post) else record.reason + record.excerpt
        shown.encode()  # whatever it is, a database can store it


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_names_are_what_the_protocol_allows_or_none(text: str) -> None:
    assert record_address(text) is None
    handle = handle_of(text)
    assert handle is None or ("." in handle and handle == handle.lower())


def test_bytes_of_any_kind_are_shown_in_rejections() -> None:
    (rejected,) = listed({"text": base64.b64encode(b"\0" * 100).decode(), "more": {"deep": []}})

    assert isinstance(rejected, Reject)
    assert len(rejected.excerpt) <= 120
