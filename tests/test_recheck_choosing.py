"""Which statements are asked for again: those near a declaration often, each by its newest id."""

from datetime import timedelta

import example_archive as example
import pytest
from rechecking import choosable
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

import db
from archive.endings import Ending, Outcome, Wanted
from archive.recheck.choosing import Wish, choose, known_posts
from archive.recheck.keeping import Found
from archive.recheck.rounds import Rechecking, Summary
from db.models import Account, Contest, Election, Observation, Statement, StatementAlias
from db.words import State

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=16)


@pytest.fixture
def archive(engine: Engine) -> Engine:
    """All statements are of the night of the declaration, and were asked for an hour after it."""
    example.fill(engine)
    with db.writing(engine) as session:
        for statement in session.exec(select(Statement)):
            owner = select(Account.id).where(Account.person_id == statement.person_id)
            statement.account_id = session.exec(owner).first() or 4
    change(engine, Statement, published_at=example.DECLARED, rechecked_at=example.DECLARED + HOUR)
    return engine


def change(engine: Engine, model: type[Statement] | type[Contest] | type[Election], **values: object) -> None:
    with db.writing(engine) as session:
        session.execute(update(model).values(**values))


def due(engine: Engine) -> set[str]:
    """The persons of whom statements are due a quarter of an hour after they were asked for."""
    with Session(engine) as session:
        platforms = set(session.exec(select(Statement.platform)))
        wish = Wish(due=True)
        choice = choose(session, choosable(platforms), wish, now=example.DECLARED + HOUR + QUARTER)
        numbers = [number for errand in choice.errands for number in errand.statements]
        persons = session.exec(select(Statement.person_id).where(col(Statement.id).in_(numbers)))
        return {one for one in persons if one is not None}


def test_statements_near_a_declaration_are_due_again_soon(archive: Engine) -> None:
    """Those whose author stands elsewhere are not, nor those of nobody."""
    change(archive, Election, polls_close_at=None)
    assert due(archive) == {"p:maren", "p:tobias"}


def test_a_contest_that_was_not_declared_counts_from_when_its_polls_close(archive: Engine) -> None:
    change(archive, Contest, declared_at=None)
    change(archive, Election, polls_close_at=example.DECLARED)
    assert due(archive) >= {"p:maren", "p:tobias"}

    change(archive, Election, polls_close_at=None)
    assert due(archive) == set()


def test_accounts_of_a_platform_that_cannot_be_asked_are_counted(archive: Engine) -> None:
    with Session(archive) as session:
        choice = choose(session, {}, Wish(), now=example.DECLARED)
        accounts = choose(session, choosable({"x"}), Wish(), now=example.DECLARED)

    assert choice.errands == ()
    assert (
        sum(choice.not_rechecked.values()) == sum(accounts.not_rechecked.values()) + choice.not_rechecked["x"]
    )


def test_a_post_is_asked_for_by_the_newest_of_its_ids(archive: Engine) -> None:
    with db.writing(archive) as session:
        number = session.exec(select(Statement.id).where(Statement.platform == "x")).first()
        assert number is not None
        for post_id in ("900", "1000", "999", "no-number"):
            session.add(StatementAlias(platform="x", post_id=post_id, statement_id=number))

    with Session(archive) as session:
        assert known_posts(session, [number])[number].newest_id == "1000"


def test_what_a_second_check_would_prove_comes_first_then_what_was_asked_for_the_longest_ago(
    archive: Engine,
) -> None:
    at = example.DECLARED
    with db.writing(archive) as session:
        theirs = select(Statement).where(Statement.person_id == "p:tobias").order_by(col(Statement.id))
        first, second, missed = session.exec(theirs)
        first.rechecked_at, second.rechecked_at = at + HOUR, at
        session.add(Observation(statement_id=missed.id, state=State.MISSING, observed_at=at))
        wanted = [missed.id, second.id, first.id]

    with Session(archive) as session:
        choice = choose(session, choosable({"x", "bluesky"}), Wish(), now=at + 7 * HOUR)
    [found] = [one.statements for one in choice.errands if missed.id in one.statements]
    assert list(found) == wanted


@pytest.mark.parametrize(("codes", "said"), [((0, 0), 0), ((0, 1), 1), ((1, 4), 4), ((), 0)])
def test_a_run_ends_with_4_where_credentials_are_missing_and_with_1_where_anything_else_is(
    codes: tuple[int, ...], said: int
) -> None:
    wanted = Wanted(1, "x", "x @ada")
    ended = tuple(Rechecking(Outcome(wanted, Ending.FAILED, exit_code=code), 1) for code in codes)

    assert Summary(1, ended, {}, 0).exit_code == said


def test_a_wish_is_told_as_the_command_that_asks_for_it() -> None:
    wish = Wish(accounts=("x:@ada", "x:@bo"), platform="x", due=True, budget=9)

    assert str(wish) == "recheck --due --account x:@ada --account x:@bo --platform x --budget 9"
    assert str(Wish()) == "recheck"
    assert str(Wish(budget=0)) == "recheck --budget 0"


def test_what_became_of_an_account_is_one_line() -> None:
    wanted = Wanted(1, "x", "x @ada")
    done = Rechecking(Outcome(wanted, Ending.DONE), 3, Found(checked=2, edited=1, observed={"missing": 1}))
    failed = Rechecking(Outcome(wanted, Ending.FAILED, message="no answer", exit_code=1), 3)

    assert str(done) == "done; 2 of 3 answered, 1 edited, 1 missing"
    assert str(failed) == "failed: no answer; 0 of 3 answered"
