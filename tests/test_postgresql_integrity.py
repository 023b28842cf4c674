"""On a real PostgreSQL server archives are verified and proven, and older ones get their log."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from injuries import build, readers
from postgresql_server import new_database, postgresql_server
from sqlalchemy import create_engine, text
from sqlmodel import Session, col, select

import db
from archive.integrity.checkpoints import Checkpoint, parse_checkpoint
from archive.integrity.verifying import verify
from db.migrate import bring_up_to_date
from db.models import LogEntry

pytestmark = pytest.mark.real

ROOT = Path(__file__).parent.parent
WHOLE = "whole"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


@pytest.fixture(scope="module")
def kept(server: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Checkpoint]:
    """An archive that nobody touches, and a checkpoint of it."""
    address = new_database(server, WHOLE)
    return address, build(address, tmp_path_factory.mktemp("kept"))


@pytest.fixture
def copy(server: str, kept: tuple[str, Checkpoint], request: pytest.FixtureRequest) -> str:
    """The address of the same archive, to be injured."""
    address = new_database(server, request.node.nodeid)
    name, template = (one.rpartition("/")[2] for one in (address, kept[0]))
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    admin.dispose()
    return address


def change(address: str, *queries: str) -> None:
    """Plain SQL, as somebody would do it who has the server: references and their triggers stop nothing."""
    engine = create_engine(address)
    with engine.begin() as connection:
        for query in ("SET LOCAL session_replication_role = replica", *queries):
            connection.execute(text(query))
    engine.dispose()


def said(address: str, checkpoint: Checkpoint | None = None, *, quick: bool = False) -> list[str]:
    engine = db.open_database(address)
    found = verify(engine, readers(), checkpoint, quick=quick)
    engine.dispose()
    return [str(one) for one in found.injuries]


def run(*words: object) -> tuple[int, str]:
    """A command in a process of its own: it leaves its connections to the process's end."""
    done = subprocess.run(
        [sys.executable, "-m", "hustings", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def entries(address: str) -> list[tuple[str, int, str, str]]:
    engine = db.open_database(address)
    with Session(engine) as session:
        rows = session.exec(select(LogEntry).order_by(col(LogEntry.id))).all()
    engine.dispose()
    return [(row.subject, row.subject_id, row.event, row.digest) for row in rows]


def test_a_whole_archive_has_no_injury_and_the_checkpoint_is_the_beginning_of_its_log(
    kept: tuple[str, Checkpoint], tmp_path: Path
) -> None:
    address, checkpoint = kept
    file = tmp_path / "checkpoint.txt"

    assert run("checkpoint", file, "--db", address)[0] == 0
    code, shown = run("verify", "--checkpoint", file, "--db", address, "--json")

    found = json.loads(shown)
    assert (code, found["injuries"], found["notes"]) == (0, [], {})
    assert found["counts"]["statements"] > 30
    assert found["size"] == found["counts"]["captures"] + found["counts"]["observations"]
    written = parse_checkpoint(file.read_text())
    assert (written.archive, written.size, written.root) == (
        checkpoint.archive,
        checkpoint.size,
        checkpoint.root,
    )


INJURIES = {
    "capture 8:": ("UPDATE capture SET body = set_byte(body, 20, get_byte(body, 20) # 4) WHERE id = 8",),
    "capture 9:": ("UPDATE capture SET source = source || '#' WHERE id = 9",),
    "capture 99:": (
        "CREATE TEMPORARY TABLE forged AS SELECT * FROM capture WHERE id = 9",
        "UPDATE forged SET id = 99, source = source || '#'",
        "INSERT INTO capture SELECT * FROM forged",
    ),
    "statement 5:": (
        "UPDATE statement AS one SET text = other.text, text_sha256 = other.text_sha256"
        " FROM statement AS other WHERE one.id + other.id = 11 AND one.id IN (5, 6)",
    ),
    "statement 7:": ("UPDATE statement SET published_at = published_at + interval '1 second' WHERE id = 7",),
    "statement 4: refers to account 99999": ("UPDATE statement SET account_id = 99999 WHERE id = 4",),
    "statement x:3:": ("DELETE FROM statement WHERE platform = 'x' AND post_id = '3'",),
    "observation 2: is gone": ("DELETE FROM observation WHERE id = 2",),
    "log_entry 4: is missing": ("DELETE FROM log_entry WHERE id = 4",),
    "log_entry 3: does not go on": ("UPDATE log_entry SET digest = reverse(digest) WHERE id = 3",),
}
"""What verify must say -> how it is done."""


@pytest.mark.parametrize("named", INJURIES)
def test_an_injury_is_found_and_named(named: str, copy: str) -> None:
    change(copy, *INJURIES[named])

    found = said(copy)

    assert any(one.startswith(named) for one in found), found


def test_an_earlier_copy_is_found_by_the_checkpoint_alone(
    copy: str, kept: tuple[str, Checkpoint], tmp_path: Path
) -> None:
    change(
        copy,
        "DELETE FROM observation WHERE id = (SELECT max(id) FROM observation)",
        "DELETE FROM log_entry WHERE id = (SELECT max(id) FROM log_entry)",
    )

    assert said(copy) == []
    assert [one for one in said(copy, kept[1], quick=True) if "this is an earlier copy" in one]
    file = tmp_path / "checkpoint.txt"
    file.write_text(kept[1].render())
    code, shown = run("verify", "--quick", "--checkpoint", file, "--db", copy)
    assert (code, "this is an earlier copy" in shown) == (3, True)


def test_a_row_that_cannot_be_read_costs_itself_alone(copy: str) -> None:
    change(
        copy,
        "UPDATE capture SET retrieved_at = 'infinity' WHERE id = 8",
        "UPDATE statement SET published_at = 'infinity' WHERE id = 7",
    )
    found = said(copy)

    assert any(one.startswith("capture 8: cannot be read") for one in found)
    assert any(one.startswith("statement 7: cannot be read") for one in found)
    others = [one for one in found if " 8:" not in one and " 7:" not in one]
    assert all("cannot be compared" in one for one in others), others


def test_a_page_that_the_servers_disk_lost_stops_no_other_check(copy: str) -> None:
    """What fails on a server ends a transaction; each check goes on behind its savepoint."""
    change(copy, "DELETE FROM log_entry WHERE id = 4")
    with file_of(copy, "observation").open("r+b") as file:
        file.write(b"\xff" * 8192)

    found = said(copy)

    assert any("invalid page" in one for one in found)
    assert any(one.startswith("log_entry 4: is missing") for one in found)
    assert not [one for one in found if "aborted" in one or one.startswith("statement")]


def file_of(address: str, table: str) -> Path:
    """Where the server keeps a table, of which it has no page in memory."""
    engine = create_engine(address)
    with engine.connect() as connection:
        folder = connection.execute(text("SHOW data_directory")).scalar_one()
        file = connection.execute(text("SELECT pg_relation_filepath(:name)"), {"name": table}).scalar()
    engine.dispose()
    return Path(f"{folder}/{file}")


def test_a_statement_is_proven_by_a_bundle_that_needs_no_server(
    kept: tuple[str, Checkpoint], tmp_path: Path
) -> None:
    out = tmp_path / "bundle"

    code, _ = run(
        "prove", "mastodon:https://social.example/users/ada/statuses/1003", "--out", out, "--db", kept[0]
    )

    assert code == 0
    done = subprocess.run(
        [sys.executable, "-I", "-S", "check.py"], cwd=out, env={}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "The text stands in the captured bytes" in done.stdout
    assert parse_checkpoint((out / "checkpoint.txt").read_text()).root == kept[1].root


def test_an_archive_that_moves_to_a_server_is_verified_by_the_checkpoint_of_its_file(
    server: str, tmp_path: Path
) -> None:
    """Times, bytes and JSON give the same records there, and the log the same root."""
    before = build(tmp_path / "archive.db", tmp_path)
    address = new_database(server, "moved")

    assert run("copy", tmp_path / "archive.db", address)[0] == 0

    assert said(address, before) == []


def test_an_older_archive_gets_entries_of_what_is_there(copy: str) -> None:
    now = entries(copy)
    change(copy, "DROP TABLE log_entry", "UPDATE hustings_schema SET version_num = '0010'")
    older = create_engine(copy)
    bring_up_to_date(older, None)
    older.dispose()

    upgraded = entries(copy)

    assert sorted(upgraded) == sorted(now)
    assert upgraded == sorted(upgraded, key=lambda one: (one[0], one[1]))
    assert said(copy) == []
