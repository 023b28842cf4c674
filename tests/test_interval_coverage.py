"""Intervals over candidates hold the truth as often as docs/statistics.md says."""

import re
from math import sqrt
from pathlib import Path

import pytest
from coverage_of_intervals import COUNTS, FIGURES, coverage, false_alarms

PAGE = Path(__file__).parent.parent / "docs" / "statistics.md"
TRIALS = 300
PUBLISHED_TRIALS = 1_000
LEVEL = 0.95

CASES = (
    *(("mean, normal", 12, 0.2), ("mean, skewed", 30, 0.6), ("mean, skewed: percentile", 6, 0.2)),
    *(("difference, skewed", 12, 0.2), ("change, skewed", 30, 0.2), ("median, normal", 12, 0.6)),
    *(("share of 30 %", 12, 0.6), ("share of 10 %", 30, 0.0), ("rate", 30, 0.5)),
    *(("over posts, skewed", 30, 0.6), ("over posts, skewed: percentile", 12, 0.2)),
)


def published(figure: str, alike: float) -> list[float]:
    """Coverage at 95 % as the page's table has it, by number of candidates."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[:2] == [figure, str(alike)]:
            return [float(re.split(r" / ", cell)[-1]) / 100 for cell in cells[2:]]
    raise AssertionError(f"docs/statistics.md has no row {figure}, {alike}")


def bound(share: float, trials: int) -> float:
    """Four standard errors of the difference between two simulated shares."""
    here = min(max(share, 0.02), 0.98)
    return 4 * sqrt(here * (1 - here) * (1 / trials + 1 / PUBLISHED_TRIALS))


@pytest.mark.parametrize(("figure", "count", "alike"), CASES)
def test_an_interval_holds_the_truth_as_often_as_the_page_says(figure: str, count: int, alike: float) -> None:
    says = published(figure, alike)[COUNTS.index(count)]
    found = coverage(figure, count, alike, trials=TRIALS, levels=(LEVEL,), seed=5)[LEVEL]
    assert found == pytest.approx(says, abs=bound(says, TRIALS))


@pytest.mark.parametrize("figure", ["mean, normal", "mean, skewed", "difference, skewed", "change, skewed"])
def test_from_30_candidates_on_the_page_promises_what_it_says_of_means(figure: str) -> None:
    _, alikes = FIGURES[figure]
    for alike in alikes:
        assert min(published(figure, alike)[COUNTS.index(30) :]) >= 0.92


def test_every_row_of_the_page_can_be_made_again() -> None:
    for figure, (_, alikes) in FIGURES.items():
        for alike in alikes:
            assert len(published(figure, alike)) == len(COUNTS)


def test_the_examples_of_the_page_run() -> None:
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        exec(compile(example, str(PAGE), "exec"), {})


def test_without_a_difference_p_is_small_as_seldom_as_it_says() -> None:
    """Groups of 12 and 24 candidates; the second varies twice as much."""
    for found in false_alarms(12, 0.2, trials=400):
        assert found == pytest.approx(0.05, abs=0.045)
