"""JSON documents of every kind: cut between their records, read from each page alone."""

import io
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.contract import Choices, Layout, Page, Post, Reject, Unrecognised
from archive.importers import files, json_cutting
from archive.importers.files import Cut, cut_pages
from archive.importers.json_cutting import cut_document, find_array
from archive.importers.json_documents import JsonImporter, elements_of
from archive.importers.opening import Held, Neighbours, open_file
from archive.importers.unpacking import LIMITS

X = Choices(platform="x")
NOON = datetime(2024, 7, 5, 12, tzinfo=UTC)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.lists(st.dictionaries(st.text(max_size=8), JSON_VALUES, min_size=1, max_size=5), max_size=6)


def nothing(_record: Any) -> bool:
    return False


def held(body: bytes, name: str = "posts.json") -> Held:
    return Held(name, name, lambda: io.BufferedReader(io.BytesIO(body)), Neighbours(Path()), LIMITS)


def written(path: Path, body: str | bytes) -> Path:
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return path


def read(body: str | bytes, choices: Choices = X) -> list[Post | Reject]:
    source, importer = held(body.encode() if isinstance(body, str) else body), JsonImporter()
    layout = importer.plan(source, choices)
    pages = list(importer.read(source))
    assert b"".join(page.body for page in pages) == source.open().read()
    found = [record for page in pages for record in importer.parse(page, layout)]
    return [record for record in found if isinstance(record, Post | Reject)]


def post(number: int, text: str = "We won.") -> dict[str, str]:
    return {"id": str(number), "text": text, "created_at": "2024-07-05"}


def elements(body: bytes, array: str | None = "") -> list[Any]:
    """What is read of a document's bytes, page by page; a rejection is None."""
    pages = cut_pages(held(body), "application/json", cut_document(io.BytesIO(body), nothing))
    found = [one for page in pages if not page.oversized for one in elements_of(page, Layout(array=array))]
    return [None if isinstance(one, Reject) else one.entry for one in found]


# ---- documents ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "between", "after"),
    [
        ("[", ",", "]"),
        ("\ufeff[\n  ", ",\n  ", "\n]\n"),
        ("[\r\n", ",\r\n", "\r\n]\r\n"),
        ("window.YTD.tweets.part0 = [ ", ", ", " ]"),
        ("var posts=[", " ,", "];\n"),
        ('{"@context": ["a", {"b": 1}], "orderedItems": [', ",", '], "totalItems": 2}'),
        ('{\n "meta": {"data": [1]},\n "tweets": [\n', ",\n", "\n]}\n"),
        ("", "\n", ""),
        ("\n", "\n\n", "\n"),
    ],
)
def test_every_kind_of_document_gives_its_records(before: str, between: str, after: str) -> None:
    body = before + between.join(json.dumps(post(n), indent=1) for n in (1, 2)) + after

    first, second = read(body)

    assert isinstance(first, Post)
    assert isinstance(second, Post)
    assert (first.post_id, second.post_id) == ("1", "2")
    assert first.position != second.position


def test_a_record_is_found_at_its_line(tmp_path: Path) -> None:
    body = "[\n" + ",\n".join(json.dumps(post(n), indent=2) for n in range(3)) + "\n]\n"

    assert [record.position for record in read(body)] == ["line 2", "line 7", "line 12"]


def test_records_on_one_line_have_places_of_their_own() -> None:
    places = [record.position for record in read(json.dumps([post(n) for n in range(3)]))]

    assert places == [f"line 1, record {n} of part 1" for n in (1, 2, 3)]


def test_ids_of_64_bits_and_line_separators_within_texts_stay_whole() -> None:
    entry = {**post(1), "id": 1911111111111111113, "text": "one\u2028two\u2029three \u0085 \x7f 🗳️"}

    [found] = read(json.dumps([entry], ensure_ascii=False))

    assert isinstance(found, Post)
    assert (found.post_id, found.text) == ("1911111111111111113", entry["text"])


