"""All tables of tone of one election, from the partial sums of its candidates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from analysis.reports.tone.contrasts import OPPOSED, PERMUTATIONS, adjusted, change_rows, outcome_rows
from analysis.reports.tone.figures import drawn_groups
from analysis.reports.tone.grid import grid_of
from analysis.reports.tone.hours import hour_rows
from analysis.reports.tone.levels import activity_rows, tone_rows
from analysis.reports.tone.rows import (
    TABLES,
    ActivityRow,
    ToneDifferenceRow,
    ToneHourRow,
    ToneRow,
    ToneTableRow,
)
from analysis.reports.tone.sums import CandidateTones

DRAWS = 1_000
"""How often each group is drawn: ends of intervals move by some hundredths of their width from 2,000 draws,
and the tables of 4,500 candidates take half the time."""


@dataclass(frozen=True, slots=True)
class ToneTables:
    """The answers of one election."""

    tone: tuple[ToneRow, ...]
    by_outcome: tuple[ToneDifferenceRow, ...]
    changes: tuple[ToneDifferenceRow, ...]
    activity: tuple[ActivityRow, ...]
    by_hours: tuple[ToneHourRow, ...]

    def named(self) -> Mapping[str, tuple[ToneTableRow, ...]]:
        """By the names of `TABLES`."""
        tables = (self.tone, self.by_outcome, self.changes, self.activity, self.by_hours)
        return dict(zip(TABLES, tables, strict=True))


def tone_tables(
    election_id: str,
    tones: Iterable[CandidateTones],
    *,
    draws: int = DRAWS,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> ToneTables:
    """Every table of one election. Pure: the same sums and seed give the same rows.

    `tones`: one value a candidacy, in any order (`sums.tones_of`, `sums.merged`). A group's figures hang
    on its own candidates alone. Raises ValueError where a candidacy comes twice: merge them first.
    """
    listed = sorted(tones, key=lambda one: (one.candidate.contest_id, one.candidate.person_id))
    if len({(one.candidate.contest_id, one.candidate.person_id) for one in listed}) < len(listed):
        raise ValueError(f"{election_id}: a candidacy comes twice; merge its sums before")
    found, opposed = _Rows(), {}
    for group in drawn_groups(grid_of(listed), draws=draws, seed=seed):
        found.tone += tone_rows(group, election_id)
        found.activity += activity_rows(group, election_id)
        found.by_hours += hour_rows(group, election_id)
        found.changes += change_rows(group, election_id, permutations=permutations, seed=seed)
        if (group.by, group.name) in OPPOSED:
            opposed[group.by, group.name] = group
    by_outcome = outcome_rows(opposed, election_id, permutations=permutations, seed=seed)
    return ToneTables(
        tone=tuple(found.tone),
        by_outcome=adjusted(by_outcome, f"tone of those elected and not elected, {election_id}"),
        changes=adjusted(found.changes, f"tone after and before the result, {election_id}"),
        activity=tuple(found.activity),
        by_hours=tuple(found.by_hours),
    )


@dataclass(slots=True)
class _Rows:
    """Rows while groups come."""

    tone: list[ToneRow] = field(default_factory=list)
    changes: list[ToneDifferenceRow] = field(default_factory=list)
    activity: list[ActivityRow] = field(default_factory=list)
    by_hours: list[ToneHourRow] = field(default_factory=list)
