"""What `hustings tag` promises: a line for a line, in order, and a reason where a line cannot be read."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.contract import Basis, Roster, Span
from analysis.lines import MAX_LINE, UnreadableLine, parse_line
from analysis.reader import Reader
from analysis.sentiment import DEFAULT_SCORER, scorer_for
from analysis.tagging import BATCH, Tally, render_line, tag, tag_lines, tag_stream

GOOD = {"id": "a", "text": "Labour lied to this town."}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Roster(), scorer_for(DEFAULT_SCORER))


def line(**fields: object) -> bytes:
    return json.dumps({**GOOD, **fields}).encode()


def answers(reader: Reader, *lines: bytes) -> list[dict[str, Any]]:
    return [json.loads(render_line(tagged)) for tagged in tag_lines(lines, reader)]


def test_an_answer_has_exactly_the_fields_of_the_contract(reader: Reader) -> None:
    [answer] = answers(reader, line(spans=[[0, 6]]))

    assert list(answer) == [
        *("id", "lang", "languages", "left_out"),
        *("sentiment", "unscored", "kinds", "targets", "spans"),
    ]
    assert set(answer["sentiment"]) == {"score", "label", "confidence", "method"}
    assert set(answer["kinds"][0]) == {
        *("kind", "strength", "scope", "types", "incivility", "confidence", "start", "end", "method")
    }
    assert set(answer["targets"][0]) == {
        *("start", "end", "mention", "who", "type", "id", "party_id", "candidates", "basis"),
        *("link_confidence", "score", "label", "confidence"),
    }
    assert answer["spans"][0].keys() == {"start", "end", "score", "label", "confidence"}
    assert (answer["spans"][0]["start"], answer["spans"][0]["end"]) == (0, 6)


def test_how_sure_a_link_is_stands_beside_how_sure_its_sentiment_is(reader: Reader) -> None:
    text = "Labour has failed us all, and Zed Quimby, the Labour candidate, said nothing."
    [answer] = answers(reader, line(text=text))

    links = {target["basis"]: target["link_confidence"] for target in answer["targets"]}
    assert links["alias"] > links["shape"] > 0
    assert all(target["confidence"] != target["link_confidence"] for target in answer["targets"])


def test_a_foreign_text_is_answered_with_its_language_and_the_reason(reader: Reader) -> None:
    [answer] = answers(reader, line(text="Merci à toutes et à tous pour votre confiance, nous continuons."))

    assert (answer["lang"], answer["sentiment"], answer["unscored"]) == ("fr", None, "unsupported_language")
    assert answer["kinds"] == []


def test_places_count_code_points_of_the_text_as_given(reader: Reader) -> None:
    text = "🎉&amp;“Thanks” — Labour lied to you"
    [answer] = answers(reader, line(text=text))
    target = next(one for one in answer["targets"] if one["who"] == "Labour")

    assert text[target["start"] : target["end"]] == target["mention"] == "Labour"


def test_the_authors_own_side_is_not_listed(reader: Reader) -> None:
    text = "We will win because our plan is better than the Tories' plan."
    [answer] = answers(reader, line(text=text))
    found = tag(text)

    assert Basis.OWN_SIDE in {target.basis for target in found.targets}
    assert "own_side" not in {target["basis"] for target in answer["targets"]}


def test_whoever_is_only_replied_to_has_no_place(reader: Reader) -> None:
    [answer] = answers(reader, line(text="That is simply not true.", reply_to="ann_hill"))
    reply = next(one for one in answer["targets"] if one["basis"] == "reply")

    assert (reply["start"], reply["end"]) == (None, None)


WRONG_LINES = (
    (b"nonsense", None, "not JSON"),
    (b"[1, 2]", None, "not a JSON object"),
    (b'{"text": "no id"}', None, "id: a string"),
    (b'{"id": true, "text": "x"}', None, "id: a string"),
    (b'{"id": "a", "text": "\xff"}', None, "not UTF-8 at byte 21"),
    (b"[" * 100_000, None, "not JSON"),
    (b'{"id": "a"}', "a", "text: a string"),
    (line(text=None), "a", "text: a string"),
    (line(text=7), "a", "text: a string"),
    (line(author=["Ann"]), "a", "author: a string"),
    (line(posted_at=1576213260), "a", "posted_at: a string"),
    (line(posted_at="yesterday"), "a", "posted_at: not a time: 'yesterday'"),
    (line(polls="2019-13-45"), "a", "polls: not a time"),
    (line(spans=[0, 6]), "a", "spans: a list"),
    (line(spans="0-6"), "a", "spans: a list"),
    (line(spans=[[0, 6, 7]]), "a", "spans: a list"),
    (line(spans=[[0, True]]), "a", "spans: a list"),
    (line(spans=[[0.0, 6.0]]), "a", "spans: a list"),
    (line(spans=[[6, 6]]), "a", "spans: [6, 6] is no place"),
    (line(spans=[[0, 600]]), "a", "spans: [0, 600] is no place in a text of 25 characters"),
)


@pytest.mark.parametrize(("wrong", "line_id", "problem"), WRONG_LINES)
def test_a_wrong_line_is_answered_with_its_problem_and_the_others_go_on(
    reader: Reader, wrong: bytes, line_id: str | None, problem: str
) -> None:
    before, error, after = answers(reader, line(id="1"), wrong, line(id="2"))

    assert (before["id"], after["id"]) == ("1", "2")
    assert "sentiment" in after
    assert error["id"] == line_id
    assert problem in error["error"]
    assert set(error) == {"id", "error"}


@pytest.mark.parametrize(
    ("given_time", "expected"),
    [
        ("2019-12-13T05:01:00Z", datetime(2019, 12, 13, 5, 1, tzinfo=UTC)),
        ("2019-12-13 05:01:00Z", datetime(2019, 12, 13, 5, 1, tzinfo=UTC)),
        ("2019-12-13 06:01:00+01:00", datetime(2019, 12, 13, 5, 1, tzinfo=UTC)),
        ("2019-12-13 05:01", datetime(2019, 12, 13, 5, 1, tzinfo=UTC)),
        (" 2019-12-13 ", datetime(2019, 12, 13, tzinfo=UTC)),
        ("Fri, 13 Dec 2019 05:01:00 +0000", datetime(2019, 12, 13, 5, 1, tzinfo=UTC)),
        ("Fri Dec 13 05:01:00 +0000 2019", datetime(2019, 12, 13, 5, 1, tzinfo=UTC)),
        ("2019-12", None),
        ("", None),
        (None, None),
    ],
)
def test_times_are_understood_in_the_forms_that_platforms_write(
    given_time: str | None, expected: datetime | None
) -> None:
    parsed = parse_line(line(posted_at=given_time, polls=given_time)).statement

    assert parsed.posted_at == expected
    assert parsed.polls == (expected.date() if expected else None)


def test_every_known_field_is_used_and_unknown_ones_are_ignored() -> None:
    names = ("author", "author_is", "author_party", "contest", "election", "reply_to", "quoted", "lang")
    given_line = line(**{name: name.upper() for name in names}, polls="2019-12-12", spans=[[0, 6]], likes=[1])
    statement = parse_line(given_line).statement

    assert {name: getattr(statement, name) for name in names} == {name: name.upper() for name in names}
    assert statement.polls == date(2019, 12, 12)
    assert statement.spans == (Span(0, 6),)


def test_a_number_is_an_id_and_comes_back_as_one(reader: Reader) -> None:
    [answer] = answers(reader, line(id=12))

    assert answer["id"] == 12


def test_half_a_surrogate_pair_is_survived(reader: Reader) -> None:
    [answer] = answers(reader, b'{"id": "\\ud83d", "text": "\\ud83d Labour lied to \\udc00 us"}')

    assert answer["id"] == "\ud83d"
    assert answer["targets"][0]["mention"] == "Labour"


def test_blank_lines_and_a_byte_order_mark_are_no_lines(reader: Reader) -> None:
    assert [
        one["id"] for one in answers(reader, b"\xef\xbb\xbf" + line(id="1"), b"\n", b"  \r\n", line(id="2"))
    ] == ["1", "2"]


def test_a_stream_is_answered_in_order_with_a_tally(reader: Reader) -> None:
    count = 2 * BATCH + 3
    lines = [line(id=str(i)) if i % 100 else b"{" for i in range(count)]
    sink = io.StringIO()

    tally = tag_stream(io.BytesIO(b"\n".join(lines)), sink, reader)
    out = [json.loads(one) for one in sink.getvalue().splitlines()]

    assert tally == Tally(read=count, unreadable=sum("error" in one for one in out))
    assert [one["id"] for one in out] == [str(i) if i % 100 else None for i in range(count)]


def test_the_first_batch_is_answered_before_the_rest_is_read(reader: Reader) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield line()

    assert next(tag_lines(endless(), reader)).error is None


def test_a_line_that_is_too_long_is_refused_without_being_kept(reader: Reader) -> None:
    long = b'{"id": "1", "text": "' + b"a" * (3 * MAX_LINE) + b'"}\n'
    sink = io.StringIO()

    tally = tag_stream(io.BytesIO(long + line(id="2") + b"\n" + long), sink, reader)
    first, second, third = (json.loads(one) for one in sink.getvalue().splitlines())

    assert tally == Tally(read=3, unreadable=2)
    assert first == third == {"id": None, "error": f"longer than {MAX_LINE:,} bytes"}
    assert second["id"] == "2"


@settings(max_examples=50)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: line(text=text)))
def test_any_line_is_a_statement_or_an_unreadable_line(raw: bytes) -> None:
    problem = ""
    try:
        parse_line(raw)
    except UnreadableLine as error:
        problem = str(error)

    assert bool(problem) != is_statement(raw)


def is_statement(raw: bytes) -> bool:
    try:
        fields = json.loads(raw)
    except ValueError:
        return False
    return isinstance(fields, dict) and {"id", "text"} <= fields.keys()


def test_a_text_is_tagged_without_a_database() -> None:
    reading = tag("Labour lied to this town.", author="Ann Hill", polls=date(2024, 7, 4), spans=(Span(0, 6),))

    assert reading.targets[0].who == "Labour"
    assert reading.sentiment is not None
    assert len(reading.spans) == 1
