"""An election's page of tone: charts, tables with n and intervals, comparisons, and the data files."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from analysis.outcomes.ballot import Election
from analysis.publishing.digests import CandidacyDigest, keep
from analysis.publishing.election_charts import election_charts, write_charts
from analysis.publishing.reckoning import KEPT, KeptTones
from analysis.reports.folder import FROM_ELECTION, write_text
from analysis.reports.formats import write_table
from analysis.reports.manifest import Manifest
from analysis.reports.tone.grid import ACTIVITIES, KINDS, MEASURES
from analysis.reports.tone.rows import TABLES, ActivityRow, ToneDifferenceRow, ToneRow
from analysis.reports.tone.slots import PHASES
from analysis.site import render_page
from analysis.site.charts import Chart

TONE_TABLES = tuple(TABLES)
"""The data files beside the page."""

MOST_PARTIES = 12
"""Parties in a table of the page, those with most candidates; the data files hold all."""

MEASURE_WORDS = {
    "sentiment": "How the whole text speaks",
    "toward_rivals": "How it speaks of rivals",
    "toward_own_party": "How it speaks of the own party",
    "accusation": "Accusations",
    "thanks": "Thanks",
    "concession": "Concessions",
    "statements": "All statements",
}
SHORT = {
    "sentiment": "whole text",
    "toward_rivals": "toward rivals",
    "toward_own_party": "toward own party",
    "accusation": "accusations",
    "thanks": "thanks",
    "concession": "concessions",
}
SHORT_PHASES = {"before_polls_close": "before", "between": "between", "after_declaration": "after"}
MEASURE_MEANINGS = {
    "sentiment": "Mean score of whole texts, −1 hostile to +1 warm.",
    "toward_rivals": "Mean score toward other candidates of the contest, other parties and their candidates.",
    "toward_own_party": "Mean score toward the author’s party and its candidates, without the author.",
    "accusation": "Share of a candidate’s statements that accuse somebody.",
    "thanks": "Share of a candidate’s statements that thank.",
    "concession": "Share of a candidate’s statements that concede.",
}
SUPPRESSED = {
    "few_posts": "fewer than 10 statements",
    "few_candidates": "fewer than 5 candidates",
    "no_spread": "the candidates are all alike",
}
"""Why a cell has no figure."""

Cell = TypeVar("Cell", ToneRow, ActivityRow)


@dataclass(frozen=True, slots=True)
class Line(Generic[Cell]):
    """One group of candidates with a cell a phase."""

    group: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Measure(Generic[Cell]):
    """One measure, group by group."""

    name: str
    lines: tuple[Line[Cell], ...]
    parties_left: int
    """Parties that the table leaves out."""


@dataclass(frozen=True, slots=True)
class Family:
    """Comparisons that are adjusted together, as the page shows them."""

    name: str
    size: int
    """Those that could be made, also where the page does not show them."""
    total: int
    not_made: tuple[tuple[str, int], ...]
    """Reason -> comparisons that could not be made."""
    rows: tuple[ToneDifferenceRow, ...]
    """Those that the page shows."""

    @property
    def sides(self) -> tuple[str, str]:
        """What is compared: the first less the other."""
        first, _, other = self.rows[0].compared.partition(" less ")
        return first, other

    @property
    def has_phases(self) -> bool:
        """Whether it holds comparisons within several phases."""
        return len({row.phase for row in self.rows}) > 1


def write_tone(
    folder: Path,
    election: Election,
    digests: Sequence[CandidacyDigest],
    found: KeptTones,
    manifest: Manifest,
) -> tuple[Chart, ...]:
    """Write tone.html, its data files and the CSV of every chart into an election's folder.

    Returns the election's charts, for its own page and for the report's first: their CSV is written here.
    """
    tables = found.tables
    for name, rows in tables.named().items():
        write_table(folder, name, rows)
    charts = election_charts(digests, tables)
    write_charts(folder, charts)
    keep(found, folder / KEPT)
    methods = {method for one in digests for method in one.methods}
    spoken = [one for one in digests if one.tones.cells]
    page = render_page(
        "tone",
        root=FROM_ELECTION,
        manifest=manifest.of(methods, candidates=len(digests), with_statements=len(spoken)),
        election=election,
        charts=charts,
        measures=list(_by_measure(tables.tone, MEASURES)),
        activities=list(_by_measure(tables.activity, ACTIVITIES)),
        families=[_family(tables.by_outcome), _family(tables.changes)],
        phases=[str(phase) for phase in PHASES],
        shares=frozenset(KINDS),
        spoken=len(spoken),
        total=len(digests),
        covered=sum(bool(one.tones.covered) for one in digests),
        words=MEASURE_WORDS,
        short=SHORT,
        short_phases=SHORT_PHASES,
        meanings=MEASURE_MEANINGS,
        reasons=SUPPRESSED,
        tables=TONE_TABLES,
    )
    write_text(folder / "tone.html", page)
    return charts


def _by_measure(rows: Iterable[Cell], measures: Iterable[str]) -> Iterator[Measure[Cell]]:
    """Groups of whom nothing is known in any phase are left out."""
    found: dict[str, dict[tuple[str, str], list[Cell]]] = {}
    for row in rows:
        found.setdefault(row.measure, {}).setdefault((row.by, row.group), []).append(row)
    for measure in measures:
        groups = {
            place: cells
            for place, cells in found.get(measure, {}).items()
            if any(one.n_posts for one in cells)
        }
        parties = [group for by, group in groups if by == "party"]
        left = set(parties[MOST_PARTIES:])
        yield Measure(
            name=measure,
            lines=tuple(
                Line(group, tuple(cells))
                for (by, group), cells in groups.items()
                if by != "party" or group not in left
            ),
            parties_left=len(left),
        )


def _family(rows: Sequence[ToneDifferenceRow]) -> Family | None:
    """Of the parties the page shows no comparison; the data files do. None without rows."""
    if not rows:
        return None
    reasons = Counter(row.suppressed for row in rows if row.suppressed is not None)
    return Family(
        name=rows[0].family,
        size=rows[0].family_size,
        total=len(rows),
        not_made=tuple(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
        rows=tuple(row for row in rows if row.by != "party" and (row.n_posts or row.other_n_posts)),
    )
