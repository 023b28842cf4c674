"""What a round over accounts of a platform that charges will cost, from what the archive knows of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from archive.collectors.x.costs import Estimate, Pace, estimate
from archive.endings import Wanted
from archive.schedules import schedules_of
from db.models import Statement

CHARGES = "x"
"""The one platform that charges for what it returns."""

RECENT = timedelta(days=28)
"""Over which posts a day are counted."""


def estimate_costs(engine: Engine, accounts: Sequence[Wanted], *, now: datetime) -> list[Estimate]:
    """US dollars for each account that costs something, and for all of them."""
    charged = [wanted for wanted in accounts if wanted.platform == CHARGES]
    with Session(engine) as session:
        schedules = schedules_of(session, [wanted.account_id for wanted in charged])
        return estimate(
            _pace(session, wanted, read_at=schedule.succeeded_at if schedule else None, now=now)
            for wanted in charged
            for schedule in (schedules.get(wanted.account_id),)
        )


def _pace(session: Session, wanted: Wanted, *, read_at: datetime | None, now: datetime) -> Pace:
    if read_at is None:
        return Pace(wanted.name, None, 0.0)
    recent = session.exec(
        select(func.count())
        .select_from(Statement)
        .where(
            Statement.account_id == wanted.account_id,
            col(Statement.published_at) > read_at - RECENT,
            col(Statement.published_at) <= read_at,
        )
    ).one()
    return Pace(wanted.name, recent / RECENT.days, (now - read_at).total_seconds() / 86_400)
