"""The ledger's rows: a stream's state read from the database, and stored in the transaction of its page."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from archive.intervals import Interval, StreamState
from db.models import Coverage, now
from db.words import CoverageStatus


def load_state(session: Session, account_id: int, stream: str) -> StreamState:
    """What is known of a stream; nothing where it was never read."""
    return _state(_rows(session, account_id, stream))


def _state(rows: Sequence[Coverage]) -> StreamState:
    by_role = {_role(row): _interval(row) for row in rows if row.status != CoverageStatus.SUSPECTED}
    validators = next((row.validators for row in rows if row.validators), {})
    return StreamState(
        complete=by_role.get((CoverageStatus.COMPLETE, False)),
        pending=by_role.get((CoverageStatus.PENDING, False)),
        relisting=by_role.get((CoverageStatus.PENDING, True)),
        suspected=tuple(_interval(row) for row in rows if row.status == CoverageStatus.SUSPECTED),
        validators=validators,
    )


def save_state(
    session: Session, account_id: int, stream: str, state: StreamState, round_id: int | None
) -> None:
    """Make the rows of a stream say what the state says; rows that say it already stay as they are."""
    wanted = [(False, one) for one in (state.complete, state.pending, *state.suspected) if one is not None]
    wanted += [(True, state.relisting)] if state.relisting is not None else []
    # A stream whose first window is not read to its end has no complete row to keep validators in.
    carrier = state.complete or state.pending
    there = _rows(session, account_id, stream)
    for full, interval in wanted:
        validators = dict(state.validators) if interval is carrier and not full else {}
        row = _taken(there, full, interval) or Coverage(account_id=account_id, stream=stream, status="")
        if (_interval(row), row.full, row.validators) != (interval, full, validators):
            _fill(row, interval, full, validators)
            row.round_id, row.updated_at = round_id, now()
            session.add(row)
    for row in there:
        session.delete(row)
    session.flush()


def _rows(session: Session, account_id: int, stream: str) -> list[Coverage]:
    query = select(Coverage).where(Coverage.account_id == account_id, Coverage.stream == stream)
    return list(session.exec(query.order_by(col(Coverage.id))))


def _role(row: Coverage) -> tuple[CoverageStatus, bool]:
    return CoverageStatus(row.status), row.full


def _taken(there: list[Coverage], full: bool, interval: Interval) -> Coverage | None:
    """The row that holds this interval already, or plays its part; taken out of the list."""
    for row in there:
        same = row.status != CoverageStatus.SUSPECTED or _interval(row) == interval
        if _role(row) == (interval.status, full) and same:
            there.remove(row)
            return row
    return None


def _interval(row: Coverage) -> Interval:
    return Interval(
        status=CoverageStatus(row.status or CoverageStatus.PENDING),
        low=row.low,
        high=row.high,
        since=row.since,
        until=row.until,
        cursor=row.cursor,
        goal=row.goal,
        seen=row.seen,
        marks=tuple(row.marks),
        reason=row.reason,
    )


def _fill(row: Coverage, interval: Interval, full: bool, validators: dict[str, str]) -> None:
    row.status, row.full, row.validators = interval.status, full, validators
    row.low, row.high = interval.low, interval.high
    row.since, row.until = interval.since, interval.until
    row.cursor, row.goal, row.seen = interval.cursor, interval.goal, interval.seen
    row.marks, row.reason = list(interval.marks), interval.reason
