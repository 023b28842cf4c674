"""Results: votes, totals and winners stored from a file, and checked against each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from archive.ballots.formats import read_ballot
from archive.ballots.rows import Ballot, CandidateRow, ContestRow, Place, Request
from archive.batches import batches
from archive.candidacies import Kept
from archive.captures import keep_whole
from archive.changes import assign, fill
from archive.checks import (
    Line,
    Problem,
    Totals,
    adds_up,
    find_problem,
    overtaken,
    share_base,
    winner_by_votes,
)
from archive.contract import UnreadableSource
from archive.party_results import PartyTally, keep_party_results
from archive.result_stages import corrections, keep_stages, results_before, stages_of
from archive.roster import RosterTally, keep_roster, roster_tally
from db import writing
from db.models import Candidacy, Contest, Person, now
from db.words import CandidacyStatus

SOURCE = "source"
"""Basis of `elected`: a source says so."""

MOST_VOTES = "most_votes"
"""Basis of `elected`: the candidate has most votes in a contest of one seat."""


@dataclass(frozen=True, slots=True)
class ResultsTally:
    """What an import of results found and did."""

    roster: RosterTally
    """What the file says of candidates and contests; `changed`, `unmatched` and `notes` cover the results."""
    votes: int
    """Candidates with votes in the file."""
    declared: int
    """Contests with a time of declaration in the file."""
    checked: int
    """Contests of the file whose candidates' votes add up to the valid votes."""
    winners: int
    """Candidates elected in the file's contests, by a source or by most votes."""
    events: int = 0
    """Stages of results (projected, recount, certified) that are new in the archive."""
    parties: PartyTally | None = None
    """Of a file of party results, which holds nothing else."""

    def __str__(self) -> str:
        if self.parties is not None:
            return f"{self.roster.format}: {self.parties}"
        head, *rest = str(self.roster).split("\n")
        told = (
            f"; {self.votes:,} with votes, {self.declared:,} times of declaration, "
            f"{self.checked:,} contests add up, {self.winners:,} elected"
        )
        if self.events:
            told += f", {self.events:,} new stages of results"
        return "\n".join([head + told, *rest])


def import_results(
    engine: Engine,
    path: Path | str,
    *,
    election: str | None = None,
    name: str | None = None,
    time_zone: str | None = None,
) -> ResultsTally:
    """Store results from a file in a known format, and what the roster lacks of candidates and contests.

    Files may come in any order and again. Every contest of the file is checked with all that is then
    known of it. `election`, `name` and `time_zone` are as in `import_roster`.

    Raises UnreadableSource (file, row, column) for anything wrong; then nothing is stored.
    """
    ballot = read_ballot(Path(path), Request(election, name, time_zone))
    with writing(engine) as session:
        return store_results(session, ballot)


def store_results(session: Session, ballot: Ballot, *, on: date | None = None) -> ResultsTally:
    """Store the results of a ballot file that was read, and the file's bytes. `on`: today, in UTC.

    Raises UnreadableSource (file, row, column) for anything wrong; then the transaction must not be kept.
    """
    if ballot.parties:
        return _store_party_results(session, ballot)
    if not _holds_results(ballot):
        raise UnreadableSource(f"{ballot.file} holds no results: no votes, no winner, no totals")
    keep_whole(session, ballot.file, ballot.body, media_type="text/csv", reader=ballot.format)
    kept = keep_roster(session, ballot, results=True)
    before = results_before(kept)
    _clear_outdated_shares(ballot, kept)
    for row, candidacy in kept.told:
        _keep_votes(row, candidacy, kept)
    for contest_row in ballot.contests:
        _keep_totals(ballot, contest_row, kept)
    _name_everybody(session, kept)
    for contest_row in ballot.contests:
        _settle(ballot, contest_row, kept)
    session.flush()
    corrected = corrections(ballot, kept, before)
    events = keep_stages(session, ballot, kept, corrected, on=on or now().date())
    return _tally(ballot, kept, events)


def _store_party_results(session: Session, ballot: Ballot) -> ResultsTally:
    keep_whole(session, ballot.file, ballot.body, media_type="text/csv", reader=ballot.format)
    tally = keep_party_results(session, ballot)
    return ResultsTally(roster_tally(ballot, Kept()), 0, 0, 0, 0, parties=tally)


def _holds_results(ballot: Ballot) -> bool:
    return any(row.votes is not None or row.elected is not None for row in ballot.candidates) or any(
        any(told is not None for told in (row.valid_votes, row.declared, *stages_of(row)))
        for row in ballot.contests
    )


def _clear_outdated_shares(ballot: Ballot, kept: Kept) -> None:
    """A corrected number of votes makes every share of its contest one of the past."""
    outdated = {
        candidacy.contest_id for row, candidacy in kept.told if _is_corrected(candidacy.votes, row.votes)
    } | {
        kept.contests[row.id].id
        for row in ballot.contests
        if _is_corrected(kept.contests[row.id].valid_votes, row.valid_votes)
    }
    for contest_id in outdated:
        for candidacy in kept.candidacies[contest_id]:
            candidacy.share = None


def _is_corrected(known: int | None, told: int | None) -> bool:
    return None not in (known, told) and known != told


def _keep_votes(row: CandidateRow, candidacy: Candidacy, kept: Kept) -> None:
    changed = assign(
        candidacy,
        votes=row.votes,
        share=None if row.share is None else float(row.share),
        change=None if row.change is None else float(row.change),
        incumbent=row.incumbent,
        elected=row.elected,
        elected_basis=None if row.elected is None else SOURCE,
    )
    _note_change(kept, candidacy, changed=changed)


