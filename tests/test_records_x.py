"""What the record formats of X's family read from the files that other tools write."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from record_reading import (
    FILES,
    FIXTURES,
    FORMATS,
    Folder,
    format_of,
    layout_of,
    posts,
    read,
    records_of,
    rejects,
)

from archive.contract import Choices, Layout, Moment, Post, UnreadableSource
from archive.importers.csv_rows import CsvImporter
from archive.importers.opening import open_file
from archive.importers.records.x_archive import XArchive, XArchiveNotes
from archive.importers.records.x_notes import joined

BASE = 1911111111111111113
OWNER, RIVAL = "4444555566667777", "777"
REPOSTED = str(BASE - 500)
WHOLE_ENDS = "hold me to it."


def number(offset: int) -> str:
    return str(BASE + offset)


BY_API = (
    "twarc-v1/tweets.jsonl",
    "twarc-v2/pages.jsonl",
    "twarc-v2-flat/tweets.jsonl",
    "zeeschuimer-x/export.ndjson",
)
WITH_ARCHIVE = (*BY_API, "x-archive/data/tweets.js")
EVERY = (*WITH_ARCHIVE, "congresstweets/2025-04-12.json")


@pytest.mark.parametrize("file", FILES)
def test_each_file_is_recognised_by_one_format_alone(file: str) -> None:
    first = records_of(file)[0]

    assert [one.name for one in FORMATS if one.recognises(first)] == [FILES[file]]


@pytest.mark.parametrize("file", FILES)
def test_no_record_of_a_file_is_taken_for_one_of_another_format(file: str) -> None:
    named = {one.name for record in records_of(file) for one in FORMATS if one.recognises(record)}

    assert named == {FILES[file]}


def test_the_names_of_formats_tell_them_apart() -> None:
    assert len({one.name for one in FORMATS}) == len(FORMATS)


@pytest.mark.parametrize("file", [name for name in FILES if name != "twarc-v2/pages.jsonl"])
def test_each_record_gives_one_post_or_one_rejection_that_says_where(file: str) -> None:
    found = read(file)

    assert [one.position for one in found] == [f"record {at}" for at in range(1, len(records_of(file)) + 1)]


def test_each_item_of_an_answer_gives_one_post_or_one_rejection() -> None:
    found = [one.position for one in read("twarc-v2/pages.jsonl")]

    assert found == [
        *(f"record 1, item {at}" for at in range(1, 10)),
        "record 2",
        "record 5, item 1",
        "record 5, item 2",
    ]


@pytest.mark.parametrize("file", EVERY)
def test_a_plain_post_is_read_whole_with_its_author_and_time(file: str) -> None:
    post = posts(file)[number(0)]

    assert post.platform == "x"
    assert post.text.replace("\r", "") == "Thank you, Little Marrow & Greater Marrow! " + post.text[
        43:
    ].replace("\r", "")
    assert post.text.endswith("👨‍👩‍👧‍👦\nWe won.") or "\r\nWe won." in post.text
    assert post.published == Moment(datetime(2025, 4, 12, 18, 0, tzinfo=UTC))
    assert (post.author_handle, post.author_platform_id) == ("ada_quill", OWNER)
    assert post.url is not None
    assert post.url.endswith(number(0))
    assert not post.is_cut


@pytest.mark.parametrize("file", BY_API)
def test_the_whole_of_a_long_text_wins(file: str) -> None:
    post = posts(file)[number(1)]

    assert post.text.endswith(WHOLE_ENDS)
    assert "walls hold & the council" in post.text
    assert not post.is_cut


@pytest.mark.parametrize("file", BY_API)
def test_a_text_that_is_there_only_in_part_says_so(file: str) -> None:
    post = posts(file)[number(2)]

    assert post.is_cut
    assert post.text.endswith("… https://t.co/self2")


@pytest.mark.parametrize("file", [*BY_API, "congresstweets/2025-04-12.json"])
def test_a_repost_has_the_words_and_the_id_of_the_original(file: str) -> None:
    post = posts(file)[number(3)]

    assert post.repost_of == REPOSTED
    assert post.text.startswith("Today I am publishing")
    assert post.text.endswith(WHOLE_ENDS)
    assert post.author_handle == "ada_quill"
    assert not post.is_cut


@pytest.mark.parametrize("file", WITH_ARCHIVE)
def test_a_quotation_names_the_quoted_post_and_its_author(file: str) -> None:
    post = posts(file)[number(4)]

    assert (post.quoted_post, post.quoted, post.repost_of) == (REPOSTED, "bram_osei", None)
    assert post.text == "He says it himself https://t.co/quote1"


@pytest.mark.parametrize("file", WITH_ARCHIVE)
def test_an_answer_names_the_post_and_the_account_that_it_answers(file: str) -> None:
    post = posts(file)[number(5)]

    assert (post.reply_to_post, post.reply_to) == (REPOSTED, "bram_osei")


@pytest.mark.parametrize("file", WITH_ARCHIVE)
def test_an_edited_post_bears_the_id_of_its_first_version_and_says_when_it_was_edited(file: str) -> None:
    found = posts(file)
    post = found[number(6)]

    assert number(7) not in found
    assert post.text == "Corrected: 12 bridges, not 21"
    assert post.edited == Moment(datetime(2025, 4, 12, 18, 7, tzinfo=UTC))
    assert post.published is not None
    assert post.published.at < post.edited.at
    assert post.url is not None
    assert post.url.endswith(number(7))


def test_earlier_versions_come_with_the_answer_that_holds_them() -> None:
    post = posts("twarc-v2/pages.jsonl")[number(6)]

    assert [one.text for one in post.versions] == ["12 bridges? No: 21!"]


def test_versions_of_one_post_in_one_answer_are_one_post_in_whatever_order_they_stand() -> None:
    page = records_of("twarc-v2/pages.jsonl")[0]
    both = [page["includes"]["tweets"][1], page["data"][6]]
    pages = format_of("twarc-v2/pages.jsonl")
    for data in (both, both[::-1]):
        found = list(
            pages.posts({"data": data, "includes": {"users": page["includes"]["users"]}}, Layout(), "x")
        )
        assert [(one.text, [v.text for v in one.versions]) for one in found if isinstance(one, Post)] == [
            ("Corrected: 12 bridges, not 21", ["12 bridges? No: 21!"])
        ]


def test_errors_beside_the_data_give_neither_posts_nor_rejections() -> None:
    pages = format_of("twarc-v2/pages.jsonl")
    errors, nothing = records_of("twarc-v2/pages.jsonl")[2:4]

    assert pages.recognises(errors)
    assert list(pages.posts(errors, Layout(), "line 3")) == []
    assert list(pages.posts(nothing, Layout(), "line 4")) == []


def test_an_answer_about_accounts_is_none_about_posts() -> None:
    users = {"data": [{"id": "1", "username": "ada_quill", "name": "Ada"}], "meta": {"result_count": 1}}

    assert [one.name for one in FORMATS if one.recognises(users)] == []


def test_a_repost_whose_original_is_gone_keeps_what_is_left_of_its_words() -> None:
    post = posts("twarc-v2-flat/tweets.jsonl")[number(9)]

    assert post.repost_of == str(BASE - 700)
    assert post.text.startswith("whatever it was")


def test_a_post_without_its_author_in_place_is_known_by_the_id() -> None:
    flat, classic = posts("twarc-v2-flat/tweets.jsonl")[number(15)], posts("twarc-v1/tweets.jsonl")[number(8)]

    assert (flat.author_platform_id, flat.author_handle) == (OWNER, None)
    assert (classic.author_platform_id, classic.author_handle) == (OWNER, None)
    assert flat.url == f"https://x.com/i/web/status/{number(15)}"


def test_a_post_whose_author_nothing_says_is_rejected_unless_the_user_does() -> None:
    file = "twarc-v1/tweets.jsonl"

    assert "record 11: no author: say who with --author" in rejects(file)
    assert posts(file, Choices(author="@ada_quill"))[number(11)].author_handle == "ada_quill"
    assert posts(file, Choices(author="@somebody"))[number(0)].author_handle == "ada_quill"


def test_an_id_without_its_text_is_exact_and_one_with_it_never_the_rounded_number() -> None:
    records = records_of("twarc-v1/tweets.jsonl")

    assert records[0]["id"] != int(records[0]["id_str"])
    assert {number(0), number(12)} <= posts("twarc-v1/tweets.jsonl").keys()


def test_an_id_that_went_through_a_float_is_refused() -> None:
    record = {**records_of("twarc-v1/tweets.jsonl")[11], "id": float(BASE)}
    (found,) = FORMATS[0].posts(record, Layout(), "line 1")

    assert "not an id but float" in str(found)


def test_what_is_withheld_is_rejected_where_a_notice_stands_in_its_place_and_read_where_it_is_shown() -> None:
    assert any("withheld" in one for one in rejects("twarc-v1/tweets.jsonl"))
    for file in ("twarc-v1/tweets.jsonl", "twarc-v2/pages.jsonl", "twarc-v2-flat/tweets.jsonl"):
        assert posts(file)[number(10)].text == "Withheld in Freedonia, but shown here"


@pytest.mark.parametrize(
    "history",
    [
        {"edit_history": {"initial_tweet_id": number(-9), "edit_tweet_ids": [number(-9), number(0)]}},
        {"ext_edit_control": {"edit": {"initial_tweet_id": number(-9)}}},
        {"ext_edit_control": {"edit": {"edit_control_initial": {"edit_tweet_ids": [number(-9), number(0)]}}}},
        {"edit_info": {"edit": {"editTweetIds": [number(-9), number(0)]}}},
    ],
)
def test_wherever_a_record_tells_its_versions_the_first_one_names_the_post(history: dict[str, Any]) -> None:
    record = {**records_of("twarc-v1/tweets.jsonl")[0], **history}
    (found,) = FORMATS[0].posts(record, Layout(), "line 1")

    assert isinstance(found, Post)
    assert found.post_id == number(-9)


def test_a_notice_of_a_stream_is_rejected() -> None:
    assert rejects("twarc-v1/tweets.jsonl")[-1].startswith("record 13: no ")


def test_an_answer_from_before_edits_needs_no_history() -> None:
    assert posts("twarc-v2/pages.jsonl")[number(20)].edited is None


def test_the_newer_vocabulary_is_read_as_the_older_one() -> None:
    found = posts("twarc-v2/pages.jsonl")

    assert found[number(31)].text.endswith(WHOLE_ENDS)
    assert found[number(33)].repost_of == REPOSTED
    assert found[number(33)].text.endswith(WHOLE_ENDS)


def test_an_archive_belongs_to_the_account_that_stands_beside_it() -> None:
    post = posts("x-archive/data/tweets.js")[number(0)]

    assert (post.author_handle, post.author_platform_id) == ("ada_quill", OWNER)
    assert post.author_name == "Ada Quill 👩🏽‍🌾"
    assert post.url == f"https://x.com/ada_quill/status/{number(0)}"


def test_the_user_may_say_that_an_archive_is_anothers() -> None:
    post = posts("x-archive/data/tweets.js", Choices(author="somebody", person="p1"))[number(0)]

    assert (post.author_handle, post.author_platform_id, post.author_person) == ("somebody", None, "p1")


def test_posts_of_an_archive_without_its_account_need_the_user(tmp_path: Path) -> None:
    record = records_of("x-archive/data/tweets.js")[0]
    alone = XArchive().complete(Choices(), Folder(tmp_path))
    (found,) = XArchive().posts(record, Layout(author=alone.author), "record 1")

    assert "say who with --author" in str(found)


def test_an_account_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "account.js").write_text("<html>")

    with pytest.raises(UnreadableSource, match=r"account\.js: no array in it"):
        XArchive().complete(Choices(), Folder(tmp_path))


def test_a_file_of_posts_that_is_cut_off_is_refused_where_it_is_needed(tmp_path: Path) -> None:
    for name in ("tweets.js", "note-tweet.js"):
        (tmp_path / name).write_bytes((FIXTURES / "x-archive" / "data" / name).read_bytes()[:-40])

    with pytest.raises(UnreadableSource, match=r"note-tweet\.js: it is cut off"):
        XArchiveNotes().complete(Choices(), Folder(tmp_path))


@pytest.mark.parametrize("file", ["x-archive/data/tweets.js", "x-archive-2019/tweet.js"])
def test_a_repost_in_an_archive_is_none_of_the_owners_words(file: str) -> None:
    post = posts(file)[number(3)]

    assert post.repost_of == "@bram_osei"
    assert not post.text.startswith("RT")
    assert post.is_cut == post.text.endswith("…")


def test_a_deleted_post_is_read_with_the_owners_words() -> None:
    assert posts("x-archive/data/deleted-tweets.js")[number(50)].text.startswith("I should not have said")


def test_long_texts_of_an_archive_find_their_posts_also_where_two_begin_alike() -> None:
    far = next(iter(posts("x-archive/data/tweets-part1.js")))
    notes = posts("x-archive/data/note-tweet.js")

    assert set(notes) == {number(1), number(8), far}
    assert notes[number(1)].text.endswith("Read it, question it, hold me to it.")
    assert notes[far].text.endswith("Read it, frame it, hold me to it.")
    assert notes[number(8)].text.endswith("And you, Bram?")
    assert {one.author_handle for one in notes.values()} == {"ada_quill"}


def test_a_long_text_and_its_cut_beginning_are_one_post() -> None:
    cut, whole = (
        posts("x-archive/data/tweets.js")[number(1)],
        posts("x-archive/data/note-tweet.js")[number(1)],
    )

    assert cut.is_cut
    assert not whole.is_cut
    assert (cut.post_id, cut.published, cut.url) == (whole.post_id, whole.published, whole.url)


def test_a_long_text_whose_post_is_gone_is_rejected() -> None:
    (found,) = rejects("x-archive/data/note-tweet.js")

    assert found.startswith("record 4: none of the archive's posts begins with this long text")


def test_the_long_text_of_an_edited_post_goes_to_its_first_id() -> None:
    text = "A promise that is long enough to be told from all other promises, and longer still. " * 5
    note = {
        "noteTweet": {
            "noteTweetId": number(-3),
            "createdAt": "2025-04-12T17:09:00.000Z",
            "core": {"text": text},
        }
    }
    tweet = {
        "id_str": number(0),
        "full_text": text[:200] + "…",
        "edit_info": {"edit": {"initialTweetId": number(-100), "editTweetIds": [number(-100), number(0)]}},
    }
    ids = joined([note], [{"tweet": tweet}])
    (found,) = XArchiveNotes().posts(note, Layout(author="ada_quill", ids=ids), "record 1")

    assert ids == {number(-3): f"{number(-100)} {number(0)}"}
    assert isinstance(found, Post)
    assert found.post_id == number(-100)
    assert found.edited is not None


def test_a_short_text_is_joined_to_nothing() -> None:
    note = {"noteTweet": {"noteTweetId": "7", "core": {"text": "Thank you. " + "And so on. " * 40}}}

    assert joined([note], [{"tweet": {"id_str": "8", "full_text": "Thank you."}}]) == {}


def test_the_files_of_an_archive_are_read_block_by_block(tmp_path: Path) -> None:
    """Records that lie across the blocks in which a file is read are whole all the same."""
    text = (FIXTURES / "x-archive" / "data" / "tweets.js").read_text()
    record = text[text.index("{") : text.rindex("]")].rstrip()
    (tmp_path / "tweets.js").write_text(f"window.YTD.tweets.part0 = [{','.join([record] * 40)}]")
    for name in ("note-tweet.js", "account.js"):
        (tmp_path / name).write_bytes((FIXTURES / "x-archive" / "data" / name).read_bytes())

    ids = XArchiveNotes().complete(Choices(), Folder(tmp_path)).ids

    assert number(1) in ids.values()


def test_glued_quotations_of_congresstweets_stand_as_the_file_has_them() -> None:
    post = posts("congresstweets/2025-04-12.json")[number(4)]

    assert " QT @bram_osei Today I am publishing" in post.text
    assert post.quoted == "bram_osei"


def test_times_of_congresstweets_need_their_zone() -> None:
    first, second = rejects("congresstweets/2025-04-12.json")

    assert "has no time zone" in first
    assert second == "record 6: no text"


def test_what_x_shows_in_place_of_a_post_is_rejected_by_name() -> None:
    assert rejects("zeeschuimer-x/export.ndjson") == ["record 11: no post but TweetTombstone"]


def test_a_quoted_post_that_is_gone_leaves_its_id() -> None:
    post = posts("zeeschuimer-x/export.ndjson")[number(11)]

    assert (post.quoted_post, post.quoted) == (str(BASE - 800), None)


def test_the_older_pages_of_x_and_limited_posts_are_read() -> None:
    found = posts("zeeschuimer-x/export.ndjson")

    assert found[number(12)].author_platform_id == OWNER
    assert found[number(13)].author_handle == "ada_quill"


def test_the_way_through_4cat_changes_nothing() -> None:
    direct, by_way = posts("zeeschuimer-x/export.ndjson"), posts("zeeschuimer-x/4cat.ndjson")
    api, api_by_way = posts("twarc-v2-flat/tweets.jsonl"), posts("twarc-v2-flat/4cat.ndjson")

    for one, other in ((direct, by_way), (api, api_by_way)):
        assert other
        for key, post in other.items():
            assert (post.text, post.author_handle, post.repost_of) == (
                one[key].text,
                one[key].author_handle,
                one[key].repost_of,
            )


def test_captures_of_other_platforms_are_not_taken_for_posts_of_x() -> None:
    record = {**records_of("zeeschuimer-x/export.ndjson")[0], "source_platform": "instagram.com"}

    assert [one.name for one in FORMATS if one.recognises(record)] == []


@pytest.mark.parametrize(("file", "reposted"), [("twarc-csv.csv", REPOSTED), ("4cat-x.csv", "bram_osei")])
def test_csv_files_of_the_same_tools_are_recognised_by_their_columns(file: str, reposted: str) -> None:
    path = FIXTURES / "csv" / file
    importer = CsvImporter()
    layout = importer.plan(open_file(path), Choices())
    found = {
        one.post_id: one
        for page in importer.read(open_file(path))
        for one in importer.parse(page, layout)
        if isinstance(one, Post)
    }

    assert set(found) == {number(at) for at in (0, 3, 4, 5)}
    assert found[number(0)].published == Moment(datetime(2025, 4, 12, 18, 0, tzinfo=UTC))
    assert {(one.platform, one.author_handle, one.author_platform_id) for one in found.values()} == {
        ("x", "ada_quill", OWNER)
    }
    assert found[number(3)].repost_of == reposted
    assert found[number(4)].quoted == "bram_osei"
    assert found[number(5)].reply_to == "bram_osei"
    assert [one.repost_of for key, one in found.items() if key != number(3)] == [None] * 3


def test_a_layout_is_kept_as_plain_values() -> None:
    kept = layout_of("x-archive/data/note-tweet.js").options()

    assert kept["author_id"] == OWNER
    assert kept["ids"][str(int(number(1)) - 900_000)] == number(1)
