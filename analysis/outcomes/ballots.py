"""Reading elections, contests and candidacies from the database."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, Row, Select
from sqlmodel import Session, col, select

from analysis.outcomes.ballot import Candidacy, Contest, Election
from analysis.outcomes.errors import UnknownContest, UnknownElection, unknown
from analysis.outcomes.stages import StageEvent
from analysis.outcomes.timing import Moment, moment_of
from db import models
from db.rows import table_of
from db.words import ResultStage

CONTESTS, CANDIDACIES = table_of(models.Contest), table_of(models.Candidacy)
EVENTS = table_of(models.ResultEvent)
PERSONS, PARTIES = table_of(models.Person), table_of(models.Party)


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


def find_contests(
    session: Session, election: Election, *, contest: str | None = None, among: Collection[str] | None = None
) -> list[Contest]:
    """The contests of an election (or the one named, or those `among` some ids) with their candidacies, by
    name."""
    asked = [CONTESTS.c.election_id == election.id]
    if contest is not None:
        asked.append(CONTESTS.c.id == contest)
    if among is not None:
        asked.append(CONTESTS.c.id.in_(among))
    query = sqlalchemy.select(CONTESTS).where(*asked).order_by(CONTESTS.c.name, CONTESTS.c.id)
    candidacies, events = _candidacies(session, asked), _events(session, asked)
    rows = session.execute(query).all()
    return [_contest(row, election, candidacies[row.id], events[row.id]) for row in rows]


def _events(session: Session, asked: Sequence[ColumnElement[bool]]) -> dict[str, list[StageEvent]]:
    event = EVENTS.c
    query = (
        sqlalchemy.select(event.contest_id, event.stage, event.happened_at, event.precision, event.source)
        .join(CONTESTS, CONTESTS.c.id == event.contest_id)
        .where(*asked)
        .order_by(event.id)
    )
    found: defaultdict[str, list[StageEvent]] = defaultdict(list)
    for contest, stage, happened_at, precision, source in session.execute(query):
        found[contest].append(StageEvent(ResultStage(stage), Moment(happened_at, precision), source))
    return found


def _candidacies(session: Session, asked: Sequence[ColumnElement[bool]]) -> dict[str, list[Candidacy]]:
    """Contest id -> its candidacies as they were stored. The columns come in the order of the fields."""
    one, person, party = CANDIDACIES.c, PERSONS.c, PARTIES.c
    query = (
        sqlalchemy.select(
            *(one.id, one.contest_id, one.person_id, person.name, person.family_name, one.party_id),
            *(party.name, party.abbreviation, one.ballot_label, one.status, one.votes, one.share),
            *(one.change, one.elected, one.elected_basis, one.incumbent, one.source),
        )
        .join(CONTESTS, CONTESTS.c.id == one.contest_id)
        .join(PERSONS, person.id == one.person_id)
        .outerjoin(PARTIES, party.id == one.party_id)
        .where(*asked)
        .order_by(one.id)
    )
    found: defaultdict[str, list[Candidacy]] = defaultdict(list)
    for row in session.execute(query).all():
        found[row[1]].append(Candidacy(*row))
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
    row: Row[Any], election: Election, candidacies: list[Candidacy], events: list[StageEvent]
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
