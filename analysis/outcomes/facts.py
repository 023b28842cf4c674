"""What the statements of one election are read beside: loaded once, and given to every batch of contests."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col
from sqlmodel import select as select_models

from analysis.outcomes.accused import Parties
from analysis.outcomes.ballot import Contest, Election
from analysis.outcomes.ballots import CANDIDACIES, CONTESTS, find_contests
from analysis.outcomes.claims import OtherStanding
from analysis.outcomes.coverage import AccountLedger
from analysis.outcomes.ledgers import ledgers_of
from analysis.outcomes.parties import PartyBasis, PartyOutcome, party_outcomes
from analysis.outcomes.statements import everybody_in
from analysis.outcomes.timing import Clock, Window, moment_of
from db import models
from db.rows import table_of

ELECTIONS = table_of(models.Election)


@dataclass(frozen=True, slots=True)
class ElectionFacts:
    """What is the same for all contests of one election. Plain values, that other processes may be given."""

    election: Election
    contests: tuple[Contest, ...]
    """All that the archive holds, by name."""
    window: Window
    """By which `others` were chosen."""
    party_outcomes: Mapping[str, PartyOutcome]
    """By party id."""
    parties: Parties
    ledgers: Mapping[str, tuple[AccountLedger, ...]]
    """Person id -> what was read of each of their accounts."""
    others: Mapping[str, tuple[OtherStanding, ...]]
    """Person id -> all their contests whose windows can touch this election's, for those with several."""


def facts_of(session: Session, election: Election, *, window: Window | None = None) -> ElectionFacts:
    """Load the facts of an election: a fixed number of queries."""
    window = window or Window()
    contests = find_contests(session, election)
    return ElectionFacts(
        election=election,
        contests=tuple(contests),
        window=window,
        party_outcomes=party_outcomes(election, contests, stated_parties(session, election)),
        parties=_parties_of(contests),
        ledgers=ledgers_of(session, everybody_in(election.id)),
        others=_other_standings(session, election, window),
    )


def stated_parties(session: Session, election: Election) -> dict[str, PartyOutcome]:
    """Party id -> what a source says of the party in the election."""
    query = (
        select_models(models.PartyResult, models.Party.name)
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
    session: Session, election: Election, window: Window
) -> dict[str, tuple[OtherStanding, ...]]:
    """Person id -> all their contests whose windows can touch the election's, where these are several."""
    polls, reach = election.polling_date, window.before + window.after + timedelta(days=1)
    stands, contest, when = CANDIDACIES.c, CONTESTS.c, ELECTIONS.c
    query = (
        select(
            *(stands.person_id, contest.id, when.id, when.polling_date, when.time_zone, when.polls_close_at),
            *(contest.declared_at, contest.declared_precision, contest.declared_zone),
            *(stands.elected, stands.party_id),
        )
        .select_from(CANDIDACIES)
        .join(CONTESTS, contest.id == stands.contest_id)
        .join(ELECTIONS, when.id == contest.election_id)
        .where(stands.person_id.in_(everybody_in(election.id)))
        .where(when.polling_date.between(polls - reach, polls + reach))
        .order_by(stands.id)
    )
    found: defaultdict[str, list[OtherStanding]] = defaultdict(list)
    for person, contest_id, id_, day, zone, close, at, precision, told_in, elected, party in session.execute(
        query
    ).all():
        clock = Clock(day, ZoneInfo(told_in or zone), close, moment_of(at, precision))
        found[person].append(OtherStanding(contest_id, id_, clock, elected, party))
    return {person: tuple(standings) for person, standings in found.items() if len(standings) > 1}
