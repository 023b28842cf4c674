"""Collecting into a real PostgreSQL server: the same promises as on SQLite."""

from collections.abc import Iterator
from threading import Event, Thread

import pytest
from platforms import FAKES, archived, fake_of, keep_account, one_round, shown
from postgresql_server import new_database, postgresql_server
from sqlalchemy import Engine
from sqlmodel import Session, select
from world import filled

import db
from archive.endings import Ending, Summary
from archive.streams import Step
from db.models import Coverage, Quarantine, StatementVersion

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


@pytest.fixture
def engine(server: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = db.open_database(new_database(server, request.node.nodeid), create=True)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("collector", FAKES)
def test_rounds_archive_what_a_platform_shows_and_prove_it(collector: str, engine: Engine) -> None:
    """With an edit, and with a character that PostgreSQL refuses: replaced, or the record is quarantined."""
    world = filled(9)
    with fake_of(collector, world) as loopback:
        keep_account(engine, loopback.fake.ref("ada", loopback.url))
        assert ended(one_round(engine, loopback)) is Ending.DONE
        world.edit(world.posts[-1], "Corrected in the night.")
        world.post("ada", "A character \0 that no text column takes.")
        assert ended(one_round(engine, loopback)) is Ending.DONE

        odd = loopback.fake.post_id(world.posts[-1])
        there, wanted = archived(engine), shown(loopback.fake)
        text = there.pop(odd, None)
        del wanted[odd]
        assert there == wanted
        with Session(engine) as session:
            assert set(session.exec(select(Coverage.status))) == {"complete"}
            assert len(session.exec(select(StatementVersion)).all()) == 1
            assert (text is None) == bool(session.exec(select(Quarantine)).all())
        assert text is None or "\0" not in text


def test_two_jobs_at_once_never_meet_on_an_account(engine: Engine) -> None:
    with fake_of("mastodon", filled(9)) as loopback:
        keep_account(engine, loopback.fake.ref("ada", loopback.url))
        reading, go_on = Event(), Event()

        def watch(step: Step) -> None:
            if step is Step.AFTER_REQUEST and not reading.is_set():
                reading.set()
                assert go_on.wait(60)

        first = Thread(target=lambda: one_round(engine, loopback, watch=watch))
        first.start()
        try:
            assert reading.wait(60)
            second = one_round(engine, loopback)
        finally:
            go_on.set()
            first.join(60)

        assert ended(second) is Ending.BUSY
        assert archived(engine) == shown(loopback.fake)


def ended(summary: Summary) -> Ending:
    [outcome] = summary.outcomes
    return outcome.ending
