"""Many machines that collect into one real PostgreSQL server never meet on an account, and none waits."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from postgresql_server import new_database, postgresql_server
from sqlalchemy import Engine
from sqlmodel import Session, select

import db
from archive.leases import LEASE, Holder
from archive.schedules import LeaseLost, renew_lease, take_lease
from db.models import Account, Schedule

pytestmark = pytest.mark.real

NOON = datetime(2024, 7, 5, 12, tzinfo=UTC)
LATER = NOON + LEASE + timedelta(minutes=1)
HERE, THERE = Holder("here", 1, "a"), Holder("there", 1, "b")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


@pytest.fixture
def address(server: str, request: pytest.FixtureRequest) -> str:
    return new_database(server, request.node.nodeid)


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    engine = db.open_database(address, create=True)
    with db.writing(engine) as session:
        session.add_all(Account(platform="x", platform_id=str(number)) for number in range(1, 41))
    yield engine
    engine.dispose()


@pytest.fixture
def impatient(engine: Engine, address: str) -> Iterator[Engine]:
    """The same archive for who would rather be refused than wait."""
    opened = db.open_database(address, busy_seconds=0.01)
    yield opened
    opened.dispose()


def test_a_lease_is_taken_while_another_process_writes(engine: Engine, impatient: Engine) -> None:
    assert take_lease(engine, 1, HERE, now=NOON)
    with db.writing(engine) as session:
        session.add(Account(platform="x"))
        session.flush()
        assert not take_lease(impatient, 1, THERE, now=NOON)
        assert take_lease(impatient, 1, THERE, now=LATER)
        with pytest.raises(db.BusyDatabase):
            take_lease(impatient, 2, THERE, now=NOON)  # its first round: the row has yet to be made


def test_who_stores_a_page_keeps_the_account_however_long_it_takes(engine: Engine, impatient: Engine) -> None:
    assert take_lease(engine, 1, HERE, now=NOON)
    with db.writing(engine) as session:
        renew_lease(session, 1, HERE, now=NOON)
        session.flush()
        assert not take_lease(impatient, 1, THERE, now=LATER)
    assert not take_lease(impatient, 1, THERE, now=NOON)


def test_who_lost_the_account_stores_nothing(engine: Engine) -> None:
    assert take_lease(engine, 1, HERE, now=NOON)
    with db.writing(engine) as session:
        assert session.get_one(Schedule, 1).holder == str(HERE)  # as it was before
        assert take_lease(engine, 1, THERE, now=LATER)
        with pytest.raises(LeaseLost, match="there/1/b"):
            renew_lease(session, 1, HERE, now=LATER)


@pytest.mark.parametrize("known", [True, False])
def test_of_many_who_want_the_same_accounts_each_gets_others(known: bool, engine: Engine) -> None:
    if known:
        with db.writing(engine) as session:
            session.add_all(Schedule(account_id=number) for number in range(1, 41))
    holders = [Holder(f"machine-{number}", 1, "w") for number in range(4)]

    def take_all(holder: Holder) -> list[int]:
        return [number for number in range(1, 41) if take_lease(engine, number, holder, now=NOON)]

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(take_all, holders))

    assert Counter(number for some in taken for number in some) == Counter(range(1, 41))
    with Session(engine) as session:
        held = {row.account_id: row.holder for row in session.exec(select(Schedule))}
    assert held == {
        number: str(holder) for holder, some in zip(holders, taken, strict=True) for number in some
    }
