"""An import that is killed at any page, or within one, and run again loses nothing and doubles nothing."""

import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from archives_on_server import address_of
from sqlmodel import Session, func, select

from archive.captures import file_bytes
from archive.importers.opening import open_path
from db import open_database
from db.models import Capture, Quarantine, Statement, StatementCapture
from db.words import CaptureKind

POSTS = 90
BAD = 3

RUN = """
import os, signal, sys
from contextlib import contextmanager
from pathlib import Path
from sqlalchemy import event
from archive.contract import Choices
from archive.importers import files
from archive.imports import import_planned, plan_files
from db import open_database

source, address, where, at = sys.argv[1:]
files.PAGE_BYTES = 400
engine = open_database(address)
left = int(at)

def step(name):
    global left
    if name == where:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

@contextmanager
def progress(label):
    yield lambda done, total: step("page")

@event.listens_for(engine, "after_cursor_execute")
def executed(connection, cursor, query, *more):
    if query.startswith("INSERT INTO statement "):
        step("write")

found = import_planned(engine, plan_files([Path(source)], choices=Choices(platform="x")), progress=progress)
print(sum(file.tally.stored for file in found), sum(file.tally.known for file in found))
"""


def posts() -> list[str]:
    good = [{"id": str(n), "text": f"We won, {n} times.", "created_at": "2024-07-05"} for n in range(POSTS)]
    bad = [{"id": "x", "text": "", "created_at": "2024-07-05"}] * BAD
    lines = [json.dumps(entry) for entry in good]
    for number, entry in enumerate(bad):
        lines.insert(number * 40, json.dumps(entry))
    return lines


def _ndjson(folder: Path) -> Path:
    path = folder / "posts.ndjson"
    path.write_text("".join(line + "\n" for line in posts()))
    return path


def _json(folder: Path) -> Path:
    path = folder / "posts.json"
    path.write_text("[\n" + ",\n".join(posts()) + "\n]\n")
    return path


def _zip(folder: Path) -> Path:
    path, lines = folder / "posts.zip", posts()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.ndjson", "\n".join(lines[:50]))
        file.writestr("b.json", "[" + ",\n".join(lines[50:]) + "]")
    return path


KINDS: dict[str, Callable[[Path], Path]] = {"ndjson": _ndjson, "json": _json, "zip": _zip}


def run(source: Path, address: Path, where: str = "nowhere", at: int = 0) -> subprocess.CompletedProcess[str]:
    root = str(Path(__file__).parent.parent)
    return subprocess.run(
        [sys.executable, "-c", RUN, str(source), address_of(address), where, str(at)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": root},
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("where", "at"), [("page", 2), ("page", 4), ("write", 1), ("write", 3)])
def test_an_import_killed_and_run_again_is_as_one_that_was_not(
    tmp_path: Path, kind: str, where: str, at: int
) -> None:
    source, address = KINDS[kind](tmp_path), tmp_path / "a.db"
    open_database(str(address), create=True).dispose()

    killed = run(source, address, where, at)
    again = run(source, address)

    assert killed.returncode == -signal.SIGKILL
    assert again.returncode == 0, again.stderr
    stored, known = map(int, again.stdout.split())
    assert stored + known == POSTS
    assert 0 < stored < POSTS or (where, at) == ("write", 1)
    engine = open_database(str(address))
    with Session(engine) as session:
        assert sorted(session.exec(select(Statement.post_id)), key=int) == [str(n) for n in range(POSTS)]
        assert session.exec(select(func.count()).select_from(StatementCapture)).one() == POSTS
        assert session.exec(select(func.count()).select_from(Quarantine)).one() == BAD
        files = session.exec(select(Capture).where(Capture.kind == CaptureKind.FILE)).all()
        kept = {file.source: b"".join(file_bytes(session, file.id)) for file in files}
    engine.dispose()
    assert kept == bytes_of(source)


def bytes_of(path: Path) -> dict[str, bytes]:
    """Name -> plain bytes of all that a path holds."""
    found = {}
    for source in open_path(path).sources:
        with source.open() as file:
            found[source.name] = file.read()
    return found
