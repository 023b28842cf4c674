"""An import that is killed, for real and more than once, loses nothing and doubles nothing."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from archives_on_server import address_of
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

import hustings
from archive.captures import file_bytes
from db.models import Capture, Round, Statement, StatementCapture
from db.words import CaptureKind

ROWS = 30_000
KILLED_AT = (1, 9_000)
"""Statements in the archive at which the import is killed."""

PATIENCE = 60.0
"""Seconds until the test gives up waiting for a statement."""


def started(engine: Engine, path: Path) -> subprocess.Popen[bytes]:
    """A process of its own that imports the file."""
    command = ["--db", address_of(engine.url.database), "import", str(path), "--platform", "x"]
    return subprocess.Popen([sys.executable, hustings.__file__, *command], stdout=subprocess.PIPE)


def stored(engine: Engine) -> int:
    with Session(engine) as session:
        return session.exec(select(func.count()).select_from(Statement)).one()


def wait_for(engine: Engine, statements: int) -> None:
    gives_up_at = time.monotonic() + PATIENCE
    while stored(engine) < statements:
        assert time.monotonic() < gives_up_at, f"only {stored(engine)} statements after {PATIENCE} seconds"
        time.sleep(0.01)


def test_after_two_kills_every_row_is_there_once(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    rows = (f"{n},2024-07-05T04:{n % 60:02}:00Z,ada{n % 50},Post {n}. {'y' * 180}\n" for n in range(ROWS))
    path.write_text("id,created_at,author_handle,text\n" + "".join(rows))

    for statements in KILLED_AT:
        process = started(engine, path)
        wait_for(engine, statements)
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    before = stored(engine)
    process = started(engine, path)
    said, _ = process.communicate()

    assert KILLED_AT[-1] <= before < ROWS
    assert process.returncode == 0
    assert f"read {ROWS:,} = stored {ROWS - before:,} + known {before:,} + quarantined 0" in said.decode()
    with Session(engine) as session:
        ids = session.exec(select(Statement.post_id)).all()
        assert sorted(map(int, ids)) == list(range(ROWS))
        assert session.exec(select(func.count()).select_from(StatementCapture)).one() == ROWS
        file = session.exec(select(Capture).where(Capture.kind == CaptureKind.FILE)).one()
        assert file.id is not None
        assert b"".join(file_bytes(session, file.id)) == path.read_bytes()
        assert session.exec(select(Round.outcome).order_by(col(Round.id))).all() == [None, None, "done"]
