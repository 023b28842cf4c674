"""Records that hold anything at all give posts and rejections, never an error, and what can be stored."""

import copy
import json
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_reading import FILES, FORMATS, format_of, records_of

from archive.contract import Layout, Post, RecordFormat, Reject
from archive.importers.records.x_notes import joined

HUGE = 10**4000
"""About the longest number that JSON may hold for Python."""
TEXTS = st.text(st.characters(exclude_categories=()), max_size=20) | st.sampled_from(
    [
        "\0",
        "half \ud83d",
        "1911111111111111113",
        "-1",
        "²",
        "RT @a: b",
        "https://x.com/a/status/1",
        ",",
        "Mon, 1",
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(HUGE) | st.just(-HUGE) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
KEYS = sorted(
    {
        *(
            "data",
            "includes",
            "users",
            "tweets",
            "posts",
            "errors",
            "id",
            "id_str",
            "text",
            "full_text",
            "tweet",
        ),
        *(
            "created_at",
            "user",
            "legacy",
            "core",
            "rest_id",
            "result",
            "noteTweet",
            "noteTweetId",
            "entities",
        ),
        *(
            "author_id",
            "author",
            "referenced_tweets",
            "retweeted_status",
            "quoted_status",
            "edit_info",
            "edit",
        ),
        *(
            "note_tweet",
            "extended_tweet",
            "edit_control",
            "time",
            "link",
            "screen_name",
            "urls",
            "source_platform",
        ),
        *("legacy", "retweeted_status_result", "quoted_status_result", "edit_history_tweet_ids", "mentions"),
    }
)
SHAPED = st.recursive(
    ANYTHING,
    lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=5) | st.lists(inner, max_size=2),
    max_leaves=12,
)
LAYOUTS = (
    Layout(),
    Layout(author="@ada_quill", author_id="7", ids={"1911111111110211114": "1911111111111111114"}),
)
RECORDS = [(format_of(file), record) for file in FILES for record in records_of(file)]


def check(format: RecordFormat, record: dict[str, Any], layout: Layout) -> None:
    assert format.recognises(record) in (True, False)
    for one in format.posts(record, layout, "line 1"):
        assert isinstance(one, Post | Reject)
        for field in fields(one):
            if isinstance(value := getattr(one, field.name), str):
                assert "\0" not in value
                value.encode()
        if isinstance(one, Post):
            assert one.post_id.isascii()
            assert one.post_id.isdigit()
            assert one.published is not None
            assert one.text.strip() or one.repost_of


@pytest.mark.parametrize("format", FORMATS, ids=lambda one: one.name)
@given(
    record=st.dictionaries(st.sampled_from(KEYS) | TEXTS, SHAPED, max_size=8), layout=st.sampled_from(LAYOUTS)
)
def test_any_record_gives_posts_and_rejections(
    format: RecordFormat, record: dict[str, Any], layout: Layout
) -> None:
    check(format, record, layout)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a record."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, one in inner for place in ((*way, key), *places(one, (*way, key)))]


@given(
    which=st.sampled_from(range(len(RECORDS))),
    changes=st.lists(st.tuples(st.integers(0, 500), ANYTHING), min_size=1, max_size=3),
    layout=st.sampled_from(LAYOUTS),
)
def test_a_good_record_with_anything_in_any_place_gives_posts_and_rejections(
    which: int, changes: list[tuple[int, Any]], layout: Layout
) -> None:
    format, record = RECORDS[which][0], copy.deepcopy(RECORDS[which][1])
    for at, value in changes:
        if not (ways := places(record)):
            break
        *way, last = ways[at % len(ways)]
        holder = record
        for step in way:
            holder = holder[step]
        holder[last] = value
    check(format, record, layout)


@given(st.lists(st.dictionaries(st.sampled_from(KEYS), SHAPED, max_size=4), max_size=4))
def test_long_texts_are_joined_to_posts_only_by_ids_whatever_stands_in_the_files(
    records: list[dict[str, Any]],
) -> None:
    for key, value in joined(records, records).items():
        assert f"{key} {value}".replace(" ", "").isdigit()


@pytest.mark.parametrize("format", FORMATS, ids=lambda one: one.name)
@pytest.mark.parametrize("file", FILES)
def test_records_of_another_format_give_posts_and_rejections(format: RecordFormat, file: str) -> None:
    for record in records_of(file):
        check(format, record, LAYOUTS[1])


@pytest.mark.parametrize("format", FORMATS, ids=lambda one: one.name)
@pytest.mark.parametrize("key", KEYS)
def test_nesting_as_deep_as_json_allows_gives_a_rejection_at_most(format: RecordFormat, key: str) -> None:
    deep = json.loads(f'{{"{key}":' * 900 + "[" * 20 + "]" * 20 + "}" * 900)

    check(format, deep, Layout())


@pytest.mark.parametrize("format", FORMATS, ids=lambda one: one.name)
def test_a_number_that_python_does_not_write_gives_a_rejection_at_most(format: RecordFormat) -> None:
    for key in KEYS:
        check(format, {"id": 10**5000, "text": "", key: 10**5000}, Layout())


def test_half_a_surrogate_pair_becomes_a_replacement_character() -> None:
    for format, record in RECORDS:
        changed = json.loads(json.dumps(record).replace("We won.", "We \\ud83d won."))
        for one in format.posts(changed, LAYOUTS[1], "line 1"):
            if isinstance(one, Post) and "won." in one.text:
                assert one.text.endswith("We \ufffd won.")


def test_a_nul_in_a_text_is_a_rejection() -> None:
    for format, record in RECORDS:
        changed = json.loads(json.dumps(record).replace("We won.", "We \\u0000 won."))
        found = list(format.posts(changed, LAYOUTS[1], "line 1"))
        if changed != record:
            assert any(isinstance(one, Reject) and "NUL" in one.reason for one in found)


def test_a_megabyte_of_what_looks_like_an_end_is_read_at_once() -> None:
    for text in ("… https://t.co/" + "a" * 1_000_000, "…" * 1_000_000, "RT @" * 250_000, "@a " * 300_000):
        record = {**records_of("twarc-v1/tweets.jsonl")[0], "full_text": text}
        check(FORMATS[0], record, Layout())
        note = {"noteTweet": {"noteTweetId": "1", "core": {"text": text}}}
        assert joined([note], [record]).keys() <= {"1"}
