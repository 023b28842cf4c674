"""Accounts as users name them."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from archive.accounts import add_account
from archive.selection import NoSuchAccount, find_accounts
from db import open_database, writing
from db.models import Account, AccountHandle, Person


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with writing(engine) as opened:
        fill(opened)
        yield opened


def fill(session: Session) -> None:
    """Four accounts, numbered in this order."""
    session.add(Person(id="p:ada", name="Ada Quill"))
    session.flush()
    for platform, handle, platform_id in (
        ("x", "AdaQuill", "77"),
        ("bluesky", "ada.example", "did:plc:abc"),
        ("mastodon", "ada@social.example", None),
        ("feed", "https://ada.example/feed.xml", None),
    ):
        add_account(session, "p:ada", platform, handle, platform_id=platform_id)


def numbers(session: Session, *wanted: str, platform: str | None = None) -> list[int | None]:
    return [account.id for account in find_accounts(session, wanted, platform)]


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        ("x:adaquill", 1),
        ("X:@AdaQuill", 1),
        (" x:77 ", 1),
        ("1", 1),
        ("https://x.com/adaquill", 1),
        ("bluesky:did:plc:abc", 2),
        ("https://bsky.app/profile/did:plc:abc", 2),
        ("mastodon:@ada@social.example", 3),
        ("https://social.example/@ada", 3),
        ("feed:https://ada.example/feed.xml", 4),
        ("https://ada.example/feed.xml", 4),
    ],
)
def test_an_account_is_found_however_it_is_named(session: Session, wanted: str, number: int) -> None:
    assert numbers(session, wanted) == [number]


def test_with_a_platform_the_handle_or_id_is_enough(session: Session) -> None:
    assert numbers(session, "@adaquill", platform="X") == [1]
    assert numbers(session, "did:plc:abc", platform="bluesky") == [2]


def test_without_a_name_all_accounts_are_meant(session: Session) -> None:
    assert numbers(session) == [1, 2, 3, 4]
    assert numbers(session, platform="mastodon") == [3]


def test_an_account_named_twice_comes_once_and_in_order(session: Session) -> None:
    assert numbers(session, "4", "x:77", "x:adaquill") == [1, 4]


def test_a_slip_is_refused_and_what_is_near_is_named(session: Session) -> None:
    with pytest.raises(NoSuchAccount, match=r"'x:adaquil'.*x:adaquill"):
        numbers(session, "2", "x:adaquil")


def test_every_unknown_account_is_named(session: Session) -> None:
    with pytest.raises(NoSuchAccount, match=r"zzz.*12.*gab:q"):
        numbers(session, "x:zzz", "12", "gab:q", "1")


def test_a_handle_that_an_account_had_once_leads_to_its_number(session: Session) -> None:
    handle = session.exec(select(AccountHandle).where(AccountHandle.handle == "AdaQuill")).one()
    handle.valid_to = date(2031, 5, 1)
    session.flush()

    with pytest.raises(NoSuchAccount, match=r"any more: see account 1 \(until 2031-05-01\)"):
        numbers(session, "x:adaquill")


def test_a_platform_without_accounts_is_refused_and_those_there_are_named(session: Session) -> None:
    with pytest.raises(NoSuchAccount, match="youtube: there are accounts of bluesky, feed, mastodon, x"):
        numbers(session, platform="youtube")


def test_a_number_of_another_platform_is_not_meant(session: Session) -> None:
    with pytest.raises(NoSuchAccount):
        numbers(session, "1", platform="bluesky")


def test_of_a_handle_that_is_not_settled_yet_all_accounts_are_meant(session: Session) -> None:
    second = Account(platform="x", platform_id="78")
    session.add(second)
    session.flush()
    session.add(AccountHandle(account_id=second.id or 0, handle="AdaQuill", handle_key="adaquill"))
    session.flush()

    assert numbers(session, "x:adaquill") == [1, second.id]


@given(st.text(max_size=60) | st.sampled_from(["x:" + "a" * 100_000, "9" * 5_000, "²", "x:\x00"]))
def test_any_text_names_an_account_or_is_refused(wanted: str) -> None:
    engine = open_database("sqlite://", create=True)
    with writing(engine) as session:
        fill(session)
        with suppress(NoSuchAccount):
            assert numbers(session, wanted)
    engine.dispose()


def test_a_refusal_of_a_long_text_is_short(session: Session) -> None:
    with pytest.raises(NoSuchAccount) as refused:
        numbers(session, "x:" + "a" * 100_000)
    assert len(str(refused.value)) < 500


def test_what_no_database_takes_names_no_account(session: Session) -> None:
    with pytest.raises(NoSuchAccount, match="names no account"):
        numbers(session, "x:\x00")
