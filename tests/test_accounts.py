"""Whose account is whose, whether a roster names it first or a post does."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select

from archive.accounts import AccountRefused, add_account, keep_accounts
from archive.authors import keep_authors
from archive.ballots.rows import AccountRow
from archive.contract import Moment, Post
from archive.handles import handle_key
from archive.speakers import Speakers
from db import writing
from db.models import Account, AccountHandle, Person, Statement
from db.words import Precision

NOON = datetime(2024, 7, 5, 12, tzinfo=UTC)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with writing(engine) as opened:
        opened.add_all([Person(id="p:ada", name="Ada Quill"), Person(id="p:bo", name="Bo Lind")])
        opened.flush()
        yield opened


def post(handle: str | None, platform_id: str | None = None) -> Post:
    return Post(
        platform="x",
        post_id="1",
        text="We won.",
        position="line 2",
        published=Moment(NOON, Precision.SECOND),
        author_handle=handle,
        author_platform_id=platform_id,
    )


def by(session: Session, *posts: Post) -> list[tuple[int | None, str | None]]:
    """Account and person of each post, all read as one page."""
    authors = keep_authors(session, posts, Speakers())
    return [(author.account_id, author.person_id) for author in authors]


def accounts(session: Session) -> list[tuple[str | None, str | None]]:
    """Immutable id and owner of every account, in order."""
    everything = session.exec(select(Account).order_by(col(Account.id))).all()
    return [(account.platform_id, account.person_id) for account in everything]


def test_handles_are_compared_without_case_and_at_sign() -> None:
    assert handle_key(" @AdaQuill") == handle_key("adaquill")


def test_an_account_is_found_by_handle_in_any_case_and_created_once(session: Session) -> None:
    first = add_account(session, "p:ada", "X", "@AdaQuill")
    second = add_account(session, "p:ada", "x", "adaquill", platform_id="77")

    assert first is second
    assert accounts(session) == [("77", "p:ada")]
    assert len(session.exec(select(AccountHandle)).all()) == 1


def test_an_account_that_was_renamed_is_found_by_its_id(session: Session) -> None:
    first = add_account(session, "p:ada", "x", "adaquill", platform_id="77")

    assert add_account(session, "p:ada", "x", "MayorQuill", platform_id="77") is first
    assert {*session.exec(select(AccountHandle.handle))} == {"adaquill", "MayorQuill"}


def test_a_handle_under_another_immutable_id_is_another_account(session: Session) -> None:
    old = add_account(session, "p:ada", "x", "adaquill", platform_id="77")
    new = add_account(session, "p:bo", "x", "adaquill", platform_id="78")

    assert old.id != new.id


@pytest.mark.parametrize(
    ("person", "handle", "reason"),
    [
        ("p:bo", "adaquill", "belongs to p:ada"),
        ("p:nobody", "new", "there is no person"),
        ("p:ada", " @ ", "needs a platform and a handle"),
    ],
)
def test_an_account_is_not_given_to_whom_it_cannot_belong(
    session: Session, person: str, handle: str, reason: str
) -> None:
    add_account(session, "p:ada", "x", "adaquill")

    with pytest.raises(AccountRefused, match=reason):
        add_account(session, person, "x", handle)


def test_an_account_that_a_post_knew_by_its_id_alone_is_the_rosters(session: Session) -> None:
    [(account_id, _)] = by(session, post(None, "77"))

    assert add_account(session, "p:ada", "x", "adaquill", platform_id="77").id == account_id
    assert by(session, post("AdaQuill")) == [(account_id, "p:ada")]


def test_a_handle_that_was_given_up_finds_its_account_no_more(session: Session) -> None:
    account = add_account(session, "p:ada", "x", "adaquill", platform_id="77")
    handle = session.exec(select(AccountHandle)).one()
    handle.valid_to = date(2020, 1, 1)
    session.flush()

    rows = {AccountRow("x", "newname", "77"): {"p:ada"}, AccountRow("x", "adaquill"): {"p:bo"}}
    keep_accounts(session, rows, "roster.csv")

    assert accounts(session) == [("77", "p:ada"), (None, "p:bo")]
    assert account.platform_id == "77"


def test_a_handle_of_two_accounts_is_nobodys_however_often_it_comes(session: Session) -> None:
    add_account(session, "p:ada", "x", "quill", platform_id="77")
    add_account(session, "p:bo", "x", "quill", platform_id="78")

    first, second = by(session, post("quill")), by(session, post("Quill"))

    assert first == second
    assert first[0][1] is None
    assert len(accounts(session)) == 3


def test_authors_of_a_page_are_looked_up_together(session: Session) -> None:
    for number in range(40):
        add_account(session, "p:ada", "x", f"handle{number}")
    asked: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *told: asked.append(told[2]))
    by(session, *(post(f"handle{number}") for number in range(40)))

    assert len(asked) == 1


def test_a_new_owner_is_the_author_of_what_is_archived(session: Session) -> None:
    [(account_id, _)] = by(session, post("adaquill"))
    session.add(Statement(platform="x", post_id="1", account_id=account_id, text="We won.", text_sha256="0"))
    session.flush()

    add_account(session, "p:ada", "x", "adaquill")

    assert session.exec(select(Statement.person_id)).one() == "p:ada"
