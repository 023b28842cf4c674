"""Budgets and spending in the archive's database, so that all jobs keep one limit together."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import Engine, func, insert, select, update
from sqlmodel import Session, col

from archive.contract import Policy
from archive.web.budget import check_spending, month_of, next_month
from archive.web.limits import counted, earliest
from archive.web.standing import Cost, Key, Settled, Standing, Wait
from db.engine import writing
from db.models import Budget, Spending, now


class DatabaseBook:
    """archive.web.BudgetBook in the tables Budget and Spending; one short transaction for each call.

    `spending_limits` is US dollars a month by the name of the credential that pays.
    """

    def __init__(self, engine: Engine, spending_limits: Mapping[str, float] | None = None) -> None:
        self._engine = engine
        self._limits = dict(spending_limits or {})

    def read(self, key: Key) -> Standing:
        with Session(self._engine) as session:
            return _load(session, key)[1]

    def reserve(
        self, key: Key, policy: Policy | None, now: Callable[[], datetime], cost: Cost | None = None
    ) -> Wait | None:
        with writing(self._engine) as session:
            at = now()  # only once the lock is held: others may have sent meanwhile
            row, standing = _load(session, key)
            if cost:
                limit = self._limits.get(cost.credential)
                check_spending(cost, _spent(session, cost.credential, cost.day), limit)
            if wait := earliest(standing, policy, at):
                return wait
            _save(session, key, row, counted(standing, policy, at))
            if cost:
                _spend(session, cost, cost.units)
        return None

    def record(
        self, key: Key, change: Callable[[Standing], Standing], settled: Settled | None = None
    ) -> Standing:
        with writing(self._engine) as session:
            row, before = _load(session, key)
            after = change(before)
            if after != before:
                _save(session, key, row, after)
            if settled:
                _spend(session, settled.cost, settled.change)
        return after

    def settle(self, settled: Settled) -> None:
        with writing(self._engine) as session:
            _spend(session, settled.cost, settled.change)


def spent_this_month(engine: Engine, credential: str, *, today: date | None = None) -> float:
    """US dollars that a credential (its name) paid in the month of `today` (UTC), reserved ones too."""
    with Session(engine) as session:
        return _spent(session, credential, today or now().date())


_STANDING = tuple(Standing.__dataclass_fields__)
_COLUMNS = [col(getattr(Budget, name)) for name in _STANDING]


def _load(session: Session, key: Key) -> tuple[int | None, Standing]:
    """The id of a key's row, None where there is none yet, and what it says."""
    mine = (
        col(Budget.host) == key.host,
        col(Budget.credential) == key.credential,
        col(Budget.bucket) == key.bucket,
    )
    row = session.execute(select(col(Budget.id), *_COLUMNS).where(*mine)).one_or_none()
    return (None, Standing()) if row is None else (row[0], Standing(*row[1:]))


def _save(session: Session, key: Key, row: int | None, standing: Standing) -> None:
    values = asdict(standing)
    if row is None:
        session.execute(insert(Budget).values(**key._asdict(), **values))
    else:
        session.execute(update(Budget).where(col(Budget.id) == row).values(**values))


def _spent(session: Session, credential: str, day: date) -> float:
    asked = select(func.sum(col(Spending.usd))).where(
        col(Spending.credential) == credential,
        col(Spending.day) >= month_of(day),
        col(Spending.day) < next_month(day),
    )
    return session.execute(asked).scalar_one() or 0.0


def _spend(session: Session, cost: Cost, units: int) -> None:
    """Add units to the row of a day; fewer than none where less was used than reserved."""
    mine = {"credential": cost.credential, "day": cost.day, "what": cost.what}
    added = {"units": col(Spending.units) + units, "usd": col(Spending.usd) + units * cost.usd}
    changed = session.connection().execute(
        update(Spending)
        .where(*(col(getattr(Spending, name)) == value for name, value in mine.items()))
        .values(**added)
    )
    if not changed.rowcount:
        session.execute(insert(Spending).values(**mine, units=units, usd=units * cost.usd))
