"""The stages that results reached, as files tell them, and corrections that show by themselves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlmodel import Session, col, select

from archive.ballots.rows import Ballot, ContestRow
from archive.batches import batches
from archive.candidacies import Kept
from archive.checks import UNDECIDED
from archive.contract import Moment
from db.models import Candidacy, ResultEvent
from db.words import Precision, ResultStage

MOST_NAMED = 3
"""Candidates whom a note of a correction names."""


@dataclass(frozen=True, slots=True)
class Before:
    """What was known of a candidacy before a file."""

    votes: int | None
    elected: bool | None


def stages_of(row: ContestRow) -> tuple[Moment | None, Moment | None, Moment | None]:
    """The times of a row's stages beside the declaration."""
    return row.projected, row.recount, row.certified


def results_before(kept: Kept) -> dict[str, list[tuple[Candidacy, Before]]]:
    """Contest id -> what was known of its candidacies, of contests that were decided when a file came."""
    return {
        contest.id: [(one, Before(one.votes, one.elected)) for one in kept.candidacies[contest.id]]
        for contest in kept.contests.values()
        if contest.result_stage not in UNDECIDED
        and any(one.elected is not None for one in kept.candidacies[contest.id])
    }


def corrections(
    ballot: Ballot, kept: Kept, before: Mapping[str, Sequence[tuple[Candidacy, Before]]]
) -> dict[str, str]:
    """Contest id -> what a file corrected in its decided result, in words; noted, too."""
    found: dict[str, str] = {}
    for row in ballot.contests:
        contest = kept.contests[row.id]
        changes = [
            change
            for candidacy, known in before.get(contest.id, ())
            if (change := _change(candidacy, known, kept.names[candidacy.person_id]))
        ]
        if changes:
            more = f" and {len(changes) - MOST_NAMED} more" if len(changes) > MOST_NAMED else ""
            found[contest.id] = "; ".join(changes[:MOST_NAMED]) + more
            kept.notes.append(f"{contest.id}: the result is corrected: {found[contest.id]}")
    return found


def _change(candidacy: Candidacy, known: Before, name: str) -> str | None:
    parts = []
    if known.votes is not None and candidacy.votes != known.votes:
        parts.append(f"{known.votes:,} -> {candidacy.votes:,} votes")
    if known.elected is not None and candidacy.elected != known.elected:
        parts.append("elected" if candidacy.elected else "no longer elected")
    return f"{name} {', '.join(parts)}" if parts else None


def keep_stages(
    session: Session, ballot: Ballot, kept: Kept, corrected: Mapping[str, str], *, on: date
) -> int:
    """Store the stages that a file tells; how many are new.

    A contest has one time of projection and one of certification: what a later file says replaces it.
    Recounts may be several. A correction whose file tells no recount is one of the day of the import.
    """
    known = _known(session, kept)
    new = 0
    for row in ballot.contests:
        contest = kept.contests[row.id]
        there = known[contest.id]
        source = row.result_source or ballot.file
        for stage, moment in _told(row):
            new += _keep(session, there, contest.id, stage, moment, source)
        if contest.id in corrected and row.recount is None:
            day = Moment(datetime.combine(on, time(), UTC), Precision.DAY)
            why = f"{source} corrects an earlier result ({corrected[contest.id]}), imported that day"
            new += _keep(session, there, contest.id, ResultStage.RECOUNT, day, why)
    session.flush()
    return new


def _told(row: ContestRow) -> list[tuple[ResultStage, Moment]]:
    stages = (ResultStage.PROJECTED, ResultStage.RECOUNT, ResultStage.CERTIFIED)
    return [(stage, at) for stage, at in zip(stages, stages_of(row), strict=True) if at is not None]


def _keep(
    session: Session,
    there: list[ResultEvent],
    contest_id: str,
    stage: ResultStage,
    moment: Moment,
    source: str,
) -> bool:
    """Store one stage unless it is known; True where it is new."""
    same = [event for event in there if event.stage == stage]
    if any(event.happened_at == moment.at and event.precision == moment.precision for event in same):
        return False
    known = next((event for event in same if event.happened_at == moment.at), None)
    if known is None and stage is not ResultStage.RECOUNT:
        known = next(iter(same), None)
    event = known or ResultEvent(contest_id=contest_id, stage=stage, happened_at=moment.at, precision="")
    event.happened_at, event.precision, event.source = moment.at, moment.precision, source
    session.add(event)
    if known is None:
        there.append(event)
    return known is None


def _known(session: Session, kept: Kept) -> defaultdict[str, list[ResultEvent]]:
    found: defaultdict[str, list[ResultEvent]] = defaultdict(list)
    for ids in batches(sorted({contest.id for contest in kept.contests.values()})):
        query = select(ResultEvent).where(col(ResultEvent.contest_id).in_(ids))
        for event in session.exec(query.order_by(col(ResultEvent.id))):
            found[event.contest_id].append(event)
    return found
