"""Every candidacy's statements linked to its result, read from the database."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from analysis.outcomes.accused import Parties
from analysis.outcomes.backing import NEAR, Accuracy, backing_of, period_of
from analysis.outcomes.ballot import Contest, Election, margin_of
from analysis.outcomes.ballots import find_contests
from analysis.outcomes.candidacies import Around, CandidacyOutcome, candidacy_outcome
from analysis.outcomes.claims import OtherStanding
from analysis.outcomes.found import FoundStatement
from analysis.outcomes.ledgers import ledgers_of
from analysis.outcomes.parties import PartyBasis, PartyOutcome, party_outcomes
from analysis.outcomes.statements import persons_of, statements_in
from analysis.outcomes.timing import Clock, Window, moment_of
from db import models


def candidacy_outcomes(
    session: Session,
    contests: Sequence[Contest],
    *,
    now: datetime,
    window: Window | None = None,
    accuracy: Sequence[Accuracy] = (),
    method: str | None = None,
    near: timedelta = NEAR,
) -> list[CandidacyOutcome]:
    """What the statements of every candidacy say of its result, contest by contest, most votes first.

    `contests` are those to tell of (`find_contests`), of one election or several. `method` names a
    reading's method (None: the newest of each statement); `accuracy` is what was measured of methods;
    `near` is how long after the declaration an unread post may hold the answer. A fixed number of
    queries an election.
    """
    window = window or Window()
    by_election: defaultdict[str, list[Contest]] = defaultdict(list)
    for contest in contests:
        by_election[contest.election.id].append(contest)
    found: list[CandidacyOutcome] = []
    for asked in by_election.values():
        reading = _Reading(session, asked, now=now, window=window, accuracy=accuracy, near=near)
        statements = statements_in(session, asked, window=window, method=method)
        for contest in asked:
            found += reading.outcomes(contest, statements.pop(contest.id))
    return found


class _Reading:
    """What the candidacies of one election are read beside, loaded once."""

    def __init__(
        self,
        session: Session,
        asked: Sequence[Contest],
        *,
        now: datetime,
        window: Window,
        accuracy: Sequence[Accuracy],
        near: timedelta,
    ) -> None:
        election = asked[0].election
        everything = find_contests(session, election)
        persons = persons_of(asked)
        self._now, self._window, self._accuracy, self._near = now, window, accuracy, near
        self._party_outcomes = party_outcomes(election, everything, stated_parties(session, election))
        self._parties = _parties_of(everything)
        self._ledgers = ledgers_of(session, persons)
        self._others = _other_standings(session, asked, window)

    def outcomes(self, contest: Contest, statements: Iterable[FoundStatement]) -> Iterable[CandidacyOutcome]:
        """Of the candidacies of one contest: on the ballot first, most votes first."""
        own: defaultdict[int, list[FoundStatement]] = defaultdict(list)
        for statement in statements:
            if statement.outcome is not None:
                own[statement.outcome.candidacy.id].append(statement)
        margin = margin_of(contest)
        period = period_of(contest, self._window, now=self._now, near=self._near)
        for candidacy in (*contest.standing, *contest.not_standing):
            backing = backing_of(
                contest,
                own[candidacy.id],
                self._ledgers.get(candidacy.person_id, ()),
                period=period,
                accuracy=self._accuracy,
            )
            others = self._others.get(candidacy.person_id, ())
            around = Around(
                contest=contest,
                candidacy=candidacy,
                margin=margin,
                party=self._party_outcomes.get(candidacy.party_id or ""),
                others=[one for one in others if one.contest_id != contest.id],
                parties=self._parties,
                backing=backing,
            )
            yield candidacy_outcome(around, own[candidacy.id], self._window)


def stated_parties(session: Session, election: Election) -> dict[str, PartyOutcome]:
    """Party id -> what a source says of the party in the election."""
    query = (
        select(models.PartyResult, models.Party.name)
        .join(models.Party, col(models.Party.id) == col(models.PartyResult.party_id))
        .where(col(models.PartyResult.election_id) == election.id)
    )
    return {row.party_id: _stated(row, name) for row, name in session.exec(query)}


def _stated(row: models.PartyResult, name: str) -> PartyOutcome:
    return PartyOutcome(
        election_id=row.election_id,
        party_id=row.party_id,
        party=name,
        won=row.won,
        seats=row.seats,
        votes=row.votes,
        declared=moment_of(row.declared_at, row.declared_precision),
        basis=PartyBasis.SOURCE,
        why=f"says {row.source}" if row.source else "says an imported file",
        source=row.source,
    )


def _parties_of(contests: Sequence[Contest]) -> Parties:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for contest in contests:
        for one in contest.candidacies:
            if one.party_id is not None:
                found[one.person_id].add(one.party_id)
    return {person: frozenset(ids) for person, ids in found.items()}


def _other_standings(
    session: Session, asked: Sequence[Contest], window: Window
) -> dict[str, list[OtherStanding]]:
    """Person id -> all their contests whose windows can touch those asked for, these included."""
    polls = asked[0].election.polling_date
    reach = window.before + window.after + timedelta(days=1)
    candidacy, contest, election = models.Candidacy, models.Contest, models.Election
    query = (
        select(candidacy, contest, election)
        .join(contest, col(contest.id) == col(candidacy.contest_id))
        .join(election, col(election.id) == col(contest.election_id))
        .where(col(candidacy.person_id).in_(persons_of(asked)))
        .where(col(election.polling_date).between(polls - reach, polls + reach))
        .order_by(col(candidacy.id))
    )
    found: defaultdict[str, list[OtherStanding]] = defaultdict(list)
    for stands, where, when in session.exec(query):
        found[stands.person_id].append(_other(stands, where, when))
    return found


def _other(candidacy: models.Candidacy, contest: models.Contest, election: models.Election) -> OtherStanding:
    declared = moment_of(contest.declared_at, contest.declared_precision)
    zone = ZoneInfo(contest.declared_zone or election.time_zone)
    return OtherStanding(
        contest_id=contest.id,
        election_id=election.id,
        clock=Clock(election.polling_date, zone, election.polls_close_at, declared),
        elected=candidacy.elected,
        party_id=candidacy.party_id,
    )
