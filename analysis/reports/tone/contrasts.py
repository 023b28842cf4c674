"""Comparisons: elected beside not elected candidates, and the same ones after and before the result."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from analysis.reports.accusations.network import ELECTED, NOT_ELECTED
from analysis.reports.tone.figures import AFTER, CHANGE, Group, ends
from analysis.reports.tone.grid import (
    BAND_NAMES,
    MEASURES,
    SAID,
    SIDES,
    TONES,
    Name,
    seed_of,
)
from analysis.reports.tone.rows import ToneDifferenceRow
from analysis.statistics import (
    Clusters,
    Estimate,
    Family,
    Member,
    Suppressed,
    cliffs_delta,
    hedges_g,
    share,
    sign_flip_p,
    too_few,
)
from analysis.statistics.intervals import difference, ratio
from analysis.statistics.replicates import difference_of, interval

PERMUTATIONS = 1_999
"""How often candidates change places for one p, which is then at least 1 in 2,000."""

BY_OUTCOME = "elected less not elected"
BY_TIME = "after the declaration less before polls close"

MEAN_METHOD = "mean-difference-studentised-1"
SHARE_METHOD = "share-difference-newcombe-1"
CHANGE_METHOD = "change-studentised-1"


@dataclass(frozen=True, slots=True)
class _Sides:
    """What is compared: both sides' means, and what follows where both are large enough."""

    first: Clusters
    other: Clusters
    suppressed: Suppressed | None
    estimate: Estimate | None = None
    ratio: Estimate | None = None
    g: Estimate | None = None
    delta: Estimate | None = None
    p: float | None = None


OPPOSITIONS = (
    ("outcome", "all margins", ("outcome", ELECTED), ("outcome", NOT_ELECTED)),
    *(
        ("margin", band, ("margin", f"{SIDES[True]} {band}"), ("margin", f"{SIDES[False]} {band}"))
        for band in BAND_NAMES
    ),
)
"""By, group, and the two groups of candidates that are compared: all, and those of about equal margins."""

OPPOSED = frozenset(side for _, _, *sides in OPPOSITIONS for side in sides)


def outcome_rows(
    groups: Mapping[tuple[str, str], Group], election_id: str, *, permutations: int, seed: int
) -> Iterator[ToneDifferenceRow]:
    """Elected less not elected, all together and within each band of the margin. `groups`: by (by, name)."""
    for by, name, one, other in OPPOSITIONS:
        if one in groups and other in groups:
            start = seed_of("outcome", name, seed=seed)
            found = _between(groups[one], groups[other], permutations=permutations, seed=start)
            for measure, sides in found.items():
                method = MEAN_METHOD if measure[1] in TONES else SHARE_METHOD
                yield _row(election_id, by, name, measure, BY_OUTCOME, method, sides)


def change_rows(
    group: Group, election_id: str, *, permutations: int, seed: int
) -> Iterator[ToneDifferenceRow]:
    """After less before, of the same candidates.

    Only candidates count who published in both phases: otherwise who falls silent would look like change.
    """
    start = seed_of("change", group.by, group.name, seed=seed)
    for measure in MEASURES:
        first, other = group.both_phases(measure)
        sides = _Sides(first, other, _reason(first, other))
        if sides.suppressed is None:
            estimate = interval(group.drawn[CHANGE, measure])
            moved = group.changes.column((CHANGE, measure)).means
            p = sign_flip_p(moved, draws=permutations, seed=start) if estimate else None
            why = None if estimate else Suppressed.NO_SPREAD
            sides = _Sides(first, other, why, estimate, p=p)
        yield _row(election_id, group.by, group.name, (AFTER, measure), BY_TIME, CHANGE_METHOD, sides)


def adjusted(rows: Iterable[ToneDifferenceRow], name: str) -> tuple[ToneDifferenceRow, ...]:
    """All rows of a table with the family's name, its size, and p adjusted in it."""
    listed = list(rows)
    family = Family(name, tuple(Member(_member(row), row.p) for row in listed))
    found, size = family.adjusted(), family.size
    return tuple(
        replace(row, family=name, family_size=size, p_adjusted=found[_member(row)]) for row in listed
    )


def _between(first: Group, other: Group, *, permutations: int, seed: tuple[int, int]) -> dict[Name, _Sides]:
    """Two groups of candidates, each measure in each phase."""
    pair = [side.tones.chosen(SAID) for side in (first, other)]
    chances = pair[0].p_values(pair[1], draws=permutations, seed=seed)
    return {name: _compared(name, first, other, chances[name]) for name in SAID}


def _compared(name: Name, first: Group, other: Group, p: float | None) -> _Sides:
    one, two = first.tones.column(name), other.tones.column(name)
    reason = _reason(one, two)
    if reason is not None:
        return _Sides(one, two, reason)
    estimate, parts = _difference(name, first, other)
    if estimate is None or p is None:
        return _Sides(one, two, Suppressed.NO_SPREAD)
    g, delta = hedges_g(one.means, two.means), cliffs_delta(one.means, two.means)
    return _Sides(one, two, None, estimate, parts, g, delta, p)


def _difference(name: Name, first: Group, other: Group) -> tuple[Estimate | None, Estimate | None]:
    """First less other; of shares also their ratio."""
    if name[1] in TONES:
        return difference_of(first.drawn[name], other.drawn[name]), None
    one, two = (share(side.tones.column(name)) for side in (first, other))
    if one is None or two is None:
        return None, None
    return difference(one, two, 0.0), ratio(one, two)


def _reason(first: Clusters, other: Clusters) -> Suppressed | None:
    return too_few(
        round(min(first.units, other.units)),
        min(first.n, other.n),
    )


def _row(
    election_id: str, by: str, group: str, name: Name, compared: str, method: str, one: _Sides
) -> ToneDifferenceRow:
    shown = one.estimate is not None
    return ToneDifferenceRow(
        election_id=election_id,
        family="",
        by=by,
        group=group,
        phase=name[0],
        measure=name[1],
        compared=compared,
        n_posts=round(one.first.units),
        n_candidates=one.first.n,
        mean=float(one.first.means.mean()) if shown else None,
        other_n_posts=round(one.other.units),
        other_n_candidates=one.other.n,
        other_mean=float(one.other.means.mean()) if shown else None,
        **ends(one.estimate),
        **ends(one.ratio, "ratio", "ratio_low", "ratio_high"),
        **ends(one.g, "hedges_g", "g_low", "g_high"),
        **ends(one.delta, "cliffs_delta", "delta_low", "delta_high"),
        p=one.p,
        p_adjusted=None,
        family_size=0,
        suppressed=one.suppressed,
        method=method,
    )


def _member(row: ToneDifferenceRow) -> str:
    return ", ".join((row.by, row.group, row.phase, row.measure))
