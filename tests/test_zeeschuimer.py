"""What a browser captured of Instagram, TikTok and Threads becomes statements; what is private does not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from import_sources import FORMATS, left_out, posts, read, records_of, rejects

from archive.contract import Choices, Layout, Post, RecordFormat, Reject
from archive.contract.pages import LeftOut
from archive.platforms import account_row

FILES = {
    "mastodon/outbox.json": "mastodon-outbox-1",
    "zeeschuimer/instagram.ndjson": "zeeschuimer-instagram-1",
    "zeeschuimer/4cat-instagram.ndjson": "zeeschuimer-instagram-1",
    "zeeschuimer/tiktok.ndjson": "zeeschuimer-tiktok-1",
    "zeeschuimer/threads.ndjson": "zeeschuimer-threads-1",
}
"""Fixture -> the format that alone reads it."""


def form_of(file: str) -> RecordFormat:
    return next(one for one in FORMATS if one.name == FILES[file])


def found_in(file: str) -> list[Any]:
    return list(read(form_of(file), records_of(file)))


@pytest.mark.parametrize("file", FILES)
def test_each_file_is_recognised_by_one_format_alone(file: str) -> None:
    for record in records_of(file):
        assert [one.name for one in FORMATS if one.recognises(record)] == [FILES[file]]


@pytest.mark.parametrize(
    ("file", "counted"),
    [
        ("zeeschuimer/instagram.ndjson", (4, 2, 2)),
        ("zeeschuimer/tiktok.ndjson", (5, 1, 3)),
        ("zeeschuimer/threads.ndjson", (4, 1, 2)),
    ],
)
def test_every_record_is_a_post_a_reject_or_left_out_once(file: str, counted: tuple[int, int, int]) -> None:
    found = found_in(file)

    assert [one.position for one in found] == [f"item {n}" for n in range(1, len(records_of(file)) + 1)]
    assert (len(posts(found)), len(rejects(found)), len(left_out(found))) == counted


@pytest.mark.parametrize("file", [file for file in FILES if file.startswith("zeeschuimer")])
def test_authors_have_handles_and_ids_as_the_archive_knows_them(file: str) -> None:
    for post in posts(found_in(file)):
        assert account_row(post.platform, post.author_handle, platform_id=post.author_platform_id)
        assert post.author_handle == "ada.quill"


def test_private_posts_and_advertisements_are_left_out_without_a_word() -> None:
    reasons = [left_out(found_in(file)) for file in FILES if file.startswith("zeeschuimer")]

    private = "private: of an account that only its followers see"
    assert reasons == [
        {"item 4": "an advertisement", "item 5": private},
        {},
        {"item 5": "an advertisement", "item 6": private, "item 7": "a live broadcast"},
        {"item 5": "no longer available when it was captured", "item 6": private},
    ]
    assert "friends" not in repr([left_out(found_in(file)) for file in FILES])


def test_an_instagram_post_has_its_shortcode_for_an_id_and_its_words_as_they_are() -> None:
    first, silent, long, graph = posts(found_in("zeeschuimer/instagram.ndjson"))

    assert (first.post_id, first.url) == ("C9AbcDEfgh1", "https://www.instagram.com/p/C9AbcDEfgh1/")
    assert first.text == "We won! 🎉\r\nThank you, Quillshire.\u2028Every vote counted. #thanks"
    assert first.author_platform_id == "9007199254740993"
    assert silent.text == ""
    assert len(long.text) > 1000
    assert (graph.post_id, graph.text) == ("C9AbcDEfgh7", "An older post, from the graph")
    assert graph.published
    assert graph.published.at.isoformat() == "2020-09-13T12:26:40+00:00"


def test_a_caption_that_was_not_captured_is_no_empty_text() -> None:
    reasons = rejects(found_in("zeeschuimer/instagram.ndjson"))

    assert reasons["item 6"].startswith("caption: not captured")
    assert reasons["item 8"].startswith("taken_at")


def test_the_same_post_through_4cat_is_the_same() -> None:
    direct, by_4cat = found_in("zeeschuimer/instagram.ndjson"), found_in("zeeschuimer/4cat-instagram.ndjson")

    assert by_4cat == direct[:2]


def test_a_duet_quotes_and_pictures_have_their_own_address() -> None:
    _, silent, duet, pictures, embedded = posts(found_in("zeeschuimer/tiktok.ndjson"))

    assert (silent.text, silent.lang) == ("", None)
    assert duet.quoted_post == "7388000000000000099"
    assert pictures.url == "https://www.tiktok.com/@ada.quill/photo/7388000000000000004"
    assert embedded.author_platform_id == "6800000000000000001"


def test_threads_tells_answers_quotations_and_reposts() -> None:
    plain, answer, quoting, repost = posts(found_in("zeeschuimer/threads.ndjson"))

    assert plain.url == "https://www.threads.com/@ada.quill/post/C8Threads_1"
    assert answer.reply_to == "bob"
    assert (quoting.quoted, quoting.quoted_post) == ("bob", "C8Quoted_1")
    assert (repost.text, repost.repost_of) == ("", "C8Other_22")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=6,
)
NAMES = (
    *("id", "pk", "code", "shortcode", "caption", "text", "desc", "user", "owner", "author", "username"),
    *("taken_at", "taken_at_timestamp", "createTime", "edge_media_to_caption", "edges", "node", "link"),
    *(
        "text_post_app_info",
        "share_info",
        "quoted_post",
        "reposted_post",
        "duetInfo",
        "imagePost",
        "uniqueId",
    ),
)
deep = st.recursive(
    values, lambda inner: st.dictionaries(st.sampled_from(NAMES), inner, max_size=6), max_leaves=12
)


@given(data=st.dictionaries(st.sampled_from(NAMES), deep) | values, form=st.sampled_from(FORMATS))
def test_any_data_gives_one_answer_and_raises_nothing(data: Any, form: RecordFormat) -> None:
    record = {"source_platform": "instagram.com", "nav_index": "1:2:3", "data": data}

    form.recognises(record)
    [found] = form.posts(record, Layout(), "item 1")

    assert isinstance(found, Post | Reject | LeftOut)


@given(record=st.dictionaries(st.text(max_size=8), values))
def test_any_record_is_looked_at_without_error(record: dict[str, Any]) -> None:
    assert not any(one.recognises(json.loads(json.dumps(record, default=str))) for one in FORMATS)


def test_formats_need_no_files_beside_them() -> None:
    for form in FORMATS[1:]:
        assert form.complete(Choices(author="ada"), None).author == "ada"  # type: ignore[arg-type]