def test_a_number_an_array_and_a_word_are_no_records_but_rejections() -> None:
    *rejects, good = read(f'[1, [2], "three", null, {json.dumps(post(4))}]')

    assert [type(one) for one in rejects] == [Reject] * 4
    assert isinstance(good, Post)


@pytest.mark.parametrize("body", ["[]", "{}", "[1, 2]", '{"data": {"id": 1}}', '"text"', "no JSON"])
def test_a_document_without_posts_is_not_recognised(body: str) -> None:
    with pytest.raises(Unrecognised):
        read(body)


def test_an_object_that_is_a_record_itself_is_not_taken_apart() -> None:
    page = {"data": [{"id": "1"}, {"id": "2"}], "includes": {"users": []}}

    cut = list(
        cut_document(io.BytesIO(json.dumps(page, indent=1).encode()), lambda found: "includes" in found)
    )

    assert [kind for _, kind in cut if kind is Cut.ALONE] == []
    assert json.loads(cut[0][0]) == page


# ---- what is broken -----------------------------------------------------------------------------------


BROKEN = [
    '{"id": "9", "text": "an escape \\x that is none", "created_at": "2024-07-05"}',
    '{"id": "9", "text": "a tab \t unescaped", "created_at": "2024-07-05"}',
    '{"id": "9", "text": "never closed, "created_at": "2024-07-05"}',
    '{"id": "9", "text": "no brace", "created_at": "2024-07-05"',
    '{"id": "9", "text": NaNa}',
    '{"id" "9"}',
    "?",
]


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("between", [",", ",\n  "])
def test_a_broken_record_costs_itself_alone(broken: str, between: str) -> None:
    body = "[" + between.join([json.dumps(post(1)), broken, *(json.dumps(post(n)) for n in (2, 3))]) + "]"

    records = read(body)

    assert [one.post_id for one in records if isinstance(one, Post)] == ["1", "2", "3"]
    [reject] = [one for one in records if isinstance(one, Reject)]
    assert reject.position.startswith("line 2" if "\n" in between else "line 1")
    assert "not JSON" in reject.reason


def test_a_brace_too_many_costs_no_record() -> None:
    body = f"[{json.dumps(post(1))}}}, {json.dumps(post(2))}]"

    first, brace, last = read(body)

    assert [one.post_id for one in (first, last) if isinstance(one, Post)] == ["1", "2"]
    assert isinstance(brace, Reject)


def test_a_record_that_is_not_utf8_costs_itself_alone() -> None:
    bodies = [json.dumps(post(n), ensure_ascii=False).encode() for n in (1, 2, 3)]
    bodies[1] = bodies[1].replace(b"won", b"caf\xe9")

    first, bad, last = read(b"[" + b",\n".join(bodies) + b"]")

    assert isinstance(first, Post)
    assert isinstance(bad, Reject)
    assert (bad.reason, bad.position) == ("not UTF-8", "line 2")
    assert isinstance(last, Post)


@pytest.mark.parametrize("lost", [1, 2, 5, 30, 60])
def test_a_document_that_is_cut_off_is_read_to_there_and_says_so(lost: int) -> None:
    body = "[\n" + ",\n".join(json.dumps(post(n)) for n in range(5)) + "\n]"

    records = read(body[:-lost])

    assert isinstance(records[-1], Reject)
    assert [one.post_id for one in records if isinstance(one, Post)] == ["0", "1", "2", "3", "4"][
        : len(records) - 1
    ]


def test_a_bracket_that_does_not_end_the_document_is_told() -> None:
    body = "[" + json.dumps(post(1)) + "], " + json.dumps(post(2)) + "]"

    first, reject = read(body)

    assert isinstance(first, Post)
    assert isinstance(reject, Reject)
    assert "what follows the array" in reject.reason


