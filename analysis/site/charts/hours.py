"""Statements and sentiment by the hours from a declaration, or from the close of polls."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.site import wording
from analysis.site.charts.contract import (
    FEWEST_CANDIDATES,
    FEWEST_STATEMENTS,
    Chart,
    Column,
    Key,
    hours,
    is_enough,
)
from analysis.site.charts.tones import TONES, keys, order_of, told_mean

MOST_BARS = 56
WIDTHS = (1, 2, 3, 6, 12, 24, 48, 96, 168)
"""Hours that one bar may stand for."""

COUNT_COLUMNS = (
    Column("start", "From", "hours"),
    Column("end", "to", "hours"),
    Column("tone", "Tone"),
    Column("statements", "Statements", "count"),
    Column("order"),
)
MEAN_COLUMNS = (
    Column("start", "From", "hours"),
    Column("end", "to", "hours"),
    Column("mean", "Mean sentiment", "score"),
    Column("low", "95% from", "score"),
    Column("high", "to", "score"),
    Column("statements", "Statements", "count"),
    Column("candidates", "Candidates", "count"),
    Column("run"),
    Column("alone"),
)


@dataclass(frozen=True, slots=True)
class HourCount:
    """Statements of one tone in one hour: hour 0 is the first from the anchor on, −1 the last before."""

    hour: int
    tone: str
    statements: int


@dataclass(frozen=True, slots=True)
class HourMean:
    """The mean sentiment of the statements from `hour` on, with its interval and what stands behind it."""

    hour: int
    mean: float | None
    low: float | None
    high: float | None
    statements: int
    candidates: int
    until: int | None = None
    """The hour with which it ends, excluded; None: as the whole chart's width says."""

    @property
    def is_shown(self) -> bool:
        """Whether there is a mean, and enough behind it."""
        return self.mean is not None and is_enough(self.statements, self.candidates)

    def ends(self, width: int) -> "HourMean":
        """The same, with an end."""
        return self if self.until is not None else replace(self, until=self.hour + width)

    @property
    def width(self) -> int:
        """Hours that it stands for."""
        return 1 if self.until is None else self.until - self.hour


