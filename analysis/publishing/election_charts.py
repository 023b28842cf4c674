"""The charts of an election, from the digests of its candidacies and the tables of its tone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from analysis.outcomes.candidacies import ConcessionStatus
from analysis.publishing.digests import CandidacyDigest
from analysis.reports.concessions.summary import NO_MARGIN
from analysis.reports.folder import write_text
from analysis.reports.tone.counts import FIRST_HOUR, LAST_HOUR, TYPE
from analysis.reports.tone.figures import AFTER, BEFORE
from analysis.reports.tone.grid import ACTIVITIES
from analysis.reports.tone.rows import ToneRow
from analysis.reports.tone.sums import MILLION, Counted
from analysis.reports.tone.tables import ToneTables
from analysis.site import charts
from analysis.site.charts import FEWEST_CANDIDATES, Chart

FIRST_PAGE = ("concession-status", "tone-after", "who-whom", "timeline")
"""Ids of the charts that a report's first page shows of its newest election."""

MOST_IN_MATRIX = 8
"""Parties and targets whose numbers can still be read on the narrowest screens."""

EACH_ONCE = "In a mean each candidate counts once, however much he or she publishes."

SIDES = {BEFORE: "before", AFTER: "after"}
"""Phases in the little room that a panel has."""

TYPES = {
    "person": "other people",
    "party": "other parties",
    "government": "the government",
    "institution": "institutions",
    "media": "the media",
    "voters": "voters",
    "supporters": "supporters",
    "group": "groups",
    "country": "countries",
    "other": "others",
}
"""Types of targets that belong to no party of the election, as a chart names them."""


def election_charts(digests: Sequence[CandidacyDigest], tables: ToneTables) -> tuple[Chart, ...]:
    """Every chart of an election for which there is something to draw, in the order of its page.

    `digests`: of all its candidacies, in any order: charts are the same. Ids differ; the CSV of each is
    `chart-ID.csv` beside the page (`write_charts`).
    """
    made = (
        _concessions(digests),
        _tone(tables.tone, AFTER, "tone-after", "Tone by outcome and margin, after the declaration"),
        _who_whom(digests),
        _timeline(digests),
        _tone(tables.tone, BEFORE, "tone-before", "Tone by outcome and margin, before polls close"),
        _sentiment(tables),
        _rates(tables),
    )
    return tuple(one for one in made if one is not None)


def overview_charts(charts: Iterable[Chart]) -> tuple[Chart, ...]:
    """Of an election's charts those that the report's first page shows, in its order."""
    found = {one.id: one for one in charts}
    return tuple(found[id_] for id_ in FIRST_PAGE if id_ in found)


def write_charts(folder: Path, made: Iterable[Chart]) -> None:
    """Write the CSV of each chart beside the page that shows it."""
    for one in made:
        write_text(folder / one.csv, charts.csv_text(one))


def party_of(digest: CandidacyDigest) -> str:
    """A candidacy's party, as all figures of the election name it."""
    return digest.concession.party_name or digest.row.party


def _noted(chart: Chart | None, *notes: str) -> Chart | None:
    """The chart with notes before its own."""
    return chart and replace(chart, notes=(*notes, *chart.notes))


def _concessions(digests: Iterable[CandidacyDigest]) -> Chart | None:
    """Of those who are elected, or were not on the ballot, there is nothing to tell."""
    counts = Counter((party_of(one), one.concession.concession) for one in digests)
    rows = [
        charts.StatusCount(party, status, count)
        for (party, status), count in sorted(counts.items())
        if status != ConcessionStatus.NOT_DUE
    ]
    return charts.concession_status(
        rows,
        id="concession-status",
        csv="chart-concession-status.csv",
        title="Where candidates who were not elected stand to their loss",
    )


def _tone(rows: Iterable[ToneRow], phase: str, id_: str, title: str) -> Chart | None:
    """Of the bands of the margin; where no margin is known, of the outcomes alone."""
    wanted = [row for row in rows if (row.phase, row.measure) == (phase, Counted.SENTIMENT)]
    bands = [row for row in wanted if row.by == "margin" and row.group != NO_MARGIN]
    shown = bands if any(row.n_posts for row in bands) else [row for row in wanted if row.by == "outcome"]
    made = charts.tone_by_outcome(
        [_outcome(row) for row in shown], id=id_, csv=f"chart-{id_}.csv", title=title
    )
    return _noted(made, EACH_ONCE)


def _outcome(row: ToneRow) -> charts.OutcomeTone:
    """`won by under 2 points` is an outcome and a band."""
    side, by, band = row.group.partition(" by ")
    return charts.OutcomeTone(
        outcome=side,
        band=f"by {band}" if by else "all margins",
        mean=row.estimate,
        low=row.low,
        high=row.high,
        statements=row.n_posts,
        candidates=row.n_candidates,
    )


