"""Rechecking an archive that lies in PostgreSQL: the same observations, versions and times as in SQLite."""

import pytest
from platforms import earlier_texts
from postgresql_server import new_database, postgresql_server
from rechecking import check, states
from sqlmodel import Session
from test_recheck import archived_from, campaign

from analysis.outcomes.fates import fates_of
from db import open_database

pytestmark = pytest.mark.real


def test_deletions_and_edits_are_found() -> None:
    world = campaign()
    with postgresql_server() as server:
        engine = open_database(new_database(server, "recheck"), create=True)
        with archived_from(engine, "bluesky", world) as loopback:
            gone, changed = (loopback.fake.post_id(post) for post in world.posts[:2])
            world.delete(world.posts[0])
            world.edit(world.posts[1], "We concede.")
            for _ in range(2):
                check(engine, loopback, after=7, due=True)
                check(engine, loopback, after=200, due=True)
        assert states(engine) == {gone: ["missing", "deleted"]}
        assert list(earlier_texts(engine)) == [changed]
        with Session(engine) as session:
            fates = fates_of(session, range(1, 20)).values()
        unseen = [one.unseen for one in fates if one.unseen is not None]
        assert [one.state for one in unseen] == ["deleted"]
        assert all(one.last_seen_at is not None for one in unseen)
        engine.dispose()
