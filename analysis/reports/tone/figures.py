"""One group of candidates with the figures of all its measures, from one set of draws."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite

from analysis.outcomes.timing import Phase
from analysis.reports.tone.grid import (
    DONE,
    DONE_BY_HOURS,
    GROUPINGS,
    MEASURES,
    SAID,
    SAID_BY_HOURS,
    TONES,
    Grid,
    Name,
    groups_of,
    seed_of,
)
from analysis.reports.tone.sums import Counted
from analysis.statistics import Clusters, Estimate, Figure, figure, none_seen, share, too_few
from analysis.statistics.aligned import Aligned
from analysis.statistics.replicates import Replicates, interval, log_interval

MEAN_METHOD = "mean-studentised-1"
SHARE_METHOD = "share-wilson-effective-1"
RATE_METHOD = "rate-studentised-1"
NONE_METHOD = "rate-none-seen-1"

BY_HOURS = ("all", "outcome")
"""What hours are given for: they divide statements finely."""

BEFORE, AFTER = Phase.BEFORE_POLLS_CLOSE.value, Phase.AFTER_DECLARATION.value
CHANGE, RATE = "change", "rate"


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Some candidates, their measures, and draws of all that is no share and is not suppressed."""

    by: str
    name: str
    tones: Aligned
    activity: Aligned
    changes: Aligned
    """By (`change`, measure): each candidate's change, after less before."""
    drawn: Mapping[Hashable, Replicates | None]
    """By `Name` (scores), by (`change`, measure) and by (`rate`, `Name`)."""

    def tone(self, name: Name) -> Figure:
        """The mean over candidates, each of them once: of scores, or of shares of a kind."""
        clusters = self.tones.column(name)

        def estimate() -> Estimate | None:
            return interval(self.drawn[name]) if name[1] in TONES else share(clusters)

        return figure(round(clusters.units), clusters.n, estimate)

    def post_mean(self, name: Name) -> float | None:
        """The mean over all posts, whoever made them; None where the group is too small."""
        clusters = self.tones.column(name)
        return clusters.pooled if too_few(round(clusters.units), clusters.n) is None else None

    def posts(self, slot: str) -> int:
        """Statements of a stretch that were made in covered time."""
        return round(float(self.activity.column((slot, Counted.STATEMENTS.value)).sums.sum()))

    def rate(self, name: Name) -> tuple[Figure, str]:
        """Events by candidate and day of covered time, and the method."""
        clusters, posts = self.activity.column(name), self.posts(name[0])
        if clusters.n and not clusters.sums.any():
            return figure(posts, clusters.n, lambda: none_seen(clusters.units)), NONE_METHOD
        return figure(posts, clusters.n, lambda: log_interval(self.drawn[RATE, name])), RATE_METHOD

    def both_phases(self, measure: str) -> tuple[Clusters, Clusters]:
        """A measure after the declaration and before polls close, of candidates who have both."""
        return self.tones.shared((AFTER, measure), (BEFORE, measure))


def changes_of(tones: Aligned) -> Aligned:
    """(`change`, measure) -> each candidate's change, after the declaration less before polls close."""
    return tones.changes({(CHANGE, one): ((BEFORE, one), (AFTER, one)) for one in MEASURES})


def ends(
    estimate: Estimate | None, value: str = "estimate", low: str = "low", high: str = "high"
) -> dict[str, float | None]:
    """The three columns of an estimate; an infinite end is left empty."""
    found = (estimate.value, estimate.low, estimate.high) if estimate else (None, None, None)
    return {
        name: one if one is not None and isfinite(one) else None
        for name, one in zip((value, low, high), found, strict=True)
    }


def method_of(measure: str) -> str:
    """Name and version of what makes a measure's estimate and interval."""
    return MEAN_METHOD if measure in TONES else SHARE_METHOD


def drawn_groups(grid: Grid, *, draws: int, seed: int) -> Iterator[Group]:
    """Every group of every grouping, one at a time: draws take a megabyte or two a group."""
    for by in GROUPINGS:
        for name, rows in groups_of(grid.candidates, by).items():
            yield drawn_group(grid, by, name, rows, draws=draws, seed=seed)


def drawn_group(grid: Grid, by: str, name: str, rows: list[int], *, draws: int, seed: int) -> Group:
    """One group, with one set of draws for all its measures."""
    tones, activity = grid.tones.part(rows), grid.activity.part(rows)
    hours = by in BY_HOURS
    said = [one for one in (*SAID, *(SAID_BY_HOURS if hours else ())) if one[1] in TONES]
    done = [*DONE, *(DONE_BY_HOURS if hours else ())]
    rates = activity.chosen(done).named([(RATE, one) for one in done])
    changes = changes_of(tones)
    wide = tones.chosen(said).each_once().beside(changes).beside(rates)
    shown = [
        *(one for one in said if _is_shown(tones.column(one))),
        *((CHANGE, one) for one in MEASURES if _is_shown(*tones.shared((AFTER, one), (BEFORE, one)))),
        *((RATE, one) for one in done if _is_counted(activity, one)),
    ]
    found = wide.chosen(shown).replicates(draws=draws, seed=seed_of(by, name, seed=seed))
    return Group(by, name, tones, activity, changes, found)


def _is_counted(activity: Aligned, name: Name) -> bool:
    """Whether a rate is shown that needs draws: something was seen, and the group is large enough."""
    some, events = activity.column((name[0], Counted.STATEMENTS.value)), activity.column(name)
    return bool(events.sums.any()) and too_few(round(float(some.sums.sum())), some.n) is None


def _is_shown(*sides: Clusters) -> bool:
    return all(too_few(round(side.units), side.n) is None for side in sides)
