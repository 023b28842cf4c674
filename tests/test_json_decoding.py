"""Reading JSON fast changes nothing of what is read."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.contract import Layout, LeftOut, Page, Post, Reject
from archive.importers.json_decoding import QuickColumns, decode_json
from archive.importers.json_records import read_record
from archive.importers.ndjson import NdjsonImporter

COLUMNS = {"text": "text", "id": "id", "created_at": "at", "author_handle": "by", "lang": "lang"}


def layout_of(columns: Mapping[str, str]) -> Layout:
    return Layout(columns=dict(columns), platform="x")


def closely(body: bytes, layout: Layout) -> list[Post | Reject | LeftOut]:
    return list(read_record(body, layout, "line 1"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
TEXTS = st.text(st.characters(codec=None), max_size=20)
RECORDS = st.fixed_dictionaries(
    {"text": TEXTS | VALUES},
    optional={
        "id": st.integers() | TEXTS | VALUES,
        "at": st.sampled_from(["2024-07-05T03:12:00Z", "2024-07-05", "never", "", 7, None]),
        "by": TEXTS | VALUES,
        "lang": VALUES,
        "raw": VALUES,
    },
)


@given(RECORDS, st.booleans())
def test_a_record_read_fast_is_the_one_that_is_read_closely(record: dict[str, Any], escaped: bool) -> None:
    body = json.dumps(record, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    layout = layout_of(COLUMNS)
    quick = QuickColumns(layout).read(body, "line 1")
    assert quick is None or [quick] == closely(body, layout)


@given(st.binary(max_size=60), st.integers(0, 200))
def test_bytes_that_were_turned_are_never_read_otherwise(noise: bytes, at: int) -> None:
    whole = b'{"text":"Thank you, Harbour!","at":"2024-07-05T03:12:00Z","raw":{"a":[1,2.5,"\\u00e9"]}}'
    body = whole[:at] + noise + whole[at + len(noise) :]
    layout = layout_of(COLUMNS)
    reading = QuickColumns(layout)
    quick = reading.read(body, "line 1") if reading.reads(body) else None
    assert quick is None or [quick] == closely(body, layout)


PLAIN = {
    "a plain one": b'{"text":"Thank you","at":"2024-07-05T03:12:00Z","id":1911111111111111113,"raw":1e400}',
    "emoji as escapes": b'{"text":"Thank you \\ud83d\\ude4f","at":"2024-07-05T03:12:00Z"}',
    "another writing system": '{"text":"धन्यवाद","at":"2024-07-05T03:12:00Z"}'.encode(),
    "the end of a line of Windows": b'{"text":"Thank you","at":"2024-07-05T03:12:00Z"}\r',
    "a key that comes twice": b'{"text":"No","text":"Yes","at":"2024-07-05T03:12:00Z"}',
}


@pytest.mark.parametrize("body", PLAIN.values(), ids=PLAIN.keys())
def test_plain_records_are_read_fast(body: bytes) -> None:
    layout = layout_of(COLUMNS)
    quick = QuickColumns(layout).read(body, "line 1")
    assert quick is not None
    assert [quick] == closely(body, layout)


DOUBTFUL = {
    "a NUL": b'{"text":"a\\u0000b","at":"2024-07-05"}',
    "half a surrogate pair": b'{"text":"a \\ud83d","at":"2024-07-05"}',
    "half a surrogate pair that nobody asks for": b'{"text":"a","at":"2024-07-05","raw":"\\ud83d"}',
    "bytes that are not UTF-8": b'{"text":"a","at":"2024-07-05","raw":"\xff"}',
    "a wrong time": b'{"text":"a","at":"soon"}',
    "a list": b"[1]",
    "a value that is an object": b'{"text":{"a":1},"at":"2024-07-05"}',
    "true where a text is needed": b'{"text":true,"at":"2024-07-05"}',
}


@pytest.mark.parametrize("body", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_what_is_not_plain_is_left_to_the_one_that_looks_closely(body: bytes) -> None:
    quick = QuickColumns(layout_of(COLUMNS))
    assert not quick.reads(body) or quick.read(body, "line 1") is None


def test_a_page_with_a_byte_that_is_wrong_is_read_closely_and_loses_no_other_record() -> None:
    body = b'{"text":"a","at":"2024-07-05"}\n{"text":"b","at":"2024-07-05","raw":"\xff"}\n'
    page = Page("a.ndjson", body + body[:31], "application/x-ndjson", datetime(2024, 7, 5, tzinfo=UTC), 0)
    found = list(NdjsonImporter().parse(page, layout_of(COLUMNS)))
    assert [(type(one).__name__, one.position) for one in found] == [
        ("Post", "line 1"),
        ("Reject", "line 2"),
        ("Post", "line 3"),
    ]


def test_columns_that_are_paths_are_read_closely() -> None:
    layout = layout_of({**COLUMNS, "author_handle": "user.name"})
    body = b'{"text":"a","at":"2024-07-05","user":{"name":"mina"}}'
    page = Page("a.ndjson", body, "application/x-ndjson", datetime(2024, 7, 5, tzinfo=UTC), 0)
    assert QuickColumns(layout).read(body, "line 1") is None
    assert [one.author_handle for one in NdjsonImporter().parse(page, layout) if isinstance(one, Post)] == [
        "mina"
    ]


@given(st.text(max_size=40) | VALUES.map(json.dumps))
def test_json_says_what_the_standard_library_reads(text: str) -> None:
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        with pytest.raises(type(error)):
            decode_json(text)
    else:
        assert repr(decode_json(text)) == repr(plain)
