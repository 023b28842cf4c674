"""Rows in bulk: the same as SQLAlchemy's own way, on either database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from archive.authors import AuthorAccounts, keep_authors
from archive.contract import Post
from archive.speakers import Speakers
from db.bulk import insert_rows
from db.engine import writing
from db.models import Account, Statement
from db.rows import among_texts, state_seen, table_of

NOON = datetime(2024, 7, 5, 12, tzinfo=UTC)
STATEMENTS = table_of(Statement)


def rows(first: int) -> list[dict[str, Any]]:
    chance = Random(first)
    return [
        {
            "post_id": f"{first + n}",
            "platform": "x",
            "channel": "social",
            "text": chance.choice(["We won.", "ß 選挙 \U0001f5f3", "'; DROP TABLE statement; --"]),
            "text_sha256": "0" * 64,
            "first_seen_at": NOON,
            "published_at": chance.choice([None, NOON, NOON + timedelta(seconds=chance.random())]),
            "is_cut": chance.random() < 0.5,
            "sources": chance.choice([{}, {"*": "table"}, {"text": "plätform"}]),
        }
        for n in range(50)
    ]


def stored(engine: Engine, put: Callable[[Session], object]) -> list[tuple[Any, ...]]:
    """What is in the table after that, without the numbers, and the rows as the driver has them."""
    names = [column for column in STATEMENTS.c if column.name != "id"]
    with Session(engine) as session, session.begin():
        put(session)
        typed = [tuple(row) for row in session.execute(select(*names).order_by(STATEMENTS.c.id))]
        plain = session.connection().exec_driver_sql("SELECT * FROM statement ORDER BY id").all()
        session.rollback()
    return [*typed, *(tuple(row)[1:] for row in plain)]


def test_rows_are_stored_as_sqlalchemy_stores_them(engine: Engine) -> None:
    told = [*rows(0), *rows(100)]
    ours = stored(engine, lambda session: insert_rows(session, STATEMENTS, told))
    theirs = stored(engine, lambda session: session.execute(insert(STATEMENTS), told))
    assert len(ours) == 200
    assert ours == theirs


def test_columns_that_are_not_named_get_what_the_models_say(engine: Engine) -> None:
    told = [{name: value for name, value in one.items() if name != "channel"} for one in rows(0)]
    found = stored(engine, lambda session: insert_rows(session, STATEMENTS, told))
    assert found == stored(engine, lambda session: insert_rows(session, STATEMENTS, rows(0)))


def test_a_row_that_the_table_does_not_take_is_an_error_as_ever(engine: Engine) -> None:
    with Session(engine) as session, pytest.raises(IntegrityError):
        insert_rows(session, STATEMENTS, [{**one, "channel": "shouted"} for one in rows(0)])


def test_any_text_is_found_among_many(engine: Engine) -> None:
    odd = ["a'b", 'c"d', "e\\f", "ß", "選挙", "\U0001f5f3", "", "g,h", "[i]", "line\nbreak"]
    with writing(engine) as session:
        insert_rows(session, STATEMENTS, [{**rows(0)[0], "post_id": one} for one in [*odd, "other"]])
        many = [*odd, *map(str, range(40_000))]
        found = session.execute(
            select(STATEMENTS.c.post_id).where(among_texts(session, STATEMENTS.c.post_id, many))
        )
        assert sorted(found.scalars()) == sorted(odd)
        none = select(STATEMENTS.c.id).where(among_texts(session, STATEMENTS.c.post_id, []))
        assert session.execute(none).all() == []


def test_only_what_others_write_changes_what_a_connection_has_seen(engine: Engine) -> None:
    with writing(engine) as session:
        before = state_seen(session)
        session.add(Account(platform="x", platform_id="1"))
    with writing(engine) as session:
        mine = state_seen(session)
    if engine.dialect.name != "sqlite":
        assert mine is None
        return
    assert mine == before
    with engine.connect(), writing(engine) as session:  # on another connection
        session.add(Account(platform="x", platform_id="2"))
        theirs = state_seen(session)
    assert theirs != mine


def post(handle: str, number: str | None = None) -> Post:
    return Post(
        "x", f"{handle}{number}", "We won.", "line 1", author_handle=handle, author_platform_id=number
    )


def test_an_account_that_another_process_gave_away_meanwhile_is_read_again(engine: Engine) -> None:
    with writing(engine) as session:
        known = AuthorAccounts(session, lasting=True)
        [author] = keep_authors(session, [post("ada", "7")], Speakers(), known)
    with writing(engine) as session:
        still = known.still(session)
        assert (still is known) == (engine.dialect.name == "sqlite")
        assert keep_authors(session, [post("ada", "7")], Speakers(), still) == [author]
    with engine.connect(), writing(engine) as session:  # on another connection
        session.get_one(Account, author.account_id).platform_id = "8"
    with writing(engine) as session:
        fresh = known.still(session)
        assert fresh is not known
        [other] = keep_authors(session, [post("ada", "8")], Speakers(), fresh)
    assert other.account_id == author.account_id


def test_an_account_known_by_handle_gets_its_id_whether_it_is_loaded_or_not(engine: Engine) -> None:
    with writing(engine) as session:
        keep_authors(session, [post("ada"), post("bob")], Speakers())
    with writing(engine) as session:
        loaded = session.get_one(Account, 1)
        keep_authors(session, [post("ada", "1"), post("bob", "2")], Speakers())
        assert loaded.platform_id == "1"
    with Session(engine) as session:
        assert [session.get_one(Account, number).platform_id for number in (1, 2)] == ["1", "2"]
