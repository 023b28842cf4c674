"""What a normalised text promises: readable for rules, and every place leads back to the original."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.text import LINK, MAX_LENGTH, SIGNS, clauses, normalise, sentences

PIECES = (
    *["We won", "don’t", "“quoted”", "—", "…", "&amp;", "&#8217;", "&amp;lt;", "\u200b", "\u202e", "\u00a0"],
    *[
        "https://t.co/x",
        "pic.twitter.com/y",
        "#StopTheCount",
        "#a_b",
        "@someone",
        "!!!!!!",
        "soooo",
        "👍🏽" * 6,
    ],
    *["e\u0301", "\r\n", "\n\n\n\n", "   ", "Mr.", ". But", "; ", "x.co.uk/", "www.", "𝗯𝗼𝗹𝗱", "ﬃ", "&fjlig;"],
)
POSTLIKE = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=30).map("".join)


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("I don’t trust them", "I don't trust them"),
        ("“Enough” is ‘enough’", "\"Enough\" is 'enough'"),
        ("We won—just", "We won - just"),
        ("2015–2019", "2015-2019"),
        ("Fish &amp; chips &amp;amp; peas &#39;now&#x27;", "Fish & chips & peas 'now'"),
        ("AT&T; and R&D", "AT&T; and R&D"),
        ("So\u200b much\u00adfor\u202e that\ufeff", "So muchfor that"),
        ("one\u00a0two\u2009three\tfour", "one two three four"),
        ("reality.pic.twitter.com/Ab12", f"reality. {LINK}"),
        ("todaypic.twitter.com/Ab12", f"today {LINK}"),
        ("#ForThemhttps://a.example/b", f"For Them {LINK}"),
        ("Camden.https://a.example/b?c=d", f"Camden. {LINK}"),
        ("Read https://a.example/b … today", f"Read {LINK} today"),
        ("(see https://a.example/b).", f"(see {LINK})."),
        ("https://a.example/bhttps://b.example/c", f"{LINK} {LINK}"),
        ("Register at gov.uk/vote now", f"Register at {LINK} now"),
        ("Join us at example.org.uk!", f"Join us at {LINK}!"),
        ("We lost.But not for long", "We lost.But not for long"),
        ("#StopTheCount", "Stop The Count"),
        ("#NHSCrisis #Vote2019 #GE2019", "NHS Crisis Vote 2019 GE2019"),
        ("#VoteMcTavish #get_it_done", "Vote McTavish get it done"),
        ("word#Tag, #1 #2019", "word Tag, #1 #2019"),
        ("Noooooooo!!!!!!!!! 1000000", "Nooo!!!! 1000000"),
        ("\U0001f44d\U0001f3fd" * 9, "\U0001f44d" * 4),
        ("𝗩𝗼𝘁𝗲 ｎｏｗ ﬁne", "Vote now fine"),
        ("Wales \U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f", "Wales \U0001f3f4"),
        ("Nun\u0303ez", "Nuñez"),
        ("a\r\n\n\n\nb   c", "a\n\nb c"),
    ],
)
def test_a_text_is_made_plain(given_text: str, expected: str) -> None:
    assert normalise(given_text).text == expected


@pytest.mark.parametrize("text", ["🎉", "Well 👏🏽", "❤", "☹", ":)", ":-(", ";-)", ":D", "=D", "<3", "👍:)"])
def test_emoji_and_emoticons_are_signs(text: str) -> None:
    assert SIGNS.search(normalise(text).text)


@pytest.mark.parametrize(
    "text", ["12:3", "(2/2)", "a=b", "to:D", "http://a.example", "→ here", "50%", "<b>", "8)", "€5", "x:(y"]
)
def test_marks_figures_and_links_are_no_signs(text: str) -> None:
    assert not SIGNS.search(normalise(text).text)


def test_a_plain_text_stays_as_it_is_and_maps_to_itself() -> None:
    plain = "We won, and they lost. Thank you!"

    text = normalise(plain)

    assert text.text == plain
    assert text.to_original(3, 6) == text.from_original(3, 6) == (3, 6)


@pytest.mark.parametrize(
    ("original", "there", "here"),
    [
        ("“Labour” won", "Labour", "Labour"),
        ("&quot;Labour&quot; won", "&quot;", '"'),
        ("Hi #VoteLabour", "Labour", "Labour"),
        ("In Camden.https://t.co/x yes", "https://t.co/x", LINK),
        ("La\u200bbour won", "La\u200bbour", "Labour"),
        ("Labour\u200b won", "Labour", "Labour"),
        ("so loooooong ago", "loooooong", "looong"),
    ],
)
def test_a_place_is_found_again_in_both_directions(original: str, there: str, here: str) -> None:
    text = normalise(original)
    start = original.index(there)
    span = text.from_original(start, start + len(there))

    assert text.text[slice(*span)] == here
    assert text.to_original(*span) == (start, start + len(there))


def test_what_was_dropped_has_an_empty_place() -> None:
    start, end = normalise("a\u200bb").from_original(1, 2)

    assert start == end


def test_what_lies_beyond_the_limit_is_not_read() -> None:
    text = normalise("a b " * MAX_LENGTH)

    assert len(text.text) == MAX_LENGTH
    assert text.from_original(MAX_LENGTH + 5, MAX_LENGTH + 9) == (MAX_LENGTH, MAX_LENGTH)


@settings(max_examples=150)
@given(POSTLIKE)
def test_offsets_never_fall_and_stay_inside_the_original(original: str) -> None:
    text = normalise(original)

    assert len(text.offsets) == len(text.text) + 1 == len(text.ends) + 1
    assert all(a <= b for a, b in pairwise(text.offsets))
    assert all(a <= b for a, b in pairwise(text.ends))
    assert all(0 <= a <= b <= len(original) for a, b in zip(text.offsets, text.ends, strict=False))


@settings(max_examples=150)
@given(POSTLIKE, st.integers(0, 200), st.integers(0, 40))
@example("#StopTheCount#StopTheCount", 14, 2)  # begins with the space that was put between
def test_every_span_leads_back_and_forth_without_shrinking(original: str, start: int, width: int) -> None:
    text = normalise(original)
    start = min(start, len(text.text))
    end = min(start + width, len(text.text))
    back = text.to_original(start, end)

    assert 0 <= back[0] <= back[1] <= len(original)
    if back[0] < back[1]:
        again = text.to_original(*text.from_original(*back))
        assert again[0] <= back[0]
        assert back[1] <= again[1]


@settings(max_examples=100)
@given(st.text(alphabet="abcdefghij klm,.'", max_size=80).filter(lambda s: normalise(s).text == s))
def test_spans_of_plain_text_survive_the_round_trip(plain: str) -> None:
    text = normalise(plain)

    for start in range(len(plain)):
        assert text.to_original(*text.from_original(start, len(plain))) == (start, len(plain))


SPELLED_OUT = ["\N{HORIZONTAL ELLIPSIS}", "\N{LEFT DOUBLE QUOTATION MARK}", "\N{RIGHT SINGLE QUOTATION MARK}"]


AROUND_THEM = st.sampled_from([*SPELLED_OUT, "&hellip;", "&ldquo;", "#", "http://a.b/"])


@given(st.lists(st.one_of(AROUND_THEM, POSTLIKE)))
def test_rules_need_not_know_an_ellipsis_nor_curly_quotes(parts: list[str]) -> None:
    assert not set(SPELLED_OUT) & set(normalise("".join(parts)).text)


@settings(max_examples=100)
@given(POSTLIKE)
def test_normalising_twice_changes_nothing_more_in_links_and_floods(original: str) -> None:
    once = normalise(original).text

    assert "http://" not in once
    assert "!!!!!" not in once
    assert "\u200b" not in once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We won. They lost! Really?", ["We won.", "They lost!", "Really?"]),
        ("Mr. Doe met Dr. J. Roe. He left.", ["Mr. Doe met Dr. J. Roe.", "He left."]),
        ("No. 10 is shut. No. We did not.", ["No. 10 is shut.", "No.", "We did not."]),
        ("It grew 3.5 points in the U.S. We cheered.", ["It grew 3.5 points in the U.S.", "We cheered."]),
        ("In the U.S. Senate they sat.", ["In the U.S. Senate they sat."]),
        ('"We did it." Then he left.', ['"We did it."', "Then he left."]),
        ("We met in Camden.They came.", ["We met in Camden.", "They came."]),
        ("And so on... and on. Yes", ["And so on... and on.", "Yes"]),
        ("First\n\n second \nthird", ["First", "second", "third"]),
        ("  ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Ann praised Bob, and Cid slammed Dan", ["Ann praised Bob", "and Cid slammed Dan"]),
        ("I like her but he lied; we know", ["I like her", "but he lied", "we know"]),
        ("They cut and we paid - again", ["They cut", "and we paid", "again"]),
        ("Thanks to Ann, Bob, and Cid for coming", ["Thanks to Ann, Bob, and Cid for coming"]),
        ("Reds, Greens, and Blues will meet", ["Reds, Greens, and Blues will meet"]),
        ("We will fight, they said", ["We will fight", "they said"]),
    ],
)
def test_clauses_are_cut_before_a_new_subject(sentence: str, expected: list[str]) -> None:
    assert [sentence[start:end] for start, end in clauses(sentence, 0, len(sentence))] == expected


@settings(max_examples=150)
@given(POSTLIKE)
def test_sentences_and_clauses_lie_inside_the_text_in_order(text: str) -> None:
    edge = 0
    for start, end in sentences(text):
        assert edge <= start < end <= len(text)
        inner = start
        for first, last in clauses(text, start, end):
            assert inner <= first < last <= end
            inner = last
        edge = end


@settings(max_examples=100)
@given(POSTLIKE)
def test_sentences_lose_nothing_but_white_space(text: str) -> None:
    kept = "".join(text[start:end] for start, end in sentences(text))

    assert "".join(kept.split()) == "".join(text.split())


FLOODS = (
    *[
        "😀",
        "!?",
        "((((",
        "a",
        "e\u0301",
        "\u0301",
        "#",
        "# ",
        "@a",
        "&amp;",
        "&",
        "http://",
        "www.",
        "a.b.",
        "a-",
    ],
    *[
        ".",
        ". ",
        "-",
        "- ",
        "\n",
        " ",
        ";",
        ", A",
        "A b, ",
        "x\u200b",
        "1",
        "_",
        "\u202e",
        "Ab",
        "#Ab",
        '."',
        "/",
        ", AB CD",
    ],
)


@pytest.mark.parametrize("unit", FLOODS)
def test_any_flood_of_a_hundred_thousand_signs_is_read_to_the_end(unit: str) -> None:
    flood = (unit * 100_000)[:100_000]
    text = normalise(flood).text
    for start, end in sentences(flood):
        clauses(flood, start, end)
    assert all(0 <= start < end <= len(text) for start, end in sentences(text))
