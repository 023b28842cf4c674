"""What coverage says of an account: who is at it, since when we know nothing, and what a clock got wrong."""

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from archive.coverage import load_state, save_state
from archive.coverage_report import AccountCoverage, cover_accounts
from archive.intervals import Interval, StreamState
from archive.leases import AHEAD, LEASE, Holder, is_held
from archive.schedules import take_lease
from db.engine import writing
from db.models import Account, Coverage, Observation, Round, Schedule
from db.words import CoverageStatus, State

NOON = datetime(2024, 7, 5, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture(name="account")
def _account(engine: Engine) -> int:
    with writing(engine) as session:
        account = Account(platform="feed", home="https://ada.example/feed")
        session.add(account)
        session.flush()
        assert account.id is not None
        return account.id


def covered(
    engine: Engine, *, now: datetime = NOON, max_age: timedelta | None = None, collectable: str = "feed"
) -> AccountCoverage:
    """The coverage of the one account."""
    with Session(engine) as session:
        accounts = session.exec(select(Account)).all()
        [found] = cover_accounts(session, accounts, now=now, collectable=[collectable], max_age=max_age)
    return found


def succeeded(engine: Engine, account: int, at: datetime, *, failures: int = 0) -> None:
    with writing(engine) as session:
        error = "Unreachable: no answer" if failures else None
        session.merge(Schedule(account_id=account, succeeded_at=at, failures=failures, error=error))


def seen(engine: Engine, account: int, state: State, at: datetime) -> None:
    """The platform was asked for the account, and said that."""
    with writing(engine) as session:
        session.add(Observation(account_id=account, observed_at=at, state=state))
        session.get_one(Account, account).checked_at = at


# ---- who is at it -----------------------------------------------------------------------------------


def test_an_account_is_being_collected_while_a_live_process_holds_it(engine: Engine, account: int) -> None:
    assert not covered(engine).busy
    take_lease(engine, account, Holder(), now=NOON)
    assert covered(engine, now=NOON + MINUTE).busy


def test_an_account_is_collected_no_more_once_its_lease_ran_out(engine: Engine, account: int) -> None:
    take_lease(engine, account, Holder(machine="elsewhere", process=1), now=NOON)
    assert covered(engine, now=NOON + LEASE - MINUTE).busy
    assert not covered(engine, now=NOON + LEASE).busy


def test_an_account_is_collected_no_more_once_its_process_was_killed(engine: Engine, account: int) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        take_lease(engine, account, Holder(process=process.pid), now=NOON)
        assert covered(engine).busy
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not covered(engine).busy


def test_a_process_that_got_the_number_of_a_killed_one_is_not_at_its_account(account: int) -> None:
    schedule = Schedule(account_id=account, holder=str(Holder(word="0badf00d")), held_until=NOON + LEASE)
    assert not is_held(schedule, now=NOON)
    schedule.holder = str(Holder())
    assert is_held(schedule, now=NOON)


# ---- for how long nothing is known ------------------------------------------------------------------


def test_an_account_is_stale_once_its_last_success_is_older_than_asked_for(
    engine: Engine, account: int
) -> None:
    succeeded(engine, account, NOON)
    assert not covered(engine, now=NOON + 2 * HOUR, max_age=2 * HOUR).stale
    assert covered(engine, now=NOON + 2 * HOUR + MINUTE, max_age=2 * HOUR).stale
    assert not covered(engine, now=NOON + 9 * HOUR).stale


def test_an_account_that_was_never_collected_is_stale(engine: Engine, account: int) -> None:
    assert covered(engine, max_age=2 * HOUR).stale


def test_an_account_that_comes_by_import_alone_is_never_stale(engine: Engine, account: int) -> None:
    assert not covered(engine, max_age=2 * HOUR, collectable="x").stale


@pytest.mark.parametrize("state", [State.DELETED, State.SUSPENDED, State.PROTECTED])
def test_that_a_platform_shows_nothing_of_an_account_is_knowledge(
    engine: Engine, account: int, state: State
) -> None:
    succeeded(engine, account, NOON - 9 * HOUR)
    seen(engine, account, state, NOON)
    assert covered(engine, max_age=2 * HOUR).known_at == NOON
    assert not covered(engine, max_age=2 * HOUR).stale


@pytest.mark.parametrize("state", [State.ACTIVE, State.MOVED])
def test_an_account_that_shows_posts_and_cannot_be_read_becomes_stale(
    engine: Engine, account: int, state: State
) -> None:
    """That it was looked at a minute ago says nothing of what it published."""
    succeeded(engine, account, NOON - 9 * HOUR, failures=3)
    seen(engine, account, state, NOON - MINUTE)
    assert covered(engine, max_age=2 * HOUR).known_at == NOON - 9 * HOUR
    assert covered(engine, max_age=2 * HOUR).stale


# ---- wrong clocks -----------------------------------------------------------------------------------


def test_a_success_in_the_future_is_no_knowledge(engine: Engine, account: int) -> None:
    """It was written under a clock that was ahead: for years the account would seem well."""
    succeeded(engine, account, NOON + 365 * 24 * HOUR)
    found = covered(engine, max_age=2 * HOUR)
    assert found.stale
    assert found.known_at is None
    assert found.ahead_at == NOON + 365 * 24 * HOUR


def test_a_clock_may_be_a_little_ahead(engine: Engine, account: int) -> None:
    succeeded(engine, account, NOON + AHEAD)
    found = covered(engine, max_age=2 * HOUR)
    assert not found.stale
    assert found.ahead_at is None


def test_a_look_in_the_future_does_not_hide_an_earlier_success(engine: Engine, account: int) -> None:
    succeeded(engine, account, NOON - HOUR)
    seen(engine, account, State.DELETED, NOON + 9 * HOUR)
    found = covered(engine, max_age=2 * HOUR)
    assert found.known_at == NOON - HOUR
    assert not found.stale
    assert found.ahead_at == NOON + 9 * HOUR


# ---- what is known of a stream, stored and read -----------------------------------------------------


WHOLE = StreamState(
    complete=Interval(
        CoverageStatus.COMPLETE, "1", "9", NOON - HOUR, NOON, cursor="c", goal="g", seen=4, marks=("8", "9")
    ),
    pending=Interval(CoverageStatus.PENDING, low="10", cursor="p", seen=2, marks=("10",)),
    relisting=Interval(CoverageStatus.PENDING, low="3", cursor="r", seen=6),
    suspected=(
        Interval(CoverageStatus.SUSPECTED, "2", "3", reason="the platform repeated a cursor"),
        Interval(CoverageStatus.SUSPECTED, "5", "6", NOON - HOUR, NOON, reason="the newest 10 only"),
    ),
    validators={"ETag": "W/1"},
)


def rows(engine: Engine) -> dict[int, tuple[str, bool, int | None]]:
    """Number of a row -> its status, whether it is a full round's, and the round that wrote it last."""
    with Session(engine) as session:
        return {one.id or 0: (one.status, one.full, one.round_id) for one in session.exec(select(Coverage))}


def save(engine: Engine, account: int, stream: str, state: StreamState, round_id: int) -> None:
    with writing(engine) as session:
        session.merge(Round(id=round_id, command="collect", version="1"))
        save_state(session, account, stream, state, round_id)


def load(engine: Engine, account: int, stream: str) -> StreamState:
    with Session(engine) as session:
        return load_state(session, account, stream)


def test_what_is_known_of_a_stream_is_read_as_it_was_stored(engine: Engine, account: int) -> None:
    other = StreamState(pending=Interval(CoverageStatus.PENDING, low="7"), validators={"ETag": "W/2"})
    save(engine, account, "posts", WHOLE, 1)
    save(engine, account, "replies", other, 1)

    assert load(engine, account, "posts") == WHOLE
    assert load(engine, account, "replies") == other
    assert load(engine, account, "media") == StreamState()
    with Session(engine) as session:
        kept = [one.validators for one in session.exec(select(Coverage)) if one.validators]
    assert sorted(one["ETag"] for one in kept) == ["W/1", "W/2"]  # once a stream


def test_rows_that_say_it_already_stay_as_they_are_and_those_that_no_longer_hold_go(
    engine: Engine, account: int
) -> None:
    save(engine, account, "posts", WHOLE, 1)
    before = rows(engine)
    assert len(before) == 5

    moved = replace(WHOLE, pending=replace(WHOLE.pending, seen=3), suspected=WHOLE.suspected[1:])  # type: ignore[type-var]
    save(engine, account, "posts", moved, 2)

    assert load(engine, account, "posts") == moved
    after = rows(engine)
    assert len(after) == 4
    assert after.keys() < before.keys()
    assert sorted(after.values()) == [
        ("complete", False, 1),
        ("pending", False, 2),
        ("pending", True, 1),
        ("suspected", False, 1),
    ]
