"""The accusations of an election as a terminal shows them."""

from collections.abc import Iterator

from analysis.contract import AccusationType
from analysis.reports.accusations.counting import AccusationTally
from analysis.reports.accusations.elections import ElectionAccusations
from analysis.reports.accusations.rows import AccusationRow
from db.screens import Table

HEADER = ("author", "party", "outcome", "accuses", "type", "when", "statements", "of what", "mean (n)")

WHEN = {
    "before_polls_close": "campaign",
    "between": "count",
    "after_declaration": "after result",
    "unknown": "not known",
}
"""Phase -> its words in a narrow column: until the polls closed, until the declaration, after it."""

MOST_ROWS = 40
"""Rows on a screen, unless all are asked for."""


def accusation_table(found: ElectionAccusations, *, most: int | None = MOST_ROWS) -> Table:
    """The rows, most statements first."""
    rows = found.rows if most is None else found.rows[:most]
    more = len(found.rows) - len(rows)
    caption = f"... and {more:,} more rows (--all)" if more else ""
    return Table(
        HEADER,
        [_cells(row) for row in rows],
        caption,
        least={"of what": 24, "author": 12, "accuses": 14, "party": 6},
        spared=("type", "mean (n)", "party", "outcome"),
    )


def _cells(row: AccusationRow) -> tuple[str, ...]:
    return (
        row.author,
        row.author_party,
        outcome_of(row),
        _target(row),
        row.target_type or "-",
        WHEN[row.phase],
        f"{row.statements:,}",
        of_what(row),
        _mean(row),
    )


def outcome_of(row: AccusationRow) -> str:
    """What the ballot said of the author."""
    if row.status != "standing":
        return row.status
    return {True: "elected", False: "not elected", None: "no result"}[row.elected]


def _target(row: AccusationRow) -> str:
    if row.target is None:
        return "(nobody found)"
    return f"{row.target} (ambiguous)" if row.ambiguous else row.target


def of_what(row: AccusationRow) -> str:
    """Types with their counts, then how many insult or mock."""
    counts = [(name, getattr(row, name)) for name in AccusationType]
    said = [f"{name} {count}" for name, count in sorted(counts, key=lambda one: -one[1]) if count]
    return ", ".join([*said, *([f"uncivil {row.incivility}"] if row.incivility else [])]) or "-"


def _mean(row: AccusationRow) -> str:
    """No mean under ten statements, but how many there are."""
    mean = "-" if row.mean_sentiment is None else f"{row.mean_sentiment:+.2f}"
    return f"{mean} ({row.scored})"


def summary_lines(found: ElectionAccusations) -> Iterator[str]:
    """How many accusations are what, and where they go seen from the author's group."""
    tally = found.tally
    yield (
        f"{tally.accusations:,} accusations in {tally.statements:,} statements"
        f" ({tally.reviewed:,} reviewed by a person); {tally.without_target:,} name nobody that was found,"
        f" {tally.ambiguous:,} a name that several candidates bear"
    )
    if not tally.accusations:
        return
    yield "when: " + ", ".join(f"{WHEN[phase]} {count:,}" for phase, count in tally.by_phase)
    yield "of what: " + (_types(tally) or "no type found")
    for name, sides in tally.sides:
        yield _sides(name, dict(sides))


def _types(tally: AccusationTally) -> str:
    counts = [f"{name} {count:,}" for name, count in tally.by_type]
    return ", ".join([*counts, *([f"uncivil {tally.uncivil:,}"] if tally.uncivil else [])])


def _sides(name: str, counts: dict[str, int]) -> str:
    if name == "none":
        return f"in-group none: persons only, {counts['ungrouped']:,} accusations not assigned"
    return (
        f"in-group {name}: {counts['inside']:,} inside, {counts['outside']:,} outside,"
        f" {counts['ungrouped']:,} where author or target has no group"
    )
