"""When accounts are due, and that two jobs never meet on one account."""

import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from archive.leases import LEASE, Holder, is_held
from archive.schedules import (
    EVERY,
    FULL_EVERY,
    JITTER,
    MOST_DOUBLED,
    LeaseLost,
    full_is_due,
    is_due,
    next_due,
    put_off,
    renew_lease,
    take_lease,
)
from db.engine import writing
from db.models import Account, Schedule

NOON = datetime(2024, 7, 5, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(name="account")
def _account(engine: Engine) -> int:
    with writing(engine) as session:
        account = Account(platform="x", platform_id="1")
        session.add(account)
        session.flush()
        assert account.id is not None
        return account.id


def held(engine: Engine, account: int) -> Schedule:
    with Session(engine) as session:
        return session.get_one(Schedule, account)


# ---- due --------------------------------------------------------------------------------------------


def test_an_account_that_was_never_collected_is_due() -> None:
    assert is_due(None, now=NOON)
    assert is_due(Schedule(account_id=1), now=NOON)


def test_an_account_is_due_from_its_time_on() -> None:
    schedule = Schedule(account_id=1, due_at=NOON)
    assert not is_due(schedule, now=NOON - MINUTE)
    assert is_due(schedule, now=NOON)


def test_an_account_that_a_clock_tried_in_the_future_is_due() -> None:
    """Else one run with a clock that is a year ahead means a year of silence."""
    ahead = NOON + timedelta(days=365)
    assert is_due(Schedule(account_id=1, due_at=ahead, tried_at=ahead), now=NOON)
    assert not is_due(Schedule(account_id=1, due_at=ahead, tried_at=NOON + MINUTE), now=NOON)


@given(
    minutes=st.integers(1, 10_000),
    failures=st.integers(0, 100),
    seed=st.integers(),
)
def test_the_next_time_lies_an_interval_ahead_with_jitter_and_later_after_failures(
    minutes: int, failures: int, seed: int
) -> None:
    every = minutes * MINUTE
    pause = next_due(every, failures, now=NOON, chance=random.Random(seed)) - NOON
    assert pause >= every * (1 - JITTER)
    assert pause <= every * MOST_DOUBLED * (1 + JITTER)  # a mended outage is noticed soon
    if failures == 0:
        assert pause <= every * (1 + JITTER)


def test_jitter_differs_between_accounts() -> None:
    chance = random.Random(7)
    assert len({next_due(MINUTE * 60, 0, now=NOON, chance=chance) for _ in range(20)}) > 10


def test_a_full_round_is_due_a_while_after_the_last_one_and_not_before_the_first() -> None:
    assert not full_is_due(None, now=NOON)
    assert not full_is_due(Schedule(account_id=1, full_at=NOON), now=NOON + FULL_EVERY - MINUTE)
    assert full_is_due(Schedule(account_id=1, full_at=NOON), now=NOON + FULL_EVERY)


# ---- leases -----------------------------------------------------------------------------------------


def test_a_lease_keeps_others_away_until_it_runs_out(engine: Engine, account: int) -> None:
    mine, other = Holder(), Holder()
    assert take_lease(engine, account, mine, now=NOON)
    assert take_lease(engine, account, mine, now=NOON)
    assert not take_lease(engine, account, other, now=NOON + LEASE - MINUTE)
    assert take_lease(engine, account, other, now=NOON + LEASE)


def test_each_page_renews_a_lease(engine: Engine, account: int) -> None:
    mine, other = Holder(), Holder()
    take_lease(engine, account, mine, now=NOON)
    with writing(engine) as session:
        renew_lease(session, account, mine, now=NOON + LEASE - MINUTE)
    assert not take_lease(engine, account, other, now=NOON + LEASE)


def test_who_lost_a_lease_may_not_store_a_page(engine: Engine, account: int) -> None:
    mine, other = Holder(), Holder()
    take_lease(engine, account, mine, now=NOON)
    take_lease(engine, account, other, now=NOON + 2 * LEASE)
    with pytest.raises(LeaseLost, match=str(account)), writing(engine) as session:
        renew_lease(session, account, mine, now=NOON + 2 * LEASE)


def test_the_lease_of_a_process_that_died_here_is_taken_over_at_once(engine: Engine, account: int) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert take_lease(engine, account, Holder(process=process.pid), now=NOON)
    assert take_lease(engine, account, Holder(), now=NOON)


def test_the_lease_of_a_process_that_lives_is_respected(engine: Engine, account: int) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert take_lease(engine, account, Holder(process=process.pid), now=NOON)
        assert not take_lease(engine, account, Holder(), now=NOON)
        assert process.stdin is not None
        process.stdin.write(b"\n")


def test_a_process_that_got_the_number_of_a_dead_one_does_not_wait_for_it(
    engine: Engine, account: int
) -> None:
    """In a container every run may have the same number."""
    take_lease(engine, account, Holder(), now=NOON)
    with writing(engine) as session:
        schedule = session.get_one(Schedule, account)
        assert schedule.holder is not None
        machine = schedule.holder.split("/")[0]
        schedule.holder = f"{machine}/{os.getpid()}/0badf00d"
        session.add(schedule)
    assert take_lease(engine, account, Holder(), now=NOON)


def test_of_a_process_on_another_machine_nobody_knows_whether_it_lives(engine: Engine, account: int) -> None:
    take_lease(engine, account, Holder(machine="elsewhere", process=1), now=NOON)
    assert not take_lease(engine, account, Holder(), now=NOON)
    assert held(engine, account).holder is not None


def test_a_lease_of_a_clock_that_was_ahead_binds_nobody(engine: Engine, account: int) -> None:
    elsewhere = Holder(machine="another-machine")
    assert take_lease(engine, account, elsewhere, now=NOON + timedelta(days=365))
    assert not is_held(held(engine, account), now=NOON)
    assert take_lease(engine, account, Holder(), now=NOON)


def test_accounts_that_were_not_asked_for_come_due_after_their_interval(engine: Engine, account: int) -> None:
    with writing(engine) as session:
        put_off(session, [account], now=NOON, chance=random.Random(1))
    schedule = held(engine, account)
    assert not is_due(schedule, now=NOON)
    assert is_due(schedule, now=NOON + EVERY * 1.2)
    with writing(engine) as session:
        put_off(session, [account], now=NOON + MINUTE, chance=random.Random(2))
    assert held(engine, account).due_at == schedule.due_at  # one that is not due stays as it is
