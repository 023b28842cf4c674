"""Tone by outcome and margin, and where each party's candidates stand to their loss."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.site import wording
from analysis.site.charts import labels
from analysis.site.charts.contract import (
    FEWEST_CANDIDATES,
    FEWEST_STATEMENTS,
    Chart,
    ChartError,
    Column,
    Key,
    is_enough,
)
from analysis.site.charts.tones import told_mean

MOST_PARTIES = 14

TONE_COLUMNS = (
    Column("group", "Outcome and margin"),
    Column("outcome"),
    Column("mean", "Mean sentiment", "score"),
    Column("low", "95% from", "score"),
    Column("high", "to", "score"),
    Column("statements", "Statements", "count"),
    Column("candidates", "Candidates", "count"),
    Column("behind"),
    Column("place"),
)
STATUS_COLUMNS = (
    Column("party", "Party"),
    Column("status", "Status"),
    Column("candidates", "Candidates", "count"),
    Column("share", "Share of the party’s", "share"),
    Column("code"),
    Column("start"),
    Column("end"),
    Column("middle"),
    Column("order"),
)

STATUSES = {
    "strong": ("var(--chart-positive)", "var(--chart-on-positive)"),
    "weak": ("url(#chart-positive-hatch)", "var(--ink)"),
    "refused_then_conceded": ("url(#chart-turned)", "var(--ink)"),
    "order_unknown": ("url(#chart-mixed)", "var(--ink)"),
    "conceded_then_withdrawn": ("url(#chart-negative-hatch)", "var(--ink)"),
    "refused": ("var(--chart-negative)", "var(--chart-on-negative)"),
    "none_found": ("var(--chart-quiet)", "var(--ink)"),
    "not_collected": ("url(#chart-hatch)", "var(--ink)"),
    "result_unknown": ("url(#chart-dots)", "var(--ink)"),
    "not_due": ("var(--chart-empty)", "var(--ink)"),
}
"""Concession status -> fill, and the ink of the count on it, in the order in which they stack.

