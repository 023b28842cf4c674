"""Figures of accuracy against values worked out by hand, and folds that never share a text or an article."""

import random
from collections import defaultdict
from pathlib import Path
from statistics import mean

import accuracy
import labelled
import pytest
from accuracy import Judged
from hypothesis import given
from hypothesis import strategies as st

from analysis.contract import Span
from analysis.text import normalise


def judged(pairs: str, *confidences: float, fold: int = 0) -> list[Judged]:
    """'01 22': coded negative and called neutral; coded and called positive."""
    found = pairs.split()
    sure = confidences or (0.5,) * len(found)
    return [
        Judged(int(gold), int(given), each, fold)
        for (gold, given), each in zip(map(tuple, found), sure, strict=True)
    ]


answers = st.lists(
    st.builds(Judged, st.integers(0, 2), st.integers(0, 2), st.floats(0, 1), st.integers(0, 4)),
    min_size=1,
    max_size=40,
)

# ---- macro-F1 -------------------------------------------------------------------------------------


def test_macro_f1_is_the_mean_of_the_three_labels() -> None:
    # negative: 2 right of 3 coded and 2 given, F1 4/5; neutral: 1 of 1 and 2, 2/3; positive: 1 of 1 and 1, 1.
    assert accuracy.macro_f1(judged("00 00 01 11 22")) == pytest.approx((4 / 5 + 2 / 3 + 1) / 3)


def test_a_label_that_nobody_coded_or_gave_counts_as_zero() -> None:
    assert accuracy.macro_f1(judged("00 11")) == pytest.approx(2 / 3)
    assert accuracy.macro_f1(judged("01 12 20")) == 0


@given(answers)
def test_macro_f1_does_not_depend_on_order_or_confidence(items: list[Judged]) -> None:
    mixed = [Judged(item.gold, item.given, 0.0, 0) for item in reversed(items)]
    assert accuracy.macro_f1(mixed) == pytest.approx(accuracy.macro_f1(items))


def test_folds_are_told_with_their_spread() -> None:
    items = [*judged("00 11 22"), *judged("01 12 20", fold=1)]
    assert accuracy.by_fold(items) == pytest.approx((0.5, 0.5**0.5))
    assert accuracy.by_fold(judged("00 11 22")) == (1.0, 0.0)


# ---- interval -------------------------------------------------------------------------------------


def test_the_interval_leaves_out_a_fortieth_on_each_side() -> None:
    """Of 400 draws, the 11th lowest and the 10th highest."""
    items = judged("00 11 22 01 12 20 00 11")
    draw = random.Random(1)
    values = sorted(accuracy.macro_f1(draw.choices(items, k=8)) for _ in range(400))
    assert accuracy.interval(items) == (values[10], values[390])
    assert sum(value < values[10] for value in values) <= 10
    assert sum(value > values[390] for value in values) <= 9


def test_the_interval_of_a_share_is_that_of_the_binomial() -> None:
    """Of 400 items half are right: 0.5 +- 1.96 * sqrt(0.25 / 400) = 0.451 .. 0.549."""
    low, high = accuracy.interval(judged("00 01 " * 200), lambda items: mean(item.is_right for item in items))
    assert (low, high) == pytest.approx((0.451, 0.549), abs=0.01)


def test_an_interval_is_the_same_in_every_run_and_holds_no_doubt_where_none_is() -> None:
    items = judged("00 11 22 01")
    assert accuracy.interval(items) == accuracy.interval(items)
    assert accuracy.interval(judged("00 00"), lambda items: mean(item.is_right for item in items)) == (1, 1)


# ---- confidence -----------------------------------------------------------------------------------

SURE = (0.05, 0.15, 0.12, 0.95, 1.0, 0.99, 0.91)
CALIBRATED = judged("01 00 01 11 22 20 11", *SURE)
"""Bins: one at 0.05, wrong; two at mean 0.135, half right; four at mean 0.9625, three right."""


def test_reliability_tells_each_bin_that_holds_any() -> None:
    found = accuracy.reliability(CALIBRATED)
    assert [n for n, _, _ in found] == [1, 2, 4]
    assert [number for _, *pair in found for number in pair] == pytest.approx(
        [0.05, 0.0, 0.135, 0.5, 0.9625, 0.75]
    )


def test_the_calibration_error_weighs_bins_by_what_they_hold() -> None:
    by_hand = (1 * 0.05 + 2 * (0.5 - 0.135) + 4 * (0.9625 - 0.75)) / 7
    assert accuracy.calibration_error(CALIBRATED) == pytest.approx(by_hand)


