"""The tones as charts show them: an order, a fill, a shape, a word; and how a mean of them is told."""

from typing import Protocol

from analysis.site import wording
from analysis.site.charts.contract import ChartError, Key

TONES = {
    "negative": ("var(--chart-negative)", "var(--chart-negative)", "triangle-down"),
    "mixed": ("url(#chart-mixed)", "var(--chart-both)", "diamond"),
    "neutral": ("var(--chart-neutral)", "var(--chart-neutral)", "circle"),
    "positive": ("var(--chart-positive)", "var(--chart-positive)", "triangle-up"),
    "unclear": ("url(#chart-hatch)", "var(--paper)", "square"),
    "unscored": ("url(#chart-dots)", "var(--chart-line)", "cross"),
}
"""Tone -> fill of bars, fill and shape of points, in the order in which they stack.

The specs have the same lists.
"""


_ORDER = {tone: place for place, tone in enumerate(TONES)}


def order_of(tone: str, chart: str) -> int:
    """Where a tone stands among the tones. Raises ChartError for one that is not in the table."""
    if tone not in _ORDER:
        raise ChartError(f"chart {chart}: {tone!r} is no tone; wants one of {', '.join(TONES)}")
    return _ORDER[tone]


def keys(tones: set[str], *, shaped: bool = False) -> tuple[Key, ...]:
    """The key of the tones that are there, by fill alone or by fill and shape."""
    return tuple(
        Key(f"{wording.TONE_SIGNS[tone]} {tone}", point if shaped else bar, shape if shaped else "square")
        for tone, (bar, point, shape) in TONES.items()
        if tone in tones
    )


class Mean(Protocol):
    """A mean over candidates, as a chart is given it."""

    @property
    def mean(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def statements(self) -> int: ...
    @property
    def candidates(self) -> int: ...


def told_mean(row: Mean) -> str:
    """A mean with its interval and what it is made of, as a finding tells it."""
    interval = ""
    if row.low is not None and row.high is not None:
        interval = f"95% interval {wording.score(row.low)} to {wording.score(row.high)}; "
    return (
        f"{wording.score(row.mean or 0.0)} ({interval}{wording.plural(row.statements, 'statement')}"
        f" by {wording.plural(row.candidates, 'candidate')})"
    )
