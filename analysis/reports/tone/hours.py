"""Tone and volume of one group by hours from the declaration."""

from collections.abc import Iterator
from itertools import pairwise

from analysis.reports.tone.figures import BY_HOURS, MEAN_METHOD, Group, ends
from analysis.reports.tone.grid import DONE_BY_HOURS, SAID_BY_HOURS
from analysis.reports.tone.rows import ToneHourRow
from analysis.reports.tone.slots import HOURS


def hour_rows(group: Group, election_id: str) -> Iterator[ToneHourRow]:
    """A row a stretch of hours: the mean score of whole texts over candidates, and statements by candidate
    and day of covered time in it. Only for all candidates and by outcome."""
    if group.by not in BY_HOURS:
        return
    for (low, high), said, done in zip(pairwise(HOURS), SAID_BY_HOURS, DONE_BY_HOURS, strict=True):
        tone, (rate, rate_method) = group.tone(said), group.rate(done)
        yield ToneHourRow(
            election_id=election_id,
            by=group.by,
            group=group.name,
            from_hours=low,
            to_hours=high,
            n_posts=tone.posts,
            n_candidates=tone.candidates,
            **ends(tone.estimate),
            post_mean=group.post_mean(said),
            suppressed=tone.suppressed,
            method=MEAN_METHOD,
            rate_n_posts=rate.posts,
            rate_n_candidates=rate.candidates,
            candidate_days=group.activity.column(done).units,
            **ends(rate.estimate, "rate", "rate_low", "rate_high"),
            rate_suppressed=rate.suppressed,
            rate_method=rate_method,
        )
