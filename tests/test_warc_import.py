"""WARC files: answers of platforms' APIs become statements, all else is left out and counted."""

import json
import sys
import zlib
from typing import Any
from urllib.parse import urlsplit

import pytest
import zstandard
from bluesky_exports import ADA, collected, records, repository
from hypothesis import given, settings
from hypothesis import strategies as st
from import_sources import Held, left_out, posts, rejects
from warc_files import (
    API,
    INFO,
    POST_IDS,
    REQUEST,
    STATUS,
    answered,
    as_gzip,
    bare_deflate,
    chunked,
    http,
    warc,
)

from archive.collectable import COLLECTORS
from archive.contract import Choices, Layout, Page, Post, Reject, UnreadablePage, UnreadableSource
from archive.contract.pages import LeftOut
from archive.importers import http_answers, warc_records
from archive.importers import warc as warc_importer
from archive.importers.api_routes import ROUTES
from archive.importers.warc import SILENT, WarcImporter
from archive.registry import parser_for

IMPORTER = WarcImporter(parser_for)
TIMELINE = "https://social.example/api/v1/accounts/11/statuses"
ZSTD = zstandard.ZstdCompressor().compress
BODY = json.dumps([STATUS]).encode()


def pages_of(body: bytes) -> list[Page]:
    IMPORTER.plan(Held(body, "crawl.warc"), Choices())
    return list(IMPORTER.read(Held(body, "crawl.warc")))


def read(body: bytes) -> list[Any]:
    return [one for page in pages_of(body) for one in IMPORTER.parse(page, Layout())]


def statuses(count: int) -> list[bytes]:
    made = [{**STATUS, "id": str(n), "uri": f"https://social.example/{n}"} for n in range(count)]
    return [answered(TIMELINE, [one]) for one in made]


# ---- answers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", API)
def test_an_answer_of_each_api_gives_its_post(asked: str) -> None:
    target, body, sent = API[asked]

    [post] = read(INFO + REQUEST + answered(target, body, **sent))

    assert isinstance(post, Post)
    platform = asked.split()[0]
    named = f"{target}#p1" if platform == "feed" else POST_IDS[platform]
    assert (post.platform, post.post_id) == (platform, named)
    assert post.position == "record 3, answer 1, " + post.position.rpartition(", ")[2]


def test_every_route_leads_to_a_collector_and_is_asked_for_here() -> None:
    assert {route.collector for route in ROUTES} <= COLLECTORS.keys()
    asked = {urlsplit(target).path for target, _, _ in API.values()}
    silent = [route for route in ROUTES if not any(map(route.path.fullmatch, asked))]
    assert [route.path.pattern for route in silent] == [r"/xrpc/com\.atproto\.sync\.getRepo"]


def test_a_repository_that_was_served_is_read_as_an_export_is() -> None:
    body = repository(records(3))
    target = f"https://pds.example/xrpc/com.atproto.sync.getRepo?did={ADA}"

    found = read(answered(target, body, media_type="application/vnd.ipld.car"))

    assert [one.post_id for one in posts(found)] == [
        one.post_id for one in collected(body) if isinstance(one, Post)
    ]


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", as_gzip),
        ("x-gzip", as_gzip),
        ("deflate", zlib.compress),
        ("deflate", bare_deflate),
        ("zstd", ZSTD),
        ("identity", bytes),
        ("gzip", bytes),
        ("deflate", bytes),
        ("br", bytes),
        ("zstd", bytes),
    ],
)
@pytest.mark.parametrize("in_chunks", [True, False])
def test_an_answer_is_unpacked_as_it_says_or_taken_as_it_is(
    encoding: str, pack: Any, in_chunks: bool
) -> None:
    """Writers keep answers as sent, or unpacked under the same headers."""
    packed = pack(BODY)
    sent = chunked(packed) if in_chunks else packed
    block = http(sent, Content_Encoding=encoding, Transfer_Encoding="chunked")

    [post] = posts(read(warc("response", TIMELINE, block)))

    assert post.text == "Thank you."


def test_an_answer_packed_by_brotli_is_read() -> None:
    brotli = pytest.importorskip("brotli")
    block = http(brotli.compress(BODY), Content_Encoding="br")

    [post] = posts(read(warc("response", TIMELINE, block)))

    assert post.text == "Thank you."


