"""Whether anything changed in the archive that a tracker shows: a few numbers, compared."""

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from db import models

_SHOWN = (
    select(func.max(models.Statement.id), func.count(col(models.Statement.id))),
    select(func.max(models.Reading.id), func.max(models.Reading.read_at)),
    select(func.max(models.Kind.id), func.count(col(models.Kind.id))),
    select(func.max(models.Review.id)),
    select(func.max(models.ResultEvent.id)),
    select(func.count(col(models.Contest.declared_at)), func.max(models.Contest.declared_at)),
    select(
        func.count(col(models.Candidacy.id)),
        func.count(col(models.Candidacy.elected)),
        func.sum(models.Candidacy.votes),
    ),
    select(func.count(col(models.Account.id)), func.count(col(models.Account.person_id))),
    select(func.count(col(models.PartyResult.id)), func.count(col(models.PartyResult.won))),
)

Pulse = tuple[Any, ...]


def pulse_of(session: Session) -> Pulse:
    """Numbers that change when statements, findings, reviews or results do. Cheap to ask.

    Not when coverage does: each round of collecting moves it, and it is no news by itself.
    """
    return tuple(tuple(session.execute(query).one()) for query in _SHOWN)
