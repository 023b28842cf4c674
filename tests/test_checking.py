"""Checking accounts: what platforms say is kept, and one failing account stops no other."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from archive.accounts import add_account
from archive.checking import Checked, check_accounts, checkable
from archive.contract import (
    AccountRef,
    AccountSeen,
    AccountUnavailable,
    BudgetSpent,
    CollectingError,
    Page,
    SourceRefused,
    Unreachable,
    UnreadablePage,
)
from archive.identities import News
from db import writing
from db.models import Account, Capture, Observation, Person, Round
from db.words import State

NOON = datetime(2031, 5, 1, 12, tzinfo=UTC)

Answer = AccountSeen | CollectingError | UnreadablePage | Callable[[], AccountSeen]


@pytest.fixture(autouse=True)
def _accounts(engine: Engine) -> None:
    """x @ada (1), x @bo (2), bluesky @cem.example (3)."""
    with writing(engine) as session:
        session.add(Person(id="p:ada", name="Ada Quill"))
        session.flush()
        for platform, handle in (("x", "ada"), ("x", "bo"), ("bluesky", "cem.example")):
            add_account(session, "p:ada", platform, handle)


def check(engine: Engine, answers: dict[str, Answer]) -> list[Checked]:
    """Look at all accounts; each handle has its answer."""
    asked: list[str] = []

    def look(platform: str, ref: AccountRef) -> AccountSeen:
        handle = ref.handle or ""
        asked.append(handle)
        answer = answers[handle]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, AccountSeen) else answer()

    with Session(engine) as session:
        numbers = [number for number in session.exec(select(Account.id).order_by(col(Account.id))) if number]
    checked = check_accounts(engine, numbers, look, readers=lambda name: f"{name}-1", clock=lambda: NOON)
    assert len(asked) == len(set(asked))
    return checked


def seen(platform_id: str, handle: str, state: State = State.ACTIVE) -> AccountSeen:
    return AccountSeen(state=state, platform_id=platform_id, handle=handle)


def test_what_fails_stops_no_other_account(engine: Engine) -> None:
    checked = check(
        engine,
        {
            "ada": Unreachable("no answer"),
            "bo": UnreadablePage("not JSON"),
            "cem.example": seen("d:1", "cem.example"),
        },
    )

    assert [(one.name, one.error, one.exit_code) for one in checked] == [
        ("x @ada", "no answer", 1),
        ("x @bo", "not JSON", 1),
        ("bluesky @cem.example", None, 0),
    ]
    assert [change.news for change in checked[2].changes] == [News.RESOLVED]


def test_a_source_that_refuses_is_not_asked_again_but_others_are(engine: Engine) -> None:
    checked = check(engine, {"ada": SourceRefused("no token"), "cem.example": seen("d:1", "cem.example")})

    assert [(one.error, one.exit_code) for one in checked] == [("no token", 4), ("no token", 4), (None, 0)]


def test_a_budget_that_is_spent_is_no_missing_credential(engine: Engine) -> None:
    checked = check(engine, {"ada": BudgetSpent("spent"), "cem.example": seen("d:1", "cem.example")})

    assert {one.exit_code for one in checked} == {0, 1}


def test_a_state_that_comes_as_an_error_is_kept_with_its_evidence(engine: Engine) -> None:
    page = Page("https://x.example/ada", b"suspended", "text/html", NOON)
    answers: dict[str, Answer] = {
        "ada": AccountUnavailable("suspended, it says", State.SUSPENDED, page),
        "bo": seen("2", "bo"),
        "cem.example": seen("d:1", "cem.example"),
    }
    checked = check(engine, answers)

    assert checked[0].ok
    with Session(engine) as session:
        [first, *_] = session.exec(select(Observation).order_by(col(Observation.id))).all()
        [capture] = session.exec(select(Capture)).all()
    assert (first.state, first.detail, first.capture_id) == ("suspended", "suspended, it says", capture.id)
    assert (capture.reader, capture.round_id) == ("x-1", 1)


def test_an_account_that_a_look_joined_with_another_is_not_looked_at_again(engine: Engine) -> None:
    with writing(engine) as session:
        account = session.exec(select(Account).where(Account.id == 1)).one()
        account.platform_id = "1"
    answers: dict[str, Answer] = {
        "ada": seen("1", "bo"),
        "cem.example": seen("d:1", "cem.example"),
    }
    checked = check(engine, answers)

    assert [one.account_id for one in checked] == [1, 3]
    assert {change.news for change in checked[0].changes} == {News.JOINED, News.RENAMED}


def test_the_round_is_written_down(engine: Engine) -> None:
    check(
        engine,
        {"ada": Unreachable("no answer"), "bo": seen("2", "bo"), "cem.example": seen("d:1", "cem.example")},
    )

    with Session(engine) as session:
        [entry] = session.exec(select(Round)).all()
    assert (entry.command, entry.outcome) == ("account check", "partly")
    assert entry.counts == {"checked": 2, "failed": 1, "changed": 2}


def test_accounts_of_platforms_that_nothing_asks_are_counted_apart(engine: Engine) -> None:
    with Session(engine) as session:
        accounts = session.exec(select(Account).order_by(col(Account.id))).all()
        assert checkable(accounts, {"bluesky"}) == ([3], 2)