def test_without_the_library_for_brotli_the_file_is_refused_before_anything_is_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    block = http(b"\x8b\x03\x80\xff\xfe", Content_Encoding="br")

    with pytest.raises(UnreadableSource, match=r"hustings\[warc\]"):
        IMPORTER.plan(Held(statuses(1)[0] + warc("response", TIMELINE, block)), Choices())


@pytest.mark.parametrize("pack", [as_gzip, zlib.compress, ZSTD])
def test_an_answer_that_unpacks_to_more_than_any_is_a_reject(
    pack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_answers, "UNPACKED_BYTES", 1000)
    names = {as_gzip: "gzip", zlib.compress: "deflate"}
    block = http(pack(b" " * 5000 + BODY), Content_Encoding=names.get(pack, "zstd"))

    [found] = read(warc("response", TIMELINE, block))

    assert isinstance(found, Reject)


def test_posts_that_were_not_published_stay_unread() -> None:
    assert read(answered(TIMELINE, [{**STATUS, "visibility": "private"}])) == []


# ---- what is left out -------------------------------------------------------------------------------


def test_other_answers_are_left_out_and_counted_by_reason() -> None:
    found = read(
        INFO
        + REQUEST
        + answered("https://news.example/story", b"<html>", media_type="text/html")
        + answered(TIMELINE, {"error": "Not found"}, status=404)
        + warc("resource", "https://social.example/a.txt", b"x")
        + warc("revisit", TIMELINE, b"")
        + answered("https://news.example/data.xml", b"<data/>", media_type="application/xml")
    )

    assert list(left_out(found).values()) == [
        "not the answer of an API, or a feed, that is read",
        "an API's answer of status 404",
        "a record of type resource",
        "not the answer of an API, or a feed, that is read",
    ]
    assert len(found) == 4
    assert "revisit" in SILENT


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (answered(TIMELINE, b"<html>busy</html>"), "not JSON"),
        (warc("response", TIMELINE, http(BODY), WARC_Block_Digest="sha1:AAAA"), "WARC-Block-Digest"),
        (warc("response", TIMELINE, http(BODY), WARC_Truncated="length"), "a part of the answer only"),
        (warc("response", TIMELINE, http(BODY, Content_Encoding="rot13")), "rot13"),
        (warc("response", TIMELINE, http(as_gzip(BODY)[:-9], Content_Encoding="gzip")), "cut short"),
        (warc("response", TIMELINE, b"nothing"), "no answer by HTTP"),
        (
            answered("https://a.example/xrpc/app.bsky.feed.getAuthorFeed?actor=x", {"feed": [{}]}),
            "whose feed",
        ),
        (answered("https://a.example/xrpc/com.atproto.sync.getRepo", b""), "whose repository"),
    ],
)
def test_an_answer_that_cannot_be_read_is_a_reject_with_its_address(record: bytes, reason: str) -> None:
    [found] = read(record)

    assert isinstance(found, Reject)
    assert reason in found.reason
    assert found.excerpt.startswith("https://")


def test_keys_in_addresses_are_shown_nowhere() -> None:
    target = "https://www.googleapis.com/youtube/v3/videos?key=AIzaSECRET"

    [found] = read(answered(target, {"kind": "something else"}))

    assert isinstance(found, Reject)
    assert "SECRET" not in repr(found)


# ---- files ------------------------------------------------------------------------------------------


def test_pages_are_the_whole_file_and_each_is_read_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc_importer, "PAGE_BYTES", 2500)
    body = INFO + b"".join(statuses(12))

    pages = pages_of(body)

    assert b"".join(page.body for page in pages) == body
    assert len(pages) > 3
    alone = [one for page in reversed(pages) for one in IMPORTER.parse(page, Layout())]
    assert {one.post_id for one in posts(alone)} == {f"https://social.example/{n}" for n in range(12)}
    for page in pages:
        places = [one.position for one in IMPORTER.parse(page, Layout())]
        assert len(places) == len(set(places))


def test_a_record_that_is_too_long_is_kept_in_pieces_and_costs_itself_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(warc_records, "RECORD_BYTES", 4000)
    monkeypatch.setattr(warc_records, "PIECE_BYTES", 1500)
    film = answered("https://news.example/film.mp4", b"\0" * 9000, media_type="video/mp4")
    timeline = answered(TIMELINE, b" " * 9000)
    body = statuses(1)[0] + film + timeline + statuses(2)[1]

    pages = pages_of(body)
    found = [one for page in pages for one in IMPORTER.parse(page, Layout())]

    assert b"".join(page.body for page in pages) == body
    assert max(len(page.body) for page in pages) < 2500
    assert len(posts(found)) == 2
    assert list(left_out(found).values()) == ["not the answer of an API, or a feed, that is read"]
    assert list(rejects(found).values()) == ["too long for the answer of an API"]


