"""How often candidates publish each kind of statement: a rate per candidate and day, in small multiples."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.site import wording
from analysis.site.charts import labels
from analysis.site.charts.contract import (
    FEWEST_CANDIDATES,
    FEWEST_STATEMENTS,
    Chart,
    Column,
    is_enough,
)

COLUMNS = (
    Column("kind", "Kind"),
    Column("group", "Group"),
    Column("rate", "Per candidate-day", "rate"),
    Column("low", "95% from", "rate"),
    Column("high", "to", "rate"),
    Column("statements", "Statements", "count"),
    Column("candidates", "Candidates", "count"),
    Column("days", "Candidate-days", "count"),
    Column("printed"),
    Column("place"),
)


@dataclass(frozen=True, slots=True)
class KindRate:
    """Statements of one kind per candidate and day, in one group (a window, an outcome, a party)."""

    kind: str
    group: str
    rate: float | None
    low: float | None
    high: float | None
    statements: int
    candidates: int
    candidate_days: int

    @property
    def is_shown(self) -> bool:
        """Whether there is a rate, and enough behind it."""
        return self.rate is not None and is_enough(self.statements, self.candidates)


def kind_rates(
    rows: Sequence[KindRate],
    *,
    id: str = "kind-rates",
    csv: str = "kind-rates.csv",
    title: str = "What they publish, and how often",
) -> Chart | None:
    """A panel for each kind with a dot for each group, on one scale; None without statements."""
    kinds = {row.kind for row in rows if row.statements}
    told = [row for row in rows if row.kind in kinds]
    if not told:
        return None
    shown = [row for row in told if row.is_shown]
    ends = [row.high if row.high is not None else row.rate or 0.0 for row in shown]
    return Chart(
        id=id,
        kind="kind-rates",
        title=title,
        finding=_finding(told, shown),
        unit="Statements per candidate and day; the line is the 95% interval",
        columns=COLUMNS,
        rows=tuple((*_row(row), place) for place, row in enumerate(told)),
        csv=csv,
        notes=_notes(told, shown),
        parameters=(("most", round(max(ends, default=1.0) * 1.05, 4) or 1.0),),
        is_drawn=bool(shown),
    )


def _row(row: KindRate) -> tuple[str | int | float | None, ...]:
    values = (row.rate, row.low, row.high) if row.is_shown else (None, None, None)
    printed = f"{row.rate:.2f}" if row.is_shown else f"n = {wording.number(row.statements)}"
    kind = labels.label(_words(row.kind))
    group = labels.label(row.group, limit=36)
    return (kind, group, *values, row.statements, row.candidates, row.candidate_days, printed)


def _words(kind: str) -> str:
    return wording.KINDS.get(kind, kind.replace("_", " "))


def _finding(told: Sequence[KindRate], shown: Sequence[KindRate]) -> str:
    if not shown:
        return (
            f"No rate can be shown: none of {wording.plural(len(told), 'group')} has"
            f" {FEWEST_STATEMENTS} statements by {FEWEST_CANDIDATES} candidates."
        )
    top = max(shown, key=lambda row: row.rate or 0.0)
    interval = ""
    if top.low is not None and top.high is not None:
        interval = f"95% interval {top.low:.2f} to {top.high:.2f}; "
    return (
        f"Most frequent: {labels.quoted(_words(top.kind))} ({labels.quoted(top.group)}),"
        f" {top.rate:.2f} per candidate and day ({interval}{wording.plural(top.statements, 'statement')}"
        f" by {wording.plural(top.candidates, 'candidate')} in"
        f" {wording.plural(top.candidate_days, 'candidate-day')})."
    )


def _notes(told: Sequence[KindRate], shown: Sequence[KindRate]) -> tuple[str, ...]:
    few = len(told) - len(shown)
    if not few or not shown:
        return ()
    return (
        f"{few} of {wording.plural(len(told), 'rate')} not shown, as there are fewer than"
        f" {FEWEST_STATEMENTS} statements or {FEWEST_CANDIDATES} candidates: n alone is printed.",
    )
