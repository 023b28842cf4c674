"""The one door to vaderSentiment: its own answers, in bounded time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vader_identity import COUNT, differences, made_texts
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from analysis.contract import Label, Question, Span
from analysis.sentiment import scorer_for, vader
from analysis.text import normalise

REFERENCE = SentimentIntensityAnalyzer()
WORDS = (
    *(
        "good",
        "bad",
        "GREAT",
        "awful",
        "joy",
        "killed",
        "no",
        "or",
        "nor",
        "but",
        "But",
        "BUT",
        "never",
        "so",
    ),
    *("this", "without", "doubt", "not", "isn't", "can’t", "least", "at", "very", "kind", "of", "sort", "x"),
    *(
        "yeah",
        "right",
        "the",
        "bomb",
        "shit",
        "to",
        "die",
        "for",
        "extremely",
        "BARELY",
        ":)",
        ":D",
        "!",
        "??",
    ),
    *("😂", "💔🎉", "a😂b", "\n", "…", "(great)", "'bad'", "most", "uber", "cut", "mustard"),
)
POSTS = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=24).map(" ".join),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=6)), max_size=16).map("".join),
    st.text(max_size=80),
)


@given(POSTS)
def test_plain_vader_is_vadersentiments_polarity_scores_bit_for_bit(text: str) -> None:
    assert vader.compound(text) == REFERENCE.polarity_scores(text)["compound"]


def test_ten_thousand_made_texts_get_vadersentiments_own_scores() -> None:
    """The first tenth of what benchmarks/vader_identity.py compares."""
    assert differences(made_texts(COUNT // 10)) == []


@pytest.mark.real
def test_a_hundred_thousand_made_texts_get_vadersentiments_own_scores() -> None:
    assert differences(made_texts(COUNT)) == []


def test_the_made_texts_hold_what_vaders_rules_look_for() -> None:
    texts = [text.lower() for text in made_texts(3_000)]

    for sign in (
        "but",
        "n't",
        "at least",
        "!!!",
        "??",
        "❤",
        ":)",
        "very",
        "kind of",
        "without doubt",
        "never so",
    ):
        assert any(sign in text for text in texts), sign
    assert len({vader.compound(text) for text in texts}) > 1_000


def test_the_but_rule_is_repeated_with_its_equal_scores() -> None:
    """vaderSentiment changes the first EQUAL score, again and again: its flaw is part of its answer."""
    text = "good bad good but good bad good good bad"
    assert vader.compound(text) == REFERENCE.polarity_scores(text)["compound"]


def test_the_original_text_is_read_not_the_normalised_one() -> None:
    text = "I don’t trust them. #StopTheSteal"
    answer = scorer_for("vader").score([Question(normalise(text))])[0]
    assert answer.score == REFERENCE.polarity_scores(text)["compound"] > 0


def test_plain_vader_does_not_look_at_the_target() -> None:
    text = normalise("The mayor is good, but the council is bad.")
    answers = scorer_for("vader").score(
        [Question(text), Question(text, Span(0, 9)), Question(text, addressed=True)]
    )
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(
    ("text", "label"),
    [("", Label.NEUTRAL), ("A chair.", Label.NEUTRAL), ("Good.", Label.POSITIVE), ("Bad.", Label.NEGATIVE)],
)
def test_labels_follow_the_thresholds_that_vaders_authors_advise(text: str, label: Label) -> None:
    assert scorer_for("vader").score([Question(normalise(text))])[0].label == label


FLOODS = {
    "emoji": "😂" * 100_000,
    "mixed emoji": "😂💔🎉😡" * 25_000,
    "words and but": "good bad but " * 8_000,
    "one word": "a" * 100_000,
    "brackets": "([{" * 33_000,
    "marks": "e" + "\u0301" * 100_000,
    "quotes": '"' * 100_000,
    "commas": "bad, he " * 12_500,
    "negators": "not " * 25_000,
    "names": "Al Bo attacked Cy Do, and " * 4_000,
    "you": "you lied. " * 10_000,
    "phrases": "shame on no plan no idea " * 4_000,
    "reversals": "cut against corrupt " * 5_000,
    "participles": "was jailed and jailed and " * 4_000,
}


@pytest.mark.parametrize("flood", FLOODS)
@pytest.mark.parametrize("method", ["vader", "vader-target"])
def test_any_flood_is_scored_to_the_end(method: str, flood: str) -> None:
    """vaderSentiment itself would take minutes; no clock is asked."""
    text = normalise(FLOODS[flood])
    names = tuple(Span(i, i + 2) for i in range(0, 4_000, 26))
    spans = [Span(i, i + 5) for i in range(0, 3_000, 300)]
    questions = [Question(text, span, names=names) for span in spans]
    answers = scorer_for(method).score(
        [Question(text, names=names), Question(text, addressed=True), *questions[:3]]
    )
    assert all(-1 <= answer.score <= 1 for answer in answers)


@given(
    POSTS, st.integers(0, 90), st.integers(0, 20), st.lists(st.tuples(st.integers(0, 80), st.integers(0, 9)))
)
def test_no_text_and_no_place_breaks_the_rules(
    text: str, start: int, width: int, names: list[tuple[int, int]]
) -> None:
    spans = tuple(Span(a, a + n) for a, n in names)
    read = normalise(text)
    questions = [Question(read, Span(start, start + width), names=spans), Question(read, names=spans)]
    for answer in scorer_for("vader-target").score([*questions, Question(read, addressed=True)]):
        assert -1 <= answer.score <= 1
        assert 0 <= answer.confidence <= 1
