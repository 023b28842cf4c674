"""Who speaks of whom, and how: a matrix of authors and targets."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.site import wording
from analysis.site.charts import labels
from analysis.site.charts.contract import (
    FEWEST_CANDIDATES,
    FEWEST_STATEMENTS,
    Chart,
    Column,
    Key,
    is_enough,
)

MOST = 12
"""Authors, and targets, that a matrix draws."""

STEPS = (
    ("below −0.50", "n3"),
    ("−0.50 to −0.25", "n2"),
    ("−0.25 to −0.05", "n1"),
    ("−0.05 to +0.05", "zero"),
    ("+0.05 to +0.25", "p1"),
    ("+0.25 to +0.50", "p2"),
    ("+0.50 and above", "p3"),
)
"""The steps of the diverging scale, as `specs/who-whom.json` has them."""

COLUMNS = (
    Column("author", "Author"),
    Column("target", "Speaks of"),
    Column("statements", "Statements", "count"),
    Column("rated", "With a clear label", "count"),
    Column("candidates", "Candidates", "count"),
    Column("mean", "Mean sentiment", "score"),
    Column("printed"),
    Column("down"),
    Column("across"),
)


@dataclass(frozen=True, slots=True)
class Speaks:
    """How one author, or one party's candidates, speak of one target."""

    author: str
    target: str
    statements: int
    rated: int
    """Statements with a clear label: those that the mean is of."""
    mean: float | None
    candidates: int | None = None
    """Authors behind the statements; None where the author is one candidate."""

    @property
    def shown_mean(self) -> float | None:
        """The mean, if enough stands behind it."""
        return self.mean if is_enough(self.rated, self.candidates) else None


def who_whom(
    rows: Sequence[Speaks],
    *,
    id: str = "who-whom",
    csv: str = "who-whom.csv",
    title: str = "Who speaks of whom",
    most: int = MOST,
) -> Chart | None:
    """The matrix of the `most` that speak or are spoken of most; None without statements."""
    spoken = [row for row in rows if row.statements]
    if not spoken:
        return None
    authors, targets = _busiest(spoken, most)
    drawn = [row for row in spoken if row.author in authors and row.target in targets]
    names = [*dict.fromkeys([*authors, *targets])]
    told = dict(zip(names, labels.distinct(names, limit=40), strict=True))
    place = {name: number for number, name in enumerate(names)}
    drawn.sort(key=lambda row: (place[row.author], place[row.target]))
    return Chart(
        id=id,
        kind="who-whom",
        title=title,
        finding=_finding(spoken),
        unit="Statements of the author (down) that speak of the target (across); colour: mean, −1 to +1",
        columns=COLUMNS,
        rows=tuple(
            (
                *(told[row.author], told[row.target], row.statements, row.rated, row.candidates),
                *(row.shown_mean, _compact(row.statements), place[row.author], place[row.target]),
            )
            for row in drawn
        ),
        csv=csv,
        notes=_notes(spoken, drawn, authors, targets),
        keys=(
            *(Key(words, f"var(--chart-{step})") for words, step in STEPS),
            Key("count only: too few for a mean", "url(#chart-hatch)"),
        ),
        parameters=(("columns", len(targets)),),
    )


def _busiest(rows: Sequence[Speaks], most: int) -> tuple[list[str], list[str]]:
    """Authors and targets in one order, so that equal names meet on the diagonal."""
    written, received = Counter[str](), Counter[str]()
    for row in rows:
        written[row.author] += row.statements
        received[row.target] += row.statements
    authors = {name for name, _ in _ranked(written)[:most]}
    targets = {name for name, _ in _ranked(received)[:most]}
    order = [name for name, _ in _ranked(written + received)]
    return [name for name in order if name in authors], [name for name in order if name in targets]


def _ranked(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _compact(count: int) -> str:
    """A count of at most four signs: 12345 -> `12k`."""
    if count < 1_000:
        return str(count)
    thousands = count / 1_000
    return f"{thousands:.1f}k" if thousands < 9.95 else f"{thousands:.0f}k"


def _finding(spoken: Sequence[Speaks]) -> str:
    top = max(spoken, key=lambda row: (row.statements, row.author, row.target))
    said = [
        f"Most often {_pair(top)}: {wording.plural(top.statements, 'statement')}{_by(top)} of"
        f" {wording.number(sum(row.statements for row in spoken))}."
    ]
    rated = [row for row in spoken if row.shown_mean is not None]
    if not rated:
        return f"{said[0]} No pair has enough rated statements for a mean."
    low = min(rated, key=lambda row: row.shown_mean or 0.0)
    high = max(rated, key=lambda row: row.shown_mean or 0.0)
    said.append(f"Most negative: {_pair(low)}, mean {_score(low)} ({_n(low)})")
    if len(rated) > 1 and high is low:
        return f"{said[0]} All {len(rated)} means are {_score(low)}."
    if high is low:
        return f"{said[0]} The one pair with a mean: {said[1].partition(': ')[2]}."
    return f"{' '.join(said)}; most positive: {_pair(high)}, {_score(high)} ({_n(high)})."


def _pair(row: Speaks) -> str:
    return f"{labels.quoted(row.author)} on {labels.quoted(row.target)}"


def _by(row: Speaks) -> str:
    return f" by {wording.plural(row.candidates, 'candidate')}" if row.candidates else ""


def _n(row: Speaks) -> str:
    return f"n\u00a0=\u00a0{wording.number(row.rated)}{_by(row)}"


def _score(row: Speaks) -> str:
    return wording.score(row.shown_mean or 0.0)


def _notes(
    spoken: Sequence[Speaks], drawn: Sequence[Speaks], authors: list[str], targets: list[str]
) -> tuple[str, ...]:
    notes = []
    few = sum(1 for row in drawn if row.shown_mean is None)
    if few:
        rule = f"{FEWEST_STATEMENTS} rated statements"
        if any(row.candidates is not None for row in drawn):
            rule += f" or {FEWEST_CANDIDATES} candidates"
        notes.append(
            f"{few} of {wording.plural(len(drawn), 'cell')}: a count and no mean,"
            f" as there are fewer than {rule}."
        )
    hidden = sum(row.statements for row in spoken) - sum(row.statements for row in drawn)
    if hidden:
        notes.append(
            f"Drawn are the {len(authors)} authors and {len(targets)} targets with the most statements;"
            f" {wording.plural(hidden, 'statement')} of other pairs are left out."
        )
    return tuple(notes)