def _timeline(digests: Iterable[CandidacyDigest]) -> Chart | None:
    counts: Counter[tuple[int, str]] = Counter()
    for one in digests:
        for hour in one.hours:
            counts[hour.hour, hour.tone] += hour.statements
    made = charts.timeline(
        [charts.HourCount(hour, tone, count) for (hour, tone), count in sorted(counts.items())],
        csv="chart-timeline.csv",
        title="When they spoke, round the declaration",
    )
    span = f"From {-FIRST_HOUR} hours before to {LAST_HOUR} hours after each contest’s declaration"
    return _noted(made, f"{span}, where both times are known to the minute; reposts are left out.")


def _sentiment(tables: ToneTables) -> Chart | None:
    rows = [
        charts.HourMean(
            hour=row.from_hours,
            mean=row.estimate,
            low=row.low,
            high=row.high,
            statements=row.n_posts,
            candidates=row.n_candidates,
            until=row.to_hours,
        )
        for row in tables.by_hours
        if row.by == "all" and row.from_hours >= FIRST_HOUR and row.to_hours <= LAST_HOUR
    ]
    made = charts.sentiment_by_hour(
        rows, csv="chart-sentiment-by-hour.csv", title="How the tone changes, round the declaration"
    )
    return _noted(made, EACH_ONCE)


def _rates(tables: ToneTables) -> Chart | None:
    """By outcome, before polls close and after the declaration; where no outcome is known, of all."""
    by = "outcome" if any(row.by == "outcome" and row.n_events for row in tables.activity) else "all"
    places = {measure: place for place, measure in enumerate(ACTIVITIES)}
    rows = [
        charts.KindRate(
            kind=row.measure,
            group=f"{row.group}, {SIDES[row.phase]}",
            rate=row.estimate,
            low=row.low,
            high=row.high,
            statements=row.n_events,
            candidates=row.n_candidates,
            candidate_days=round(row.candidate_days),
        )
        for row in sorted(tables.activity, key=lambda row: places[row.measure])
        if row.by == by and row.phase in (BEFORE, AFTER)
    ]
    made = charts.kind_rates(rows, csv="chart-kind-rates.csv")
    sides = "Before: until the polls close; after: from the declaration on."
    proven = "Only time counts in which the archive is proven to hold all that a candidate published."
    return _noted(made, f"{sides} {proven}")


# ---- who speaks of whom, by party -------------------------------------------------------------------


@dataclass(slots=True)
class _Author:
    """What one candidate says of one target, over all contests."""

    statements: int = 0
    rated: int = 0
    total: int = 0


@dataclass(slots=True)
class _Pair:
    """What the candidates of one party say of one target."""

    authors: defaultdict[str, _Author] = field(default_factory=lambda: defaultdict(_Author))

    def speaks(self, author: str, target: str) -> charts.Speaks:
        """With the mean of the candidates' means, if enough of them have one."""
        some = [self.authors[person] for person in sorted(self.authors)]
        means = [one.total / MILLION / one.rated for one in some if one.rated]
        return charts.Speaks(
            author=author,
            target=target,
            statements=sum(one.statements for one in some),
            rated=sum(one.rated for one in some),
            mean=sum(means) / len(means) if len(means) >= FEWEST_CANDIDATES else None,
            candidates=len(some),
        )


def _who_whom(digests: Sequence[CandidacyDigest]) -> Chart | None:
    names = _names(digests)
    pairs: defaultdict[tuple[str, str], _Pair] = defaultdict(_Pair)
    for digest in digests:
        for one in digest.spoken_of:
            author = pairs[party_of(digest), names[one.target]].authors[digest.row.person_id]
            author.statements += one.statements
            author.rated += one.rated
            author.total += one.total
    made = charts.who_whom(
        [pair.speaks(*key) for key, pair in sorted(pairs.items())],
        csv="chart-who-whom.csv",
        title="Which party’s candidates speak of whom",
        most=MOST_IN_MATRIX,
    )
    whom = (
        "A party stands for itself and its candidates; a statement that speaks of several counts for each."
        " Who names himself or herself is left out."
    )
    return _noted(made, f"{whom} {EACH_ONCE}")


def _names(digests: Sequence[CandidacyDigest]) -> Mapping[str, str]:
    """Target -> its name: as its own candidates bear it, else as texts name it, else its id."""
    borne: defaultdict[str, Counter[str]] = defaultdict(Counter)
    named: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in digests:
        if one.row.party_id is not None:
            borne[one.row.party_id][party_of(one)] += 1
        for target in one.spoken_of:
            named[target.target][target.name] += target.statements
    return {target: _name(target, (borne.get(target, {}), named[target])) for target in named}


def _name(target: str, known: Iterable[Mapping[str, int]]) -> str:
    if target.startswith(TYPE):
        return TYPES[target.removeprefix(TYPE)]
    return next(_most(known), target)


def _most(known: Iterable[Mapping[str, int]]) -> Iterator[str]:
    """The name that most bear, from each of the sources that has one."""
    for counts in known:
        names = [name for name in counts if name]
        if names:
            yield min(names, key=lambda name: (-counts[name], name))
