"""Cutting takes what is forgotten out of a page's form, and leaves every other byte's meaning."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.contract import Layout, Page
from archive.erasure.cutting import CannotCut, ToCut, cut
from archive.erasure.gone import OnPage, gone_of
from archive.erasure.json_pruning import DROP, pruned
from archive.erasure.pages import without_gone
from archive.erasure.reading import PageReaders
from archive.erasure.runs import Runs
from archive.importers.json_documents import Element, elements_of

NOON = datetime(2024, 7, 5, 12, tzinfo=UTC)
GONE = gone_of({("x", "7001"), ("mastodon", "https://a.example/7001")}, {("x", "55")}, {("x", "zeb")})
ON_PAGE = OnPage(GONE, frozenset({"x", "mastodon"}))


@pytest.mark.parametrize(
    ("value", "stays"),
    [
        ([{"id": "7001", "text": "a"}, {"id": "7002", "text": "b"}], [{"id": "7002", "text": "b"}]),
        ([{"post": {"uri": "7001", "text": "a"}, "score": 1}], []),
        ({"id": 7001, "text": "a"}, DROP),
        ({"id": 7002, "likes": 7001}, {"id": 7002, "likes": 7001}),
        ({"id": "1", "reply_to_id": "7001", "text": "b"}, {"id": "1", "reply_to_id": "7001", "text": "b"}),
        ([{"id": "1", "quoted": {"id": "7001", "text": "a"}}], [{"id": "1", "quoted": {"id": "7001"}}]),
        ([{"id": "1", "refs": [{"type": "quoted", "id": "7001"}]}],) * 2,
        ([{"id": "1", "author_id": "55", "text": "a"}], []),
        ([{"id": "1", "user": {"screen_name": "Zeb"}, "text": "a"}], []),
        ([{"id": "55", "name": "Z."}, {"id": "56", "name": "O."}], [{"id": "56", "name": "O."}]),
        ({"tweets": {"7001": {"t": 1}, "7002": {"t": 2}}}, {"tweets": {"7002": {"t": 2}}}),
        (
            [{"id": "1", "card": {"url": "https://a.example/7001", "title": "a"}}],
            [{"id": "1", "card": {}}],
        ),
    ],
)
def test_of_json_goes_what_is_forgotten_and_what_others_embed_of_it(value: object, stays: object) -> None:
    assert pruned(value, ON_PAGE) == stays


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)


@given(VALUES)
def test_json_that_holds_nothing_of_it_is_what_it_was(value: object) -> None:
    assert pruned(value, OnPage(GONE, frozenset())) == value


BETWEEN = st.sampled_from([",\n", ",", "\n,  "])


@given(st.lists(st.tuples(st.booleans(), st.text(max_size=12), BETWEEN), max_size=6))
def test_records_of_an_array_stay_on_their_lines(records: list[tuple[bool, str, str]]) -> None:
    written = [
        (json.dumps({"id": "7001" if gone else f"8{number}", "text": body}, indent=1), between)
        for number, (gone, body, between) in enumerate(records)
    ]
    body = "".join(one + between for one, between in written).rstrip(", \n") + "\n]\n"
    page = Page("a.json", body.encode(), "application/json", NOON, number=1)
    layout = Layout(array="", platform="x")

    left = cut(ToCut(page, layout, ON_PAGE, frozenset()), "json")

    after = Page("a.json", left, "application/json", NOON, number=1)
    stay = [one for one in _entries(page, layout) if one[1]["id"] != "7001"]
    assert _entries(after, layout) == stay


def _entries(page: Page, layout: Layout) -> list[tuple[int, dict[str, str]]]:
    """The records of a piece of an array, each with its line."""
    return [(one.line, one.entry) for one in elements_of(page, layout) if isinstance(one, Element)]


PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=9)


@given(st.lists(st.tuples(st.booleans(), PLAIN)))
def test_rows_of_a_csv_stay_on_their_lines(rows: list[tuple[bool, str]]) -> None:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["id", "text"])
    for number, (gone, body) in enumerate(rows):
        writer.writerow(["7001" if gone else f"8{number}", f"{body}\n{body}"])
    page = Page("a.csv", written.getvalue().encode(), "text/csv", NOON)
    positions = frozenset(f"line {2 + 2 * number}" for number, (gone, _) in enumerate(rows) if gone)

    left = cut(ToCut(page, Layout(header=("id", "text")), ON_PAGE, positions), "csv")

    assert left.count(b"\n") == page.body.count(b"\n")
    found = [row[0] for row in csv.reader(io.StringIO(left.decode(), newline="")) if row]
    assert found[1:] == [f"8{number}" for number, (gone, _) in enumerate(rows) if not gone]


def test_what_its_reader_counts_otherwise_is_not_cut() -> None:
    page = Page("https://a.example/feed", b"<rss><item>one</item></rss>", "text/xml", NOON)

    with pytest.raises(CannotCut):
        cut(ToCut(page, None, ON_PAGE, frozenset({"item 2"})), "feed")


def test_a_page_without_a_reader_loses_the_runs_alone() -> None:
    page = Page("roster.csv", b"name,x\nOrla,orla_b\nZeb,zebulon_quartermain\n", "text/csv", NOON)

    found = without_gone(page, "roster-1", None, GONE, Runs(["zebulon_quartermain"]), PageReaders())

    assert found.body == b"name,x\nOrla,orla_b\nZeb,\n"
