"""What a retention policy made the archive forget: of whom, where, how many, and what had been observed."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from analysis.outcomes.timing import Moment
from db import models
from db.plain import aware
from db.rows import stored_time, table_of
from db.words import Precision

TOMBSTONES = table_of(models.Tombstone)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Statements of one person that are not kept, since they are gone where they stood."""

    platform: str
    state: str
    """What was observed: `deleted`, or what became of the account."""
    count: int
    first: Moment
    """The first and the last of the observations."""
    last: Moment


def forgotten_of(session: Session, persons: Collection[str]) -> dict[str, tuple[Forgotten, ...]]:
    """Person id -> the dated facts that are left, by platform and state."""
    one = TOMBSTONES.c
    times = stored_time(func.min(one.observed_at)), stored_time(func.max(one.observed_at))
    query = (
        select(one.person_id, one.platform, one.state, func.count(), *times)
        .where(one.person_id.in_(persons), one.observed_at.is_not(None))
        .group_by(one.person_id, one.platform, one.state)
        .order_by(one.person_id, one.platform, one.state)
    )
    found: defaultdict[str, list[Forgotten]] = defaultdict(list)
    for person, platform, state, count, first, last in session.execute(query):
        fact = Forgotten(platform, state, count, _moment(first), _moment(last))
        found[person].append(fact)
    return {person: tuple(facts) for person, facts in found.items()}


def _moment(stored: datetime) -> Moment:
    at = aware(stored)
    assert at is not None  # the query leaves out those without
    return Moment(at, Precision.SECOND)
