"""The charts of one contest's page: its votes, and who said what when."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from analysis.outcomes.ballot import Contest
from analysis.publishing.candidacies import WrittenCandidacy
from analysis.publishing.digests import CandidacyDigest, StatementDigest
from analysis.site import charts, wording
from analysis.site.charts import Chart, labels


def contest_charts(contest: Contest, candidacies: Sequence[WrittenCandidacy]) -> tuple[Chart, ...]:
    """Those for which there is something to draw. The CSV of each is `chart-ID.csv` beside the page."""
    made = (
        _votes(contest, [one.digest for one in candidacies if one.digest.on_ballot]),
        _statements(contest, candidacies),
    )
    return tuple(one for one in made if one is not None)


def _votes(contest: Contest, on_ballot: Sequence[CandidacyDigest]) -> Chart | None:
    rows = [
        charts.Vote(
            candidate=one.row.name,
            party=one.row.party,
            votes=one.row.votes,
            share=one.row.share,
            elected=one.row.elected,
            party_id=one.row.party_id,
        )
        for one in on_ballot
    ]
    return charts.votes(rows, country=contest.election.country, csv="chart-votes.csv")


MOST_POINTS = 100
"""Statements beyond which their chart would be a crowd: the list below it shows them."""


def _statements(contest: Contest, candidacies: Sequence[WrittenCandidacy]) -> Chart | None:
    if sum(len(one.statements) for one in candidacies) > MOST_POINTS:
        return None
    declared = contest.clock.declared
    made = charts.statements(
        list(_said(candidacies)),
        zone=contest.zone,
        declared_at=declared.at if declared is not None and declared.is_exact else None,
        polls_closed_at=contest.clock.polls_close,
        csv="chart-statements.csv",
    )
    reposts = sum(said.tone is None for one in candidacies for said in one.statements)
    if made is None or not reposts:
        return made
    return replace(made, notes=(*made.notes, f"{wording.plural(reposts, 'repost')} left out."))


def _said(candidacies: Sequence[WrittenCandidacy]) -> Iterator[charts.Said]:
    """Everybody's own statements; two of one name are told apart."""
    names = labels.distinct([one.digest.row.name for one in candidacies])
    for name, one in zip(names, candidacies, strict=True):
        for said in one.statements:
            if said.tone is not None:
                yield charts.Said(name, _time(said), said.tone, said.kinds)


def _time(said: StatementDigest) -> datetime | None:
    """None where no more than its day is known."""
    return datetime.fromtimestamp(said.at, UTC) if said.is_exact and said.at is not None else None
