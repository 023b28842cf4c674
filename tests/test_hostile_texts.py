"""Any text is read to the end in bounded work, and every place of the answer lies in the text as given."""

import json
import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.contract import Reading, Roster, Span, StatementText
from analysis.reader import Reader
from analysis.sentiment import scorer_for
from analysis.tagging import Tagged, render_line
from analysis.text import MAX_LENGTH

READER = Reader(Roster(), scorer_for("vader-target"))

FLOODS = {
    "emoji": "😀",
    "different emoji": "😂💔🎉😡👍🏽",
    "joined emoji": "👩‍👩‍👧‍👦",
    "flags": "🇬🇧🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "brackets": "([{",
    "closing brackets": "}])",
    "accented letters": "e\u0301",
    "combining marks": "\u0301",
    "a letter under thirty marks": "e" + "\u0301" * 30,
    "one long word": "a",
    "one long word in capitals": "A",
    "camel case": "Ab",
    "straight quotes": '"',
    "curly quotes": "“”’",
    "apostrophes": "'",
    "at signs": "@",
    "handles": "@a ",
    "glued handles": "@abc",
    "hash signs": "#",
    "hashtags": "#StopIt ",
    "glued hashtags": "#Ab",
    "line breaks": "\n",
    "carriage returns": "\r\n",
    "dots": ".",
    "dots and spaces": ". ",
    "initials": "A.",
    "dashes": "- ",
    "exclamation marks": "!?",
    "zero-width spaces": "\u200b",
    "zero-width within a word": "a\u200b",
    "entities": "&amp;",
    "nested entities": "&" + "amp;" * 50,
    "entities that never end": "&amp",
    "direction marks": "\u202e",
    "direction marks within a word": "a\u2067",
    "halves of surrogate pairs": "\ud83d",
    "surrogates the wrong way round": "\udc00\ud83d",
    "null characters": "\x00",
    "spaces": " ",
    "links": "https://a.example/b ",
    "glued links": "http://",
    "half a link": "www.",
    "domains": "a.b.",
    "mathematical letters": "𝗩",
    "ligatures": "ﷺ",
    "another script": "中",
    "right-to-left words": "شكرا ",
    "two languages in turn": "Gracias a todos los que nos apoyaron hoy. Thank you to all of you who did. ",
    "negators": "not ",
    "contrasts": "good bad but ",
    "emoticons": ":) ",
    "titles": "Mr ",
    "names": "Al Bo attacked Cy Do, and ",
    "parties": "Labour ",
    "slashes": " / a",
}
MANY_TARGETS = ("names", "parties")
"""Thousands of targets, each scored by itself: seconds where the others take milliseconds."""
LENGTH = 100_000


def read(text: str) -> Reading:
    """The reading of a text with two places asked for."""
    spans = tuple(Span(at, at + 3) for at in (0, 900) if at + 3 <= len(text))
    [reading] = READER.read([StatementText(id="1", text=text, spans=spans, reply_to="bob_lee")])
    return reading


def flood(name: str, length: int) -> str:
    return (FLOODS[name] * length)[:length]


@pytest.mark.parametrize("name", [name for name in FLOODS if name not in MANY_TARGETS])
def test_nothing_is_read_beyond_the_longest_text(name: str) -> None:
    """So 100,000 characters cost what 20,000 do."""
    text = flood(name, LENGTH)

    assert read(text) == read(text[:MAX_LENGTH])


def steps_of(work: Callable[[], object]) -> int:
    """How many functions are called, of Python's and of ours."""
    steps = 0

    def count(frame: FrameType, event: str, called: object) -> None:
        nonlocal steps
        steps += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return steps


SHORT = 2_000
FIXED = 20_000
"""Steps that any text may cost, whatever its length."""


@pytest.mark.parametrize("name", FLOODS)
def test_twice_the_text_is_at_most_about_twice_the_work(name: str) -> None:
    once, twice = flood(name, SHORT), flood(name, 2 * SHORT)
    read(twice)  # tables, model and remembered words are loaded

    assert steps_of(lambda: read(twice)) < 2.5 * steps_of(lambda: read(once)) + FIXED


PIECES = st.sampled_from(
    [
        *FLOODS.values(),
        *(
            "Labour",
            "the Tories",
            "Keir Starmer",
            "@Keir_Starmer",
            "#VoteLabour",
            "the PM",
            "We won",
            "I concede",
        ),
        *(
            "you lied",
            "Thank you, ",
            "the BBC",
            "Mr Smith",
            "MP for Leeds",
            "don’t trust",
            "but",
            "my opponent",
        ),
        *(
            "Diolch yn fawr iawn i bawb heddiw. ",
            "We thank all of you for this. ",
            "https://t.co/x",
            "&quot;",
        ),
        *("\u200bLabour", "Lab\u00adour", "L\u202eabour", "Labo\u0301ur", "“Labour”", "𝗟𝗮𝗯𝗼𝘂𝗿", "&#76;abour"),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=6), max_size=24).map("".join) | st.lists(PIECES, max_size=16).map(
    " ".join
)
CONTEXT = st.none() | st.text(max_size=30)


def assert_inside(reading: Reading, text: str) -> None:
    """Every place of a reading lies in the text, and is where it says that it is."""
    for target in reading.targets:
        assert (target.start is None) == (target.end is None)
        if target.start is not None and target.end is not None:
            assert 0 <= target.start < target.end <= len(text)
            assert text[target.start : target.end] == target.mention
    places = [(kind.start, kind.end) for kind in reading.kinds]
    places += [(part.start, part.end) for part in reading.left_out]
    assert all(0 <= start < end <= len(text) for start, end in places)
    for kind in reading.kinds:
        assert all(0 <= index < len(reading.targets) for index in kind.targets)
    assert len(reading.toward) == len(reading.targets)
    for sentiment in (reading.sentiment, *reading.toward, *reading.spans):
        assert sentiment is None or (-1 <= sentiment.score <= 1 and 0 <= sentiment.confidence <= 1)


@settings(max_examples=120, deadline=None)
@given(TEXTS, CONTEXT, CONTEXT, CONTEXT, st.data())
def test_no_text_breaks_the_reading_and_no_place_lies_outside_of_it(
    text: str, author: str | None, reply_to: str | None, quoted: str | None, data: st.DataObject
) -> None:
    spans = []
    if text:
        start = data.draw(st.integers(0, len(text) - 1))
        spans.append(Span(start, data.draw(st.integers(start + 1, len(text)))))
    statement = StatementText(
        "1", text, author=author, author_is=author, reply_to=reply_to, quoted=quoted, spans=tuple(spans)
    )
    [reading] = READER.read([statement])

    assert_inside(reading, text)
    assert len(reading.spans) == len(spans)


@settings(max_examples=120, deadline=None)
@given(TEXTS)
def test_every_answer_is_one_line_of_plain_ascii_json(text: str) -> None:
    [reading] = READER.read([StatementText(id="1", text=text)])
    line = render_line(Tagged("1", reading))

    assert line.isascii()
    assert "\n" not in line
    assert json.loads(line)["id"] == "1"


@pytest.mark.parametrize("name", FLOODS)
def test_the_places_found_in_a_flood_lie_in_it(name: str) -> None:
    text = flood(name, 3_000)

    assert_inside(read(text), text)


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("🎉🎉 “Labour” won", "Labour"),
        ("&amp;&amp; Labour won", "Labour"),
        ("A\u0301\u0301\u0301 \u200b\u200b Labour won", "Labour"),
        ("\ud83d\ud83d Labour won", "Labour"),
        ("Diolch yn fawr iawn i bawb heddiw.\nLabour lied to you and to this town.", "Labour"),
        ("See https://t.co/abc … Labour lies", "Labour"),
        ("Soooooooooo sorry, Labour", "Labour"),
    ],
)
def test_places_count_the_text_as_it_was_given(text: str, mention: str) -> None:
    [reading] = READER.read([StatementText(id="1", text=text)])
    places = [(t.start, t.end) for t in reading.targets if t.mention == mention]

    assert places
    assert all(text[start:end] == mention for start, end in places)