def _note_change(kept: Kept, candidacy: Candidacy, *, changed: bool) -> None:
    """Count a change of a candidacy that was there before; a new one has no key yet to tell it by."""
    if changed and candidacy.id in kept.old_candidacies:
        kept.changed.add(("candidacy", f"{candidacy.contest_id} {candidacy.person_id}"))


def _keep_totals(ballot: Ballot, row: ContestRow, kept: Kept) -> None:
    contest = kept.contests[row.id]
    changed = assign(
        contest,
        electorate=row.electorate,
        valid_votes=row.valid_votes,
        invalid_votes=row.invalid_votes,
        majority=row.majority,
        declared_at=row.declared.at if row.declared else None,
        declared_precision=row.declared.precision if row.declared else None,
        declared_zone=row.declared_zone,
        declared_source=row.declared_source,
        result_stage=row.result_stage,
        result_source=row.result_source,
        result_summary=row.result_summary,
    )
    changed |= fill(contest, result_source=ballot.file)
    if changed and contest.id in kept.old_contests:
        kept.changed.add(("contest", contest.id))


def _name_everybody(session: Session, kept: Kept) -> None:
    """Names, for messages, of the candidates whom the file does not name."""
    persons = {one.person_id for there in kept.candidacies.values() for one in there} - kept.names.keys()
    for ids in batches(sorted(persons)):
        for person_id, name in session.exec(select(Person.id, Person.name).where(col(Person.id).in_(ids))):
            kept.names[person_id] = name


def _settle(ballot: Ballot, row: ContestRow, kept: Kept) -> None:
    """Check a contest; then derive what no source says: winner, shares, whether the totals are proven."""
    contest = kept.contests[row.id]
    candidacies = kept.candidacies[contest.id]
    totals, lines = _totals(contest), [_line(one, kept) for one in candidacies]
    problem = find_problem(totals, lines)
    if problem is not None:
        raise ballot.wrong(_place(problem, row, candidacies, kept), problem.field, problem.message)
    _derive_winner(totals, lines, candidacies, kept)
    _derive_shares(totals, lines, candidacies, kept)
    checked = adds_up(totals, lines)
    if assign(contest, totals_checked=checked) and contest.id in kept.old_contests:
        kept.changed.add(("contest", contest.id))
    _tell_notes(contest, lines, kept)


def _totals(contest: Contest) -> Totals:
    return Totals(
        seats=contest.seats,
        valid_votes=contest.valid_votes,
        majority=contest.majority,
        all_candidates_listed=contest.all_candidates_listed,
        result_stage=contest.result_stage,
    )


def _line(candidacy: Candidacy, kept: Kept) -> Line:
    return Line(
        name=kept.names[candidacy.person_id],
        status=candidacy.status,
        votes=candidacy.votes,
        share=None if candidacy.share is None else Decimal(str(candidacy.share)),
        elected=candidacy.elected if candidacy.elected_basis == SOURCE else None,
    )


def _place(problem: Problem, row: ContestRow, candidacies: Sequence[Candidacy], kept: Kept) -> Place:
    """The row of the candidate in question, where the file has one; else the contest's."""
    if problem.line is None:
        return row.place
    wanted = candidacies[problem.line]
    return next((told.place for told, candidacy in kept.told if candidacy is wanted), row.place)


def _derive_winner(
    totals: Totals, lines: Sequence[Line], candidacies: Sequence[Candidacy], kept: Kept
) -> None:
    winners = [index for index, line in enumerate(lines) if line.elected]
    if len(winners) == totals.seats:
        for line, candidacy in zip(lines, candidacies, strict=True):
            if line.elected is None and candidacy.status == CandidacyStatus.STANDING:
                _elect(candidacy, False, SOURCE, kept)
        return
    if any(line.elected is not None for line in lines):
        return
    first = winner_by_votes(totals, lines)
    for index, candidacy in enumerate(candidacies):
        if first is None or candidacy.votes is None:
            _elect(candidacy, None, None, kept)
        else:
            _elect(candidacy, index == first, MOST_VOTES, kept)


def _elect(candidacy: Candidacy, elected: bool | None, basis: str | None, kept: Kept) -> None:
    if (candidacy.elected, candidacy.elected_basis) != (elected, basis):
        candidacy.elected, candidacy.elected_basis = elected, basis
        _note_change(kept, candidacy, changed=True)


def _derive_shares(
    totals: Totals, lines: Sequence[Line], candidacies: Sequence[Candidacy], kept: Kept
) -> None:
    base = share_base(totals, lines)
    for candidacy in candidacies:
        if base and candidacy.votes is not None:
            _note_change(kept, candidacy, changed=fill(candidacy, share=candidacy.votes / base))


def _tell_notes(contest: Contest, lines: Sequence[Line], kept: Kept) -> None:
    note = overtaken(lines)
    if note is not None:
        kept.notes.append(f"{contest.id}: {note}")
    if contest.totals_checked:
        kept.unmatched += [
            f"{line.name} stands in {contest.id} by the roster, but has no votes in its complete result"
            for line in lines
            if line.votes is None and line.status == CandidacyStatus.STANDING
        ]


def _tally(ballot: Ballot, kept: Kept, events: int) -> ResultsTally:
    contests = list({contest.id: contest for contest in kept.contests.values()}.values())
    return ResultsTally(
        roster=roster_tally(ballot, kept),
        votes=sum(row.votes is not None for row, _ in kept.told),
        declared=sum(row.declared is not None for row in ballot.contests),
        checked=sum(contest.totals_checked for contest in contests),
        winners=sum(bool(one.elected) for contest in contests for one in kept.candidacies[contest.id]),
        events=events,
    )
