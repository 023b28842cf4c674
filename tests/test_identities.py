"""Who an account is: looks at it give ids, follow renames, make two rows one, and keep the history."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from archive.account_merging import merge_accounts
from archive.accounts import add_account
from archive.contract import AccountRef, AccountSeen, Page
from archive.handle_history import take_handle
from archive.identities import Change, Kept, News, NothingToAskBy, keep_seen, ref_of
from db import open_database, writing
from db.models import (
    Account,
    AccountHandle,
    Capture,
    Coverage,
    Observation,
    Person,
    Schedule,
    Statement,
)
from db.words import State

NOON = datetime(2031, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with writing(engine) as opened:
        opened.add_all([Person(id="p:ada", name="Ada Quill"), Person(id="p:bo", name="Bo Lind")])
        opened.flush()
        yield opened


def look(session: Session, account: Account, seen: AccountSeen, *, days: float = 0) -> Kept:
    return keep_seen(session, account, seen, at=NOON + timedelta(days=days), reader="fake-1", round_id=None)


def seen(
    platform_id: str | None = "77", handle: str | None = "ada", state: State = State.ACTIVE
) -> AccountSeen:
    return AccountSeen(state=state, platform_id=platform_id, handle=handle)


def known(
    session: Session, handle: str | None, platform_id: str | None = None, person: str = "p:ada"
) -> Account:
    return add_account(session, person, "x", handle, platform_id=platform_id)


def anonymous(session: Session, handle: str) -> Account:
    """An account of nobody, as a post brings it."""
    account = Account(platform="x")
    session.add(account)
    session.flush()
    assert account.id is not None
    session.add(AccountHandle(account_id=account.id, handle=handle, handle_key=handle))
    session.flush()
    return account


def says(session: Session, account: Account, post_id: str, *, days: float) -> None:
    session.add(
        Statement(
            platform="x",
            post_id=post_id,
            account_id=account.id,
            text="We won.",
            text_sha256="0",
            published_at=NOON + timedelta(days=days),
        )
    )
    session.flush()


def history(session: Session, account: Account) -> list[tuple[str, date | None, date | None]]:
    query = select(AccountHandle).where(AccountHandle.account_id == account.id)
    rows = session.exec(query.order_by(col(AccountHandle.id)))
    return [(row.handle, row.valid_from, row.valid_to) for row in rows]


def news(kept: Kept) -> list[News]:
    return [change.news for change in kept.changes]


def observations(session: Session) -> list[str]:
    return list(session.exec(select(Observation.state).order_by(col(Observation.id))))


# ---- what a look says -------------------------------------------------------------------------------


def test_a_handle_gets_its_immutable_id_and_what_else_is_said(session: Session) -> None:
    account = known(session, "ada")

    kept = look(
        session,
        account,
        AccountSeen(
            state=State.ACTIVE,
            platform_id="77",
            handle="Ada",
            display_name="Ada Quill",
            url="https://x.com/Ada",
            home="https://home.example",
        ),
    )

    assert kept == Kept(account, (Change(News.RESOLVED, "x @ada is 77"),))
    assert (account.platform_id, account.display_name, account.checked_at) == ("77", "Ada Quill", NOON)
    assert ref_of(session, account) == AccountRef("x", "77", "Ada", "https://home.example")
    assert history(session, account) == [("Ada", None, None)]
    assert observations(session) == ["active"]


def test_what_a_look_does_not_say_erases_nothing(session: Session) -> None:
    account = known(session, "ada", "77")
    account.display_name, account.url = "Ada Quill", "https://x.com/ada"

    look(session, account, seen(None, None, State.NOT_FOUND))

    assert (account.display_name, account.url, account.platform_id) == (
        "Ada Quill",
        "https://x.com/ada",
        "77",
    )
    assert history(session, account) == [("ada", None, None)]


def test_an_account_known_by_its_id_alone_gets_its_handle(session: Session) -> None:
    account = known(session, None, "77")

    kept = look(session, account, seen())

    assert kept.changes == (Change(News.NAMED, "x 77 is @ada"),)
    assert history(session, account) == [("ada", None, None)]


def test_a_move_is_told_once_and_taken_back(session: Session) -> None:
    account = known(session, "ada", "77")
    moved = AccountSeen(state=State.MOVED, platform_id="77", handle="ada", moved_to="ada@new.example")

    assert News.MOVED in news(look(session, account, moved))
    assert News.MOVED not in news(look(session, account, moved))
    assert account.moved_to == "ada@new.example"
    look(session, account, seen())
    assert account.moved_to is None


# ---- renames ----------------------------------------------------------------------------------------


def test_a_rename_closes_the_old_handle_and_keeps_it(session: Session) -> None:
    account = known(session, "ada", "77")
    look(session, account, seen())

    kept = look(session, account, seen(handle="mayor"), days=3)

    assert kept.changes == (Change(News.RENAMED, "x @ada is @mayor now"),)
    assert history(session, account) == [
        ("ada", None, date(2031, 5, 4)),
        ("mayor", date(2031, 5, 4), None),
    ]
    assert session.exec(select(Observation.detail)).all() == [None, "x @ada is @mayor now"]


def test_a_handle_that_comes_back_is_opened_again(session: Session) -> None:
    account = known(session, "ada", "77")
    for day, handle in enumerate(["ada", "mayor", "ada"]):
        look(session, account, seen(handle=handle), days=day)

    assert [row for row in history(session, account) if row[2] is None] == [("ada", date(2031, 5, 3), None)]
    assert len(history(session, account)) == 3


def test_a_handle_that_comes_back_on_the_same_day_is_no_second_row(session: Session) -> None:
    account = known(session, "ada", "77")
    for handle in ("mayor", "ada", "mayor", "ada"):
        look(session, account, seen(handle=handle))

    opened = [row for row in history(session, account) if row[2] is None]
    assert [row[0] for row in opened] == ["ada"]
    assert len(history(session, account)) == 3


def test_a_handle_of_another_known_id_closes_at_the_account_that_had_it(session: Session) -> None:
    old, new = known(session, "ada", "77"), known(session, "bo", "78", "p:bo")

    kept = look(session, new, seen("78", "ada"))

    assert news(kept) == [News.LOST, News.RENAMED]
    assert history(session, old) == [("ada", None, NOON.date())]
    assert history(session, new) == [("bo", None, NOON.date()), ("ada", NOON.date(), None)]


def test_a_look_that_finds_another_id_behind_the_handle_says_nothing_of_the_account(session: Session) -> None:
    account = known(session, "ada", "77")

    kept = look(session, account, seen("99", "ada"))

    assert kept.refused == "x @ada is another account now, 99"
    assert history(session, account) == [("ada", None, NOON.date())]
    assert observations(session) == []
    assert account.platform_id == "77"
    assert ref_of(session, account) == AccountRef("x", "77")


# ---- two rows that are one --------------------------------------------------------------------------


def test_a_handle_that_is_a_known_account_is_joined_with_it_and_brings_everything(session: Session) -> None:
    by_id, by_handle = known(session, None, "77"), known(session, "ada")
    says(session, by_handle, "1", days=-1)
    look(session, by_handle, seen(None, None))
    session.add(Coverage(account_id=by_handle.id or 0, stream="posts", status="complete", high="5"))
    session.add(Schedule(account_id=by_handle.id or 0, every_seconds=60, holder="me"))
    session.flush()

    kept = look(session, by_handle, seen())

    assert kept.account is by_id
    assert kept.refused is None
    assert news(kept) == [News.JOINED]
    assert session.exec(select(Account)).all() == [by_id]
    assert session.exec(select(Statement.account_id, Statement.person_id)).one() == (by_id.id, "p:ada")
    assert session.exec(select(Coverage.account_id)).one() == by_id.id
    assert session.exec(select(Schedule)).one().model_dump(include={"account_id", "holder"}) == {
        "account_id": by_id.id,
        "holder": "me",
    }
    assert {*session.exec(select(Observation.account_id))} == {by_id.id}
    assert history(session, by_id) == [("ada", None, None)]


def test_it_does_not_matter_which_of_the_two_is_looked_at(session: Session) -> None:
    by_id, by_handle = known(session, None, "77"), known(session, "ada")

    kept = look(session, by_id, seen())

    assert (kept.account, news(kept)) == (by_id, [News.JOINED])
    assert session.get(Account, by_handle.id) is None


def test_the_owner_comes_with_the_handle_and_is_the_author_of_what_is_archived(session: Session) -> None:
    by_id = Account(platform="x", platform_id="77")
    session.add(by_id)
    session.flush()
    says(session, by_id, "1", days=-1)

    look(session, known(session, "ada"), seen())

    assert by_id.person_id == "p:ada"
    assert session.exec(select(Statement.person_id)).one() == "p:ada"


def test_coverage_that_both_have_is_that_of_the_account_that_stays(session: Session) -> None:
    by_id, by_handle = known(session, None, "77"), known(session, "ada")
    for account, high in ((by_id, "9"), (by_handle, "5")):
        session.add(Coverage(account_id=account.id or 0, stream="posts", status="complete", high=high))
    session.add(Coverage(account_id=by_handle.id or 0, stream="likes", status="complete", high="1"))
    session.add_all([Schedule(account_id=by_id.id or 0), Schedule(account_id=by_handle.id or 0, holder="me")])
    session.flush()

    look(session, by_handle, seen())

    assert {*session.exec(select(Coverage.stream, Coverage.high))} == {("posts", "9"), ("likes", "1")}
    assert [row.holder for row in session.exec(select(Schedule))] == ["me"]


def test_a_lease_of_another_process_on_the_account_that_stays_is_left_to_it(session: Session) -> None:
    by_id, by_handle = known(session, None, "77"), known(session, "ada")
    until = NOON + timedelta(hours=1)
    session.add(Schedule(account_id=by_id.id or 0, holder="other", held_until=until))
    session.add(Schedule(account_id=by_handle.id or 0, holder="me"))
    session.flush()

    look(session, by_handle, seen())

    assert [row.holder for row in session.exec(select(Schedule))] == ["other"]


def test_accounts_of_different_persons_stay_two_and_that_is_told(session: Session) -> None:
    by_id, by_handle = known(session, None, "77"), known(session, "ada", person="p:bo")
    says(session, by_handle, "1", days=-1)

    kept = look(session, by_handle, seen())

    assert kept.account is by_handle
    assert kept.refused is not None
    assert "p:bo" in kept.refused
    assert "p:ada" in kept.refused
    assert (by_id.person_id, by_handle.person_id) == ("p:ada", "p:bo")
    assert session.exec(select(Statement.account_id)).one() == by_handle.id
    assert history(session, by_id)[0][2] is None
    with pytest.raises(NothingToAskBy):
        ref_of(session, by_handle)


def test_what_was_said_under_a_handle_before_the_account_took_it_is_not_its_own(session: Session) -> None:
    account = known(session, "ada", "77")
    look(session, account, seen())
    other = anonymous(session, "mayor")
    says(session, other, "1", days=-400)

    kept = look(session, account, seen(handle="mayor"), days=1)

    assert news(kept) == [News.LOST, News.RENAMED]
    assert session.exec(select(Statement.account_id)).one() == other.id
    assert history(session, other) == [("mayor", None, date(2031, 5, 2))]


def test_what_was_said_under_the_new_handle_since_is_its_own(session: Session) -> None:
    account = known(session, "ada", "77")
    look(session, account, seen())
    says(session, anonymous(session, "mayor"), "1", days=1)

    look(session, account, seen(handle="mayor"), days=2)

    assert session.exec(select(Statement.account_id, Statement.person_id)).one() == (account.id, "p:ada")


def test_merging_refuses_what_are_two_accounts(session: Session) -> None:
    one, two = known(session, "ada", "77"), known(session, "bo", "78")
    bos = known(session, "mayor", person="p:bo")

    for drop in (two, bos):
        with pytest.raises(ValueError, match="account"):
            merge_accounts(session, one, drop, at=NOON)


# ---- states -----------------------------------------------------------------------------------------


def test_a_state_is_observed_when_it_changes_or_lasts(session: Session) -> None:
    account = known(session, "ada", "77")
    suspended = seen(state=State.SUSPENDED)
    looks = [
        (0.0, seen()),
        (1.0, seen()),
        (2.0, suspended),
        (2.2, suspended),
        (2.3, suspended),
        (4.0, seen()),
    ]

    told = [news(look(session, account, what, days=days)) for days, what in looks]

    assert observations(session) == ["active", "suspended", "suspended", "active"]
    assert told == [[], [], [News.STATE], [], [], [News.STATE]]


def test_the_evidence_is_kept_with_the_observation_and_only_with_one(session: Session) -> None:
    account = known(session, "ada", "77")
    page = Page("https://x.example/users/77", b'{"suspended": true}', "application/json", NOON)
    gone = AccountSeen(
        state=State.SUSPENDED, platform_id="77", detail="User has been suspended", pages=(page,)
    )

    for _ in range(2):
        look(session, account, gone)

    [capture] = session.exec(select(Capture)).all()
    [observation] = session.exec(select(Observation)).all()
    assert (observation.capture_id, observation.detail) == (capture.id, "User has been suspended")
    assert (capture.reader, capture.source) == ("fake-1", page.source)


def test_a_look_that_does_not_name_the_identity_moves_no_handle(session: Session) -> None:
    other, account = anonymous(session, "ada"), Account(platform="x", platform_id="77")
    session.add(account)
    session.flush()
    session.add(AccountHandle(account_id=account.id or 0, handle="ada", handle_key="ada"))
    session.flush()

    look(session, other, seen(None, "ada", State.NOT_FOUND))

    assert [row[2] for one in (account, other) for row in history(session, one)] == [None, None]


def test_two_accounts_cannot_take_one_handle(session: Session) -> None:
    known(session, "ada", "77")
    other = known(session, "bo", "78")

    with pytest.raises(ValueError, match="another account"):
        take_handle(session, other, "ADA", on=NOON.date())


# ---- any history ------------------------------------------------------------------------------------

IDS = ("71", "72", "73")
HANDLES = ("ada", "bo", "cem")


@dataclass
class Names:
    """The truth: who has which handle, as the platform would show it."""

    now: dict[str, str] = field(default_factory=dict)
    had: list[tuple[int, str, str]] = field(default_factory=list)
    """Day, handle, id: at every look."""


@st.composite
def renamings(draw: st.DrawFn) -> list[tuple[int, str, str]]:
    """Days in order, each with an id and the handle that it takes."""
    steps = draw(
        st.lists(st.tuples(st.integers(0, 3), st.sampled_from(IDS), st.sampled_from(HANDLES)), max_size=12)
    )
    day, told = 0, []
    for pause, platform_id, handle in steps:
        day += pause
        told.append((day, platform_id, handle))
    return told


@settings(max_examples=40)
@given(steps=renamings(), by_handle_first=st.sets(st.sampled_from(HANDLES)))
def test_at_any_day_a_handle_is_openly_one_accounts_and_the_history_is_true(
    steps: list[tuple[int, str, str]], by_handle_first: set[str]
) -> None:
    engine, names = open_database("sqlite://", create=True), Names()
    with writing(engine) as session:
        session.add(Person(id="p:ada", name="Ada Quill"))
        session.flush()
        for handle in sorted(by_handle_first):
            anonymous(session, handle)
        by_id = {platform_id: known(session, None, platform_id) for platform_id in IDS}
        for day, platform_id, handle in steps:
            names.now = {one: held for one, held in names.now.items() if held != handle}
            names.now[platform_id] = handle
            names.had.append((day, handle, platform_id))
            look(session, by_id[platform_id], seen(platform_id, handle), days=day)
            assert_open_handles_are_unique(session)
        assert_history(session, names, {account.id: one for one, account in by_id.items()})
    engine.dispose()


def assert_open_handles_are_unique(session: Session) -> None:
    rows = session.exec(select(AccountHandle).where(col(AccountHandle.valid_to).is_(None))).all()
    assert len({row.handle_key for row in rows}) == len(rows)


def assert_history(session: Session, names: Names, ids: dict[int | None, str]) -> None:
    rows = session.exec(select(AccountHandle)).all()
    current = {
        ids[row.account_id]: row.handle for row in rows if row.valid_to is None and row.account_id in ids
    }
    assert current == names.now
    assert all(
        row.valid_from is None or row.valid_to is None or row.valid_from <= row.valid_to for row in rows
    )
    for day, handle, platform_id in names.had:
        on = (NOON + timedelta(days=day)).date()
        covering = {
            ids.get(row.account_id)
            for row in rows
            if row.handle == handle
            and (row.valid_from is None or row.valid_from <= on)
            and (row.valid_to is None or on <= row.valid_to)
        }
        assert platform_id in covering
    for day in range(40):
        on = (NOON + timedelta(days=day)).date()
        changes = {at for at, _, _ in names.had}
        for handle in HANDLES:
            bearing = [
                row
                for row in rows
                if row.handle == handle
                and (row.valid_from or date.min) <= on <= (row.valid_to or date.max)
                and row.account_id in ids
            ]
            # On the day of a change both had it, the one before and the one after.
            assert len({row.account_id for row in bearing}) <= 1 or day in changes
