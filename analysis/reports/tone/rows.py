"""The flat rows of tone and activity. What each column means stands in `meanings.py`."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToneRow:
    """How the candidates of a group speak in one phase: a mean score, or the share of a kind."""

    election_id: str
    by: str
    group: str
    phase: str
    measure: str
    n_posts: int
    n_candidates: int
    estimate: float | None
    low: float | None
    high: float | None
    post_mean: float | None
    suppressed: str | None
    method: str


@dataclass(frozen=True, slots=True)
class ToneDifferenceRow:
    """By how much two groups differ in one phase, or one group's candidates between two phases."""

    election_id: str
    family: str
    by: str
    group: str
    phase: str
    measure: str
    compared: str
    n_posts: int
    n_candidates: int
    mean: float | None
    other_n_posts: int
    other_n_candidates: int
    other_mean: float | None
    estimate: float | None
    low: float | None
    high: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    hedges_g: float | None
    g_low: float | None
    g_high: float | None
    cliffs_delta: float | None
    delta_low: float | None
    delta_high: float | None
    p: float | None
    p_adjusted: float | None
    family_size: int
    suppressed: str | None
    method: str


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """How often the candidates of a group publish, or publish something of a kind, in one phase."""

    election_id: str
    by: str
    group: str
    phase: str
    measure: str
    n_events: int
    n_posts: int
    n_candidates: int
    candidate_days: float
    estimate: float | None
    low: float | None
    high: float | None
    suppressed: str | None
    method: str


@dataclass(frozen=True, slots=True)
class ToneHourRow:
    """How a group's candidates speak, and how often, in some hours from the declaration."""

    election_id: str
    by: str
    group: str
    from_hours: int
    to_hours: int
    n_posts: int
    n_candidates: int
    estimate: float | None
    low: float | None
    high: float | None
    post_mean: float | None
    suppressed: str | None
    method: str
    rate_n_posts: int
    rate_n_candidates: int
    candidate_days: float
    rate: float | None
    rate_low: float | None
    rate_high: float | None
    rate_suppressed: str | None
    rate_method: str


ToneTableRow = ToneRow | ToneDifferenceRow | ActivityRow | ToneHourRow

TABLES: Mapping[str, type[ToneTableRow]] = {
    "tone": ToneRow,
    "tone-by-outcome": ToneDifferenceRow,
    "tone-changes": ToneDifferenceRow,
    "activity": ActivityRow,
    "tone-by-hours": ToneHourRow,
}
"""Name of a data file -> what its rows are."""