`specs/concessions.json` has the same two lists.
"""


@dataclass(frozen=True, slots=True)
class OutcomeTone:
    """The mean sentiment of candidates with one outcome and margin; what is compared stands in order."""

    outcome: str
    """Such as `won` or `lost`."""
    band: str
    """The margin in words, such as `by under 5 points`."""
    mean: float | None
    low: float | None
    high: float | None
    statements: int
    candidates: int

    @property
    def is_shown(self) -> bool:
        """Whether there is a mean, and enough behind it."""
        return self.mean is not None and is_enough(self.statements, self.candidates)

    @property
    def words(self) -> str:
        """The group as a reader sees it."""
        return f"{labels.label(self.outcome, limit=20)} · {labels.label(self.band, limit=40)}"


@dataclass(frozen=True, slots=True)
class StatusCount:
    """Candidates of one party with one concession status."""

    party: str
    status: str
    candidates: int


def tone_by_outcome(
    rows: Sequence[OutcomeTone],
    *,
    id: str = "tone-by-outcome",
    csv: str = "tone-by-outcome.csv",
    title: str = "Tone by outcome and margin",
) -> Chart | None:
    """A dot with its interval for each group, in the order given; None without statements."""
    groups = [row for row in rows if row.statements]
    if not groups:
        return None
    shown = [row for row in groups if row.is_shown]
    return Chart(
        id=id,
        kind="tone-by-outcome",
        title=title,
        finding=_tone_finding(groups, shown),
        unit="Mean sentiment, −1 to +1; the line is the 95% interval",
        columns=TONE_COLUMNS,
        rows=tuple(
            (
                *(row.words, row.outcome),
                *((row.mean, row.low, row.high) if row.is_shown else (None, None, None)),
                *(row.statements, row.candidates, _behind(row), place),
            )
            for place, row in enumerate(groups)
        ),
        csv=csv,
        notes=_tone_notes(groups, shown),
        is_drawn=bool(shown),
    )


def concession_status(
    rows: Sequence[StatusCount],
    *,
    id: str = "concession-status",
    csv: str = "concession-status.csv",
    title: str = "Where candidates stand to their loss",
    most: int = MOST_PARTIES,
) -> Chart | None:
    """Each party's candidates by status, with counts on the bars; None without candidates.

    Raises ChartError for a status that is not in `STATUSES`.
    """
    parties: dict[str, Counter[str]] = {}
    for row in rows:
        if row.status not in STATUSES:
            raise ChartError(f"chart {id}: {row.status!r} is no concession status")
        if row.candidates:
            parties.setdefault(row.party, Counter())[row.status] += row.candidates
    if not parties:
        return None
    ranked = sorted(parties, key=lambda name: (-parties[name].total(), name))
    present = {status for counts in parties.values() for status in counts}
    return Chart(
        id=id,
        kind="concessions",
        title=title,
        finding=_status_finding(parties),
        unit="Share of each party’s candidates; the numbers on the bars are candidates",
        columns=STATUS_COLUMNS,
        rows=tuple(_status_rows({name: parties[name] for name in ranked[:most]})),
        csv=csv,
        notes=_status_notes(parties, ranked, most),
        keys=tuple(
            Key(wording.CONCESSIONS[status], fill)
            for status, (fill, _) in STATUSES.items()
            if status in present
        ),
    )


def _behind(row: OutcomeTone) -> str:
    return f"{wording.plural(row.statements, 'statement')}\n{wording.plural(row.candidates, 'candidate')}"


def _tone_finding(groups: Sequence[OutcomeTone], shown: Sequence[OutcomeTone]) -> str:
    if not shown:
        return (
            f"No mean can be shown: none of {wording.plural(len(groups), 'group')} has"
            f" {FEWEST_STATEMENTS} statements by {FEWEST_CANDIDATES} candidates."
        )
    low = min(shown, key=lambda row: row.mean or 0.0)
    high = max(shown, key=lambda row: row.mean or 0.0)
    if len(shown) > 1 and low is high:
        return f"All {len(shown)} means are {wording.score(low.mean or 0.0)}."
    if low is high:
        return f"The one mean that can be shown: {_told(low)}."
    return f"Highest mean: {_told(high)}; lowest: {_told(low)}.{_overlap(low, high)}"


def _told(row: OutcomeTone) -> str:
    return f"{labels.quoted(row.outcome)} {labels.quoted(row.band)}, {told_mean(row)}"


def _overlap(low: OutcomeTone, high: OutcomeTone) -> str:
    if low.high is None or high.low is None:
        return ""
    return " Their intervals overlap." if low.high >= high.low else " Their intervals do not overlap."


def _tone_notes(groups: Sequence[OutcomeTone], shown: Sequence[OutcomeTone]) -> tuple[str, ...]:
    few = [row for row in groups if not row.is_shown]
    if not few or not shown:
        return ()
    return (
        f"No mean for {', '.join(row.words.replace(' · ', ' ') for row in few)}: fewer than"
        f" {FEWEST_STATEMENTS} statements or {FEWEST_CANDIDATES} candidates.",
    )


def _status_rows(parties: dict[str, Counter[str]]) -> list[tuple[str | int | float | None, ...]]:
    told: list[tuple[str | int | float | None, ...]] = []
    names = labels.distinct(list(parties), limit=36)
    for name, counts in zip(names, parties.values(), strict=True):
        total, reached = counts.total(), 0
        words = f"{name} (n\u00a0=\u00a0{wording.number(total)})"
        for order, status in enumerate(STATUSES):
            count = counts[status]
            if not count:
                continue
            start, reached = reached, reached + count
            places = (start / total, reached / total, (start + reached) / 2 / total)
            rounded = [round(value, 4) for value in places]
            share = round(count / total, 4)
            told.append((words, wording.CONCESSIONS[status], count, share, status, *rounded, order))
    return told


def _status_finding(parties: dict[str, Counter[str]]) -> str:
    every = Counter[str]()
    for counts in parties.values():
        every.update(counts)
    total = every.total()
    ranked = sorted(every.items(), key=lambda item: (-item[1], list(STATUSES).index(item[0])))
    first, *rest = [
        f"{wording.CONCESSIONS[status]}: {wording.number(count)} ({wording.percent(count / total, 0)})"
        for status, count in ranked
    ]
    return f"Of {wording.plural(total, 'candidate')}: {'; '.join([first, *rest[:3]])}."


def _status_notes(parties: dict[str, Counter[str]], ranked: list[str], most: int) -> tuple[str, ...]:
    notes = []
    if any(counts["not_collected"] for counts in parties.values()):
        notes.append("Not collected says nothing of what a candidate published.")
    small = [name for name in ranked[:most] if parties[name].total() < FEWEST_CANDIDATES]
    if small:
        notes.append(
            f"Read the counts, not the shares, of {', '.join(labels.quoted(name) for name in small)}:"
            f" fewer than {FEWEST_CANDIDATES} candidates."
        )
    if len(ranked) > most:
        left = sum(parties[name].total() for name in ranked[most:])
        notes.append(
            f"Left out: {wording.plural(len(ranked) - most, 'party', 'parties')} with"
            f" {wording.plural(left, 'candidate')} in all."
        )
    return tuple(notes)