def timeline(
    rows: Sequence[HourCount],
    *,
    anchor: str = "declaration",
    id: str = "timeline",
    csv: str = "timeline.csv",
    title: str = "When they spoke",
) -> Chart | None:
    """Statements per hour, stacked by tone; bars grow wider with the span. None without statements."""
    counted = [row for row in rows if row.statements]
    if not counted:
        return None
    width = _width(counted)
    bars = Counter[tuple[int, int]]()
    for row in counted:
        bars[row.hour // width * width, order_of(row.tone, id)] += row.statements
    tones = list(TONES)
    return Chart(
        id=id,
        kind="timeline",
        title=title,
        finding=_count_finding(counted, bars, width, anchor),
        unit=f"Statements per {_named(width)}, by hours from the {anchor}",
        columns=COUNT_COLUMNS,
        rows=tuple(
            (start, start + width, tones[tone], count, tone) for (start, tone), count in sorted(bars.items())
        ),
        csv=csv,
        keys=keys({row.tone for row in counted}),
        parameters=(
            ("anchor", anchor),
            ("lowest", min(start for start, _ in bars)),
            ("highest", max(start for start, _ in bars) + width),
        ),
    )


def sentiment_by_hour(
    rows: Sequence[HourMean],
    *,
    anchor: str = "declaration",
    width: int = 1,
    id: str = "sentiment-by-hour",
    csv: str = "sentiment-by-hour.csv",
    title: str = "How the tone changes",
) -> Chart | None:
    """Mean sentiment with its interval, of every `width` hours or of spans of several widths (`until`).

    None without statements. Where too little stands behind a mean, the line is broken: it never bridges
    what is not known.
    """
    told = sorted((row.ends(width) for row in rows if row.statements), key=lambda row: row.hour)
    if not told:
        return None
    shown = [row for row in told if row.is_shown]
    return Chart(
        id=id,
        kind="sentiment-by-hour",
        title=title,
        finding=_mean_finding(told, shown, anchor),
        unit=f"Mean sentiment, −1 to +1, by hours from the {anchor}; the band is the 95% interval",
        columns=MEAN_COLUMNS,
        rows=tuple(_mean_rows(told)),
        csv=csv,
        notes=_mean_notes(told, shown),
        keys=(Key("mean", "var(--accent)", "dash"), Key("95% interval", "var(--chart-band)"))
        if shown
        else (),
        parameters=(
            ("anchor", anchor),
            ("lowest", told[0].hour),
            ("highest", told[-1].hour + told[-1].width),
        ),
        is_drawn=bool(shown),
    )


def _width(rows: Sequence[HourCount]) -> int:
    span = max(row.hour for row in rows) - min(row.hour for row in rows) + 1
    return next((width for width in WIDTHS if span / width <= MOST_BARS), WIDTHS[-1])


def _count_finding(rows: Sequence[HourCount], bars: Counter[tuple[int, int]], width: int, anchor: str) -> str:
    total = sum(row.statements for row in rows)
    before = sum(row.statements for row in rows if row.hour < 0)
    heights = Counter[int]()
    for (start, _), count in bars.items():
        heights[start] += count
    busiest = min(heights, key=lambda start: (-heights[start], start))
    return (
        f"{wording.number(before)} of {wording.plural(total, 'statement')} came before the {anchor},"
        f" {wording.number(total - before)} from then on. The busiest {_named(width)}:"
        f" {hours(busiest)} to {hours(busiest + width)}, with {wording.number(heights[busiest])}."
    )


def _mean_rows(rows: Sequence[HourMean]) -> list[tuple[str | int | float | None, ...]]:
    """Rows with the number of their unbroken run; a suppressed mean is None, as is its interval."""
    runs: list[list[HourMean]] = []
    for row in rows:
        if row.is_shown:
            if runs and runs[-1][-1].until == row.hour:
                runs[-1].append(row)
            else:
                runs.append([row])
    place = {row.hour: (number, len(run)) for number, run in enumerate(runs) for row in run}
    told: list[tuple[str | int | float | None, ...]] = []
    for row in rows:
        run, length = place.get(row.hour, (None, 0))
        means = (row.mean, row.low, row.high) if row.is_shown else (None, None, None)
        ends = (row.hour, row.hour + row.width)
        told.append((*ends, *means, row.statements, row.candidates, run, int(length == 1)))
    return told


def _mean_finding(rows: Sequence[HourMean], shown: Sequence[HourMean], anchor: str) -> str:
    if not shown:
        total = sum(row.statements for row in rows)
        return (
            f"No mean can be shown: {wording.plural(total, 'statement')} lie in {_spans(rows)},"
            f" none with {FEWEST_STATEMENTS} statements by {FEWEST_CANDIDATES} candidates."
        )
    low = min(shown, key=lambda row: row.mean or 0.0)
    high = max(shown, key=lambda row: row.mean or 0.0)
    if len(shown) > 1 and low is high:
        return f"All {len(shown)} means are {wording.score(low.mean or 0.0)}."
    if low is high:
        return (
            f"The one mean to be shown, of the {_named(low.width)} from {hours(low.hour)} of the {anchor}:"
            f" {told_mean(low)}."
        )
    return (
        f"Highest in the {_named(high.width)} from {hours(high.hour)} of the {anchor}: {told_mean(high)};"
        f" lowest in the {_named(low.width)} from {hours(low.hour)}: {told_mean(low)}."
    )


def _named(width: int) -> str:
    return "hour" if width == 1 else f"{width} hours"


def _spans(rows: Sequence[HourMean]) -> str:
    widths, count = {row.width for row in rows}, len(rows)
    if widths == {1}:
        return wording.plural(count, "hour")
    if len(widths) > 1:
        return wording.plural(count, "span of hours", "spans of hours")
    return wording.plural(count, f"span of {rows[0].width} hours", f"spans of {rows[0].width} hours")


def _mean_notes(rows: Sequence[HourMean], shown: Sequence[HourMean]) -> tuple[str, ...]:
    few = len(rows) - len(shown)
    if not few or not shown:
        return ()
    return (
        f"{few} of {_spans(rows)} with statements have no mean, as there are fewer than"
        f" {FEWEST_STATEMENTS} statements or {FEWEST_CANDIDATES} candidates: the line is broken there.",
    )
