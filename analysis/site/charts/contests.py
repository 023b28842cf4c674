"""One contest: its votes, and when each candidate said what."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from analysis.site import wording
from analysis.site.charts import labels
from analysis.site.charts.colours import colour_of
from analysis.site.charts.contract import Chart, Column
from analysis.site.charts.tones import keys, order_of

MOST_CANDIDATES = 24
MOST_POINTS = 200
"""What a contest's page draws at most, so that it stays light."""

VOTE_COLUMNS = (
    Column("candidate", "Candidate"),
    Column("party", "Party"),
    Column("votes", "Votes", "count"),
    Column("share", "Share", "share"),
    Column("elected", "Elected"),
    Column("name"),
    Column("printed"),
    Column("colour"),
)
SAID_COLUMNS = (
    Column("at", "Local time"),
    Column("candidate", "Candidate"),
    Column("tone", "Tone"),
    Column("kinds", "Kinds"),
    Column("clock"),
    Column("place"),
)


@dataclass(frozen=True, slots=True)
class Vote:
    """A candidate's result. `votes`, `share` and `elected` are None where the source does not say."""

    candidate: str
    party: str
    votes: int | None
    share: float | None
    elected: bool | None
    party_id: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One statement of a contest: `at` is None where no more than its day is known."""

    candidate: str
    at: datetime | None
    tone: str
    kinds: tuple[str, ...] = ()


def votes(
    rows: Sequence[Vote],
    *,
    country: str | None = None,
    id: str = "votes",
    csv: str = "votes.csv",
    title: str = "The votes",
    most: int = MOST_CANDIDATES,
) -> Chart | None:
    """Bars in party colours, most votes first; None if no votes are known."""
    counted = sorted(
        (row for row in rows if row.votes is not None), key=lambda row: (-(row.votes or 0), row.candidate)
    )
    if not counted:
        return None
    drawn = counted[:most]
    names = labels.distinct([row.candidate for row in drawn], limit=48)
    return Chart(
        id=id,
        kind="votes",
        title=title,
        finding=_votes_finding(counted),
        unit="Votes, and share of the valid votes",
        columns=VOTE_COLUMNS,
        rows=tuple(_vote_row(row, name, country) for row, name in zip(drawn, names, strict=True)),
        csv=csv,
        notes=_votes_notes(rows, counted, most),
    )


def statements(
    rows: Sequence[Said],
    *,
    zone: ZoneInfo,
    declared_at: datetime | None = None,
    polls_closed_at: datetime | None = None,
    id: str = "statements",
    csv: str = "statements.csv",
    title: str = "Who said what when",
    most: int = MOST_POINTS,
) -> Chart | None:
    """A point for each statement on its candidate's line; None if no time of any is known.

    Times are aware and are shown on the clock of `zone`. Over `most`, those nearest to the declaration
    (else to the close of polls, else the latest) are drawn, and a note says so.
    """
    timed = sorted(
        ((row.at, row) for row in rows if row.at is not None), key=lambda pair: (pair[0], pair[1].candidate)
    )
    if not timed:
        return None
    anchor = declared_at or polls_closed_at or timed[-1][0]
    kept = sorted(timed, key=lambda pair: abs(pair[0] - anchor))[:most]
    drawn = sorted(kept, key=lambda pair: (pair[0], pair[1].candidate))
    spoken = Counter(row.candidate for _, row in drawn)
    names = sorted(spoken, key=lambda name: (-spoken[name], name))
    told = dict(zip(names, labels.distinct(names, limit=40), strict=True))
    place = {name: number for number, name in enumerate(names)}
    return Chart(
        id=id,
        kind="statements",
        title=title,
        finding=_said_finding([row for _, row in timed], timed, declared_at),
        unit=f"Each mark is a statement; time of day: {zone.key}",
        columns=SAID_COLUMNS,
        rows=tuple(
            (*_said_row(at, row, told[row.candidate], zone, id), place[row.candidate]) for at, row in drawn
        ),
        csv=csv,
        notes=_said_notes(rows, timed, drawn, names),
        keys=keys({row.tone for _, row in drawn}, shaped=True),
        parameters=_marks([at for at, _ in drawn], declared_at, polls_closed_at, zone),
    )


def _vote_row(row: Vote, name: str, country: str | None) -> tuple[str | int | float | None, ...]:
    party = labels.label(row.party, limit=48)
    share = "" if row.share is None else f" · {wording.percent(row.share)}"
    return (
        *(name, party, row.votes, row.share),
        "not known" if row.elected is None else "yes" if row.elected else "no",
        f"{name}{' ✓' if row.elected else ''}\n{party}",
        f"{wording.number(row.votes or 0)}{share}",
        colour_of(row.party_id, row.party, country=country),
    )


def _votes_finding(counted: Sequence[Vote]) -> str:
    first, *others = counted
    winners = sum(1 for row in counted if row.elected)
    votes = wording.number(first.votes or 0)
    share = "" if first.share is None else f" ({wording.percent(first.share)})"
    if winners == 1 and first.elected:
        lead = f"{_named(first)} was elected with {votes} votes{share}"
    else:
        lead = f"{_named(first)} has the most votes: {votes}{share}"
    if winners > 1:
        lead = f"{wording.plural(winners, 'candidate')} were elected; {lead}"
    if not others:
        return f"{lead}; no other candidate’s votes are known."
    ahead = (first.votes or 0) - (others[0].votes or 0)
    gap = f"{wording.number(ahead)} more than" if ahead else "as many as"
    known = wording.plural(len(counted), "candidate")
    return f"{lead}, {gap} {_named(others[0])}. n\u00a0=\u00a0{known}."


def _named(row: Vote) -> str:
    return f"{labels.quoted(row.candidate)} ({labels.quoted(row.party)})"


def _votes_notes(rows: Sequence[Vote], counted: Sequence[Vote], most: int) -> tuple[str, ...]:
    notes = ["✓ elected."] if any(row.elected for row in counted[:most]) else []
    unknown = len(rows) - len(counted)
    if unknown:
        notes.append(f"Votes are not known for {wording.plural(unknown, 'candidate')}.")
    if len(counted) > most:
        notes.append(f"Drawn are the {most} candidates with the most votes of {len(counted)}.")
    return tuple(notes)


def _marks(
    times: Sequence[datetime], declared_at: datetime | None, polls_closed_at: datetime | None, zone: ZoneInfo
) -> tuple[tuple[str, int | None], ...]:
    """The two rules, and the ends of an axis that holds them and every point."""
    every = [*times, *filter(None, (declared_at, polls_closed_at))]
    first, last = _clock(min(every), zone), _clock(max(every), zone)
    return (
        ("declared", _clock(declared_at, zone) if declared_at else None),
        ("closed", _clock(polls_closed_at, zone) if polls_closed_at else None),
        ("first", first),
        ("last", last if last > first else first + 3_600_000),
    )


def _clock(at: datetime, zone: ZoneInfo) -> int:
    """What the clock of `zone` shows, as milliseconds: browsers draw it as if it were UTC."""
    return int(at.astimezone(zone).replace(tzinfo=UTC).timestamp() * 1000)


def _said_row(
    at: datetime, row: Said, name: str, zone: ZoneInfo, chart: str
) -> tuple[str | int | float | None, ...]:
    order_of(row.tone, chart)
    local = at.astimezone(zone)
    clock = int(local.replace(tzinfo=UTC).timestamp() * 1000)
    return (local.isoformat(" ", "minutes")[:16], name, row.tone, _kinds(row.kinds), clock)


def _kinds(kinds: tuple[str, ...]) -> str:
    words = [wording.KINDS.get(kind, kind.replace("_", " ")) for kind in kinds]
    return labels.label(", ".join(words), limit=80) if words else "–"


def _said_finding(
    rows: Sequence[Said], timed: Sequence[tuple[datetime, Said]], declared_at: datetime | None
) -> str:
    spoken = Counter(row.candidate for row in rows)
    top = min(spoken, key=lambda name: (-spoken[name], name))
    said = f"{wording.plural(len(rows), 'statement')} by {wording.plural(len(spoken), 'candidate')}"
    if declared_at:
        before = sum(1 for at, _ in timed if at < declared_at)
        said += (
            f": {wording.number(before)} before the declaration, {wording.number(len(rows) - before)} after"
        )
    tones = Counter(row.tone for row in rows)
    told = ", ".join(f"{wording.number(tones[tone])} {tone}" for tone in wording.TONE_SIGNS if tones[tone])
    said += f". By tone: {told}."
    if len(spoken) > 1:
        said += f" Most by {labels.quoted(top)}: {wording.number(spoken[top])}."
    return said


def _said_notes(
    rows: Sequence[Said],
    timed: Sequence[tuple[datetime, Said]],
    drawn: Sequence[tuple[datetime, Said]],
    names: Sequence[str],
) -> tuple[str, ...]:
    notes = []
    if len(drawn) < len(timed):
        notes.append(
            f"Drawn are the {wording.number(len(drawn))} statements nearest to the declaration of"
            f" {wording.number(len(timed))}, by {wording.plural(len(names), 'candidate')}."
        )
    undated = len(rows) - len(timed)
    if undated:
        notes.append(f"{wording.plural(undated, 'statement')} without a time of day: not drawn.")
    return tuple(notes)
