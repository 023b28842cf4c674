"""Reading elections, contests and candidacies from the database."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy
from sqlalchemy import Select
from sqlmodel import Session, col, select

from analysis.outcomes.ballot import Candidacy, Contest, Election
from analysis.outcomes.errors import UnknownContest, UnknownElection, unknown
from analysis.outcomes.stages import StageEvent
from analysis.outcomes.timing import Moment, moment_of
from db import models
from db.words import ResultStage


def find_elections(
    session: Session, *, election: str | None = None, contest: str | None = None
) -> list[Election]:
    """The elections asked for (both None: all), newest polling day first.

    Raises UnknownElection and UnknownContest; a contest of another election than the one named is
    unknown there.
    """
    if contest is not None:
        election = _election_of_contest(session, contest, election)
    query = select(models.Election).order_by(col(models.Election.polling_date).desc(), models.Election.id)
    found = [_election(row) for row in session.exec(query)]
    if election is None:
        return found
    chosen = [one for one in found if one.id == election]
    if not chosen:
        raise UnknownElection(unknown("election", election, (one.id for one in found)))
    return chosen


def _election_of_contest(session: Session, contest: str, election: str | None) -> str:
    query = select(models.Contest.id, models.Contest.election_id)
    if election is not None:
        if session.get(models.Election, election) is None:
            raise UnknownElection(unknown("election", election, session.exec(select(models.Election.id))))
        query = query.where(models.Contest.election_id == election)
    owners = dict(session.exec(query).all())
    if contest not in owners:
        raise UnknownContest(unknown("contest", contest, owners))
    return owners[contest]


def find_contests(session: Session, election: Election, *, contest: str | None = None) -> list[Contest]:
    """The contests of an election (or the one named) with their candidacies, by name."""
    query = select(models.Contest).where(models.Contest.election_id == election.id)
    if contest is not None:
        query = query.where(models.Contest.id == contest)
    rows = session.exec(query.order_by(models.Contest.name, models.Contest.id)).all()
    candidacies, events = _candidacies(session, election.id), _events(session, election.id)
    return [_contest(row, election, candidacies[row.id], events[row.id]) for row in rows]


def _events(session: Session, election_id: str) -> dict[str, list[StageEvent]]:
    query = (
        select(models.ResultEvent)
        .join(models.Contest, col(models.Contest.id) == col(models.ResultEvent.contest_id))
        .where(models.Contest.election_id == election_id)
        .order_by(col(models.ResultEvent.id))
    )
    found: defaultdict[str, list[StageEvent]] = defaultdict(list)
    for row in session.exec(query):
        event = StageEvent(ResultStage(row.stage), Moment(row.happened_at, row.precision), row.source)
        found[row.contest_id].append(event)
    return found


def _candidacies(session: Session, election_id: str) -> dict[str, list[Candidacy]]:
    query = (
        select(models.Candidacy, models.Person, models.Party)
        .join(models.Contest, col(models.Contest.id) == col(models.Candidacy.contest_id))
        .join(models.Person, col(models.Person.id) == col(models.Candidacy.person_id))
        .outerjoin(models.Party, col(models.Party.id) == col(models.Candidacy.party_id))
        .where(models.Contest.election_id == election_id)
        .order_by(col(models.Candidacy.id))
    )
    found: defaultdict[str, list[Candidacy]] = defaultdict(list)
    for candidacy, person, party in session.exec(query):
        found[candidacy.contest_id].append(_candidacy(candidacy, person, party))
    return found


def accounts_of(session: Session, persons: Select[str]) -> dict[str, tuple[str, ...]]:
    """Person id -> platforms on which an account of theirs is known."""
    query = (
        sqlalchemy.select(col(models.Account.person_id), col(models.Account.platform))
        .where(col(models.Account.person_id).in_(persons))
        .order_by(col(models.Account.id))
    )
    return _grouped(session.execute(query).all())


def collected_of(session: Session, persons: Select[str]) -> frozenset[str]:
    """Ids of the persons for whom some stream of an account was asked for, whatever came of it."""
    query = (
        select(models.Account.person_id)
        .join(models.Coverage, col(models.Coverage.account_id) == col(models.Account.id))
        .where(col(models.Account.person_id).in_(persons))
        .distinct()
    )
    return frozenset(person for person in session.exec(query) if person is not None)


def _grouped(rows: Iterable[Sequence[str | None]]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for person, platform in rows:
        if person and platform and platform not in found[person]:
            found[person].append(platform)
    return {person: tuple(platforms) for person, platforms in found.items()}


def _election(row: models.Election) -> Election:
    return Election(
        id=row.id,
        name=row.name,
        polling_date=row.polling_date,
        time_zone=row.time_zone,
        polls_close_at=row.polls_close_at,
        country=row.country,
        source=row.source,
    )


def _contest(
    row: models.Contest, election: Election, candidacies: list[Candidacy], events: list[StageEvent]
) -> Contest:
    return Contest(
        id=row.id,
        name=row.name,
        election=election,
        seats=row.seats,
        area_id=row.area_id,
        region=row.region,
        electorate=row.electorate,
        valid_votes=row.valid_votes,
        invalid_votes=row.invalid_votes,
        stated_majority=row.majority,
        declared=moment_of(row.declared_at, row.declared_precision),
        declared_zone=row.declared_zone,
        declared_source=row.declared_source,
        result_stage=row.result_stage,
        result_source=row.result_source,
        result_summary=row.result_summary,
        all_candidates_listed=row.all_candidates_listed,
        totals_checked=row.totals_checked,
        candidacies=tuple(candidacies),
        events=tuple(events),
    )


def _candidacy(row: models.Candidacy, person: models.Person, party: models.Party | None) -> Candidacy:
    assert row.id is not None
    return Candidacy(
        id=row.id,
        contest_id=row.contest_id,
        person_id=row.person_id,
        name=person.name,
        family_name=person.family_name,
        party_id=row.party_id,
        party=party.name if party else None,
        party_abbreviation=party.abbreviation if party else None,
        ballot_label=row.ballot_label,
        status=row.status,
        votes=row.votes,
        share=row.share,
        change=row.change,
        elected=row.elected,
        elected_basis=row.elected_basis,
        incumbent=row.incumbent,
        source=row.source,
    )
