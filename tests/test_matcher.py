"""The matcher finds whole names, in any case, at their true places."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.targets.matcher import Matcher, fold


def found(names: list[str], text: str) -> list[str]:
    matcher = Matcher((name, name) for name in names)
    return [text[hit.start : hit.end] for hit in matcher.find(text)]


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("Ali won", ["Ali"]),
        ("Somalia and alimony", []),
        ("Masroor's vote", []),
        ("(Ali)", ["Ali"]),
        ("'Ali'", ["Ali"]),
        ("Ali's", ["Ali"]),
        ("_Ali_ and Ali_x", []),
        ("ALI, ali; Ali", ["ALI", "ali", "Ali"]),
        ("", []),
    ],
)
def test_a_name_matches_whole_words_only(text: str, mentions: list[str]) -> None:
    assert found(["Ali"], text) == mentions


def test_overlapping_names_are_all_found_the_longest_first() -> None:
    names = ["Green", "Green Party", "Party"]
    assert found(names, "the Green Party") == ["Green Party", "Green", "Party"]


def test_accents_do_not_part_a_name_from_its_plain_spelling() -> None:
    assert found(["Siân Ó Briain"], "Sian O Briain spoke") == ["Sian O Briain"]
    assert found(["Sian"], "Siân spoke") == ["Siân"]


def test_two_meanings_of_one_spelling_come_together_in_the_order_given() -> None:
    matcher = Matcher([("Hope", 1), ("hope", 2), ("HOPE", 1)])
    assert [hit.items for hit in matcher.find("Hope")] == [(1, 2)]


def test_a_sign_inside_a_name_may_be_left_out_but_none_is_put_in() -> None:
    assert found(["Ann W. Bush"], "Ann W. Bush, Ann W Bush") == ["Ann W. Bush", "Ann W Bush"]
    assert found(["Ann Bush"], "Ann, Bush. Ann. Bush") == []


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(alphabet="aBé 'İß-.\u0301😀", max_size=40))
@settings(max_examples=150, deadline=None)
def test_every_hit_lies_inside_the_text_and_is_spelled_like_the_name(text: str) -> None:
    for hit in Matcher([("ab", 0), ("b é", 1), ("a", 2)]).find(text):
        assert 0 <= hit.start < hit.end <= len(text)
        assert fold(text[hit.start : hit.end]) in {"ab", "b e", "a"}


def test_a_long_text_is_read_in_one_pass() -> None:
    names = Matcher((f"name{i} family{i % 90}", i) for i in range(12_000))
    found = names.find("name7 family7 " * 20_000)
    assert len(list(found)) == 20_000
