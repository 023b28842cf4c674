"""archive.budgets: limits and spending that all jobs keep together; the book in memory promises the same."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from archive.budgets import DatabaseBook, spent_this_month
from archive.contract import BudgetSpent, Policy
from archive.web import BudgetBook, Cost, Key, MemoryBook, Settled, Standing
from db import open_database
from db.models import Budget, Spending

NOW = datetime(2024, 7, 4, 22, 0, 0, 123456, tzinfo=UTC)
KEY = Key("api.example", "HUSTINGS_X_TOKEN", "timeline")
COST = Cost("HUSTINGS_X_TOKEN", "posts", 0.005, 100, NOW.date())
POLICY = Policy(requests=8, seconds=80)

MakeBook = Callable[[dict[str, float]], BudgetBook]


def clock(at: datetime = NOW) -> Callable[[], datetime]:
    return lambda: at


@pytest.fixture(params=["memory", "database"])
def book_with(request: pytest.FixtureRequest, engine: Engine) -> MakeBook:
    """Makes a book with spending limits."""
    return MemoryBook if request.param == "memory" else partial(DatabaseBook, engine)


def test_what_is_recorded_is_read_again(book_with: MakeBook) -> None:
    book = book_with({})
    standing = Standing(300, 7, NOW + timedelta(seconds=9), NOW, 4, NOW, NOW + timedelta(seconds=3))
    assert book.read(KEY) == Standing()
    assert book.record(KEY, lambda _: standing) == standing
    assert book.read(KEY) == standing
    assert book.record(KEY, lambda found: replace(found, remaining=None)).remaining is None
    assert book.read(KEY) == replace(standing, remaining=None)


@pytest.mark.parametrize(
    "other", [KEY._replace(host="b.example"), KEY._replace(credential=""), KEY._replace(bucket="")]
)
def test_hosts_credentials_and_buckets_have_limits_of_their_own(book_with: MakeBook, other: Key) -> None:
    book = book_with({})
    book.record(KEY, lambda standing: replace(standing, not_before=NOW + timedelta(seconds=60)))
    assert book.reserve(KEY, None, clock())
    assert book.reserve(other, None, clock()) is None


def test_a_request_is_counted_when_it_is_allowed_and_only_then(book_with: MakeBook) -> None:
    book = book_with({})
    assert [book.reserve(KEY, POLICY, clock()) for _ in range(2)] == [None, None]
    wait = book.reserve(KEY, POLICY, clock())
    assert wait is not None
    assert book.read(KEY).sent == 2
    assert book.reserve(KEY, POLICY, clock(wait.until)) is None
    assert book.read(KEY).sent == 3


def test_a_cost_is_reserved_at_its_most_and_settled_to_what_it_was(book_with: MakeBook) -> None:
    book = book_with({"HUSTINGS_X_TOKEN": 1.0})
    assert book.reserve(KEY, None, clock(), COST) is None
    assert book.reserve(KEY, None, clock(), COST) is None
    with pytest.raises(BudgetSpent):
        book.reserve(KEY, None, clock(), COST)
    book.record(KEY, lambda standing: standing, Settled(COST, 20))
    with pytest.raises(BudgetSpent):
        book.reserve(KEY, None, clock(), COST)
    book.settle(Settled(COST, 0))
    assert book.reserve(KEY, None, clock(), COST) is None


def test_a_request_that_has_to_wait_reserves_nothing(book_with: MakeBook) -> None:
    book = book_with({"HUSTINGS_X_TOKEN": 0.5})
    book.record(KEY, lambda standing: replace(standing, not_before=NOW + timedelta(seconds=60)))
    assert book.reserve(KEY, None, clock(), COST)
    assert book.reserve(KEY, None, clock(NOW + timedelta(seconds=60)), COST) is None


def test_a_spent_budget_says_what_was_spent_and_how_to_raise_it(book_with: MakeBook) -> None:
    book = book_with({"HUSTINGS_X_TOKEN": 0.75})
    book.reserve(KEY, None, clock(), COST)
    with pytest.raises(BudgetSpent) as spent:
        book.reserve(KEY, None, clock(), COST)
    for said in (
        "$0.50 of $0.75 spent",
        "may cost $0.50 ($0.005 for each of its posts)",
        "--budget",
        "HUSTINGS_X_BUDGET",
        "01 August 2024",
    ):
        assert said in str(spent.value)
    assert spent.value.until == datetime(2024, 8, 1, tzinfo=UTC)
    assert spent.value.exit_code == 1


def test_without_a_budget_nothing_that_costs_is_asked_for(book_with: MakeBook) -> None:
    with pytest.raises(BudgetSpent, match="set a budget first"):
        book_with({}).reserve(KEY, None, clock(), COST)


def test_a_new_month_begins_with_nothing_spent(book_with: MakeBook) -> None:
    book = book_with({"HUSTINGS_X_TOKEN": 0.5})
    last = replace(COST, day=date(2024, 12, 31))
    assert book.reserve(KEY, None, clock(), last) is None
    with pytest.raises(BudgetSpent):
        book.reserve(KEY, None, clock(), replace(last, day=date(2024, 12, 1)))
    assert book.reserve(KEY, None, clock(), replace(last, day=date(2025, 1, 1))) is None


def test_what_was_spent_this_month_is_summed_over_its_days(engine: Engine) -> None:
    book = DatabaseBook(engine, {"HUSTINGS_X_TOKEN": 100.0, "HUSTINGS_Y_TOKEN": 100.0})
    for cost in (
        COST,
        replace(COST, day=date(2024, 7, 31), what="users", usd=0.01),
        replace(COST, day=date(2024, 6, 30)),
        replace(COST, day=date(2024, 8, 1)),
        replace(COST, credential="HUSTINGS_Y_TOKEN"),
    ):
        book.reserve(KEY, None, clock(), cost)
    assert spent_this_month(engine, "HUSTINGS_X_TOKEN", today=NOW.date()) == pytest.approx(1.5)
    assert spent_this_month(engine, "HUSTINGS_Z_TOKEN", today=NOW.date()) == 0.0


def test_spending_is_one_row_for_a_day_and_what_is_paid_for(engine: Engine) -> None:
    book = DatabaseBook(engine, {"HUSTINGS_X_TOKEN": 100.0})
    for _ in range(3):
        book.reserve(KEY, None, clock(), COST)
        book.settle(Settled(COST, 7))
    with Session(engine) as session:
        row = session.exec(select(Spending)).one()
    assert (row.credential, row.day, row.what, row.units) == ("HUSTINGS_X_TOKEN", COST.day, "posts", 21)
    assert row.usd == pytest.approx(0.105)


def test_the_next_process_keeps_the_limits_of_the_one_before(tmp_path: Path) -> None:
    path = str(tmp_path / "archive.db")
    first = open_database(path, create=True)
    DatabaseBook(first, {}).record(
        KEY, lambda standing: replace(standing, not_before=NOW + timedelta(hours=1))
    )
    first.dispose()
    second = open_database(path)
    wait = DatabaseBook(second, {}).reserve(KEY, POLICY, clock())
    second.dispose()
    assert wait is not None
    assert wait.until == NOW + timedelta(hours=1)


def test_jobs_that_reserve_at_once_keep_the_policy_together(engine: Engine) -> None:
    """Four threads ask ten times each; what is allowed at one instant is a quarter of the policy's 80."""
    policy, granted = Policy(requests=80, seconds=80), list[bool]()

    def work() -> None:
        book = DatabaseBook(engine, {})
        granted.extend(book.reserve(KEY, policy, clock()) is None for _ in range(10))

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(granted), sum(granted)) == (40, 20)
    with Session(engine) as session:
        row = session.exec(select(Budget)).one()
    assert (row.host, row.credential, row.bucket, row.sent) == (*KEY, 20)
