"""Pages of X that hold anything at all are read in bounded time, or said to be unreadable."""

import copy
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from x_pages import (
    PLAIN,
    TIMELINE,
    entry,
    parsed,
    posts,
)

from archive.collectors.x.reading import positions_of
from archive.contract import Post, Reject, UnreadablePage


def test_half_a_surrogate_pair_becomes_a_replacement_character() -> None:
    answer = {"data": [entry(PLAIN, "half \ud83d of it")]}

    assert posts(answer)[PLAIN].text == "half \ufffd of it"


def test_a_megabyte_of_hostile_text_is_just_text() -> None:
    text = "<script>alert(1)</script>&lt;\u202e\u0007" * 30_000
    found = posts({"data": [entry(PLAIN, text)]})[PLAIN]

    assert found.text == text.replace("&lt;", "<")


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * 900 + b"1" + b"}" * 900, b"", b"\xff", b"null", b"7"]
)
def test_what_is_no_answer_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(UnreadablePage):
        parsed(body)


def test_nesting_as_deep_as_json_allows_spoils_one_record_at_most() -> None:
    deep = b'{"data": [' + b"[" * 900 + b"]" * 900 + b', {"id": ' + b"[" * 900 + b"]" * 900 + b"}]}"

    assert [type(one) for one in parsed(deep)] == [Reject, Reject]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
PLACES = (
    *(("data", number, name) for number in range(6) for name in ("id", "text", "created_at", "lang")),
    *(("data", number, "edit_history_tweet_ids") for number in range(6)),
    *(("data", number, "referenced_tweets") for number in range(6)),
    *(("data", number, "entities") for number in range(6)),
    ("data", 1, "note_tweet"),
    ("data", 4, "in_reply_to_user_id"),
    *(("data", number) for number in range(6)),
    *(("includes", "tweets", number) for number in range(3)),
    *(("includes", "tweets", number, "id") for number in range(3)),
    *(("includes", "tweets", number, "note_tweet") for number in range(3)),
    ("includes", "tweets"),
    ("includes", "users"),
    ("includes",),
    ("errors",),
    ("meta",),
    ("data",),
)


CHANGES = st.lists(st.tuples(st.sampled_from(PLACES), ANYTHING), min_size=1, max_size=4)


@given(CHANGES, st.sampled_from(["timeline", "post"]))
def test_whatever_stands_anywhere_gives_posts_and_rejects_or_an_unreadable_page(
    changes: list[tuple[tuple[str | int, ...], Any]], shows: str
) -> None:
    answer = copy.deepcopy(TIMELINE)
    for place, value in changes:
        _put(answer, place, value)
    try:
        records = parsed(answer, shows=shows)
    except UnreadablePage:
        return
    assert len(records) == len(answer["data"] or ()) if isinstance(answer.get("data"), list) else True
    for one in records:
        assert isinstance(one, Post | Reject)
        str(one).encode()


def _put(answer: Any, place: Sequence[Any], value: Any) -> None:
    """Replaces what stands at a place, where an earlier change has left one."""
    *way, last = place
    for step in way:
        try:
            answer = answer[step]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(answer, dict | list) and (
        isinstance(answer, dict) or (isinstance(last, int) and last < len(answer))
    ):
        answer[last] = value


@given(st.binary(max_size=200))
def test_no_bytes_break_it(body: bytes) -> None:
    with suppress(UnreadablePage):
        parsed(body)


@given(st.lists(st.integers(1, 10**19 - 1), max_size=30))
def test_positions_fall_whatever_order_a_page_has(ids: list[int]) -> None:
    positions = positions_of([{"id": str(one)} for one in ids])

    assert list(positions) == sorted(set(positions), reverse=True)
    assert bool(positions) == bool(ids)


def test_a_post_out_of_its_place_is_no_position_wherever_it_stands() -> None:
    def row(*ids: int) -> list[int]:
        return [int(one) for one in positions_of([{"id": str(number)} for number in ids])]

    assert row(5, 100, 99, 98) == [100, 99, 98]
    assert row(100, 99, 500, 98) == [100, 99, 98]
    assert row(100, 99, 98, 700) == [100, 99, 98]
    assert row() == []
