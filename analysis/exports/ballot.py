"""The tables of the ballot: elections, contests, candidacies, persons and parties as rows."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from analysis.exports import rows
from analysis.outcomes import ballot
from analysis.outcomes.ballot import margin_of, margin_to_threshold, turnout_of, votes_check_of
from db import models

AT_ONCE = 2_000


def election_rows(elections: Sequence[ballot.Election]) -> Iterator[rows.Election]:
    """One row an election."""
    for one in elections:
        yield rows.Election(
            election_id=one.id,
            election=one.name,
            polling_date=one.polling_date,
            time_zone=one.time_zone,
            polls_close_at=one.polls_close_at,
            country=one.country,
            source=one.source,
        )


def contest_rows(contests: Sequence[ballot.Contest]) -> Iterator[rows.Contest]:
    """One row a contest."""
    return map(_contest, contests)


def _contest(one: ballot.Contest) -> rows.Contest:
    margin, turnout = margin_of(one), turnout_of(one)
    return rows.Contest(
        contest_id=one.id,
        election_id=one.election.id,
        contest=one.name,
        area_id=one.area_id,
        region=one.region,
        seats=one.seats,
        candidates=len(one.standing),
        not_on_ballot=len(one.not_standing),
        electorate=one.electorate,
        valid_votes=one.valid_votes,
        invalid_votes=one.invalid_votes,
        turnout=turnout.fraction if turnout else None,
        turnout_basis=turnout.basis if turnout else None,
        majority=margin.votes if margin else None,
        majority_basis=margin.basis if margin else None,
        votes_check=votes_check_of(one),
        declared_at=one.declared.at if one.declared else None,
        declared_precision=one.declared.precision if one.declared else None,
        declared_zone=one.zone.key,
        declared_source=one.declared_source,
        result_stage=one.result_stage,
        result_source=one.result_source,
        result_summary=one.result_summary,
    )


def candidacy_rows(contests: Sequence[ballot.Contest]) -> Iterator[rows.Candidacy]:
    """One row a candidacy, contest by contest."""
    for contest in contests:
        for one in contest.candidacies:
            yield rows.Candidacy(
                contest_id=contest.id,
                person_id=one.person_id,
                party_id=one.party_id,
                party=one.party_label,
                status=one.status,
                votes=one.votes,
                share=one.share,
                change=one.change,
                elected=one.elected,
                elected_basis=one.elected_basis,
                incumbent=one.incumbent,
                margin_votes=margin_to_threshold(one, contest),
                source=one.source,
            )


def person_rows(session: Session, wanted: Collection[str] | None) -> Iterator[rows.Person | None]:
    """One row a person who is wanted (None: everybody); None for each other one."""
    query = select(models.Person).order_by(col(models.Person.id))
    for one in session.scalars(query.execution_options(yield_per=AT_ONCE)):
        yield (
            rows.Person(one.id, one.name, one.given_name, one.family_name, one.gender)
            if wanted is None or one.id in wanted
            else None
        )


def party_rows(session: Session, wanted: Collection[str] | None) -> Iterator[rows.Party | None]:
    """One row a party that is wanted (None: all); None for each other one."""
    for one in session.scalars(select(models.Party).order_by(col(models.Party.id))):
        yield (
            rows.Party(one.id, one.name, one.abbreviation, one.source)
            if wanted is None or one.id in wanted
            else None
        )