def test_brackets_nested_beyond_reason_are_rejected() -> None:
    body = "[" + json.dumps(post(1)) + "," + "[" * 100_000 + "]" * 100_000 + "," + json.dumps(post(2)) + "]"

    first, bad, last = read(body)

    assert isinstance(first, Post)
    assert isinstance(bad, Reject)
    assert isinstance(last, Post)


def test_records_longer_than_a_window_are_rejected_and_the_others_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (files, json_cutting):
        monkeypatch.setattr(module, "RECORD_BYTES", 1 << 16)
    monkeypatch.setattr(json_cutting, "BLOCK", 1 << 12)
    long = [post(8, "x" * 70_000), post(9, "y" * 300_000)]
    body = json.dumps([post(1), long[0], post(2), long[1], post(3)])

    records = read(body)

    assert [one.post_id for one in records if isinstance(one, Post)] == ["1", "2", "3"]
    assert len(records) == 5


class Endless(io.RawIOBase):
    """A document of one record of so many bytes, which stand nowhere."""

    def __init__(self, size: int) -> None:
        self.left, self.largest = size, 0
        self._next = b'[{"id": "1", "text": "'

    def read(self, size: int = -1) -> bytes:
        self.largest = max(self.largest, size)
        some, self._next = self._next, b""
        some = some or b"x" * min(size, self.left)
        self.left -= len(some)
        return some


def test_hundreds_of_megabytes_in_one_record_are_never_held(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (files, json_cutting):
        monkeypatch.setattr(module, "RECORD_BYTES", 1 << 20)
    file, size = Endless(300 << 20), 0
    tracemalloc.start()
    for body, _ in cut_document(file, nothing):  # type: ignore[arg-type]
        size += len(body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size >= 300 << 20
    assert 0 < file.largest <= 1 << 20
    assert peak < 24 << 20


# ---- whatever comes -----------------------------------------------------------------------------------


@given(RECORDS, st.sampled_from([None, 1, 3]), st.booleans(), st.integers(1, 40))
def test_records_are_read_as_they_were_written(
    records: list[dict[str, Any]], indent: int | None, ascii_only: bool, block: int
) -> None:
    body = json.dumps(records, indent=indent, ensure_ascii=ascii_only)
    before, json_cutting.BLOCK = json_cutting.BLOCK, block
    try:
        found = elements(body.encode("utf-8", "surrogatepass"))
    finally:
        json_cutting.BLOCK = before

    if ascii_only or not any(0xD800 <= ord(letter) < 0xE000 for letter in body):
        assert found == records


@given(st.binary(max_size=300) | st.text('[]{},:"\\ab \n1\ufeff', max_size=200).map(str.encode))
@example(b"[")
@example(b"[]]")
@example(b'[{"a":1},')
def test_no_byte_is_lost_or_doubled_whatever_the_document(body: bytes) -> None:
    assert b"".join(piece for piece, _ in cut_document(io.BytesIO(body), nothing)) == body


@given(st.binary(max_size=200))
def test_any_page_can_be_parsed(body: bytes) -> None:
    page = Page("a.json", body, "application/json", NOON, number=1)
    for array in (None, "", "data"):
        list(JsonImporter().parse(page, Layout(array=array, columns={"text": "text"}, platform="x")))


@pytest.mark.parametrize(
    ("text", "end", "array"),
    [
        ("[1", 1, ""),
        (' x.y[0] = [{"', 11, ""),
        ('{"data": [{}]}', 10, "data"),
        ('{"data": [1], "posts": [{"a"', 24, "posts"),
        ('{"data": 3, "more": []}', None, ""),
        ("{'data': [", None, ""),
        ("", None, ""),
    ],
)
def test_the_array_of_records_is_found_under_its_key(text: str, end: int | None, array: str) -> None:
    found = find_array(text)

    assert (found.end if found else None) == end
    assert (found.array if found else "") == array


def test_a_file_of_an_array_is_read_from_disk(tmp_path: Path) -> None:
    source = open_file(written(tmp_path / "posts.json", json.dumps([post(1)])))

    assert JsonImporter().plan(source, X).array == ""