@pytest.mark.parametrize("ends", [b"\r\n\r\n", b"\n\n", b"\r\n\r\n\r\n", b"\n"])
def test_blank_lines_after_a_record_may_be_as_writers_leave_them(ends: bytes) -> None:
    one = statuses(1)[0].removesuffix(b"\r\n\r\n") + ends

    assert len(posts(read(one + one))) == 2


def test_wget_puts_addresses_in_angle_brackets() -> None:
    assert len(posts(read(warc("response", f"<{TIMELINE}>", http(BODY))))) == 1


GOOD = b"".join(statuses(2))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "is empty"),
        (b"<html>", "no record begins here"),
        (GOOD[:-200], "the file ends within a record"),
        (GOOD + b"WARC/1.1\r\nWARC-Type: response\r\n\r\n", "without a Content-Length"),
        (GOOD + b"WARC/1.1\r\nContent-Length: -5\r\n\r\n", "without a Content-Length"),
        (GOOD + b"WARC/1.1\r\nContent-Length: 99999999999999\r\n\r\n", "ends within a record"),
        (GOOD + b"WARC/1.1\r\nno field\r\n\r\n", "no field of a record"),
        (GOOD + b"WARC/1.1\r\nContent-Length: 0\r\n", "ends within a record"),
        (GOOD + b"x" * 70_000, "a line longer than"),
        (GOOD + b"\r\n" * 40, "blank lines"),
        (GOOD.replace(b"Content-Length: ", b"Content-Length: 1"), "ends within a record|no record begins"),
    ],
)
def test_a_damaged_file_is_refused_with_its_name_and_place(body: bytes, said: str) -> None:
    with pytest.raises(UnreadableSource, match=said) as refused:
        IMPORTER.plan(Held(body, "crawl.warc"), Choices())
    assert str(refused.value).startswith("crawl.warc")


@given(body=st.binary(max_size=300))
def test_any_bytes_are_refused_or_read(body: bytes) -> None:
    for whole in (body, b"WARC/1.0\r\n" + body):
        try:
            pages = pages_of(whole)
        except UnreadableSource:
            continue
        assert b"".join(page.body for page in pages) == whole


@given(block=st.binary(max_size=300), target=st.sampled_from([target for target, _, _ in API.values()]))
def test_any_block_gives_answers_and_raises_nothing(block: bytes, target: str) -> None:
    for one in (
        block,
        http(block),
        http(block, Content_Encoding="gzip, deflate", Transfer_Encoding="chunked"),
    ):
        found = read(warc("response", target, one))
        assert all(isinstance(each, Post | Reject | LeftOut) for each in found)


KEYS = ("feed", "posts", "records", "data")
whatever = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200)
@given(
    asked=st.sampled_from(sorted(API)),
    changed=whatever,
    key=st.sampled_from(["feed", "posts", "records", "data"]),
)
def test_any_json_in_an_answer_gives_answers_and_raises_nothing(asked: str, changed: Any, key: str) -> None:
    target, _, sent = API[asked]

    for body in (changed, {key: changed}, [changed], {key: [changed]}):
        found = read(answered(target, body, **sent))
        assert all(isinstance(each, Post | Reject | LeftOut) for each in found)


@given(place=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255))
def test_a_changed_byte_is_refused_or_costs_a_record(place: int, byte: int) -> None:
    body = GOOD[:place] + bytes([byte]) + GOOD[place + 1 :]

    try:
        found = read(body)
    except UnreadableSource:
        return
    assert len(found) <= 2


def test_an_author_for_all_answers_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="--author"):
        IMPORTER.plan(Held(GOOD), Choices(author="ada"))


def test_a_page_that_is_not_what_was_kept_is_unreadable() -> None:
    [page] = pages_of(GOOD)
    cut = Page(page.source, page.body[:-100], page.media_type, page.retrieved_at)

    with pytest.raises(UnreadablePage):
        list(IMPORTER.parse(cut, Layout()))


def test_a_warc_file_is_known_by_its_first_bytes() -> None:
    assert WarcImporter.recognises(GOOD[:64])
    assert not WarcImporter.recognises(b"\x1f\x8b")
