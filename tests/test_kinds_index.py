"""The index of phrases leaves out no match: it finds what trying every phrase everywhere finds."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contract import KindName
from analysis.kinds.index import MAX_HITS, RuleIndex
from analysis.kinds.tables import Rule, read_rule, read_tables

WORDS = ["we", "won", "win*", "it's", "no-one", "=Reform", "NAME", "NUMBER", "YEAR", "<office>", "lo*"]
LISTS = {"office": "mp|first minister|the mayor"}
TOKENS = (
    "we", "We", "won", "winner's", "win-win", "it", "It's", "no-one", "Reform", "reform", "Ann", "Lee-Poe",
    "O'Hara", "@ann_lee", "@won_it", "15,000", "34.1%", "2019", "£5.5bn", "7.", "mp", "first", "minister",
    "the", "mayor", "lost", "loser's", "a_won", "_", "won_", "12.we",
)  # fmt: skip
TEXT = st.lists(st.sampled_from(TOKENS), max_size=14)
GLUE = st.sampled_from([" ", " ", " ", ", ", ". ", "! ", "\n", ".", "-", "'", '" ', " (", "; ", ".. "])


def rule(phrase: str, line: int) -> Rule:
    row = {
        "phrase": phrase,
        "confidence": "0.5",
        "needs": "",
        "unless": "",
        "example": "",
        "counter_example": "",
    }
    return read_rule(KindName.VICTORY, f"victory.csv:{line}", row, LISTS)


def everywhere(one: Rule, text: str) -> list[tuple[int, int]]:
    return [match.span() for match in islice(one.phrase.pattern.finditer(text), MAX_HITS)]


@st.composite
def phrases(draw: st.DrawFn) -> str:
    """A phrase that begins with a word or shape, and holds a word that every match must hold."""
    word, more = st.sampled_from(WORDS), st.sampled_from(["", "", "..", "...", "^", "$"])
    choice = st.lists(word, min_size=1, max_size=3).map(lambda some: f"({'|'.join(some)})")
    optional = st.lists(word, min_size=1, max_size=2).map(lambda some: f"[{' '.join(some)}]")
    begun = st.tuples(optional, word).map(" ".join)
    begins = draw(st.sampled_from(["", "^ "])) + draw(st.one_of(word, choice, begun))
    middle = draw(st.lists(st.one_of(more, optional, choice, word), max_size=3))
    return " ".join(
        [begins, *filter(None, middle), draw(st.sampled_from(["won", "lost", "we won", "the mayor $"]))]
    )


@given(st.lists(phrases(), min_size=1, max_size=4), TEXT, st.data())
def test_what_it_finds_is_what_trying_everywhere_finds(
    some: list[str], words: list[str], data: st.DataObject
) -> None:
    text = "".join(word + data.draw(GLUE) for word in words)
    rules = [rule(phrase, number) for number, phrase in enumerate(some)]

    found = [(hit.rule.line, hit.start, hit.end) for hit in RuleIndex(rules).find(text)]

    assert found == [(one.line, *span) for one in rules for span in everywhere(one, text)]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("NAME won", "Here @ann_lee won."),
        ("NAME won", "Ann Lee-Poe won."),
        ("lo* won", "The loser's won."),
        ("NUMBER won", "With £5.5bn won."),
        ("NUMBER won", "Of 1,689. won."),
        ("YEAR won", "In 2019 won."),
        ("[NAME] we won", "Ann, we won."),
        ("no-one won", "No-one won."),
    ],
)
def test_a_match_is_found_whatever_joins_its_words(phrase: str, text: str) -> None:
    one = rule(phrase, 1)

    found = [(hit.start, hit.end) for hit in RuleIndex([one]).find(text)]

    assert found == everywhere(one, text) != []


@given(phrases(), TEXT, st.data())
def test_a_phrase_that_stands_in_a_text_is_said_to_be_met(
    phrase: str, words: list[str], data: st.DataObject
) -> None:
    text = "".join(word + data.draw(GLUE) for word in words)
    other = rule(phrase, 1).phrase

    met = RuleIndex([], [other]).chances(text).met

    assert met or not other.pattern.search(text)


@pytest.mark.parametrize(
    "text", [sentence for one in read_tables().rules for sentence in one.counter_examples][::25]
)
def test_real_rules_are_tried_wherever_they_match(text: str) -> None:
    rules = read_tables().rules[::5]

    found = [(hit.rule.line, hit.start, hit.end) for hit in RuleIndex(rules).find(text)]

    assert found == [(one.line, *span) for one in rules for span in everywhere(one, text)]


def test_no_phrase_of_which_no_word_stands_in_a_text_is_met() -> None:
    assert not RuleIndex([], [rule("we won", 1).phrase]).chances("They lost. We lost. They won.").met
