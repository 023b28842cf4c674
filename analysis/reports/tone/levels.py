"""Tone, kinds and activity of one group in each phase."""

from collections.abc import Iterator

from analysis.reports.tone.figures import Group, ends, method_of
from analysis.reports.tone.grid import DONE, SAID
from analysis.reports.tone.rows import ActivityRow, ToneRow


def tone_rows(group: Group, election_id: str) -> Iterator[ToneRow]:
    """A row a phase and measure: scores of the whole text, toward rivals and toward the own party, and
    shares of accusations, thanks and concessions. The mean over all posts stands beside without an
    interval: who posts most weighs most in it."""
    for name in SAID:
        found = group.tone(name)
        yield ToneRow(
            election_id=election_id,
            by=group.by,
            group=group.name,
            phase=name[0],
            measure=name[1],
            n_posts=found.posts,
            n_candidates=found.candidates,
            **ends(found.estimate),
            post_mean=group.post_mean(name),
            suppressed=found.suppressed,
            method=method_of(name[1]),
        )


def activity_rows(group: Group, election_id: str) -> Iterator[ActivityRow]:
    """A row a phase and kind of event, by candidate and day of time that the archive covers.

    Candidates of whose accounts no coverage is proven are left out, with all that they published.
    """
    for name in DONE:
        found, method = group.rate(name)
        clusters = group.activity.column(name)
        yield ActivityRow(
            election_id=election_id,
            by=group.by,
            group=group.name,
            phase=name[0],
            measure=name[1],
            n_events=round(clusters.sums.sum()),
            n_posts=found.posts,
            n_candidates=found.candidates,
            candidate_days=clusters.units,
            **ends(found.estimate),
            suppressed=found.suppressed,
            method=method,
        )
