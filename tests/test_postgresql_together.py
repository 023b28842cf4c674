"""Two processes that collect and one that analyses, at once, on one real PostgreSQL server."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from loopback import Loopback
from platforms import archived, earlier_texts, fake_of, keep_account, shown
from postgresql_server import new_database, postgresql_server
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select
from world import World

import db
import hustings
from db.models import Capture, Coverage, Quarantine, Reading, Schedule, Statement, StatementCapture, Target

pytestmark = pytest.mark.real

NAMES = [f"candidate{number}" for number in range(4)]
POSTS = 12

ANALYSE = """
import sys
import time
from pathlib import Path
from sqlmodel import Session
from analysis import Reader, analyse, load_roster, scorer_for
from db import open_database

address, stop = sys.argv[1:]
engine = open_database(address)
with Session(engine) as session:
    reader = Reader(load_roster(session), scorer_for("vader"))
runs = 0
while True:
    last = Path(stop).exists()
    runs += analyse(engine, reader).read > 0
    if last:
        break
    time.sleep(0.1)
print(runs)
"""
"""Reads what is new until it is told that nothing comes any more; says how often there was something."""


def posting(world: World) -> None:
    for name in NAMES:
        for number in range(POSTS):
            world.post(name, f"We won in {name}'s ward, says statement {number}. Thank you!")


@pytest.fixture
def address() -> Iterator[str]:
    with postgresql_server() as server:
        yield new_database(server, "together")


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    opened = db.open_database(address, create=True)
    yield opened
    opened.dispose()


@contextmanager
def analysing(address: str, stop: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", ANALYSE, address, str(stop)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def both_collect(address: str, loopback: Loopback) -> Counter[str]:
    """A round of each of two processes, at the same time; how many records were stored and known."""
    environment = {**os.environ, **loopback.settings, "HUSTINGS_DB": address}
    command = [sys.executable, hustings.__file__, "collect", "--json", "--full", "--collector", "mastodon"]
    command += ["--allow-host", f"127.0.0.1:{loopback.port}"]
    pipe = subprocess.PIPE
    begun = [
        subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True) for _ in range(2)
    ]
    told: Counter[str] = Counter()
    for process in begun:
        printed, complaints = process.communicate(timeout=300)
        said = json.loads(printed)
        assert set(said["accounts"]) <= {"done", "busy"}, complaints
        told += Counter({name: said[name] for name in ("stored", "known", "edited", "quarantined", "gaps")})
        told["done"] += said["accounts"].get("done", 0)
    return told


def test_two_that_collect_and_one_that_analyses_lose_nothing_and_double_nothing(
    engine: Engine, address: str, tmp_path: Path
) -> None:
    world = World()
    for name in NAMES:
        world.account(name)
    posting(world)
    stop = tmp_path / "stop"
    with fake_of("mastodon", world) as loopback, analysing(address, stop) as analyser:
        for name in NAMES:
            keep_account(engine, loopback.fake.ref(name, loopback.url))
        first = both_collect(address, loopback)
        edited = world.posts[5]
        world.edit(edited, "Corrected in the night.")
        posting(world)
        second = both_collect(address, loopback)
        stop.touch()
        printed, complaints = analyser.communicate(timeout=300)
        assert analyser.returncode == 0, complaints

        wanted = {post: text for name in NAMES for post, text in shown(loopback.fake, name).items()}
        assert archived(engine) == wanted
        assert set(earlier_texts(engine)) == {loopback.fake.post_id(edited)}
    assert (first["stored"], second["stored"]) == (len(NAMES) * POSTS, len(NAMES) * POSTS)
    assert (first["done"] >= len(NAMES), second["done"] >= len(NAMES)) == (True, True)
    assert (first + second)["gaps"] == (first + second)["quarantined"] == 0
    assert int(printed) >= 2, "the analyser had nothing to do while they collected"
    nothing_is_lost_or_doubled(engine)


def nothing_is_lost_or_doubled(engine: Engine) -> None:
    with Session(engine) as session:
        posts = 2 * len(NAMES) * POSTS
        assert session.exec(select(func.count()).select_from(Statement)).one() == posts
        assert session.exec(select(Quarantine)).all() == []
        assert set(session.exec(select(Coverage.status))) == {"complete"}
        assert set(session.exec(select(Schedule.holder))) == {None}
        assert len(session.exec(select(Schedule)).all()) == len(NAMES)
        kept = set(session.exec(select(StatementCapture.statement_id).join(Capture)))
        assert len(kept) == posts
        fresh = select(Reading.statement_id).join(
            Statement,
            (col(Reading.statement_id) == col(Statement.id))
            & (col(Reading.text_sha256) == col(Statement.text_sha256)),
        )
        assert sorted(session.exec(fresh)) == sorted(kept), "each text is read once"
        places = session.exec(select(Target.reading_id, Target.start_at, Target.end_at, Target.mention)).all()
        assert len(places) == len(set(places)), "no finding twice"