@given(answers)
def test_every_answer_is_in_one_bin_and_the_error_is_a_share(items: list[Judged]) -> None:
    assert sum(n for n, _, _ in accuracy.reliability(items)) == len(items)
    assert 0 <= accuracy.calibration_error(items) <= 1


def test_the_surer_half_holds_the_surest() -> None:
    assert sorted(item.confidence for item in accuracy.surer_half(CALIBRATED)) == [0.95, 0.99, 1.0]
    assert len(accuracy.surer_half(judged("00"))) == 1


def test_ties_of_the_surer_half_fall_by_lot_and_not_by_order() -> None:
    items = judged("00 " * 50 + "01 " * 50)
    assert 10 < sum(item.is_right for item in accuracy.surer_half(items)) < 40


# ---- tables ---------------------------------------------------------------------------------------


def test_tables_hold_what_was_counted() -> None:
    assert accuracy.confusion(judged("00 00 01 12 22")).splitlines()[2:] == [
        "| negative | 2 | 1 | 0 |",
        "| neutral | 0 | 0 | 1 |",
        "| positive | 0 | 0 | 1 |",
    ]
    assert accuracy.diagram(CALIBRATED).splitlines()[2] == "| 1 | 0.05 | 0.00 |"
    line = accuracy.report("posts", judged("00 11 22"))
    assert line.startswith("posts: n 3, macro-F1 1.000 [")
    assert line.endswith("calibration error 0.500")


# ---- folds ----------------------------------------------------------------------------------------


def coded(text: str, article: str) -> labelled.CodedTarget:
    return labelled.CodedTarget(labelled.Text(normalise(text), ()), Span(0, 1), 0, article, is_single=True)


items = st.builds(
    coded, st.sampled_from("ABCDEFGHIJKL") | st.text(max_size=3), st.sampled_from("abcdefghijkl")
)


@given(st.lists(items, max_size=60), st.integers(2, 6))
def test_identical_sentences_and_one_article_never_fall_into_two_folds(
    found: list[labelled.CodedTarget], folds: int
) -> None:
    of_text, of_article = defaultdict(set), defaultdict(set)
    for item, fold in zip(found, labelled.folds_of(found, folds), strict=True):
        assert 0 <= fold < folds
        of_text[item.text.text.original].add(fold)
        of_article[item.group].add(fold)
    assert all(len(own) == 1 for own in [*of_text.values(), *of_article.values()])


@given(st.lists(items, max_size=30), st.randoms(use_true_random=False))
def test_folds_do_not_depend_on_which_articles_come_first(
    found: list[labelled.CodedTarget], lot: random.Random
) -> None:
    """Sentences of one fold stay together in whatever order the file has them."""
    order = list(range(len(found)))
    lot.shuffle(order)
    mixed = labelled.folds_of([found[i] for i in order], len(found) + 1)
    usual = labelled.folds_of(found, len(found) + 1)
    back = {i: mixed[place] for place, i in enumerate(order)}
    for i in range(len(found)):
        for j in range(i):
            assert (usual[i] == usual[j]) == (back[i] == back[j])


def test_articles_that_share_nothing_are_spread_over_all_folds() -> None:
    found = [coded(f"Sentence {i}.", f"article {i}") for i in range(100)]
    sizes = [labelled.folds_of(found, 5).count(fold) for fold in range(5)]
    assert sizes == [20] * 5


def test_a_sentence_of_two_articles_joins_them() -> None:
    found = [coded("A.", "1"), coded("B.", "1"), coded("B.", "2"), coded("C.", "2"), coded("D.", "3")]
    folds = labelled.folds_of(found, 5)
    assert len(set(folds[:4])) == 1
    assert folds[4] != folds[0]


# ---- files ----------------------------------------------------------------------------------------


def test_only_a_line_feed_ends_a_line_of_targets(tmp_path: Path) -> None:
    path = tmp_path / "targets.jsonl"
    target = '{"from": 0, "to": 5, "polarity": 2.0}'
    said = '"Kelby\u2028lied\\ud83d."'
    line = f'{{"primary_gid": "a_1_2_3", "sentence_normalized": {said}, "targets": [{target}]}}'
    path.write_text(f"{line}\n\n{line}\n", encoding="utf-8")
    found = list(labelled.read_targets(path, labelled.Preparer().prepared))
    assert [(item.label, item.group, item.is_single) for item in found] == [(0, "a_1_2", True)] * 2
    assert found[0].text.text.original == "Kelby\u2028lied\ud83d."
    assert labelled.folds_of(found, 5)[0] == labelled.folds_of(found, 5)[1]
